"""From marks back to tables: the rows that a ledger was told, or would be told, one per owner."""

from typing import Any

import numpy as np

from clientmgr.ownership.calendars import Calendars
from clientmgr.ownership.changes import OwnershipChanges, OwnershipLog
from clientmgr.ownership.kinds import KIND_COLUMN
from clientmgr.tables import AnyArray, Coded

__all__ = ["changes_of", "log_of", "member_rows"]


def log_of(calendars: Calendars) -> OwnershipLog:
    """Write all marks as a table with batch and known time, in the order in which they were recorded."""
    marks = calendars.marks
    order = np.lexsort((marks.valid, marks.client, marks.batch))
    columns = _columns(
        calendars,
        marks.client[order],
        marks.valid[order],
        marks.kind[order],
        marks.value[order],
        marks.branch[order],
    )
    batch = marks.batch[order][columns.pop("_change")]
    return OwnershipLog(**columns, batch=batch, known=calendars.recorded[batch])


def changes_of(
    calendars: Calendars,
    *,
    client: AnyArray,
    valid: AnyArray,
    kind: AnyArray,
    value: AnyArray,
    branch: AnyArray,
) -> OwnershipChanges:
    """Write changes, given in the numbers of a ledger, as a table with one row per owner.

    Args:
        calendars: the ledger whose numbers they are.
        client: client codes.
        valid: day numbers.
        kind: places in `KINDS`.
        value: owner set numbers, CLOSED or WITHDRAWN.
        branch: branch codes.
    """
    columns = _columns(calendars, client, valid, kind, value, branch)
    columns.pop("_change")
    return OwnershipChanges(**columns)


def member_rows(calendars: Calendars, value: AnyArray) -> dict[str, Any]:
    """Spread values of marks into owner columns; an ownerless one keeps a row without owner.

    The column `_change` says which value each row belongs to.
    """
    sets = calendars.sets
    which, member = sets.rows_of(np.maximum(value, -1))
    bare = np.flatnonzero(value < 0)
    order = np.argsort(np.concatenate([which, bare]), kind="stable")
    which = np.concatenate([which, bare])[order]
    members = sets.members
    none = np.full(len(bare), -1)

    def column(values: AnyArray, filler: Any) -> AnyArray:
        """Give a member column, with a filler where there is no owner."""
        return np.concatenate([values[member], np.full(len(bare), filler, values.dtype)])[order]

    party = np.concatenate([members.party[member], none])[order]
    role = np.concatenate([members.role[member], none])[order]
    words = Coded.of(np.concatenate([sets.roles.vocabulary.astype(np.str_), [""]]))
    return {
        "_change": which,
        **sets.parties.columns(party),
        "role": words[np.where(role < 0, len(words) - 1, role)],
        "share": column(members.share, 1),
        "of": column(members.of, 1),
        "overlay": column(members.overlay, 0),
    }


def _columns(
    calendars: Calendars,
    client: AnyArray,
    valid: AnyArray,
    kind: AnyArray,
    value: AnyArray,
    branch: AnyArray,
) -> dict[str, Any]:
    """Make the columns of a table of changes, and which change each row belongs to."""
    rows = member_rows(calendars, value)
    which = rows["_change"]
    return {
        **rows,
        "client": calendars.clients[client[which]],
        "valid": valid[which].astype(np.int64).view("datetime64[D]"),
        "kind": KIND_COLUMN[kind[which]],
        "branch": calendars.branches[branch[which]],
    }
