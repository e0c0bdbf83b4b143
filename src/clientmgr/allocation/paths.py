"""Seats under limits, and the paths that make room for whoever was stranded.

Receiver a can pass a unit on to b if it holds one that b accepts. A unit without a place, or a
receiver below its minimum, is helped by shifting the smallest unit along each step of the shortest
such path. For single clients these are augmenting paths.
"""

from itertools import pairwise
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from clientmgr.allocation.case import Case

__all__ = ["Seats", "make_room", "meet_minimum"]

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@attrs.define(eq=False)
class Seats:
    """Who has whom while a branch is divided: units without a place have owner -1."""

    owner: Ints
    counts: Ints
    hours: Floats

    @classmethod
    def of(cls, case: Case, owner: Ints | None = None) -> "Seats":
        """Begin with what is fixed, or with a division, whose array is then changed."""
        start = case.fixed.copy() if owner is None else owner
        there = start >= 0
        seats = len(case.shares)
        counts = np.bincount(start[there], case.counts[there], seats).astype(np.int64)
        spent = case.counts * 0.0 if case.hours is None else case.hours
        return cls(start, counts, np.bincount(start[there], spent[there], seats).astype(np.float64))

    def loads(self, values: Floats) -> Floats:
        """Add the measures up by receiver."""
        there = self.owner >= 0
        return np.array([np.bincount(self.owner[there], row[there], len(self.counts)) for row in values])

    def fits(self, case: Case, unit: int) -> Bools:
        """Mark the receivers that may have a unit and have room for it."""
        fits: Bools = case.eligible[case.kind[unit]] & (self.counts + case.counts[unit] <= case.high)
        if case.hours is not None:
            fits &= self.hours + case.hours[unit] <= case.room
        return fits

    def give(self, case: Case, unit: int, receiver: int) -> None:
        """Give a unit to a receiver."""
        self.owner[unit] = receiver
        self.counts[receiver] += case.counts[unit]
        if case.hours is not None:
            self.hours[receiver] += case.hours[unit]

    def take(self, case: Case, unit: int) -> None:
        """Take a unit from whoever has it."""
        receiver = self.owner[unit]
        self.owner[unit] = -1
        self.counts[receiver] -= case.counts[unit]
        if case.hours is not None:
            self.hours[receiver] -= case.hours[unit]


def make_room(case: Case, seats: Seats) -> bool:
    """Place every unit that has no place, by shifting others; False if one cannot be placed."""
    lost = np.flatnonzero(seats.owner < 0)
    for unit in lost[np.argsort(-case.counts[lost], kind="stable")].tolist():
        if not _place_by_path(case, seats, unit):
            return False
    return True


def _place_by_path(case: Case, seats: Seats, unit: int) -> bool:
    """Find the shortest path from a receiver that accepts the unit to one with room, and shift."""
    starts = np.flatnonzero(case.eligible[case.kind[unit]])
    path = _shortest(_passes(case, seats), starts.tolist(), lambda j: _has_room(case, seats, j, unit))
    if path is None:
        return False
    before = (seats.owner.copy(), seats.counts.copy(), seats.hours.copy())
    if _shift(case, seats, path) and seats.fits(case, unit)[path[0]]:
        seats.give(case, unit, path[0])
        return True
    seats.owner[:], seats.counts[:], seats.hours[:] = before
    return False


def meet_minimum(case: Case, seats: Seats) -> bool:
    """Bring every receiver to its minimum by shifting units; False if one cannot be brought there."""
    for receiver in np.flatnonzero(seats.counts < case.low).tolist():
        while seats.counts[receiver] < case.low[receiver]:
            backwards = _passes(case, seats).T
            path = _shortest(backwards, [receiver], lambda j: bool(seats.counts[j] > case.low[j]))
            if path is None or not _shift(case, seats, path[::-1]):
                return False
    return True


def _has_room(case: Case, seats: Seats, receiver: int, unit: int) -> bool:
    """Say whether a receiver could take one more like this unit."""
    if seats.counts[receiver] + case.counts[unit] > case.high[receiver]:
        return False
    return case.hours is None or bool(seats.hours[receiver] + case.hours[unit] <= case.room[receiver])


def _passes(case: Case, seats: Seats) -> Bools:
    """Mark a -> b where a holds a free unit that b may have."""
    holds = np.zeros((len(case.shares), len(case.eligible)), dtype=bool)
    free = (case.fixed < 0) & (seats.owner >= 0)
    holds[seats.owner[free], case.kind[free]] = True
    passes: Bools = (holds.astype(np.int64) @ case.eligible.astype(np.int64)) > 0
    np.fill_diagonal(passes, val=False)
    return passes


def _shortest(edges: Bools, starts: list[int], done: Any) -> list[int] | None:
    """Search breadth first, in id order, for the nearest receiver that is done."""
    came = dict.fromkeys(starts, -1)
    queue = list(starts)
    for receiver in queue:
        if done(receiver):
            path = [receiver]
            while came[path[-1]] >= 0:
                path.append(came[path[-1]])
            return path[::-1]
        for further in np.flatnonzero(edges[receiver]).tolist():
            if further not in came:
                came[further] = receiver
                queue.append(further)
    return None


def _shift(case: Case, seats: Seats, path: list[int]) -> bool:
    """Pass the smallest suitable unit along each step, the last step first."""
    size = case.values.sum(axis=0)
    for source, target in reversed(list(pairwise(path))):
        held = np.flatnonzero((seats.owner == source) & (case.fixed < 0))
        held = held[case.eligible[case.kind[held], target]]
        fitting = [unit for unit in held.tolist() if _has_room(case, seats, target, unit)]
        if not fitting:
            return False
        unit = min(fitting, key=lambda one: (case.counts[one], size[one], one))
        seats.take(case, unit)
        seats.give(case, unit, target)
    return True
