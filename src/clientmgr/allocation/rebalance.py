"""Re-division that moves as few clients as it can, and a proven lower bound on moves.

Clients who have nobody are placed first and may be re-placed at no cost. Only when that no longer
helps does a client change hands: the one whose move brings the books most towards their tolerance
for what it costs. At the end whoever may return goes home.
"""

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from clientmgr.allocation.case import Case
from clientmgr.allocation.paths import Seats, make_room, meet_minimum
from clientmgr.allocation.targets import DUST
from clientmgr.errors import UndecidedError

__all__ = ["count_moves", "divide_again", "moves_bound"]

MIXES = 40
SWAPS = 200  # units of the worst book, and of free ones, that are looked at for a swap
GAIN = 1e-12  # a change must lower the excess by at least this part

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


def divide_again(case: Case, *, within: float, budget: int | None, cost: Floats, stay: Bools) -> Ints:
    """Bring every cell within a tolerance of its target with few moves.

    Args:
        case: units with their `current` receivers; targets hold still.
        within: the tolerance, relative.
        budget: at most so many clients change hands; None for no limit.
        cost: what the move of each unit costs, above 0; the cheapest relief goes first.
        stay: units that must not move.

    Returns:
        The receiver of each unit. O(moves * units * measures) and little more.

    Raises:
        UndecidedError: the limits could not be kept.
    """
    state = _Books.of(case, within, cost, stay)
    state.place_free()
    if not (make_room(case, state.seats) and meet_minimum(case, state.seats)):
        raise UndecidedError("the limits could not be kept while clients were to stay")
    state.recount()
    left = len(case.counts) * 4
    while state.excess() > 0 and left:
        left -= 1
        room = np.inf if budget is None else budget - count_moves(case, state.seats.owner)
        if not (state.replace_free() or state.swap_free() or state.move_owned(room)):
            break
    state.send_home()
    return state.seats.owner


def count_moves(case: Case, owner: Ints) -> int:
    """Count the clients who leave a receiver that they had."""
    return int(case.counts[(case.current >= 0) & (owner != case.current)].sum())


def moves_bound(case: Case, *, within: float) -> int:
    """Prove how many units at least must change hands to bring every cell within the tolerance.

    A receiver above its band must give at least as many units as its largest ones need to add up to
    the excess; one below must receive likewise; for any non-negative mix of measures. What has
    nobody now may fill gaps without being moved. O(receivers * mixes * units log units).

    Example:
        >>> from clientmgr.allocation.rebalance import moves_bound
        >>> moves_bound.__name__
        'moves_bound'
    """
    owned = case.current >= 0
    loads = np.array([np.bincount(case.current[owned], row[owned], len(case.shares)) for row in case.values])
    mixes = _mixes(len(case.values))
    gives = takes = 0
    for j in range(len(case.shares)):
        mine = owned & (case.current == j)
        gives += _least(case, mixes, mine, loads[:, j] - (1 + within) * case.targets[:, j], j)
        takes += _least(case, mixes, ~mine, (1 - within) * case.targets[:, j] - loads[:, j], j)
    return max(gives, takes - int((~owned).sum()), 0)


def _mixes(measures: int) -> Floats:
    """Give non-negative mixes of measures: each alone, and a fixed sequence of others."""
    if measures == 1:
        return np.ones((1, 1))
    steps = np.arange(1, MIXES + 1)[:, None] * np.sqrt(np.arange(2, 2 + measures) + 0.25)
    return np.concatenate((np.eye(measures), steps % 1.0))


def _least(case: Case, mixes: Floats, units: Bools, excess: Floats, receiver: int) -> int:
    """Find the least number of units whose sum can reach an excess in every mix of measures."""
    due = case.targets[:, receiver]
    safe = np.where(due > 0, due, np.inf)
    rows = case.values[:, units] / safe[:, None]
    needed = mixes @ (excess / safe)
    least = 0
    for mix, need in zip(mixes[needed > DUST], needed[needed > DUST], strict=True):
        sums = np.cumsum(-np.sort(-(mix @ rows)))
        least = max(least, int(np.searchsorted(sums, need * (1 - DUST))) + 1)
    return least


@attrs.define(eq=False)
class _Books:
    """Books of one branch while they are brought within tolerance."""

    case: Case
    within: float
    cost: Floats
    movable: Bools
    seats: Seats
    allowed: Bools
    safe: Floats
    loads: Floats

    @classmethod
    def of(cls, case: Case, within: float, cost: Floats, stay: Bools) -> "_Books":
        """Begin with everyone where it is, as far as that is allowed."""
        allowed = case.allowed
        start = case.fixed.copy()
        units = np.arange(len(start))
        here = (case.current >= 0) & (start < 0)
        here &= allowed[units, np.maximum(case.current, 0)]
        start[here] = case.current[here]
        seats = Seats.of(case, _within_limits(case, start))
        safe = np.where(case.targets > 0, case.targets, np.inf)
        movable = (case.fixed < 0) & ~(stay & (case.current >= 0))
        return cls(case, within, cost, movable, seats, allowed, safe, seats.loads(case.values))

    @property
    def free(self) -> Bools:
        """Units that may be re-placed at no cost: without a receiver before, or moved already."""
        free: Bools = self.movable & ((self.case.current < 0) | (self.seats.owner != self.case.current))
        return free

    def excess(self) -> float:
        """Give the squared relative deviations beyond the tolerance, summed."""
        return float(self._cells(self.loads).sum())

    def recount(self) -> None:
        """Take the loads anew."""
        self.loads = self.seats.loads(self.case.values)

    def place_free(self) -> None:
        """Give every unit without a receiver to the book that lacks most, the largest first."""
        size = (self.case.values * self.case.importance[:, None]).sum(axis=0)
        lost = np.flatnonzero(self.seats.owner < 0)
        for unit in lost[np.argsort(-size[lost], kind="stable")].tolist():
            fits = self.seats.fits(self.case, unit) & self.allowed[unit]
            if fits.any():
                value = self.case.values[:, unit, None]
                worse = (value * (self.loads + value / 2 - self.case.targets) / self.safe**2).sum(axis=0)
                self._put(unit, int(np.where(fits, worse, np.inf).argmin()))

    def replace_free(self) -> bool:
        """Make the best re-placement of a free unit; False if none helps."""
        return self._best_move(np.flatnonzero(self.free & (self.seats.owner >= 0)), np.inf)

    def move_owned(self, budget: float) -> bool:
        """Move the owned unit that helps the worst book most for its cost; False if none does."""
        owned = self.movable & ~self.free & (self.case.counts <= budget)
        return self._best_move(np.flatnonzero(owned), budget)

    def swap_free(self) -> bool:
        """Swap a free unit of the worst book with a free one of another; False if no swap helps."""
        worst = self._worst()
        free = np.flatnonzero(self.free)
        mine = free[self.seats.owner[free] == worst][:SWAPS]
        other = free[(self.seats.owner[free] != worst) & (self.seats.owner[free] >= 0)][:SWAPS]
        if not len(mine) or not len(other):
            return False
        change = self.case.values[:, other][:, None, :] - self.case.values[:, mine][:, :, None]
        homes = self.seats.owner[other]
        gain = self._gain(change, worst, homes)
        gain[~(self.allowed[mine][:, homes] & self.allowed[other, worst])] = np.inf
        if not self._plain_limits():
            gain[(self.case.counts[mine][:, None] != self.case.counts[other])] = np.inf
        if self.case.hours is not None:
            gain[self.case.hours[mine][:, None] != self.case.hours[other]] = np.inf
        a, b = divmod(int(gain.argmin()), len(other))
        if gain[a, b] >= -GAIN * self.excess():
            return False
        home = int(homes[b])
        for unit, target in ((int(mine[a]), home), (int(other[b]), worst)):
            self._put(unit, target)
        return True

    def send_home(self) -> None:
        """Let moved units return where nothing gets worse for it, the costliest first."""
        moved = np.flatnonzero(self.movable & (self.case.current >= 0) & (self.seats.owner != self.case.current))
        before = self.excess()
        for unit in moved[np.argsort(-self.cost[moved], kind="stable")].tolist():
            away, home = int(self.seats.owner[unit]), int(self.case.current[unit])
            if not self.allowed[unit, home] or not self._may_move(unit, home):
                continue
            self._put(unit, home)
            if self.excess() > before:
                self._put(unit, away)
            else:
                before = self.excess()

    def _best_move(self, units: Ints, budget: float) -> bool:
        """Make the move of one of some units, out of or into the worst book, that helps most for its cost."""
        if not len(units) or budget <= 0:
            return False
        worst = self._worst()
        best: tuple[float, int, int] = (-GAIN * self.excess(), -1, -1)
        mine = units[self.seats.owner[units] == worst]
        other = units[self.seats.owner[units] != worst]
        if len(mine):
            gain = self._move_gains(mine)
            best = min(best, self._pick(gain, mine, np.arange(len(self.case.shares))))
        if len(other):
            gain = self._gain(self.case.values[:, None, other], worst, self.seats.owner[other])
            best = min(best, self._pick(gain.T, other, np.array([worst])))
        if best[1] < 0:
            return False
        self._put(best[1], best[2])
        return True

    def _move_gains(self, mine: Ints) -> Floats:
        """Say for each unit of the worst book what each other receiver would mean: units x receivers."""
        worst = self._worst()
        value = self.case.values[:, mine]
        now = self._cells(self.loads).sum(axis=0)
        left = self._cells(self.loads[:, worst, None] - value, worst).sum(axis=0)
        after = self.loads[:, None, :] + value[:, :, None]
        gets = self._excess_of(after, self.case.targets[:, None, :], self.safe[:, None, :]).sum(axis=0)
        gain: Floats = (left - now[worst])[:, None] + gets - now
        gain[:, worst] = np.inf
        return gain

    def _pick(self, gain: Floats, units: Ints, targets: Ints) -> tuple[float, int, int]:
        """Pick the best allowed move by gain per cost: (gain per cost, unit, receiver)."""
        rated = gain / self.cost[units][:, None]
        rated[~self.allowed[units][:, targets]] = np.inf
        while True:
            i, j = divmod(int(rated.argmin()), rated.shape[1])
            if not rated[i, j] < 0:
                return (0.0, -1, -1)
            unit, target = int(units[i]), int(targets[j])
            if self._may_move(unit, target):
                return (float(rated[i, j]), unit, target)
            rated[i, j] = np.inf

    def _may_move(self, unit: int, target: int) -> bool:
        """Say whether a move keeps the limits."""
        case, seats = self.case, self.seats
        source = int(seats.owner[unit])
        fits = seats.counts[target] + case.counts[unit] <= case.high[target]
        if case.hours is not None:
            fits = fits and seats.hours[target] + case.hours[unit] <= case.room[target]
        return bool(fits and seats.counts[source] - case.counts[unit] >= case.low[source])

    def _plain_limits(self) -> bool:
        """Say whether counts are not limited."""
        return bool((self.case.low == 0).all() and (self.case.high >= len(self.case.members)).all())

    def _gain(self, change: Floats, worst: int, homes: Ints) -> Floats:
        """Say what the excess changes by if `change` comes to the worst book from the others' homes."""
        now = self._cells(self.loads).sum(axis=0)
        mine = self._excess_of(
            self.loads[:, worst, None, None] + change,
            self.case.targets[:, worst, None, None],
            self.safe[:, worst, None, None],
        ).sum(axis=0)
        other = self._excess_of(
            self.loads[:, None, homes] - change,
            self.case.targets[:, None, homes],
            self.safe[:, None, homes],
        ).sum(axis=0)
        gain: Floats = mine - now[worst] + other - now[homes]
        return gain

    def _worst(self) -> int:
        """Give the book that is furthest out of tolerance."""
        return int(self._cells(self.loads).sum(axis=0).argmax())

    def _cells(self, loads: Floats, receiver: int | None = None) -> Floats:
        """Give the squared relative deviations beyond the tolerance, cell by cell."""
        if receiver is None:
            return self._excess_of(loads, self.case.targets, self.safe)
        column = slice(receiver, receiver + 1)
        return self._excess_of(loads, self.case.targets[:, column], self.safe[:, column])

    def _excess_of(self, loads: Floats, targets: Floats, safe: Floats) -> Floats:
        """Square what stands out of the tolerance."""
        excess: Floats = np.maximum(np.abs(loads - targets) / safe - self.within, 0.0) ** 2
        return excess

    def _put(self, unit: int, target: int) -> None:
        """Give a unit to another receiver and carry the loads."""
        if self.seats.owner[unit] >= 0:
            self.loads[:, self.seats.owner[unit]] -= self.case.values[:, unit]
            self.seats.take(self.case, unit)
        self.seats.give(self.case, unit, target)
        self.loads[:, target] += self.case.values[:, unit]


def _within_limits(case: Case, owner: Ints) -> Ints:
    """Release the smallest units of books above their limits."""
    size = case.values.sum(axis=0)
    seats = Seats.of(case, owner)
    for j in range(len(case.shares)):
        held = np.flatnonzero((seats.owner == j) & (case.fixed < 0))
        held = held[np.argsort(size[held], kind="stable")]
        for unit in held.tolist():
            hours_over = case.hours is not None and seats.hours[j] > case.room[j]
            if seats.counts[j] <= case.high[j] and not hours_over:
                break
            seats.take(case, unit)
    return seats.owner
