"""`Exact`: a column of exact numbers: int64 numerators over one denominator, or over one for each row.

Every column carries bounds on its numerators and denominators. An operation whose bound would pass 2^62 first reduces
its operands by their common divisors, then promotes them to Python integers; so nothing overflows, and nothing is
approximate. Rounding brings a promoted column back.
"""

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from clientmgr.formula.numbers import AnyIndex, Bools, Ints, Numbers, reached
from clientmgr.formula.quotients import divided

__all__ = ["LIMIT", "Exact"]

LIMIT = 1 << 62
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
Whole = NDArray[Any]  # int64, or Python integers


@final
class Exact(Numbers):
    """Numerators `num` over `den`: a Python integer for all rows, or an array with one for each.

    `top` bounds the absolute numerators, `low` the denominators.

    Example:
        >>> import numpy as np
        >>> from fractions import Fraction
        >>> from clientmgr.formula.exact import Exact
        >>> pay = Exact.of_integers(np.array([100_00, 250_00]), 100)
        >>> pay.times(Exact.constant(Fraction(1, 3))).value(0)
        Fraction(100, 3)
    """

    __slots__ = ("den", "low", "num", "top")

    def __init__(self, num: Whole, den: int | Whole, top: int, low: int) -> None:
        """Keep numerators, denominators and their bounds."""
        if not isinstance(den, int) and len(den) == 1:
            # One denominator is common, to however many rows.
            den = low = int(den[0])
        self.num: Whole = num
        self.den: int | Whole = den
        self.top: int = top or 1
        self.low: int = low

    @classmethod
    def constant(cls, value: Fraction) -> Self:
        """Make a column of one row."""
        top = abs(value.numerator)
        num = np.array([value.numerator], dtype=np.int64 if top < LIMIT else object)
        return cls(num, value.denominator, top, value.denominator)

    @classmethod
    def of_integers(cls, values: Whole, denominator: int = 1) -> Self:
        """Make a column of integers over a common denominator."""
        return cls._settled(values, denominator)

    @classmethod
    def of_fractions(cls, values: Sequence[Fraction]) -> Self:
        """Make a column of fractions, over a common denominator where that is small."""
        dens = {value.denominator for value in values}
        den = math.lcm(*dens) if dens else 1
        if den < LIMIT:
            nums = [value.numerator * (den // value.denominator) for value in values]
            return cls._settled(np.array(nums, dtype=object), den)
        nums = [value.numerator for value in values]
        each = np.array([value.denominator for value in values], dtype=object)
        return cls._settled(np.array(nums, dtype=object), each)

    @classmethod
    def _settled(cls, num: Whole, den: int | Whole) -> Self:
        """Find the true bounds, and use int64 wherever they allow it."""
        top = _top(num)
        if num.dtype == object and top < LIMIT:
            num = num.astype(np.int64)
        if isinstance(den, int):
            return cls(num, den, top, den)
        low = _top(den)
        if den.dtype == object and low < LIMIT:
            den = den.astype(np.int64)
        return cls(*_same_width(num, den), top, low)

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """Put columns behind one another."""
        first, *others = parts
        if not others:
            return first
        if len({part.den if isinstance(part.den, int) else -1 for part in parts} | {first.low}) == 1:
            num = np.concatenate([part.num for part in parts])
            return cls(num, first.den, max(part.top for part in parts), first.low)
        whole = [part.den for part in parts if isinstance(part.den, int)]
        common = math.lcm(*whole)
        if len(whole) == len(parts) and all(part.top * (common // part.low) < LIMIT for part in parts):
            return cls.concat([part.rescaled(common) for part in parts])
        dens = [np.full(len(part), part.den, dtype=object) for part in parts]
        return cls._settled(np.concatenate([part.num for part in parts]), np.concatenate(dens))

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.num)

    # Bounds.

    @property
    def wide(self) -> bool:
        """Say whether the numerators are Python integers."""
        return self.num.dtype == object

    def tight(self) -> "Exact":
        """Reduce by common divisors, and find the true bounds."""
        if isinstance(self.den, int):
            common = math.gcd(int(np.gcd.reduce(self.num)), self.den) if len(self) else self.den
            return Exact._settled(self.num // common, self.den // common)
        each = np.gcd(self.num, self.den)
        den = self.den // each
        first = int(den[0]) if len(den) else 1
        return Exact._settled(self.num // each, first if (den == first).all() else den)

    def promoted(self) -> "Exact":
        """Use Python integers."""
        den = self.den if isinstance(self.den, int) else self.den.astype(object)
        return Exact(self.num.astype(object), den, self.top, self.low)

    def rescaled(self, den: int) -> "Exact":
        """Write over a common denominator that is a multiple of the present one."""
        factor = den // self.low
        return Exact(self.num * factor if factor > 1 else self.num, den, self.top * factor, den)

    def by_row(self) -> "Exact":
        """Write with one denominator for each row."""
        if not isinstance(self.den, int):
            return self
        kind = object if self.wide or self.den >= LIMIT else np.int64
        den = np.full(len(self), self.den, dtype=kind)
        return Exact(*_same_width(self.num, den), self.top, self.den)

    # Arithmetic.

    def plus(self, other: "Exact") -> "Exact":
        """Add."""
        a, b, den, low, tops = _aligned(self, other)
        return Exact(a + b, den, sum(tops), low)

    def less(self, other: "Exact") -> "Exact":
        """Subtract."""
        a, b, den, low, tops = _aligned(self, other)
        return Exact(a - b, den, sum(tops), low)

    def times(self, other: "Exact") -> "Exact":
        """Multiply."""
        a, b = _with_room(self, other, _product_bound)
        return Exact(a.num * b.num, a.den * b.den, a.top * b.top, a.low * b.low)

    def over(self, other: "Exact") -> tuple["Exact", Bools]:
        """Divide, and say where the divisor is zero; there the quotient is 0."""
        zero: Bools = other.num == 0
        if len(other) == 1 and not zero[0]:
            return self.times(Exact.constant(1 / other.value(0))), zero
        a, b = self, other
        if isinstance(a.den, int) and isinstance(b.den, int):
            common = math.gcd(a.den, b.den)
            a = Exact(a.num, a.den // common, a.top, a.low // common)
            b = Exact(b.num, b.den // common, b.top, b.low // common)
        product = a.times(b.inverted())
        return (product.where(~zero, Exact.constant(Fraction(0))) if zero.any() else product), zero

    def inverted(self) -> "Exact":
        """Turn numerators and denominators round; zeros must be left out by the caller."""
        if isinstance(self.den, int) and not self.wide and self.den >= LIMIT:
            return self.promoted().inverted()
        sign = np.where(self.num < 0, -1, 1).astype(self.num.dtype)
        return Exact(sign * self.den, np.where(self.num == 0, 1, abs(self.num)), self.low, self.top)

    def compare(self, op: str, other: "Exact") -> Bools:
        """Compare row by row."""
        a, b, *_ = _aligned(self, other)
        result: Bools = np.asarray(COMPARISONS[op](a, b), dtype=np.bool_)
        return result

    def exceeds(self, other: "Exact") -> Bools:
        """Say where this is larger."""
        return self.compare(">", other)

    def smaller(self, other: "Exact") -> "Exact":
        """Take the smaller of both, row by row."""
        return self._picked(np.minimum, "<=", other)

    def larger(self, other: "Exact") -> "Exact":
        """Take the larger of both, row by row."""
        return self._picked(np.maximum, ">=", other)

    def _picked(self, pick: Any, op: str, other: "Exact") -> "Exact":
        """Take one of both, row by row."""
        if isinstance(self.den, int) and isinstance(other.den, int):
            a, b, den, low, tops = _aligned(self, other)
            return Exact(pick(a, b), den, max(tops), low)
        return self.where(self.compare(op, other), other)

    def where(self, mask: Bools, other: "Exact") -> "Exact":
        """Take this where the mask says yes, else the other."""
        if isinstance(self.den, int) and isinstance(other.den, int):
            common = math.lcm(self.den, other.den)
            room = max(self.top * (common // self.den), other.top * (common // other.den))
            if room < LIMIT or self.wide or other.wide:
                wide = room >= LIMIT
                a = (self.promoted() if wide else self).rescaled(common)
                b = (other.promoted() if wide else other).rescaled(common)
                return Exact(np.where(mask, a.num, b.num), common, max(a.top, b.top), common)
        a, b = self.by_row(), other.by_row()
        num, den = np.where(mask, a.num, b.num), np.where(mask, a.den, b.den)
        return Exact(*_same_width(num, den), max(a.top, b.top), max(a.low, b.low))

    def rounded(self, to: Fraction, mode: str) -> "Exact":
        """Round to multiples of `to`."""
        # x / to = num * (1 / to) / den, and the quotient counts the multiples.
        up, down = to.denominator, to.numerator
        if isinstance(self.den, int):
            ratio = Fraction(up, down * self.den)
            up, step = ratio.numerator, ratio.denominator
            column = self
            if self.top * up >= LIMIT or step >= LIMIT // 2:
                column = self.promoted()
            count = divided(column.num * up if up > 1 else column.num, step, mode)
        else:
            column = self if self.has_room(up, down) else self.tight()
            column = column if column.wide or column.has_room(up, down) else column.promoted()
            count = divided(column.num * up, np.asarray(column.den) * down, mode)
        result = Exact._settled(count, to.denominator)
        return result if down == 1 else result.times(Exact.constant(Fraction(down)))

    def has_room(self, up: int, down: int) -> bool:
        """Say whether numerators and twice the denominators stay within int64 when multiplied."""
        return self.top * up < LIMIT and 2 * self.low * down < LIMIT

    # Rows.

    def take(self, index: AnyIndex) -> "Exact":
        """Take some rows."""
        den = self.den if isinstance(self.den, int) else self.den[index]
        return Exact(self.num[index], den, self.top, self.low)

    def steps(self, edges: tuple[Fraction, ...], side: str) -> Ints:
        """Say in which step each row lies: how many edges it has reached (`below`) or passed (`upto`)."""
        if isinstance(self.den, int):
            if side == "below":
                limits = [math.ceil(edge * self.den) for edge in edges]
            else:
                limits = [math.floor(edge * self.den) for edge in edges]
            return _searched(self.num, limits, side)
        count = np.zeros(len(self), dtype=np.int64)
        for edge in edges:
            count += self.compare(">=" if side == "below" else ">", Exact.constant(edge))
        return count

    def table(self, rows: Ints, values: tuple[Fraction, ...]) -> "Exact":
        """Look constants up by row number."""
        constants = Exact.of_fractions(values)
        return constants.take(rows)

    def group_sums(self, groups: Ints, count: int) -> "Exact":
        """Add up by group."""
        column = self.tight() if not isinstance(self.den, int) else self
        if not isinstance(column.den, int):
            return _slow_sums(column, groups, count)
        top = column.top * max(len(groups), 1)
        if top >= LIMIT:
            column = column.tight()
            top = column.top * max(len(groups), 1)
        if top >= LIMIT and not column.wide:
            column = column.promoted()
        sums: Whole = np.zeros(count, dtype=column.num.dtype)
        np.add.at(sums, groups, np.broadcast_to(column.num, groups.shape))
        return Exact._settled(sums, int(column.low))

    def order(self) -> Ints:
        """Give each row the rank of its value from 0; equal values share one."""
        keys = self.num
        if not isinstance(self.den, int):
            # Two fractions over denominators up to D are at least 1 / D^2 apart, or equal.
            shift = 2 * int(_top(self.den)).bit_length()
            keys = (self.num.astype(object) << shift) // self.den
        return np.unique(keys, return_inverse=True)[1].reshape(-1).astype(np.int64)

    def value(self, row: int) -> Fraction:
        """Give one row as a fraction."""
        row = row if len(self) > 1 else 0
        den = self.den if isinstance(self.den, int) else int(self.den[row])
        return Fraction(int(self.num[row]), den)

    def floats(self) -> NDArray[np.float64]:
        """Give the rows as floats, each the nearest to the exact quotient of the nearest floats."""
        if self.wide or not isinstance(self.den, int) or self.den >= 1 << 53:
            return np.array([float(self.value(i)) for i in range(len(self))], dtype=np.float64)
        return self.num / self.den


def _top(whole: Whole) -> int:
    """Find the largest absolute value."""
    return max(int(whole.max()), -int(whole.min())) if len(whole) else 0


def _same_width(num: Whole, den: Whole) -> tuple[Whole, Whole]:
    """Keep numerators and denominators by row in one type."""
    if num.dtype == den.dtype:
        return num, den
    return num.astype(object), den.astype(object)


def _product_bound(a: Exact, b: Exact) -> int:
    """Bound what a product holds in arrays; a common denominator is a Python integer and needs no room."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        return a.top * b.top
    return max(a.top * b.top, a.low * b.low)


def _sum_bound(a: Exact, b: Exact) -> int:
    """Bound what a sum holds in arrays."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        common = math.lcm(a.den, b.den)
        return 2 * max(a.top * (common // a.den), b.top * (common // b.den))
    return max(2 * max(a.top * b.low, b.top * a.low), a.low * b.low)


def _with_room(a: Exact, b: Exact, bound: Callable[[Exact, Exact], int]) -> tuple[Exact, Exact]:
    """Reduce, then promote, until an operation's bound fits."""
    if not (a.wide or b.wide):
        if bound(a, b) < LIMIT:
            return a, b
        a, b = a.tight(), b.tight()
        if bound(a, b) < LIMIT:
            return a, b
    return a if a.wide else a.promoted(), b if b.wide else b.promoted()


def _aligned(a: Exact, b: Exact) -> tuple[Whole, Whole, int | Whole, int, tuple[int, int]]:
    """Bring two columns over one denominator: both numerators, it and its bound, the numerators' bounds."""
    if isinstance(a.den, int) and isinstance(b.den, int) and a.den == b.den and a.top + b.top < LIMIT:
        return a.num, b.num, a.den, a.low, (a.top, b.top)
    a, b = _with_room(a, b, _sum_bound)
    if isinstance(a.den, int) and isinstance(b.den, int):
        common = math.lcm(a.den, b.den)
        a, b = a.rescaled(common), b.rescaled(common)
        return a.num, b.num, common, common, (a.top, b.top)
    tops = (a.top * b.low, b.top * a.low)
    return a.num * b.den, b.num * a.den, a.den * b.den, a.low * b.low, tops


def _searched(num: Whole, limits: list[int], side: str) -> Ints:
    """Find each numerator among whole limits."""
    if num.dtype == object or any(abs(limit) >= LIMIT for limit in limits):
        return reached(num.astype(object), np.array(limits, dtype=object), side)
    return reached(num, np.array(limits, dtype=np.int64), side)


def _slow_sums(column: Exact, groups: Ints, count: int) -> Exact:
    """Add fractions of different denominators up by group, one by one."""
    sums = [Fraction(0)] * count
    for row, group in enumerate(groups.tolist()):
        sums[group] += column.value(row)
    return Exact.of_fractions(sums)
