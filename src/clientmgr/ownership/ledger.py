"""`Ledger`: who owned whom on which day, as known when."""

from typing import Any, Self

import attrs
import numpy as np
from numpy.typing import ArrayLike

from clientmgr.errors import DataError, Findings
from clientmgr.facts import Facts
from clientmgr.ownership.book import Book, find_book
from clientmgr.ownership.build import add_batch, build_calendars
from clientmgr.ownership.calendars import Calendars
from clientmgr.ownership.changes import OwnershipChanges, OwnershipLog
from clientmgr.ownership.history import History, find_history
from clientmgr.ownership.known import Known, Moment, batches_known, read_known
from clientmgr.ownership.marks import Marks, Snapshot
from clientmgr.ownership.owners import Owners
from clientmgr.ownership.parties import Owner
from clientmgr.ownership.rows import log_of
from clientmgr.ownership.sets import OwnerSets
from clientmgr.ownership.text import read_log, write_log
from clientmgr.periods import DayLike, day
from clientmgr.tables import AnyArray, Coded, Codes, Days, Id, ReadOnly, freeze

__all__ = ["Ledger"]


@attrs.frozen(eq=False, repr=False, slots=False)
class Ledger(ReadOnly):
    """Who owned whom: a log of marks in each client's calendar, recorded in batches.

    A mark says: from this valid day on, this set of owners has this client; it holds until the client's next
    mark, and its own day belongs to the new set. A batch is one append, numbered from 0 and labelled with the
    time at which it became known, which never falls. Of several batches that speak of one client and day the
    last has the last word, and a withdrawal takes the word back. So for each client, day and batch there is
    exactly one answer: drop later batches, keep each day's last word, drop the withdrawn days, and take the
    latest day that is not after the day asked for.

    A ledger is never changed: `append` gives a new one. That every calendar makes sense at every batch is
    proved when a ledger is made.

    Attributes:
        calendars: clients, branches, marks, owner sets and known times, as arrays.

    Example:
        >>> import numpy as np
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> days = np.array(["2026-07-01", "2026-07-01"], "datetime64[D]")
        >>> first = OwnershipChanges(
        ...     client=["C1", "C2"], valid=days, kind="allocated", manager=["M1", "M2"], branch="B1"
        ... )
        >>> ledger = Ledger.start(first, known="2026-07-01")
        >>> later = OwnershipChanges(
        ...     client=["C1"], valid=days[:1] + 31, kind="transferred", manager=["M2"], branch="B1"
        ... )
        >>> ledger = ledger.append(later, known="2026-08-03")
        >>> ledger
        Ledger(2 clients, 3 marks, 2 batches, known up to 2026-08-03T00:00:00)
        >>> ledger.owners(["C1", "C1"], np.array(["2026-07-31", "2026-08-01"], "M8[D]")).manager
        Coded(['M1', 'M2'], 2 rows, 2 distinct)
    """

    calendars: Calendars

    @classmethod
    def start(cls, changes: OwnershipChanges, *, known: Moment, facts: Facts | None = None) -> Self:
        """Begin a ledger with its first batch, number 0.

        Args:
            changes: who owns whom to begin with; none gives an empty ledger.
            known: the time at which this became known: ISO text, date, datetime or datetime64.
            facts: where given, clients, managers, teams and branches must be known to it.

        Raises:
            DataError: a change of a client that is not open, a withdrawal of nothing, an unknown owner ...
        """
        time = read_known(known, np.empty(0, "datetime64[s]"))
        _refuse_strangers(changes, facts)
        return cls(build_calendars(changes, np.array([time] if len(changes) else [], "M8[s]")))

    @classmethod
    def from_log(cls, log: OwnershipLog) -> Self:
        """Build a ledger from all that was ever recorded, and prove it.

        Raises:
            DataError: some changes contradict the calendars that they meet.
        """
        recorded = np.zeros(int(log.batch.max(initial=-1)) + 1, "datetime64[s]")
        recorded[log.batch] = log.known
        return cls(build_calendars(log, recorded))

    def append(self, changes: OwnershipChanges, *, known: Moment, facts: Facts | None = None) -> "Ledger":
        """Record one more batch; gives a new ledger, this one stays as it is.

        A batch without changes is not recorded: the same ledger is given back.

        Args:
            changes: what to record; each change states the client's whole owner set from its day
                on.
            known: not earlier than the last batch's; a bare day that is the last batch's is taken
                as its time.
            facts: where given, clients, managers, teams and branches must be known to it.

        Raises:
            DataError: a known time that falls, a change of a client that is not open, a withdrawal of
                nothing, an unknown owner ...; one error lists all rows.
        """
        time = read_known(known, self.recorded)
        _refuse_strangers(changes, facts)
        return Ledger(add_batch(self.calendars, changes, time)) if len(changes) else self

    def __repr__(self) -> str:
        """Count clients, marks and batches."""
        until = f", known up to {self.recorded[-1]}" if len(self.recorded) else ""
        return (
            f"Ledger({len(self.clients):,} clients, {len(self.marks):,} marks, {len(self.recorded):,} batches{until})"
        )

    @property
    def clients(self) -> Coded:
        """Every client that has a mark, each once, ascending; client codes are places in here."""
        return self.calendars.clients

    @property
    def marks(self) -> Marks:
        """The log of marks, sorted by client, day and batch."""
        return self.calendars.marks

    @property
    def sets(self) -> OwnerSets:
        """The distinct owner sets."""
        return self.calendars.sets

    @property
    def recorded(self) -> AnyArray:
        """When each batch became known, as datetime64[s]."""
        return self.calendars.recorded

    def owners(self, clients: ArrayLike | Coded, dates: ArrayLike | DayLike, known: Known = None) -> Owners:
        """Say who owned some clients on some days.

        Args:
            clients: ids, or one id.
            dates: a day each (datetime64[D]), or one day for all (ISO text, date or datetime64).
            known: answer as it was known then: a batch number, a time, a day (to its end), or an
                array with one of these a row; by default all that is known.

        Raises:
            DataError: dates that are no days, or not as many as clients; a batch that does not exist.
        """
        ids = _ids(clients)
        asked = _days_for(dates, len(ids))
        batch = self._batches(known, len(ids))
        row = self.calendars.look_up(self.codes(ids), _numbers(asked), batch)
        return Owners(self.calendars, ids, freeze(asked), freeze(row), batch)

    def look_up(self, codes: AnyArray, days: AnyArray, known: Known = None) -> Codes:
        """Find the mark that holds for each client code and day: the kernel under `owners`.

        Args:
            codes: int32 from `ledger.codes`.
            days: int32 day numbers since 1970-01-01.
            known: as in `owners`.

        Returns:
            int32 rows of `ledger.marks`, or UNKNOWN_CLIENT (-1), NOT_OPEN (-2), CLOSED (-3).
        """
        return self.calendars.look_up(codes, days, self._batches(known, len(codes)))

    def codes(self, clients: Coded) -> Codes:
        """Give the int32 code of each client; -1 for one that the ledger has never heard of.

        Raises:
            DataError: text ids are compared with integer ids.
        """
        if len(clients.vocabulary) and len(self.clients) and clients.is_text != self.clients.is_text:
            raise DataError("ids cannot be matched with the ledger: bring both as text, or both as integers")
        codes = clients.recode(self.clients)
        return np.maximum(codes, -1)

    def snapshot(self, known: Known = None) -> Snapshot:
        """Give all calendars as known at one batch or time, as arrays; the last few are kept."""
        return self.calendars.snapshot(self.batch(known))

    def batch(self, known: Known = None) -> int:
        """Give the number of the last batch recorded by then: by default of all; -1 for none."""
        return int(batches_known(known, self.recorded))

    def book(self, owner: Owner | Id, on: Any, known: Known = None) -> Book:
        """List the clients of an owner on a day.

        Args:
            owner: a manager's id, or `Owner("team", id)`, or `Owner.pool(name, branch)`;
                `Owner.pool(name)` is the pool of that name of every branch.
            on: ISO text, date or datetime64.
            known: as it was known then; by default all that is known.
        """
        return find_book(self.calendars, Owner.of(owner), day(on), self.batch(known))

    def history(self, client: Id, known: Known = None) -> History:
        """List all that was ever recorded about a client, and what of it stands."""
        return find_history(self.calendars, client, self.batch(known))

    def origin(self, client: Id, on: Any, known: Known = None) -> str | None:
        """Say whether a client is existing or new: a mark of its life, which no later event changes.

        Existing exactly if the life's first mark is `allocated` (pools included). None where nobody
        owned the client.
        """
        word: str | None = self.owners(client, on, known).origin[0]
        return word

    def acquired_as(self, client: Id, on: Any, known: Known = None) -> str | None:
        """Say by which kind of change the responsible owner got a client, for this spell of ownership.

        None where nobody owned the client.
        """
        word: str | None = self.owners(client, on, known).acquired_as[0]
        return word

    def log(self) -> OwnershipLog:
        """Write everything that was ever recorded as a table; `Ledger.from_log` reads it back."""
        return log_of(self.calendars)

    def dumps(self) -> str:
        """Write everything that was ever recorded as JSON text; `Ledger.loads` reads it back."""
        return write_log(self.log())

    @classmethod
    def loads(cls, text: str) -> Self:
        """Read a ledger from JSON text, and prove it.

        Raises:
            DataError: the text is no ledger, or its changes contradict one another.

        Example:
            >>> from clientmgr.ownership import Ledger, OwnershipChanges
            >>> empty = Ledger.start(OwnershipChanges.none(), known="2026-07-01")
            >>> Ledger.loads(empty.dumps())
            Ledger(0 clients, 0 marks, 0 batches)
        """
        return cls.from_log(read_log(text))

    def _batches(self, known: Known, rows: int) -> Any:
        """Find the last batch that counts, one or one a row."""
        batch = batches_known(known, self.recorded)
        if not isinstance(batch, int) and len(batch) != rows:
            raise DataError(f"known has {len(batch)} rows, expected one or {rows}")
        return batch


def _ids(clients: Any) -> Coded:
    """Read one id or many."""
    return Coded.of([clients] if isinstance(clients, (str, int)) else clients)


def _days_for(dates: Any, rows: int) -> Days:
    """Read a day each, or one day for all."""
    array = np.asarray(dates)
    if not array.ndim:
        return np.full(rows, day(dates))
    if array.dtype.kind != "M":
        hint = "np.array(column, dtype='datetime64[D]')"
        raise DataError(f"a column of dates is datetime64[D], got {array.dtype}; use {hint}")
    days = array.astype("datetime64[D]")
    if len(days) != rows:
        raise DataError(f"got {len(days)} dates for {rows} clients")
    if np.isnat(days).any():
        raise DataError(f"row {int(np.isnat(days).argmax())} of dates is no day")
    return days


def _numbers(days: Days) -> Codes:
    """Give day numbers since 1970-01-01."""
    return days.astype(np.int64).astype(np.int32)


def _refuse_strangers(changes: OwnershipChanges, facts: Facts | None) -> None:
    """Refuse changes that name clients, managers, teams or branches that the facts do not have."""
    if facts is None:
        return
    places = {
        "client": facts.clients.id,
        "manager": facts.managers.id,
        "team": facts.memberships.team,
        "branch": facts.branches,
    }
    findings = Findings()
    for column, there in places.items():
        refs: Coded = getattr(changes, column)
        unknown = (refs.recode(there) < 0) & ~refs.missing
        if column == "branch":
            unknown &= ~changes.kind.isin(["closed", "withdrawn"])
        findings += changes.findings_where(unknown, column, f"a {column} of the facts")
    if len(findings):
        raise DataError.of(findings, "cannot record the changes; the ledger stays as it was")
