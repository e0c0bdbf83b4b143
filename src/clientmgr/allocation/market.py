"""Auction: managers whose budgets are their weights bid for clients, and prices are the result.

After Bertsekas' auction in the form for markets with budgets (Garg and Kapoor 2006): a buyer with
money left bids for the client that gives most value for money among those that it can pay, and
outbids the holder, who gets the money back, by a small step. Prices only rise. At the end no buyer
would get more for its money, but for the step, from any client that it could have paid.
"""

import heapq
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["Sale", "auction", "slackness"]

START = 0.5  # of the price that clients would have if all valued them as the keenest does
RESTARTS = 40

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Sale:
    """Who bought whom, and for how much.

    Attributes:
        owner: the buyer of each client; -1 where nobody could pay or wanted it.
        price: of each client, in parts of all budgets together.
        left: what each buyer did not spend.
    """

    owner: Ints
    price: Floats
    left: Floats


def auction(values: Floats, budgets: Floats, step: float, room: Ints) -> Sale:
    """Sell clients to buyers with budgets.

    Args:
        values: clients x buyers, what a client is worth to a buyer; 0 where it may not have it.
        budgets: of the buyers, 1 together.
        step: by which part a bid outbids the last one.
        room: how many clients each buyer takes at most.

    Returns:
        The sale. Some clients of little value may stay unsold.
    """
    keenest = values.max(axis=1)
    total = float(keenest.sum()) or 1.0
    start = START * keenest / total
    best = None
    for _ in range(RESTARTS):
        sale = _bid(values, budgets, step, room, start)
        unsold = int(((sale.owner < 0) & (keenest > 0)).sum())
        if best is None or unsold < best[0]:
            best = (unsold, sale)
        if not unsold or (sale.left < start[start > 0].min(initial=np.inf)).all():
            break
        start = start / 2
    assert best is not None  # noqa: S101 - RESTARTS is positive
    return best[1]


def slackness(sale: Sale, values: Floats) -> float:
    """Measure how much more value for money some buyer sees elsewhere: the step that holds, at least.

    Only clients that a buyer could pay, out of what it has left and the price of the client that it
    would give for it, are compared; 0 if every buyer has what is best for it at these prices.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.market import Sale, slackness
        >>> sale = Sale(np.array([0, 1]), np.array([0.5, 0.5]), np.zeros(2))
        >>> slackness(sale, np.array([[2.0, 1.0], [1.0, 2.0]])), slackness(sale, np.ones((2, 2)))
        (0.0, 0.0)
    """
    worth = values / np.where(sale.price > 0, sale.price, np.inf)[:, None]
    worst = 0.0
    for buyer in range(values.shape[1]):
        mine = np.flatnonzero((sale.owner == buyer) & (sale.price > 0))
        for client in mine.tolist():
            payable = sale.price <= sale.left[buyer] + sale.price[client]
            payable[mine] = False
            best = float(worth[payable, buyer].max(initial=0.0))
            if worth[client, buyer] > 0:
                worst = max(worst, best / float(worth[client, buyer]) - 1.0)
    return worst


def _bid(values: Floats, budgets: Floats, step: float, room: Ints, start: Floats) -> Sale:
    """Let buyers bid in turn, the one with most money left in proportion first."""
    price = start.tolist()
    owner = [-1] * len(price)
    left, free = budgets.tolist(), room.tolist()
    wants = [_wish_list(values[:, j], price) for j in range(len(left))]
    queue = [(-1.0, j) for j in range(len(left))]
    heapq.heapify(queue)
    while queue:
        _, j = heapq.heappop(queue)
        client = _choose(j, wants[j], values, price, owner, (left[j], step)) if free[j] > 0 else -1
        if client < 0:
            continue
        loser = owner[client]
        if loser >= 0:
            left[loser] += price[client]
            free[loser] += 1
            price[client] *= 1.0 + step
            heapq.heappush(wants[loser], (-values[client, loser] / price[client], client))
            heapq.heappush(queue, (-left[loser] / budgets[loser], loser))
        owner[client] = j
        left[j] -= price[client]
        free[j] -= 1
        heapq.heappush(queue, (-left[j] / budgets[j], j))
    return Sale(np.array(owner), np.array(price), np.array(left))


def _wish_list(values: Floats, price: list[float]) -> list[tuple[float, int]]:
    """List what a buyer wants by value for money, as a heap."""
    heap = [(-value / price[i], i) for i, value in enumerate(values.tolist()) if value > 0]
    heapq.heapify(heap)
    return heap


def _choose(
    buyer: int,
    wants: list[tuple[float, int]],
    values: Floats,
    price: list[float],
    owner: list[int],
    money: tuple[float, float],
) -> int:
    """Find the client with most value for money that the buyer can pay; -1 if there is none."""
    left, step = money
    aside = []
    found = -1
    while wants:
        old, client = heapq.heappop(wants)
        if owner[client] == buyer:
            continue
        asked = price[client] * (1.0 + step) if owner[client] >= 0 else price[client]
        now = -values[client, buyer] / asked
        if now > old + 1e-15 * -old:
            heapq.heappush(wants, (now, client))
            continue
        if asked <= left:
            found = client
            break
        aside.append((now, client))
    for entry in aside:
        heapq.heappush(wants, entry)
    return found
