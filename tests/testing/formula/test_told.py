"""What an oracle is told."""

import datetime as dt

from clientmgr.testing.formula.told import Spot, Told, Undefined


def test_a_period_needs_no_items() -> None:
    """Nor trading days."""
    told = Told(dt.date(2026, 1, 1), 1, ["A"], {})
    assert told.items == {}
    assert told.trading_days is None


def test_spots_and_reasons_compare_by_value() -> None:
    """They are keys of what is known already."""
    assert {Spot(0, "A"): 1}[Spot(0, "A")] == 1
    assert Undefined("x") == Undefined("x")
