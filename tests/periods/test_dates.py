"""Days and months: forward, clipped, and equal to what the law and dateutil say."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.errors import DataError
from clientmgr.periods import add_months, day, months_between
from clientmgr.periods.dates import as_days, refuse_unequal, whole_counts
from clientmgr.testing.periods import check_month_laws, civil_days, oracle_add_months

NEVER = np.datetime64("NaT", "D")
PLACE = {"table": "trades", "column": "date"}


@pytest.mark.parametrize("n", [0, 1, 2, 6, 11, 12, 18, 30, 1200, -1, -6, -18])
def test_every_day_from_1900_to_2200_is_due_when_dateutil_says(n: int) -> None:
    """All 109,938 days at once, against relativedelta one by one."""
    days = np.arange("1900-01-01", "2201-01-01", dtype="datetime64[D]")
    months = relativedelta(months=n)
    expected = np.array([date + months for date in days.tolist()], dtype="datetime64[D]")
    assert (add_months(days, n) == expected).all()


@given(civil_days(), st.integers(-2_000, 2_000))
def test_months_keep_the_published_laws(start: np.datetime64, n: int) -> None:
    """Month, day number, monotony and counting back, for any number of months."""
    check_month_laws(start, n)
    assert add_months(start, n) == oracle_add_months(start, n)


@given(st.lists(st.tuples(civil_days(), st.integers(-30, 30))))
def test_a_number_per_day_is_added_row_by_row(rows: list[tuple[np.datetime64, int]]) -> None:
    """Columns of days and of numbers give what each pair gives alone."""
    days = np.array([start for start, _ in rows], dtype="datetime64[D]")
    found = add_months(days, np.array([n for _, n in rows], dtype=np.int64))
    assert found.tolist() == [add_months(start, n).item() for start, n in rows]


@settings(max_examples=100)
@given(civil_days(), civil_days())
def test_months_between_are_the_most_that_do_not_pass_the_end(start: np.datetime64, end: np.datetime64) -> None:
    """One more would pass it; also backwards."""
    n = months_between(start, end)
    assert oracle_add_months(start, n) <= end < oracle_add_months(start, n + 1)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-08-31", 18, "2026-02-28"),
        ("2024-08-30", 18, "2026-02-28"),
        ("2022-08-31", 18, "2024-02-29"),
        ("2024-02-29", 18, "2025-08-29"),
        ("2025-02-28", 18, "2026-08-28"),
        ("2024-12-31", 18, "2026-06-30"),
        ("2024-10-31", 18, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("1900-01-31", 1, "1900-02-28"),
        ("2000-01-31", 1, "2000-02-29"),
    ],
)
def test_known_due_days(start: str, n: int, due: str) -> None:
    """The ends of months, where other rules differ."""
    assert str(add_months(start, n)) == due


def test_adding_month_by_month_is_something_else() -> None:
    """31 December and three months is 31 March, not the 28th that three steps lead to."""
    step = add_months(add_months(add_months("2025-12-31", 1), 1), 1)
    assert (str(add_months("2025-12-31", 3)), str(step)) == ("2026-03-31", "2026-03-28")


def test_a_missing_day_stays_missing() -> None:
    """NaT in, NaT out, without a warning, alone or in a column."""
    assert np.isnat(add_months(NEVER, 3))
    assert add_months(np.array([NEVER, day("2026-01-31")]), 1).tolist() == [
        None,
        dt.date(2026, 2, 28),
    ]
    assert add_months([None, dt.date(2026, 1, 31)], 1).tolist() == [None, dt.date(2026, 2, 28)]


def test_one_day_and_many_numbers_give_many_days() -> None:
    """A due day per instalment."""
    assert add_months("2026-01-31", [1, 2]).astype(str).tolist() == ["2026-02-28", "2026-03-31"]
    assert add_months(np.array([], dtype="M8[D]"), 3).tolist() == []
    assert add_months("2026-01-31", np.array([], dtype=np.int64)).tolist() == []


def test_one_day_gives_one_day_of_numpy() -> None:
    """Scalars come back as scalars, in days."""
    found = add_months(dt.date(2026, 1, 31), 1)
    assert isinstance(found, np.datetime64)
    assert found.dtype == np.dtype("M8[D]")
    assert isinstance(months_between("2026-01-31", "2026-02-28"), int)
    assert months_between(np.array(["2026-01-31"], dtype="M8[D]"), "2026-02-28").tolist() == [1]
    assert months_between("2026-01-31", np.array([], dtype="M8[D]")).tolist() == []


@pytest.mark.parametrize("n", [1.0, "1", True, None, [1.5], np.array([True]), np.timedelta64(1, "M")])
def test_months_are_whole_numbers(n: Any) -> None:
    """Not floats, flags or durations."""
    with pytest.raises(DataError, match="add_months needs a whole n, got"):
        add_months("2026-01-31", n)


def test_months_are_at_most_ten_thousand_years() -> None:
    """More could only leave the calendar of int64, silently."""
    with pytest.raises(DataError, match=r"add_months\.n row 1: got 120001, expected at most 120000"):
        add_months("2026-01-31", [1, 120_001])
    with pytest.raises(DataError, match=r"got -120001"):
        add_months("2026-01-31", -120_001)
    assert str(add_months("0001-01-31", 120_000)) == "10001-01-31"


def test_columns_of_different_length_are_refused() -> None:
    """A number per day, or one for all."""
    with pytest.raises(DataError, match=r"add_months needs columns of one length, got \(2,\) and \(1,\)"):
        add_months(np.array(["2026-01-31"] * 2, dtype="M8[D]"), [1])
    refuse_unequal("pay", np.zeros(2), np.zeros(()))


def test_months_between_needs_both_days() -> None:
    """There is no number for a missing day."""
    with pytest.raises(DataError, match=r"months_between\.start row 0: got NaT, expected a day, not NaT"):
        months_between(NEVER, "2026-01-01")
    with pytest.raises(DataError, match=r"months_between\.end row 1: got NaT"):
        months_between("2026-01-01", np.array(["2026-01-01", "NaT"], dtype="M8[D]"))


@pytest.mark.parametrize(
    "value",
    [
        "2026-07-01",
        dt.date(2026, 7, 1),
        dt.datetime(2026, 7, 1),  # noqa: DTZ001 - midnight without a zone is a day
        np.datetime64("2026-07-01"),
        np.datetime64("2026-07-01T00:00:00.000000000"),
        pd.Timestamp("2026-07-01"),
    ],
    ids=repr,
)
def test_a_day_is_read_from_every_clear_form(value: Any) -> None:
    """All give the same `datetime64[D]`."""
    assert day(value) == np.datetime64("2026-07-01")
    assert day(value).dtype == np.dtype("M8[D]")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-07", r'reads like "2026-07-01", got \'2026-07\''),
        ("2026-7-1", "reads like"),
        ("20260701", "reads like"),
        ("2026-02-30", "reads like"),
        ("2026-07-01T00:00", "reads like"),
        ("today", "reads like"),
        ("", "reads like"),
        ("NaT", "reads like"),
        ("２０２６-07-01", "reads like"),
        (dt.datetime(2026, 7, 1, 9, 30), "a day has no time of day"),  # noqa: DTZ001
        (dt.datetime(2026, 7, 1, tzinfo=dt.UTC), "a day has no time zone"),
        (np.datetime64("2026-07-01T09:30"), "expected a day without a time of day"),
        (np.datetime64("2026-07"), r"must hold days .*, got datetime64\[M\]"),
        (np.datetime64("2026"), r"got datetime64\[Y\]"),
        (NEVER, "got np.datetime64"),
        (pd.NaT, "a day is needed, got NaT"),
        (20260701, "got 20260701"),
        (None, "got None"),
        (np.array(["2026-07-01"], dtype="M8[D]"), "or is a date, got array"),
    ],
    ids=repr,
)
def test_what_is_not_clearly_one_day_is_refused(value: Any, message: str) -> None:
    """A time, a zone, a month, a missing day."""
    with pytest.raises(DataError, match=message):
        day(value)


@pytest.mark.parametrize(
    "column",
    [
        np.array(["2026-07-01", "NaT"], dtype="M8[D]"),
        np.array(["2026-07-01", "NaT"], dtype="M8[ns]"),
        pd.Series(pd.to_datetime(["2026-07-01", None])),
        pl.Series([dt.date(2026, 7, 1), None]),
        pa.array([dt.date(2026, 7, 1), None]),
        [dt.date(2026, 7, 1), None],
        [pd.Timestamp("2026-07-01"), pd.NaT],
        [np.datetime64("2026-07-01"), NEVER],
    ],
    ids=range(8),
)
def test_columns_of_days_are_read(column: Any) -> None:
    """From data frames and lists; what is missing is NaT."""
    found = as_days(column, **PLACE)
    assert found.dtype == np.dtype("M8[D]")
    assert found.tolist() == [dt.date(2026, 7, 1), None]


def test_empty_columns_are_days() -> None:
    """Numpy makes floats of an empty list."""
    assert as_days([], **PLACE).dtype == np.dtype("M8[D]")
    assert as_days(np.array([], dtype=object), **PLACE).dtype == np.dtype("M8[D]")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["2026-07-01"], r"must hold days \(datetime64\[D\]\), got <U10 .*reads ISO text"),
        (np.array([20260701]), r"must hold days \(datetime64\[D\]\), got int64$"),
        (np.array([1.5]), r"got float64$"),
        (np.array(["2026-07"], dtype="M8[M]"), r"got datetime64\[M\]"),
        (
            np.array(["2026-07-01", "2026-07-01T10:00"], dtype="M8[s]"),
            r"trades\.date row 1: got 2026-07-01T10:00:00, expected a day without a time of day",
        ),
        (
            np.array([dt.date(2026, 7, 1), "2026-07-02", 3], dtype=object),
            r"2 bad rows\n.*row 1: got '2026-07-02', expected a date without .*\n.*row 2",
        ),
        ([dt.datetime(2026, 7, 1, tzinfo=dt.UTC)], r"trades\.date row 0: got .*expected a date"),
    ],
    ids=range(7),
)
def test_columns_that_are_no_days_are_refused_by_row(column: Any, message: str) -> None:
    """Text columns get a hint, times of day are named."""
    with pytest.raises(DataError, match=message):
        as_days(column, **PLACE)


def test_whole_counts_are_int64() -> None:
    """Any int type, alone or in a column; an empty list counts as ints."""
    assert whole_counts(np.uint8(3), 5, table="pay").dtype == np.int64
    assert whole_counts([], 5, table="pay").tolist() == []
    assert whole_counts([-5, 5], 5, table="pay").tolist() == [-5, 5]


def test_hidden_days_of_a_masked_array_are_refused() -> None:
    """What is masked is missing; converting would bring it back."""
    days = np.array(["2026-07-01", "2026-07-02"], dtype="M8[D]")
    assert as_days(np.ma.masked_array(days, mask=[False, False]), **PLACE).tolist() == days.tolist()
    with pytest.raises(DataError, match=r"trades\.date row 1: got .*, expected a day, not a masked"):
        as_days(np.ma.masked_array(days, mask=[False, True]), **PLACE)
