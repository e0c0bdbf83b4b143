"""Business days: weekends, holidays and make-up days, counted and stepped over."""

import datetime as dt
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clientmgr.errors import DataError, RuleError
from clientmgr.periods import Calendar, business_days, day
from clientmgr.testing.periods import calendars, check_calendar_laws, oracle_business_days
from clientmgr.testing.values import days

NEVER = np.datetime64("NaT", "D")

# The National Day of 2026: a week off from Thursday, with two Saturdays worked for it.
OCTOBER = Calendar(holidays=[f"2026-10-0{n}" for n in range(1, 8)], extra=["2026-09-26", "2026-10-10"])
TRADING_DAYS = Calendar(extra=["2026-01-05", "2026-01-07", "2026-01-10"], weekend=range(7))

days_of_2026 = days("2026-01-01", "2026-03-31")


@given(calendars(), days_of_2026, days_of_2026)
def test_business_days_are_those_that_looking_at_each_day_finds(
    calendar: Calendar, start: np.datetime64, end: np.datetime64
) -> None:
    """Listing, counting and asking day by day agree."""
    expected = oracle_business_days(calendar, start, end)
    assert calendar.days(start, end).tolist() == expected
    assert calendar.count(start, end) == len(expected)
    every = np.arange(start, end + 1) if start <= end else np.array([start])
    asked = calendar.is_business_day(every)
    assert every[asked].tolist() == oracle_business_days(calendar, every[0], every[-1])


@given(calendars(), days_of_2026, st.integers(1, 40))
def test_calendars_keep_the_published_laws(calendar: Calendar, on: np.datetime64, n: int) -> None:
    """Adding is counting, either way and in steps."""
    assume(len(calendar.weekend) < 7)
    check_calendar_laws(calendar, on, n)


@given(calendars(), st.lists(st.tuples(days_of_2026, st.integers(-9, 9)), min_size=1))
def test_columns_are_stepped_row_by_row(calendar: Calendar, rows: list[tuple[np.datetime64, int]]) -> None:
    """Many days with a number each give what each pair gives alone."""
    assume(len(calendar.weekend) < 7)
    column = np.array([on for on, _ in rows], dtype="M8[D]")
    steps = [n for _, n in rows]
    expected = [calendar.add(on, n).item() for on, n in rows]
    assert calendar.add(column, steps).tolist() == expected
    assert calendar.next(column).tolist() == [calendar.next(on).item() for on, _ in rows]
    assert calendar.previous(column).tolist() == [calendar.previous(on).item() for on, _ in rows]
    counts = [calendar.count(on, column[0]) for on, _ in rows]
    assert calendar.count(column, column[0]).tolist() == counts


def test_weekends_holidays_and_make_up_days() -> None:
    """The golden week of 2026: a worked Saturday before, and one after."""
    assert OCTOBER.next("2026-09-30") == day("2026-10-08")
    assert OCTOBER.next("2026-09-25") == day("2026-09-26")
    assert OCTOBER.previous("2026-10-08") == day("2026-09-30")
    assert OCTOBER.count("2026-10-01", "2026-10-31") == 18
    assert OCTOBER.is_business_day(dt.date(2026, 10, 10)) is True
    assert OCTOBER.is_business_day("2026-10-11") is False
    assert OCTOBER.days("2026-10-01", "2026-10-10").astype(str).tolist() == [
        "2026-10-08",
        "2026-10-09",
        "2026-10-10",
    ]


def test_the_function_does_what_the_calendar_does() -> None:
    """Holidays and make-up days passed in; start and end included."""
    found = business_days("2026-10-08", "2026-10-12", holidays=["2026-10-09"], extra=[dt.date(2026, 10, 10)])
    assert found.astype(str).tolist() == ["2026-10-08", "2026-10-10", "2026-10-12"]
    assert business_days("2026-07-02", "2026-07-01").tolist() == []
    assert business_days("2026-07-04", "2026-07-05").tolist() == []


def test_other_weekends() -> None:
    """Friday and Saturday; or none at all."""
    assert Calendar(weekend=(4, 5)).next("2026-07-02") == day("2026-07-05")
    assert Calendar(weekend=()).count("2026-07-01", "2026-07-31") == 31


def test_a_list_of_trading_days_is_a_calendar() -> None:
    """With every day of the week off, only the extra days are worked, until they end."""
    assert TRADING_DAYS.count("2026-01-01", "2026-12-31") == 3
    assert TRADING_DAYS.next("2026-01-05") == day("2026-01-07")
    assert TRADING_DAYS.add("2026-12-31", -3) == day("2026-01-05")
    with pytest.raises(DataError, match=r"add\.days row 1: got 2026-01-07, expected a day with so many"):
        TRADING_DAYS.add(np.array(["2026-01-05", "2026-01-07"], dtype="M8[D]"), 2)
    with pytest.raises(DataError, match=r"row 0: got 2026-01-05"):
        TRADING_DAYS.previous("2026-01-05")
    with pytest.raises(DataError, match=r"row 0: got 2026-01-05"):
        Calendar(weekend=range(7)).next("2026-01-05")


def test_no_step_leaves_a_day_as_it_is() -> None:
    """Also a Sunday; and a missing day stays missing."""
    assert OCTOBER.add("2026-10-04", 0) == day("2026-10-04")
    assert np.isnat(OCTOBER.add(NEVER, 3))
    column = np.array(["2026-10-04", "NaT", "2026-10-04"], dtype="M8[D]")
    assert OCTOBER.add(column, [0, 1, 1]).tolist() == [
        dt.date(2026, 10, 4),
        None,
        dt.date(2026, 10, 8),
    ]
    assert OCTOBER.add("2026-10-04", [0, 1]).tolist() == [
        dt.date(2026, 10, 4),
        dt.date(2026, 10, 8),
    ]
    assert OCTOBER.add(np.array([], dtype="M8[D]"), 1).tolist() == []
    assert isinstance(OCTOBER.next("2026-10-04"), np.datetime64)


def test_the_column_that_is_stepped_is_not_changed() -> None:
    """The result is a column of its own."""
    column = np.array(["2026-10-04"], dtype="M8[D]")
    column.setflags(write=False)
    found = OCTOBER.add(column, 0)
    found[0] = NEVER
    assert column.tolist() == [dt.date(2026, 10, 4)]


def test_a_missing_day_is_no_business_day_and_cannot_be_counted() -> None:
    """Asking about it is allowed, counting is not."""
    assert OCTOBER.is_business_day(np.array([NEVER])).tolist() == [False]
    with pytest.raises(DataError, match=r"count\.start row 0: got NaT, expected a day, not NaT"):
        OCTOBER.count(NEVER, "2026-10-31")
    with pytest.raises(DataError, match=r"count\.end row 0: got NaT"):
        OCTOBER.count("2026-10-01", NEVER)


def test_counting_backwards_counts_nothing() -> None:
    """The end is before the start."""
    assert OCTOBER.count("2026-10-31", "2026-10-01") == 0
    empty = np.array([], dtype="M8[D]")
    assert OCTOBER.count(empty, "2026-10-01").tolist() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"holidays": ["2026-10-01"], "extra": ["2026-10-01"]}, "2026-10-01 is given both as"),
        ({"holidays": ["2026-10"]}, "a calendar is made of days: a day reads like"),
        ({"extra": [NEVER]}, "a calendar is made of days"),
        ({"weekend": [7]}, r"days of the week are 0 \(Monday\) to 6 \(Sunday\), got \(7,\)"),
    ],
    ids=range(4),
)
def test_a_calendar_that_makes_no_sense_is_refused(arguments: Any, message: str) -> None:
    """It is a rule, so the error is one of the rule."""
    with pytest.raises(RuleError, match=message):
        Calendar(**arguments)


def test_steps_that_make_no_sense_are_refused() -> None:
    """Fractions, columns of another length, more than some four hundred years."""
    with pytest.raises(DataError, match=r"add needs a whole n, got 1\.5"):
        OCTOBER.add("2026-10-01", 1.5)  # type: ignore[call-overload]
    with pytest.raises(DataError, match="add needs columns of one length"):
        OCTOBER.add(np.array(["2026-10-01"], dtype="M8[D]"), [1, 2])
    with pytest.raises(DataError, match="expected at most 100000 either way"):
        OCTOBER.add("2026-10-01", 100_001)
    with pytest.raises(DataError, match="0001-01-01 to 20000-01-01 is too long for a calendar"):
        OCTOBER.days("0001-01-01", np.datetime64("20000-01-01"))
    with pytest.raises(DataError, match=r"count needs columns of one length, got \(1,\) and \(2,\)"):
        OCTOBER.count(np.array(["2026-10-01"], dtype="M8[D]"), np.array(["2026-10-01"] * 2, dtype="M8[D]"))


def test_a_calendar_is_a_value() -> None:
    """Order and repetition do not matter; it hashes, pickles and shows what it is."""
    again = Calendar(["2026-10-02", "2026-10-01", "2026-10-02"])
    assert again == Calendar(["2026-10-01", dt.date(2026, 10, 2)])
    assert len({again, pickle.loads(pickle.dumps(again))}) == 1
    assert repr(Calendar(["2026-10-01"])) == (
        "Calendar(holidays=(np.datetime64('2026-10-01'),), extra=(), weekend=(5, 6))"
    )
