"""The catalogue: each measure by name, what it means, and the items that it is made of."""

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.facts import MeasureColumn, ServiceRecords
from clientmgr.facts.measured import MeasureKind
from clientmgr.measures.context import Book, Context
from clientmgr.measures.items import Items
from clientmgr.tables import Coded, Flags, freeze

__all__ = ["CATALOGUE", "Measured", "find_measure"]

Taker = Callable[[Context], Items]
UNIT = 10_000
PLACES = 4


@attrs.frozen(eq=False)
class Measured:
    """One entry of the catalogue.

    Attributes:
        name: the name of the measure.
        kind: money, count or ratio.
        meaning: one sentence.
        items: what the measure is the sum of; the numerator of a ratio.
        whole: the denominator of a ratio; None for sums.
    """

    name: str
    kind: MeasureKind
    meaning: str
    items: Taker
    whole: Taker | None = None

    def column(self, context: Context, managers: Coded) -> MeasureColumn:
        """Take the measure for some managers; a ratio of nothing is missing."""
        sums = self.items(context).per_manager(managers)
        none = np.zeros(len(managers), bool)
        if self.whole is None:
            return MeasureColumn(self.kind, freeze(sums), freeze(none))
        whole = self.whole(context).per_manager(managers)
        return _ratio(sums, whole, self.name, context)


def find_measure(name: str) -> Measured:
    """Find a measure by name.

    Raises:
        RuleError: the catalogue does not have it.
    """
    if name not in CATALOGUE:
        raise RuleError(f"there is no measure {name!r}; there are {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


def _ratio(above: Any, below: Any, name: str, context: Context) -> MeasureColumn:
    """Divide sums, half up to four decimals; missing where there is nothing to divide by."""
    floor = 0
    if name == "return_rate":
        floor = context.rules.capital_floor * context.pieces.days - 1
    missing = below <= max(floor, 0)
    size = np.where(missing, 1, below).astype(object)
    scaled = 2 * np.abs(above.astype(object)) * UNIT + size
    units = (scaled // (2 * size) * np.sign(above)).astype(np.int64)
    return MeasureColumn("ratio", freeze(np.where(missing, 0, units)), freeze(missing), PLACES)


def _commission(origin: str | None) -> Taker:
    """Take the net commission credited, of all clients or of one origin."""

    def take(context: Context) -> Items:
        """Add up the conserved credits of the period."""
        lines = context.given_credits.total(by=("manager", "origin", "month"))
        kept = lines.keys["month"].isin(context.months) & ~lines.keys["manager"].missing
        if origin is not None:
            kept &= lines.keys["origin"] == origin
        rows = np.flatnonzero(kept)
        manager = lines.keys["manager"][rows]
        return Items.of("credits", lines.keys["month"][rows], manager, lines.amount[rows])

    return take


def _turnover(origin: str | None) -> Taker:
    """Take the turnover of trades by who answered for the client on the day."""

    def take(context: Context) -> Items:
        """List the trades of the period."""
        trades = context.inside(context.facts.trades)
        manager, origins = context.answering(trades.client, trades.date)
        rows = _of_origin(origins, origin)
        return Items.of("trades", trades.id[rows], manager[rows], trades.turnover[rows])

    return take


def _pieces(column: str, origin: str | None = None) -> Taker:
    """Take a column of the gains of the period."""

    def take(context: Context) -> Items:
        """List the pieces."""
        pieces = context.pieces
        rows = _of_origin(pieces.origin, origin)
        amount = getattr(pieces, column)[rows]
        return Items.of("valuations", pieces.client[rows], pieces.manager[rows], amount)

    return take


def _return_above(context: Context) -> Items:
    """List gains x days of the period, to be divided by capital x days."""
    pieces = context.pieces
    amount = pieces.gain * pieces.days
    return Items.of("valuations", pieces.client, pieces.manager, amount)


def _assets(context: Context) -> Items:
    """List the assets of the book on the last day."""
    book = context.at_end
    assets = context.facts.assets(context.period.end)[book.row]
    return Items.of("clients", book.client, book.manager, assets)


def _net_new(context: Context) -> Items:
    """List what clients paid in and out, by who answered for them on the day."""
    flows = context.inside(context.facts.flows)
    manager, _ = context.answering(flows.client, flows.date)
    return Items.of("flows", flows.client, manager, flows.amount)


def _book(origin: str | None = None) -> Taker:
    """Count the clients in the book on the last day."""

    def take(context: Context) -> Items:
        """List the clients."""
        book = _of_book(context.at_end, origin)
        return Items.of("clients", book.client, book.manager)

    return take


def _marks(kind: str) -> Taker:
    """Count the clients that came by a kind of change within the period."""

    def take(context: Context) -> Items:
        """List the clients."""
        client, manager = context.marked(kind)
        return Items.of("clients", client, manager)

    return take


def _start_book(context: Context) -> Items:
    """List the clients in the book before the period."""
    return Items.of("clients", context.at_start.client, context.at_start.manager)


def _kept(context: Context) -> Items:
    """List the clients of the book before the period that are still open at its end."""
    book = context.at_start
    kept = book.where(context.facts.open_clients(context.period.end)[book.row])
    return Items.of("clients", kept.client, kept.manager)


def _lost(context: Context) -> Items:
    """List the clients that closed within the period, by who answered the day before."""
    closed = context.facts.clients.closed
    rows = np.flatnonzero(context.period.contains(closed) & ~np.isnat(closed))
    client = context.facts.clients.id[rows]
    manager, _ = context.answering(client, closed[rows] - np.timedelta64(1, "D"))
    return Items.of("clients", client, manager)


def _effective(context: Context) -> Items:
    """List the clients of the book with assets enough on the last day."""
    book = context.at_end
    assets = context.facts.assets(context.period.end)[book.row]
    enough = book.where(assets >= context.rules.effective_assets)
    return Items.of("clients", enough.client, enough.manager)


def _records(kind: str | None = None) -> Taker:
    """Count service records."""

    def take(context: Context) -> Items:
        """List the records."""
        records: ServiceRecords = context.inside(context.facts.records)
        rows = np.arange(len(records)) if kind is None else np.flatnonzero(records.kind == kind)
        return Items.of("records", records.id[rows], records.manager[rows])

    return take


def _covered(origin: str) -> Taker:
    """Count the clients of the book that their own manager contacted within the period."""

    def take(context: Context) -> Items:
        """List the contacted clients."""
        book = _of_book(context.at_end, origin)
        records: ServiceRecords = context.inside(context.facts.records)
        counts = records.kind.isin(context.rules.contact_kinds) & ~records.client.missing
        rows = np.flatnonzero(counts)
        reached = context.facts.clients.rows(records.client[rows])
        by = records.manager[rows].recode(book.manager)
        words = len(book.manager.vocabulary) + 1
        contacted = reached.astype(np.int64) * words + by
        wanted = book.row.astype(np.int64) * words + book.manager.codes
        hit = book.where(np.isin(wanted, contacted[by >= 0]))
        return Items.of("clients", hit.client, hit.manager)

    return take


def _incidents(which: str) -> Taker:
    """Count incidents of some kinds, by their weight."""

    def take(context: Context) -> Items:
        """List the incidents."""
        table = context.inside(context.facts.incidents)
        rows = np.flatnonzero(table.kind.isin(getattr(context.rules, which)))
        return Items.of("incidents", table.id[rows], table.manager[rows], table.weight[rows])

    return take


def _days_there(context: Context) -> Items:
    """Count the days at work of each manager."""
    table = context.facts.managers.take(context.managers)
    first = np.fmax(table.joined, context.period.start)
    last = np.fmin(table.left - np.timedelta64(1, "D"), context.period.end)
    days = (last - first).astype(np.int64) + 1
    return Items.of("managers", table.id, table.id, days)


def _days_in_all(context: Context) -> Items:
    """Count the days of the period for each manager."""
    ids = context.facts.managers.id[context.managers]
    days = int((context.period.end - context.period.start).astype(np.int64)) + 1
    return Items.of("managers", ids, ids, days)


def _of_origin(origins: Coded, origin: str | None) -> Any:
    """Find the rows of an origin; all for None."""
    return np.arange(len(origins)) if origin is None else np.flatnonzero(origins == origin)


def _of_book(book: Book, origin: str | None) -> Book:
    """Give the clients of one origin; all for None."""
    rows: Flags = np.ones(len(book.client), bool)
    return book if origin is None else book.where(rows & (book.origin == origin))


EXISTING, NEW = "existing", "new"

_ENTRIES = (
    Measured("net_commission", "money", "Net commission credited.", _commission(None)),
    Measured(
        "net_commission_existing",
        "money",
        "Net commission credited from existing clients.",
        _commission(EXISTING),
    ),
    Measured(
        "net_commission_new",
        "money",
        "Net commission credited from new clients.",
        _commission(NEW),
    ),
    Measured("turnover", "money", "Turnover of the clients, by the day's owner.", _turnover(None)),
    Measured("turnover_existing", "money", "Turnover of existing clients.", _turnover(EXISTING)),
    Measured("turnover_new", "money", "Turnover of new clients.", _turnover(NEW)),
    Measured("appreciation", "money", "Gain of the clients' assets net of flows.", _pieces("gain")),
    Measured(
        "appreciation_existing",
        "money",
        "Gain of existing clients' assets net of flows.",
        _pieces("gain", EXISTING),
    ),
    Measured(
        "return_rate",
        "ratio",
        "Gain over average capital of the book (Modified Dietz); missing below the floor.",
        _return_above,
        _pieces("capital_days"),
    ),
    Measured("assets", "money", "Assets of the book on the last day.", _assets),
    Measured("net_new_assets", "money", "Paid in less paid out by the clients.", _net_new),
    Measured("clients", "count", "Clients in the book on the last day.", _book()),
    Measured("clients_existing", "count", "Existing clients among them.", _book(EXISTING)),
    Measured("clients_new", "count", "New clients among them.", _book(NEW)),
    Measured("new_accounts", "count", "Clients developed in the period.", _marks("developed")),
    Measured("reactivations", "count", "Dormant clients claimed in the period.", _marks("claimed")),
    Measured("lost_clients", "count", "Clients that closed in the period.", _lost),
    Measured("retention", "ratio", "Share of the first day's book still open.", _kept, _start_book),
    Measured("effective_accounts", "count", "Clients with assets enough.", _effective),
    Measured("service_records", "count", "Acts of service recorded.", _records()),
    Measured("calls", "count", "Calls recorded.", _records("call")),
    Measured("visits", "count", "Visits recorded.", _records("visit")),
    Measured(
        "coverage_existing",
        "ratio",
        "Share of the existing clients contacted in the period.",
        _covered(EXISTING),
        _book(EXISTING),
    ),
    Measured(
        "coverage_new",
        "ratio",
        "Share of the new clients contacted in the period.",
        _covered(NEW),
        _book(NEW),
    ),
    Measured("complaints", "count", "Complaints, by weight.", _incidents("complaint_kinds")),
    Measured("breaches", "count", "Breaches of compliance, by weight.", _incidents("breach_kinds")),
    Measured("presence", "ratio", "Share of the period's days at work.", _days_there, _days_in_all),
)
CATALOGUE: dict[str, Measured] = {entry.name: entry for entry in _ENTRIES}
"""Every measure that `measure_period` can take, by name."""
