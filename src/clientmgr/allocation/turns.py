"""Draft: managers take turns in an order by their weights, and pick what they want most.

The next turn goes to the smallest `f(t) / weight`, t turns taken so far: `f(t) = t` (Adams) favours
small weights and is free of weighted envy up to one client whatever the managers want,
`t + 1/2` is Webster's and `t + 1` Jefferson's (Chakraborty, Schmidt-Kraepelin, Suksompong 2021).
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["draft", "turns"]

OFFSET: Final = {"adams": Fraction(0), "webster": Fraction(1, 2), "jefferson": Fraction(1)}

Ints: TypeAlias = npt.NDArray[np.int64]


def turns(weights: Sequence[int], count: int, sequence: str) -> list[int]:
    """Order turns by a divisor sequence; ties go to the larger weight, then to the earlier one.

    O(count log managers).

    Example:
        >>> from clientmgr.allocation.turns import turns
        >>> turns([2, 1], 6, "adams"), turns([2, 1], 6, "jefferson")
        ([0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1])
    """
    return list(islice(_endless(weights, sequence), count))


def _endless(weights: Sequence[int], sequence: str) -> Iterator[int]:
    """Give one turn after the other."""
    offset = OFFSET[sequence]
    heap = [(offset / weight, -weight, j) for j, weight in enumerate(weights)]
    heapq.heapify(heap)
    taken = [0] * len(weights)
    while True:
        _, minus, j = heap[0]
        yield j
        taken[j] += 1
        heapq.heapreplace(heap, ((taken[j] + offset) / weights[j], minus, j))


def draft(
    weights: Sequence[int],
    wishes: Sequence[Sequence[int]],
    sequence: str,
    owner: Ints,
    accepts: Callable[[int, int], bool],
) -> None:
    """Let managers pick in turn, in place, until nobody wants any more.

    A manager that finds nothing left to want, or accepts nothing more, leaves the draft; the turns
    of the others stay in their order.

    Args:
        weights: of the managers.
        wishes: for each manager what it may have, best first.
        sequence: "adams", "webster" or "jefferson".
        owner: who has each client already, -1 for nobody; changed in place.
        accepts: whether a manager has room for a client; asked once before each pick, and told by
            that of the pick that follows.
    """
    at = [0] * len(weights)
    playing = set(range(len(weights)))
    for j in _endless(weights, sequence):
        if not playing:
            break
        if j not in playing:
            continue
        wish = wishes[j]
        while at[j] < len(wish) and (owner[wish[at[j]]] >= 0 or not accepts(j, wish[at[j]])):
            at[j] += 1
        if at[j] == len(wish):
            playing.discard(j)
        else:
            owner[wish[at[j]]] = j
