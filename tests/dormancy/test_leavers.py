"""What becomes of the clients of a manager who leaves."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.dormancy import HandOver, LeaverRule, hand_over_book
from clientmgr.errors import DataError
from clientmgr.ownership import Ledger, Owner
from clientmgr.testing.ownership import Change, lone, to_table

FIRST = dt.date(2026, 1, 1)
LEFT = np.datetime64("2026-07-01")
SHARED = frozenset({("manager", "M1", "developer", 2, 5, False), ("manager", "M4", "servicer", 3, 5, False)})


def facts(*claims: tuple[str, str, int], **columns: Any) -> cm.Facts:
    """Make facts of five managers, a team, and claims of (manager, client, days after the leaving)."""
    ids = [f"M{n}" for n in range(1, 6)]
    managers = cm.Managers(
        id=ids,
        branch=["B1", "B1", "B1", "B1", "B2"],
        left=np.array(["2026-07-01", "2026-03-01", "NaT", "NaT", "NaT"], "datetime64[D]"),
        licence=[True, True, True, True, True],
    )
    since = np.datetime64("2026-01-01")
    teams = cm.Memberships(team="T1", manager=["M1", "M4"], since=[since, since])
    records = cm.ServiceRecords(
        id=list(range(len(claims))),
        manager=[claim[0] for claim in claims],
        client=[claim[1] for claim in claims],
        date=LEFT + np.array([claim[2] for claim in claims], np.int64),
        kind="claim",
    )
    clients = cm.Clients(**{"id": ["C1", "C2", "C3"], "branch": "B1", "introducer": ["M5", None, None], **columns})
    return cm.Facts(clients=clients, managers=managers, memberships=teams, records=records)


def ledger() -> Ledger:
    """Give the leaver one client alone, one shared; a third is another's."""
    changes = [
        Change("C1", FIRST, "allocated", lone("manager", "M1")),
        Change("C2", FIRST, "allocated", SHARED),
        Change("C3", FIRST, "allocated", lone("manager", "M3")),
    ]
    return Ledger.start(to_table(changes), known="2026-01-01")


def hand_over(*claims: tuple[str, str, int], until: int | None = None, **rule: Any) -> HandOver:
    """Hand the book over, reading claims up to so many days after the leaving."""
    last = None if until is None else LEFT + until
    return hand_over_book(facts(*claims), ledger(), LeaverRule(**rule), manager="M1", on=LEFT, until=last)


def whose(made: Ledger, client: str, on: Any) -> set[tuple[str, str, int, int]]:
    """Say who shares a client on a day."""
    rows = {name: column.tolist() for name, column in made.owners(client, on).shares().items()}
    return {
        (str(rows["manager"][n] or rows["pool"][n]), rows["role"][n], rows["share"][n], rows["of"][n])
        for n in range(len(rows["role"]))
    }


def test_a_named_receiver_takes_the_leavers_part() -> None:
    """Co-owners keep theirs, and other books are not touched."""
    found = hand_over(receiver="M3")
    after = ledger().append(found.changes, known="2026-07-01")
    assert whose(after, "C1", "2026-07-01") == {("M3", "", 1, 1)}
    assert whose(after, "C2", "2026-07-01") == {("M3", "developer", 2, 5), ("M4", "servicer", 3, 5)}
    assert after.acquired_as("C1", "2026-07-01") == "handed_over"
    assert set(found.state.tolist()) == {"handed over"}
    assert repr(found) == "HandOver('M1' leaves on 2026-07-01: 2 handed over)"
    assert found.explain("C1") == "C1: handed over, manager M3 from 2026-07-01"
    assert len(found.to_columns()["client"]) == len(found) == 2
    assert len(after.book("M1", "2026-07-01")) == 0


def test_without_a_receiver_the_part_goes_to_the_pool() -> None:
    """The branch's unassigned pool takes the leaver's role."""
    after = ledger().append(hand_over().changes, known="2026-07-01")
    assert whose(after, "C1", "2026-07-01") == {("unassigned", "", 1, 1)}
    assert whose(after, "C2", "2026-07-01") == {("unassigned", "developer", 2, 5), ("M4", "servicer", 3, 5)}
    assert after.book(Owner.pool("unassigned", "B1"), "2026-07-01").client.tolist() == ["C1", "C2"]


def test_a_kept_share_declines_step_by_step() -> None:
    """Half for a year, a quarter for another, then nothing; months are counted from the leaving."""
    found = hand_over(receiver="M3", keeps=[(0, 1, 2), (12, 1, 4), (24, 0, 1)])
    after = ledger().append(found.changes, known="2026-07-01")
    told = [whose(after, "C1", day) for day in ("2026-07-01", "2027-06-30", "2027-07-01", "2028-07-01")]
    half = {("M1", "former", 1, 2), ("M3", "", 1, 2)}
    assert told == [half, half, {("M1", "former", 1, 4), ("M3", "", 3, 4)}, {("M3", "", 1, 1)}]
    assert ("M1", "former", 1, 5) in whose(after, "C2", "2026-07-01")


def test_the_best_class_wins_and_then_the_earliest_claim() -> None:
    """The introducer before the team before the branch; decided when the window is over."""
    claims = (("M3", "C1", 2), ("M4", "C1", 5), ("M5", "C1", 9), ("M3", "C2", 4), ("M4", "C2", 4))
    rule = {"claimants": ("introducer", "team", "branch"), "window_days": 10}
    early = hand_over(*claims, until=9, **rule)
    assert early.state.tolist() == ["pending", "pending"]
    found = hand_over(*claims, until=10, **rule)
    assert found.taker.tolist() == ["manager M5", "manager M4"]
    assert found.state.tolist() == ["claimed", "claimed"]
    after = ledger().append(found.changes, known="2026-07-11")
    assert whose(after, "C1", LEFT + 8) == {("unassigned", "", 1, 1)}
    assert whose(after, "C1", LEFT + 9) == {("M5", "", 1, 1)}
    assert after.acquired_as("C1", LEFT + 9) == "claimed"


def test_who_is_of_no_class_or_not_there_cannot_claim() -> None:
    """Another branch, one who has left, the leaver, and a co-owner's class where there is none."""
    claims = (("M5", "C2", 1), ("M2", "C2", 1), ("M1", "C2", 1), ("M4", "C1", 1))
    found = hand_over(*claims, until=40, claimants=("co_owner", "branch"))
    assert found.taker.tolist() == ["manager M4", "pool unassigned"]
    assert hand_over(("M5", "C2", 1), until=40, claimants="any").taker.tolist()[1] == "manager M5"
    assert hand_over(("M4", "C2", 1), until=40, claimants="co_owner").taker.tolist()[1] == "manager M4"


def test_a_late_claim_gets_a_lower_share() -> None:
    """Where the rule allows it; the rest stays in the pool."""
    claims = (("M3", "C1", 31),)
    assert hand_over(*claims, until=60, claimants="branch").state.tolist()[0] == "in the pool"
    found = hand_over(*claims, until=60, claimants="branch", late=(1, 4))
    after = ledger().append(found.changes, known="2026-09-01")
    assert found.state.tolist()[0] == "claimed late"
    assert whose(after, "C1", LEFT + 31) == {("M3", "", 1, 4), ("unassigned", "", 3, 4)}


def test_what_is_recorded_already_is_not_proposed_again() -> None:
    """Claims decided later add their own marks only."""
    rule = LeaverRule(claimants="branch", keeps=[(0, 1, 2), (12, 0, 1)])
    made = ledger()
    first = hand_over_book(facts(), made, rule, manager="M1", on=LEFT)
    made = made.append(first.changes, known="2026-07-01")
    claimed = facts(("M3", "C1", 3))
    later = hand_over_book(claimed, made, rule, manager="M1", on=LEFT, until=LEFT + 40, known=0)
    assert sorted(set(later.changes.valid.astype(str).tolist())) == ["2026-07-04", "2027-07-01"]
    assert set(later.changes.client.tolist()) == {"C1"}
    assert len(hand_over_book(facts(), made, rule, manager="M1", on=LEFT, known=0).changes) == 0


def test_a_later_word_of_the_ledger_ends_the_steps() -> None:
    """An account closed in between stays closed."""
    made = ledger().append(to_table([Change("C1", dt.date(2026, 9, 1), "closed", branch="")]), known="2026-01-02")
    rule = LeaverRule(receiver="M3", keeps=[(0, 1, 2), (12, 0, 1)])
    found = hand_over_book(facts(), made, rule, manager="M1", on=LEFT)
    after = made.append(found.changes, known="2026-07-01")
    assert after.owners("C1", "2027-08-01").status.tolist() == ["closed"]


@pytest.mark.parametrize(
    ("rule", "manager", "match"),
    [
        ({"receiver": "M2"}, "M1", "must be another manager who is there on 2026-07-01"),
        ({"receiver": "M1"}, "M1", "must be another manager"),
        ({"receiver": "M9"}, "M1", "there is no 'M9' in managers"),
        ({}, "M9", "there is no 'M9' in managers"),
    ],
)
def test_a_receiver_must_be_there(rule: dict[str, Any], manager: str, match: str) -> None:
    """And be another."""
    with pytest.raises(DataError, match=match):
        hand_over_book(facts(), ledger(), LeaverRule(**rule), manager=manager, on=LEFT)


def test_an_empty_book_is_handed_over_without_changes() -> None:
    """Who has no clients leaves nothing."""
    found = hand_over_book(facts(), ledger(), LeaverRule(receiver="M3"), manager="M5", on=LEFT)
    assert (len(found), len(found.changes)) == (0, 0)
    assert repr(found) == "HandOver('M5' leaves on 2026-07-01: no clients)"
    with pytest.raises(DataError, match="client 'C1' was not in the book of 'M5'"):
        found.explain("C1")


CLAIMS = st.lists(
    st.tuples(st.sampled_from(["M3", "M4", "M5"]), st.sampled_from(["C1", "C2", "C3"]), st.integers(0, 50)), max_size=6
)


@given(CLAIMS, st.integers(0, 60), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_nobody_is_lost_and_no_order_matters(
    claims: list[tuple[str, str, int]],
    until: int,
    keeps: bool,
    random: Any,
) -> None:
    """Every client keeps a whole set of owners on every day, and shuffled claims decide the same."""
    rule: dict[str, Any] = {"claimants": ("team", "branch", "any"), "late": (1, 3)}
    rule |= {"keeps": [(0, 1, 2), (6, 0, 1)]} if keeps else {}
    found = hand_over(*claims, until=until, **rule)
    after = ledger().append(found.changes, known="2026-07-01")
    for month in range(12):
        assert after.owners(after.clients, LEFT + 30 * month).is_owned.all()
    assert len(after.book("M1", LEFT + 400)) == 0
    if len(set(claims)) == len(claims):
        again = hand_over(*random.sample(claims, len(claims)), until=until, **rule)
        assert again.taker.tolist() == found.taker.tolist()
