"""The fast lane: whole chunks of plain trades through preallocated buffers.

It serves the usual case: owner sets of the day with their own shares, at most three owners, proportional charges,
nothing negative. It gives what the general path gives, number by number; whatever it cannot serve goes there. One
16-byte record a calendar row holds the lines and the pattern of weights, so a trade costs two gathers for all that is
known of its client. Small patterns are split by a table of remainders: with base W, split(A*W + b) = A*w + split(b);
others by ranks.
"""

import numpy as np

from clientmgr.commission.arith import split_floor, split_odd
from clientmgr.commission.charges import Charges, Ticket
from clientmgr.commission.shares import Recipes
from clientmgr.ownership.packing import dense_codes
from clientmgr.tables import AnyArray, Codes, Int64

__all__ = ["LANES", "Lane"]

LANES = 3
TABLE_LIMIT = 1 << 18
BASE_LIMIT = 1 << 31


class Lane:
    """Recipes of at most three lines by calendar row, and the buffers that chunks go through."""

    def __init__(self, by_row: Codes, recipes: Recipes, size: int) -> None:
        """Lay out one record a calendar row: three lines and the number of the pattern, negative for no recipe."""
        place = np.arange(len(recipes.line))
        place += np.repeat(np.arange(len(recipes)) * LANES - recipes.start[:-1], recipes.size)
        weight = np.zeros((len(recipes), LANES), np.int64)
        weight.reshape(-1)[place] = recipes.weight
        self.weight: Int64
        self.base: Int64
        pattern, self.weight, self.base = _patterns(weight, recipes.base)
        record = np.zeros((len(recipes) + 2, LANES + 1), np.int32)
        # A record is one column wider than a row of weights: the place moves on by one a recipe.
        record.reshape(-1)[place + np.repeat(np.arange(len(recipes)), recipes.size)] = recipes.line
        record[:-2, LANES] = pattern
        # The last two stand for the negative answers: -1 and -2 wrap around to them.
        record[-2:] = 0
        record[-1, LANES], record[-2, LANES] = -1, -2
        self.record: Codes = record[by_row]
        self.table: Int64 | None = _table(self.weight, self.base)
        self.offset: Int64 = np.cumsum(self.base) - self.base
        one = len(self.base) and (self.base == self.base[0]).all()
        self.common: int = int(self.base[0]) if one else 0
        self.found: Codes = np.empty((size, LANES + 1), np.int32)
        self.longs: Int64 = np.empty((8, size), np.int64)
        self.shares: Int64 = np.empty((LANES, size), np.int64)
        self.charges: list[Int64] = []

    @staticmethod
    def serves(recipes: Recipes) -> bool:
        """Say whether all recipes are short enough."""
        if not len(recipes):
            return False
        return int(recipes.size.max()) <= LANES and int(recipes.base.max()) < BASE_LIMIT

    def find(self, row: AnyArray) -> AnyArray:
        """Gather the records of some calendar rows: (n, 4), three lines and the pattern."""
        found = self.found[: len(row)]
        self.record.take(row, axis=0, mode="clip", out=found)
        return found

    def charge(self, charges: Charges, ticket: Ticket) -> tuple[list[Int64], Int64] | None:
        """Take the deductions off where each is one rate of something not negative; None where they are not.

        Returns:
            The lines and the net, in buffers that the next call overwrites.
        """
        if not len(ticket.day):
            return None
        low, high = int(ticket.day.min()), int(ticket.day.max())
        net = self._buffer(0, len(ticket.day))
        np.copyto(net, ticket.commission)
        lines: list[Int64] = []
        for line, table in charges.pairs:
            rate = table.simple(line, low, high)
            if rate is None:
                return None
            base = ticket.base(rate.on, net)
            amount = self._buffer(len(lines) + 1, len(base))
            if int(base.min()) < 0 or not rate.apply(base, amount):
                return None
            net -= amount
            lines.append(amount)
        if charges.plan.below_charges == "zero":
            # Nothing that comes this way has charges above its commission: the house bears none.
            lines.append(np.zeros(len(net), np.int64))
        return lines, net

    def _buffer(self, number: int, rows: int) -> Int64:
        """Give one of the buffers for charges."""
        while len(self.charges) <= number:
            self.charges.append(np.empty(self.shares.shape[1], np.int64))
        return self.charges[number][:rows]

    def split(self, net: Int64, pattern: AnyArray) -> Int64:
        """Split non-negative amounts by patterns; (3, n) in a buffer that the next call overwrites."""
        n = len(net)
        out = self.shares[:, :n]
        if self.table is None:
            return self._split_by_rank(net, pattern, out)
        whole, rest, key = self.longs[0, :n], self.longs[1, :n], self.longs[2, :n]
        key[:] = pattern
        base: int | Int64 = self.common
        if not self.common:
            base = self.base.take(key, mode="clip", out=self.longs[3, :n])
        np.floor_divide(net, base, out=whole)
        np.multiply(whole, base, out=rest)
        np.subtract(net, rest, out=rest)
        rest += self.offset.take(key, mode="clip", out=self.longs[4, :n])
        part = self.longs[5, :n]
        for j in range(LANES):
            self.weight[j].take(key, mode="clip", out=part)
            part *= whole
            self.table[j].take(rest, mode="clip", out=out[j])
            out[j] += part
        return out

    def _split_by_rank(self, net: Int64, pattern: AnyArray, out: Int64) -> Int64:
        """Split by divisions and ranks, for any weights."""
        n = len(net)
        whole, rest, left, base, weight = (self.longs[i, :n] for i in range(5))
        remainder = [self.longs[5 + j, :n] for j in range(LANES)]
        self.base.take(pattern, mode="clip", out=base)
        np.floor_divide(net, base, out=whole)
        np.multiply(whole, base, out=rest)
        np.subtract(net, rest, out=rest)
        np.copyto(left, net)
        for j in range(LANES):
            self.weight[j].take(pattern, mode="clip", out=weight)
            np.multiply(rest, weight, out=remainder[j])
            np.floor_divide(remainder[j], base, out=out[j])
            whole_part = weight * whole
            np.multiply(out[j], base, out=weight)
            remainder[j] -= weight
            out[j] += whole_part
            left -= out[j]
        first, second, third = remainder
        rank = np.empty(n, np.int8)
        for j, (a, b) in enumerate(
            (
                (second > first, third > first),
                (first >= second, third > second),
                (first >= third, second >= third),
            )
        ):
            np.add(a, b, out=rank, dtype=np.int8)
            out[j] += rank < left
        return out


def _patterns(weight: Int64, base: Int64) -> tuple[Int64, Int64, Int64]:
    """Find the distinct rows of weights: each row's pattern, the weights (3, patterns), their bases."""
    number = np.zeros(len(weight), np.int64)
    for column in weight.T:
        code, many = dense_codes([column])
        number, _ = dense_codes([number * max(many, 1) + code])
    first = np.zeros(int(number.max()) + 1, np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, np.ascontiguousarray(weight[first].T), base[first]


def _table(weight: Int64, base: Int64) -> Int64 | None:
    """Split every amount below the base, pattern by pattern; None where that would be too many."""
    if int(base.max()) > TABLE_LIMIT or int(base.sum()) > TABLE_LIMIT:
        return None
    start = np.cumsum(base) - base
    amount = np.arange(int(base.sum())) - np.repeat(start, base)
    floor, remainder, left = split_floor(amount, np.repeat(weight, base, axis=1), np.repeat(base, base))
    return floor + split_odd(remainder, left)
