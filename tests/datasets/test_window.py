"""Windows of whole months and their business days."""

import numpy as np
import pytest

from clientmgr.datasets.window import Window
from clientmgr.errors import RuleError


def test_a_window_is_whole_months(window: Window) -> None:
    """Their first and last days tile it."""
    assert len(window.firsts) == 25
    assert str(window.end) == "2026-12-31"
    assert (window.lasts + 1 == window.firsts[1:]).all()
    assert repr(Window.of("2025-01-01", 1)).startswith("Window(first=")


@pytest.mark.parametrize("start", ["2025-01-02", "NaT"])
def test_a_window_starts_with_a_month(start: str) -> None:
    """Its first day is the first of a month."""
    with pytest.raises(RuleError, match="start must be the first day of a month, got"):
        Window.of(start, 24)


def test_a_window_has_a_month() -> None:
    """None would be no window."""
    with pytest.raises(RuleError, match="months must be at least 1, got 0"):
        Window.of("2025-01-01", 0)


def test_business_days_are_no_weekends_and_no_holidays(window: Window) -> None:
    """New Year, the first of May and the week of October are free, in every year."""
    days = set(window.business.astype(str).tolist())
    assert "2025-01-02" in days
    assert not days & {"2025-01-01", "2026-05-01", "2025-10-03", "2025-10-07", "2026-10-01"}
    assert "2025-10-08" in days
    assert (np.is_busday(window.business)).all()
    assert 480 < len(window.business) < 520


def test_the_business_day_before_a_holiday_is_found(window: Window) -> None:
    """In the window and decades before it."""
    days = np.array(["2025-10-05", "2001-01-01", "NaT", "2025-01-02"], "datetime64[D]")
    found = window.business_day_before(days)
    assert found.astype(str).tolist() == ["2025-09-30", "2000-12-29", "NaT", "2025-01-02"]


def test_months_are_counted_from_the_first(window: Window) -> None:
    """Days before the window have numbers below zero."""
    days = np.array(["2024-12-31", "2025-01-01", "2026-12-31"], "datetime64[D]")
    assert window.month_of(days).tolist() == [-1, 0, 23]


def test_a_business_day_is_picked_within_its_span(window: Window) -> None:
    """Every chance in [0, 1) gives a day of the span, or NaT where it has none."""
    rng = np.random.default_rng(0)
    since = window.first + rng.integers(0, 700, 500)
    until = since + rng.integers(0, 20, 500)
    day = window.pick_business(since, until, rng.random(500))
    none = np.isnat(day)
    assert ((day >= since) & (day <= until) | none).all()
    assert np.isin(day[~none], window.business).all()
    empty = window.pick_business(since[:1], since[:1] - 1, np.zeros(1))
    assert np.isnat(empty).all()
