"""Claims are decided by a stated rule, whatever order the records come in."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.check.claims import verify_claims
from clientmgr.dormancy import CSDC_2007, ClaimResolution, ClaimRule, DormancyRule, find_dormant, resolve_claims
from clientmgr.facts import ServiceRecords, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing.dormancy import (
    ClaimWorld,
    check_claims_keep_clients,
    check_claims_need_no_future,
    check_claims_need_no_order,
    claim_worlds,
)

DATA = os.environ.get("CLIENTMGR_DATA")
START = np.datetime64("2026-07-01")
Contact = tuple[str, int] | tuple[str, int, str] | tuple[str, int, str, str]


def pool(*clients: str) -> Ledger:
    """Put clients into the dormant pool on 1 July."""
    changes = OwnershipChanges(
        client=list(clients),
        valid=[START] * len(clients),
        kind="allocated",
        pool=["dormant"] * len(clients),
        branch="B1",
    )
    return Ledger.start(changes, known="2026-07-01")


def records(*contacts: Contact, client: str = "C1") -> ServiceRecords:
    """Write records of (manager, day of July, kind, outcome)."""
    rows = [(*contact, *("call", "")[len(contact) - 2 :]) for contact in contacts]
    return ServiceRecords(
        id=list(range(len(rows))),
        manager=[row[0] for row in rows],
        client=client,
        date=START - 1 + np.array([int(row[1]) for row in rows], np.int64),
        kind=[row[2] for row in rows],
        outcome=[row[3] for row in rows],
    )


def trade(on: int, **columns: Any) -> Trades:
    """Let the client trade on a day of July."""
    return Trades(**{"id": ["T1"], "client": ["C1"], "date": [START - 1 + on], **columns})


def decide(contacts: ServiceRecords, trades: Trades, until: int = 31, **rule: Any) -> ClaimResolution:
    """Resolve the claims up to a day of July, and let the verifier look at it."""
    ledger, made = pool("C1"), ClaimRule(**rule)
    found = resolve_claims(contacts, trades, ledger, made, on=START - 1 + until)
    verify_claims(contacts, trades, ledger, made, found)
    return found


def told(found: ClaimResolution) -> dict[str, str]:
    """Say the verdict on each manager's claim."""
    return dict(zip(found.manager, found.verdict, strict=True))


@pytest.mark.parametrize(
    ("wins", "verdicts"),
    [
        ("last", {"M1": "lost", "M2": "won", "M3": "lost"}),
        ("first", {"M1": "won", "M2": "lost", "M3": "lost"}),
        ("share", {"M1": "shared", "M2": "shared", "M3": "shared"}),
    ],
)
def test_the_rule_says_who_gets_the_client(wins: str, verdicts: dict[str, str]) -> None:
    """The last contact, the first one, or all of them; the winners share in equal parts."""
    found = decide(records(("M1", 2), ("M2", 3), ("M3", 4), ("M2", 9)), trade(10), wins=wins)
    assert told(found) == verdicts
    assert int(found.changes.share.sum()) == len(found.changes)
    assert set(found.changes.of.tolist()) == {3 if wins == "share" else 1}


def test_the_claim_holds_from_the_waking_day() -> None:
    """So the waking trade is the claimant's, though confirmed and reviewed later."""
    found = decide(
        records(("M1", 5), ("M1", 14, "confirmation"), ("M9", 20, "review", "approved")),
        trade(10),
        confirmation_kind="confirmation",
        review_kind="review",
    )
    assert told(found) == {"M1": "won"}
    assert found.changes.valid.astype(str).tolist() == ["2026-07-10"]
    assert found.changes.kind.tolist() == ["claimed"]


def test_ties_end_at_the_manager() -> None:
    """Same last contact, same opening: the first id."""
    assert told(decide(records(("M2", 5), ("M1", 5)), trade(10))) == {"M1": "won", "M2": "lost"}
    later = records(("M2", 4), ("M1", 5), ("M2", 8), ("M1", 8))
    assert told(decide(later, trade(10))) == {"M1": "lost", "M2": "won"}


def test_a_claim_lapses_without_contact() -> None:
    """After the idle days, not on the last of them; then somebody else's claim wins, or nobody's."""
    assert told(decide(records(("M1", 1)), trade(6), idle_days=5)) == {"M1": "won"}
    found = decide(records(("M1", 1)), trade(7), idle_days=5)
    assert told(found) == {"M1": "lapsed"}
    assert found.waking_state.tolist() == ["woke by itself"]
    assert len(found.changes) == 0


def test_a_contact_too_long_before_the_waking_does_not_count() -> None:
    """The window is counted back from the waking."""
    found = decide(records(("M1", 5)), trade(10), window_days=4)
    assert (told(found), found.reason.tolist()) == (
        {"M1": "lost"},
        ["the last contact was longer before the waking than the window"],
    )


@pytest.mark.parametrize(("same_day", "verdict"), [(True, {"M1": "won"}), (False, {})])
def test_a_contact_on_the_waking_day_counts_if_the_rule_says_so(same_day: bool, verdict: dict[str, str]) -> None:
    """Otherwise the client is awake already."""
    found = decide(records(("M1", 10)), trade(10), same_day=same_day)
    assert told(found) == verdict
    assert found.outcome.tolist() == ["opened" if same_day else "already awake"]


def test_limits_hold_back_the_openings_beyond_them() -> None:
    """Per day, and at once; a renewal is no opening."""
    ledger = pool("C1", "C2", "C3")
    calls = ServiceRecords(
        id=[1, 2, 3, 4, 5],
        manager="M1",
        client=["C1", "C2", "C1", "C2", "C3"],
        date=START + np.array([1, 1, 1, 2, 2]),
        kind="call",
    )
    rule = ClaimRule(daily_limit=1, open_limit=2)
    found = resolve_claims(calls, trade(30), ledger, rule, on="2026-07-20")
    assert found.outcome.tolist() == ["opened", "daily limit reached", "renewed", "opened", "daily limit reached"]
    rule = ClaimRule(open_limit=2)
    found = resolve_claims(calls, trade(30), ledger, rule, on="2026-07-20")
    assert found.outcome.tolist() == ["opened", "opened", "renewed", "renewed", "open limit reached"]


def test_slots_are_free_again_the_day_after_a_waking() -> None:
    """On the waking day itself the claim still counts."""
    ledger = pool("C1", "C2")
    calls = ServiceRecords(
        id=[1, 2, 3], manager="M1", client=["C1", "C2", "C2"], date=START + np.array([1, 4, 5]), kind="call"
    )
    trades = Trades(id=[1], client=["C1"], date=[START + 4])
    found = resolve_claims(calls, trades, ledger, ClaimRule(open_limit=1), on="2026-07-20")
    assert found.outcome.tolist() == ["opened", "open limit reached", "opened"]


def test_what_is_no_qualifying_trade_wakes_nobody() -> None:
    """Too small, not the client's own, a reversal, on the day of entering the pool, sold again."""
    contact = records(("M1", 2))
    assert told(decide(contact, trade(5, turnover=99), min_turnover=100)) == {"M1": "open"}
    assert told(decide(contact, trade(5, commission=1), min_commission=2)) == {"M1": "open"}
    assert told(decide(contact, trade(5, initiated=[False]))) == {"M1": "open"}
    assert len(decide(contact, trade(1)).waking_client) == 0
    back = Trades(id=["T1", "T2"], client="C1", date=START + np.array([4, 6]), side=["buy", "sell"])
    assert decide(contact, back, holding_days=1).waking_day.astype(str).tolist() == ["2026-07-05"]
    assert decide(contact, back, holding_days=2).waking_day.astype(str).tolist() == ["2026-07-07"]


def test_a_claim_waits_while_something_can_still_change() -> None:
    """The holding time, the client's confirmation and the branch's review delay the decision."""
    contact = records(("M1", 2))
    for rule, reason in (
        ({"holding_days": 30}, "the holding time is not over"),
        ({"confirmation_kind": "confirmation"}, "the client may still confirm"),
        ({"review_kind": "review"}, "the branch has not reviewed it"),
    ):
        found = decide(contact, trade(10), **rule)
        assert (told(found), found.reason.tolist()) == ({"M1": "pending"}, [reason])
        assert found.waking_state.tolist() == ["pending"]
        assert len(found.changes) == 0


def test_whom_the_client_does_not_confirm_fails() -> None:
    """After the days for it; the others compete on."""
    found = decide(
        records(("M1", 2), ("M2", 3), ("M1", 12, "confirmation")),
        trade(10),
        confirmation_kind="confirmation",
        confirmation_days=5,
    )
    assert told(found) == {"M1": "won", "M2": "failed"}


def test_what_the_branch_does_not_approve_fails() -> None:
    """The first review counts; the client woke by itself then."""
    contacts = records(("M1", 2), ("M9", 12, "review", "rejected"), ("M9", 13, "review", "approved"))
    found = decide(contacts, trade(10), review_kind="review", self_woken="unassigned")
    assert told(found) == {"M1": "failed"}
    assert found.changes.pool.tolist() == ["unassigned"]
    assert found.changes.kind.tolist() == ["returned"]


def test_a_statutory_dormant_account_is_woken_by_its_owner_only() -> None:
    """Nobody can claim it, whether barred by id or by the decision under the statutory rule."""
    clients = cm.Clients(id=["C1"], branch="B1", extra={"securities": [0]})
    facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
    statutory = find_dormant(facts, CSDC_2007, on="2026-07-01")
    for barred in (["C1"], statutory):
        found = resolve_claims(records(("M1", 2)), trade(10), pool("C1"), ClaimRule(), on="2026-07-31", barred=barred)
        assert found.outcome.tolist() == ["only the owner can wake it"]
        assert found.waking_state.tolist() == ["woke by itself"]


def test_a_client_can_fall_asleep_and_be_claimed_again() -> None:
    """Each stay in the pool is decided on its own."""
    ledger = pool("C1")
    for day, kind, owner in ((12, "claimed", "manager"), (20, "released", "pool")):
        change = OwnershipChanges(
            client=["C1"],
            valid=[START + day],
            kind=kind,
            branch="B1",
            **{owner: ["M1" if owner == "manager" else "dormant"]},
        )
        ledger = ledger.append(change, known="2026-07-01")
    calls = records(("M1", 3), ("M2", 15), ("M2", 23))
    trades = Trades(id=[1, 2], client="C1", date=START + np.array([5, 25]))
    found = resolve_claims(calls, trades, ledger, ClaimRule(), on="2026-07-31")
    assert found.outcome.tolist() == ["opened", "not in the pool", "opened"]
    assert list(zip(found.manager, found.verdict, strict=True)) == [("M1", "won"), ("M2", "won")]


def test_records_of_other_kinds_and_later_ones_do_nothing() -> None:
    """A mass message is no contact; what comes after the day is not read."""
    found = decide(records(("M1", 2, "message"), ("M1", 25)), trade(28), until=20)
    assert found.outcome.tolist() == ["no contact", "after the day"]
    assert len(found) == len(found.waking_client) == 0


def test_a_decision_tells_its_story() -> None:
    """Repr, columns and explanation."""
    found = decide(records(("M1", 2), ("M2", 3)), trade(10))
    assert repr(found) == "ClaimResolution(2 claims, 1 clients woke, 1 claimed up to 2026-07-31)"
    assert found.explain("C1").splitlines() == [
        "M1 claimed C1 on 2026-07-02, last contact 2026-07-02: lost, another manager comes first",
        "M2 claimed C1 on 2026-07-03, last contact 2026-07-03: won, first among those who competed",
        "C1 woke on 2026-07-10 by trade T1: claimed",
    ]
    assert found.explain("C2") == "nobody claimed C2, and it did not wake in the pool"
    assert "<table>" in found._repr_html_()


def test_an_empty_world_has_no_claims() -> None:
    """No records, and a ledger without clients."""
    none = Ledger.start(OwnershipChanges.none(), known="2026-07-01")
    found = resolve_claims(records(), trade(3), none, ClaimRule(), on=START)
    assert len(found) == len(found.changes) == 0


@given(claim_worlds(), st.integers(0, 99))
@settings(max_examples=25)
def test_verdicts_need_neither_order_nor_future_and_keep_clients(world: ClaimWorld, seed: int) -> None:
    """The laws of claims hold in small worlds where everything meets everything."""
    check_claims_need_no_order(world, np.random.default_rng(seed))
    check_claims_need_no_future(world)
    check_claims_keep_clients(world)


@pytest.mark.skipif(DATA is None, reason="needs the folder of real records")
def test_reactivations_of_real_customers_are_attributed_and_conserve_clients() -> None:
    """Asleep for six months, woken by real purchases over generated contacts: each has one winner, or stays."""
    path = Path(str(DATA)) / "cdnow" / "CDNOW_master.txt"
    rows = [line.split() for line in path.read_text().splitlines()[1:]]
    client = np.array([int(row[0]) for row in rows])
    date = np.array([f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}" for row in rows], "datetime64[D]")
    trades = Trades(id=np.arange(len(date)), client=client, date=date)
    facts = cm.Facts(
        clients=cm.Clients(id=np.unique(client), branch="B1"),
        managers=cm.Managers(id=["M1"], branch="B1"),
        trades=trades,
    )
    start = np.datetime64("1998-01-01")
    asleep = find_dormant(facts, DormancyRule(months=6), on=start).ids
    size = len(asleep)
    pooled = OwnershipChanges(
        client=asleep, valid=np.full(size, start), kind="allocated", pool=["dormant"] * size, branch="B1"
    )
    ledger, rng = Ledger.start(pooled, known="1998-01-01"), np.random.default_rng(7)
    calls = ServiceRecords(
        id=np.arange(20_000),
        manager=rng.integers(0, 40, 20_000),
        client=asleep[rng.integers(0, size, 20_000)],
        date=start + rng.integers(1, 180, 20_000),
        kind="call",
    )
    found = resolve_claims(calls, trades, ledger, ClaimRule(idle_days=45), on="1998-06-30")
    woken = np.unique(client[(date > start) & np.isin(client, np.asarray(asleep))])
    assert found.waking_client.tolist() == woken.tolist()
    after = ledger.append(found.changes, known="1998-07-01").owners(asleep, "1998-06-30")
    claimed = int((found.waking_state == "claimed").sum())
    assert after.is_owned.all()
    assert int((~after.manager.missing).sum()) == claimed == len(found.changes) > 100
    assert int((after.pool == "dormant").sum()) == size - claimed
