"""How a column comes in: as an array that has lost nothing of what the user brought.

`np.asarray` makes floats of integers with gaps, drops the zones of times, reads past the masks of
masked arrays, and takes any order of a set. Here such columns come as arrays of Python objects, or
not at all. No library of frames is imported: what a column is, is asked of the column itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.tables.types import AnyArray, Flags

__all__ = ["is_missing", "is_single", "read_array", "read_dictionary", "read_words"]

LARGEST_ID = (1 << 63) - 1


def read_array(values: Any) -> AnyArray:
    """See a column, or a single value, as an array of numbers, flags, times or objects."""
    if isinstance(values, np.ndarray):
        return _unmasked(values)
    if hasattr(values, "__array__"):
        return _of_frame(values)
    if isinstance(values, (set, frozenset, Mapping)):
        return np.array(values, dtype=object)
    return np.asarray(values) if is_single(values) else _of_rows(list(values))


def read_words(values: Any) -> tuple[AnyArray, Flags | None]:
    """Read a column of ids or labels into text or int64.

    Returns:
        The values that are there, and which rows are missing (None: no row is).

    Raises:
        DataError: a value is neither text nor an integer, the two are mixed, or the order is not
            defined.
    """
    array = _row_objects(values)
    if array.ndim != 1:
        raise DataError(f"a column has one dimension, got {array.ndim}")
    match array.dtype.kind:
        case "U" | "i":
            return (array if array.dtype.kind == "U" else array.astype(np.int64)), None
        case "u" if not len(array) or int(array.max()) <= LARGEST_ID:
            return array.astype(np.int64), None
        case "S":
            return _decode(array), None
        case "f" if np.isnan(array).all():
            return np.empty(0, "U1"), np.ones(len(array), bool)
    return _read_objects(array.tolist())


def read_dictionary(values: Any) -> tuple[Any, AnyArray] | None:
    """Take a categorical column apart: its words, and the place of each row's word, -1 for none.

    Pandas and pyarrow columns are known; None stands for any other column.
    """
    column = getattr(values, "cat", values)
    if hasattr(column, "categories") and hasattr(column, "codes"):
        return np.asarray(column.categories), np.asarray(column.codes)
    if hasattr(values, "unify_dictionaries") and str(values.type).startswith("dictionary"):
        values = values.unify_dictionaries().combine_chunks()
    if hasattr(values, "dictionary") and hasattr(values, "indices"):
        return values.dictionary.to_pylist(), np.asarray(values.indices.fill_null(-1))
    return None


def is_single(values: Any) -> bool:
    """Say whether something is one value and not a column of values."""
    if isinstance(values, np.ndarray):
        return values.ndim == 0
    return isinstance(values, (str, bytes)) or not isinstance(values, Iterable)


def is_missing(value: object) -> bool:
    """Say whether an object stands for no value: None, NaN, NaT or a frame's own NA."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def _unmasked(array: AnyArray) -> AnyArray:
    """Give what a masked array hides as None."""
    if not isinstance(array, np.ma.MaskedArray):
        return array
    hidden = np.ma.getmaskarray(array)
    if not hidden.any():
        return np.asarray(array.data)
    shown: AnyArray = array.data.astype(object)
    shown[hidden] = None
    return shown


def _of_frame(values: Any) -> AnyArray:
    """Read a column of a frame; by way of Python values where numpy would lose something."""
    array = np.asarray(values)
    kind = getattr(values, "dtype", getattr(values, "type", None))
    name = str(kind).lower()
    gaps = array.dtype.kind == "f" and "int" in name
    zoned = array.dtype.kind == "M" and bool(getattr(kind, "tz", None) or getattr(kind, "time_zone", None))
    if gaps or zoned or "dictionary" in name:
        return _objects(_python_values(values))
    return _unmasked(array)


def _python_values(values: Any) -> list[Any]:
    """Give the values of a frame's column as Python has them."""
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, name):
            return list(getattr(values, name)())
    return list(values)


def _of_rows(rows: list[Any]) -> AnyArray:
    """See a list as an array, without numbers becoming text or flags numbers."""
    kinds = {type(row) for row in rows}
    if len(kinds) > 1 and not kinds <= {int, float}:
        return _objects(rows)
    try:
        return np.asarray(rows)
    except (ValueError, OverflowError):
        return _objects(rows)


def _objects(rows: Sequence[Any]) -> AnyArray:
    """Make an array of objects, one a row."""
    return np.fromiter(rows, dtype=object, count=len(rows))


def _row_objects(values: Any) -> AnyArray:
    """See a column of words as an array; what is no array becomes one of objects."""
    if isinstance(values, np.ndarray):
        return _unmasked(values)
    if hasattr(values, "__array__"):
        return _of_frame(values)
    if isinstance(values, (set, frozenset, Mapping)):
        raise DataError(f"a column has an order, got a {type(values).__name__}")
    return _objects([values] if is_single(values) else list(values))


def _decode(raw: AnyArray) -> AnyArray:
    """Read bytes as UTF-8.

    Raises:
        DataError: some rows are no UTF-8.
    """
    try:
        return np.asarray(np.strings.decode(raw, "utf-8"))
    except UnicodeDecodeError:
        rows = raw.tolist()
        bad = [i for i, row in enumerate(rows) if row.decode("utf-8", "replace").encode() != row]
        raise _refusal(rows, bad, "text, or bytes in UTF-8") from None


def _read_objects(rows: list[Any]) -> tuple[AnyArray, Flags | None]:
    """Read objects, all of them text or all of them integers, some missing."""
    missing = np.fromiter(map(is_missing, rows), bool, len(rows))
    gaps = missing if missing.any() else None
    present = rows if gaps is None else [row for row in rows if not is_missing(row)]
    kinds = {type(row) for row in present}
    if all(issubclass(kind, str) for kind in kinds):
        text = np.array(present, dtype=np.str_) if present else np.empty(0, "U1")
        _refuse_lost_ends(text, present, rows)
        return text, gaps
    if all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in kinds):
        return _integers(rows, present), gaps
    raise _strangers(rows)


def _integers(rows: list[Any], present: list[Any]) -> AnyArray:
    """Make int64 of Python integers.

    Raises:
        DataError: some do not fit.
    """
    try:
        return np.array(present, dtype=np.int64)
    except OverflowError:
        big = [i for i, row in enumerate(rows) if not is_missing(row) and abs(row) > LARGEST_ID]
        expected = "an integer of 64 bits; bring longer ids as text"
        raise _refusal(rows, big, expected) from None


def _refuse_lost_ends(text: AnyArray, present: list[str], rows: list[Any]) -> None:
    """Refuse text that ends in NUL characters, which an array of text cannot hold.

    Raises:
        DataError: characters of the values present were lost.
    """
    if int(np.strings.str_len(text).sum()) != sum(map(len, present)):
        bad = [i for i, row in enumerate(rows) if isinstance(row, str) and row[-1:] == "\0"]
        raise _refusal(rows, bad, "text that does not end in a NUL character")


def _strangers(rows: list[Any]) -> DataError:
    """Refuse the rows whose kind is not that of the first text or integer."""
    kinds = [_kind(row) for row in rows]
    first = next((kind for kind in kinds if kind is not None), None)
    bad = [i for i, row in enumerate(rows) if not is_missing(row) and kinds[i] != (first or "")]
    expected = f"{first}, as the first value is" if first else "text or an integer"
    if any(isinstance(rows[i], (float, np.floating)) for i in bad):
        expected += "; whole numbers that came as floats have to be brought as integers"
    return _refusal(rows, bad, expected)


def _kind(value: object) -> str | None:
    """Name the kind of an id: "text", "an integer", or None for what is neither."""
    if isinstance(value, str):
        return "text"
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return "an integer" if whole else None


def _refusal(rows: list[Any], bad: list[int], expected: str) -> DataError:
    """Make the error of some rows of a column whose name is not known here."""
    values = [rows[i] for i in bad]
    findings = Findings.of(table="column", column="values", rows=bad, values=values, expected=expected)
    return DataError.of(findings, "cannot code the column")
