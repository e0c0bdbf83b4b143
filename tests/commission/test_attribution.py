"""Tests of attribution."""

import os
from collections.abc import Callable
from random import Random
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.check.commission import verify_credits
from clientmgr.commission import CommissionPlan, Crediting, Deduction, Treatment, attribute
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated
from clientmgr.testing.commission import (
    CommissionCase,
    cases,
    check_conserved,
    check_cut_free,
    check_reversals_net_to_zero,
    check_row_order_free,
    check_sign_symmetric,
)

FEE = CommissionPlan(deductions=[Deduction(name="fee", rates="10%", on="commission")])
GOOD = {"id": 1, "client": "C1", "date": "2026-07-01", "commission": 101}


@settings(max_examples=25)
@given(cases())
def test_every_number_equals_the_oracles(case: CommissionCase) -> None:
    """Ledger, plan and trades of every kind: all lines of all months are recomputed in fractions."""
    made = case.attribute()
    check_conserved(made)
    verify_credits(case.facts, case.ledger, case.plan, made)


@settings(max_examples=20)
@given(cases(faulty=True))
def test_what_cannot_be_credited_is_listed_with_its_amount(case: CommissionCase) -> None:
    """Good trades are credited, the others found, and the oracle finds the same ones."""
    made = case.attribute(findings="keep")
    check_conserved(made)
    verify_credits(case.facts, case.ledger, case.plan, made)


@settings(max_examples=20)
@given(cases(faulty=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(case: CommissionCase, random: Random) -> None:
    """The same trades in another order give the same credits."""
    order = list(range(len(case.facts.trades)))
    random.shuffle(order)
    check_row_order_free(case, order)


@settings(max_examples=15)
@given(cases(faulty=True), st.lists(st.integers(0, 8), max_size=3))
def test_the_cut_of_the_trades_decides_nothing(case: CommissionCase, cuts: Any) -> None:
    """Tables, streams and runs over parts add up to the whole."""
    check_cut_free(case, cuts)


@settings(max_examples=20)
@given(cases(reversals=False))
def test_opposite_trades_give_opposite_credits(case: CommissionCase) -> None:
    """The sign of a ticket is carried through every rule."""
    check_sign_symmetric(case)


@settings(max_examples=20)
@given(cases(reversals=False), st.lists(st.integers(0, 4), max_size=3))
def test_a_trade_taken_back_in_parts_leaves_nothing(case: CommissionCase, parts: Any) -> None:
    """For every rule the partial reversals add up to the exact negative."""
    check_reversals_net_to_zero(case, parts)


@settings(max_examples=20)
@given(cases(reversals=False), st.data())
def test_a_trade_in_two_parts_moves_each_line_by_less_than_a_fen_a_part(
    case: CommissionCase, data: st.DataObject
) -> None:
    """Without charges, splitting a trade and merging it again moves only odd fen."""
    trades = case.facts.trades
    if not len(trades):
        return
    plan = Dated.always(attrs.evolve(case.plan.values[0], deductions=()))
    drawn = data.draw(st.lists(st.integers(-(10**6), 10**6), min_size=len(trades), max_size=len(trades)))
    part = np.array(drawn, np.int64)
    columns = {name: getattr(trades, name) for name in Trades.column_names()}
    ids = [f"{word}x" if trades.id.is_text else word + 10_000 for word in trades.id.tolist()]
    rest = Trades(**{**columns, "commission": trades.commission - part}, extra=trades.extra)
    twins = Trades(**{**columns, "id": ids, "commission": part}, extra=trades.extra)
    whole = attribute(case.facts, case.ledger, plan).lines()
    cut = attribute(case.facts, case.ledger, plan, trades=[rest, twins]).lines()
    assert np.abs((cut - whole).amount).max(initial=0) <= 2 * len(trades)


def test_owners_of_the_day_are_credited_and_the_change_day_belongs_to_the_new_one(
    ledger: Ledger, make_facts: Callable[..., Facts]
) -> None:
    """On the day of the hand-over the new owner gets the trade."""
    rows = [{**GOOD, "id": i, "date": f"2026-07-{14 + i}"} for i in (0, 1)]
    made = attribute(make_facts(rows), ledger, FEE, period="2026-07")
    assert made.total(by=("manager", "month")).to_records() == [
        {"manager": "M1", "month": "2026-07", "amount": 91},
        {"manager": "M2", "month": "2026-07", "amount": 91},
    ]
    assert made.deductions == {"fee": 20}


def test_the_edition_of_the_trade_day_is_used(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A new edition changes nothing before its day."""
    plan = Dated.of({"2026-01-01": FEE, "2026-07-02": CommissionPlan()})
    rows = [{**GOOD, "id": i, "date": f"2026-07-0{i}"} for i in (1, 2)]
    made = attribute(make_facts(rows), ledger, plan)
    assert made.total(by="date").to_records() == [
        {"date": "2026-07-01", "amount": 91},
        {"date": "2026-07-02", "amount": 101},
    ]


def test_what_was_known_then_is_used_when_it_is_asked_for(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A change told late counts only from its batch on."""
    late = OwnershipChanges(
        client=["C1"], valid=np.array(["2026-06-01"], "M8[D]"), kind="transferred", manager=["M3"], branch="B1"
    )
    later = ledger.append(late, known="2026-11-01")
    facts = make_facts([GOOD])
    assert attribute(facts, later, FEE).total(by="manager").get(manager="M3") == 91
    assert attribute(facts, later, FEE, known="2026-10-31").total(by="manager").get(manager="M1") == 91


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"client": "C9"}, "expected a client that the ledger knows"),
        ({"date": "2025-12-31"}, "expected a day on or after the client's opening"),
        ({"client": "C4", "date": "2026-09-01"}, "expected a day before the client's account was closed"),
        ({"reverses": 9}, "expected the id of a trade that is there"),
        ({"reverses": 3}, "expected the id of a trade that is no reversal itself"),
        ({"reverses": 2, "commission": -101}, "expected the opposite of at most what is left"),
        ({"reverses": 2, "commission": 1}, "expected the opposite of at most what is left"),
        ({"reverses": 2, "commission": -1, "date": "2026-06-01"}, "expected a day not before that of the trade"),
        ({"reverses": 2, "commission": -1, "client": "C3"}, "expected the client of the trade that it reverses"),
        ({"reverses": 4, "commission": -1, "client": "C4", "date": "2026-10-09"}, "a trade that can be credited"),
    ],
)
def test_trades_that_cannot_be_credited_are_named(
    ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades], row: Any, told: str
) -> None:
    """Row, id and amount of each are told; or, on demand, the good ones are credited and the rest kept."""
    rows = [
        {**GOOD, **row},
        {"id": 2, "client": "C1", "date": "2026-07-01", "commission": 100},
        {"id": 3, "client": "C1", "date": "2026-07-02", "commission": -1, "reverses": 2},
        {"id": 4, "client": "C4", "date": "2026-10-01", "commission": 5},
    ]
    facts = make_facts([])
    trades = make_trades(rows)
    with pytest.raises(DataError, match=told):
        attribute(facts, ledger, FEE, trades=trades)
    made = attribute(facts, ledger, FEE, trades=trades, findings="keep")
    mine = [finding for finding in made.findings if finding.id == 1]
    assert [(f.row, f.amount) for f in mine] == [(0, rows[0]["commission"])]
    assert made.credited == made.total(by=()).sum()


def test_an_edition_and_a_rate_must_be_in_force(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A day before the first edition, or before a charge's first rate, is a finding."""
    facts = make_facts([GOOD])
    with pytest.raises(DataError, match="a day on which an edition of the plan is in force"):
        attribute(facts, ledger, Dated.of({"2027-01-01": FEE}))
    late = CommissionPlan(deductions=[Deduction(name="fee", rates={"2027-01-01": "1%"})])
    with pytest.raises(DataError, match="a day on which every charge has a rate in force"):
        attribute(facts, ledger, late)


def test_charges_above_the_commission_are_reported_or_refused(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """By default the net is kept negative, and the trade reported with it."""
    line = Deduction(name="fee", rates="1%")
    facts = make_facts([{**GOOD, "turnover": 20_000}])
    made = attribute(facts, ledger, CommissionPlan(deductions=[line]))
    assert [(f.id, f.value, f.amount) for f in made.reported] == [(1, 101, -99)]
    assert made.credited == -99
    house = attribute(facts, ledger, CommissionPlan(deductions=[line], below_charges="zero"))
    assert house.deductions == {"charges borne by the house": -99, "fee": 200}
    with pytest.raises(DataError, match="a commission not below its charges"):
        attribute(facts, ledger, CommissionPlan(deductions=[line], below_charges="refuse"))


def test_originals_of_earlier_trades_are_found_where_they_are_said_to_be(
    ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades]
) -> None:
    """A stream that can be read only once needs its originals beside it."""
    facts = make_facts([])
    first = make_trades([{**GOOD, "commission": 100}])
    back = make_trades([{**GOOD, "id": 2, "commission": -40, "reverses": 1, "date": "2026-08-20"}])
    made = attribute(facts, ledger, FEE, trades=iter([back]), originals=first)
    assert made.total(by=("manager", "month")).to_records() == [{"manager": "M1", "month": "2026-08", "amount": -36}]
    with pytest.raises(DataError, match="the id of a trade that is there"):
        attribute(facts, ledger, FEE, trades=iter([back]))


def test_a_mode_that_is_none_is_refused(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Findings are raised or kept."""
    with pytest.raises(RuleError, match="findings must be one of raise, keep, got 'drop'"):
        attribute(make_facts([]), ledger, FEE, findings="drop")


def test_months_since_the_opening_end_a_treatment_on_their_day(
    ledger: Ledger, make_facts: Callable[..., Facts]
) -> None:
    """Opened on 28 February: the twelfth month is completed on 28 February a year later."""
    new = Treatment(name="new", origin="new", months_below=12)
    plan = CommissionPlan(crediting=Crediting(treatments=[new, Treatment(name="old")]))
    rows = [
        {"id": 1, "client": "C3", "date": "2027-02-27", "commission": 10},
        {"id": 2, "client": "C3", "date": "2027-02-28", "commission": 10},
    ]
    made = attribute(make_facts(rows), ledger, plan).total(by=("trade", "treatment"))
    assert [(row["trade"], row["treatment"]) for row in made.to_records()] == [(1, "new"), (2, "old")]


@pytest.mark.skipif("CLIENTMGR_DATA" not in os.environ, reason="needs the folder of real records")
def test_real_purchases_are_reconciled_to_the_cent(purchases: tuple[Facts, Ledger, CommissionPlan]) -> None:
    """All 69,659 purchases are credited once, by divisions and claims, and recomputed by the oracle in a sample."""
    facts, ledger, plan = purchases
    made = attribute(facts, ledger, plan)
    check_conserved(made)
    assert (made.trades, made.gross) == (69_659, int(facts.trades.commission.sum()))
    assert made.gross == sum(made.deductions.values()) + made.credited
    verify_credits(facts, ledger, plan, made, sample=10)
