"""Helpers that only propose changes: a stated end, the undoing of a batch, the correction of one role."""

from typing import Any

import numpy as np

from clientmgr.errors import DataError
from clientmgr.ownership.changes import OwnershipChanges
from clientmgr.ownership.kinds import CLOSED, KIND_COLUMN, KINDS, WITHDRAWN
from clientmgr.ownership.ledger import Ledger
from clientmgr.ownership.lookup import last_on_or_before
from clientmgr.ownership.marks import FOREVER, Snapshot
from clientmgr.ownership.packing import spread_ranges
from clientmgr.ownership.parties import Owner
from clientmgr.ownership.rows import changes_of
from clientmgr.periods import day
from clientmgr.tables import AnyArray, Codes, Id

__all__ = ["correct_role", "end_changes", "undo_batch"]


def end_changes(ledger: Ledger, changes: OwnershipChanges, *, until: Any) -> OwnershipChanges:
    """Give changes a stated end: from the day `until` on, all is again as the ledger has it now.

    A cover or a protection holds from its own day up to, and not including, `until`. Marks that the
    ledger has strictly inside are withdrawn; on `until` the owner set that the ledger, as known
    now, has there is stated again, as `returned`, unless a mark stands on that day already.

    Args:
        ledger: what is known now; nothing is appended to it.
        changes: the changes that shall end.
        until: the first day on which they no longer hold.

    Returns:
        The changes, the withdrawals and the returns, to be looked at and appended.

    Raises:
        DataError: a change that begins on or after `until`, or a client that the ledger does not
            have as open up to and on that day.

    Example:
        >>> import numpy as np
        >>> from clientmgr.ownership import Ledger, OwnershipChanges, end_changes
        >>> def change(day, kind, manager):
        ...     days = np.array([day], "datetime64[D]")
        ...     return OwnershipChanges(client=["C1"], valid=days, kind=kind, manager=[manager])
        >>> ledger = Ledger.start(change("2026-01-01", "allocated", "M1"), known="2026-01-01")
        >>> cover = end_changes(ledger, change("2026-03-01", "handed_over", "M2"), until="2026-04-01")
        >>> list(zip(cover.kind, cover.valid.astype(str).tolist(), cover.manager))
        [('handed_over', '2026-03-01', 'M2'), ('returned', '2026-04-01', 'M1')]
    """
    end = int(day(until).astype(np.int64))
    grouped, snapshot = changes.grouped, ledger.snapshot()
    client = grouped.of_changes(ledger.codes(changes.client))
    begin = grouped.of_changes(changes.valid).astype(np.int64).astype(np.int32)
    final = np.full(len(client), end, np.int32)
    _refuse_endless(changes, snapshot, ledger.codes(changes.client), end)
    at_end = ledger.calendars.look_up(client, final, snapshot.batch)
    inside = _rows_between(snapshot, client, begin + 1, final)
    returns = at_end[ledger.marks.valid[at_end] != end]
    return OwnershipChanges.concat([changes, _withdrawals(ledger, inside), _restated(ledger, returns, end)])


def undo_batch(ledger: Ledger, batch: int) -> OwnershipChanges:
    """Propose to take a batch back: on each of its days the word that stood there before is restored.

    Only days on which the batch still has the last word are touched; later words stay. What the
    batch said first is withdrawn.

    Args:
        ledger: what is known now; nothing is appended to it.
        batch: the number of the batch.

    Raises:
        DataError: there is no such batch.
    """
    if not 0 <= batch < len(ledger.recorded):
        raise DataError(f"there is no batch {batch}: the ledger has {len(ledger.recorded)}, from 0")
    marks = ledger.marks
    row = np.flatnonzero((marks.batch == batch) & (marks.dies == FOREVER))
    had_word = marks.continues_cell[row]
    former = np.where(had_word, row - 1, row)
    withdrawn = KINDS.index("withdrawn")
    return changes_of(
        ledger.calendars,
        client=marks.client[row],
        valid=marks.valid[row],
        kind=np.where(had_word, marks.kind[former], withdrawn),
        value=np.where(had_word, marks.value[former], WITHDRAWN),
        branch=marks.branch[former],
    )


def correct_role(ledger: Ledger, client: Id, *, role: str, owner: Owner | Id, since: Any) -> OwnershipChanges:
    """Propose that from a day on somebody else has one role for a client, up to where that role really changes.

    A mark states the whole owner set, so later marks that changed other roles still name the old
    holder of this one: they are stated again, with their kinds, until the holder of the role is
    another anyway.

    Args:
        ledger: what is known now; nothing is appended to it.
        client: whose owner set is wrong.
        role: the role, such as "developer"; one owner must have it.
        owner: who has it in truth.
        since: the first day on which this holds.

    Raises:
        DataError: the client is not open on that day, or nobody or several have the role.
    """
    holder = Owner.of(owner)
    start = int(day(since).astype(np.int64))
    places = _calendar_from(ledger, client, start)
    snapshot, rows = ledger.snapshot(), []
    wrong = _holder(ledger, int(snapshot.marks.value[places[0]]), role)
    if wrong == holder:
        return OwnershipChanges.none()
    for place in places:
        value = int(snapshot.marks.value[place])
        if value == CLOSED or _holders(ledger, value, role) != [wrong]:
            break
        rows += _corrected(ledger, int(place), role, holder, client, start)
    return OwnershipChanges.from_records(rows)


def _refuse_endless(changes: OwnershipChanges, snapshot: Snapshot, client: Codes, end: int) -> None:
    """Refuse changes that do not begin before the end, and clients who are not open all the time between."""
    begin = changes.valid.astype(np.int64).astype(np.int32)
    marks = snapshot.marks
    first, last = (
        last_on_or_before(marks.start, marks.valid, client, days)
        for days in (begin, np.full(len(client), end, np.int32))
    )
    closings = np.concatenate([[0], np.cumsum(snapshot.is_closed)])
    open_then = (first >= 0) & (closings[last + 1] == closings[np.maximum(first, 0)])
    findings = changes.findings_where(begin >= end, "valid", "a day before the stated end")
    findings += changes.findings_where(
        ~open_then & (begin < end), "client", "a client that is open up to the stated end"
    )
    if len(findings):
        raise DataError.of(findings, "cannot state an end")


def _rows_between(snapshot: Snapshot, client: Codes, begin: Codes, end: Codes) -> AnyArray:
    """List the marks of each client from a day on up to before another, as rows of the ledger."""
    marks = snapshot.marks
    low, high = (last_on_or_before(marks.start, marks.valid, client, days - 1) for days in (begin, end))
    _, places = spread_ranges(low.astype(np.int64) + 1, (high - low).astype(np.int64))
    return snapshot.row[places]


def _withdrawals(ledger: Ledger, row: AnyArray) -> OwnershipChanges:
    """Withdraw some marks."""
    marks = ledger.marks
    return changes_of(
        ledger.calendars,
        client=marks.client[row],
        valid=marks.valid[row],
        kind=np.full(len(row), KINDS.index("withdrawn")),
        value=np.full(len(row), WITHDRAWN),
        branch=marks.branch[row],
    )


def _restated(ledger: Ledger, row: AnyArray, valid: int) -> OwnershipChanges:
    """State the owner sets of some marks again on a later day, as returned."""
    marks = ledger.marks
    return changes_of(
        ledger.calendars,
        client=marks.client[row],
        valid=np.full(len(row), valid),
        kind=np.full(len(row), KINDS.index("returned")),
        value=marks.value[row],
        branch=marks.branch[row],
    )


def _calendar_from(ledger: Ledger, client: Id, start: int) -> AnyArray:
    """List the places in the latest snapshot of the mark that holds on a day and all later ones."""
    snapshot, code = ledger.snapshot(), ledger.clients.code(client)
    row = ledger.look_up(np.array([max(code, -1)]), np.array([start], np.int32))[0]
    if row < 0:
        raise DataError(f"client {client!r} is not open on {np.datetime64(start, 'D')}")
    first = int(np.searchsorted(snapshot.row, row))
    return np.arange(first, int(snapshot.marks.start[code + 1]))


def _holders(ledger: Ledger, number: int, role: str) -> list[Owner]:
    """List who has a role in an owner set."""
    sets = ledger.sets
    rows = range(int(sets.start[number]), int(sets.start[number + 1]))
    return [sets.parties[int(sets.party[r])] for r in rows if sets.roles[int(sets.role[r])] == role]


def _holder(ledger: Ledger, number: int, role: str) -> Owner:
    """Find the one who has a role in an owner set."""
    holders = _holders(ledger, number, role)
    if len(holders) != 1:
        raise DataError(f"one owner must have the role {role!r} to be corrected, got {len(holders)}")
    return holders[0]


def _corrected(ledger: Ledger, place: int, role: str, owner: Owner, client: Id, start: int) -> list[dict[str, Any]]:
    """State the set of a standing mark again, with another holder of one role."""
    marks, sets = ledger.snapshot().marks, ledger.sets
    valid, number = max(int(marks.valid[place]), start), int(marks.value[place])
    kind = "transferred" if valid > marks.valid[place] else KIND_COLUMN[int(marks.kind[place])]
    rows = []
    for member in range(int(sets.start[number]), int(sets.start[number + 1])):
        had = sets.parties[int(sets.party[member])]
        has = owner if sets.roles[int(sets.role[member])] == role else had
        branch = ledger.calendars.branches[int(marks.branch[place])]
        rows.append(
            {
                "client": client,
                "valid": np.datetime64(valid, "D").item(),
                "kind": kind,
                **_owner_columns(has),
                "branch": branch,
                **_member_columns(ledger, member),
            }
        )
    return rows


def _owner_columns(owner: Owner) -> dict[str, Id | None]:
    """Spell an owner out as the three columns of a table of changes."""
    return {kind: owner.id if kind == owner.kind else None for kind in ("manager", "team", "pool")}


def _member_columns(ledger: Ledger, member: int) -> dict[str, Any]:
    """Give the role and share of a member of a set."""
    members = ledger.sets.members
    return {
        "role": ledger.sets.roles[int(members.role[member])],
        "share": int(members.share[member]),
        "of": int(members.of[member]),
        "overlay": bool(members.overlay[member]),
    }
