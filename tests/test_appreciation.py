"""Asset appreciation net of flows."""

import pickle
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr import appreciation
from clientmgr.appreciation import Appreciation, measure_appreciation
from clientmgr.errors import ConservationError, DataError
from clientmgr.facts import Clients, Facts, Flows, Managers, Memberships, Valuations
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Period
from clientmgr.testing.commission import CommissionCase, cases

MONTHS = Period.of("2026").months()


def days(*texts: str) -> Any:
    """Make a column of days."""
    return np.array(texts, "datetime64[D]")


def owned(*marks: tuple[str, str, str]) -> Ledger:
    """Make a ledger of (client, day, manager): allocated first, then transferred."""
    seen: list[str] = []
    kinds = []
    for client, _, _ in marks:
        kinds.append("transferred" if client in seen else "allocated")
        seen.append(client)
    changes = OwnershipChanges(
        client=[m[0] for m in marks],
        valid=days(*(m[1] for m in marks)),
        kind=kinds,
        manager=[m[2] for m in marks],
        branch="B1",
    )
    return Ledger.start(changes, known="2026-01-01")


def firm(
    values: Sequence[tuple[str, str, int]],
    moves: Sequence[tuple[str, str, int]] = (),
    **more: Any,
) -> Facts:
    """Make facts of (client, day, assets) and (client, day, amount)."""
    columns = {
        "client": [m[0] for m in moves],
        "date": days(*(m[1] for m in moves)),
        "amount": np.array([m[2] for m in moves], np.int64),
    }
    return Facts(
        clients=more.pop("clients", Clients(id=["C1", "C2"], branch="B1")),
        managers=Managers(id=["M1", "M2"], branch="B1"),
        valuations=Valuations(
            client=[v[0] for v in values],
            date=days(*(v[1] for v in values)),
            assets=np.array([v[2] for v in values], np.int64),
        ),
        flows=Flows(**columns),
        **more,
    )


def test_a_gain_is_what_is_left_after_flows() -> None:
    """End less begin less what was paid in; a rate by Modified Dietz."""
    facts = firm([("C1", "2026-06-30", 100_00), ("C1", "2026-07-30", 115_00)], [("C1", "2026-07-15", 10_00)])
    july = measure_appreciation(facts, owned(("C1", "2026-01-01", "M1")), period="2026-07")
    assert july.gain.tolist() == [500]
    assert july.flows.tolist() == [10_00]
    assert july.rate() == Fraction(500 * 31, 100_00 * 30 + 10_00 * 15)


def test_a_flow_of_the_last_day_has_no_weight_but_counts() -> None:
    """It is in the end value and earned nothing."""
    values = [("C1", "2026-06-30", 100_00), ("C1", "2026-07-31", 150_00)]
    ledger = owned(("C1", "2026-01-01", "M1"))
    july = measure_appreciation(firm(values, [("C1", "2026-07-31", 50_00)]), ledger, period="2026-07")
    assert july.gain.tolist() == [0]
    assert july.capital_days.tolist() == [100_00 * 31]


def test_without_flows_a_rate_is_growth() -> None:
    """End / begin - 1."""
    facts = firm([("C1", "2026-06-30", 100), ("C1", "2026-07-31", 103)])
    july = measure_appreciation(facts, owned(("C1", "2026-01-01", "M1")), period="2026-07")
    assert july.rate() == Fraction(3, 100)


def test_a_rate_needs_capital_to_stand_on() -> None:
    """None where there is too little, or less than nothing."""
    facts = firm(
        [("C1", "2026-06-30", 10), ("C1", "2026-07-31", 30)],
        [("C1", "2026-07-01", -60), ("C1", "2026-07-29", 80)],
    )
    july = measure_appreciation(facts, owned(("C1", "2026-01-01", "M1")), period="2026-07")
    assert july.average_capital() < 0
    assert july.rate() is None
    plain = firm([("C1", "2026-06-30", 100), ("C1", "2026-07-31", 103)])
    small = measure_appreciation(plain, owned(("C1", "2026-01-01", "M1")), period="2026-07")
    assert small.rate(floor=101) is None
    assert small.beyond(Fraction(1, 100)) == 2


def test_a_change_of_hands_cuts_at_the_last_valuation_before_it() -> None:
    """Flows go to the side of the cut on which they lie."""
    facts = firm(
        [("C1", "2026-06-30", 100), ("C1", "2026-07-10", 140), ("C1", "2026-07-31", 200)],
        [("C1", "2026-07-10", 10), ("C1", "2026-07-12", 30)],
    )
    ledger = owned(("C1", "2026-01-01", "M1"), ("C1", "2026-07-15", "M2"))
    july = measure_appreciation(facts, ledger, period="2026-07")
    assert july.manager.tolist() == ["M1", "M2"]
    assert july.gain.tolist() == [30, 30]
    assert july.end.astype(str).tolist() == ["2026-07-14", "2026-07-31"]
    assert july.begin_day.astype(str).tolist() == ["2026-06-30", "2026-07-10"]


def test_a_client_that_opened_later_begins_with_nothing() -> None:
    """What it brought is a flow, not a gain."""
    clients = Clients(id=["C1", "C2"], branch="B1", opened=days("NaT", "2026-07-05"))
    facts = firm(
        [("C1", "2026-06-30", 1), ("C2", "2026-07-31", 105)],
        [("C2", "2026-07-05", 100)],
        clients=clients,
    )
    july = measure_appreciation(facts, owned(("C2", "2026-07-05", "M1")), period="2026-07")
    assert july.gain.tolist() == [5]
    assert july.rate() == Fraction(5 * 31, 100 * 26)


def test_nobody_knows_what_was_gained_before_the_first_valuation() -> None:
    """The first one begins; without any nothing is gained, and the dated snapshot is one."""
    ledger = owned(("C1", "2026-01-01", "M1"), ("C2", "2026-01-01", "M1"))
    facts = firm([("C1", "2026-07-10", 100), ("C1", "2026-07-31", 104)])
    assert measure_appreciation(facts, ledger, period="2026-07").gain.tolist() == [4, 0]
    empty = firm([])
    assert measure_appreciation(empty, ledger, period="2026-07").gain.tolist() == [0, 0]
    clients = Clients(id=["C1", "C2"], branch="B1", assets=[90, 7])
    dated = firm([("C1", "2026-07-31", 104)], clients=clients, as_of="2026-06-30")
    assert measure_appreciation(dated, ledger, period="2026-07").gain.tolist() == [14, 0]


def test_the_lead_answers_for_a_team() -> None:
    """A pool's gains are nobody's."""
    changes = OwnershipChanges(
        client=["C1", "C2"],
        valid=days("2026-01-01", "2026-01-01"),
        kind="allocated",
        team=["T1", None],
        pool=[None, "key"],
        branch="B1",
    )
    members = Memberships(team="T1", manager=["M2", "M1"], lead=[True, False], since=np.datetime64("2026-01-01"))
    facts = firm([("C1", "2026-06-30", 1), ("C1", "2026-07-31", 4)], memberships=members)
    ledger = Ledger.start(changes, known="2026-01-01")
    july = measure_appreciation(facts, ledger, period="2026-07")
    assert july.manager.tolist() == ["M2", None]
    assert july.pool.tolist() == [None, "key"]
    leaderless = firm([], memberships=members.take([1]))
    assert measure_appreciation(leaderless, ledger, period="2026-07").manager.tolist() == [None, None]


@st.composite
def histories(draw: st.DrawFn) -> tuple[CommissionCase, Flows]:
    """Draw a firm with flows of its clients."""
    case = draw(cases(reversals=False))
    clients = case.facts.clients.id.tolist()
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(clients), st.integers(0, 430), st.integers(-9_999, 9_999)),
            max_size=8,
        )
    )
    first = np.datetime64("2025-11-30")
    flows = Flows(
        client=[r[0] for r in rows] if rows else [],
        date=np.array([first + r[1] for r in rows], "M8[D]"),
        amount=np.array([r[2] for r in rows], np.int64),
    )
    return case, flows


@settings(max_examples=15)
@given(histories())
def test_gains_are_additive_over_adjacent_periods(drawn: tuple[CommissionCase, Flows]) -> None:
    """Twelve months give the year, client by client and owner by owner."""
    case, flows = drawn
    facts = with_flows(case.facts, flows)
    year = totals([measure_appreciation(facts, case.ledger, period="2026")])
    months = [measure_appreciation(facts, case.ledger, period=month) for month in MONTHS]
    assert totals(months) == year


def with_flows(facts: Facts, flows: Flows) -> Facts:
    """Give facts with other flows."""
    return Facts(
        clients=facts.clients,
        managers=facts.managers,
        memberships=facts.memberships,
        valuations=facts.valuations,
        flows=flows,
    )


def totals(parts: list[Appreciation]) -> dict[Any, tuple[int, int]]:
    """Add gain and capital x days up by client and who held it; what comes to nothing is left out."""
    found: dict[Any, list[int]] = {}
    for part in parts:
        pools = part.pool.tolist()
        for i, key in enumerate(zip(part.client.tolist(), part.manager.tolist(), pools, strict=True)):
            sums = found.setdefault(key, [0, 0])
            sums[0] += int(part.gain[i])
            sums[1] += int(part.capital_days[i])
    return {key: (a, b) for key, (a, b) in found.items() if a or b}


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(-999, 999), st.integers(1, 30))
def test_splitting_an_account_leaves_the_rate_of_the_book(begin: int, end: int, flow: int, day: int) -> None:
    """One account, or the same money in two."""
    date = f"2026-07-{day:02d}"
    one = firm([("C1", "2026-06-30", 2 * begin), ("C1", "2026-07-31", 2 * end)], [("C1", date, 2 * flow)])
    halves = [("C1", begin, end), ("C2", begin, end)]
    two = firm(
        [row for c, a, b in halves for row in ((c, "2026-06-30", a), (c, "2026-07-31", b))],
        [("C1", date, flow), ("C2", date, flow)],
    )
    ledger = owned(("C1", "2026-01-01", "M1"), ("C2", "2026-01-01", "M1"))
    rates = [measure_appreciation(facts, ledger, period="2026-07").rate() for facts in (one, two)]
    assert rates[0] == rates[1]


def test_sums_that_leave_64_bits_are_refused() -> None:
    """A wrong number would be worse."""
    facts = firm([("C1", "2026-06-30", 2**60), ("C1", "2026-07-31", 2**60)])
    with pytest.raises(DataError, match="so large that their sums by day leave 64 bits"):
        measure_appreciation(facts, owned(("C1", "2026-01-01", "M1")), period="2026-07")


def test_pieces_that_do_not_join_are_never_given() -> None:
    """The sum is checked before it is returned."""
    facts = firm([("C1", "2026-06-30", 100), ("C1", "2026-07-31", 103)])
    ledger = owned(("C1", "2026-01-01", "M1"), ("C1", "2026-07-15", "M2"))
    whole = measure_appreciation(facts, ledger, period="2026-07")
    torn = {**whole.__dict__, "begin_assets": whole.begin_assets + np.array([0, 1])}
    fields = {name: torn[name] for name in torn if not name.startswith("_")}
    with pytest.raises(ConservationError, match="the pieces of 'C1' do not join"):
        appreciation._conserve(Appreciation(**fields))


def test_it_can_be_looked_at() -> None:
    """Repr, columns, explanation, pickle."""
    facts = firm([("C1", "2026-06-30", 100_00), ("C1", "2026-07-31", 103_00)])
    july = measure_appreciation(facts, owned(("C1", "2026-01-01", "M1")), period="2026-07")
    assert repr(july) == "Appreciation(2026-07, 1 pieces, gain 300 fen)"
    assert july.explain("C1") == (
        "M1: 2026-07-01 to 2026-07-31, 10,300 (2026-07-31) - 10,000 (2026-06-30) - flows 0 = 300 fen"
    )
    assert july.explain("C2") == "C2 was in nobody's hands in 2026-07"
    assert len(july) == 1
    assert july.to_columns()["gain"].tolist() == [300]
    copy = pickle.loads(pickle.dumps(july))
    with pytest.raises(ValueError, match="read-only"):
        copy.gain[0] = 1
