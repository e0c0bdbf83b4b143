"""Refining one branch: the worst manager against the best partner, singles first, then bundles of two.

Bundles of two clients a side, fourteen thousand of them, meet by a hash join on a grid: some 2e8
exchanges are looked at in a few milliseconds. Nothing is random: bundles follow a fixed sequence.
Effort is a number of exchanges.
"""

import itertools
from collections.abc import Iterator
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["fixed_pairs", "refine"]

BUNDLES = 14_000
WINDOW = 16  # neighbours compared along the flattest measure
GOOD = 0.95  # an exchange must leave less than this part of |t|^2
FAR = 0.25  # above this part left by the best single, whole prefixes of swaps are tried
FEW, MANY = 16, 4096  # meetings on a grid that is neither too fine nor too coarse
FINEST, COARSEST = 1e-9, 1e9  # cells as parts of |t|: many like clients must not drive them off
GRIDS = 6  # cell sizes tried for one set of bundles
TRIES = 12  # pairs tried for a manager before the next worst one has its turn

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]
Swap: TypeAlias = tuple[float, Places, Places]


def refine(
    values: Floats,
    owner: npt.NDArray[np.int32],
    targets: Floats,
    weights: Floats,
    *,
    exchanges: int,
    within: float,
) -> int:
    """Exchange as many clients for as many between two books of one branch, in place, until all is close enough.

    Args:
        values: measures x clients (no count among them), scaled.
        owner: the manager of each client, changed in place.
        targets: measures x managers.
        weights: of each cell, see `close.cell_weights`.
        exchanges: at most so many are made.
        within: stop when no cell is further from its target than this part of it (free cells
            apart).

    Returns:
        The number of exchanges made.
    """
    state = _State.of(values, owner, targets, weights)
    made = 0
    while made < exchanges and state.worst_deviation() > within and state.improve(made):
        made += 1
    state.write(owner)
    return made


def fixed_pairs(size: int, wanted: int, salt: int) -> tuple[Places, Places]:
    """Give `wanted` pairs of different places below `size` from a fixed sequence, or all if they are fewer.

    Example:
        >>> from clientmgr.allocation.refine import fixed_pairs
        >>> [places.tolist() for places in fixed_pairs(3, 10, 0)]
        [[0, 0, 1], [1, 2, 2]]
    """
    if size * (size - 1) // 2 <= wanted:
        first, second = np.triu_indices(size, 1)
        return first, second
    word = np.arange(wanted, dtype=np.uint64) + np.uint64(salt * wanted + 1)
    word *= np.uint64(0x9E3779B97F4A7C15)
    word ^= word >> np.uint64(30)
    word *= np.uint64(0xBF58476D1CE4E5B9)
    word ^= word >> np.uint64(27)
    half = np.uint64(32)
    first = ((word >> half) * np.uint64(size) >> half).astype(np.intp)
    second = ((word & np.uint64(0xFFFFFFFF)) * np.uint64(size - 1) >> half).astype(np.intp)
    second += second >= first
    return first, second


@attrs.define(eq=False)
class _State:
    """Books and loads of one branch while they are refined."""

    values: Floats
    books: list[Places]
    loads: Floats
    targets: Floats
    weights: Floats
    counted: npt.NDArray[np.bool_]
    flattest: int
    cell: float = 0.25
    failed: dict[tuple[int, int], tuple[int, int]] = attrs.field(factory=dict)
    versions: list[int] = attrs.field(factory=list)

    @classmethod
    def of(cls, values: Floats, owner: npt.NDArray[np.int32], targets: Floats, weights: Floats) -> "_State":
        """Group the clients by manager and take the loads."""
        managers = targets.shape[1]
        order = np.argsort(owner, kind="stable")
        borders = np.cumsum(np.bincount(owner, minlength=managers))[:-1]
        loads = np.array([np.bincount(owner, row, managers) for row in values])
        normal = weights * np.where(targets > 0, targets, 1.0) ** 2
        counted = normal > normal.max(axis=1, keepdims=True) / 2
        return cls(
            values,
            np.split(order, borders),
            loads,
            targets,
            weights,
            counted,
            int(values.max(axis=1, initial=0.0).argmin()),
            versions=[0] * managers,
        )

    def worst_deviation(self) -> float:
        """Give the largest relative deviation of a cell that is not free."""
        return float(self._deviations().max(initial=0.0))

    def improve(self, salt: int) -> bool:
        """Make the first exchange that is good enough, from the worst manager on; False if there is none."""
        for giver in np.argsort(-self._deviations().max(axis=0), kind="stable").tolist():
            for taker in itertools.islice(self._partners(giver), TRIES):
                if self._try(giver, taker, salt):
                    return True
        return False

    def write(self, owner: npt.NDArray[np.int32]) -> None:
        """Write who has whom."""
        for manager, book in enumerate(self.books):
            owner[book] = manager

    def _deviations(self) -> Floats:
        """Give relative deviations, zero where a cell is free."""
        off = np.abs(self.loads - self.targets) / np.where(self.targets > 0, self.targets, 1.0)
        return np.where(self.counted, off, 0.0)

    def _partners(self, giver: int) -> Iterator[int]:
        """Go through the partners by falling possible gain, without pairs that failed as they are."""
        wanted, weight = self._transfer(giver)
        gain = (weight * wanted**2).sum(axis=0)
        for taker in np.argsort(-gain, kind="stable").tolist():
            pair = (giver, taker)
            fresh = self.failed.get(pair) != (self.versions[giver], self.versions[taker])
            if taker != giver and gain[taker] > 0 and fresh and len(self.books[taker]):
                yield taker

    def _transfer(self, giver: int) -> tuple[Floats, Floats]:
        """Give the best transfer from one manager to each other one, and the metric of the pair."""
        weight = self.weights + self.weights[:, giver, None]
        over = (self.loads - self.targets) * self.weights
        return (over[:, giver, None] - over) / np.where(weight > 0, weight, 1.0), weight

    def _try(self, giver: int, taker: int, salt: int) -> bool:
        """Make the best exchange of a pair, or remember that there is none."""
        wanted, weight = self._transfer(giver)
        unit = np.sqrt(weight[:, taker, None])
        target = wanted[:, taker, None] * unit
        here = self.values[:, self.books[giver]] * unit
        there = self.values[:, self.books[taker]] * unit + target
        whole = float((target**2).sum())
        best = min(self._candidates(here, there, target, whole, salt), key=lambda swap: swap[0])
        if best[0] < GOOD * whole:
            self._swap(giver, taker, best[1], best[2])
            return True
        self.failed[giver, taker] = (self.versions[giver], self.versions[taker])
        return False

    def _candidates(self, here: Floats, there: Floats, target: Floats, whole: float, salt: int) -> Iterator[Swap]:
        """Propose exchanges: the best single; where it is far off, a prefix of swaps, or else bundles of two."""
        nothing = np.zeros(0, dtype=np.intp)
        yield np.inf, nothing, nothing
        if not here.shape[1] or not there.shape[1]:
            return
        single = _singles(here, there, self.flattest)
        yield single
        if single[0] > FAR * whole:
            yield _prefix(here, there - target, target, self.flattest)
            yield self._bundles(here, there, target, salt)

    def _bundles(self, here: Floats, there: Floats, target: Floats, salt: int) -> Swap:
        """Join bundles of two of either book on a grid whose cell adapts to the number of meetings."""
        one = fixed_pairs(here.shape[1], BUNDLES, salt)
        two = fixed_pairs(there.shape[1], BUNDLES, salt + 1)
        mine = here[:, one[0]] + here[:, one[1]]
        # Both clients of the other side carry the shift t, once too often.
        other = there[:, two[0]] + there[:, two[1]] - target
        size = float(np.sqrt((target**2).sum()))
        best: Swap = (np.inf, one[0][:0], one[0][:0])
        if not mine.shape[1] or not other.shape[1]:
            return best
        for _ in range(GRIDS):
            at, to = _meet(mine, other, self.cell * size, salt)
            if len(at):
                apart = mine[:, at] - other[:, to]
                distance = np.einsum("kn,kn->n", apart, apart)
                i = int(distance.argmin())
                if distance[i] < best[0]:
                    best = (float(distance[i]), *(_both(one, at[i]), _both(two, to[i])))
            if FEW <= len(at) <= MANY:
                break
            self.cell = min(max(self.cell * (3.0 if len(at) < FEW else 0.4), FINEST), COARSEST)
        return best

    def _swap(self, giver: int, taker: int, gone: Places, come: Places) -> None:
        """Exchange clients at the given places of the two books and carry the loads."""
        mine, other = self.books[giver], self.books[taker]
        out, into = mine[gone], other[come]
        mine[gone], other[come] = into, out
        change = self.values[:, into].sum(axis=1) - self.values[:, out].sum(axis=1)
        self.loads[:, giver] += change
        self.loads[:, taker] -= change
        self.versions[giver] += 1
        self.versions[taker] += 1


def _both(pairs: tuple[Places, Places], at: int) -> Places:
    """Take the two places of one bundle."""
    return np.array([pairs[0][at], pairs[1][at]])


def _singles(here: Floats, there: Floats, flattest: int) -> Swap:
    """Find the nearest pair between two books among neighbours along one measure."""
    order = np.argsort(there[flattest], kind="stable")
    lined = there[:, order]
    middle = np.searchsorted(lined[flattest], here[flattest])
    width = min(WINDOW, len(order))
    begin = np.clip(middle - width // 2, 0, len(order) - width)
    place = begin[:, None] + np.arange(width)
    apart = lined[:, place] - here[:, :, None]
    distance = np.einsum("knw,knw->nw", apart, apart)
    i, w = divmod(int(distance.argmin()), width)
    return float(distance[i, w]), np.array([i]), order[place[i, w]][None]


def _prefix(here: Floats, there: Floats, target: Floats, flattest: int) -> Swap:
    """Match both books along one measure and take the best prefix of the swaps that point where t does."""
    pairs = min(here.shape[1], there.shape[1])
    mine = np.argsort(-here[flattest], kind="stable")[:pairs]
    other = np.argsort(-there[flattest], kind="stable")[:pairs]
    change = here[:, mine] - there[:, other]
    length = np.sqrt((change**2).sum(axis=0))
    size = float(np.sqrt((target**2).sum()))
    cosine = (change * target).sum(axis=0) / np.where(length > 0, length * size, 1.0)
    useful = np.flatnonzero((cosine > 0) & (length <= 0.8 * size))
    useful = useful[np.argsort(-cosine[useful], kind="stable")]
    if not len(useful):
        return np.inf, useful, useful
    left = ((np.cumsum(change[:, useful], axis=1) - target) ** 2).sum(axis=0)
    best = int(left.argmin())
    return float(left[best]), mine[useful[: best + 1]], other[useful[: best + 1]]


def _meet(mine: Floats, other: Floats, cell: float, salt: int) -> tuple[Places, Places]:
    """Find points of two clouds in the same cell of a grid; at most four of `mine` for each of `other`."""
    shift = ((salt * 40503 + 20251 * np.arange(len(mine))) % 65536 / 65536)[:, None]
    keys, sought = _cells(mine, cell, shift), _cells(other, cell, shift)
    order = np.argsort(keys)
    lined = keys[order]
    place = np.searchsorted(lined, sought)
    at, to = [], []
    for step in range(4):
        spot = np.minimum(place + step, len(lined) - 1)
        hit = np.flatnonzero((lined[spot] == sought) & (place + step < len(lined)))
        at.append(order[spot[hit]])
        to.append(hit)
    return np.concatenate(at), np.concatenate(to)


def _cells(points: Floats, cell: float, shift: Floats) -> npt.NDArray[np.int64]:
    """Number the grid cell of each point; far-off cells may share a number, distances decide."""
    grid = np.floor(points / cell + shift)
    np.clip(grid, -(2.0**40), 2.0**40, out=grid)
    number = np.zeros(points.shape[1], dtype=np.int64)
    for row in grid.astype(np.int64):
        number = number * np.int64(1_000_003) + row
    return number
