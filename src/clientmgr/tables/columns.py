"""The kinds of column: each reads what a user brings and says what is wrong with which rows.

A kind is a converter of an attrs field. What it gives is a `Draft` until the table has seen all its
columns and can raise one error for all bad rows; after construction the field holds the array.
"""

from collections.abc import Callable
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import ArrayLike

from clientmgr.errors import DataError
from clientmgr.tables.coded import Coded
from clientmgr.tables.types import AnyArray, Days, Fen, Flags, Floats, Int64

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
]

MONEY_LIMIT = 1 << 62
WIDEST = 8


@attrs.frozen(eq=False)
class Fault:
    """Rows of one column that have the same thing wrong with them."""

    rows: Int64
    values: list[Any]
    expected: str


@attrs.frozen(eq=False)
class Draft:
    """A column as it was read: its values, whether one value stands for all rows, its faults."""

    values: Any
    scalar: bool = False
    faults: tuple[Fault, ...] = ()


def ids(values: ArrayLike | Coded) -> Coded:
    """Read the unique ids of a table's own rows: text or integers, none missing."""
    return cast(Coded, _coded(values, required=True, unique=True))


def refs(values: ArrayLike | Coded) -> Coded:
    """Read ids of another table's rows: text or integers, none missing."""
    return cast(Coded, _coded(values, required=True))


def optional_refs(values: ArrayLike | Coded | None) -> Coded:
    """Read ids of another table's rows; None, NaN and empty text are missing."""
    return cast(Coded, _coded([None] if values is None else values, scalar=values is None))


def labels(values: ArrayLike | Coded) -> Coded:
    """Read words of a small list, such as a branch or a kind: text or integers, none missing."""
    return cast(Coded, _coded(values, required=True, empty_ok=True))


def optional_labels(values: ArrayLike | Coded | None) -> Coded:
    """Read words of a small list, such as a market; None stands for empty text in all rows."""
    return labels("" if values is None else values)


def fen(values: ArrayLike) -> Fen:
    """Read an amount of money in minor units: whole numbers below 2^62 on either side."""
    hint = "whole minor units (fen); from yuan use clientmgr.money.from_major"
    return cast(Fen, _whole(values, hint, MONEY_LIMIT))


def integers(values: ArrayLike) -> Int64:
    """Read whole numbers."""
    return cast(Int64, _whole(values, "a whole number", 1 << 63))


def numbers(values: ArrayLike) -> Floats:
    """Read finite numbers as float64."""
    return cast(Floats, _numbers(values))


def flags(values: ArrayLike) -> Flags:
    """Read yes or no."""
    return cast(Flags, _flags(values))


def days(values: ArrayLike) -> Days:
    """Read days, none missing, as datetime64[D]."""
    return cast(Days, _days(values, required=True))


def optional_days(values: ArrayLike | None) -> Days:
    """Read days as datetime64[D]; None and NaT are missing."""
    return cast(Days, _days(np.datetime64("NaT") if values is None else values, required=False))


def _coded(
    values: Any,
    *,
    required: bool = False,
    unique: bool = False,
    empty_ok: bool = False,
    scalar: bool = False,
) -> Draft:
    """Read a coded column and list missing, empty and doubled values."""
    scalar = scalar or isinstance(values, (str, int, np.integer, np.str_))
    try:
        column = Coded.of([values] if scalar and not isinstance(values, list) else values)
    except DataError as error:
        return _unreadable(error)
    if not empty_ok:
        column = column if required else _drop_empty(column)
    faults = []
    if required:
        faults += _fault_where(column.missing, column, "a value")
        faults += (
            [] if empty_ok else _fault_where(column == "", column, "a value that is not empty")
        )
    if unique:
        faults += _fault_where(_repeats(column), column, "a unique id")
    return Draft(column, scalar, tuple(faults))


def _drop_empty(column: Coded) -> Coded:
    """Take empty text as missing."""
    empty = column.code("")
    if empty < 0:
        return column
    codes = np.where(column.codes == empty, -1, column.codes)
    return Coded.from_codes(column.vocabulary, codes).compact()


def _repeats(column: Coded) -> Flags:
    """Mark each row whose value an earlier row has too."""
    codes = column.codes
    if len(column.vocabulary) == len(codes):
        return np.zeros(len(codes), bool)
    first = np.full(len(column.vocabulary) + 1, len(codes))
    np.minimum.at(first, codes, np.arange(len(codes)))
    later: Flags = (first[codes] != np.arange(len(codes))) & (codes >= 0)
    return later


def _whole(values: ArrayLike, expected: str, limit: int) -> Draft:
    """Read int64 and list what is no whole number or too large."""
    array = _array_of(values)
    if array.dtype.kind in "iu":
        big = (array >= limit) | (array <= -limit) if array.dtype.itemsize == WIDEST else None
        faults = [] if big is None else _fault_where(big, array, f"an amount below {limit:,}")
        return Draft(array.astype(np.int64), array.ndim == 0, tuple(faults))
    if array.dtype.kind == "O":
        return _whole_objects(array, expected, limit)
    return _all_bad(array, expected)


def _whole_objects(array: AnyArray, expected: str, limit: int) -> Draft:
    """Read int64 from Python objects."""

    def good(value: object) -> bool:
        """Say whether a value is a whole number within the limit."""
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        return whole and abs(int(cast(int, value))) < limit

    return _from_objects(array, good, np.dtype(np.int64), expected)


def _numbers(values: ArrayLike) -> Draft:
    """Read float64 and list what is not finite."""
    array = _array_of(values)
    if array.dtype.kind in "iuf":
        floats = array.astype(np.float64)
        faults = _fault_where(~np.isfinite(floats), floats, "a finite number")
        return Draft(floats, array.ndim == 0, tuple(faults))
    if array.dtype.kind == "O":

        def good(value: object) -> bool:
            """Say whether a value converts to a finite number."""
            number = hasattr(value, "__float__") and not isinstance(value, (bool, str))
            return number and bool(np.isfinite(float(cast(float, value))))

        return _from_objects(array, good, np.dtype(np.float64), "a finite number")
    return _all_bad(array, "a finite number")


def _flags(values: ArrayLike) -> Draft:
    """Read bool and list what is not."""
    array = _array_of(values)
    if array.dtype.kind == "b":
        return Draft(array.astype(bool), array.ndim == 0)
    if array.dtype.kind == "O":

        def good(value: object) -> bool:
            """Say whether a value is True or False."""
            return isinstance(value, (bool, np.bool_))

        return _from_objects(array, good, np.dtype(bool), "True or False")
    return _all_bad(array, "True or False")


def _days(values: ArrayLike, *, required: bool) -> Draft:
    """Read datetime64[D] and list what is no day."""
    array = _array_of(values)
    if array.dtype.kind == "O":
        array = _days_of_objects(array)
    if array.dtype.kind == "f" and np.isnan(array).all():
        array = np.full(array.shape, "NaT", "datetime64[D]")
    if array.dtype.kind != "M":
        hint = (
            "a day (datetime64[D] or date); from text use np.array(column, dtype='datetime64[D]')"
        )
        return _all_bad(array, hint)
    whole = array.astype("datetime64[D]")
    faults = []
    if array.dtype != whole.dtype:
        timed = (whole != array) & ~np.isnat(array)
        faults += _fault_where(timed, array, "a day without a time of day")
    if required:
        faults += _fault_where(np.isnat(whole), whole, "a day")
    return Draft(whole, array.ndim == 0, tuple(faults))


def _days_of_objects(array: AnyArray) -> AnyArray:
    """Turn an array of date objects into datetime64, or leave it as it is."""
    rows = array.tolist() if array.ndim else [array.item()]
    plain = [None if type(row).__name__ in {"NaTType", "NAType"} else row for row in rows]
    if any(isinstance(row, (str, int, float)) for row in plain) or any(_zoned(r) for r in plain):
        return array
    try:
        made = np.array(plain, dtype="datetime64[us]").reshape(array.shape)
    except (TypeError, ValueError):
        return array
    return made


def _zoned(value: object) -> bool:
    """Say whether a value is a time with a zone, which is no day."""
    return getattr(value, "tzinfo", None) is not None


def _array_of(values: ArrayLike) -> AnyArray:
    """See a column as an array, without numbers becoming text."""
    if isinstance(values, np.ndarray) or hasattr(values, "__array__"):
        return np.asarray(values)
    if isinstance(values, (list, tuple)):
        kinds = {type(value) for value in values}
        if len(kinds) > 1 and not kinds <= {int, float}:
            array = np.empty(len(values), object)
            array[:] = values
            return array
    try:
        return np.asarray(values)
    except (ValueError, OverflowError):
        return np.asarray(values, dtype=object)


def _from_objects(
    array: AnyArray, good: Callable[[object], bool], dtype: np.dtype[Any], expected: str
) -> Draft:
    """Read an array of objects value by value."""
    rows = array.reshape(-1).tolist()
    bad = np.fromiter((not good(row) for row in rows), bool, len(rows))
    if bad.any():
        return Draft(
            np.zeros(array.shape, dtype), array.ndim == 0, tuple(_faults(bad, rows, expected))
        )
    return Draft(np.array(rows, dtype).reshape(array.shape), array.ndim == 0)


def _all_bad(array: AnyArray, expected: str) -> Draft:
    """Refuse a column of the wrong type as a whole, row by row."""
    rows = array.reshape(-1)
    kind = {"f": "a float", "U": "text", "b": "a flag", "M": "a date"}.get(array.dtype.kind, "")
    wanted = f"{expected}, not {kind}" if kind else expected
    faults = _faults(np.ones(len(rows), bool), rows, wanted)
    return Draft(np.zeros(array.shape, np.int64), array.ndim == 0, tuple(faults))


def _unreadable(error: DataError) -> Draft:
    """Turn the refusal of a coded column into faults of this column."""
    if len(error.findings):
        rows = np.array([finding.row for finding in error.findings], np.int64)
        values = [finding.value for finding in error.findings]
        return Draft(Coded.of([]), faults=(Fault(rows, values, error.findings[0].expected),))
    return Draft(
        Coded.of([]), faults=(Fault(np.zeros(1, np.int64), ["the whole column"], str(error)),)
    )


def _fault_where(bad: Flags, values: Any, expected: str) -> list[Fault]:
    """Make the fault of the marked rows, if there are any."""
    bad = np.atleast_1d(bad)
    return _faults(bad, values, expected) if bad.any() else []


def _faults(bad: Flags, values: Any, expected: str) -> list[Fault]:
    """List the marked rows with their values."""
    rows = np.flatnonzero(bad)
    if isinstance(values, list):
        return [Fault(rows, [values[row] for row in rows.tolist()], expected)] if len(rows) else []
    picked = values[rows] if isinstance(values, Coded) else np.atleast_1d(values)[rows]
    shown = [str(v) for v in picked] if _is_dates(picked) else picked.tolist()
    return [Fault(rows, shown, expected)] if len(rows) else []


def _is_dates(values: Any) -> bool:
    """Say whether values are dates, which read better as text."""
    return isinstance(values, np.ndarray) and values.dtype.kind == "M"
