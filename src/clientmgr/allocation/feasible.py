"""Whether limits leave any division at all, and if not, an irreducible reason.

Clients who may go to the same receivers form a class. Upper limits and minimums are each decided by
a largest flow from classes to receivers: complete for single clients, since a division that keeps
both exists exactly if one exists for each (Mendelsohn and Dulmage). The cut of a failed flow is the
reason; classes and receivers are dropped from it one by one while the inequality holds.
"""

from itertools import pairwise
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from clientmgr.tables import Id

__all__ = ["Reason", "Shortfall", "largest_flow", "too_few", "too_many"]

SHOWN = 5

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]


@attrs.frozen
class Reason:
    """Why no division exists: a smallest set of clients and receivers that contradict one limit.

    Attributes:
        limit: which limit: "clients", "minimum", "hours" or "eligibility".
        branch: where.
        clients: who is concerned; all of them are needed for the contradiction.
        owners: who could receive them, or who lacks clients.
        needed: what the clients need, or what the owners must have.
        room: what there is for it.
    """

    limit: str
    branch: Id
    clients: tuple[Id, ...]
    owners: tuple[Id, ...]
    needed: float
    room: float

    def __str__(self) -> str:
        """Say it in a sentence."""
        owners = _listed(self.owners) or "nobody"
        if self.limit == "minimum":
            return (
                f"in branch {self.branch}, {owners} must have {self.needed:,.10g} clients, but only"
                f" {self.room:,.10g} may go there"
            )
        if self.limit == "eligibility":
            return f"in branch {self.branch}, nobody may have {_listed(self.clients)}"
        unit = "hours" if self.limit == "hours" else "clients"
        return (
            f"in branch {self.branch}, {len(self.clients):,} clients ({_listed(self.clients)}) of"
            f" {self.needed:,.10g} {unit} may only go to {owners}, where there is room for"
            f" {self.room:,.10g}"
        )


@attrs.frozen
class Shortfall:
    """A contradiction in numbers: classes and receivers of one branch."""

    classes: tuple[int, ...]
    receivers: tuple[int, ...]
    needed: float
    room: float


def largest_flow(supply: Ints, eligible: Bools, room: Ints) -> tuple[Ints, Bools]:
    """Send as much as possible from classes to the receivers that they may go to.

    Args:
        supply: of each class.
        eligible: classes x receivers.
        room: of each receiver.

    Returns:
        The flow (classes x receivers), and the classes that are on the side of what could not be
        sent; none if all was. O(classes * receivers * paths).

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.feasible import largest_flow
        >>> flow, stuck = largest_flow(np.array([2, 1]), np.array([[True, False], [True, True]]), np.array([2, 1]))
        >>> flow.tolist(), stuck.tolist()
        ([[2, 0], [0, 1]], [False, False])
    """
    flow = np.zeros(eligible.shape, dtype=np.int64)
    left, free = supply.astype(np.int64).copy(), room.astype(np.int64).copy()
    for g in range(len(supply)):
        for j in np.flatnonzero(eligible[g]).tolist():
            sent = min(left[g], free[j])
            flow[g, j] += sent
            left[g] -= sent
            free[j] -= sent
    stuck = np.zeros(len(supply), dtype=bool)
    for g in np.flatnonzero(left).tolist():
        while left[g]:
            path, seen = _path(g, flow, eligible, free)
            if path is None:
                stuck |= seen
                break
            _send(path, flow, left, free)
    return flow, stuck


def _path(start: int, flow: Ints, eligible: Bools, free: Ints) -> tuple[list[tuple[int, int]] | None, Bools]:
    """Search for a way from a class to a receiver with room, breadth first.

    Returns:
        Pairs (class, receiver) from the start on, or None; and the classes that were reached.
    """
    came = np.full(eligible.shape[1], -1, dtype=np.int64)
    via = np.full(len(eligible), -1, dtype=np.int64)
    seen = np.zeros(len(eligible), dtype=bool)
    seen[start] = True
    queue = [start]
    for g in queue:
        for j in np.flatnonzero(eligible[g] & (came < 0)).tolist():
            came[j] = g
            if free[j] > 0:
                return _walk_back(j, start, came, via), seen
            further = np.flatnonzero((flow[:, j] > 0) & ~seen)
            seen[further] = True
            via[further] = j
            queue.extend(further.tolist())
    return None, seen


def _walk_back(last: int, start: int, came: Ints, via: Ints) -> list[tuple[int, int]]:
    """Read the path off the marks, from the start on."""
    path = []
    receiver = last
    while True:
        group = int(came[receiver])
        path.append((group, receiver))
        if group == start:
            return path[::-1]
        receiver = int(via[group])


def _send(path: list[tuple[int, int]], flow: Ints, left: Ints, free: Ints) -> None:
    """Send what fits along a path: each class takes a place that the next one gives up."""
    start, last = path[0][0], path[-1][1]
    amount = min(int(left[start]), int(free[last]))
    for (_, receiver), (group, _) in pairwise(path):
        amount = min(amount, int(flow[group, receiver]))
    for i, (group, receiver) in enumerate(path):
        flow[group, receiver] += amount
        if i + 1 < len(path):
            flow[path[i + 1][0], receiver] -= amount
    left[start] -= amount
    free[last] -= amount


def too_many(supply: Ints, eligible: Bools, room: Ints) -> Shortfall | None:
    """Prove that upper limits leave no division, with an irreducible reason; None if they leave one.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.feasible import too_many
        >>> too_many(np.array([3, 1]), np.array([[True, False], [True, True]]), np.array([2, 9]))
        Shortfall(classes=(0,), receivers=(0,), needed=3, room=2)
    """
    _, stuck = largest_flow(supply, eligible, room)
    if not stuck.any():
        return None
    classes = _smallest(stuck, supply, eligible, room)
    receivers = np.flatnonzero(eligible[classes].any(axis=0))
    return Shortfall(
        tuple(classes),
        tuple(receivers.tolist()),
        int(supply[classes].sum()),
        int(room[receivers].sum()),
    )


def too_few(supply: Ints, eligible: Bools, least: Ints) -> Shortfall | None:
    """Prove that minimums leave no division, with an irreducible reason; None if they leave one.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.feasible import too_few
        >>> too_few(np.array([3, 1]), np.array([[True, False], [True, True]]), np.array([1, 2]))
        Shortfall(classes=(1,), receivers=(1,), needed=2, room=1)
    """
    # Receivers send their demand to the classes that may come: the same flow the other way round.
    _, stuck = largest_flow(least, np.ascontiguousarray(eligible.T), supply)
    if not stuck.any():
        return None
    receivers = _smallest(stuck, least, np.ascontiguousarray(eligible.T), supply)
    classes = np.flatnonzero(eligible[:, receivers].any(axis=1))
    return Shortfall(
        tuple(classes.tolist()),
        tuple(receivers),
        int(least[receivers].sum()),
        int(supply[classes].sum()),
    )


def _smallest(stuck: Bools, supply: Ints, eligible: Bools, room: Ints) -> list[int]:
    """Leave out what the contradiction does not need, one by one, until all of it is needed."""
    kept = np.flatnonzero(stuck).tolist()
    while True:
        for g in kept:
            rest = [one for one in kept if one != g]
            if rest and supply[rest].sum() > room[eligible[rest].any(axis=0)].sum():
                kept = rest
                break
        else:
            return kept


def _listed(names: tuple[Id, ...]) -> str:
    """Name the first few."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(str(name) for name in names[:SHOWN]) + more
