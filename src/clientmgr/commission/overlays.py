"""Credits on top of what is conserved: each a rate of the net commission, rounded on its own."""

from collections.abc import Iterable
from fractions import Fraction

import attrs
import numpy as np

from clientmgr.commission.arith import scale
from clientmgr.tables import AnyArray, Codes, Int64

__all__ = ["Overlays", "overlay_amounts"]


@attrs.frozen(eq=False)
class Overlays:
    """Lists of rates in rows: recipe `r` has the entries `start[r]:start[r + 1]`.

    Attributes:
        start: int64 (recipes + 1).
        line: int32, the line that an entry is credited to.
        rate: int32, the place of its rate in `rates`.
        rates: the distinct rates.
    """

    start: Int64
    line: Codes
    rate: Codes
    rates: tuple[Fraction, ...]

    @classmethod
    def empty(cls) -> "Overlays":
        """Make a book without recipes."""
        none = np.empty(0, np.int32)
        return cls(np.zeros(1, np.int64), none, none, ())

    @classmethod
    def of(cls, lists: Iterable[list[tuple[int, Fraction]]]) -> "Overlays":
        """Lay out the (line, rate) pairs of some recipes."""
        every = list(lists)
        pairs = [pair for each in every for pair in each]
        rates = tuple(dict.fromkeys(rate for _, rate in pairs))
        place = {rate: i for i, rate in enumerate(rates)}
        start = np.concatenate([[0], np.cumsum([len(each) for each in every], dtype=np.int64)])
        line = np.array([line for line, _ in pairs], np.int32)
        return cls(start, line, np.array([place[rate] for _, rate in pairs], np.int32), rates)

    def added(self, other: "Overlays") -> "Overlays":
        """Give these lists and others behind them."""
        rates = tuple(dict.fromkeys(self.rates + other.rates))
        place = np.array([rates.index(rate) for rate in other.rates] or [0], np.int32)
        return Overlays(
            np.concatenate([self.start, other.start[1:] + self.start[-1]]),
            np.concatenate([self.line, other.line]),
            np.concatenate([self.rate, place[other.rate]]),
            rates,
        )


def overlay_amounts(net: Int64, recipe: AnyArray, overlays: Overlays) -> tuple[Int64, AnyArray, Int64]:
    """Work out the overlays of some trades, each rounded half up on the absolute amount.

    Returns:
        For each overlay credit the trade's place, the line, and the amount.
    """
    start = overlays.start[recipe]
    size = overlays.start[recipe + 1] - start
    which = np.repeat(np.arange(len(net)), size)
    end = np.cumsum(size)
    entry = np.arange(len(which)) + (start - (end - size))[which]
    amount = np.empty(len(which), np.int64)
    rate = overlays.rate[entry]
    for each in np.flatnonzero(np.bincount(rate)).tolist():
        rows = rate == each
        exact = overlays.rates[each]
        amount[rows] = scale(net[which[rows]], exact.numerator, exact.denominator, "half_up")
    return which, overlays.line[entry], amount
