"""Strategies for days, periods, editions and calendars; slow oracles; the laws of the calendar."""

import calendar
import datetime as dt
import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

from clientmgr.errors import CheckError
from clientmgr.periods import Calendar, Dated, Kind, Period, add_months, months_between
from clientmgr.testing.values import days

__all__ = [
    "calendars",
    "check_calendar_laws",
    "check_dated_laws",
    "check_month_laws",
    "check_period_laws",
    "civil_days",
    "dated",
    "oracle_add_months",
    "oracle_business_days",
    "periods",
]

T = TypeVar("T")

KINDS: tuple[Kind, ...] = ("year", "half", "quarter", "month")
ONE_DAY = np.timedelta64(1, "D")


@functools.cache
def civil_days() -> st.SearchStrategy[np.datetime64]:
    """Draw a day from 1900 to 2200, half of the time the last one of its month.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.periods import civil_days
        >>> str(find(civil_days(), lambda day: True))
        '1900-01-01'
    """
    return days("1900-01-01", "2200-12-31")


def periods(kind: Kind | None = None) -> st.SearchStrategy[Period]:
    """Draw a period from 1900 to 2200.

    Args:
        kind: of this kind, or of any.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.periods import periods
        >>> find(periods("half"), lambda period: period.number == 2)
        Period('1900H2')
    """
    kinds = st.sampled_from(KINDS) if kind is None else st.just(kind)
    return st.builds(Period.of_day, days("1900-01-01", "2200-12-31", month_ends=False), kinds)


@st.composite
def dated(draw: st.DrawFn, values: st.SearchStrategy[T], *, max_editions: int = 4) -> Dated[T]:
    """Draw a value with editions, whose first days often are the ends of months.

    Args:
        draw: given by hypothesis.
        values: what each edition says.
        max_editions: at most so many.

    Example:
        >>> from hypothesis import find, strategies as st
        >>> from clientmgr.testing.periods import dated
        >>> find(dated(st.just(0)), lambda value: len(value) == 1).values
        (0,)
    """
    starts = draw(st.lists(civil_days(), min_size=1, max_size=max_editions, unique=True))
    return Dated.of([(start, draw(values)) for start in starts])


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw a calendar with a few holidays and make-up days of 2026, and any weekend.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.periods import calendars
        >>> find(calendars(), lambda calendar: True)
        Calendar(holidays=(), extra=(), weekend=())
    """
    holidays, extra = draw(_days_off()), draw(_days_off())
    weekend = draw(st.sets(st.integers(0, 6)))
    return Calendar(holidays, extra - holidays, weekend)


@functools.cache
def _days_off() -> st.SearchStrategy[set[np.datetime64]]:
    """Draw a few days of the first quarter of 2026."""
    return st.sets(days("2026-01-01", "2026-03-31", month_ends=False), max_size=6)


def oracle_add_months(day: np.datetime64, n: int) -> np.datetime64:
    """Add months to one day with Python's own calendar.

    Args:
        day: from year 1 on.
        n: months, either way.

    Example:
        >>> import numpy as np
        >>> from clientmgr.testing.periods import oracle_add_months
        >>> str(oracle_add_months(np.datetime64("2024-08-31"), 18))
        '2026-02-28'
    """
    date = day.astype(dt.date)
    year, month = divmod(date.year * 12 + date.month - 1 + n, 12)
    _, length = calendar.monthrange(year, month + 1)
    return np.datetime64(dt.date(year, month + 1, min(date.day, length)), "D")


def oracle_business_days(rule: Calendar, first: np.datetime64, last: np.datetime64) -> list[dt.date]:
    """List the business days from first to last by looking at each.

    Args:
        rule: the calendar.
        first: the first day to look at.
        last: the last one.

    Example:
        >>> import numpy as np
        >>> from clientmgr.periods import Calendar
        >>> from clientmgr.testing.periods import oracle_business_days
        >>> friday, monday = np.datetime64("2026-07-03"), np.datetime64("2026-07-06")
        >>> [day.day for day in oracle_business_days(Calendar(), friday, monday)]
        [3, 6]
    """
    found, date, stop = [], first.astype(dt.date), last.astype(dt.date)
    while date <= stop:
        day = np.datetime64(date, "D")
        worked = date.weekday() not in rule.weekend and day not in rule.holidays
        if worked or day in rule.extra:
            found.append(date)
        date += dt.timedelta(days=1)
    return found


def check_month_laws(day: np.datetime64, n: int, *, add_months: Callable[..., Any] = add_months) -> None:
    """Hold month arithmetic to its laws, for one day and number.

    The month is n later; the day number is the same or the month's last, and never larger; adding
    nothing changes nothing; a later day is never due earlier; and `months_between` counts the
    months back.

    Args:
        day: any.
        n: months, either way.
        add_months: the function; called as `add_months(day, n)`.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> import numpy as np
        >>> from clientmgr.testing.periods import check_month_laws
        >>> check_month_laws(np.datetime64("2024-08-31"), 18)
    """
    due = add_months(day, n)
    month, due_month = day.astype("datetime64[M]"), due.astype("datetime64[M]")
    number, due_number = (
        day - month.astype("datetime64[D]"),
        due - due_month.astype("datetime64[D]"),
    )
    last = (due + ONE_DAY).astype("datetime64[M]") != due_month
    _hold(due_month - month == n, f"{day} and {n} months is {due}, in another month")
    _hold(due_number == number or (last and due_number < number), f"{day} and {n} months is {due}")
    _hold(add_months(day, 0) == day, f"{day} and no months is {add_months(day, 0)}")
    _hold(due <= add_months(day + ONE_DAY, n), f"{day} is due after the day that follows it")
    _hold(months_between(day, due) == n, f"{months_between(day, due)} months lie in {day} to {due}")
    before = months_between(day, due - ONE_DAY)
    _hold(before == n - 1, f"{before} months lie in {day} to the day before {due}")


def check_period_laws(period: Period) -> None:
    """Hold a period to its laws: neighbours and parts tile, days find back, the text reads back.

    Args:
        period: not at either end of the years 1 to 9999.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> from clientmgr.periods import Period
        >>> from clientmgr.testing.periods import check_period_laws
        >>> check_period_laws(Period.of("2026H2"))
    """
    after, before = period.next(), period.previous()
    _check_tiles([before, period, after])
    _hold(before < period < after, f"{period} is not between {before} and {after}")
    _hold(after.previous() == period == before.next(), f"{period} is lost on the way back")
    _hold(Period.of(str(period)) == period, f"{period!r} does not read back")
    for day in (period.start, period.end):
        _hold(Period.of_day(day, period.kind) == period, f"{day} is not found in {period}")
    edges = np.array([before.end, period.start, period.end, after.start])
    inside = period.contains(edges).tolist()
    _hold(inside == [False, True, True, False], f"{period} contains {inside} of {edges}")
    for kind in KINDS[KINDS.index(period.kind) :]:
        parts = period.parts(kind)
        _check_tiles(parts)
        ends = (parts[0].start, parts[-1].end)
        _hold(ends == (period.start, period.end), f"{period} is not made of its parts by {kind}")


def check_dated_laws(value: Dated[Any], day: np.datetime64) -> None:
    """Hold a dated value to its laws at one day.

    What is in force is what the latest edition up to the day says, one day at a time and by column;
    the value reads back from its dictionary and its sources.

    Args:
        value: any.
        day: not before its first edition.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> import numpy as np
        >>> from clientmgr.periods import Dated
        >>> from clientmgr.testing.periods import check_dated_laws
        >>> check_dated_laws(Dated.of({"2026-01-01": 1}), np.datetime64("2026-07-01"))
    """
    latest = int(np.flatnonzero(value.starts <= day)[-1])
    _hold(value.on(day) == value.values[latest], f"{value.on(day)} is in force on {day}")
    places = value.edition_index(np.array([day, value.starts[0]])).tolist()
    _hold(places == [latest, 0], f"editions {places} are in force on {day} and the first day")
    again = Dated.of(value.to_dict(), sources=value.sources)
    _hold(again == value, f"{value!r} does not read back")


def check_calendar_laws(rule: Calendar, day: np.datetime64, n: int) -> None:
    """Hold a calendar to its laws, for one day and a number of business days above zero.

    Adding is counting; adding in two steps is adding at once; the day before the next one is
    reached is none.

    Args:
        rule: a calendar with a working day every week.
        day: any.
        n: business days, above zero.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> import numpy as np
        >>> from clientmgr.periods import Calendar
        >>> from clientmgr.testing.periods import check_calendar_laws
        >>> check_calendar_laws(Calendar(), np.datetime64("2026-07-03"), 5)
    """
    due, back = rule.add(day, n), rule.add(day, -n)
    _hold(rule.is_business_day(due), f"{day} and {n} business days is {due}, which is none")
    _hold(rule.count(day + ONE_DAY, due) == n, f"{n} business days do not lie in {day} to {due}")
    _hold(rule.count(back, day - ONE_DAY) == n, f"{n} business days do not lie in {back} to {day}")
    _hold(rule.add(rule.next(day), n - 1) == due, f"{day} and {n} business days in steps is not {due}")
    _hold(rule.previous(rule.next(day)) <= day, f"a business day between {day} and the next one")


def _check_tiles(row: Sequence[Period]) -> None:
    """Hold periods to follow one another without gap or overlap."""
    for one, following in itertools.pairwise(row):
        _hold(one.end + ONE_DAY == following.start, f"{following} does not start where {one} ends")


def _hold(holds: Any, message: str) -> None:
    """Raise what does not hold."""
    if not holds:
        raise CheckError(message)
