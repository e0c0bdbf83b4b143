"""`Timeline`: the periods over which formulas run: their ordinal numbers, their days, their place in the year."""

from collections.abc import Sequence

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.formula.numbers import Ints
from clientmgr.periods import Period

__all__ = ["MONTHS", "Timeline", "ordinals", "window_length"]

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
WINDOW_MONTHS = {"quarter": 3, "half": 6, "year": 12, "last_year": 12}


@attrs.frozen(eq=False)
class Timeline:
    """One row for each period; days count from 1970, ordinals count periods from 1970.

    `trading_days` is -1 where it was not told.
    """

    names: tuple[str, ...]
    kind: str
    number: Ints
    ordinal: Ints
    start: Ints
    end: Ints
    trading_days: Ints

    @classmethod
    def of(cls, names: Sequence[str], numbers: Sequence[int], trading_days: Sequence[int | None]) -> "Timeline":
        """Lay periods of one length behind one another.

        Raises:
            RuleError: the periods are of different lengths, or do not rise.
        """
        periods = [Period.of(name) for name in names]
        kinds = {period.kind for period in periods}
        if len(kinds) != 1:
            raise RuleError(f"periods of different lengths: {', '.join(names)}")
        kind: str = kinds.pop()
        start = np.array([p.start for p in periods], dtype="M8[D]").astype(np.int64)
        end = np.array([p.end for p in periods], dtype="M8[D]").astype(np.int64)
        ordinal = ordinals(start, kind)
        if (np.diff(ordinal) <= 0).any():
            raise RuleError(f"periods must rise: {', '.join(names)}")
        days = np.array([-1 if n is None else n for n in trading_days], dtype=np.int64)
        number = np.array(numbers, dtype=np.int64)
        return cls(tuple(names), kind, number, ordinal, start, end, days)

    def at(self, i: int) -> "Timeline":
        """Give the timeline of one period alone."""
        one = slice(i, i + 1)
        return Timeline(
            self.names[one],
            self.kind,
            self.number[one],
            self.ordinal[one],
            self.start[one],
            self.end[one],
            self.trading_days[one],
        )

    def fact(self, what: str) -> Ints:
        """Give a fact of each period: a count, a day, or 0 and 1 for a flag."""
        if what in ("number", "start", "end", "trading_days"):
            found: Ints = getattr(self, what)
            return found
        month: Ints = self.end.astype("M8[D]").astype("M8[M]").astype(np.int64)
        if what == "year":
            year: Ints = month // 12 + 1970
            return year
        if what.endswith("_end"):
            months = MONTHS[what.removesuffix("_end")]
            return np.asarray((month + 1) % months == 0, dtype=np.int64)
        place: Ints = month % 12 // MONTHS[what] + 1
        return place


def ordinals(days: Ints, kind: str) -> Ints:
    """Number the periods in which days lie, counted from 1970."""
    months: Ints = days.astype("M8[D]").astype("M8[M]").astype(np.int64)
    return months // MONTHS[kind]


def window_length(window: str, kind: str, ordinal: int) -> tuple[int, int]:
    """Give the first and the last ordinal of a window of the calendar that this period may see."""
    size = max(WINDOW_MONTHS[window] // MONTHS[kind], 1)
    first = ordinal // size * size
    return (first - size, first - 1) if window == "last_year" else (first, ordinal)
