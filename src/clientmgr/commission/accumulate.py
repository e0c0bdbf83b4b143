"""Adding credits up by line and month, exactly, in memory that does not grow with the trades."""

from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from clientmgr.commission.lines import LineBook
from clientmgr.commission.totals import Totals, add_up
from clientmgr.commission.work import Worked
from clientmgr.errors import ConservationError
from clientmgr.tables import AnyArray, Coded, Int64

__all__ = ["MonthlySums", "Sums", "month_names", "months_of", "refuse_unless_conserved"]

SPARE = 2


@attrs.frozen(eq=False)
class Sums:
    """Amounts by line and month, the keys not yet spelled out.

    Attributes:
        lines: the key columns of all lines.
        line: the line of each amount.
        month: its month, counted from January 1970.
        amount: fen, none zero.
    """

    lines: dict[str, Coded]
    line: Int64
    month: Int64
    amount: Int64

    def by(self, keys: Iterable[str], kinds: Iterable[str] | None = None) -> Totals:
        """Add up by some keys of lines and by `month`; only credits of some kinds, where they are named."""
        wanted = slice(None) if kinds is None else self.lines["kind"].isin(kinds)[self.line]
        line = self.line[wanted]
        columns = {name: self.lines[name][line] for name in keys if name != "month"}
        every = columns | {"month": month_names(self.month[wanted])}
        return add_up({name: every[name] for name in keys}, self.amount[wanted])


class MonthlySums:
    """Sums by line and month in one flat int64 array that grows with the lines and months met."""

    def __init__(self, lines: LineBook) -> None:
        """Start with nothing."""
        self.lines = lines
        self.first: int = 0
        self.months: int = 0
        self.sums: Int64 = np.zeros(0, np.int64)
        self._month_of_day = np.empty(0, np.int32)
        self._buffer = np.empty(0, np.int64)

    def add(self, worked: Worked) -> tuple[int, int]:
        """Add the credits of some trades up, and say what went to owners and what on top, in fen."""
        day = worked.chunk.of(worked.chunk.table.date).view(np.int64)
        self._make_room(int(day.min()), int(day.max()))
        month = self._month_of_day.take(day - self._first_day)
        inside = 0
        for part in worked.shares():
            mine = month if part.rows is None else month[part.rows]
            place = self._place(len(mine))
            for nth, (line, amount) in enumerate(zip(part.line, part.amount, strict=True)):
                np.multiply(line, self.months, out=place, dtype=np.int64)
                place += mine
                if nth and worked.ready is not None:
                    # The fast lane pads recipes with zeros, which need not be added.
                    some = np.flatnonzero(amount)
                    np.add.at(self.sums, place.take(some), amount.take(some))
                else:
                    np.add.at(self.sums, place, amount)
            inside += int(part.amount.sum())
        return inside, self._add_overlays(worked, month)

    def add_rows(self, line: AnyArray, month: Int64, amount: Int64) -> None:
        """Add single credits up; `month` counts from January 1970."""
        if not len(line):
            return
        days = np.array([month.min(), month.max()]).astype("datetime64[M]").astype("datetime64[D]")
        self._make_room(*days.astype(np.int64).tolist())
        np.add.at(self.sums, line.astype(np.int64) * self.months + (month - self.first), amount)

    def close(self) -> "Sums":
        """Give what there is, by line and month."""
        place = np.flatnonzero(self.sums)
        line, month = np.divmod(place, max(self.months, 1))
        return Sums(self.lines.columns(), line, month + self.first, self.sums[place])

    def _place(self, rows: int) -> Int64:
        """Give a buffer for the places of some credits."""
        if len(self._buffer) < rows:
            self._buffer = np.empty(rows, np.int64)
        return self._buffer[:rows]

    def _add_overlays(self, worked: Worked, month: AnyArray) -> int:
        """Add the credits on top up."""
        if not worked.has_overlays:
            return 0
        which, line, amount = worked.overlays()
        np.add.at(self.sums, line.astype(np.int64) * self.months + month[which], amount)
        return int(amount.sum())

    def _make_room(self, low: int, high: int) -> None:
        """Cover the months of some days, and all lines that there are."""
        first, last = months_of(np.array([low, high])).tolist()
        if not self.months:
            self.first = first
        if first < self.first or last >= self.first + self.months:
            self._cover(min(first, self.first), max(last + 1, self.first + self.months))
        wanted = len(self.lines) * self.months
        if wanted > len(self.sums):
            size = max(wanted, SPARE * len(self.sums) if len(self.sums) else wanted)
            size += -size % self.months
            self.sums = np.concatenate([self.sums, np.zeros(size - len(self.sums), np.int64)])

    def _cover(self, first: int, end: int) -> None:
        """Lay the sums out anew over a wider stretch of months."""
        wide = np.zeros((len(self.sums) // max(self.months, 1), end - first), np.int64)
        at = self.first - first
        wide[:, at : at + self.months] = self.sums.reshape(len(wide), self.months)
        self.first, self.months, self.sums = first, end - first, wide.reshape(-1)
        limits = np.array([first, end]).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        self._first_day = int(limits[0])
        days = np.arange(limits[0], limits[1])
        self._month_of_day = (months_of(days) - first).astype(np.int32)


def months_of(day: AnyArray) -> Int64:
    """Give the month of each day since 1970, counted from January 1970."""
    days = day.astype(np.int64).astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64)


def month_names(month: Int64) -> Coded:
    """Name months that are counted from January 1970: `2026-07`."""
    first = int(month.min()) if len(month) else 0
    used = np.flatnonzero(np.bincount(month - first))
    code = np.zeros(int(used.max(initial=0)) + 1, np.int32)
    code[used] = np.arange(len(used), dtype=np.int32)
    names = (used + first).astype("datetime64[M]").astype(np.str_)
    return Coded.from_codes(names, code[month - first])


def refuse_unless_conserved(parts: Sequence[tuple[str, int]], whole: tuple[str, int]) -> None:
    """Raise unless some parts add up to the whole.

    Raises:
        ConservationError: they do not; no result is given.
    """
    if sum(amount for _, amount in parts) != whole[1]:
        told = " + ".join(f"{name} {amount}" for name, amount in parts)
        raise ConservationError(f"{whole[0]} {whole[1]} is not {told}")
