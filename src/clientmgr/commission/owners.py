"""What attribution reads of the ledger: for each mark in force its owner set, how it came about, and since when."""

from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.calendar import Calendar
from clientmgr.commission.resolve import POOL, Party, Share
from clientmgr.ownership import KINDS, Ledger, Marks, OwnerSets, Snapshot
from clientmgr.ownership.kinds import OWNER_KINDS
from clientmgr.tables import AnyArray, Coded, Codes, Flags, Int64

__all__ = ["Owners"]

ALLOCATED = KINDS.index("allocated")
LONGEST_WALK = 64
MARK_COLUMNS = ("valid", "batch", "value", "kind", "branch")


@attrs.frozen(eq=False)
class Owners:
    """The calendars of a ledger as known at one batch, in columns by mark.

    Attributes:
        ledger: the ledger.
        batch: the last batch that counts.
        only: the codes of the clients to read, ascending; None for all. Calendars are then numbered by places in it.
    """

    ledger: Ledger
    batch: int
    only: Int64 | None = None

    @classmethod
    def of(cls, ledger: Ledger, known: Any) -> "Owners":
        """Read a ledger as known at a batch or a time; None stands for all that it knows."""
        return cls(ledger, ledger.batch(known))

    @property
    def sets(self) -> OwnerSets:
        """The owner sets that marks refer to."""
        return self.ledger.sets

    @property
    def branches(self) -> Coded:
        """The branches that marks refer to."""
        return self.ledger.calendars.branches

    @cached_property
    def snapshot(self) -> Snapshot:
        """The standing marks."""
        if self.only is None:
            return self.ledger.snapshot(self.batch)
        marks, size = self.ledger.marks, np.diff(self.ledger.marks.start)[self.only]
        end = np.cumsum(size)
        rows = np.arange(int(size.sum())) + np.repeat(marks.start[self.only] - (end - size), size)
        columns = {name: getattr(marks, name)[rows] for name in MARK_COLUMNS}
        own = Marks.of(len(self.only), client=np.repeat(np.arange(len(size)), size), **columns)
        standing = own.standing(self.batch)
        return Snapshot(own.take(standing), rows[standing], self.batch, self.sets)

    @property
    def clients(self) -> Coded:
        """The clients whose calendars these are, in their order."""
        everyone = self.ledger.clients
        return everyone if self.only is None else everyone[self.only].compact()

    @cached_property
    def place_of_code(self) -> Codes | None:
        """The place of each ledger code among these calendars, -1 for others; None where all are here."""
        if self.only is None:
            return None
        place = np.full(len(self.ledger.clients) + 1, -1, np.int32)
        place[self.only] = np.arange(len(self.only), dtype=np.int32)
        return place

    @cached_property
    def calendar(self) -> Calendar:
        """The marks laid out for look-ups by (client, day)."""
        marks = self.snapshot.marks
        return Calendar.of(marks.start.astype(np.int64), marks.valid)

    @property
    def value(self) -> AnyArray:
        """The owner set of each mark; negative for closings."""
        return self.snapshot.marks.value

    @property
    def valid(self) -> AnyArray:
        """The first day of each mark, days since 1970."""
        return self.snapshot.marks.valid

    @property
    def kind(self) -> AnyArray:
        """The place in `KINDS` of each mark's kind."""
        return self.snapshot.marks.kind

    @property
    def branch(self) -> AnyArray:
        """The code of each mark's branch."""
        return self.snapshot.marks.branch

    @cached_property
    def existing(self) -> Flags:
        """Whether the client's life that each mark belongs to began by an allocation."""
        return np.asarray(self.kind[self.snapshot.life] == ALLOCATED, bool)

    @cached_property
    def life_start(self) -> AnyArray:
        """The first day of the life that each mark belongs to."""
        return self.valid[self.snapshot.life]

    @cached_property
    def first_life(self) -> Flags:
        """Whether each mark belongs to the client's first life."""
        marks = self.snapshot.marks
        return np.asarray(self.snapshot.life == marks.start[:-1][marks.client], bool)

    @cached_property
    def acquired(self) -> AnyArray:
        """The kind by which the responsible owner of each mark got the client, at the start of its spell."""
        return self.kind[self._spell_start()]

    @cached_property
    def former(self) -> Int64:
        """The last mark before each, in the same life, whose owners include a manager or a team; -1 for none."""
        places = np.arange(len(self.value))
        person = np.append(self._has_person, False)[np.maximum(self.value, -1)]
        last = np.maximum.accumulate(np.where(person, places, -1)) if len(places) else places
        before = np.append(np.int64(-1), last[:-1])[: len(places)]
        return np.where(before >= self.snapshot.life, before, -1)

    @cached_property
    def _has_person(self) -> Flags:
        """Whether each owner set has a conserved member that is no pool."""
        sets = self.sets
        person = (sets.parties.kinds[sets.party] != POOL) & ~sets.overlay
        counts = np.append(0, np.cumsum(person))
        return counts[sets.start[1:]] > counts[sets.start[:-1]]

    def _spell_start(self) -> Int64:
        """Find for each mark the one at which its responsible owner's spell began.

        What `snapshot.spells` finds for every owner; for the responsible one alone it is some ten times as fast.
        """
        places = np.arange(len(self.value))
        party = np.append(self.sets.responsible, np.int32(-1))[np.maximum(self.value, -1)]
        follows = self.snapshot.life != places
        same = follows.copy()
        same[1:] &= party[1:] == party[:-1]
        source = np.where(same, places - 1, places)
        asked = np.flatnonzero(follows & ~same)
        asked = asked[self._holds(party[asked], asked - 1)]
        at = asked - 1
        for _ in range(LONGEST_WALK):
            met = party[at] == party[asked]
            source[asked[met]] = at[met]
            asked, at = asked[~met], at[~met]
            if not len(asked):
                return _followed(source)
            further = follows[at] & self._holds(party[asked], at - 1)
            source[asked[~further]] = -1 - at[~further]
            asked, at = asked[further], at[further] - 1
        return self.snapshot.spells.responsible

    def _holds(self, party: AnyArray, mark: AnyArray) -> Flags:
        """Say whether the owner set of each mark has a party, as a share or on top."""
        sets, value = self.sets, np.maximum(self.value[mark], 0)
        held = np.zeros(len(party), bool)
        size = np.diff(sets.start)[value]
        for nth in range(int(size.max(initial=0))):
            row = np.minimum(sets.start[value] + nth, len(sets.party) - 1)
            held |= (sets.party[row] == party) & (nth < size)
        return held & (self.value[mark] >= 0)

    def members(self, owner_set: int) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
        """Give the conserved members and the overlays of one owner set as values."""
        sets = self.sets
        begin, inside, end = (
            int(sets.start[owner_set]),
            int(sets.inside_end[owner_set]),
            int(sets.start[owner_set + 1]),
        )
        every = tuple(self._member(row, int(sets.base[owner_set])) for row in range(begin, end))
        return every[: inside - begin], every[inside - begin :]

    def _member(self, row: int, base: int) -> Share:
        """Give one member of a set as a value."""
        sets = self.sets
        owner = sets.parties[int(sets.party[row])]
        kind = OWNER_KINDS.index(owner.kind)
        branch = owner.branch if kind == POOL and owner.branch is not None else ""
        role = sets.roles[int(sets.role[row])]
        return Share(Party(kind, owner.id, branch), role, Fraction(int(sets.share[row]), base))


def _followed(source: Int64) -> Int64:
    """Follow each mark to the start of its spell; -1 - start says where one begins outright."""
    start = np.where(source < 0, -1 - source, source)
    ended = (source < 0) | (source == np.arange(len(source)))
    jump = np.where(ended, np.arange(len(source)), source)
    while not ended[jump].all():
        jump = jump[jump]
    return start[jump]
