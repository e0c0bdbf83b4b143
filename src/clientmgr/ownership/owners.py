"""`Owners`: the answer to who owned some clients on some days."""

from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.ownership.calendars import Calendars
from clientmgr.ownership.kinds import CLOSED, KIND_COLUMN, KINDS, NOT_OPEN, UNKNOWN_CLIENT
from clientmgr.ownership.rows import member_rows
from clientmgr.tables import AnyArray, Coded, Codes, Days, Flags, Int64, Result, freeze

__all__ = ["Owners"]

STATUS_WORDS = np.array(["closed", "not open", "owned", "unknown client"])
STATUS_OF = {CLOSED: 0, NOT_OPEN: 1, UNKNOWN_CLIENT: 3}
OWNED = 2
ORIGIN_WORDS = np.array(["existing", "new"])


@attrs.frozen(eq=False, repr=False, slots=False)
class Owners(Result):
    """Who owned each of some clients on a day: one row per question.

    Attributes:
        calendars: the calendars that answered.
        client: whom each question is about.
        date: the day asked for.
        row: int32, the mark that holds (a row of `ledger.marks`), or UNKNOWN_CLIENT (-1), NOT_OPEN
            (-2), CLOSED (-3).
        batch: the last batch that counted, one for all or one a row.
    """

    calendars: Calendars
    client: Coded
    date: Days
    row: Codes
    batch: int | Int64

    def __len__(self) -> int:
        """Count the questions."""
        return len(self.row)

    def __repr__(self) -> str:
        """Say how many were asked for and how many were owned."""
        return f"Owners({len(self):,} asked, {int(self.is_owned.sum()):,} owned)"

    @property
    def is_owned(self) -> Flags:
        """Whether the client was open, and so owned, on the day."""
        return self.row >= 0

    @cached_property
    def owner_set(self) -> AnyArray:
        """The number of the owner set in `ledger.sets`; the negative answers of `row` stay."""
        return freeze(self.calendars.values(self.row))

    @cached_property
    def status(self) -> Coded:
        """Say for each row: owned, closed, not open or unknown client."""
        code = np.full(len(self), OWNED, np.int32)
        for answer, place in STATUS_OF.items():
            code[self.row == answer] = place
        return Coded.from_codes(STATUS_WORDS, code)

    @cached_property
    def responsible(self) -> Codes:
        """The number in `ledger.sets.parties` of the one owner that answers for the client; -1 for none.

        It is the servicer where the set has one, else who holds the largest share, first in (kind,
        id).
        """
        answering = np.append(self.calendars.sets.responsible, np.int32(-1))
        return freeze(answering[np.maximum(self.owner_set, -1)])

    @property
    def manager(self) -> Coded:
        """The responsible owner's id, where it is a manager."""
        return self._owner_columns["manager"]

    @property
    def team(self) -> Coded:
        """The responsible owner's id, where it is a team."""
        return self._owner_columns["team"]

    @property
    def pool(self) -> Coded:
        """The pool's name, where the client is held in a pool."""
        return self._owner_columns["pool"]

    @cached_property
    def branch(self) -> Coded:
        """The branch whose book or pool it is."""
        branches = self.calendars.branches
        return Coded.from_codes(branches.vocabulary, self._of_mark(self.calendars.marks.branch, -1))

    @cached_property
    def kind(self) -> Coded:
        """The kind of the change by which the set came about."""
        kinds = np.append(KIND_COLUMN.codes, np.int32(-1))
        return Coded.from_codes(KIND_COLUMN.vocabulary, kinds[self._of_mark(self._kinds, -1)])

    @cached_property
    def since(self) -> Days:
        """The day from which the set holds; NaT where nobody owned the client."""
        return freeze(self._day_of(self.row))

    @cached_property
    def opened(self) -> Days:
        """The first day of the life that the day belongs to: of the first mark, or of the reopening."""
        return freeze(self._day_of(self._life))

    @cached_property
    def origin(self) -> Coded:
        """Existing where the client's life began by being allocated, else new; no later event changes it."""
        kind = np.append(self._kinds, np.int8(-1))[np.maximum(self._life, -1)]
        code = np.where(kind < 0, -1, kind != KINDS.index("allocated"))
        return Coded.from_codes(ORIGIN_WORDS, code.astype(np.int32))

    @cached_property
    def began_as(self) -> Coded:
        """The kind of the first mark of the life: allocated, opened, developed or reopened."""
        return self._kind_at(self._life)

    @cached_property
    def acquired_as(self) -> Coded:
        """The kind of the change that brought the client to its responsible owner, for this spell of ownership."""
        return self._kind_at(self._spell)

    @cached_property
    def held_since(self) -> Days:
        """The day from which the responsible owner has held the client without a gap."""
        return freeze(self._day_of(self._spell))

    def shares(self) -> dict[str, Any]:
        """List all owners with their shares, a row each, of the clients that somebody owned.

        Returns:
            Columns by name; `question` says which row of this answer the owner belongs to.
        """
        asked = np.flatnonzero(self.is_owned)
        rows = member_rows(self.calendars, self.owner_set[asked])
        return {"question": asked[rows.pop("_change")], **rows}

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per question: who answers for the client, and how that came about."""
        names = ("client", "date", "status", "manager", "team", "pool", "branch", "kind", "since")
        more = ("held_since", "acquired_as", "origin", "opened")
        return {name: np.asarray(getattr(self, name)) for name in (*names, *more)}

    @property
    def _kinds(self) -> AnyArray:
        """The kind of each mark."""
        return self.calendars.marks.kind

    @cached_property
    def _owner_columns(self) -> dict[str, Coded]:
        """The responsible owner, spelled out."""
        return self.calendars.sets.parties.columns(self.responsible)

    def _of_mark(self, column: AnyArray, filler: int) -> AnyArray:
        """Give a column of the marks for each question."""
        return np.append(column, np.array(filler, column.dtype))[np.maximum(self.row, -1)]

    def _day_of(self, row: AnyArray) -> Days:
        """Give the days of marks; NaT for none."""
        valid = np.append(self.calendars.marks.valid.astype(np.int64), np.int64(0))
        days = valid[np.maximum(row, -1)].view("datetime64[D]")
        days[row < 0] = np.datetime64("NaT")
        return days

    def _kind_at(self, row: AnyArray) -> Coded:
        """Give the kinds of marks."""
        kind = np.append(self._kinds, np.int8(-1))[np.maximum(row, -1)]
        codes = np.append(KIND_COLUMN.codes, np.int32(-1))[kind]
        return Coded.from_codes(KIND_COLUMN.vocabulary, codes)

    @cached_property
    def _life(self) -> AnyArray:
        """The mark at which the life began; negative where nobody owned the client."""
        return self._traced("life")

    @cached_property
    def _spell(self) -> AnyArray:
        """The mark at which the responsible owner's spell began; negative where nobody owned the client."""
        return self._traced("spell")

    def _traced(self, what: str) -> AnyArray:
        """Follow each row back in the calendars as known to it: one snapshot for each batch asked for."""
        found = self.row.astype(np.int64)
        batches = np.broadcast_to(self.batch, found.shape)
        for batch in np.unique(batches[self.is_owned]).tolist():
            asked = np.flatnonzero(self.is_owned & (batches == batch))
            snapshot = self.calendars.snapshot(batch)
            place = np.searchsorted(snapshot.row, found[asked])
            source = snapshot.life if what == "life" else snapshot.spells.responsible
            found[asked] = snapshot.row[source[place]]
        return freeze(found)
