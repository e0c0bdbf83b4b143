"""The split kernel: net commissions shared out by recipes, exactly.

A recipe is a short list of lines with whole-number weights over a base. Trades are taken together by the number of
lines that share them. Where few patterns of weights occur, a table of all remainders replaces divisions and ranks:
with base W, split(A*W + b) = A*w + split(b).
"""

from collections.abc import Iterator
from functools import cached_property

import attrs
import numpy as np

from clientmgr.commission.arith import split_floor, split_odd
from clientmgr.ownership.packing import dense_codes
from clientmgr.tables import AnyArray, Codes, Int64

__all__ = ["Part", "Recipes", "share_out", "share_parts"]

TABLE_LIMIT = 1 << 20
BASE_LIMIT = 1 << 31


@attrs.frozen(eq=False)
class Recipes:
    """Short weighted lists in rows: recipe `r` has the entries `start[r]:start[r + 1]`, in the order of ties.

    Attributes:
        start: int64 (recipes + 1).
        line: int32, the line that an entry is credited to.
        weight: int64, over the base of its recipe.
        base: int64 (recipes), the sum of the weights.
    """

    start: Int64
    line: Codes
    weight: Int64
    base: Int64

    @classmethod
    def empty(cls) -> "Recipes":
        """Make a book without recipes."""
        none = np.empty(0, np.int64)
        return cls(np.zeros(1, np.int64), none.astype(np.int32), none, none)

    def __len__(self) -> int:
        """Count the recipes."""
        return len(self.base)

    def added(self, other: "Recipes") -> "Recipes":
        """Give these recipes and others behind them."""
        return Recipes(
            np.concatenate([self.start, other.start[1:] + self.start[-1]]),
            np.concatenate([self.line, other.line]),
            np.concatenate([self.weight, other.weight]),
            np.concatenate([self.base, other.base]),
        )

    @cached_property
    def size(self) -> Int64:
        """The number of entries of each recipe."""
        return np.diff(self.start)

    @cached_property
    def only_line(self) -> Codes:
        """The first line of each recipe, in one gather."""
        padded = np.append(self.line, np.int32(0))
        return padded[self.start[:-1]]

    @cached_property
    def tables(self) -> dict[int, "_Table"]:
        """The table of remainders for each size of recipe that has few enough patterns."""
        found = {}
        for size in np.unique(self.size[self.size > 1]).tolist():
            rows = np.flatnonzero(self.size == size)
            weight = self.weight[self.start[rows][:, None] + np.arange(size)]
            table = _Table.of(weight, rows, len(self))
            if table is not None:
                found[size] = table
        return found


@attrs.frozen(eq=False)
class Part:
    """Amounts of some trades, all shared by equally many lines.

    Attributes:
        rows: which of the trades; None stands for all.
        line: (k, n) lines.
        amount: (k, n) what each gets.
    """

    rows: Int64 | None
    line: AnyArray
    amount: Int64


def share_out(net: Int64, recipe: AnyArray, recipes: Recipes) -> Iterator[Part]:
    """Share each net commission out by its recipe; the amounts of a trade sum to its net exactly."""
    for size, rows in _by_size(recipe, recipes):
        mine, which = (net, recipe) if rows is None else (net[rows], recipe[rows])
        if size == 1:
            yield Part(rows, recipes.only_line.take(which)[None], mine[None])
            continue
        line = recipes.line[recipes.start[which] + np.arange(size)[:, None]]
        yield Part(rows, line, _split(mine, which, size, recipes))


def share_parts(net: Int64, recipe: AnyArray, recipes: Recipes) -> Iterator[tuple[Part, Int64]]:
    """Share out as `share_out` does, and tell the odd units from the floor parts.

    Each part comes with what of its amounts is the odd unit: -1, 0 or 1, with the sign of the net.
    """
    for size, rows in _by_size(recipe, recipes):
        mine, which = (net, recipe) if rows is None else (net[rows], recipe[rows])
        place = recipes.start[which] + np.arange(size)[:, None]
        floor, odd = _rank_split(mine, recipes.weight[place], recipes.base[which])
        sign = np.sign(mine)
        yield Part(rows, recipes.line[place], (floor + odd) * sign), odd * sign


def _by_size(recipe: AnyArray, recipes: Recipes) -> Iterator[tuple[int, Int64 | None]]:
    """Take the trades together by the size of their recipe."""
    if not len(recipe):
        return
    size = recipes.size.take(recipe)
    for each in np.flatnonzero(np.bincount(size)).tolist():
        rows = np.flatnonzero(size == each)
        yield each, None if len(rows) == len(size) else rows


def _split(net: Int64, recipe: AnyArray, size: int, recipes: Recipes) -> Int64:
    """Split by the table where there is one, else by ranks."""
    table = recipes.tables.get(size)
    if table is not None:
        return table.split(net, recipe)
    place = recipes.start[recipe] + np.arange(size)[:, None]
    floor, odd = _rank_split(net, recipes.weight[place], recipes.base[recipe])
    floor += odd
    if int(net.min()) < 0:
        floor *= np.sign(net)
    return floor


def _rank_split(net: Int64, weight: Int64, base: Int64) -> tuple[Int64, AnyArray]:
    """Give floor parts and odd units of the absolute amounts; wide bases go through Python integers."""
    wide = np.flatnonzero(base >= BASE_LIMIT)
    if not len(wide):
        floor, remainder, left = split_floor(net, weight, base)
        return floor, split_odd(remainder, left).astype(np.int64)
    floor = np.empty(weight.shape, np.int64)
    odd = np.empty(weight.shape, np.int64)
    narrow = np.flatnonzero(base < BASE_LIMIT)
    if len(narrow):
        floor[:, narrow], odd[:, narrow] = _rank_split(net[narrow], weight[:, narrow], base[narrow])
    for row in wide.tolist():
        floor[:, row], odd[:, row] = _split_in_python(int(net[row]), weight[:, row].tolist())
    return floor, odd


def _split_in_python(net: int, weight: list[int]) -> tuple[list[int], list[int]]:
    """Split one amount by weights of any size."""
    base = sum(weight)
    floor = [abs(net) * each // base for each in weight]
    remainder = [abs(net) * each % base for each in weight]
    left = abs(net) - sum(floor)
    first = sorted(range(len(weight)), key=lambda j: (-remainder[j], j))[:left]
    return floor, [int(j in first) for j in range(len(weight))]


@attrs.frozen(eq=False)
class _Table:
    """All splits of amounts below the base, for the few patterns of weights that occur.

    Attributes:
        common: the base of all patterns; 0 where they differ.
        base: the base of each pattern.
        offset: where the splits of each pattern begin in `share`.
        pattern: the pattern of each recipe (of one size; others hold nonsense).
        weight: (k, patterns).
        share: (k, sum of bases), the split of each amount below the base.
    """

    common: int
    base: Int64
    offset: Int64
    pattern: AnyArray
    weight: Int64
    share: Int64

    @classmethod
    def of(cls, weight: Int64, rows: Int64, recipes: int) -> "_Table | None":
        """Find the patterns of some recipes; None where a table of them would be too large."""
        patterns, number = _distinct_rows(weight)
        base = patterns.sum(axis=1)
        if float(base.astype(float).sum()) > TABLE_LIMIT:
            return None
        pattern = np.zeros(recipes, np.int64)
        pattern[rows] = number
        offset = np.cumsum(base) - base
        amount = np.arange(int(base.sum())) - np.repeat(offset, base)
        spread = np.repeat(patterns, base, axis=0).T
        floor, remainder, left = split_floor(amount, spread, np.repeat(base, base))
        same = int(base[0]) if (base == base[0]).all() else 0
        share = floor + split_odd(remainder, left)
        return cls(same, base, offset, pattern, np.ascontiguousarray(patterns.T), share)

    def split(self, net: Int64, recipe: AnyArray) -> Int64:
        """Split amounts of either sign."""
        signed = int(net.min()) < 0
        size = np.abs(net) if signed else net
        pattern = self.pattern.take(recipe)
        base = self.common or self.base.take(pattern)
        whole = size // base
        place = size - whole * base
        place += self.offset.take(pattern)
        amount = np.empty((len(self.weight), len(net)), np.int64)
        for j in range(len(self.weight)):
            self.weight[j].take(pattern, out=amount[j], mode="clip")
            amount[j] *= whole
            amount[j] += self.share[j].take(place, mode="clip")
        if signed:
            amount *= np.sign(net)
        return amount


def _distinct_rows(weight: Int64) -> tuple[Int64, Int64]:
    """Find the distinct rows of a matrix, and which of them each row is."""
    number = np.zeros(len(weight), np.int64)
    for column in weight.T:
        code, many = dense_codes([column])
        number, _ = dense_codes([number * max(many, 1) + code])
    first = np.zeros(int(number.max()) + 1, np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return weight[first], number
