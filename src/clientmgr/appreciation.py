"""Asset appreciation (资产增值) net of flows: what each owner's clients gained, additive and exact.

A gain in money is end - begin - flows: always defined, additive over clients and over adjacent
periods. A rate needs capital to stand on, so it is given only above a floor of average capital.
"""

from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import ConservationError, DataError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, Owners
from clientmgr.ownership.kinds import OWNER_KINDS
from clientmgr.periods import Period
from clientmgr.tables import AnyArray, Coded, Codes, Days, Fen, Flags, Id, Int64, Result, freeze

__all__ = ["Appreciation", "answering_managers", "measure_appreciation"]

DAY = np.timedelta64(1, "D")
EPOCH = np.datetime64("1970-01-01")
SPAN = 1 << 22
LIMIT = float(1 << 62)


def measure_appreciation(facts: Facts, ledger: Ledger, *, period: Period | str, known: Any = None) -> "Appreciation":
    """Measure what the clients gained in a period, piece by piece of who answered for them.

    A piece is a client in the hands of one responsible manager, from the period's first day or the
    day it came to him, to the period's last day or the day before it left; a team's clients are in
    the hands of who leads it. It is cut at the last
    valuation before its first day and at the last one up to its last day, and has the flows
    between the two: so pieces of one client join without gap or overlap, and periods do too. A
    client that opened after the valuations of the facts begin starts with nothing; any other
    starts with its first valuation, since nobody knows what it gained before. O(n log n) in
    valuations, flows and pieces.

    Args:
        facts: clients, valuations and flows; the snapshot of assets counts as a valuation.
        ledger: who answered for whom.
        period: the period.
        known: ask the ledger as it was known then.

    Raises:
        DataError: amounts so large that their sums leave int64.

    Example:
        >>> import numpy as np
        >>> from clientmgr.appreciation import measure_appreciation
        >>> from clientmgr.facts import Clients, Facts, Flows, Managers, Valuations
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> def days(*texts):
        ...     return np.array(texts, "datetime64[D]")
        >>> facts = Facts(
        ...     clients=Clients(id=["C1"], branch="B1"),
        ...     managers=Managers(id=["M1"], branch="B1"),
        ...     valuations=Valuations(client="C1", date=days("2026-06-30", "2026-07-31"), assets=[100_00, 115_00]),
        ...     flows=Flows(client=["C1"], date=days("2026-07-15"), amount=[10_00]),
        ... )
        >>> ledger = Ledger.start(
        ...     OwnershipChanges(
        ...         client=["C1"],
        ...         valid=days("2026-01-01"),
        ...         kind="allocated",
        ...         manager=["M1"],
        ...         branch="B1",
        ...     ),
        ...     known="2026-01-01",
        ... )
        >>> july = measure_appreciation(facts, ledger, period="2026-07")
        >>> july.gain.tolist(), str(july.rate(july.manager == "M1"))
        ([500], '31/652')
    """
    when = Period.of(period)
    pieces = _Pieces.of(facts, ledger, when, known)
    values = _Valued.of(facts)
    begin_day, begin = values.at(pieces.client_row, pieces.start - DAY)
    end_day, end = values.at(pieces.client_row, pieces.end)
    flows, weighted = _Moved.of(facts, when).between(pieces.client_row, begin_day, end_day)
    gain = end - begin - flows
    length = (end_day - begin_day).astype(np.int64)
    _refuse_large(begin.astype(np.float64) * length)
    made = Appreciation(
        period=when,
        client=facts.clients.id[pieces.client_row],
        manager=pieces.manager,
        pool=pieces.pool,
        origin=pieces.origin,
        start=freeze(pieces.start),
        end=freeze(pieces.end),
        begin_day=freeze(begin_day),
        end_day=freeze(end_day),
        begin_assets=freeze(begin),
        end_assets=freeze(end),
        flows=freeze(flows),
        gain=freeze(gain),
        capital_days=freeze(begin * length + weighted),
    )
    _conserve(made)
    return made


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Appreciation(Result):
    """Gains by piece: one row a client and owner within the period; amounts in fen.

    Attributes:
        period: the period.
        client: the client.
        manager: who answered for it: a manager, or the lead of the team; missing in a pool.
        pool: the pool that held it; missing otherwise.
        origin: existing or new.
        start: the first day of the piece.
        end: the last day of the piece.
        begin_day: the day of the valuation that it begins with.
        end_day: the day of the valuation that it ends with.
        begin_assets: assets at the close of `begin_day`.
        end_assets: assets at the close of `end_day`.
        flows: paid in less paid out after `begin_day`, up to `end_day`.
        gain: end - begin - flows.
        capital_days: begin assets x days plus each flow x the days that it was there (Modified
            Dietz; a flow of the last day has no weight); fen x days.
    """

    period: Period
    client: Coded
    manager: Coded
    pool: Coded
    origin: Coded
    start: Days
    end: Days
    begin_day: Days
    end_day: Days
    begin_assets: Fen
    end_assets: Fen
    flows: Fen
    gain: Fen
    capital_days: Int64

    @property
    def days(self) -> int:
        """The number of days of the period."""
        return int((self.period.end - self.period.start).astype(np.int64)) + 1

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self.gain)

    def __repr__(self) -> str:
        """Name the period, the pieces and the sum."""
        total = int(self.gain.sum())
        return f"Appreciation({self.period}, {len(self):,} pieces, gain {total:,} fen)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the pieces as columns."""
        names = [field.name for field in attrs.fields(type(self)) if field.name != "period"]
        return {name: np.asarray(getattr(self, name)) for name in names}

    def total(self, rows: Flags | None = None) -> int:
        """Add up the gains of some pieces (all by default), in fen."""
        return int((self.gain if rows is None else self.gain[rows]).sum())

    def average_capital(self, rows: Flags | None = None) -> Fraction:
        """Give the average capital of some pieces over the period, in fen."""
        capital = self.capital_days if rows is None else self.capital_days[rows]
        return Fraction(int(capital.sum()), self.days)

    def rate(self, rows: Flags | None = None, *, floor: int = 0) -> Fraction | None:
        """Give the rate of gain of some pieces together: gain over average capital.

        That is the asset-weighted rate of the book, never a mean of clients' rates. None where
        the average capital is not above zero, or below `floor` fen: there is nothing to stand on.
        """
        capital = self.average_capital(rows)
        return None if capital <= 0 or capital < floor else self.total(rows) / capital

    def beyond(self, index: Fraction, rows: Flags | None = None) -> Fraction:
        """Give the gain beyond what the market gave: gain - index x average capital, in fen.

        Args:
            index: the growth of an index over the period, exact; 1/100 is one per cent.
            rows: the pieces.
        """
        return self.total(rows) - index * self.average_capital(rows)

    def explain(self, client: Id) -> str:
        """Write the pieces of one client: who had it, from what to what, what it gained."""
        rows = np.flatnonzero(self.client == client)
        lines = [
            f"{self.manager[row] or self.pool[row]}: {self.start[row]} to {self.end[row]}, "
            f"{self.end_assets[row]:,} ({self.end_day[row]}) - {self.begin_assets[row]:,} "
            f"({self.begin_day[row]}) - flows {self.flows[row]:,} = {self.gain[row]:,} fen"
            for row in rows.tolist()
        ]
        return "\n".join(lines) or f"{client} was in nobody's hands in {self.period}"


@attrs.frozen(eq=False)
class _Pieces:
    """Who answered for each client, from when to when, within the period."""

    client_row: Codes
    start: Days
    end: Days
    manager: Coded
    pool: Coded
    origin: Coded

    @classmethod
    def of(cls, facts: Facts, ledger: Ledger, period: Period, known: Any) -> "_Pieces":
        """Ask the ledger at the first day, and at each change within the period."""
        marks = ledger.snapshot(known).marks
        valid = marks.valid.astype("datetime64[D]")
        inside = np.flatnonzero((valid > period.start) & (valid <= period.end))
        everybody = np.arange(len(ledger.clients), dtype=np.int32)
        led, changes = _changes_of_lead(facts, ledger, known, period)
        code = np.concatenate([everybody, marks.client[inside], led])
        start = np.concatenate([np.full(len(everybody), period.start), valid[inside], changes])
        order = np.lexsort((start, code))
        fresh = np.ones(len(order), bool)
        fresh[1:] = (np.diff(code[order]) != 0) | (np.diff(start[order]) != DAY * 0)
        code, start = code[order][fresh], start[order][fresh]
        end = np.full(len(code), period.end)
        goes_on = np.flatnonzero(code[1:] == code[:-1])
        end[goes_on] = start[goes_on + 1] - DAY
        client = ledger.clients[code]
        row = facts.clients.rows(client)
        owners = ledger.owners(client, start, known)
        kept = np.flatnonzero(owners.is_owned & (row >= 0))
        manager = answering_managers(facts, owners, start)
        return cls(row[kept], start[kept], end[kept], manager[kept], owners.pool[kept], owners.origin[kept])


def _changes_of_lead(facts: Facts, ledger: Ledger, known: Any, period: Period) -> tuple[Codes, Days]:
    """Give each client that a team ever had, on each day on which some team's lead changes."""
    leads = facts.memberships.take(facts.memberships.lead)
    days = np.unique(np.concatenate([leads.since, leads.until[~np.isnat(leads.until)]]))
    days = days[(days > period.start) & (days <= period.end)]
    marks, sets = ledger.snapshot(known).marks, ledger.sets
    owned = np.flatnonzero(marks.value >= 0)
    kind = sets.parties.kinds[sets.responsible[marks.value[owned]]]
    client = np.unique(marks.client[owned[kind == OWNER_KINDS.index("team")]])
    return np.repeat(client, len(days)), np.tile(days, len(client))


def answering_managers(facts: Facts, owners: Owners, on: Days) -> Coded:
    """Give the manager who answers: the responsible one, or the lead of the responsible team."""
    manager: Coded = owners.manager
    members = facts.memberships
    if not len(members) or owners.team.missing.all():
        return manager
    answer = np.asarray(manager.tolist(), object)
    teams = owners.team.tolist()
    leads = members.take(members.lead)
    for row in np.flatnonzero(~owners.team.missing).tolist():
        there = (leads.team == teams[row]) & (leads.since <= on[row]) & ~(leads.until <= on[row])
        found = sorted(leads.manager[there].tolist())
        answer[row] = found[0] if found else None
    return Coded.of(answer)


@attrs.frozen(eq=False)
class _Valued:
    """All valuations, sorted by client and day, and what holds before the first of each client."""

    key: Int64
    row: Codes
    day: Days
    assets: Fen
    base_day: Days
    base_assets: Fen

    @classmethod
    def of(cls, facts: Facts) -> "_Valued":
        """Sort the valuations, and find for each client what is cut at before its first one.

        A client that opened after the history begins had nothing the day before it opened. For
        any other the first valuation is all that is known; without one nothing is ever gained.
        """
        row, day, assets = _valuations(facts)
        key = _key(row, day)
        order = np.argsort(key, kind="stable")
        row, day, assets = row[order], day[order], assets[order]
        opened = facts.clients.opened
        base_day = np.full(len(opened), EPOCH)
        base_assets = np.zeros(len(opened), np.int64)
        first = np.flatnonzero(np.append(True, row[1:] != row[:-1])[: len(row)])
        base_day[row[first]], base_assets[row[first]] = day[first], assets[first]
        if len(day):
            later = opened > day.min()
            base_day = np.where(later, opened - DAY, base_day)
            base_assets = np.where(later, 0, base_assets)
        return cls(key[order], row, day, assets, base_day, base_assets)

    def at(self, row: Codes, on: Days) -> tuple[Days, Fen]:
        """Give the day and the value at which each client is cut on a day."""
        if not len(self.key):
            return self.base_day[row], self.base_assets[row]
        place = np.searchsorted(self.key, _key(row, on), "right")
        last = np.maximum(place - 1, 0)
        known = (place > 0) & (self.row[last] == row)
        return (
            np.where(known, self.day[last], self.base_day[row]),
            np.where(known, self.assets[last], self.base_assets[row]),
        )


def _valuations(facts: Facts) -> tuple[Codes, Days, Fen]:
    """Give all valuations: client rows, days, assets; the dated snapshot adds what they lack."""
    table, clients = facts.valuations, facts.clients
    row = clients.rows(table.client)
    if facts.as_of is None:
        return row, table.date, table.assets
    there = facts.open_clients(facts.as_of)
    there[row[table.date == facts.as_of]] = False
    added = np.flatnonzero(there).astype(np.int32)
    return (
        np.concatenate([row, added]),
        np.concatenate([table.date, np.full(len(added), facts.as_of)]),
        np.concatenate([table.assets, clients.assets[added]]),
    )


@attrs.frozen(eq=False)
class _Moved:
    """All flows, sorted by client and day, with running sums."""

    key: Int64
    sums: Fen
    weighted: Int64
    origin: np.datetime64

    @classmethod
    def of(cls, facts: Facts, period: Period) -> "_Moved":
        """Sort the flows and add them up; days are counted from the period's end."""
        table = facts.flows
        key = _key(facts.clients.rows(table.client), table.date)
        order = np.argsort(key, kind="stable")
        amount = table.amount[order]
        before_end = (period.end - table.date[order]).astype(np.int64)
        _refuse_large(np.abs(amount.astype(np.float64)) * np.maximum(np.abs(before_end), 1))
        zero = np.zeros(1, np.int64)
        sums = np.concatenate([zero, np.cumsum(amount)])
        weighted = np.concatenate([zero, np.cumsum(amount * before_end)])
        return cls(key[order], sums, weighted, period.end)

    def between(self, row: Codes, after: Days, until: Days) -> tuple[Fen, Int64]:
        """Add up the flows after a day up to another, plainly and by days until the latter."""
        first = np.searchsorted(self.key, _key(row, after), "right")
        last = np.maximum(np.searchsorted(self.key, _key(row, until), "right"), first)
        flows = self.sums[last] - self.sums[first]
        to_end = (self.origin - until).astype(np.int64)
        return flows, self.weighted[last] - self.weighted[first] - flows * to_end


def _key(row: Codes, day: Days) -> Int64:
    """Make one number of client and day that sorts by both."""
    return row.astype(np.int64) * SPAN + day.astype(np.int64) + SPAN // 2


def _refuse_large(products: AnyArray) -> None:
    """Raise where sums of amounts x days would leave int64."""
    if float(np.abs(products).sum()) >= LIMIT:
        raise DataError("assets or flows are so large that their sums by day leave 64 bits")


def _conserve(made: Appreciation) -> None:
    """Check that the pieces of a client that follow one another join at the same valuation."""
    follows = (made.client.codes[1:] == made.client.codes[:-1]) & (made.start[1:] == made.end[:-1] + DAY)
    apart = follows & ((made.begin_day[1:] != made.end_day[:-1]) | (made.begin_assets[1:] != made.end_assets[:-1]))
    if apart.any():
        row = int(np.flatnonzero(apart)[0])
        raise ConservationError(f"the pieces of {made.client[row]!r} do not join")
