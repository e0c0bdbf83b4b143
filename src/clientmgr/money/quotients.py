"""Exact amount x factor / divisor on int64: the arithmetic under both money operators.

A product may need 126 bits. Each row takes the fastest *lane* that is exact for it: `DIRECT` where
the product fits int64; `TWO_STEP` where it does not, but `amount = turns * divisor + rest` keeps
every intermediate product below 2^63; `EXACT`, in Python ints, for what is left (amounts next to
2^63, or huge factors).
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clientmgr.money.columns import HIGHEST, LOWEST

__all__ = ["Lane", "Operand", "Rows", "absolute", "as_exact", "divide", "lanes", "take"]

# A column of int64 (or of Python ints), or one number for all rows.
Operand = NDArray[Any] | int
Rows = slice | NDArray[np.intp]


class Lane(Enum):
    """How a row is calculated."""

    DIRECT = "direct"
    TWO_STEP = "two-step"
    EXACT = "exact"


def divide(
    magnitude: NDArray[Any],
    factor: Operand,
    divisor: Operand,
    *,
    turns: NDArray[Any] | None = None,
    whole: NDArray[Any],
    rest: NDArray[Any],
    spare: NDArray[Any],
) -> None:
    """Fill `whole` and `rest` with quotient and remainder of magnitude x factor / divisor.

    With `turns`, the magnitude is turns x divisor + `magnitude`. No number may be negative, and no
    product may exceed the type of the arrays: `lanes` tells which rows are safe. All arrays are
    equally long; `spare` is scratch.
    """
    np.multiply(magnitude, factor, out=rest)
    np.floor_divide(rest, divisor, out=whole)
    np.multiply(whole, divisor, out=spare)
    np.subtract(rest, spare, out=rest)
    if turns is not None:
        np.multiply(turns, factor, out=spare)
        np.add(whole, spare, out=whole)


def lanes(amounts: NDArray[np.int64], factor: Operand, divisor: Operand) -> Iterator[tuple[Lane, Rows]]:
    """Divide the rows among the lanes, for factors >= 0 and divisors > 0 not above those given.

    The rows are all (`slice(None)`) where one lane serves everything, as is usual, else row
    numbers, ascending.
    """
    if len(amounts) == 0:
        return
    if not (_in_int64(factor) and _in_int64(divisor)):
        yield Lane.EXACT, slice(None)
        return
    top = max(-int(amounts.min()), int(amounts.max()))
    if top * int(np.max(factor)) <= HIGHEST:
        yield Lane.DIRECT, slice(None)
        return
    yield from _lanes_by_row(amounts, factor, divisor)


def take(operand: Operand, rows: Rows) -> Operand:
    """Take rows of a column; one number serves all rows."""
    return operand[rows] if isinstance(operand, np.ndarray) else operand


def absolute(operand: Operand) -> Operand:
    """Give absolute values, of a column or of one number of any size."""
    return np.absolute(operand) if isinstance(operand, np.ndarray) else abs(operand)


def as_exact(operand: Operand) -> Operand:
    """Give a column as Python ints; one number is one already."""
    return operand.astype(object) if isinstance(operand, np.ndarray) else operand


def _lanes_by_row(amounts: NDArray[np.int64], factor: Operand, divisor: Operand) -> Iterator[tuple[Lane, Rows]]:
    """Look at every row: the products are compared by division, so that nothing overflows."""
    magnitude = np.absolute(amounts)
    limit = HIGHEST // np.maximum(factor, 1)
    plain = amounts != LOWEST
    direct = plain & (magnitude <= limit)
    two_step = plain & ~direct & (divisor <= limit) & (magnitude // divisor < limit)
    for lane, mask in (
        (Lane.DIRECT, direct),
        (Lane.TWO_STEP, two_step),
        (Lane.EXACT, ~direct & ~two_step),
    ):
        if mask.all():
            yield lane, slice(None)
        elif mask.any():
            yield lane, np.flatnonzero(mask)


def _in_int64(operand: Operand) -> bool:
    """Tell whether numpy can calculate with the operand in int64."""
    if isinstance(operand, np.ndarray):
        return operand.dtype.kind == "i"
    return operand <= HIGHEST
