"""Days and months: reading a day, adding months to it, counting the months between two."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, Findings
from clientmgr.periods.spans import by_table

__all__ = [
    "DayColumn",
    "DayLike",
    "WholeColumn",
    "add_months",
    "as_days",
    "day",
    "months_between",
    "refuse",
    "refuse_unequal",
    "whole_counts",
]

# One day, in any form that leaves no doubt about it.
DayLike = str | dt.date | np.datetime64

# A column of days, or of whole numbers, as an array or a list.
DayColumn = NDArray[np.datetime64] | Sequence[np.datetime64 | dt.date | None]
WholeColumn = NDArray[np.integer] | Sequence[int]

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Ten thousand years either way: more can only be a mistake, and would leave int64 in the end.
MOST_MONTHS = 120_000


def day(value: DayLike) -> np.datetime64:
    """Read one day, from ISO text, a date or a `datetime64`, as `datetime64[D]`.

    A time of day is refused unless it is midnight, and so is a time zone: which day such a value
    means depends on where one stands.

    Raises:
        DataError: anything that is not exactly one day; NaT.

    Example:
        >>> from clientmgr.periods import day
        >>> str(day("2026-07-01"))
        '2026-07-01'
    """
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, np.datetime64) and not np.isnat(value):
        whole: np.datetime64 = as_days(value, table="day", column="value").reshape(1)[0]
        return whole
    if isinstance(value, dt.date):
        return _read_date(value)
    raise DataError(f'a day reads like "2026-07-01" or is a date, got {value!r}')


@overload
def add_months(dates: DayLike, n: int) -> np.datetime64: ...
@overload
def add_months(dates: DayColumn, n: WholeColumn | int) -> NDArray[np.datetime64]: ...
@overload
def add_months(dates: DayLike, n: WholeColumn) -> NDArray[np.datetime64]: ...
def add_months(dates: DayColumn | DayLike, n: WholeColumn | int) -> NDArray[np.datetime64] | np.datetime64:
    """Add whole months: the same day number n months later, or the last day of a shorter month.

    Count from the event, in one step: 31 August 2024 + 18 months = 28 February 2026. Adding month
    by month loses days at the ends of months, and `-n` is no inverse of `n`.

    Args:
        dates: days, or one; NaT stays NaT.
        n: months for all days, or a number per day.

    Returns:
        `datetime64[D]` of the common shape; one day for one day and one number.

    Equal to `dateutil.relativedelta(months=n)`; the law counts so, too (PRC Civil Code, article
    202; Dodds v Walker [1981] 1 WLR 1027).

    Raises:
        DataError: text columns, times of day, months that are not whole or absurdly many, columns
            that differ in length.

    Example:
        >>> import numpy as np
        >>> from clientmgr.periods import add_months
        >>> str(add_months("2024-08-31", 18))
        '2026-02-28'
        >>> days = np.array(["2024-08-31", "NaT"], dtype="datetime64[D]")
        >>> add_months(days, [1, 2]).astype(str).tolist()
        ['2024-09-30', 'NaT']
    """
    days = as_days(dates, table="add_months", column="dates")
    months = whole_counts(n, MOST_MONTHS, table="add_months")
    refuse_unequal("add_months", days, months)
    found = _later(days, months) if months.ndim else by_table(lambda on: _later(on, months), days)
    return found if found.ndim else found.reshape(1)[0]


@overload
def months_between(start: DayLike, end: DayLike) -> int: ...
@overload
def months_between(start: DayColumn, end: DayColumn | DayLike) -> NDArray[np.int64]: ...
@overload
def months_between(start: DayLike, end: DayColumn) -> NDArray[np.int64]: ...
def months_between(start: DayColumn | DayLike, end: DayColumn | DayLike) -> NDArray[np.int64] | int:
    """Count the whole months from start to end: the most that, added to start, do not pass end.

    Below zero where end is before start. So a client who opened on 31 January is one month old on
    28 February, as `add_months` has it.

    Args:
        start: days, or one.
        end: days, or one.

    Returns:
        int64 of the common shape; an int for two days.

    Raises:
        DataError: NaT, text columns, times of day, columns that differ in length.

    Example:
        >>> from clientmgr.periods import months_between
        >>> months_between("2026-01-31", "2026-02-28"), months_between("2026-01-31", "2026-03-30")
        (1, 1)
    """
    first, last = _known("start", start), _known("end", end)
    refuse_unequal("months_between", first, last)
    if first.ndim == 0:
        count = by_table(lambda on: _months_apart(first, on), last)
    elif last.ndim == 0:
        count = by_table(lambda on: _months_apart(on, last), first)
    else:
        count = _months_apart(first, last)
    return count if count.ndim else int(count)


def as_days(values: Any, *, table: str, column: str) -> NDArray[np.datetime64]:
    """Give days as a `datetime64[D]` array, without dimensions for one day; NaT stays NaT.

    Raises:
        DataError: text in a column, times of day, months, and whatever else is no day, row by row.
    """
    if isinstance(values, (str, dt.date)):
        return np.asarray(day(values))
    array = np.asarray(values)
    if np.ma.isMaskedArray(values):
        hidden = np.ma.getmaskarray(values)
        refuse(array, hidden, table=table, column=column, expected="a day, not a masked one")
    if array.size == 0 and array.dtype.kind in "fO":
        return np.empty(array.shape, dtype="datetime64[D]")
    if array.dtype.kind == "M":
        return _whole_days(array, table=table, column=column)
    if array.dtype.kind == "O":
        return _days_of_objects(array, table=table, column=column)
    hint = ' (np.array(texts, dtype="datetime64[D]") reads ISO text)'
    raise DataError(
        f"{table}.{column} must hold days (datetime64[D]), got {array.dtype}{hint if array.dtype.kind in 'UT' else ''}"
    )


def _later(days: NDArray[np.datetime64], months: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Give the days so many months later."""
    return _clipped(days, np.asarray(days.astype("datetime64[M]") + months))


def _months_apart(first: NDArray[np.datetime64], last: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Count the months by the calendar, less one where the day in the last month is not reached."""
    month = last.astype("datetime64[M]")
    count = (month - first.astype("datetime64[M]")).astype(np.int64)
    return np.asarray(count - (_clipped(first, month) > last))


def _clipped(days: NDArray[np.datetime64], month: NDArray[Any]) -> NDArray[np.datetime64]:
    """Give the same day number in another month, or that month's last day."""
    number = days - days.astype("datetime64[M]").astype("datetime64[D]")
    last = (month + 1).astype("datetime64[D]") - 1
    return np.asarray(np.minimum(month.astype("datetime64[D]") + number, last))


def _read_text(text: str) -> np.datetime64:
    """Read ISO text, in the one form that is a day."""
    try:
        if ISO.fullmatch(text):
            return np.datetime64(text, "D")
    except ValueError:
        pass
    raise DataError(f'a day reads like "2026-07-01", got {text!r}')


def _read_date(value: dt.date) -> np.datetime64:
    """Read a date, or a datetime at midnight without a time zone."""
    if isinstance(value, dt.datetime):
        if _is_nat(value):
            raise DataError("a day is needed, got NaT")
        if value.tzinfo is not None:
            raise DataError(f"a day has no time zone, got {value!r}: give the date that is meant")
        if value != dt.datetime.combine(value.date(), dt.time()):
            raise DataError(f"a day has no time of day, got {value!r}: give the date that is meant")
        value = value.date()
    return np.datetime64(value, "D")


def _is_nat(value: Any) -> bool:
    """Tell a missing day, numpy's or pandas' (which is a datetime, and unequal to itself)."""
    return value is None or bool(value != value)  # noqa: PLR0124 - that is how NaT is told


def _whole_days(array: NDArray[np.datetime64], *, table: str, column: str) -> NDArray[np.datetime64]:
    """Bring times to days where they are midnights; a month is no day."""
    unit, count = np.datetime_data(array.dtype)
    if (unit, count) == ("D", 1):
        return array
    if unit in {"Y", "M", "W"}:
        raise DataError(f"{table}.{column} must hold days (datetime64[D]), got {array.dtype}")
    whole = array.astype("datetime64[D]")
    bad = (whole != array) & ~np.isnat(array)
    refuse(array, bad, table=table, column=column, expected="a day without a time of day")
    return whole


def _days_of_objects(array: NDArray[np.object_], *, table: str, column: str) -> NDArray[np.datetime64]:
    """Read dates that came as Python objects."""
    days = np.full(array.shape, "NaT", dtype="datetime64[D]")
    bad = np.zeros(array.shape, dtype=bool)
    for place, value in np.ndenumerate(array):
        if not _is_nat(value):
            read = None if isinstance(value, str) else _day_or_none(value)
            bad[place] = read is None
            days[place] = "NaT" if read is None else read
    refuse(array, bad, table=table, column=column, expected="a date without time or zone, no text")
    return days


def _day_or_none(value: Any) -> np.datetime64 | None:
    """Read one day; None if it is none."""
    try:
        return day(value)
    except DataError:
        return None


def _known(column: str, values: Any) -> NDArray[np.datetime64]:
    """Give days of which none is missing."""
    days = as_days(values, table="months_between", column=column)
    refuse(days, np.isnat(days), table="months_between", column=column, expected="a day, not NaT")
    return days


def whole_counts(n: Any, most: int, *, table: str) -> NDArray[np.int64]:
    """Give whole numbers of months or days as int64, at most so many either way.

    Raises:
        DataError: no whole numbers, or larger ones.
    """
    array = np.asarray(n)
    if array.dtype.kind not in "iu" and array.size:
        raise DataError(f"{table} needs a whole n, got {n!r}"[:200])
    bad = (array > most) | (array < -most)
    refuse(array, bad, table=table, column="n", expected=f"at most {most} either way")
    return array.astype(np.int64)


def refuse(array: NDArray[Any], bad: NDArray[np.bool_], *, table: str, column: str, expected: str) -> None:
    """Raise one `DataError` for the marked rows of a column; nothing marked passes."""
    rows = np.flatnonzero(bad)
    if len(rows):
        values = list(array.reshape(-1)[rows])
        findings = Findings.of(table=table, column=column, rows=rows, values=values, expected=expected)
        raise DataError.of(findings, f"{table} cannot use its {column}")


def refuse_unequal(table: str, one: NDArray[Any], other: NDArray[Any]) -> None:
    """Refuse two columns that differ in length."""
    if one.ndim and other.ndim and one.shape != other.shape:
        raise DataError(f"{table} needs columns of one length, got {one.shape} and {other.shape}")
