"""Columns of exact numbers: whole numerators over one denominator, or over one a row.

Numerators are int64 while every product is sure to fit, and Python ints where it is not; so
nothing overflows and nothing is approximate.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np

from clientmgr.tables import AnyArray, Flags, Int64, ReadOnly, freeze

__all__ = ["Exact", "Rounding", "Whole", "gather", "round_sums", "round_whole"]

LIMIT = 1 << 62
HALF = 0.5
# Far above what the floats of a row can be wrong by, far below what tells rows apart.
GUARD = 1e-9

Rounding = Literal["half_up", "half_even", "down"]
Whole = AnyArray | int


@attrs.frozen(eq=False, slots=False)
class Exact(ReadOnly):
    """Exact numbers, one a row (or one for all rows where both parts are ints).

    Attributes:
        num: numerators, int64 or Python ints.
        den: positive denominators, one for all rows or one a row.
    """

    num: Whole
    den: Whole = 1

    def __add__(self, other: "Exact | Fraction | int") -> "Exact":
        """Add, exactly."""
        that = _exact(other)
        if _same(self.den, that.den):
            return Exact(plus(self.num, that.num), self.den)
        base = _lcm(self.den, that.den)
        mine = times(self.num, base // self.den)
        return Exact(plus(mine, times(that.num, base // that.den)), base)

    def __sub__(self, other: "Exact | Fraction | int") -> "Exact":
        """Subtract, exactly."""
        return self + _exact(other) * -1

    def __mul__(self, other: "Exact | Fraction | int") -> "Exact":
        """Multiply, exactly."""
        that = _exact(other)
        return Exact(times(self.num, that.num), times(self.den, that.den)).reduced()

    def over(self, other: "Exact | Fraction | int") -> "Exact":
        """Divide by what is nowhere zero, exactly."""
        that = _exact(other)
        sign = np.sign(that.num) if isinstance(that.num, np.ndarray) else (that.num > 0) * 2 - 1
        above = times(times(self.num, that.den), sign)
        return Exact(above, times(self.den, times(that.num, sign))).reduced()

    def least(self, other: "Exact | Fraction | int") -> "Exact":
        """Take the smaller number of each row."""
        return self.where(self.compared(other) <= 0, other)

    def greatest(self, other: "Exact | Fraction | int") -> "Exact":
        """Take the larger number of each row."""
        return self.where(self.compared(other) >= 0, other)

    def where(self, keep: Any, other: "Exact | Fraction | int") -> "Exact":
        """Keep the marked rows and take the others from elsewhere."""
        that = _exact(other)
        base = _lcm(self.den, that.den)
        mine, its = times(self.num, base // self.den), times(that.num, base // that.den)
        return Exact(_choose(np.asarray(keep), mine, its), base)

    def compared(self, other: "Exact | Fraction | int") -> Any:
        """Give -1, 0 or 1 where the number is below, equal to or above the other."""
        that = _exact(other)
        left, right = times(self.num, that.den), times(that.num, self.den)
        return np.asarray(left > right, np.int8) - np.asarray(left < right, np.int8)

    def reduced(self) -> "Exact":
        """Divide numerators and a common denominator by what they share."""
        if not isinstance(self.den, int) or self.den == 1:
            return self
        shared = _gcd_of(self.num, self.den)
        return self if shared == 1 else Exact(narrow(over(self.num, shared)), self.den // shared)

    def frozen(self) -> "Exact":
        """Make the arrays read-only."""
        for array in (self.num, self.den):
            if isinstance(array, np.ndarray):
                freeze(array)
        return self

    def spread(self, rows: int) -> "Exact":
        """Give one number to each of some rows."""
        if isinstance(self.num, np.ndarray):
            return self
        return Exact(_array(self.num, rows), self.den)

    def at(self, row: int) -> Fraction:
        """Give the number of one row."""
        num = self.num[row] if isinstance(self.num, np.ndarray) else self.num
        den = self.den[row] if isinstance(self.den, np.ndarray) else self.den
        return Fraction(int(num), int(den))

    def floats(self) -> Any:
        """Give the nearest floats, for reports."""
        return np.asarray(self.num / np.asarray(self.den), np.float64)


def times(a: Whole, b: Whole) -> Whole:
    """Multiply whole numbers; Python ints take over where int64 could overflow."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    fits = _top(a) * _top(b) < LIMIT
    product: AnyArray = _as(a, fits=fits) * _as(b, fits=fits)
    return product


def plus(a: Whole, b: Whole) -> Whole:
    """Add whole numbers; Python ints take over where int64 could overflow."""
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    fits = _top(a) + _top(b) < LIMIT
    total: AnyArray = _as(a, fits=fits) + _as(b, fits=fits)
    return total


def over(a: Whole, b: Whole) -> Any:
    """Divide whole numbers downward; Python ints take over where the divisor leaves int64."""
    fits = max(_top(a), _top(b)) < LIMIT
    return _as(a, fits=fits) // _as(b, fits=fits)


def narrow(a: Whole) -> Whole:
    """Bring Python ints that fit back into int64."""
    if isinstance(a, int) or a.dtype.kind != "O" or _top(a) >= LIMIT:
        return a
    return a.astype(np.int64)


def gather(constants: Sequence[int], index: Int64) -> Whole:
    """Take a constant for each row: int64 where all of them fit."""
    fits = max((abs(value) for value in constants), default=0) < LIMIT
    return np.array(constants, np.int64 if fits else object)[index]


def round_sums(parts: Sequence[Exact], rows: int, scale: int, rounding: Rounding) -> tuple[Int64, Int64]:
    """Round the sum of some columns once, and split what it gives among them.

    Returns:
        (rows) the sums x scale as whole numbers; (rows, columns) whole numbers that add up to
        them: each part is cut downward, and the units left go to the largest remainders, equal
        ones to the earlier column (largest remainder, also for parts below zero).
    """
    wide = [part.spread(rows) for part in parts]
    base = _small_base(wide, scale)
    if base is None:
        return _round_guided(wide, scale, rounding)
    numerators = np.column_stack([part.num * (base // part.den * scale) for part in wide])
    return _round_over(numerators, base, rounding)


def _small_base(parts: Sequence[Exact], scale: int) -> int | None:
    """Find the common base of the columns if everything over it stays far inside int64."""
    base = 1
    for part in parts:
        if not isinstance(part.den, int):
            return None
        base = math.lcm(base, part.den)
    size = sum(_top(part.num) * (base // int(part.den)) for part in parts)
    return base if max(size * scale, base) * 4 < LIMIT else None


def _round_over(numerators: AnyArray, base: int, rounding: Rounding) -> tuple[Int64, Int64]:
    """Round and split numerators over one base, exactly."""
    units = round_whole(numerators.sum(axis=1), base, rounding)
    floors = numerators // base
    return units, _hand_out(floors, numerators - floors * base, units)


def _round_guided(parts: Sequence[Exact], scale: int, rounding: Rounding) -> tuple[Int64, Int64]:
    """Round and split by floats where they are sure, and by fractions in the rows where not."""
    scaled = [times(part.num, scale) for part in parts]
    floors = [over(num, part.den) for num, part in zip(scaled, parts, strict=True)]
    rests = np.column_stack(
        [
            (num - times(floor, part.den)) / np.asarray(part.den)
            for num, floor, part in zip(scaled, floors, parts, strict=True)
        ]
    ).astype(np.float64)
    whole = np.column_stack([narrow(floor) for floor in floors]).astype(np.int64)
    rest = rests.sum(axis=1)
    lower = np.floor(rest + (0 if rounding == "down" else HALF))
    edge = rest - lower if rounding == "down" else rest - lower + HALF
    unsure = np.minimum(edge, 1 - edge) < GUARD
    units = whole.sum(axis=1) + lower.astype(np.int64)
    if rounding == "down":
        unsure |= units < 0
    ordered = np.sort(rests, axis=1)
    close = np.diff(ordered, axis=1) < GUARD
    # Remainders that are all zero are exact, and their order is that of the columns.
    unsure |= (close & (ordered[:, 1:] > 0)).any(axis=1)
    printed = _hand_out(whole, rests, units)
    for row in np.flatnonzero(unsure).tolist():
        units[row], printed[row] = _by_fractions([p.at(row) * scale for p in parts], rounding)
    return units, printed


def _by_fractions(parts: list[Fraction], rounding: Rounding) -> tuple[int, Int64]:
    """Round and split one row, exactly."""
    total = sum(parts, Fraction(0))
    unit = int(round_whole(np.array([total.numerator], object), total.denominator, rounding)[0])
    floors = [part.numerator // part.denominator for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda k: (floors[k] - parts[k], k))
    for k in by_rest[: unit - sum(floors)]:
        floors[k] += 1
    return unit, np.array(floors, np.int64)


def _hand_out(floors: Int64, rests: AnyArray, totals: Int64) -> Int64:
    """Give the units that are left of each row to the largest remainders, ties to the earlier."""
    left = totals - floors.sum(axis=1)
    order = np.argsort(-rests, axis=1, kind="stable")
    rank = np.empty(order.shape, np.int64)
    np.put_along_axis(rank, order, np.arange(order.shape[1])[None, :], axis=1)
    shares: Int64 = floors + (rank < left[:, None])
    return shares


def round_whole(num: Whole, den: Whole, rounding: Rounding) -> Any:
    """Round num / den to whole numbers: halves away from zero, to the even one, or cut off."""
    size = np.abs(np.asarray(num))
    if rounding == "down":
        whole = over(size, den)
    else:
        whole = plus(times(size, 2), den) // times(den, 2)
        if rounding == "half_even":
            tied = plus(times(size, 2), den) % times(den, 2) == 0
            whole = whole - (tied & (whole % 2 == 1))
    return np.where(np.asarray(num) < 0, -whole, whole).astype(np.int64)


def _exact(number: "Exact | Fraction | int") -> Exact:
    """See a plain number as a column."""
    if isinstance(number, Exact):
        return number
    whole = Fraction(number)
    return Exact(whole.numerator, whole.denominator)


def _same(a: Whole, b: Whole) -> bool:
    """Say whether two denominators are the very same."""
    return a is b or (isinstance(a, int) and isinstance(b, int) and a == b)


def _lcm(a: Whole, b: Whole) -> Whole:
    """Find the least common multiple, of numbers or row by row."""
    if isinstance(a, int) and isinstance(b, int):
        return math.lcm(a, b)
    fits = _top(a) * _top(b) < LIMIT
    found: AnyArray = np.lcm(_as(a, fits=fits), _as(b, fits=fits))
    return narrow(found)


def _gcd_of(num: Whole, den: int) -> int:
    """Find what all numerators and the denominator share."""
    if isinstance(num, int):
        return math.gcd(num, den)
    if num.dtype.kind != "O":
        return math.gcd(int(np.gcd.reduce(num)) if len(num) else 0, den)
    shared = den
    for value in num.tolist():
        shared = math.gcd(shared, value)
        if shared == 1:
            break
    return shared


def _top(a: Whole) -> int:
    """Bound the absolute value of whole numbers, at least 1."""
    if isinstance(a, int):
        return max(abs(a), 1)
    return max(1, int(a.max()), -int(a.min())) if a.size else 1


def _as(a: Whole, *, fits: bool) -> Any:
    """Give whole numbers as int64, or as Python ints where that would not be safe."""
    if isinstance(a, int):
        return a
    return a.astype(np.int64 if fits else object, copy=False)


def _array(value: int, rows: int) -> AnyArray:
    """Repeat one whole number."""
    if abs(value) < LIMIT:
        return np.full(rows, value, np.int64)
    made = np.empty(rows, object)
    made[:] = value
    return made


def _choose(keep: Flags, mine: Whole, its: Whole) -> AnyArray:
    """Choose between whole numbers row by row, without turning large ones into floats."""
    fits = max(_top(mine), _top(its)) < LIMIT
    left, right = (np.asarray(_as(a, fits=fits), None if fits else object) for a in (mine, its))
    return np.where(keep, left, right)
