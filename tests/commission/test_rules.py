"""Tests of plans and deductions."""

import re
from typing import Any

import pytest

from clientmgr.commission import ChargeRate, CommissionPlan, Deduction
from clientmgr.commission.rules import BORNE_BY_HOUSE, as_dated_plan
from clientmgr.errors import RuleError
from clientmgr.periods import Dated


def test_a_bare_rate_is_one_row_for_all_trades() -> None:
    """A text, a mapping by day and a row all read as rows."""
    plain = Deduction(name="a", rates="1‰")
    dated = Deduction(name="a", rates={"2026-01-01": "1‰", "2026-07-01": "2‰"})
    assert plain.rates == (ChargeRate(rate="1‰"),)
    assert len(dated.rates[0].rate.starts) == 2
    assert Deduction(name="a", rates=["1‰", ChargeRate(rate="2‰", side="sell")]).rates[1].side == ("sell",)


def test_plans_are_values() -> None:
    """Equal plans are equal, and stand for themselves always."""
    assert CommissionPlan(deductions=[Deduction(name="a", rates="1‰")]) == CommissionPlan(
        deductions=(Deduction(name="a", rates="0.1%"),)
    )
    plan = CommissionPlan()
    assert as_dated_plan(plan) == Dated.always(plan) == as_dated_plan(Dated.always(plan))


def test_the_excess_of_charges_is_a_line_where_the_house_bears_it() -> None:
    """Only `zero` has the line."""
    assert CommissionPlan(below_charges="zero").lines == (BORNE_BY_HOUSE,)
    assert CommissionPlan().lines == ()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: ChargeRate(rate="-1%"), "a charge's rate must not be negative @ $.rate"),
        (
            lambda: ChargeRate(rate="1%", turnover_below=1.5),  # type: ignore[arg-type]
            "turnover_below must be a whole number of fen",
        ),
        (lambda: Deduction(name="", rates="1%"), "a deduction needs a name @ $.name"),
        (lambda: Deduction(name="a", rates="1%", rounding="odd"), "rounding must be one of half_up"),
        (lambda: Deduction(name="a", rates="1%", minimum=5, maximum=4), "must not be below the minimum 5, got 4"),
        (lambda: Deduction(name="a", rates="1%", fixed=True), "fixed must be a whole number of fen"),
        (lambda: CommissionPlan(deductions=[Deduction(name="a", rates=1)] * 2), "two deductions are called 'a'"),
        (lambda: CommissionPlan(deductions=[Deduction(name=BORNE_BY_HOUSE, rates=1)]), "is the name of the line"),
        (lambda: CommissionPlan(below_charges="drop"), "below_charges must be one of keep, zero, refuse, got 'drop'"),
        (lambda: as_dated_plan(7), "expected a CommissionPlan or editions of one, got int"),
        (lambda: Deduction(name="a", rates=0.1), "a rate must be exact"),
    ],
)
def test_plans_that_cannot_be_meant_are_refused(make: Any, told: str) -> None:
    """Each fault is named with what was got."""
    with pytest.raises(RuleError, match=re.escape(told)):
        make()
