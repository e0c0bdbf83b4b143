"""One measure: dealing by the lowest ratio, and closing every book on its whole-number target.

Dealing gives the largest client to the manager with the lowest load / weight (ties: the larger
weight, then the id). That is free of weighted envy up to the smallest client (WEFX), and each
over-share is at most the book's own smallest client. Closing exchanges clients between the book
most over and the book most under, until both stand on their target.
"""

import heapq
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from clientmgr.allocation.books import Books
from clientmgr.allocation.refine import fixed_pairs

__all__ = ["deal_even", "deal_one", "land"]

BUNDLES = (6_000, 24_000, 24_000, 24_000)  # tried in turn, when fewer do not reach the last unit
NEAR = 8  # partners tried on either side of the worst pair
LOCK_STEP_FROM = 24  # branches; below, a heap per branch is faster

Values: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.intp]
Rows: TypeAlias = npt.NDArray[np.int32]


def deal_even(values: Values, client_starts: Ints, manager_starts: Ints, shares: npt.NDArray[np.float64]) -> Rows:
    """Deal one measure in every branch by the lowest load / share, the largest client first.

    Args:
        values: one for each client, not negative; clients by branch, largest first.
        client_starts: border of each branch among the clients.
        manager_starts: border of each branch among the managers.
        shares: what is due to each manager, above 0.

    Returns:
        The manager of each client (a number among all managers). O(n log m) by heaps, or n /
        branches steps.
    """
    owner = np.empty(len(values), dtype=np.int32)
    exactly = values.dtype.kind == "f" or float(values.sum(dtype=np.float64)) < 2.0**53
    if len(client_starts) - 1 >= LOCK_STEP_FROM and exactly:
        _deal_lock_step(values, client_starts, manager_starts, shares, owner)
        return owner
    for branch in range(len(client_starts) - 1):
        clients = slice(*client_starts[branch : branch + 2])
        managers = slice(*manager_starts[branch : branch + 2])
        owner[clients] = deal_one(values[clients], shares[managers])
        owner[clients] += np.int32(managers.start)
    return owner


def deal_one(values: Values, shares: npt.NDArray[np.float64]) -> Rows:
    """Deal the clients of one branch, largest first, with a heap.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.even import deal_one
        >>> deal_one(np.array([5, 4, 3, 3]), np.array([0.5, 0.5])).tolist()
        [0, 1, 1, 0]
    """
    seats = np.argsort(-shares, kind="stable").tolist()
    share = shares.tolist()
    loads = [0 if values.dtype.kind == "i" else 0.0] * len(share)
    heap = [(0.0, rank, j) for rank, j in enumerate(seats)]
    owner = np.empty(len(values), dtype=np.int32)
    for i, value in enumerate(values.tolist()):
        _, rank, j = heap[0]
        owner[i] = j
        loads[j] += value
        heapq.heapreplace(heap, (loads[j] / share[j], rank, j))
    return owner


def land(
    values: Values,
    owner: Rows,
    targets: Values,
    *,
    exchanges: int,
    counts_stay: bool,
    tolerance: float = 0.0,
) -> int:
    """Exchange clients of one branch, in place, until every book stands on its target.

    Args:
        values: one for each client; whole numbers are closed exactly.
        owner: the manager of each client, changed in place.
        targets: of each manager, in the unit of `values`.
        exchanges: at most so many are made.
        counts_stay: whether each exchange gives as many clients as it takes.
        tolerance: a book this near to its target stands on it.

    Returns:
        The number of exchanges made.
    """
    grouped = Books.of(owner, len(targets))
    books = np.split(grouped.slots, grouped.starts[1:-1])
    off = np.array([values[book].sum() for book in books]) - targets
    made = 0
    while made < exchanges and max(off.max(initial=0), -off.min(initial=0)) > tolerance:
        if not _land_step(values, books, off, made, counts_stay=counts_stay):
            break
        made += 1
    for j, book in enumerate(books):
        owner[book] = j
    return made


def _land_step(values: Values, books: list[Places], off: Values, salt: int, *, counts_stay: bool) -> bool:
    """Make the first exchange that brings a book over and a book under their targets nearer to them."""
    by_off = np.argsort(-off, kind="stable").tolist()
    for attempt, bundles in enumerate(BUNDLES):
        for giver, taker in _worst_pairs(by_off):
            wanted = min(off[giver], -off[taker])
            if wanted <= 0:
                continue
            best = _best_exchange(
                values[books[giver]],
                values[books[taker]],
                wanted,
                (salt + 31 * attempt, bundles),
                counts_stay=counts_stay,
            )
            if best[0] < wanted:
                _exchange(values, books, off, giver, taker, best[1], best[2])
                return True
        if max(len(books[by_off[0]]), len(books[by_off[-1]])) ** 2 < bundles:
            break  # all bundles have been looked at
    return False


def _worst_pairs(by_off: list[int]) -> Iterator[tuple[int, int]]:
    """Go through pairs of a book over and a book under, the worst ones first."""
    reach = min(NEAR, len(by_off))
    for distance in range(2 * reach - 1):
        for i in range(max(0, distance - reach + 1), min(distance, reach - 1) + 1):
            yield by_off[i], by_off[-1 - (distance - i)]


def _best_exchange(
    mine: Values,
    other: Values,
    wanted: float,
    draw: tuple[int, int],
    *,
    counts_stay: bool,
) -> tuple[float, Places, Places]:
    """Find the exchange whose transfer is nearest to what is wanted: none, single or bundle for the same."""
    best = (np.inf, np.zeros(0, np.intp), np.zeros(0, np.intp))
    for size in (1, 2):
        one = _bundles(len(mine), size, *draw)
        two = _bundles(len(other), size, draw[0] + 1, draw[1])
        gives = sum((mine[places] for places in one), start=np.zeros(len(one[0]), mine.dtype))
        takes = sum((other[places] for places in two), start=np.zeros(len(two[0]), other.dtype))
        if not counts_stay:
            two = tuple(np.append(places, -1) for places in two)
            takes = np.append(takes, takes.dtype.type(0))
        if not len(gives) or not len(takes):
            continue
        miss, a, b = _closest(gives, takes, wanted)
        if miss < best[0]:
            best = (miss, _places(one, a), _places(two, b))
        if best[0] == 0:
            break
    return best


def _bundles(clients: int, size: int, salt: int, wanted: int) -> tuple[Places, ...]:
    """Give bundles of one or two places."""
    return (np.arange(clients),) if size == 1 else fixed_pairs(clients, wanted, salt)


def _places(bundle: tuple[Places, ...], at: int) -> Places:
    """Take the places of one bundle; -1 stands for nobody."""
    places = np.array([column[at] for column in bundle])
    return places[places >= 0]


def _closest(gives: Values, takes: Values, wanted: float) -> tuple[float, int, int]:
    """Find a and b with `gives[a] - takes[b]` nearest to `wanted`: the miss, a, b."""
    order = np.argsort(takes, kind="stable")
    lined = takes[order]
    sought = gives - wanted
    above = np.minimum(np.searchsorted(lined, sought), len(lined) - 1)
    below = np.maximum(above - 1, 0)
    over, under = np.abs(lined[above] - sought), np.abs(lined[below] - sought)
    miss = np.minimum(over, under)
    a = int(miss.argmin())
    b = int(order[above[a] if over[a] <= under[a] else below[a]])
    return miss[a].item(), a, b


def _exchange(
    values: Values,
    books: list[Places],
    off: Values,
    giver: int,
    taker: int,
    gone: Places,
    come: Places,
) -> None:
    """Carry out an exchange of any number for any number."""
    mine, other = books[giver], books[taker]
    out, into = mine[gone], other[come]
    change = values[into].sum() - values[out].sum()
    books[giver] = np.append(np.delete(mine, gone), into)
    books[taker] = np.append(np.delete(other, come), out)
    off[giver] += change
    off[taker] -= change


def _deal_lock_step(
    values: Values,
    client_starts: Ints,
    manager_starts: Ints,
    shares: npt.NDArray[np.float64],
    owner: Rows,
) -> None:
    """Deal the t-th client of every branch in one step; branches by falling length, so the active ones lead."""
    lengths = np.diff(client_starts)
    order = np.argsort(-lengths, kind="stable")
    start, length = client_starts[:-1][order], lengths[order]
    first, teams = manager_starts[:-1][order], np.diff(manager_starts)[order]
    seat = np.arange(int(teams.max(initial=0)))[:, None]
    there = seat < teams
    ranked = _seats_by_share(manager_starts, shares)[np.where(there, first + seat, 0)]
    share = np.where(there, shares[ranked], 1.0)
    load = np.zeros(there.shape)
    ratio = np.where(there, 0.0, np.inf)
    column = np.arange(len(order))
    active = np.searchsorted(-length, -np.arange(int(length.max(initial=0))), side="left")
    for step, width in enumerate(active.tolist()):
        seats = ratio[:, :width].argmin(axis=0)
        here = column[:width]
        client = start[:width] + step
        load[seats, here] += values[client]
        ratio[seats, here] = load[seats, here] / share[seats, here]
        owner[client] = ranked[seats, here]


def _seats_by_share(manager_starts: Ints, shares: npt.NDArray[np.float64]) -> Ints:
    """Order the managers of each branch by falling share, then by id."""
    branch = np.repeat(np.arange(len(manager_starts) - 1), np.diff(manager_starts))
    return np.lexsort((-shares, branch))
