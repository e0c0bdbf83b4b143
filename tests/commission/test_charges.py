"""Tests of the deduction kernel."""

from typing import Any

import numpy as np
import pytest

from clientmgr.commission.charges import Charges, Ticket
from clientmgr.commission.rules import ChargeRate, CommissionPlan, Deduction
from clientmgr.tables import Coded

DAY = int(np.datetime64("2026-07-01", "D").astype(int))


def ticket(**columns: Any) -> Any:
    """Make tickets of short columns."""
    size = len(next(iter(columns.values())))
    plain = {name: np.zeros(size, np.int64) for name in ("commission", "turnover", "quantity")}
    words = {name: columns.pop(name, [""] * size) for name in ("market", "product", "side")}
    day = columns.pop("day", np.full(size, DAY, np.int32))
    extra = {"rebate": np.array(columns.pop("rebate"))} if "rebate" in columns else {}
    numbers = {name: np.array(values, np.int64) for name, values in columns.items()}
    return Ticket(
        day=day,
        labels={name: Coded.of(values) for name, values in words.items()},
        extra=extra,
        **{**plain, **numbers},
    )


def charge(lines: Any, given: Any, **options: Any) -> Any:
    """Take some lines off."""
    return Charges(CommissionPlan(deductions=lines, **options)).apply(given)


def test_lines_come_off_in_order_and_each_is_rounded_once() -> None:
    """A line on `net` sees what the lines above have left."""
    lines = [Deduction(name="fee", rates="1‰"), Deduction(name="tax", rates="50%", on="net")]
    made = charge(lines, ticket(turnover=[1500, 2500], commission=[100, 101]))
    assert [line.tolist() for line in made.lines] == [[2, 3], [49, 49]]
    assert made.net.tolist() == [49, 49]


def test_the_first_row_that_fits_counts() -> None:
    """Market, product and side choose the row; where none fits the line is zero."""
    rows = [
        ChargeRate(rate="10%", market="SSE", side="sell"),
        ChargeRate(rate="20%", market=("SSE", "BSE")),
        ChargeRate(rate="30%", product="fund"),
    ]
    line = Deduction(name="fee", rates=rows, on="commission")
    given = ticket(
        commission=[100] * 5,
        market=["SSE", "SSE", "BSE", "SZSE", "SZSE"],
        side=["sell", "buy", "sell", "buy", "buy"],
        product=["", "", "", "fund", "stock"],
    )
    assert charge([line], given).lines[0].tolist() == [10, 20, 20, 30, 0]


def test_rates_change_on_their_day_and_a_day_before_the_first_has_none() -> None:
    """The edition of the trade's day is used; without one the trade is marked."""
    line = Deduction(name="fee", rates={"2026-07-01": "1%", "2026-07-02": "2%"}, on="commission")
    day = np.array([DAY - 1, DAY, DAY + 1], np.int32)
    made = charge([line], ticket(commission=[100] * 3, day=day))
    assert made.lines[0].tolist()[1:] == [1, 2]
    assert made.unrated.tolist() == [True, False, False]
    assert charge([line], ticket(commission=[1], day=day[:1])).unrated.all()


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"minimum": 5}, [5, 5, 10, -5, 0]),
        ({"maximum": 3}, [0, 1, 3, -1, 0]),
        ({"fixed": 2}, [2, 3, 12, -3, 0]),
        ({"fixed": 2, "minimum": 4, "maximum": 6}, [4, 4, 6, -4, 0]),
    ],
)
def test_bounds_carry_the_sign_of_the_ticket_and_spare_empty_tickets(bounds: Any, expected: Any) -> None:
    """Fixed part, least and most hold for either sign; a ticket of nothing is charged nothing."""
    line = Deduction(name="fee", rates="1%", **bounds)
    given = ticket(turnover=[10, 100, 1000, -100, 0], commission=[9, 9, 9, -9, 0])
    assert charge([line], given).lines[0].tolist() == expected


def test_bounds_are_charged_only_where_a_row_fits() -> None:
    """A minimum does not reach trades that the line is not for."""
    line = Deduction(name="fee", rates=[ChargeRate(rate="1%", market="SSE")], minimum=5)
    given = ticket(commission=[9, 9], turnover=[10, 10], market=["SSE", "SZSE"])
    assert charge([line], given).lines[0].tolist() == [5, 0]


def test_small_tickets_can_be_cut_by_their_size() -> None:
    """Sizes are compared on the absolute value, and below means below."""
    rows = [ChargeRate(rate="100%", commission_below=5), ChargeRate(rate="50%", turnover_below=1000)]
    line = Deduction(name="small", rates=rows, on="net")
    given = ticket(commission=[4, 5, 5, -4], turnover=[9999, 999, 1000, -9999])
    assert charge([line], given).net.tolist() == [0, 2, 5, 0]


def test_a_column_of_the_trades_can_be_the_base() -> None:
    """Rebates that come as fen a trade are taken as they are."""
    line = Deduction(name="rebate", rates=1, on="rebate")
    assert charge([line], ticket(commission=[50, 60], rebate=[7, 8])).net.tolist() == [43, 52]


@pytest.mark.parametrize(("way", "net"), [("keep", [-4, 4, 0]), ("zero", [0, 0, 0])])
def test_charges_above_the_commission_are_marked_and_treated_as_declared(way: Any, net: Any) -> None:
    """Kept negative, or borne by the house on a line of its own; sums hold either way."""
    line = Deduction(name="fee", rates="1%")
    given = ticket(commission=[6, -6, 0], turnover=[1000, -1000, 0])
    made = charge([line], given, below_charges=way)
    assert made.net.tolist() == net
    assert made.below.tolist() == [True, True, False]
    assert (sum(made.lines) + made.net == given.commission).all()


def test_plain_rates_are_told_from_the_others() -> None:
    """Only one rate for the whole stretch of days, without bounds and conditions, is plain."""
    plan = CommissionPlan(
        deductions=[
            Deduction(name="a", rates="1%"),
            Deduction(name="b", rates="1%", minimum=1),
            Deduction(name="c", rates=[ChargeRate(rate="1%", side="sell")]),
            Deduction(name="d", rates={"2026-07-01": "1%"}),
            Deduction(name="e", rates="1%", on="rebate"),
            Deduction(name="f", rates="1%", rounding="down"),
            Deduction(name="g", rates=[]),
        ]
    )
    found = {line.name: table.simple(line, DAY - 1, DAY) for line, table in Charges(plan).pairs}
    assert [name for name, simple in found.items() if simple] == ["a"]
    plain = found["a"]
    assert plain is not None
    assert not plain.apply(np.array([2**61]), np.empty(1, np.int64))
