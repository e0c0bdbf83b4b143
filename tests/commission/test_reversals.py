"""Tests of reversals."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from clientmgr.commission import CommissionPlan, Deduction, attribute
from clientmgr.commission.reversals import Left
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger

PLAN = CommissionPlan(deductions=[Deduction(name="fee", rates="1/7", on="commission")])


def take_back(*parts: Any, commission: Any = 1001) -> Any:
    """Make a trade and its partial reversals, a day apart."""
    first = {"id": 1, "client": "C3", "date": "2026-07-01", "commission": commission}
    return [first] + [
        {"id": 2 + i, "client": "C3", "date": f"2026-08-0{i + 1}", "commission": -part, "reverses": 1}
        for i, part in enumerate(parts)
    ]


def test_each_part_sums_to_its_own_amount_and_all_to_the_negative(
    ledger: Ledger, make_facts: Callable[..., Facts]
) -> None:
    """Deductions and credits of every part add up to what it takes back."""
    made = attribute(make_facts(take_back(333, 333, 335)), ledger, PLAN)
    by_trade = made.total(by="trade")
    fees = made.total_deductions(by="trade")
    for trade, amount in ((2, -333), (3, -333), (4, -335)):
        assert by_trade.get(trade=trade) + fees.get(trade=trade) == amount
    assert (made.gross, made.credited, made.overlaid) == (0, 0, 0)
    assert not any(made.deductions.values())


def test_a_reversal_is_booked_in_the_month_of_its_own_day(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """The original stays in its month."""
    made = attribute(make_facts(take_back(1001)), ledger, PLAN)
    assert made.total(by="month").to_records() == [
        {"month": "2026-07", "amount": 858},
        {"month": "2026-08", "amount": -858},
    ]


def test_earlier_parts_count_though_they_lie_outside_the_period(
    ledger: Ledger, make_facts: Callable[..., Facts]
) -> None:
    """What July took back is not taken back again in September."""
    rows = take_back(500, 501)
    rows[2]["date"] = "2026-09-01"
    facts = make_facts(rows)
    parts = [attribute(facts, ledger, PLAN, period=f"2026-0{m}").credited for m in (7, 8, 9)]
    assert sum(parts) == 0
    assert parts[1] == attribute(make_facts(rows[:2]), ledger, PLAN, period="2026-08").credited


def test_a_free_trade_is_taken_back_once_and_whole(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Its charges come back; a second time there is nothing left."""
    rows = [{**row, "turnover": 1000} for row in take_back(0, commission=0)]
    plan = CommissionPlan(deductions=[Deduction(name="fee", rates="1%")])
    made = attribute(make_facts(rows), ledger, plan)
    assert made.deductions == {"fee": 0}
    assert made.total(by=("month",)).amount.tolist() == [-10, 10]


@pytest.mark.parametrize(("part", "expected"), [(0, 0), (1, 33), (2, 67), (3, 100)])
def test_what_is_left_is_in_proportion_and_rounded_half_up(part: Any, expected: Any) -> None:
    """A fraction of an amount, with its sign."""
    left = Left(np.array([part, part]), np.array([3, 3]))
    assert left.of(np.array([100, -100])).tolist() == [expected, -expected]
