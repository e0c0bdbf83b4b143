"""`History`: all that was ever recorded about one client."""

import attrs
import numpy as np

from clientmgr.ownership.calendars import Calendars
from clientmgr.ownership.kinds import CLOSED, KIND_COLUMN, WITHDRAWN
from clientmgr.ownership.sets import OwnerSets
from clientmgr.tables import AnyArray, Coded, Days, Flags, Id, Int64, Result, freeze, text_table

__all__ = ["History", "describe_set", "find_history"]


@attrs.frozen(eq=False, repr=False, slots=False)
class History(Result):
    """All marks of one client, by valid day and batch: what was said, when, and whether it still stands.

    Attributes:
        client: whose history it is.
        valid: the first day on which the owners hold.
        batch: the batch that said so.
        known: when it said so.
        kind: why.
        owners: the owners in words; empty for closed and withdrawn.
        branch: the branch whose book or pool it is.
        supersedes: the row of this table whose word it replaced, -1 for none.
        stands: whether it is the last word on its day, and not taken back.
    """

    client: Id
    valid: Days
    batch: Int64
    known: AnyArray
    kind: Coded
    owners: Coded
    branch: Coded
    supersedes: Int64
    stands: Flags

    def __len__(self) -> int:
        """Count the marks."""
        return len(self.valid)

    def __repr__(self) -> str:
        """Say how many marks there are and how many stand."""
        return f"History({self.client!r}, {len(self)} marks, {int(self.stands.sum())} stand)"

    def __str__(self) -> str:
        """Lay the marks out as text."""
        return text_table({name: column.tolist() for name, column in self._shown().items()})

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per mark."""
        names = ("valid", "batch", "known", "kind", "owners", "branch", "supersedes", "stands")
        return {name: np.asarray(getattr(self, name)) for name in names}

    def _shown(self) -> dict[str, AnyArray]:
        """Give the columns that a person reads."""
        columns = self.to_columns()
        columns["known"] = columns["known"].astype(str)
        columns["valid"] = columns["valid"].astype(str)
        return columns


def find_history(calendars: Calendars, client: Id, batch: int) -> History:
    """List the marks of a client recorded up to a batch; none for an unknown client. O(marks)."""
    marks, code = calendars.marks, calendars.clients.code(client)
    rows = np.flatnonzero((marks.client == code) & (marks.batch <= batch))
    own = marks.take(rows)
    place = np.arange(len(own))
    return History(
        client=client,
        valid=freeze(own.valid.astype(np.int64).view("datetime64[D]")),
        batch=freeze(own.batch.astype(np.int64)),
        known=freeze(calendars.recorded[own.batch]),
        kind=KIND_COLUMN[own.kind],
        owners=Coded.of([_words(calendars.sets, value) for value in own.value.tolist()]),
        branch=calendars.branches[own.branch],
        supersedes=freeze(np.where(own.continues_cell, place - 1, -1)),
        stands=freeze(np.isin(place, own.standing(batch))),
    )


def describe_set(sets: OwnerSets, number: int) -> str:
    """Say in words who shares a client: the conserved owners, then the overlays."""
    rows = range(int(sets.start[number]), int(sets.start[number + 1]))
    return ", ".join(_describe_member(sets, row) for row in rows)


def _words(sets: OwnerSets, value: int) -> str:
    """Describe the value of a mark."""
    return "" if value in {CLOSED, WITHDRAWN} else describe_set(sets, value)


def _describe_member(sets: OwnerSets, row: int) -> str:
    """Say in words who a member is, as what, and with which share."""
    members = sets.members
    role = sets.roles[int(members.role[row])]
    share, of = int(members.share[row]), int(members.of[row])
    said = str(sets.parties[int(members.party[row])]) + (f" as {role}" if role else "")
    said += "" if share == of and not members.overlay[row] else f" {share}/{of}"
    return said + (" overlay" if members.overlay[row] else "")
