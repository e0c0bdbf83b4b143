"""Tests of the oracle's charges."""

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.check.commission_charging import ROUND, FactsReader, OracleTrade, charge, within
from clientmgr.commission import ChargeRate, CommissionPlan, Deduction
from clientmgr.facts import Clients, Facts, Managers, Valuations

DAY = dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half_up", [3, -3, 2, 0]),
        ("half_even", [2, -2, 2, 0]),
        ("down", [2, -2, 1, 0]),
        ("up", [3, -3, 2, 0]),
        ("floor", [2, -3, 1, 0]),
        ("ceil", [3, -2, 2, 0]),
    ],
)
def test_every_rounding_is_what_it_says(mode: str, expected: Any) -> None:
    """Halves, either sign, and nothing."""
    exact = [Fraction(5, 2), Fraction(-5, 2), Fraction(7, 4), Fraction(0)]
    assert [ROUND[mode](each) for each in exact] == expected


def make_trade(**more: Any) -> OracleTrade:
    """Make a record of a trade."""
    plain = {"id": 1, "client": "C1", "date": DAY, "side": "sell", "market": "SSE", "product": "stock"}
    numbers = {"quantity": 0, "turnover": 1000, "commission": 50, "reverses": None}
    return OracleTrade.of({**plain, **numbers, "rebate": 3, **more})


@pytest.fixture
def reader() -> FactsReader:
    """Give the facts of one client with a valuation."""
    facts = Facts(
        clients=Clients(id=["C1"], branch="B1"),
        managers=Managers(id=["M1"], branch="B1"),
        valuations=Valuations(client=["C1"], date=np.array(["2026-06-30"], "M8[D]"), assets=[700]),
    )
    return FactsReader(facts)


def test_lines_come_off_by_hand_as_the_plan_says(reader: FactsReader) -> None:
    """A rate by day, a bounded one, a column, and a part of what is left."""
    plan = CommissionPlan(
        deductions=[
            Deduction(name="a", rates={"2026-01-01": "1%", "2026-07-01": "2%"}),
            Deduction(name="b", rates="0", fixed=2, minimum=5),
            Deduction(name="c", rates=1, on="rebate"),
            Deduction(name="d", rates=[ChargeRate(rate="50%", assets_below=701)], on="net"),
            Deduction(name="e", rates=[ChargeRate(rate="50%", assets_below=700, side="sell")], on="net"),
        ]
    )
    assert charge(make_trade(), plan, reader) == ({"a": 20, "b": 5, "c": 3, "d": 11, "e": 0}, False)
    assert charge(make_trade(date=dt.date(2025, 1, 1)), plan, reader) == (None, False)


def test_charges_above_the_commission_are_told(reader: FactsReader) -> None:
    """With the excess on a line of its own where the house bears it."""
    plan = CommissionPlan(deductions=[Deduction(name="a", rates="10%")], below_charges="zero")
    lines = {"a": 100, "charges borne by the house": -50}
    assert charge(make_trade(), plan, reader) == (lines, True)
    assert reader.assets("C9", DAY) == 0


def test_a_stretch_has_its_first_day_inside_and_its_last_outside() -> None:
    """Missing days are open ends."""
    assert within(DAY, DAY, None)
    assert not within(DAY, None, DAY)
    assert within(DAY, None, None)
