"""Whole quotients of integer arrays, with a stated rounding; int64 or Python integers alike."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["divided"]

Whole = NDArray[Any]


def divided(num: Whole, den: int | Whole, mode: str) -> Whole:
    """Divide by positive integers and round to whole numbers.

    All modes but floor and ceil treat a negative number as the negative of its positive. Twice the divisor must fit
    the type of the arrays.
    """
    if isinstance(den, int) and den == 1:
        return num
    if mode == "floor":
        return np.asarray(num // den)
    if mode == "ceil":
        return np.asarray(-(-num // den))
    size = abs(num)
    whole = size // den
    up = _goes_up(whole, size - whole * den, den, mode)
    return np.asarray(np.where(num < 0, -1, 1) * (whole + up))


def _goes_up(whole: Whole, rest: Whole, den: int | Whole, mode: str) -> Whole:
    """Say where the absolute value is rounded up."""
    if mode == "down":
        return np.zeros(1, dtype=np.int64)
    if mode == "up":
        return np.asarray(rest > 0).astype(np.int64)
    twice = 2 * rest
    if mode == "half_up":
        return np.asarray(twice >= den).astype(np.int64)
    return np.asarray((twice > den) | ((twice == den) & (whole % 2 == 1))).astype(np.int64)
