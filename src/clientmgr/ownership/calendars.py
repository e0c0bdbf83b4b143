"""The calendars of all clients as arrays, and the look-up in them: what `Ledger` stands on."""

from typing import Final

import attrs
import numpy as np

from clientmgr.ownership.lookup import look_up, look_up_as_known
from clientmgr.ownership.marks import Marks, Snapshot
from clientmgr.ownership.sets import OwnerSets
from clientmgr.tables import AnyArray, Coded, Codes, Int64, ReadOnly

__all__ = ["Calendars"]

KEPT_SNAPSHOTS: Final = 8


@attrs.frozen(eq=False, repr=False, slots=False)
class Calendars(ReadOnly):
    """All marks of a ledger, what their numbers mean, and when each batch became known.

    Attributes:
        clients: every client that has a mark, each once, ascending; a client code is a place in
            here.
        branches: every branch of a mark, each once, ascending.
        marks: the log, sorted by client, day and batch.
        sets: the distinct owner sets.
        recorded: datetime64[s], when each batch became known.
    """

    clients: Coded
    branches: Coded
    marks: Marks
    sets: OwnerSets
    recorded: AnyArray
    _snapshots: dict[int, Snapshot] = attrs.field(factory=dict, init=False)

    def snapshot(self, batch: int) -> Snapshot:
        """Give the calendars as known after a batch; the last few are kept. O(marks) the first time."""
        found = self._snapshots.get(batch)
        if found is None:
            found = self._make_snapshot(batch)
            if len(self._snapshots) >= KEPT_SNAPSHOTS:
                self._snapshots.pop(next(iter(self._snapshots)))
            self._snapshots[batch] = found
        return found

    def look_up(self, client: AnyArray, day: AnyArray, batch: int | Int64) -> Codes:
        """Find the mark that holds for each (client code, day number) as known after one batch, or one a row.

        Returns:
            int32 rows of `marks`, or UNKNOWN_CLIENT (-1), NOT_OPEN (-2), CLOSED (-3). Never index
            with a negative one.
        """
        if not isinstance(batch, int):
            return look_up_as_known(self.marks, client, day, batch)
        snapshot = self.snapshot(batch)
        place = look_up(snapshot, client, day)
        if len(snapshot.row) == len(self.marks):
            return place
        return _where_found(place, snapshot.row)

    def values(self, row: AnyArray) -> AnyArray:
        """Give the owner set of each looked-up row; negative answers stay."""
        return _where_found(row, self.marks.value)

    def __getstate__(self) -> dict[str, object]:
        """Leave what can be found again out of a pickle."""
        return {**self.__dict__, "_snapshots": {}}

    def _make_snapshot(self, batch: int) -> Snapshot:
        """Pick the marks that stand after a batch."""
        row = self.marks.standing(batch).astype(np.int32)
        whole = len(row) == len(self.marks)
        return Snapshot(self.marks if whole else self.marks.take(row), row, batch, self.sets)


def _where_found(place: AnyArray, values: AnyArray) -> Codes:
    """Replace places by the values there; negative answers stay."""
    if not len(values):
        return place
    found: Codes = values.take(place, mode="clip")
    np.copyto(found, place, where=place < 0)
    return found
