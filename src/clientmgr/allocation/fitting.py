"""Affinity under capacities: the generalised assignment problem, with a bound on its optimum.

Each client goes to exactly one manager, takes hours there, and fits it more or less; the sum of
fits is maximised. Prices on capacities (Lagrangian relaxation, subgradient steps) give the bound
and a start; the start is repaired by what relief costs per hour; then shifts and swaps with a tabu
list and overload prices improve it. Small cases are searched through, as far as the prices do not
rule branches out.
"""

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["Fit", "fit"]

PATIENCE = 15  # idle steps until the step of the prices is shortened
PROVED = 1e-9  # an assignment this near to its bound is the best
SMALL, NODES = 64, 20_000  # up to so many clients a tree of so many nodes is searched behind
DUST = 1e-9  # sums this near are equal
SAMPLE = 120  # clients whose swaps with all others are looked at in one step
TABU = 3
DEAR, CHEAP = 1.1, 0.93  # how overload prices follow whether all fits

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Fit:
    """An assignment, its value, and a value that no assignment can exceed.

    Attributes:
        owner: the manager of each client; None if none within the capacities was found.
        value: the sum of fits.
        bound: at least the best possible sum.
        prices: of an hour of each manager; they prove the bound.
    """

    owner: Ints | None
    value: float
    bound: float
    prices: Floats


def fit(gains: Floats, hours: Floats, room: Floats, *, prices: int, exchanges: int) -> Fit:
    """Maximise the sum of gains, each client to one manager, within the managers' hours.

    Args:
        gains: clients x managers; -inf where a client may not go.
        hours: clients x managers, what a client takes of a manager.
        room: hours of each manager.
        prices: steps in which the bound is improved.
        exchanges: shifts and swaps that the search may make.

    Returns:
        The best assignment found, and the bound.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.fitting import fit
        >>> gains = np.array([[5.0, 1.0], [4.0, 3.0]])
        >>> best = fit(gains, np.ones((2, 2)), np.ones(2), prices=50, exchanges=20)
        >>> best.owner.tolist(), best.value, round(best.bound, 3)
        ([0, 1], 8.0, 8.0)
    """
    costs = np.where(np.isfinite(gains), -gains, np.inf)
    search = _Search(costs, hours, room)
    bound, paid = _climb(search, prices)
    if search.best - bound > PROVED * max(1.0, abs(bound)):
        search.improve(exchanges, paid)
        if len(costs) <= SMALL:
            _Tree.of(search, paid, NODES).search(0, 0.0)
    return Fit(search.owner, float(-search.best), float(-bound), paid)


@attrs.define(eq=False)
class _Search:
    """The best assignment so far, and how to look for better ones."""

    costs: Floats
    hours: Floats
    room: Floats
    owner: Ints | None = None
    best: float = np.inf

    def offer(self, owner: Ints) -> None:
        """Keep an assignment if it fits and is the best so far."""
        units = np.arange(len(owner))
        cost = float(self.costs[units, owner].sum())
        if cost < self.best - DUST and bool((self.load(owner) <= self.room + DUST).all()):
            self.best, self.owner = cost, owner.copy()

    def load(self, owner: Ints) -> Floats:
        """Add the hours up by manager."""
        spent: Floats = np.bincount(owner, self.hours[np.arange(len(owner)), owner], len(self.room)).astype(np.float64)
        return spent

    def repair(self, owner: Ints, paid: Floats) -> None:
        """Shift clients out of overfull books, by what it costs per hour relieved, then offer it."""
        reduced = self.costs + self.hours * paid
        load = self.load(owner)
        for _ in range(4 * len(owner)):
            over = load - self.room
            j = int(over.argmax())
            if over[j] <= DUST:
                break
            held = np.flatnonzero(owner == j)
            fits = load + self.hours[held] <= self.room + DUST
            fits[:, j] = False
            relief = np.minimum(self.hours[held, j], over[j])[:, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                rate = (reduced[held] - reduced[held, j][:, None]) / relief
            rate = np.where(fits & np.isfinite(self.costs[held]) & (relief > 0), rate, np.inf)
            if not np.isfinite(rate).any():
                break
            i, k = divmod(int(rate.argmin()), rate.shape[1])
            unit = held[i]
            load[j] -= self.hours[unit, j]
            load[k] += self.hours[unit, k]
            owner[unit] = k
        self.offer(owner)

    def improve(self, exchanges: int, paid: Floats) -> None:
        """Shift and swap with a tabu list; overload is priced, dearer while it lasts."""
        owner = self._start(paid)
        units = np.arange(len(owner))
        spread = np.where(np.isfinite(self.costs), self.costs, np.nan)
        scale = float(np.nanmean(np.abs(spread))) or 1.0
        penalty = np.maximum(paid, scale / max(float(self.hours.mean()), 1e-12) * 0.1)
        tabu = np.full(self.costs.shape, -1)
        load = self.load(owner)
        now = float(self.costs[units, owner].sum())
        for step in range(exchanges):
            over = np.maximum(load - self.room, 0.0)
            move = self._best_move(owner, load, over, penalty, (tabu, step, now))
            if move is None:
                break
            for unit, target in move:
                source = int(owner[unit])
                load[source] -= self.hours[unit, source]
                load[target] += self.hours[unit, target]
                now += self.costs[unit, target] - self.costs[unit, source]
                tabu[unit, source] = step + TABU + (step * 7) % 5
                owner[unit] = target
            fits = load <= self.room + DUST
            if fits.all():
                self.offer(owner)
                penalty *= CHEAP
            else:
                penalty[~fits] *= DEAR

    def _start(self, paid: Floats) -> Ints:
        """Begin with the best so far, or with what the prices say."""
        if self.owner is not None:
            return self.owner.copy()
        cheapest: Ints = (self.costs + self.hours * paid).argmin(axis=1)
        return cheapest

    def _best_move(
        self,
        owner: Ints,
        load: Floats,
        over: Floats,
        penalty: Floats,
        memory: tuple[npt.NDArray[np.int64], int, float],
    ) -> list[tuple[int, int]] | None:
        """Find the best shift or swap of clients, cost and priced overload together."""
        tabu, step, now = memory
        units = np.arange(len(owner))
        own_cost, own_hours = self.costs[units, owner], self.hours[units, owner]
        left = np.maximum(load[owner] - own_hours - self.room[owner], 0.0) - over[owner]
        joined = np.maximum(load + self.hours - self.room, 0.0) - over
        shift = self.costs - own_cost[:, None] + penalty[owner, None] * left[:, None] + penalty * joined
        shift[units, owner] = np.inf
        banned = tabu > step
        better = (now + self.costs - own_cost[:, None] < self.best - DUST) & (joined <= 0)
        shift[banned & ~better] = np.inf
        i, j = divmod(int(shift.argmin()), shift.shape[1])
        swap = self._best_swap(owner, load, over, penalty, banned, step)
        if swap is not None and swap[0] < shift[i, j]:
            return swap[1]
        return [(i, j)] if np.isfinite(shift[i, j]) else None

    def _best_swap(
        self,
        owner: Ints,
        load: Floats,
        over: Floats,
        penalty: Floats,
        banned: npt.NDArray[np.bool_],
        step: int,
    ) -> tuple[float, list[tuple[int, int]]] | None:
        """Find the best swap among up to 120 clients by turns against all."""
        count = len(owner)
        rows = np.arange(count)
        if count > SAMPLE:
            rows = (np.arange(SAMPLE) * count // SAMPLE + step * 37) % count
        other = np.arange(count)
        a, b = owner[rows][:, None], owner[other][None, :]
        hours_ab = self.hours[rows][:, owner]
        hours_ba = self.hours[other][:, owner[rows]].T
        own_a, own_b = self.hours[rows, owner[rows]][:, None], self.hours[other, owner][None, :]
        cost = self.costs[rows][:, owner] + self.costs[other][:, owner[rows]].T
        cost = cost - self.costs[rows, owner[rows]][:, None] - self.costs[other, owner][None, :]
        net_a, net_b = load[a] - own_a + hours_ba, load[b] - own_b + hours_ab
        cost = cost + penalty[a] * (np.maximum(net_a - self.room[a], 0.0) - over[a])
        cost = cost + penalty[b] * (np.maximum(net_b - self.room[b], 0.0) - over[b])
        cost[(a == b) | banned[rows][:, owner] | banned[other][:, owner[rows]].T] = np.inf
        i, k = divmod(int(np.nan_to_num(cost, nan=np.inf).argmin()), count)
        if not np.isfinite(cost[i, k]):
            return None
        one, two = int(rows[i]), int(other[k])
        return float(cost[i, k]), [(one, int(owner[two])), (two, int(owner[one]))]


def _climb(search: _Search, steps: int) -> tuple[float, Floats]:
    """Raise prices where hours are overspent, lower them elsewhere: the bound and its prices."""
    paid = np.zeros(len(search.room))
    best, best_paid = -np.inf, paid
    length, idle = 2.0, 0
    units = np.arange(len(search.costs))
    for _ in range(steps):
        reduced = search.costs + search.hours * paid
        owner = reduced.argmin(axis=1)
        bound = float(reduced[units, owner].sum() - (paid * search.room).sum())
        idle = 0 if bound > best + 1e-9 * abs(best if np.isfinite(best) else 1.0) else idle + 1
        if bound > best:
            best, best_paid = bound, paid.copy()
        search.repair(owner.copy(), paid)
        slope = search.load(owner) - search.room
        size = float((slope**2).sum())
        if size == 0 or search.best - best < 1e-9 * max(1.0, abs(best)):
            break
        if idle == PATIENCE:
            length, idle, paid = 0.7 * length, 0, best_paid.copy()
            continue
        target = search.best if np.isfinite(search.best) else best + 0.05 * abs(best) + 1.0
        paid = np.maximum(paid + length * max(target - bound, 1e-9) / size * slope, 0.0)
    return best, best_paid


@attrs.define(eq=False)
class _Tree:
    """A depth-first search over all assignments, cut where prices prove that nothing better follows."""

    best: _Search
    reduced: list[list[float]]
    hours: list[list[float]]
    ranked: list[list[int]]
    order: list[int]
    least: list[float]
    floor: float
    step: float
    left: list[float]
    owner: list[int]
    nodes: int

    @classmethod
    def of(cls, search: _Search, paid: Floats, nodes: int) -> "_Tree":
        """Order the clients by what it costs to give them to their second choice."""
        reduced = search.costs + search.hours * paid
        ranked = np.argsort(reduced, axis=1, kind="stable")
        lowest = np.sort(reduced, axis=1)
        regret = lowest[:, 1] - lowest[:, 0] if reduced.shape[1] > 1 else np.zeros(len(reduced))
        order = np.argsort(-np.nan_to_num(regret, posinf=np.finfo(float).max), kind="stable")
        least = np.r_[np.cumsum(lowest[order, 0][::-1])[::-1], 0.0]
        finite = search.costs[np.isfinite(search.costs)]
        whole = bool((finite == np.round(finite)).all())
        return cls(
            search,
            reduced.tolist(),
            search.hours.tolist(),
            ranked.tolist(),
            order.tolist(),
            least.tolist(),
            -float((paid * search.room).sum()),
            1.0 - 1e-6 if whole else 1e-9,
            search.room.tolist(),
            [0] * len(reduced),
            nodes,
        )

    def search(self, depth: int, spent: float) -> None:
        """Try every manager for the next client, the cheapest first, while something better may follow."""
        if depth == len(self.order):
            self.best.offer(np.array(self.owner))
            return
        client = self.order[depth]
        rest = self.floor + spent + self.least[depth + 1]
        for manager in self.ranked[client]:
            self.nodes -= 1
            cost = self.reduced[client][manager]
            if self.nodes < 0 or rest + cost > self.best.best - self.step:
                return
            if self.hours[client][manager] <= self.left[manager] + DUST:
                self.left[manager] -= self.hours[client][manager]
                self.owner[client] = manager
                self.search(depth + 1, spent + cost)
                self.left[manager] += self.hours[client][manager]
