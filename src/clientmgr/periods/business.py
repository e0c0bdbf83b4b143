"""Business days: the days of the week that are worked, less holidays, plus make-up days."""

from collections.abc import Iterable
from typing import Any, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, RuleError
from clientmgr.periods.dates import (
    DayColumn,
    DayLike,
    WholeColumn,
    as_days,
    day,
    refuse,
    refuse_unequal,
    whole_counts,
)
from clientmgr.periods.spans import by_table

__all__ = ["Calendar", "business_days"]

DAYS_A_WEEK = 7
SATURDAY, SUNDAY = 5, 6

# The first day of numpy's count, 1970-01-01, was a Thursday; days of the week count from Monday.
WEEKDAY_OF_ZERO = 3

# Some four hundred years of business days, and ten thousand years of days: more is a mistake.
MOST_BUSINESS_DAYS = 100_000
LONGEST_SPAN = 3_700_000


def business_days(
    start: DayLike,
    end: DayLike,
    *,
    holidays: Iterable[DayLike] = (),
    extra: Iterable[DayLike] = (),
) -> NDArray[np.datetime64]:
    """List the business days from start to end, both included, ascending.

    They are Monday to Friday but for the holidays, and the extra (make-up) days. Nothing is known
    of any country's holidays: they are given. `Calendar` answers more questions of the kind.

    Raises:
        DataError: start or end is no day.
        RuleError: a holiday or extra day is no day, or both.

    Example:
        >>> from clientmgr.periods import business_days
        >>> len(business_days("2026-07-01", "2026-07-31", holidays=["2026-07-03"]))
        22
    """
    return Calendar(holidays, extra).days(start, end)


def _sorted_days(values: Iterable[DayLike]) -> tuple[np.datetime64, ...]:
    """Read days that belong to a rule, once each and ascending."""
    try:
        return tuple(sorted({day(value) for value in values}))
    except DataError as error:
        raise RuleError(f"a calendar is made of days: {error}") from error


def _sorted_weekdays(values: Iterable[int]) -> tuple[int, ...]:
    """Read days of the week, once each and ascending."""
    weekdays = tuple(sorted(set(values)))
    if not set(weekdays) <= set(range(DAYS_A_WEEK)):
        raise RuleError(f"days of the week are 0 (Monday) to 6 (Sunday), got {weekdays}")
    return weekdays


@attrs.frozen
class Calendar:
    """The business days: all days but weekends and holidays, and the extra days whatever they are.

    Attributes:
        holidays: days that are not worked.
        extra: days that are worked although they fall on a weekend (make-up days). With every day
            of the week in `weekend`, these are all business days: a list of trading days.
        weekend: days of the week that are not worked, 0 (Monday) to 6 (Sunday).

    Raises:
        RuleError: a holiday that is extra as well, what is no day or no day of the week.

    Example:
        >>> from clientmgr.periods import Calendar
        >>> calendar = Calendar(holidays=["2026-10-01", "2026-10-02"], extra=["2026-10-10"])
        >>> calendar.is_business_day("2026-10-01"), calendar.is_business_day("2026-10-10")
        (False, True)
        >>> str(calendar.next("2026-09-30")), calendar.count("2026-10-01", "2026-10-11")
        ('2026-10-05', 6)
    """

    holidays: tuple[np.datetime64, ...] = attrs.field(default=(), converter=_sorted_days)
    extra: tuple[np.datetime64, ...] = attrs.field(default=(), converter=_sorted_days)
    weekend: tuple[int, ...] = attrs.field(default=(SATURDAY, SUNDAY), converter=_sorted_weekdays)

    def __attrs_post_init__(self) -> None:
        """Refuse a day that is both worked and not worked."""
        if both := sorted(set(self.holidays) & set(self.extra)):
            raise RuleError(f"{both[0]} is given both as a holiday and as an extra day")

    @overload
    def is_business_day(self, days: DayLike) -> bool: ...
    @overload
    def is_business_day(self, days: DayColumn) -> NDArray[np.bool_]: ...
    def is_business_day(self, days: DayColumn | DayLike) -> NDArray[np.bool_] | bool:
        """Tell which days are worked; NaT is not.

        Raises:
            DataError: text columns or times of day.
        """
        column = as_days(days, table="is_business_day", column="days")
        worked = by_table(self._works, column)
        return worked if worked.ndim else bool(worked)

    def days(self, start: DayLike, end: DayLike) -> NDArray[np.datetime64]:
        """List the business days from start to end, both included, ascending.

        Raises:
            DataError: start or end is no day, or they are ten thousand years apart.
        """
        first, last = day(start), day(end)
        if (last - first).astype(np.int64) > LONGEST_SPAN:
            raise DataError(f"{first} to {last} is too long for a calendar")
        every = np.arange(first, max(last + 1, first), dtype="datetime64[D]")
        return every[self._works(every)]

    @overload
    def count(self, start: DayLike, end: DayLike) -> int: ...
    @overload
    def count(self, start: DayColumn, end: DayColumn | DayLike) -> NDArray[np.int64]: ...
    @overload
    def count(self, start: DayLike, end: DayColumn) -> NDArray[np.int64]: ...
    def count(self, start: DayColumn | DayLike, end: DayColumn | DayLike) -> NDArray[np.int64] | int:
        """Count the business days from start to end, both included; 0 if end is before start.

        Returns:
            int64 of the common shape; an int for two days.

        Raises:
            DataError: NaT, text columns, times of day, columns that differ in length.
        """
        first, last = (self._known(values, column=column) for values, column in ((start, "start"), (end, "end")))
        refuse_unequal("count", first, last)
        if not (first.size and last.size):
            return np.zeros(np.broadcast_shapes(first.shape, last.shape), dtype=np.int64)
        worked = self.days(first.min(), last.max())
        before = by_table(lambda on: np.searchsorted(worked, on, side="left"), first)
        upto = by_table(lambda on: np.searchsorted(worked, on, side="right"), last)
        found = np.maximum(upto - before, 0).astype(np.int64)
        return found if np.ndim(found) else int(found)

    @overload
    def add(self, days: DayLike, n: int) -> np.datetime64: ...
    @overload
    def add(self, days: DayColumn, n: WholeColumn | int) -> NDArray[np.datetime64]: ...
    @overload
    def add(self, days: DayLike, n: WholeColumn) -> NDArray[np.datetime64]: ...
    def add(self, days: DayColumn | DayLike, n: WholeColumn | int) -> NDArray[np.datetime64] | np.datetime64:
        """Give the n-th business day after each day (before it, if n is negative).

        The day itself is not counted, business day or not; with n = 0 it stays as it is, and so
        does NaT.

        Raises:
            DataError: text columns, times of day, an n that is not whole or above 100,000, columns
                that differ in length, or a list of trading days that ends too soon.
        """
        column = as_days(days, table="add", column="days")
        steps = whole_counts(n, MOST_BUSINESS_DAYS, table="add")
        refuse_unequal("add", column, steps)
        # A list of trading days may end too soon for some days, whose rows are to be named.
        if steps.ndim or len(self.weekend) == DAYS_A_WEEK:
            found = self._stepped(column, steps)
        else:
            found = by_table(lambda on: self._stepped(on, steps), column)
        return found if found.ndim else found.reshape(1)[0]

    @overload
    def next(self, days: DayLike) -> np.datetime64: ...
    @overload
    def next(self, days: DayColumn) -> NDArray[np.datetime64]: ...
    def next(self, days: DayColumn | DayLike) -> NDArray[np.datetime64] | np.datetime64:
        """Give the first business day after each day; as `add` with 1."""
        return self.add(days, 1)

    @overload
    def previous(self, days: DayLike) -> np.datetime64: ...
    @overload
    def previous(self, days: DayColumn) -> NDArray[np.datetime64]: ...
    def previous(self, days: DayColumn | DayLike) -> NDArray[np.datetime64] | np.datetime64:
        """Give the last business day before each day; as `add` with -1."""
        return self.add(days, -1)

    def _works(self, days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Tell which days are worked."""
        weekday = (days.astype(np.int64) + WEEKDAY_OF_ZERO) % DAYS_A_WEEK
        works = ~np.isin(weekday, self.weekend) & ~np.isin(days, _array(self.holidays))
        return (works | np.isin(days, _array(self.extra))) & ~np.isnat(days)

    def _stepped(self, days: NDArray[np.datetime64], steps: NDArray[np.int64]) -> NDArray[np.datetime64]:
        """Move days by steps; no step, and NaT, stay where they are."""
        days, steps = np.broadcast_arrays(days, steps)
        moving = ~np.isnat(days) & (steps != 0)
        found = days.copy()
        if moving.any():
            found[moving] = self._moved(days[moving], steps[moving])
        return found

    def _moved(self, days: NDArray[np.datetime64], steps: NDArray[np.int64]) -> NDArray[np.datetime64]:
        """Move known days by steps other than zero, in the list of the business days around."""
        worked = self.days(*self._reach(days, steps))
        after = np.searchsorted(worked, days, side="right") + steps - 1
        before = np.searchsorted(worked, days, side="left") + steps
        places = np.where(steps > 0, after, before)
        bad = (places < 0) | (places >= len(worked))
        refuse(
            days,
            bad,
            table="add",
            column="days",
            expected="a day with so many business days beyond it",
        )
        return worked[places]

    def _reach(self, days: NDArray[np.datetime64], steps: NDArray[np.int64]) -> tuple[np.datetime64, np.datetime64]:
        """Bound the days that the steps can lead to.

        Every week has a day that is worked, unless it is a holiday: so one week per step and per
        holiday is enough. Where no day of the week is worked, only the extra days count.
        """
        first, last = days.min(), days.max()
        if len(self.weekend) == DAYS_A_WEEK:
            return min(first, *self.extra, last), max(last, *self.extra, first)
        spare = len(self.holidays) + 1
        back = DAYS_A_WEEK * (spare - min(int(steps.min()), 0))
        ahead = DAYS_A_WEEK * (spare + max(int(steps.max()), 0))
        return first - back, last + ahead

    @staticmethod
    def _known(values: Any, *, column: str) -> NDArray[np.datetime64]:
        """Give days of which none is missing."""
        days = as_days(values, table="count", column=column)
        refuse(days, np.isnat(days), table="count", column=column, expected="a day, not NaT")
        return days


def _array(days: tuple[np.datetime64, ...]) -> NDArray[np.datetime64]:
    """Give days of a rule as a column."""
    return np.array(days, dtype="datetime64[D]")
