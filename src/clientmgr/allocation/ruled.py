"""Dividing one branch under rules: eligibility, limits, families, named exceptions.

Largest units first, each to the eligible receiver with room whose books grow least out of shape;
then paths that make room for whoever was stranded; then exchanges that keep every rule. For single
clients the paths are augmenting, so that a division is found whenever there is one.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from clientmgr.allocation.case import Case
from clientmgr.allocation.feasible import Reason, Shortfall, too_few, too_many
from clientmgr.allocation.paths import Seats, make_room, meet_minimum
from clientmgr.errors import InfeasibleError, UndecidedError
from clientmgr.tables import Id

__all__ = ["Names", "divide_case", "refuse_infeasible"]

SAMPLE = 320  # units of a book looked at in an exchange
GOOD = 0.98  # an exchange must leave less than this part of |t|^2
TRIES = 12  # partners tried for a book before the next worst one has its turn
HOURS = 1_000_000  # hours are compared in millionths, rounded so that a proof stays one

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Names:
    """How the branch, the clients of a case and its receivers are called."""

    branch: Id
    client: Callable[[Ints], Sequence[Id]]
    owner: Sequence[Id]


def divide_case(case: Case, names: Names, *, exchanges: int) -> Ints:
    """Divide one branch under its rules.

    Args:
        case: units, receivers and rules.
        names: for the reasons of errors.
        exchanges: at most so many exchanges close what is apart.

    Returns:
        The receiver of each unit.

    Raises:
        InfeasibleError: no division keeps the rules; the reason is irreducible.
        UndecidedError: families or hours make it bin packing, and nothing was found.
    """
    refuse_infeasible(case, names)
    owner = _place(case, names)
    close_case(case, owner, exchanges=exchanges)
    return owner


def refuse_infeasible(case: Case, names: Names) -> None:
    """Raise if it is proved that no division keeps the rules."""
    reason = _reason(case, names)
    if reason is not None:
        raise InfeasibleError(f"no division keeps the rules: {reason}", reason)


def _reason(case: Case, names: Names) -> Reason | None:
    """Find a contradiction: nobody eligible, too many fixed, upper limits, minimums, hours."""
    free = case.fixed < 0
    some: Bools = np.asarray(case.eligible.any(axis=1))
    lost = np.flatnonzero(free & ~some[case.kind])
    if len(lost):
        return _tell(case, names, "eligibility", lost[:1], (), 0.0, 0.0)
    held = _sums(case, case.counts, case.fixed)
    over = np.flatnonzero(held > case.high)
    if len(over):
        return _fixed_reason(case, names, int(over[0]))
    supply = np.bincount(case.kind[free], case.counts[free], len(case.eligible)).astype(np.int64)
    found = too_many(supply, case.eligible, case.high - held)
    if found is not None:
        return _of_classes(case, names, "clients", found)
    found = too_few(supply, case.eligible, np.maximum(case.low - held, 0))
    if found is not None:
        return _of_classes(case, names, "minimum", found)
    return None if case.hours is None else _hours_reason(case, names, case.hours)


def _fixed_reason(case: Case, names: Names, receiver: int) -> Reason:
    """Name just so many fixed clients that their receiver's limit is exceeded."""
    units = np.flatnonzero(case.fixed == receiver)
    total = np.cumsum(case.counts[units])
    enough = int(np.searchsorted(total, case.high[receiver], side="right")) + 1
    needed = float(total[enough - 1])
    room = float(case.high[receiver])
    return _tell(case, names, "clients", units[:enough], (receiver,), needed, room)


def _hours_reason(case: Case, names: Names, hours: Floats) -> Reason | None:
    """Find a contradiction of hours, as if clients could be split; rounding favours feasibility."""
    free = case.fixed < 0
    supply = np.floor(np.bincount(case.kind[free], hours[free], len(case.eligible)) * HOURS)
    room = np.ceil((case.room - _sums(case, hours, case.fixed)) * HOURS)
    if (room < 0).any():
        j = int(np.flatnonzero(room < 0)[0])
        units = np.flatnonzero(case.fixed == j)
        return _tell(case, names, "hours", units, (j,), hours[units].sum(), case.room[j])
    found = too_many(supply.astype(np.int64), case.eligible, room.astype(np.int64))
    if found is None:
        return None
    scaled = attrs.evolve(found, needed=found.needed / HOURS, room=found.room / HOURS)
    return _of_classes(case, names, "hours", scaled)


def _of_classes(case: Case, names: Names, limit: str, found: Shortfall) -> Reason:
    """Name the clients and receivers of a contradiction."""
    units = np.flatnonzero((case.fixed < 0) & np.isin(case.kind, found.classes))
    return _tell(case, names, limit, units, found.receivers, found.needed, found.room)


def _tell(
    case: Case,
    names: Names,
    limit: str,
    units: Ints,
    receivers: Sequence[int],
    needed: float,
    room: float,
) -> Reason:
    """Make a reason of units and receivers."""
    chosen = np.zeros(len(case.counts), dtype=bool)
    chosen[units] = True
    members = np.sort(case.members[np.repeat(chosen, np.diff(case.starts))])
    owners = tuple(names.owner[j] for j in receivers)
    return Reason(limit, names.branch, tuple(names.client(members)), owners, float(needed), float(room))


def _sums(case: Case, column: npt.NDArray[Any], owner: Ints) -> npt.NDArray[Any]:
    """Add a column of units up by receiver, unplaced ones apart."""
    there = owner >= 0
    sums = np.zeros(len(case.shares), dtype=column.dtype)
    np.add.at(sums, owner[there], column[there])
    return sums


def _place(case: Case, names: Names) -> Ints:
    """Place every unit within the limits, in the first order of units that succeeds."""
    for order in _orders(case):
        seats = Seats.of(case)
        _deal(case, seats, order)
        if make_room(case, seats) and meet_minimum(case, seats):
            return seats.owner
    single = case.hours is None and bool((case.counts == 1).all())
    what = "limits" if single else "families or hours"
    raise UndecidedError(f"branch {names.branch}: no division was found within {what}, and none was ruled out")


def _orders(case: Case) -> Iterator[Ints]:
    """Give orders in which units are dealt: by size, by hours, by members, hardest to place first."""
    size = (case.values * case.importance[:, None]).sum(axis=0)
    choices = case.eligible.sum(axis=1)[case.kind]
    yield np.lexsort((-size,))
    hours = case.counts if case.hours is None else case.hours
    yield np.lexsort((-size, -hours, -case.counts))
    yield np.lexsort((-size, -case.counts, -hours))
    yield np.lexsort((-hours, -case.counts, choices))
    yield np.lexsort((-size, choices))


def _deal(case: Case, seats: Seats, order: Ints) -> None:
    """Give unit after unit to the eligible receiver with room whose books grow least out of shape."""
    safe = np.where(case.targets > 0, case.targets, np.inf)
    ratio = seats.loads(case.values) / safe
    weighted = case.values * case.importance[:, None]
    half = 0.5 * weighted * case.values
    # A receiver below its minimum goes first while what is left is needed to meet all minimums.
    lacking = int(np.maximum(case.low - seats.counts, 0).sum())
    left = int(case.counts[seats.owner < 0].sum())
    for unit in order[seats.owner[order] < 0].tolist():
        fits = seats.fits(case, unit)
        if left <= lacking and (fits & (seats.counts < case.low)).any():
            fits &= seats.counts < case.low
        left -= int(case.counts[unit])
        if not fits.any():
            continue
        cost = weighted[:, unit] @ ratio + half[:, unit] @ (1.0 / safe)
        j = int(np.where(fits, cost, np.inf).argmin())
        lacking -= min(int(case.counts[unit]), max(0, int(case.low[j] - seats.counts[j])))
        seats.give(case, unit, j)
        ratio[:, j] += case.values[:, unit] / safe[:, j]


def close_case(case: Case, owner: Ints, *, exchanges: int) -> int:
    """Move and swap units between books, in place, keeping every rule; say how many times.

    Each exchange is the best between the worst book and a partner: any of some units for any or
    for none. It must lower the squared relative deviations of the two.
    """
    state = _Closing.of(case, owner)
    made = 0
    while made < exchanges and state.improve():
        made += 1
    return made


@attrs.define(eq=False)
class _Closing:
    """Books of one branch while they are closed under rules."""

    case: Case
    seats: Seats
    allowed: Bools
    size: Floats
    loads: Floats
    weights: Floats
    failed: dict[tuple[int, int], tuple[int, int]]
    versions: list[int]

    @classmethod
    def of(cls, case: Case, owner: Ints) -> "_Closing":
        """Take the loads of a division."""
        seats = Seats.of(case, owner)
        weights = case.importance[:, None] / np.where(case.targets > 0, case.targets, np.inf) ** 2
        size = (case.values * case.importance[:, None]).sum(axis=0)
        return cls(
            case,
            seats,
            case.allowed,
            size,
            seats.loads(case.values),
            weights,
            {},
            [0] * len(case.shares),
        )

    def improve(self) -> bool:
        """Make the first good exchange, from the worst book on; False if there is none."""
        off = (self.loads - self.case.targets) ** 2 * self.weights
        for giver in np.argsort(-off.max(axis=0), kind="stable").tolist():
            for taker in islice(self._partners(giver), TRIES):
                if self._try(giver, taker):
                    return True
        return False

    def _partners(self, giver: int) -> Iterator[int]:
        """Go through partners by falling possible gain, without pairs that failed as they are."""
        wanted, metric = self._transfer(giver)
        gain = (metric * wanted**2).sum(axis=0)
        for taker in np.argsort(-gain, kind="stable").tolist():
            now = (self.versions[giver], self.versions[taker])
            if taker != giver and gain[taker] > 0 and self.failed.get((giver, taker)) != now:
                yield taker

    def _transfer(self, giver: int) -> tuple[Floats, Floats]:
        """Give the best transfer from one book to each other one, and the metric of the pair."""
        metric = self.weights + self.weights[:, giver, None]
        over = (self.loads - self.case.targets) * self.weights
        return (over[:, giver, None] - over) / np.where(metric > 0, metric, 1.0), metric

    def _try(self, giver: int, taker: int) -> bool:
        """Make the best exchange of a pair that keeps the rules, or remember that there is none."""
        wanted, metric = self._transfer(giver)
        unit = np.sqrt(metric[:, taker, None])
        target = wanted[:, taker, None] * unit
        mine, other = self._look(giver), self._look(taker)
        values = self.case.values
        here = np.concatenate((values[:, mine] * unit, np.zeros_like(target)), axis=1)
        there = np.concatenate((values[:, other] * unit, np.zeros_like(target)), axis=1) + target
        apart = (here**2).sum(axis=0)[:, None] + (there**2).sum(axis=0) - 2 * here.T @ there
        apart[~self._keeps_rules(giver, taker, mine, other)] = np.inf
        a, b = divmod(int(apart.argmin()), apart.shape[1])
        exact = float(((here[:, a] - there[:, b]) ** 2).sum())
        if np.isinf(apart[a, b]) or exact >= GOOD * float((target**2).sum()):
            self.failed[giver, taker] = (self.versions[giver], self.versions[taker])
            return False
        self._move(mine[a : a + 1], giver, taker)
        self._move(other[b : b + 1], taker, giver)
        self.versions[giver] += 1
        self.versions[taker] += 1
        return True

    def _look(self, receiver: int) -> Ints:
        """Choose the units of a book that are looked at: all, or strided by size."""
        held = np.flatnonzero((self.seats.owner == receiver) & (self.case.fixed < 0))
        if len(held) <= SAMPLE:
            return held
        held = held[np.argsort(-self.size[held], kind="stable")]
        offset = self.versions[receiver] * 40503 % 65536
        return held[((np.arange(SAMPLE) * 65536 + offset) * len(held)) // (SAMPLE * 65536)]

    def _keeps_rules(self, giver: int, taker: int, mine: Ints, other: Ints) -> Bools:
        """Say for each pair of units (the last stands for none) whether exchanging them keeps the rules."""
        case, seats = self.case, self.seats
        gives = np.append(self.allowed[mine, taker], True)
        takes = np.append(self.allowed[other, giver], True)
        good: Bools = gives[:, None] & takes
        good[-1, -1] = False
        net = np.append(case.counts[mine], 0)[:, None] - np.append(case.counts[other], 0)
        mine_after, other_after = seats.counts[giver] - net, seats.counts[taker] + net
        good &= (mine_after >= case.low[giver]) & (other_after <= case.high[taker])
        good &= (other_after >= case.low[taker]) & (mine_after <= case.high[giver])
        if case.hours is not None:
            shift = np.append(case.hours[mine], 0.0)[:, None] - np.append(case.hours[other], 0.0)
            good &= seats.hours[giver] - shift <= case.room[giver]
            good &= seats.hours[taker] + shift <= case.room[taker]
        return good

    def _move(self, units: Ints, source: int, target: int) -> None:
        """Carry one unit, or none, over to another book."""
        for unit in units.tolist():
            self.seats.take(self.case, unit)
            self.seats.give(self.case, unit, target)
            self.loads[:, source] -= self.case.values[:, unit]
            self.loads[:, target] += self.case.values[:, unit]
