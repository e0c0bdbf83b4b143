"""One formula tried on a few numbers."""

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import calendar, evaluate, field, measure, total


def test_a_constant_and_the_calendar_need_no_measure() -> None:
    """One manager is enough."""
    assert evaluate("15%").texts() == ["15%"]
    assert evaluate(calendar("trading_days"), trading_days=21).texts() == ["21"]
    assert evaluate(calendar("number"), number=4, period="2026Q2").texts() == ["4"]


def test_items_and_floats_work_as_well() -> None:
    """As in a whole set."""
    table = ({"y": "money"}, {"manager": ["M1"], "y": [150]})
    assert evaluate(total("t", field("y")), items={"t": table}).texts() == ["1.50"]
    assert evaluate(measure("x") / 2, x=("count", [1]), exact=False).floats().tolist() == [0.5]


def test_columns_of_different_lengths_are_refused() -> None:
    """One row for each manager."""
    with pytest.raises(RuleError, match=r"the columns have different lengths: \[1, 2\]"):
        evaluate(measure("x"), x=("count", [1]), y=("count", [1, 2]))
