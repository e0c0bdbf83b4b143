"""Columns of whole numbers, as the money operators take them: checked once, then plain int64."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, Findings

__all__ = [
    "HIGHEST",
    "LOWEST",
    "ColumnLike",
    "as_column",
    "find",
    "is_whole",
    "refuse",
    "whole_numbers",
    "wrong_type",
]

HIGHEST = 2**63 - 1
LOWEST = -(2**63)


class ColumnLike(Protocol):
    """Anything that stands for a column: a list, an array, a column of any data frame."""

    def __len__(self) -> int:
        """Count the rows."""
        ...

    def __getitem__(self, index: Any, /) -> Any:
        """Take a row."""
        ...


def whole_numbers(
    array: NDArray[Any],
    *,
    table: str,
    column: str,
    expected: str = "whole minor units within int64 (from_major reads yuan)",
) -> NDArray[np.int64]:
    """Give a column as 1-D int64, not copied if it is that; one value is a column of one row.

    Raises:
        DataError: floats, flags, text, missing values, or what int64 does not hold, row by row.
    """
    if array.ndim > 1:
        raise DataError(f"{table}.{column} must be one column, got the shape {array.shape}")
    array = array.reshape(-1)
    refuse(array, _not_int64(array), table=table, column=column, expected=expected)
    return array.astype(np.int64, copy=False)


def as_column(values: Any, *, table: str, column: str) -> NDArray[Any]:
    """Turn what stands for a column into an array, without numpy's silent conversions.

    A list keeps its values as they are: numpy by itself makes floats of `[2**63, 1]` and text of
    `[1, "a"]`.

    Raises:
        DataError: masked values, row by row.
    """
    if np.ma.isMaskedArray(values):
        _refuse_masked(values, table=table, column=column)
    return np.asarray(values, dtype=object if isinstance(values, (list, tuple)) else None)


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number of any size; flags and durations are none."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))


def refuse(array: NDArray[Any], bad: NDArray[np.bool_], *, table: str, column: str, expected: str) -> None:
    """Raise one `DataError` for the marked rows of a column; nothing marked passes."""
    findings = find(array, bad, table=table, column=column, expected=expected)
    if findings:
        raise DataError.of(findings, f"{table} cannot use its {column}")


def find(array: NDArray[Any], bad: NDArray[np.bool_], *, table: str, column: str, expected: str) -> Findings:
    """Make the findings of the marked rows of a column."""
    rows = np.flatnonzero(bad)
    return Findings.of(table=table, column=column, rows=rows, values=array[rows], expected=expected)


def wrong_type(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark what is wrong in an array of a type that is refused as a whole: one cell at least."""
    bad = np.zeros(array.shape, dtype=bool)
    if array.dtype.kind == "f":
        bad = ~np.isfinite(array) | (array != np.rint(array))
    if not bad.any():
        bad.flat[:1] = True
    return bad


def _not_int64(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark the rows that are no whole number within int64."""
    match array.dtype.kind:
        case "i":
            return np.zeros(len(array), dtype=bool)
        case "u":
            return array > HIGHEST
        case "O":
            fits = (is_whole(value) and LOWEST <= value <= HIGHEST for value in array)
            return ~np.fromiter(fits, dtype=bool, count=len(array))
        case _:
            return wrong_type(array)


def _refuse_masked(values: np.ma.MaskedArray[Any, Any], *, table: str, column: str) -> None:
    """Refuse what is masked: converting the array would bring the hidden values back."""
    rows = len(values) if values.ndim else 1
    hidden = np.asarray(np.ma.getmaskarray(values).reshape(rows, -1).any(axis=1), dtype=np.bool_)
    nothing = np.empty(rows, dtype=np.object_)
    refuse(nothing, hidden, table=table, column=column, expected="a value, not a masked one")
