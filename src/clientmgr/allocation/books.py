"""Books as slots: which clients each manager holds, kept in one flat array, and the count quotas.

Once every book has its quota, only exchanges of as many clients for as many follow: the count has
left the problem and an exchange swaps entries of the flat array.
"""

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["Books", "deal_by_count", "meet_quotas"]

RADIX = 1 << 16  # below it numpy's stable sort of small integers is a radix sort

Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.int32]


@attrs.frozen(eq=False)
class Books:
    """The clients of each manager: `slots[starts[j]:starts[j + 1]]`, in the order in which they were dealt."""

    slots: npt.NDArray[np.intp]
    starts: Ints

    @classmethod
    def of(cls, owner: Rows, managers: int) -> "Books":
        """Group clients by manager; inside a book they keep their order (largest first)."""
        keys = owner.astype(np.uint16) if managers <= RADIX else owner
        counts = np.bincount(owner, minlength=managers)
        return cls(np.argsort(keys, kind="stable"), np.r_[0, np.cumsum(counts)])

    def owner(self) -> Rows:
        """Give the manager of each client."""
        owner = np.empty(len(self.slots), dtype=np.int32)
        owner[self.slots] = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        return owner


def meet_quotas(owner: Rows, quotas: Ints) -> int:
    """Move the smallest clients of books above their quota to books of the same branch below it, in place.

    Managers and clients are numbered branch by branch, the quotas of a branch sum to its clients.
    O(n).

    Returns:
        The number of clients moved.
    """
    counts = np.bincount(owner, minlength=len(quotas))
    surplus = np.maximum(counts - quotas, 0)
    if not surplus.any():
        return 0
    books = Books.of(owner, len(quotas))
    last = np.repeat(books.starts[1:] - 1, surplus)
    nth = np.arange(len(last)) - np.repeat(np.cumsum(surplus) - surplus, surplus)
    takers = np.repeat(np.arange(len(quotas)), np.maximum(quotas - counts, 0))
    owner[books.slots[last - nth]] = takers
    return len(last)


def deal_by_count(counts: Ints, weights: list[int], clients: int) -> Ints:
    """Say how many further clients, alike in all measures, each manager of a branch gets: who lacks most by count.

    Each goes to the manager with the smallest `(count + 1) / weight`, ties to the earlier; found by
    halving the water level, so that the cost does not depend on the number of clients.
    """
    base = sum(weights)
    held = counts.tolist()

    def room(height: int) -> list[int]:
        """Count what each takes until `(count + 1) * 2^32 > height * weight / base`."""
        return [max(0, height * w // (base << 32) - c) for w, c in zip(weights, held, strict=True)]

    low, high = 0, (sum(held) + clients + len(held) + 1) << 33
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sum(room(middle)) <= clients else (low, middle)
    given, next_up = room(low), room(high)
    ready = [j for j in range(len(held)) if next_up[j] > given[j]]
    for j in sorted(ready, key=lambda j: -weights[j])[: clients - sum(given)]:
        given[j] += 1
    return np.asarray(given, dtype=np.int64)
