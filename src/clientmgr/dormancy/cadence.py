"""How regularly each client trades: its trading days, their gaps, and how long it has been silent."""

import attrs
import numpy as np

from clientmgr.facts import Facts
from clientmgr.tables import AnyArray, Days, Floats, Int64, freeze

__all__ = ["Cadence", "find_cadence"]

NONE = np.datetime64("NaT", "D")


@attrs.frozen(eq=False)
class Cadence:
    """The trading days of every client up to a day, in the order of `facts.clients`.

    Only trades that the client ordered itself count, and no reversals; several on one day are one.

    Attributes:
        first: first trading day; NaT for none.
        last: last trading day; NaT for none.
        days: number of trading days.
        gap: median days between two of them; NaN with fewer than two.
    """

    first: Days
    last: Days
    days: Int64
    gap: Floats


def find_cadence(facts: Facts, on: np.datetime64) -> Cadence:
    """Count trading days and their gaps. O(trades log trades)."""
    trades, clients = facts.trades, len(facts.clients)
    counted = np.flatnonzero(trades.initiated & trades.reverses.missing & (trades.date <= on))
    date = trades.date[counted].view(np.int64)
    low = int(date.min(initial=0))
    width = int(date.max(initial=0)) - low + 1
    key = np.unique(facts.trade_client_rows[counted].astype(np.int64) * width + (date - low))
    client, number = key // width, key % width + low
    count = np.bincount(client, minlength=clients)
    ends = np.cumsum(count)
    some = count > 0
    first, last = np.full(clients, NONE), np.full(clients, NONE)
    first[some] = number[(ends - count)[some]].view("datetime64[D]")
    last[some] = number[ends[some] - 1].view("datetime64[D]")
    return Cadence(freeze(first), freeze(last), freeze(count), freeze(_medians(client, number, clients)))


def _medians(client: AnyArray, number: Int64, clients: int) -> Floats:
    """Find the median gap of each client's sorted days."""
    follows = client[1:] == client[:-1]
    owner, gap = client[1:][follows], np.diff(number)[follows]
    gap = gap[np.lexsort((gap, owner))]
    count = np.bincount(owner, minlength=clients)
    start = np.cumsum(count) - count
    some = np.flatnonzero(count)
    low = start[some] + (count[some] - 1) // 2
    high = start[some] + count[some] // 2
    median = np.full(clients, np.nan)
    median[some] = (gap[low] + gap[high]) / 2
    return median
