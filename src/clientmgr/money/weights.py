"""Weights of a split: whole numbers that stand to one another as what was given."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.money.columns import HIGHEST, as_column, find, wrong_type
from clientmgr.money.rates import read_rate

__all__ = ["whole_weights"]

EXPECTED = "an exact weight of zero or more (int, Decimal, Fraction, Rate or text)"


def whole_weights(weights: Any, *, table: str, column: str) -> NDArray[Any]:
    """Give weights of any exact kind as whole numbers, one row per amount or one row for all.

    The array has as many dimensions as what was given, 1 or 2. It is int64 wherever the sums fit,
    else it holds Python ints. Fractions of any kind are brought to a common base, row by row.

    Raises:
        DataError: a weight that is negative, not exact or missing; a row of zeros; not one or two
            dimensions.
    """
    array = as_column(weights, table=table, column=column)
    if array.ndim not in (1, 2) or array.shape[-1] == 0:
        raise DataError(
            f"{table}.{column} must be k weights, or n rows of k weights, k at least 1, got the shape {array.shape}"
        )
    if array.dtype.kind not in "iu":
        array = _to_common_base(array, table=table, column=column)
    if array.size:
        _refuse_cells(array, array < 0, table=table, column=column)
        _refuse_empty(array, table=table, column=column)
    return _narrow(array)


def _to_common_base(array: NDArray[Any], *, table: str, column: str) -> NDArray[Any]:
    """Turn exact weights of any kind into Python ints, each row over a base of its own."""
    if array.dtype.kind not in "OUT":
        _refuse_cells(array, wrong_type(array), table=table, column=column)
    fractions = [_read(cell) for cell in array.reshape(-1)]
    bad = np.array([fraction is None for fraction in fractions], dtype=bool).reshape(array.shape)
    _refuse_cells(array, bad, table=table, column=column)
    whole = np.empty(array.size, dtype=object)
    parties = array.shape[-1]
    for start in range(0, array.size, parties):
        row = [fraction for fraction in fractions[start : start + parties] if fraction is not None]
        base = math.lcm(*(fraction.denominator for fraction in row))
        whole[start : start + parties] = [int(fraction * base) for fraction in row]
    return whole.reshape(array.shape)


def _read(cell: Any) -> Fraction | None:
    """Read one weight; None if it is no exact number."""
    try:
        return Fraction(*read_rate(cell))
    except RuleError:
        return None


def _narrow(array: NDArray[Any]) -> NDArray[Any]:
    """Give int64 where the sums fit, if need be after reducing the rows, else Python ints."""
    if _fits(array):
        return array.astype(np.int64, copy=False)
    large = array.astype(object)
    reduced = large // np.gcd.reduce(large, axis=-1, keepdims=True)
    return reduced.astype(np.int64) if _fits(reduced) else reduced


def _fits(array: NDArray[Any]) -> bool:
    """Tell whether no sum of a row can leave int64."""
    return array.size == 0 or int(array.max()) * array.shape[-1] <= HIGHEST


def _refuse_empty(array: NDArray[Any], *, table: str, column: str) -> None:
    """Refuse rows in which nobody has a weight."""
    some = array[..., 0] > 0
    for j in range(1, array.shape[-1]):
        some = some | (array[..., j] > 0)
    rows = np.flatnonzero(~np.atleast_1d(some))
    if len(rows):
        values = [tuple(row) for row in array.reshape(-1, array.shape[-1])[rows].tolist()]
        expected = "at least one weight above zero"
        raise DataError.of(
            Findings.of(table=table, column=column, rows=rows, values=values, expected=expected),
            f"{table} cannot use its {column}",
        )


def _refuse_cells(array: NDArray[Any], bad: NDArray[np.bool_], *, table: str, column: str) -> None:
    """Refuse the marked weights; where every row has its own, the column tells the party."""
    if not bad.any():
        return
    findings = Findings()
    for j in range(array.shape[-1]) if array.ndim > 1 else [None]:
        cells = (array, bad) if j is None else (array[:, j], bad[:, j])
        name = column if j is None else f"{column}[{j}]"
        findings = findings + find(*cells, table=table, column=name, expected=EXPECTED)
    raise DataError.of(findings, f"{table} cannot use its {column}")
