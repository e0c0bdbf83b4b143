"""Rates as whole numerators and denominators: what a column is multiplied with, and divided by."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, RuleError
from clientmgr.money.columns import HIGHEST, as_column, refuse, whole_numbers, wrong_type
from clientmgr.money.quotients import Operand
from clientmgr.money.rates import Rate, read_rate

__all__ = ["whole_factors"]

EXPECTED = 'an exact rate such as "0.3%", a Decimal, a Fraction or a Rate'


def whole_factors(rate: Any, rows: int, *, table: str, column: str) -> tuple[Operand, Operand]:
    """Give numerators and positive denominators: one number each for all rows, or a column.

    A tuple is a pair (numerators, denominators), each an int or a column; a list or an array is a
    column of rates; anything else is one rate. Columns are int64, or Python ints where int64 does
    not do.

    Raises:
        DataError: a column with something else than exact rates, a denominator of zero or less,
            another length.
        RuleError: one rate that is not exact.
    """
    if isinstance(rate, tuple):
        above, below = _read_pair(rate, table=table, column=column)
    else:
        above, below = _read_rates(rate, table=table, column=column)
    for part in (above, below):
        if isinstance(part, np.ndarray) and len(part) != rows:
            raise DataError(f"{table}.{column} must be one rate or {rows}, got {len(part)}")
    return above, below


def _read_pair(pair: tuple[Any, ...], *, table: str, column: str) -> tuple[Operand, Operand]:
    """Read numerators and denominators, of which one may be a single number."""
    columns = [as_column(part, table=table, column=column) for part in pair]
    if len(pair) != 2 or all(part.ndim == 0 for part in columns):  # noqa: PLR2004 - a pair
        return read_rate(pair)
    above, below = (
        _read_part(part, table=table, column=f"{column} {name}")
        for part, name in zip(columns, ("numerator", "denominator"), strict=True)
    )
    bad, expected = np.atleast_1d(below) <= 0, "a whole number above zero"
    refuse(np.atleast_1d(below), bad, table=table, column=f"{column} denominator", expected=expected)
    return above, below


def _read_part(array: NDArray[Any], *, table: str, column: str) -> Operand:
    """Read numerators or denominators, or the one of them for all rows."""
    expected = "a whole number within int64"
    numbers = whole_numbers(array, table=table, column=column, expected=expected)
    return _narrow(numbers) if array.ndim else int(numbers[0])


def _read_rates(rate: Any, *, table: str, column: str) -> tuple[Operand, Operand]:
    """Read one rate, or a column of whole or otherwise exact rates."""
    array = as_column(rate, table=table, column=column)
    if array.ndim == 0:
        return read_rate(array.item())
    if array.ndim > 1:
        raise DataError(f"{table}.{column} must be one column, got the shape {array.shape}")
    if array.dtype.kind == "i":
        return _narrow(array), 1
    if array.dtype.kind not in "uOUT":
        refuse(array, wrong_type(array), table=table, column=column, expected=EXPECTED)
    pairs = [_read(value) for value in array]
    bad = np.array([pair is None for pair in pairs], dtype=bool)
    refuse(array, bad, table=table, column=column, expected=EXPECTED)
    read = [pair for pair in pairs if pair is not None]
    above = np.array([above for above, _ in read], dtype=object)
    below = np.array([below for _, below in read], dtype=object)
    return _narrow(above), _narrow(below)


def _read(value: Any) -> tuple[int, int] | None:
    """Read one rate in its lowest terms; None if it is not exact."""
    try:
        rate = Rate.of(value)
    except RuleError:
        return None
    return rate.numerator, rate.denominator


def _narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """Give int64 where it holds every absolute value, else Python ints."""
    if numbers.size == 0 or max(-int(numbers.min()), int(numbers.max())) <= HIGHEST:
        return numbers.astype(np.int64, copy=False)
    return numbers.astype(object)
