"""When a client is due, and what its assets were over a window."""

import datetime as dt

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.dormancy.due import due_days, last_activity, window_assets, window_start
from clientmgr.periods import add_months, day

TABLE = [
    ("2024-08-31", "2026-02-28"),
    ("2024-08-30", "2026-02-28"),
    ("2022-08-31", "2024-02-29"),
    ("2024-02-29", "2025-08-29"),
    ("2025-02-28", "2026-08-28"),
    ("2024-12-31", "2026-06-30"),
    ("2024-10-31", "2026-04-30"),
]


@pytest.mark.parametrize(("last", "due"), TABLE)
def test_eighteen_months_are_counted_forward(last: str, due: str) -> None:
    """The cases in which calendars, other libraries and backward counting differ."""
    assert str(due_days(np.array([last], "datetime64[D]"), 18)[0]) == due


@pytest.mark.parametrize("months", [1, 6, 18])
def test_the_table_over_days_is_dateutils_rule(months: int) -> None:
    """Every day of five years, and a missing one, shuffled."""
    days = np.arange("2020-01-01", "2025-01-01", dtype="datetime64[D]")
    days = np.random.default_rng(1).permutation(np.append(days, np.datetime64("NaT")))
    expected = [None if d is None else d + relativedelta(months=months) for d in days.tolist()]
    assert due_days(days, months).tolist() == expected


def test_no_activity_at_all_has_no_due_day() -> None:
    """Missing days stay missing."""
    assert np.isnat(due_days(np.full(2, np.datetime64("NaT"), "datetime64[D]"), 18)).all()


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 40))
def test_the_window_begins_where_the_months_reach_beyond_the_day(on: dt.date, months: int) -> None:
    """The first day counted reaches beyond it, the day before does not."""
    first = window_start(day(on), months)
    assert add_months(str(first), months) > day(on)
    assert add_months(str(first - 1), months) <= day(on)


def test_the_last_activity_is_the_latest_date() -> None:
    """Events have no order; a client without any has no day."""
    dates = np.array(["2026-01-05", "2026-03-01", "2026-02-01"], "datetime64[D]")
    found = last_activity(np.array([1, 1, 0]), dates, 3)
    assert found.astype(str).tolist() == ["2026-02-01", "2026-03-01", "NaT"]


def test_assets_over_a_window_are_steps() -> None:
    """A valuation is in force until the next; what lies before the window reaches into it."""
    found = window_assets(
        np.array([0, 0, 0, 1]),
        np.array(["2025-12-01", "2026-01-11", "2026-01-31", "2026-01-15"], "datetime64[D]"),
        np.array([700, 100, 50, 9]),
        clients=3,
        start=day("2026-01-01"),
        on=day("2026-01-31"),
    )
    assert found.maximum.tolist() == [700, 9, 0]
    assert found.month_ends.tolist() == [50, 9, 0]
    assert found.average.tolist() == [-(-(10 * 700 + 20 * 100 + 50) // 31), 9, 0]
    assert found.answered["average"].tolist() == [True, True, False]


def test_averages_beyond_64_bits_are_exact() -> None:
    """Large assets over many days do not overflow."""
    large = (1 << 61) + 1
    dates = np.array(["2020-01-01"], "datetime64[D]")
    span = {"start": day("2020-01-01"), "on": day("2026-01-01")}
    found = window_assets(np.array([0]), dates, np.array([large]), clients=1, **span)
    assert found.average.tolist() == [large]
