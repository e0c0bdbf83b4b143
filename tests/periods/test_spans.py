"""Looking days up in a table of their span gives what working each out gives."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clientmgr.errors import DataError
from clientmgr.periods import Calendar, add_months, months_between
from clientmgr.periods.spans import FEWEST, by_table
from clientmgr.testing.periods import civil_days

NEVER = np.datetime64("NaT", "D")


def months(days: NDArray[np.datetime64]) -> NDArray[Any]:
    """Give the month of each day."""
    return days.astype("M8[M]")


@given(civil_days(), st.integers(0, 2 * FEWEST), st.integers(0, 2 * FEWEST), st.booleans())
def test_the_table_gives_what_the_function_gives(first: np.datetime64, span: int, size: int, missing: bool) -> None:
    """For columns of any length and span, with and without NaT."""
    days = first + np.random.default_rng(size).integers(0, span + 1, size)
    if missing:
        days[::3] = NEVER
    assert np.array_equal(by_table(months, days), months(days), equal_nan=True)


@pytest.mark.parametrize(("span", "calls"), [(30, 31 + 1), (10**6, FEWEST)])
def test_close_days_are_worked_out_once_each(span: int, calls: int) -> None:
    """A month of days and NaT, against as many calls as rows."""
    seen: list[int] = []

    def note(days: NDArray[np.datetime64]) -> NDArray[Any]:
        """Note how many days were asked for."""
        seen.append(days.size)
        return days

    days = np.datetime64("2026-07-01") + np.linspace(0, span, FEWEST).astype(np.int64)
    assert by_table(note, days).tolist() == days.tolist()
    assert seen == [calls]


def test_a_column_without_any_day_is_worked_out_as_it_is() -> None:
    """There is no span."""
    days = np.full(FEWEST, NEVER)
    assert by_table(months, days).tolist() == [None] * FEWEST


def test_tables_keep_the_shape() -> None:
    """Also of what is no column."""
    days = np.full((FEWEST, 2), np.datetime64("2026-07-01"))
    assert by_table(months, days).shape == (FEWEST, 2)


def test_a_row_that_cannot_be_stepped_is_named_in_long_columns_too() -> None:
    """Where the calendar may end, there is no table, whose rows would be others."""
    calendar = Calendar(extra=["2026-01-05", "2026-01-07"], weekend=range(7))
    days = np.full(2 * FEWEST, np.datetime64("2026-01-05"))
    days[FEWEST] = np.datetime64("2026-01-07")
    with pytest.raises(DataError, match=rf"1 bad row\n.*row {FEWEST}: got 2026-01-07"):
        calendar.next(days)


def test_long_columns_are_dated_as_short_ones() -> None:
    """Months, business days and counts of many close days, against each alone."""
    rng = np.random.default_rng(7)
    days = np.datetime64("2026-01-01") + rng.integers(0, 200, 3 * FEWEST)
    days[5] = NEVER
    calendar = Calendar(["2026-01-01"], ["2026-01-03"])
    sample, on = [0, 1, 2, 5, -1], dt.date(2026, 3, 31)
    for found, alone in (
        (add_months(days, 18), [add_months(days[i], 18) for i in sample]),
        (calendar.add(days, 5), [calendar.add(days[i], 5) for i in sample]),
        (calendar.is_business_day(days), [calendar.is_business_day(days[i]) for i in sample]),
    ):
        assert np.array_equal(found[sample], np.array(alone), equal_nan=found.dtype.kind == "M")
    days[5] = on
    for counted, one in (
        (months_between(days, on), [months_between(days[i], on) for i in sample]),
        (months_between(on, days), [months_between(on, days[i]) for i in sample]),
        (calendar.count(days, on), [calendar.count(days[i], on) for i in sample]),
        (calendar.count(on, days), [calendar.count(on, days[i]) for i in sample]),
    ):
        assert counted[sample].tolist() == one
