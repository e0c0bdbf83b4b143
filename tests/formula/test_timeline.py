"""The periods over which formulas run."""

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula.timeline import Timeline, window_length


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("2026-07", {"year": 2026, "half": 2, "quarter": 3, "month": 7, "quarter_end": 0, "half_end": 0}),
        ("2026-12", {"quarter": 4, "quarter_end": 1, "half_end": 1, "year_end": 1}),
        ("2026Q2", {"quarter": 2, "month": 6, "quarter_end": 1, "half_end": 1, "year_end": 0}),
        ("2026H1", {"half": 1, "half_end": 1, "year_end": 0}),
        ("2026", {"year": 2026, "year_end": 1}),
    ],
)
def test_a_period_knows_its_place_in_the_year(name: str, facts: dict[str, int]) -> None:
    """By its last month."""
    line = Timeline.of([name], [1], [21])
    assert {what: int(line.fact(what)[0]) for what in facts} == facts
    assert int(line.fact("trading_days")[0]) == 21


def test_periods_rise_and_are_of_one_length() -> None:
    """Else they are refused."""
    with pytest.raises(RuleError, match="periods must rise: 2026-02, 2026-01"):
        Timeline.of(["2026-02", "2026-01"], [1, 2], [None, None])
    with pytest.raises(RuleError, match="periods of different lengths: 2026-02, 2026Q2"):
        Timeline.of(["2026-02", "2026Q2"], [1, 2], [None, None])


def test_windows_begin_with_the_calendar() -> None:
    """A quarter of months, a year of quarters, last year."""
    july = int(Timeline.of(["2026-07"], [1], [None]).ordinal[0])
    assert window_length("quarter", "month", july) == (july, july)
    assert window_length("year", "month", july) == (july - 6, july)
    assert window_length("last_year", "month", july) == (july - 18, july - 7)
    third = int(Timeline.of(["2026Q3"], [1], [None]).ordinal[0])
    assert window_length("year", "quarter", third) == (third - 2, third)
    assert window_length("quarter", "quarter", third) == (third, third)
