"""The kinds of column: each reads what a user brings and says what is wrong with which rows.

A kind is a converter of an attrs field. What it gives is a `Draft` until the table has seen all its
columns and can raise one error for all bad rows; after construction the field holds the array.
"""

from datetime import date
from typing import Any, cast

import numpy as np

from clientmgr.errors import DataError
from clientmgr.tables.coded import Coded
from clientmgr.tables.drafts import (
    Draft,
    Fault,
    fault_where,
    from_objects,
    refuse_all,
    unreadable,
)
from clientmgr.tables.reading import is_missing, is_single, read_array
from clientmgr.tables.types import AnyArray, Days, Fen, Flags, Floats, Int64, Values

__all__ = [
    "MONEY_LIMIT",
    "Draft",
    "Fault",
    "days",
    "fen",
    "flags",
    "ids",
    "integers",
    "labels",
    "numbers",
    "optional_days",
    "optional_labels",
    "optional_refs",
    "refs",
    "repeats",
    "seen_before",
    "words",
]

DAY = "a day (datetime64[D] or date); from text use np.array(column, dtype='datetime64[D]')"
MONEY_LIMIT = 1 << 62
WIDEST = 8


def ids(values: Values) -> Coded:
    """Read the unique ids of a table's own rows: text or integers, none missing."""
    return cast(Coded, _coded(values, required=True, unique=True))


def refs(values: Values) -> Coded:
    """Read ids of another table's rows: text or integers, none missing."""
    return cast(Coded, _coded(values, required=True))


def optional_refs(values: Values | None) -> Coded:
    """Read ids of another table's rows; None, NaN and empty text are missing."""
    return cast(Coded, _missing() if values is None else _coded(values))


def labels(values: Values) -> Coded:
    """Read words of a small list, such as a branch or a kind: text or integers, none missing."""
    return cast(Coded, _coded(values, required=True, empty_ok=True))


def optional_labels(values: Values | None) -> Coded:
    """Read words of a small list, such as a market; None stands for empty text in all rows."""
    return labels("" if values is None else values)


def words(values: Values) -> Coded:
    """Read words or ids, some of which may be missing; empty text is kept."""
    return cast(Coded, _coded(values, empty_ok=True))


def fen(values: Values) -> Fen:
    """Read an amount of money in minor units: whole numbers below 2^62 on either side."""
    hint = "whole minor units (fen) below 2^62; from yuan use clientmgr.money.from_major"
    return cast(Fen, _whole(values, hint, MONEY_LIMIT))


def integers(values: Values) -> Int64:
    """Read whole numbers."""
    return cast(Int64, _whole(values, "a whole number of 64 bits", 1 << 63))


def numbers(values: Values) -> Floats:
    """Read finite numbers as float64."""
    return cast(Floats, _numbers(values))


def flags(values: Values) -> Flags:
    """Read yes or no."""
    return cast(Flags, _flags(values))


def days(values: Values) -> Days:
    """Read days, none missing, as datetime64[D]."""
    return cast(Days, _days(values, required=True))


def optional_days(values: Values | None) -> Days:
    """Read days as datetime64[D]; None and NaT are missing."""
    return cast(Days, _days(np.datetime64("NaT") if values is None else values, required=False))


def _coded(values: Any, *, required: bool = False, unique: bool = False, empty_ok: bool = False) -> Draft:
    """Read a coded column and list missing, empty and doubled values."""
    scalar = is_single(values)
    try:
        column = Coded.of([np.asarray(values).item()] if scalar else values)
    except DataError as error:
        return unreadable(error)
    if not (empty_ok or required):
        column = _drop_empty(column)
    faults = fault_where(column.missing, column, "a value") if required else ()
    if required and not empty_ok:
        faults += fault_where(column == "", column, "a value that is not empty")
    if unique:  # one id is one row: it cannot stand for several
        faults += fault_where(repeats(column), column, "a unique id")
    return Draft(column, scalar and not unique, faults)


def _missing() -> Draft:
    """Give one missing value for all rows."""
    return Draft(Coded.of([None]), scalar=True)


def _drop_empty(column: Coded) -> Coded:
    """Take empty text as missing."""
    empty = column.code("")
    if empty < 0:
        return column
    codes = np.where(column.codes == empty, -1, column.codes)
    return Coded.from_codes(column.vocabulary, codes).compact()


def repeats(column: Coded) -> Flags:
    """Mark each row whose value an earlier row has too."""
    return seen_before(column.codes) & (column.codes >= 0)


def seen_before(numbers: AnyArray) -> Flags:
    """Mark each place whose number stands at an earlier place too.

    Complexity: O(n) where the numbers ascend, else one sort.
    """
    again = np.zeros(len(numbers), bool)
    if np.all(numbers[1:] > numbers[:-1]):
        return again
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    again[order[1:]] = ordered[1:] == ordered[:-1]
    return again


def _whole(values: Values, expected: str, limit: int) -> Draft:
    """Read int64 and list what is no whole number or too large."""
    array = read_array(values)
    if array.dtype.kind in "iu":
        narrow = array.dtype.itemsize < WIDEST
        faults = () if narrow else fault_where(_beyond(array, limit), array, expected)
        return Draft(array.astype(np.int64), array.ndim == 0, faults)
    if array.dtype.kind != "O":
        return refuse_all(array, expected)

    def good(value: Any) -> bool:
        """Say whether a value is a whole number within the limit."""
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        return whole and abs(int(value)) < limit

    return from_objects(array, good, np.dtype(np.int64), expected)


def _beyond(array: AnyArray, limit: int) -> Flags:
    """Mark whole numbers that are not within a limit on either side."""
    beyond: Flags = (array >= limit) | (array <= -limit)
    return beyond


def _numbers(values: Values) -> Draft:
    """Read float64 and list what is not finite."""
    array = read_array(values)
    expected = "a finite number"
    if array.dtype.kind in "iuf":
        floats = array.astype(np.float64)
        return Draft(floats, array.ndim == 0, fault_where(~np.isfinite(floats), floats, expected))
    if array.dtype.kind != "O":
        return refuse_all(array, expected, np.float64)
    return from_objects(array, _is_finite, np.dtype(np.float64), expected)


def _is_finite(value: Any) -> bool:
    """Say whether a value converts to a finite number."""
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        return False
    try:
        return bool(np.isfinite(float(value)))
    except (OverflowError, TypeError, ValueError):
        return False


def _flags(values: Values) -> Draft:
    """Read bool and list what is not."""
    array = read_array(values)
    if array.dtype.kind == "b":
        return Draft(array.astype(bool), array.ndim == 0)
    if array.dtype.kind != "O":
        return refuse_all(array, "True or False", np.bool_)

    def good(value: Any) -> bool:
        """Say whether a value is True or False."""
        return isinstance(value, (bool, np.bool_))

    return from_objects(array, good, np.dtype(bool), "True or False")


def _days(values: Values, *, required: bool) -> Draft:
    """Read datetime64[D] and list what is no day."""
    array = read_array(values)
    faults: tuple[Fault, ...] = ()
    if array.dtype.kind == "O":
        array, faults = _days_of_objects(array)
    if array.dtype.kind == "f" and np.isnan(array).all():
        array = np.full(array.shape, "NaT", "datetime64[D]")
    if array.dtype.kind != "M":
        return refuse_all(array, DAY, "datetime64[D]")
    whole = array.astype("datetime64[D]")
    timed = (whole != array) & ~np.isnat(array)
    faults += fault_where(timed, array, "a day without a time of day")
    if required:
        unread = np.concatenate([fault.rows for fault in faults]) if faults else ()
        missing = np.isnat(whole.reshape(-1))
        missing[np.asarray(unread, np.intp)] = False
        faults += fault_where(missing, whole, "a day")
    return Draft(whole, array.ndim == 0, faults)


def _days_of_objects(array: AnyArray) -> tuple[AnyArray, tuple[Fault, ...]]:
    """Turn an array of date objects into datetime64, NaT where a row is missing or no date."""
    rows = [array.item()] if array.ndim == 0 else array.reshape(-1).tolist()
    bad = np.fromiter((not (is_missing(row) or _is_date(row)) for row in rows), bool, len(rows))
    plain = [row if _is_date(row) else None for row in rows]
    made = np.array(plain, dtype="datetime64[us]").reshape(array.shape)
    return made, fault_where(bad, rows, DAY)


def _is_date(value: Any) -> bool:
    """Say whether a value is a day, or a time without a zone."""
    if isinstance(value, np.datetime64):
        return not np.isnat(value)
    return isinstance(value, date) and getattr(value, "tzinfo", None) is None and not is_missing(value)
