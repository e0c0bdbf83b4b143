"""`Book`: the clients of one owner on a day."""

import attrs
import numpy as np

from clientmgr.ownership.calendars import Calendars
from clientmgr.ownership.kinds import KIND_COLUMN
from clientmgr.ownership.owners import Owners
from clientmgr.ownership.parties import Owner
from clientmgr.tables import AnyArray, Coded, Days, Flags, Int64, Result, freeze

__all__ = ["Book", "find_book"]


@attrs.frozen(eq=False, repr=False, slots=False)
class Book(Result):
    """The clients of one owner on a day, by id; twice where the owner has two roles for a client.

    Attributes:
        owner: whose book it is.
        on: the day.
        client: the clients, ascending.
        branch: the branch in whose book each stands.
        role: what the owner is to the client.
        share: numerator of the owner's share.
        of: its denominator.
        overlay: whether the share stands outside the sum.
        since: the day from which the owner has held the client without a gap.
        acquired_as: the kind of the change that brought the client.
        origin: existing or new.
    """

    owner: Owner
    on: np.datetime64
    client: Coded
    branch: Coded
    role: Coded
    share: Int64
    of: Int64
    overlay: Flags
    since: Days
    acquired_as: Coded
    origin: Coded

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.client)

    def __repr__(self) -> str:
        """Say whose book it is and how many clients it has."""
        clients = len(np.unique(self.client.codes))
        return f"Book({self.owner}, {clients:,} clients on {self.on})"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per client and role."""
        names = ("client", "branch", "role", "share", "of", "overlay", "since")
        return {n: np.asarray(getattr(self, n)) for n in (*names, "acquired_as", "origin")}


def find_book(calendars: Calendars, owner: Owner, on: np.datetime64, batch: int) -> Book:
    """Look all clients up and keep those of the owner. O(clients + owners of all marks)."""
    held = _held_on(calendars, on, batch)
    sets, spells = calendars.sets, calendars.snapshot(batch).spells
    which, member = sets.rows_of(held.owner_set)
    mine = np.flatnonzero(np.isin(sets.party[member], sets.parties.numbers(owner)))
    which, member = which[mine], member[mine]
    place = np.searchsorted(calendars.snapshot(batch).row, held.row[which])
    began = spells.began_at(place, member - sets.start[held.owner_set[which]])
    marks, members = calendars.snapshot(batch).marks, sets.members
    return Book(
        owner=owner,
        on=on,
        client=held.client[which],
        branch=held.branch[which],
        role=sets.roles[members.role[member]],
        share=freeze(members.share[member]),
        of=freeze(members.of[member]),
        overlay=freeze(members.overlay[member]),
        since=freeze(marks.valid[began].astype(np.int64).view("datetime64[D]")),
        acquired_as=KIND_COLUMN[marks.kind[began]],
        origin=held.origin[which],
    )


def _held_on(calendars: Calendars, on: np.datetime64, batch: int) -> Owners:
    """Look up all clients that somebody owned on a day."""
    every = np.arange(len(calendars.clients), dtype=np.int32)
    row = calendars.look_up(every, np.full(len(every), on.astype(np.int64), np.int32), batch)
    held = np.flatnonzero(row >= 0)
    return Owners(calendars, calendars.clients[held], np.full(len(held), on), row[held], batch)
