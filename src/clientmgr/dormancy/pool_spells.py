"""The stays of clients in a pool, and the trades that end their sleep."""

import attrs
import numpy as np

from clientmgr.dormancy.claim_rule import ClaimRule
from clientmgr.dormancy.matching import first_from
from clientmgr.dormancy.sweep import NEVER
from clientmgr.facts import Trades
from clientmgr.ownership import Ledger, Owner, Snapshot, look_up
from clientmgr.tables import AnyArray, Coded, Days, Flags, Int64

__all__ = ["PoolSpells", "Wakings", "find_spells", "find_wakings"]


@attrs.frozen(eq=False)
class PoolSpells:
    """Stays in a pool: a client may fall asleep again, and each stay is one of its own.

    Attributes:
        snapshot: the calendars that they were read from.
        of_mark: per standing mark the stay that it belongs to, -1 where the client is not in the
            pool.
        client: per stay the client code.
        first_mark: per stay the place of its first mark.
    """

    snapshot: Snapshot
    of_mark: Int64
    client: Int64
    first_mark: Int64

    def at(self, codes: AnyArray, days: Days) -> Int64:
        """Find the stay that each client is in on a day, -1 for none."""
        place = look_up(self.snapshot, codes, days.astype(np.int64).astype(np.int32))
        return np.append(self.of_mark, -1)[np.maximum(place, -1)]


@attrs.frozen(eq=False)
class Wakings:
    """The trade that wakes the client of each stay.

    Attributes:
        day: per stay the day number, or NEVER.
        trade: per stay the row of the trade, -1 for none.
        settled: per stay whether the holding time is over.
    """

    day: Int64
    trade: Int64
    settled: Flags


def find_spells(ledger: Ledger, pool: str, batch: int) -> PoolSpells:
    """Find all stays in a pool as known at a batch; marks that follow one another in it are one stay. O(marks)."""
    snapshot = ledger.snapshot(batch)
    parties = ledger.sets.parties.numbers(Owner.pool(pool))
    answers = np.append(ledger.sets.responsible, -1)
    marks = snapshot.marks
    inside = np.isin(answers[np.maximum(marks.value, -1)], parties) if len(marks) else np.zeros(0, bool)
    begins = inside.copy()
    begins[1:] &= ~(inside[:-1] & (marks.client[1:] == marks.client[:-1]))
    number = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    return PoolSpells(snapshot, np.where(inside, number, -1), marks.client[first].astype(np.int64), first)


def find_wakings(spells: PoolSpells, trades: Trades, codes: AnyArray, rule: ClaimRule, on: np.datetime64) -> Wakings:
    """Find the first qualifying trade, by (day, id), of each stay, after the day on which it began.

    Args:
        spells: the stays.
        trades: all trades; those after `on` are not read.
        codes: client code of each trade.
        rule: what qualifies.
        on: the last day that is read.
    """
    fit = trades.initiated & trades.reverses.missing & (trades.date <= on)
    fit &= (trades.turnover >= rule.min_turnover) & (trades.commission >= rule.min_commission)
    row = np.flatnonzero(fit)
    stay = spells.at(codes[row], trades.date[row])
    row, stay = row[stay >= 0], stay[stay >= 0]
    entered = spells.snapshot.marks.valid[spells.first_mark[stay]]
    later = trades.date[row].view(np.int64) > entered
    row, stay = row[later], stay[later]
    if rule.holding_days:
        kept = ~_sold_again(trades, codes, row, rule.holding_days, on)
        row, stay = row[kept], stay[kept]
    order = np.lexsort((trades.id.codes[row], trades.date[row], stay))
    _, first = np.unique(stay[order], return_index=True)
    chosen = order[first]
    wakings = Wakings(
        np.full(len(spells.client), NEVER),
        np.full(len(spells.client), -1),
        np.ones(len(spells.client), bool),
    )
    wakings.day[stay[chosen]] = trades.date[row[chosen]].view(np.int64)
    wakings.trade[stay[chosen]] = row[chosen]
    due = trades.date[row[chosen]] + rule.holding_days
    wakings.settled[stay[chosen]] = due <= on
    return wakings


def _sold_again(trades: Trades, codes: AnyArray, row: AnyArray, holding: int, on: np.datetime64) -> Flags:
    """Mark the purchases whose security the client sold within the holding time."""
    key, days = _keys(codes, trades.security), trades.date.view(np.int64)
    sells = (trades.side == "sell") & (trades.date <= on) & trades.reverses.missing
    sells = np.flatnonzero(sells)
    found = first_from(key[sells], days[sells], trades.id.codes[sells], key[row], days[row])
    within = days[np.append(sells, 0)[found]] <= days[row] + holding
    again: Flags = (found >= 0) & within & np.asarray(trades.side[row] == "buy")
    return again


def _keys(codes: AnyArray, security: Coded) -> Int64:
    """Number the pairs of client and security."""
    return (codes.astype(np.int64) + 1) * (len(security.vocabulary) + 1) + security.codes
