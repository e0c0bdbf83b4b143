"""Closing in lock-step: all pairs of managers of all branches exchange one client at once, round after round.

In a round the worst manager of a branch gives the direction; managers are paired from both ends of
it inwards. For a pair the wanted transfer `t` is closed form, and an exchange of a for b lowers the
potential by `|t|^2 - |x_a - x_b - t|^2`: the nearest neighbours between the two books, one of them
shifted by t, are sought along the flattest measure. No random choice: the clients looked at are
strided, offset by the number of the round.
"""

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from clientmgr.allocation.books import Books

__all__ = ["cell_weights", "close_rounds"]

FREE = 1e-5  # a free cell weighs next to nothing, but not nothing: it would drift
GOOD = 0.95  # an exchange must leave less than this part of |t|^2
PAIRS = 512  # pairs handled at once, so that their clients stay in cache

Floats: TypeAlias = npt.NDArray[np.float64]
Small: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]


def close_rounds(
    values: Small,
    books: Books,
    manager_starts: Ints,
    targets: Floats,
    weights: Floats,
    *,
    rounds: int,
    sample: int = 64,
    window: int = 8,
) -> int:
    """Run rounds of one-for-one exchanges in place, on all branches at once.

    Args:
        values: measures x clients (no count among them), scaled to 1 over each branch.
        books: changed in place; the number of clients of each book stays.
        manager_starts: border of each branch among the managers.
        targets: measures x managers, in the unit of `values`.
        weights: of each cell, from `cell_weights`.
        rounds: how many; each makes at most one exchange per pair.
        sample: clients of a book looked at in a round.
        window: neighbours compared along the flattest measure.

    Returns:
        The number of exchanges made. O(rounds * managers * sample * window * measures).
    """
    pool = _Pool.of(values, books, manager_starts, targets, weights)
    made = 0
    for number in range(rounds):
        small = number >= rounds // 2
        givers, takers = pool.pair_up()
        for at in range(0, len(givers), PAIRS):
            part = slice(at, at + PAIRS)
            made += pool.exchange(givers[part], takers[part], sample, window, number, small=small)
    return made


def cell_weights(targets: Floats, free: npt.NDArray[np.bool_], importance: Floats | None = None) -> Floats:
    """Weigh each cell by 1 / target^2 (relative deviations count alike), a free cell next to nothing."""
    weights = 1.0 / np.where(targets > 0, targets, np.inf) ** 2
    weights[free] *= FREE
    return weights if importance is None else weights * importance[:, None]


@attrs.define(eq=False)
class _Pool:
    """The state of a closing: books and loads of all branches."""

    values: Small
    books: Books
    branch: Ints
    starts: Ints
    targets: Floats
    weights: Floats
    loads: Floats
    flattest: Ints

    @classmethod
    def of(cls, values: Small, books: Books, starts: Ints, targets: Floats, weights: Floats) -> "_Pool":
        """Take the loads and find the flattest measure of each branch."""
        managers = len(books.starts) - 1
        owner = books.owner()
        loads = np.array([np.bincount(owner, row, managers) for row in values])
        branch = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return cls(
            values,
            books,
            branch,
            starts,
            targets,
            weights,
            loads,
            _flattest(values, owner, branch, starts),
        )

    def pair_up(self) -> tuple[Ints, Ints]:
        """Pair the managers of each branch from both ends of the direction of its worst one."""
        relative = (self.loads - self.targets) * np.sqrt(self.weights)
        badness = np.abs(relative).max(axis=0)
        worst = np.lexsort((-badness, self.branch))[self.starts[:-1][np.diff(self.starts) > 0]]
        direction = np.zeros((len(relative), len(self.starts) - 1))
        direction[:, self.branch[worst]] = relative[:, worst]
        projection = (relative * direction[:, self.branch]).sum(axis=0)
        order = np.lexsort((-projection, self.branch))
        sizes = np.diff(self.starts)
        half = sizes // 2
        nth = np.arange(half.sum()) - np.repeat(np.cumsum(half) - half, half)
        first = np.repeat(self.starts[:-1], half)
        last = np.repeat(self.starts[1:], half) - 1
        givers, takers = order[first + nth], order[last - nth]
        held = np.diff(self.books.starts)
        both = (held[givers] > 0) & (held[takers] > 0)
        return givers[both], takers[both]

    def exchange(self, givers: Ints, takers: Ints, sample: int, window: int, number: int, *, small: bool) -> int:
        """Make the best exchange of each pair that is good enough; say how many."""
        weight = self.weights[:, givers] + self.weights[:, takers]
        over = (self.loads - self.targets) * self.weights
        safe = np.where(weight > 0, weight, 1.0)
        wanted = (over[:, givers] - over[:, takers]) / safe
        unit = np.sqrt(weight)
        slots_p = self._look(givers, sample, number, small=small)
        slots_q = self._look(takers, sample, number + 1, small=small)
        slots = np.concatenate((slots_p, slots_q), axis=1)
        points = self.values[:, self.books.slots[slots]] * unit[:, :, None].astype(np.float32)
        target = (wanted * unit).astype(np.float32)
        points[:, :, sample:] += target[:, :, None]
        left, one, two = _nearest(points, self.flattest[self.branch[givers]], sample, window)
        good = np.flatnonzero(left < GOOD * (target**2).sum(axis=0))
        self._swap(givers[good], takers[good], slots[good, one[good]], slots[good, two[good]])
        return len(good)

    def _look(self, managers: Ints, sample: int, number: int, *, small: bool) -> Ints:
        """Choose the slots looked at: strided over the size-ordered book, later its smaller two thirds."""
        first, size = self.books.starts[managers], np.diff(self.books.starts)[managers]
        skip = size // 3 if small else np.zeros_like(size)
        reach = size - skip
        offset = (number * 40503) % 65536  # the golden ratio in 16 bits
        place = ((np.arange(sample) * 65536 + offset) * reach[:, None]) // (sample * 65536)
        slots: Ints = (first + skip)[:, None] + place
        return slots

    def _swap(self, givers: Ints, takers: Ints, slot_p: Ints, slot_q: Ints) -> None:
        """Swap the two slots of each pair and carry the loads."""
        slots = self.books.slots
        gone, come = slots[slot_p], slots[slot_q]
        slots[slot_p], slots[slot_q] = come, gone
        change = self.values[:, come].astype(np.float64) - self.values[:, gone]
        self.loads[:, givers] += change
        self.loads[:, takers] -= change


def _flattest(values: Small, owner: npt.NDArray[np.int32], branch: Ints, starts: Ints) -> npt.NDArray[np.int64]:
    """Find for each branch the measure whose largest client is smallest."""
    largest = np.zeros((len(values), len(starts) - 1), dtype=values.dtype)
    home = branch[owner]
    for k, row in enumerate(values):
        np.maximum.at(largest[k], home, row)
    flattest: Ints = largest.argmin(axis=0)
    return flattest


def _nearest(
    points: Small, flattest: Ints, sample: int, window: int
) -> tuple[Small, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Find for each pair the closest giver's and taker's points along the flattest measure.

    Returns:
        The squared distance and the two positions (giver's, taker's) of each pair.
    """
    pairs = np.arange(points.shape[1])
    order = np.argsort(points[flattest, pairs], axis=1)
    lined = np.take_along_axis(points, order[None], axis=2)
    side = order >= sample
    best = np.full(len(pairs), np.inf, dtype=np.float32)
    near, gap = np.zeros(len(pairs), dtype=np.intp), np.ones(len(pairs), dtype=np.intp)
    for shift in range(1, window + 1):
        apart = lined[:, :, shift:] - lined[:, :, :-shift]
        distance = np.einsum("kps,kps->ps", apart, apart)
        distance[side[:, shift:] == side[:, :-shift]] = np.inf
        at = distance.argmin(axis=1)
        here = distance[pairs, at]
        better = here < best
        best[better], near[better], gap[better] = here[better], at[better], shift
    first, second = order[pairs, near], order[pairs, near + gap]
    return best, np.minimum(first, second), np.maximum(first, second)
