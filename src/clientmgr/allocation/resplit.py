"""Small books of whole numbers: two books are merged and split again as well as is possible at all.

Which sums a set of whole numbers can reach is one big integer, a bit for each sum; adding a number
shifts it. The sum nearest to what is due is then traced back to the clients that make it up.
"""

from itertools import combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["nearest_subset", "resplit"]

MOST_BITS = 1 << 21  # sums that one pair of books may reach
MOST_CLIENTS = 96  # of a pair; larger books are closed by exchanges

Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.int32]


def resplit(values: Ints, owner: Rows, targets: Ints, weights: tuple[int, ...], *, exchanges: int) -> int:
    """Split pairs of books anew, in place, as long as that brings the two nearer to their targets.

    Args:
        values: whole numbers, one for each client of a branch.
        owner: the manager of each client, changed in place.
        targets: of each manager.
        weights: of each manager; what two books are over or under is shared by them.
        exchanges: at most so many pairs are split anew.

    Returns:
        How many were. Pairs that are too large are left alone. O(pairs * clients * sums / 64) each.
    """
    made = 0
    improved = True
    while improved:
        improved = False
        for p, q in _pairs_by_need(values, owner, targets):
            if made >= exchanges:
                return made
            if _split_pair(values, owner, targets, weights, (p, q)):
                made, improved = made + 1, True
                break
    return made


def nearest_subset(values: list[int], goal: int) -> list[int]:
    """Find places whose values sum as near to a goal as any do; the smaller sum of two equally near.

    Example:
        >>> from clientmgr.allocation.resplit import nearest_subset
        >>> nearest_subset([7, 5, 3, 2], 9)
        [0, 3]
    """
    reached = [1]
    for value in values:
        reached.append(reached[-1] | reached[-1] << value)
    every = reached[-1]
    below = (every & ((1 << (goal + 1)) - 1)).bit_length() - 1
    rest = every >> (goal + 1)
    above = goal + (rest & -rest).bit_length() if rest else None
    left = below if above is None or goal - below <= above - goal else above
    chosen = []
    for i in range(len(values) - 1, -1, -1):
        if not reached[i] >> left & 1:
            chosen.append(i)
            left -= values[i]
    return chosen[::-1]


def _pairs_by_need(values: Ints, owner: Rows, targets: Ints) -> list[tuple[int, int]]:
    """List pairs of books with something to gain, those furthest apart first."""
    loads = np.zeros(len(targets), dtype=np.int64)
    np.add.at(loads, owner, values)
    off = (loads - targets).tolist()
    pairs = [(p, q) for p, q in combinations(range(len(off)), 2) if off[p] != off[q]]
    return sorted(pairs, key=lambda pair: (-abs(off[pair[0]] - off[pair[1]]), pair))


def _split_pair(values: Ints, owner: Rows, targets: Ints, weights: tuple[int, ...], pair: tuple[int, int]) -> bool:
    """Split the clients of two books anew if that lowers the sum of their squared deviations."""
    p, q = pair
    rows = np.flatnonzero((owner == p) | (owner == q))
    mine = values[rows].tolist()
    total = sum(mine)
    if len(mine) > MOST_CLIENTS or total > MOST_BITS:
        return False
    over = total - int(targets[p]) - int(targets[q])
    goal = min(max(int(targets[p]) + over * weights[p] // (weights[p] + weights[q]), 0), total)
    chosen = nearest_subset(mine, goal)
    load = sum(mine[i] for i in chosen)
    before = int(values[owner == p].sum())
    if _unrest(load, total, targets, pair) >= _unrest(before, total, targets, pair):
        return False
    owner[rows] = q
    owner[rows[chosen]] = p
    return True


def _unrest(load: int, total: int, targets: Ints, pair: tuple[int, int]) -> int:
    """Square how far two books stand from their targets, if the first one holds so much."""
    first, second = load - int(targets[pair[0]]), total - load - int(targets[pair[1]])
    return first * first + second * second
