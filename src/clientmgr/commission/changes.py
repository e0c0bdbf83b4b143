"""Which trades a correction has to look at: changed ones, those of changed calendars, those of changed plans."""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.accumulate import months_of
from clientmgr.commission.owners import Owners
from clientmgr.commission.postings import month_number
from clientmgr.commission.rules import CommissionPlan
from clientmgr.commission.sources import small_table
from clientmgr.commission.stamps import (
    Fingerprint,
    Stamp,
    TradeIndex,
    extra_bases,
    fingerprints_of,
)
from clientmgr.commission.work import edition_of
from clientmgr.errors import DataError
from clientmgr.facts import Trades
from clientmgr.ownership import Ledger
from clientmgr.periods import Dated, Period
from clientmgr.tables import AnyArray, Coded, Flags, Id, Int64

__all__ = ["TradeChanges", "changed_days", "find_trade_changes", "touched_clients", "touched_rows"]


@attrs.frozen(eq=False)
class TradeChanges:
    """How the trades differ from those that were posted.

    Attributes:
        was: the rows as they were: changed, moved or gone.
        now: the rows as they are: changed, moved or late.
    """

    was: Trades
    now: Trades

    @property
    def ids(self) -> set[Id]:
        """The trades that differ."""
        return {*self.was.id.tolist(), *self.now.id.tolist()}


def find_trade_changes(
    index: TradeIndex,
    stamps: Iterable[Stamp],
    before: Trades | None,
    late: Iterable[Id] | None,
) -> TradeChanges:
    """Find what differs from the posted trades, and prove by the fingerprints that nothing else does.

    Args:
        index: the trades as they are.
        stamps: what was posted.
        before: rows as they were: at least those that have changed or gone; a month's rows may all be there.
        late: ids of trades that were not there.

    Raises:
        DataError: the trades of a month are others than those posted, and what was brought does not explain it.
    """
    trades = index.trades
    told = small_table(trades, slice(0, 0)) if before is None else before
    named = set(told.id.tolist())
    every = list(stamps)
    whole = {s.month for s in every if s.trades.count and s.trades == _print([told], s)}
    rows = _rows_of_ids(trades, named | set(late or ()))
    now = small_table(trades, np.union1d(rows, _unnamed_rows(trades, whole, named)))
    bad = [
        stamp.month
        for stamp in every
        if index.fingerprints(extra_bases(stamp.plan)).get(stamp.month, NONE)
        - _print([now], stamp)
        + _print([told], stamp)
        != stamp.trades
    ]
    if bad:
        raise DataError(
            f"the trades of {', '.join(bad)} are not those that were posted; bring the rows that have changed or gone "
            "as they were (before=) and the ids of those that came late (late=)"
        )
    return _without_equal(told, now)


NONE = Fingerprint()


def _print(tables: list[Trades], stamp: Stamp) -> Fingerprint:
    """Take the fingerprint of the trades of a stamp's month by the columns that its plan reads."""
    return fingerprints_of(tables, extra_bases(stamp.plan)).get(stamp.month, NONE)


def touched_clients(ledger: Ledger, old: int, new: int) -> Int64:
    """List the codes of the clients of whom some batch after one, up to another, speaks."""
    low, high = sorted((old, new))
    rows = np.flatnonzero((ledger.marks.batch > low) & (ledger.marks.batch <= high))
    return np.unique(ledger.marks.client[rows]).astype(np.int64)


def touched_rows(index: TradeIndex, ledger: Ledger, stamps: Iterable[Stamp], batch: int) -> Int64:
    """List the trades whose client's calendar says something else at a new batch than at their stamp's."""
    found = [np.empty(0, np.int64)]
    by_batch: dict[int, list[Stamp]] = {}
    for stamp in stamps:
        by_batch.setdefault(stamp.batch, []).append(stamp)
    first = min((month_number(stamp.month) for stamp in stamps), default=0)
    for old, group in by_batch.items():
        only = touched_clients(ledger, old, batch)
        if not len(only):
            continue
        months = {month_number(stamp.month) for stamp in group}
        rows = _rows_of_clients(index, ledger, only)
        month = months_of(index.trades.date[rows])
        # Originals earlier than all stamps stand by the first of them.
        rows = rows[np.isin(np.maximum(month, first), list(months))]
        found.append(rows[_differ(small_table(index.trades, rows), ledger, only, old, batch)])
    return np.unique(np.concatenate(found))


def changed_days(
    old: Dated[CommissionPlan], new: Dated[CommissionPlan], month: str
) -> list[tuple[np.datetime64, np.datetime64]]:
    """List the stretches of a month, both ends included, in which two plans have different editions in force."""
    if old == new:
        return []
    period = Period.of(month)
    starts = {*old.starts, *new.starts, period.start}
    edges = sorted(start for start in starts if period.start <= start <= period.end)
    ends = [*(edge - 1 for edge in edges[1:]), period.end]
    return [(a, b) for a, b in zip(edges, ends, strict=True) if _in_force(old, a) != _in_force(new, a)]


def _in_force(plan: Dated[CommissionPlan], day: np.datetime64) -> CommissionPlan | None:
    """Give the edition of a day, None before the first."""
    number = int(edition_of(plan, np.array([day]))[0])
    return plan.values[number] if number >= 0 else None


def _rows_of_ids(trades: Trades, ids: set[Id]) -> Int64:
    """Find the rows of some trades, those that are there."""
    if not ids:
        return np.empty(0, np.int64)
    rows = trades.rows(Coded.of(sorted(ids, key=lambda word: (str(type(word)), word))))
    return rows[rows >= 0].astype(np.int64)


def _unnamed_rows(trades: Trades, months: set[str], named: set[Id]) -> Int64:
    """Find the rows of months brought as a whole that were not among what was brought."""
    if not months:
        return np.empty(0, np.int64)
    rows = np.flatnonzero(np.isin(months_of(trades.date), [month_number(m) for m in months]))
    late = [row for row, word in zip(rows.tolist(), trades.id[rows].tolist(), strict=True) if word not in named]
    return np.array(late, np.int64)


def _without_equal(was: Trades, now: Trades) -> TradeChanges:
    """Leave out the rows that are as they were."""
    old = {row["id"]: row for row in was.to_records()}
    new = {row["id"]: row for row in now.to_records()}
    same = {word for word in old if old[word] == new.get(word)}
    keep_old = np.array([word not in same for word in was.id.tolist()], bool)
    keep_new = np.array([word not in same for word in now.id.tolist()], bool)
    return TradeChanges(was.take(keep_old), now.take(keep_new))


def _rows_of_clients(index: TradeIndex, ledger: Ledger, only: Int64) -> Int64:
    """List the trades of some clients, given by ledger code."""
    place = index.trades.client.match(ledger.clients)
    touched = np.zeros(len(ledger.clients) + 1, bool)
    touched[only] = True
    return index.rows_of(touched[place])


def _differ(trades: Trades, ledger: Ledger, only: Int64, old: int, new: int) -> Flags:
    """Say for which trades two states of the ledger differ in anything that crediting may read."""
    client = ledger.codes(trades.client)
    day = trades.date.astype(np.int64).astype(np.int32)
    facets: list[list[Any]] = []
    for batch in (old, new):
        owners = Owners(ledger, batch, only)
        place = owners.place_of_code
        own = client if place is None else place[client]
        facets.append(_facets(owners, owners.calendar.find(own, day)))
    differs = np.zeros(len(trades), bool)
    for a, b in zip(*facets, strict=True):
        differs |= a != b
    return differs


def _facets(owners: Owners, row: AnyArray) -> list[AnyArray]:
    """Give all that a mark in force tells a crediting rule; -9 where none is."""
    mark = owners.calendar.mark[row]
    former = np.where(owners.former >= 0, owners.value[owners.former], -9)
    columns = (
        owners.value,
        owners.valid,
        owners.kind,
        owners.branch,
        owners.existing,
        owners.life_start,
        owners.acquired,
        former,
    )
    return [np.append(column.astype(np.int64), -9)[mark] for column in columns]
