"""Rates applied to amounts, rounded by a declared mode."""

from typing import Any, Literal, get_args, overload

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import RuleError
from clientmgr.money.columns import HIGHEST, LOWEST, ColumnLike, as_column, refuse, whole_numbers
from clientmgr.money.factors import whole_factors
from clientmgr.money.quotients import Lane, Operand, absolute, as_exact, divide, lanes, take
from clientmgr.money.rates import RateLike

__all__ = ["ROUNDINGS", "Rounding", "apply_rate", "round_rows"]

Rounding = Literal["half_up", "half_even", "down", "up", "floor", "ceil"]
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)

# Rows of one chunk: what its temporary columns hold stays in the processor's cache.
CHUNK = 2**15


@overload
def apply_rate(amounts: int | np.integer[Any], rate: RateLike, *, rounding: Rounding = "half_up") -> int: ...
@overload
def apply_rate(
    amounts: ColumnLike,
    rate: RateLike | ColumnLike | tuple[ColumnLike, ColumnLike | int],
    *,
    rounding: Rounding = "half_up",
) -> NDArray[np.int64]: ...
def apply_rate(
    amounts: ColumnLike | int | np.integer[Any],
    rate: Any,
    *,
    rounding: Rounding = "half_up",
) -> NDArray[np.int64] | int:
    """Multiply amounts by an exact rate and round each product to whole minor units.

    All modes but `floor` and `ceil` work on the absolute value, so that a reversal gives the exact
    negative:

    - `half_up`: to the nearest, halves away from zero (the default);
    - `half_even`: to the nearest, halves to the even neighbour;
    - `down` towards zero, `up` away from zero;
    - `floor` towards minus infinity, `ceil` towards plus infinity.

    Args:
        amounts: n amounts in minor units (fen), or one; ints.
        rate: one rate for all rows (whatever `Rate.of` reads), a column of n rates, or a tuple
            (numerators, denominators) of ints or int columns: the fast form for rates that differ
            by row.
        rounding: the mode.

    Returns:
        int64 of shape (n,) in minor units; an int for one amount.

    Exact for every int64 amount and rates of any size. O(n) time, O(1) memory beyond the result.

    Raises:
        DataError: amounts or rates that are floats or missing, columns that differ in length, or a
            product that int64 does not hold, row by row.
        RuleError: one rate that is not exact (the message says what to write), or an unknown mode.

    Example:
        >>> from clientmgr.money import apply_rate
        >>> apply_rate([1_000_050, -1_000_050, 167], "0.3%").tolist()
        [3000, -3000, 1]
        >>> apply_rate(250, "1%"), apply_rate(250, "1%", rounding="half_even")
        (3, 2)
        >>> apply_rate([100, 100], ([1, 2], 3)).tolist()
        [33, 67]
    """
    if rounding not in ROUNDINGS:
        raise RuleError(f"rounding must be one of {', '.join(ROUNDINGS)}, got {rounding!r}")
    column = as_column(amounts, table="apply_rate", column="amounts")
    whole = whole_numbers(column, table="apply_rate", column="amounts")
    above, below = whole_factors(rate, len(whole), table="apply_rate", column="rate")
    products = np.empty(len(whole), dtype=np.int64)
    beyond = np.zeros(len(whole), dtype=bool)
    for start in range(0, len(whole), CHUNK):
        rows = slice(start, start + CHUNK)
        products[rows], beyond[rows] = _apply_chunk(whole[rows], take(above, rows), take(below, rows), rounding)
    expected = "an amount whose product with the rate fits int64"
    refuse(whole, beyond, table="apply_rate", column="amounts", expected=expected)
    return int(products[0]) if column.ndim == 0 else products


def round_rows(
    amounts: NDArray[Any],
    above: Operand,
    below: Operand,
    rounding: Rounding = "half_up",
    *,
    two_step: bool = False,
) -> NDArray[Any]:
    """Give amounts x above / below, rounded, without any check: the kernel.

    Args:
        amounts: n amounts, int64 or Python ints.
        above: the numerator, for all rows or a column.
        below: the denominator, above zero, for all rows or a column.
        rounding: the mode.
        two_step: whether amount x above may pass the type; then below x above must not.
    """
    magnitude, factor, turns = np.absolute(amounts), absolute(above), None
    if two_step:
        turns = magnitude // below
        magnitude = magnitude - turns * below
    whole: NDArray[Any] = np.empty_like(magnitude)
    rest, spare = np.empty_like(magnitude), np.empty_like(magnitude)
    divide(magnitude, factor, below, turns=turns, whole=whole, rest=rest, spare=spare)
    negative: NDArray[np.bool_] = (amounts < 0) != (above < 0)
    np.add(whole, _goes_up(whole, rest, below, negative, rounding), out=whole)
    np.negative(whole, out=whole, where=negative)
    return whole


def _apply_chunk(
    amounts: NDArray[np.int64], above: Operand, below: Operand, rounding: Rounding
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Multiply one chunk, each row in its lane, and mark the products that int64 does not hold."""
    products, beyond = np.empty_like(amounts), np.zeros(len(amounts), dtype=bool)
    for lane, rows in lanes(amounts, absolute(above), below):
        part, factor, divisor = amounts[rows], take(above, rows), take(below, rows)
        if lane is not Lane.EXACT:
            two_step = lane is Lane.TWO_STEP
            products[rows] = round_rows(part, factor, divisor, rounding, two_step=two_step)
            continue
        exact = round_rows(part.astype(object), as_exact(factor), as_exact(divisor), rounding)
        beyond[rows] = outside = (exact < LOWEST) | (exact > HIGHEST)
        products[rows] = np.where(outside, 0, exact)
    return products, beyond


def _goes_up(
    whole: NDArray[Any],
    rest: NDArray[Any],
    below: Operand,
    negative: NDArray[np.bool_],
    rounding: Rounding,
) -> NDArray[np.bool_]:
    """Tell whether the absolute quotient goes up by one."""
    # Twice the rest might overflow, so a half is where the rest equals what is missing.
    missing = below - rest
    match rounding:
        case "half_up":
            up = rest >= missing
        case "half_even":
            up = (rest > missing) | ((rest == missing) & (whole % 2 == 1))
        case "down":
            up = rest < 0
        case "up":
            up = rest > 0
        case "floor":
            up = (rest > 0) & negative
        case "ceil":
            up = (rest > 0) & ~negative
    return np.asarray(up, dtype=bool)
