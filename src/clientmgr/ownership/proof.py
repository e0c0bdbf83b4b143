"""The proof that every calendar makes sense at every batch, by looking at neighbours only.

As known after its own batch, a mark has at most one mark before it and one after it in its client's
calendar. If every mark agrees with these two, then by induction over the batches every pair of
neighbours agrees in every calendar at every batch: a batch changes a calendar only at its own
marks.
"""

from typing import Final

import attrs
import numpy as np

from clientmgr.ownership.kinds import CLOSED, KINDS, STARTING_KINDS, WITHDRAWN
from clientmgr.ownership.lookup import next_standing, step_back
from clientmgr.ownership.marks import Marks
from clientmgr.tables import AnyArray, Flags

__all__ = ["REFUSALS", "faulty_marks"]

REOPENED: Final = KINDS.index("reopened")
STARTS: Final = np.isin(KINDS, STARTING_KINDS)

REFUSALS: Final = (
    "an open client: before its first allocated, opened or developed it has no owner to change",
    "reopened first: the account is closed on that day",
    "a closed account to reopen",
    "an earlier word on that day that is not withdrawn yet",
    "later marks that still make sense: the next one would follow no owner",
    "later marks that still make sense: the next one reopens, and nothing would be closed before it",
    "later marks that still make sense: after a closing only a reopening can follow",
)
"""What a mark that is refused did not find; `faulty_marks` gives the place in here."""

NO_CLIENT, SHUT, NOT_SHUT, NO_WORD, NEXT_UNBORN, NEXT_REOPENS, NEXT_GOES_ON = range(len(REFUSALS))


@attrs.frozen(eq=False)
class _Side:
    """One neighbour of some marks: its value, kind, and whether there is one."""

    there: Flags
    closed: Flags
    reopened: Flags
    starts: Flags

    @classmethod
    def of(cls, marks: Marks, rows: AnyArray) -> "_Side":
        """Read the marks of some rows; -1 is none."""
        there = rows >= 0
        kind = marks.kind[rows]
        closed = there & (marks.value[rows] == CLOSED)
        return cls(there, closed, there & (kind == REOPENED), there & STARTS[kind])


def faulty_marks(marks: Marks, rows: AnyArray | None = None) -> tuple[AnyArray, AnyArray]:
    """List the marks that contradict their neighbours.

    Args:
        marks: all marks of the clients concerned.
        rows: the marks to look at; all of them by default.

    Returns:
        Their rows, ascending, and for each the place in `REFUSALS`. O(marks), plus a walk for each
        mark of a client with marks that were told late, doubled or withdrawn.
    """
    if rows is None:
        before, after, rows = _all_neighbours(marks)
    else:
        before, after = _neighbours(marks, rows)
    fault = _verdicts(marks, rows, before, after)
    bad = fault >= 0
    return rows[bad], fault[bad]


def _all_neighbours(marks: Marks) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Find the neighbours of all marks: the row before, unless its client's history is not plain."""
    rows = np.arange(len(marks))
    before = rows - 1
    before[marks.start[:-1][np.diff(marks.start) > 0]] = -1
    after = np.full(len(rows), -1)
    late = np.zeros(len(rows), bool)
    late[1:] = (marks.batch[1:] < marks.batch[:-1]) & (marks.client[1:] == marks.client[:-1])
    late |= marks.continues_cell | (marks.value == WITHDRAWN)
    winding = np.zeros(len(marks.start), bool)
    winding[marks.client[late]] = True
    walked = np.flatnonzero(winding[marks.client])
    before[walked], after[walked] = _neighbours(marks, walked)
    return before, after, rows


def _neighbours(marks: Marks, rows: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Find the standing marks before and after some marks, as known after each one's batch; -1 for none."""
    client, batch = marks.client[rows], marks.batch[rows]
    cell = _last_start(~marks.continues_cell)[rows]
    floor = marks.start[client]
    before = np.full(len(rows), -1)
    asked = np.flatnonzero(cell > floor)
    before[asked] = step_back(marks.born, marks.dies, cell[asked] - 1, floor[asked], batch[asked])
    after = next_standing(marks.born, marks.dies, rows + 1, marks.start[client + 1], batch)
    return before, after


def _verdicts(marks: Marks, rows: AnyArray, before: AnyArray, after: AnyArray) -> AnyArray:
    """Judge each mark by its neighbours: -1, or the place in `REFUSALS`."""
    own, left, right = (_Side.of(marks, r) for r in (rows, before, after))
    withdrawn = marks.value[rows] == WITHDRAWN
    wordless = withdrawn & ~(marks.continues_cell[rows] & (marks.value[rows - 1] != WITHDRAWN))
    last = _Side(*(np.where(withdrawn, a, b) for a, b in zip(_parts(left), _parts(own), strict=True)))
    fault = np.full(len(rows), -1, np.int8)
    for found, why in (
        (right.there & ~last.there & ~right.starts, NEXT_UNBORN),
        (right.there & last.there & last.closed & ~right.reopened, NEXT_GOES_ON),
        (right.there & last.there & ~last.closed & right.reopened, NEXT_REOPENS),
        (~withdrawn & ~left.there & ~own.starts, NO_CLIENT),
        (~withdrawn & left.there & ~left.closed & own.reopened, NOT_SHUT),
        (~withdrawn & left.closed & ~own.reopened, SHUT),
        (wordless, NO_WORD),
    ):
        fault[found] = why
    return fault


def _parts(side: _Side) -> tuple[Flags, Flags, Flags, Flags]:
    """Give the columns of a side."""
    return side.there, side.closed, side.reopened, side.starts


def _last_start(starts: Flags) -> AnyArray:
    """Give for each row the last marked row up to it."""
    return np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))
