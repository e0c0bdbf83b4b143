"""The look-up kernel: which mark of a client is in force on a day, for many (client, day) pairs at once.

Every client has its marks in one stretch, oldest first, behind one sentinel row that stands for "not open yet". The
first days of the three oldest marks lie in one 16-byte record a client beside the start of its stretch, so most
look-ups touch one record; the others go on with a branchless binary search.
"""

import attrs
import numpy as np

from clientmgr.tables import AnyArray, Int64

__all__ = ["Calendar"]

NEAR = 3
STEPS = 6
FAR_FUTURE = np.int32(2**31 - 1)


@attrs.frozen(eq=False)
class Calendar:
    """Marks by client, ready for look-ups.

    Attributes:
        record: int32 (clients + 1, 4): sentinel row, then the valid days of the first three marks. The last record
            is that of unknown clients: a sentinel row with nothing behind it.
        size: marks of each client, and 0 behind.
        valid: int32 (rows), the first day of each row; sentinels lie behind all days, so that no walk passes them.
        mark: int64 (rows), the mark that a row stands for; -1 for sentinels.
    """

    record: AnyArray
    size: AnyArray
    valid: AnyArray
    mark: Int64
    _kept: list[AnyArray] = attrs.field(factory=list, init=False)

    @classmethod
    def of(cls, start: Int64, valid: AnyArray) -> "Calendar":
        """Lay the marks of some clients out.

        Args:
            start: (clients + 1) where the marks of each client begin.
            valid: their days since 1970, rising strictly within a client.
        """
        size = np.append(np.diff(start), 0)
        sentinel = np.append(start[:-1], start[-1]) + np.arange(len(size))
        row = np.arange(len(valid)) + np.repeat(np.arange(len(size)), size) + 1
        days = np.full(len(valid) + len(size) + 1, FAR_FUTURE, np.int32)
        days[row] = valid
        mark = np.full(len(days) - 1, -1, np.int64)
        mark[row] = np.arange(len(valid))
        record = np.full((len(size), 4), FAR_FUTURE, np.int32)
        record[:, 0] = sentinel
        for step in range(1, NEAR + 1):
            there = np.flatnonzero(size >= step)
            record[there, step] = days[sentinel[there] + step]
        return cls(record, size.astype(np.int32), days, mark)

    def find(self, client: AnyArray, day: AnyArray) -> AnyArray:
        """Find the row in force for each client and day; a sentinel's row where none is.

        Args:
            client: int32, -1 for an unknown client.
            day: int32 days since 1970.
        """
        n = len(client)
        record, later, row = self._buffers(n)
        self.record.take(client, axis=0, mode="wrap", out=record)
        np.greater_equal(day, record[:, 1], out=later)
        np.add(record[:, 0], later, out=row)
        for step in (2, 3):
            np.greater_equal(day, record[:, step], out=later)
            row += later
        self._walk(row, client, day, np.flatnonzero(later))
        return row

    def _walk(self, row: AnyArray, client: AnyArray, day: AnyArray, active: AnyArray) -> None:
        """Go on from the third mark: some single steps, then a binary search for clients with many marks."""
        for _ in range(STEPS):
            active = active[self.valid.take(row.take(active) + 1, mode="clip") <= day.take(active)]
            if not len(active):
                return
            row[active] += 1
        who = client.take(active)
        last = self.record[who, 0] + self.size[who]
        row[active] = self._search(row[active], last - row[active], day[active])

    def _buffers(self, rows: int) -> tuple[AnyArray, AnyArray, AnyArray]:
        """Give the arrays that a look-up needs, those of the record kept from look-up to look-up."""
        kept = self._kept
        if not kept or len(kept[0]) < rows:
            kept[:] = [np.empty((rows, 4), np.int32), np.empty(rows, bool)]
        return kept[0][:rows], kept[1][:rows], np.empty(rows, np.int32)

    def _search(self, low: AnyArray, count: AnyArray, day: AnyArray) -> AnyArray:
        """Go on from a row that is in force: find the last of the next rows that is."""
        last = low + count
        step = 1 << max(int(count.max(initial=0)).bit_length() - 1, 0)
        while step:
            probe = low + step
            inside = probe <= last
            np.minimum(probe, last, out=probe)
            low = np.where(inside & (self.valid[probe] <= day), probe, low)
            step >>= 1
        return low
