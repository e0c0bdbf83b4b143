"""What the credits of a posted month stand by: ledger batch, plan, and a fingerprint of the trades.

A fingerprint is a count, a gross sum and a sum of row hashes, so it depends neither on the order of the rows nor on how
they are cut, and fingerprints of parts add and subtract. The hash only tells tables apart; nothing is decided by it.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.accumulate import months_of
from clientmgr.commission.rules import CommissionPlan
from clientmgr.errors import DataError
from clientmgr.facts import Facts, Trades
from clientmgr.periods import Dated, Period
from clientmgr.tables import AnyArray, Coded, Int64

__all__ = ["Fingerprint", "Stamp", "TradeIndex", "side_hash"]

WORD = np.uint64
GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
COLUMNS = ("id", "client", "side", "market", "product", "security", "reverses")
AMOUNTS = ("quantity", "turnover", "commission")


@attrs.frozen
class Fingerprint:
    """What tells the trades of a month apart from other trades.

    Attributes:
        count: how many.
        gross: their commission in fen.
        sum: the sum of their row hashes modulo 2^64.

    Example:
        >>> from clientmgr.commission import Fingerprint
        >>> Fingerprint(2, 600, 7) - Fingerprint(1, 100, 9)
        Fingerprint(count=1, gross=500, sum=18446744073709551614)
    """

    count: int = 0
    gross: int = 0
    sum: int = 0

    def __add__(self, other: "Fingerprint") -> "Fingerprint":
        """Give the fingerprint of both sets of trades together."""
        total = (self.sum + other.sum) & MASK
        return Fingerprint(self.count + other.count, self.gross + other.gross, total)

    def __sub__(self, other: "Fingerprint") -> "Fingerprint":
        """Give the fingerprint of what is left without other trades."""
        rest = (self.sum - other.sum) & MASK
        return Fingerprint(self.count - other.count, self.gross - other.gross, rest)


@attrs.frozen
class Stamp:
    """What the posted credits of one source month stand by; with the trades it gives them again.

    Attributes:
        month: the source month, `2026-07`.
        batch: the last batch of the ledger that counted.
        plan: the plan with all its editions.
        trades: the fingerprint of the month's trades.
        side: a hash of the memberships, branch managers, openings and valuations that the plan reads.
    """

    month: str
    batch: int
    plan: Dated[CommissionPlan]
    trades: Fingerprint
    side: int


@attrs.frozen(eq=False, slots=False)
class TradeIndex:
    """A table of trades with the fingerprints of its months and, once asked for, its rows by client.

    Making them costs a few passes over the table; kept beside the trades it spares them to every correction.

    Attributes:
        trades: the table.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.commission import TradeIndex
        >>> day = np.array(["2026-07-01", "2026-08-01"], "datetime64[D]")
        >>> index = TradeIndex(cm.Trades(id=[1, 2], client="C1", date=day, commission=[5, 7]))
        >>> {month: mark.gross for month, mark in index.fingerprints().items()}
        {'2026-07': 5, '2026-08': 7}
    """

    trades: Trades
    _prints: dict[tuple[str, ...], dict[str, Fingerprint]] = attrs.field(factory=dict, init=False)

    def fingerprints(self, extra: tuple[str, ...] = ()) -> dict[str, Fingerprint]:
        """Give the fingerprint of each month that has trades; kept. O(trades) the first time.

        `extra` names the extra columns that count: those which some deduction is charged on.
        """
        if extra not in self._prints:
            self._prints[extra] = fingerprints_of([self.trades], extra)
        return self._prints[extra]

    @cached_property
    def rows_by_client(self) -> tuple[Int64, Int64]:
        """The rows of each client code: where they start, and the rows. O(trades)."""
        codes = self.trades.client.codes
        counts = np.bincount(codes, minlength=len(self.trades.client.vocabulary))
        # Two stable passes over 16 bits are faster than one sort of the codes.
        order = np.argsort((codes & 0xFFFF).astype(np.uint16), kind="stable")
        high = (codes >> 16).astype(np.uint16)[order]
        return np.concatenate([[0], np.cumsum(counts)]), order[np.argsort(high, kind="stable")]

    def rows_of(self, touched: AnyArray) -> Int64:
        """List the rows of the marked client words, ascending: by the index if it is there, else by a scan."""
        if "rows_by_client" not in self.__dict__:
            return np.flatnonzero(touched.take(self.trades.client.codes))
        start, rows = self.rows_by_client
        words = np.flatnonzero(touched)
        size = start[words + 1] - start[words]
        end = np.cumsum(size)
        place = np.arange(int(size.sum())) + np.repeat(start[words] - (end - size), size)
        return np.sort(rows[place])


def extra_bases(plan: Dated[CommissionPlan]) -> tuple[str, ...]:
    """Name the extra columns that some deduction of some edition is charged on."""
    bases = {line.on for edition in plan.values for line in edition.deductions}
    return tuple(sorted(bases - {"turnover", "commission", "quantity", "net"}))


def fingerprints_of(tables: Iterable[Trades], extra: tuple[str, ...]) -> dict[str, Fingerprint]:
    """Take the fingerprints of the months of several tables together."""
    found: dict[str, Fingerprint] = {}
    for table in tables:
        for month, mark in _fingerprints(table, extra).items():
            found[month] = found.get(month, Fingerprint()) + mark
    return found


def side_hash(facts: Facts, plan: Dated[CommissionPlan], month: str) -> int:
    """Hash what the plan reads of the facts besides trades, as far as it bears on one month."""
    end = Period.of(month).end
    rules = [edition.crediting for edition in plan.values]
    charged = [row for p in plan.values for line in p.deductions for row in line.rates]
    total = 0
    if any(t.months_from or t.months_below for rule in rules for t in rule.treatments):
        rows = facts.clients.take(facts.clients.opened <= end)
        total += _sum_rows({"id": rows.id, "opened": rows.opened})
    if any(rule.teams == "members" or rule.overrides for rule in rules):
        members = facts.memberships.take(facts.memberships.since <= end)
        total += _sum_rows(
            {name: getattr(members, name) for name in ("team", "manager", "share", "lead", "since")}
            | {"until": _until(members.until, end)}
        )
    if any("heads" in (*dict(r.pools).values(), *(o.to for o in r.overrides)) for r in rules):
        heads = facts.managers.take(facts.managers.head & ~(facts.managers.joined > end))
        named = {name: getattr(heads, name) for name in ("id", "branch", "joined")}
        total += _sum_rows(named | {"left": _until(heads.left, end)})
    if any(row.assets_below is not None for row in charged):
        told = facts.valuations.take(facts.valuations.date <= end)
        total += _sum_rows({"client": told.client, "date": told.date, "assets": told.assets})
    return total & MASK


def _until(days: AnyArray, end: np.datetime64) -> AnyArray:
    """Take what ends after a month as open."""
    return np.where(days > end, np.datetime64("NaT"), days)


def _fingerprints(table: Trades, extra: tuple[str, ...]) -> dict[str, Fingerprint]:
    """Take the fingerprint of each month of a table."""
    if not len(table):
        return {}
    month = months_of(table.date)
    first = int(month.min())
    place = month - first
    columns: dict[str, Any] = {name: getattr(table, name) for name in (*COLUMNS, *AMOUNTS, "date")}
    for name in extra:
        if name not in table.extra:
            raise DataError(f"a deduction is on {name!r}, which the trades do not have")
        columns[name] = table.extra[name]
    count = np.bincount(place)
    gross, sums = np.zeros(len(count), np.int64), np.zeros(len(count), WORD)
    np.add.at(gross, place, table.commission)
    np.add.at(sums, place, _row_hashes(columns))
    names = (np.arange(len(count)) + first).astype("datetime64[M]").astype(np.str_).tolist()
    rows = zip(names, count.tolist(), gross.tolist(), sums.tolist(), strict=True)
    return {name: Fingerprint(n, g, s) for name, n, g, s in rows if n}


def _sum_rows(columns: Mapping[str, Any]) -> int:
    """Add the hashes of all rows up."""
    return int(_row_hashes(columns).sum(dtype=WORD)) if len(next(iter(columns.values()))) else 0


def _row_hashes(columns: Mapping[str, Any]) -> AnyArray:
    """Hash each row: every value times an odd constant of its column, added up and mixed."""
    total: AnyArray = np.zeros(len(next(iter(columns.values()))), WORD)
    for nth, column in enumerate(columns.values()):
        factor = WORD(_mix_number((nth + 1) * GOLDEN & MASK) | 1)
        if isinstance(column, Coded):
            words = np.append(_hash_words(column.vocabulary) * factor, WORD(0))
            total += words[column.codes]
        else:
            total += _as_words(column) * factor
    return _mix(total)


def _as_words(column: AnyArray) -> AnyArray:
    """See numbers, days and flags as 64-bit words."""
    kind = column.dtype.kind
    wide = column.astype("datetime64[D]") if kind == "M" else column
    whole = wide.astype(np.float64) if kind == "f" else wide.astype(np.int64)
    words: AnyArray = np.ascontiguousarray(whole).view(WORD)
    return words


def _hash_words(vocabulary: AnyArray) -> AnyArray:
    """Hash the words of a vocabulary, text by its characters whatever the width of the array."""
    if vocabulary.dtype.kind != "U":
        return _mix(vocabulary.astype(np.int64).view(WORD))
    width = vocabulary.dtype.itemsize // 4
    points = np.ascontiguousarray(vocabulary).view(np.uint32).reshape(len(vocabulary), width)
    total: AnyArray = np.zeros(len(vocabulary), WORD)
    for place in range(width):
        total += points[:, place].astype(WORD) * WORD(_mix_number(place + 1) | 1)
    return _mix(total)


def _mix(words: AnyArray) -> AnyArray:
    """Scatter 64-bit words (splitmix64)."""
    words = (words ^ (words >> WORD(30))) * WORD(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> WORD(27))) * WORD(0x94D049BB133111EB)
    mixed: AnyArray = words ^ (words >> WORD(31))
    return mixed


def _mix_number(number: int) -> int:
    """Scatter one number."""
    return int(_mix(np.array([number + GOLDEN & MASK], WORD))[0])
