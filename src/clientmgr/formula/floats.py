"""`Floats`: the same column in float64, for simulation."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from clientmgr.formula.exact import COMPARISONS
from clientmgr.formula.numbers import AnyIndex, Bools, Ints, Numbers, reached

__all__ = ["Floats"]

# An exact tie arrives a few units of the last place beside itself; this many units of `to` are forgiven.
TIE = 1e-7
# The stated error, relative to the larger of two numbers, absolute below 1.
ERROR = 1e-9


@final
class Floats(Numbers):
    """A column of float64.

    Differs from the exact column by relative 1e-9 of the largest term, and by one rounding unit at a tie.

    Example:
        >>> from fractions import Fraction
        >>> from clientmgr.formula.floats import Floats
        >>> Floats.constant(Fraction(559125, 1000)).rounded(Fraction(1, 100), "half_up").floats().item()
        559.13
    """

    __slots__ = ("data",)

    def __init__(self, data: NDArray[np.float64]) -> None:
        """Keep the rows."""
        self.data: NDArray[np.float64] = data

    @classmethod
    def constant(cls, value: Fraction) -> "Floats":
        """Make a column of one row."""
        return cls(np.array([float(value)]))

    @classmethod
    def of_integers(cls, values: Ints, denominator: int = 1) -> "Floats":
        """Make a column of integers over a common denominator."""
        return cls(values / denominator)

    @classmethod
    def concat(cls, parts: Sequence["Floats"]) -> "Floats":
        """Put columns behind one another."""
        return cls(np.concatenate([part.data for part in parts]))

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.data)

    def plus(self, other: "Floats") -> "Floats":
        """Add."""
        return Floats(self.data + other.data)

    def less(self, other: "Floats") -> "Floats":
        """Subtract."""
        return Floats(self.data - other.data)

    def times(self, other: "Floats") -> "Floats":
        """Multiply."""
        return Floats(self.data * other.data)

    def over(self, other: "Floats") -> tuple["Floats", Bools]:
        """Divide, and say where the divisor is zero; there the quotient is 0."""
        zero: Bools = other.data == 0
        if not zero.any():
            return Floats(self.data / other.data), zero
        return Floats(np.where(zero, 0.0, self.data / np.where(zero, 1.0, other.data))), zero

    def compare(self, op: str, other: "Floats") -> Bools:
        """Compare row by row."""
        result: Bools = COMPARISONS[op](self.data, other.data)
        return result

    def exceeds(self, other: "Floats") -> Bools:
        """Say where this is larger by more than the stated error."""
        size = np.maximum(np.maximum(abs(self.data), abs(other.data)), 1.0)
        larger: Bools = self.data - other.data > ERROR * size
        return larger

    def smaller(self, other: "Floats") -> "Floats":
        """Take the smaller of both, row by row."""
        return Floats(np.minimum(self.data, other.data))

    def larger(self, other: "Floats") -> "Floats":
        """Take the larger of both, row by row."""
        return Floats(np.maximum(self.data, other.data))

    def where(self, mask: Bools, other: "Floats") -> "Floats":
        """Take this where the mask says yes, else the other."""
        return Floats(np.where(mask, self.data, other.data))

    def rounded(self, to: Fraction, mode: str) -> "Floats":
        """Round to multiples of `to`; what lies within 1e-7 units of a tie counts as the tie."""
        up = float(1 / to)
        count = self.data * up
        whole = _WHOLE[mode](count)
        return Floats(whole / up if to.numerator == 1 else whole * float(to))

    def take(self, index: AnyIndex) -> "Floats":
        """Take some rows."""
        return Floats(self.data[index])

    def steps(self, edges: tuple[Fraction, ...], side: str) -> Ints:
        """Say in which step each row lies."""
        limits = np.array([float(edge) for edge in edges])
        return reached(self.data, limits, side)

    def table(self, rows: Ints, values: tuple[Fraction, ...]) -> "Floats":
        """Look constants up by row number."""
        return Floats(np.array([float(value) for value in values])[rows])

    def group_sums(self, groups: Ints, count: int) -> "Floats":
        """Add up by group."""
        data = np.broadcast_to(self.data, groups.shape)
        return Floats(np.bincount(groups, weights=data, minlength=count).astype(np.float64))

    def order(self) -> Ints:
        """Give each row the rank of its value from 0; equal values share one."""
        return np.unique(self.data, return_inverse=True)[1].reshape(-1).astype(np.int64)

    def value(self, row: int) -> Fraction:
        """Give one row as the fraction that the float is."""
        value = float(self.data[row if len(self) > 1 else 0])
        return Fraction(value) if math.isfinite(value) else Fraction(0)

    def floats(self) -> NDArray[np.float64]:
        """Give the rows."""
        return self.data


def _half_up(count: Any) -> Any:
    """Round halves away from zero."""
    return np.copysign(np.floor(abs(count) + (0.5 + TIE)), count)


def _half_even(count: Any) -> Any:
    """Round halves to the even neighbour."""
    near = np.rint(2 * count)
    halves = np.where(abs(2 * count - near) < TIE, near, 2 * count)
    return np.rint(halves / 2)


def _down(count: Any) -> Any:
    """Round towards zero."""
    return np.copysign(np.floor(abs(count) + TIE), count)


def _up(count: Any) -> Any:
    """Round away from zero."""
    return np.copysign(np.ceil(abs(count) - TIE), count)


_WHOLE: dict[str, Callable[[Any], Any]] = {
    "half_up": _half_up,
    "half_even": _half_even,
    "down": _down,
    "up": _up,
    "floor": lambda count: np.floor(count + TIE),
    "ceil": lambda count: np.ceil(count - TIE),
}
