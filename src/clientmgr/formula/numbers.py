"""What a column of numbers can do, whether it is exact or in floats: the same nodes run on both."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bools", "Ints", "Numbers", "reached"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyIndex = Any


# For so few edges, comparing with each is faster than searching.
FEW_EDGES = 12


def reached(values: NDArray[Any], edges: NDArray[Any], side: str) -> Ints:
    """Count for each row how many rising edges it has reached (`below`) or passed (`upto`)."""
    if len(edges) > FEW_EDGES or object in (values.dtype, edges.dtype):
        return np.searchsorted(edges, values, side="right" if side == "below" else "left")
    count = np.zeros(len(values), dtype=np.int8)
    for edge in edges:
        count += values >= edge if side == "below" else values > edge
    return count.astype(np.int64)


class Numbers(ABC):
    """A column of numbers; one row broadcasts against any number of rows."""

    __slots__ = ()

    @classmethod
    @abstractmethod
    def constant(cls, value: Fraction) -> Self:
        """Make a column of one row."""

    @classmethod
    @abstractmethod
    def of_integers(cls, values: Ints, denominator: int = 1) -> Self:
        """Make a column of integers over a common denominator."""

    @classmethod
    @abstractmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """Put columns behind one another."""

    @abstractmethod
    def __len__(self) -> int:
        """Count the rows."""

    @abstractmethod
    def plus(self, other: Self) -> Self:
        """Add."""

    @abstractmethod
    def less(self, other: Self) -> Self:
        """Subtract."""

    @abstractmethod
    def times(self, other: Self) -> Self:
        """Multiply."""

    @abstractmethod
    def over(self, other: Self) -> tuple[Self, Bools]:
        """Divide, and say where the divisor is zero; there the quotient is 0."""

    @abstractmethod
    def compare(self, op: str, other: Self) -> Bools:
        """Compare row by row by `<`, `<=`, `>`, `>=` or `=`."""

    @abstractmethod
    def exceeds(self, other: Self) -> Bools:
        """Say where this is surely larger: floats beyond their own error, exact numbers at all."""

    @abstractmethod
    def smaller(self, other: Self) -> Self:
        """Take the smaller of both, row by row."""

    @abstractmethod
    def larger(self, other: Self) -> Self:
        """Take the larger of both, row by row."""

    @abstractmethod
    def where(self, mask: Bools, other: Self) -> Self:
        """Take this where the mask says yes, else the other."""

    @abstractmethod
    def rounded(self, to: Fraction, mode: str) -> Self:
        """Round to multiples of `to`."""

    @abstractmethod
    def take(self, index: AnyIndex) -> Self:
        """Take some rows: an index array, a mask or a slice."""

    @abstractmethod
    def steps(self, edges: tuple[Fraction, ...], side: str) -> Ints:
        """Say in which step each row lies, given constant rising edges."""

    @abstractmethod
    def table(self, rows: Ints, values: tuple[Fraction, ...]) -> Self:
        """Look constants up by row number."""

    @abstractmethod
    def group_sums(self, groups: Ints, count: int) -> Self:
        """Add up by group."""

    @abstractmethod
    def order(self) -> Ints:
        """Give each row the rank of its value from 0; equal values share one."""

    @abstractmethod
    def value(self, row: int) -> Fraction:
        """Give one row as a Python number."""

    @abstractmethod
    def floats(self) -> NDArray[np.float64]:
        """Give the rows as floats."""
