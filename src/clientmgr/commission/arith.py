"""Exact integer kernels: an amount times a rate, rounded; an amount split by weights.

They are plain functions over int64 arrays, without validation. Where a product could leave 62 bits they go on in
Python integers, so that no size of amount or rate gives a wrong result.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from clientmgr.tables import AnyArray, Int64

__all__ = ["SAFE", "magnitude", "scale", "split_floor", "split_odd"]

SAFE = 1 << 62
PAIRWISE = 6


def scale(base: Int64, numerator: int | Int64, denominator: int | Int64, rounding: str) -> Int64:
    """Give base x numerator / denominator, rounded to whole units; int64.

    Args:
        base: amounts of either sign.
        numerator: not negative; one for all rows or one a row.
        denominator: positive; one for all rows or one a row.
        rounding: one of half_up, half_even, down, up, floor, ceil. All but the last two round the absolute value, so
            that the opposite amount gives the opposite result.
    """
    above, below = _largest(numerator), _largest(denominator)
    if magnitude(base) * 2 * max(above, 1) + 2 * below < SAFE:
        narrow: Int64 = _scale(base, numerator, denominator, rounding)
        return narrow
    exact = _scale(base.astype(object), _wide(numerator), _wide(denominator), rounding)
    wide: Int64 = exact.astype(np.int64)
    return wide


def magnitude(amounts: AnyArray) -> int:
    """Give the largest absolute value, as a Python integer; 0 of nothing."""
    return max(int(amounts.max()), -int(amounts.min())) if len(amounts) else 0


def _largest(part: int | Int64) -> int:
    """Give the largest value of a part of a rate."""
    return part if isinstance(part, int) else magnitude(part)


def _wide(part: int | Int64) -> Any:
    """Go over to Python integers."""
    return part if isinstance(part, int) else part.astype(object)


def _scale(base: Any, numerator: Any, denominator: Any, rounding: str) -> Any:
    """Scale within the given number type."""
    negative = base < 0
    mixed = bool(negative.any())
    product = (np.abs(base) if mixed else base) * numerator
    if rounding in {"floor", "ceil"}:
        up, down = ROUND["up"](product, denominator), ROUND["down"](product, denominator)
        toward_plus, toward_minus = (down, up) if rounding == "floor" else (up, down)
        return np.where(negative, -toward_minus, toward_plus)
    result = ROUND[rounding](product, denominator)
    return np.where(negative, -result, result) if mixed else result


def _half_even(product: Any, denominator: Any) -> Any:
    """Round halves to the even neighbour."""
    quotient = product // denominator
    twice = (product - quotient * denominator) * 2
    odd = (quotient % 2).astype(bool)
    return quotient + ((twice > denominator) | ((twice == denominator) & odd))


ROUND: dict[str, Callable[[Any, Any], Any]] = {
    "half_up": lambda product, below: (product * 2 + below) // (2 * below),
    "half_even": _half_even,
    "down": lambda product, below: product // below,
    "up": lambda product, below: -(-product // below),
}


def split_floor(net: Int64, weights: Int64, base: Int64) -> tuple[Int64, Int64, Int64]:
    """Divide each amount by weights, rounding toward zero, and say what remains.

    Args:
        net: n amounts.
        weights: (k, n) weights, not negative.
        base: the sum of each row's weights, positive; below 2^31.

    Returns:
        The floor parts of the absolute amounts (k, n); the remainders of the division (k, n); the units left (n).
    """
    size = np.abs(net)
    whole = size // base
    rest = size - whole * base
    product = rest * weights
    part = product // base
    remainder = product - part * base
    part += whole * weights
    return part, remainder, size - part.sum(axis=0)


def split_odd(remainder: Int64, left: Int64) -> AnyArray:
    """Say who gets the units left over: the largest remainders, of equal ones the earlier; bool (k, n)."""
    if len(remainder) > PAIRWISE:
        order = np.argsort(-remainder, axis=0, kind="stable")
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(len(remainder))[:, None], axis=0)
        return rank < left
    rank = np.zeros(remainder.shape, np.int8)
    for i in range(len(remainder)):
        for j in range(i):
            later_wins = remainder[i] > remainder[j]
            rank[j] += later_wins
            rank[i] += ~later_wins
    return rank < left
