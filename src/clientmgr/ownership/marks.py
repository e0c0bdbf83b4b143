"""The log of marks, sorted by client, day and batch, and the calendar that it leaves as known at a batch."""

from functools import cached_property
from typing import Final

import attrs
import numpy as np

from clientmgr.ownership.kinds import CLOSED, KINDS, WITHDRAWN
from clientmgr.ownership.sets import OwnerSets
from clientmgr.tables import AnyArray, Codes, Flags, Int64, ReadOnly, freeze

__all__ = ["FOREVER", "Marks", "Snapshot", "Spells", "merge_marks", "segment_starts"]

FOREVER: Final = np.iinfo(np.int32).max
"""A batch later than any."""

COLUMNS: Final = ("client", "valid", "batch", "value", "kind", "branch")


@attrs.frozen(eq=False, repr=False, slots=False)
class Marks(ReadOnly):
    """Marks in the order of (client, valid, batch): those of client `c` are `start[c]:start[c + 1]`.

    Attributes:
        client: int32, code of the client.
        valid: int32, day number (days since 1970-01-01).
        batch: int32, number of the batch that brought the mark.
        value: int32, number of the owner set, or CLOSED or WITHDRAWN.
        kind: int8, place in `KINDS`.
        branch: int32, code of the branch.
        start: int32 (clients + 1), where each client's marks begin.
    """

    client: Codes
    valid: Codes
    batch: Codes
    value: Codes
    kind: AnyArray
    branch: Codes
    start: Codes

    @classmethod
    def of(cls, clients: int, **columns: AnyArray) -> "Marks":
        """Take columns that are sorted already."""
        start = segment_starts(columns["client"], clients)
        return cls(**{name: freeze(columns[name]) for name in COLUMNS}, start=freeze(start))

    def __len__(self) -> int:
        """Count the marks."""
        return len(self.client)

    def columns(self) -> dict[str, AnyArray]:
        """Give the columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    def take(self, rows: AnyArray) -> "Marks":
        """Give the marks of some rows, which ascend."""
        columns = {name: column[rows] for name, column in self.columns().items()}
        return Marks.of(len(self.start) - 1, **columns)

    @cached_property
    def continues_cell(self) -> Flags:
        """Whether each mark speaks of the same client and day as the mark before it."""
        same = np.zeros(len(self), bool)
        np.equal(self.valid[1:], self.valid[:-1], out=same[1:])
        same[1:] &= self.client[1:] == self.client[:-1]
        return freeze(same)

    @cached_property
    def born(self) -> Codes:
        """The batch from which on each mark is the word of its day; a withdrawal never is."""
        return freeze(np.where(self.value == WITHDRAWN, FOREVER, self.batch).astype(np.int32))

    @cached_property
    def dies(self) -> Codes:
        """The batch from which on a later word has the day of each mark."""
        dies = np.full(len(self), FOREVER, np.int32)
        again = np.flatnonzero(self.continues_cell)
        dies[again - 1] = self.batch[again]
        return freeze(dies)

    def standing(self, batch: int) -> AnyArray:
        """List the marks that stand in the calendars as known after a batch. O(marks)."""
        return np.flatnonzero((self.born <= batch) & (self.dies > batch))


@attrs.frozen(eq=False, repr=False, slots=False)
class Snapshot(ReadOnly):
    """All calendars as known after one batch: the standing marks, in the order of (client, valid).

    Attributes:
        marks: the standing marks only.
        row: the place of each among all marks of the ledger.
        batch: the last batch that counts.
        sets: the owner sets of the ledger.
    """

    marks: Marks
    row: AnyArray
    batch: int
    sets: OwnerSets

    @cached_property
    def life(self) -> Codes:
        """The place in this snapshot of the first mark of the life that each mark belongs to.

        A life begins with the client's first mark and with each reopening.
        """
        marks = self.marks
        first = np.zeros(len(marks), bool)
        first[marks.start[:-1][np.diff(marks.start) > 0]] = True
        first |= marks.kind == KINDS.index("reopened")
        return freeze(_last_true(first))

    @cached_property
    def spells(self) -> "Spells":
        """Since when each owner has held each client without a gap; computed once."""
        return Spells.of(self)

    @cached_property
    def is_closed(self) -> Flags:
        """Whether each mark closes the account."""
        return freeze(self.marks.value == CLOSED)

    @cached_property
    def has_closings(self) -> bool:
        """Whether some account is closed."""
        return bool(self.is_closed.any())


@attrs.frozen(eq=False, repr=False, slots=False)
class Spells(ReadOnly):
    """Each owner's holding of each client: one row per owner (overlays too) of each standing mark.

    Attributes:
        place: place of the mark in the snapshot.
        member: row of the owner in the owner sets.
        began: place in the snapshot of the mark at which the owner's spell began.
        responsible: per mark, where the spell of the responsible party began; the mark itself if it
            has none.
    """

    place: Int64
    member: Int64
    began: Int64
    responsible: Int64

    def began_at(self, place: AnyArray, nth: AnyArray) -> AnyArray:
        """Find where the spell of the nth owner of the set at each place began."""
        return self.began[np.searchsorted(self.place, place) + nth]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Spells":
        """Follow each owner back to the mark that brought the client. O(m log m) in the rows m."""
        sets, marks = snapshot.sets, snapshot.marks
        place, member = sets.rows_of(marks.value)
        wide = len(sets.parties) + 1
        key = place * wide + sets.party[member]
        follows = snapshot.life[place] != place
        source = _find(key, key - wide)
        goes_on = follows & (source >= 0)
        began = _inherit(np.where(goes_on, -1, place), source)
        responsible = np.arange(len(marks))
        answers = sets.party[member] == np.append(sets.responsible, -1)[marks.value[place]]
        responsible[place[answers]] = began[answers]
        return cls(*(freeze(column) for column in (place, member, began, responsible)))


def segment_starts(client: AnyArray, clients: int) -> Codes:
    """Find where the rows of each client begin in a sorted column of client codes."""
    counts = np.bincount(client, minlength=clients)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def merge_marks(old: Marks, new: Marks, place: AnyArray) -> tuple[Marks, Int64]:
    """Put sorted new marks in before the given places of the old ones. O(old + new).

    Returns:
        All marks, and the place of each new one among them.
    """
    at = place + np.arange(len(new))
    keep = np.ones(len(old) + len(new), bool)
    keep[at] = False
    columns = {}
    for name in COLUMNS:
        column = np.empty(len(keep), getattr(old, name).dtype)
        column[keep] = getattr(old, name)
        column[at] = getattr(new, name)
        columns[name] = column
    return Marks.of(len(new.start) - 1, **columns), at


def _last_true(flags: Flags) -> Codes:
    """Give for each place the last marked place up to it."""
    place = np.where(flags, np.arange(len(flags), dtype=np.int32), 0)
    return np.maximum.accumulate(place).astype(np.int32, copy=False)


def _find(key: Int64, wanted: Int64) -> Int64:
    """Find a row that has each wanted key, -1 where none has."""
    if not len(key):
        return key
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    place = np.searchsorted(ordered, wanted).clip(max=len(key) - 1)
    return np.where(ordered[place] == wanted, order[place], -1)


def _inherit(began: Int64, source: Int64) -> Int64:
    """Fill what is -1 from an earlier row, itself filled, by doubling the jumps."""
    open_ = began < 0
    jump = np.where(open_, source, np.arange(len(began)))
    while open_.any():
        jump = jump[jump]
        open_ = began[jump] < 0
    return began[jump]
