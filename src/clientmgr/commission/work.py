"""One run: trades through look-up, charges and split, chunk by chunk."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.charges import Charged, Ticket
from clientmgr.commission.lane import LANES
from clientmgr.commission.lines import LineBook
from clientmgr.commission.overlays import overlay_amounts
from clientmgr.commission.owners import Owners
from clientmgr.commission.prepared import CLOSED, NOT_OPEN, Prepared
from clientmgr.commission.rules import CommissionPlan
from clientmgr.commission.shares import Part, share_out
from clientmgr.commission.sources import CHUNK, Chunk
from clientmgr.errors import RuleError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger
from clientmgr.periods import Dated
from clientmgr.tables import AnyArray, Codes, Int64

__all__ = ["EXPECTED", "Refused", "Run", "Worked"]

UNKNOWN, EARLY, LATE, NO_PLAN, NO_RATE, BELOW = (
    "unknown",
    "early",
    "late",
    "no_plan",
    "no_rate",
    "below",
)
EXPECTED = {
    UNKNOWN: ("client", "a client that the ledger knows"),
    EARLY: ("date", "a day on or after the client's opening"),
    LATE: ("date", "a day before the client's account was closed"),
    NO_PLAN: ("date", "a day on which an edition of the plan is in force"),
    NO_RATE: ("date", "a day on which every charge has a rate in force"),
    BELOW: ("commission", "a commission not below its charges"),
}


@attrs.frozen(eq=False)
class Refused:
    """Trades that could not be credited, all for one reason.

    Attributes:
        reason: a key of `EXPECTED`.
        chunk: the trades.
    """

    reason: str
    chunk: Chunk


@attrs.frozen(eq=False)
class Worked:
    """Trades that were credited, all by one edition of a plan on one state of the ledger.

    Attributes:
        chunk: the trades.
        prepared: the edition.
        row: each trade's row in the calendar.
        recipe: each trade's recipe.
        charged: deduction lines and net.
        ready: the shares, where they are worked out already.

    What came through the fast lane lies in buffers, and holds only until the next step of the run.
    """

    chunk: Chunk
    prepared: Prepared
    row: AnyArray
    recipe: AnyArray
    charged: Charged
    ready: Part | None = None

    def shares(self) -> Iterator[Part]:
        """Share the net commissions out."""
        if self.ready is not None:
            return iter((self.ready,))
        return share_out(self.charged.net, self.recipe, self.prepared.recipes)

    def overlays(self) -> tuple[Int64, AnyArray, Int64]:
        """Work out the credits on top: trade, line, amount."""
        return overlay_amounts(self.charged.net, self.recipe, self.prepared.overlays)

    @property
    def has_overlays(self) -> bool:
        """Whether any case of this edition has credits on top."""
        return bool(len(self.prepared.overlays.line))


class Run:
    """All that is needed to attribute trades: facts, ledger, plan, and what has been laid out so far."""

    def __init__(
        self,
        facts: Facts,
        ledger: Ledger,
        plan: Dated[CommissionPlan],
        known: Any,
        pins: Mapping[int, tuple[Dated[CommissionPlan], int]] | None = None,
        *,
        only: Int64 | None = None,
        lines: LineBook | None = None,
    ) -> None:
        """Start a run; nothing is laid out before it is needed.

        `pins` has, for months counted from January 1970 whose credits stand, plan and batch that they stand by; what is
        earlier than all of them stands by the first. `only` names the clients to read from the ledger, by code, and
        `lines` is a book to enter lines in, where several runs share one.
        """
        self.facts = facts
        self.ledger = ledger
        self.plan = plan
        self.lines: LineBook = LineBook() if lines is None else lines
        self.only = only
        self.batch: int = Owners.of(ledger, known).batch
        self.pins: dict[int, tuple[Dated[CommissionPlan], int]] = dict(pins or {})
        self._owners: dict[int, Owners] = {}
        self._prepared: dict[tuple[int, int], Prepared] = {}
        self._plans: list[CommissionPlan] = []
        self._codes: tuple[Trades, Codes | None] | None = None
        self._none = np.zeros(CHUNK, bool)

    def work(
        self,
        chunk: Chunk,
        plan: Dated[CommissionPlan] | None = None,
        batch: int | None = None,
        *,
        fast: bool = False,
    ) -> Iterator[Worked | Refused]:
        """Attribute some trades, none of them a reversal, by the run's plan and ledger or by others.

        With `fast` the fast lane may be taken: what it gives is overwritten by the next step.
        """
        editions = self.plan if plan is None else plan
        edition = edition_of(editions, chunk.of(chunk.table.date))
        for each in np.flatnonzero(np.bincount(edition + 1)).tolist():
            part = chunk.keep(edition == each - 1)
            if not each:
                yield Refused(NO_PLAN, part)
            else:
                prepared = self.prepare(editions.values[each - 1], batch)
                work = self._work_fast if fast and prepared.lane else self._work_edition
                yield from work(part, prepared)

    def pinned_parts(self, chunk: Chunk) -> Iterator[tuple[Chunk, Dated[CommissionPlan] | None, int | None]]:
        """Take trades apart by the plan and batch that the credits of their months stand by."""
        if not self.pins:
            yield chunk, None, None
            return
        month = chunk.of(chunk.table.date).astype("datetime64[M]").astype(np.int64)
        first = min(self.pins)
        groups: dict[Any, tuple[Dated[CommissionPlan] | None, int | None, list[int]]] = {}
        for each in np.unique(month).tolist():
            plan, batch = self.pins.get(max(each, first), (None, None))
            groups.setdefault((id(plan), batch), (plan, batch, []))[2].append(each)
        for plan, batch, months in groups.values():
            yield chunk.keep(np.isin(month, months)), plan, batch

    def prepare(self, plan: CommissionPlan, batch: int | None = None) -> Prepared:
        """Make one edition ready on the ledger as known at a batch; once."""
        at = self.batch if batch is None else batch
        if plan not in self._plans:
            self._plans.append(plan)
        key = (at, self._plans.index(plan))
        if key not in self._prepared:
            owners = self._owners.setdefault(at, Owners(self.ledger, at, self.only))
            self._prepared[key] = Prepared(owners, plan, self.facts, self.lines)
        return self._prepared[key]

    def _work_fast(self, chunk: Chunk, prepared: Prepared) -> Iterator[Worked | Refused]:
        """Attribute trades through the fast lane, and those that it does not serve by the general way."""
        lane = prepared.lane
        if lane is None or len(chunk) > CHUNK:
            yield from self._work_edition(chunk, prepared)
            return
        client = self._clients(chunk)
        day = chunk.of(chunk.table.date).view(np.int64).astype(np.int32)
        charged = lane.charge(prepared.charges, self._ticket(chunk, day, prepared))
        if charged is None:
            yield from self._work_edition(chunk, prepared)
            return
        lines, net = charged
        row = prepared.owners.calendar.find(client, day)
        found = lane.find(row)
        commission = chunk.of(chunk.table.commission)
        if min(int(found[:, LANES].min()), int(net.min()), int(commission.min()) - 1) < 0:
            odd = (found[:, LANES] < 0) | (net < 0) | (commission < 1)
            yield from self._work_edition(chunk.keep(odd), prepared)
            if not odd.all():
                yield from self._work_fast(chunk.keep(~odd), prepared)
            return
        shares = lane.split(net, found[:, LANES])
        none = self._none[: len(net)]
        ready = Part(None, found[:, :LANES].T, shares)
        yield Worked(chunk, prepared, row, row, Charged(lines, net, none, none), ready)

    def _work_edition(self, chunk: Chunk, prepared: Prepared) -> Iterator[Worked | Refused]:
        """Attribute trades by one edition."""
        client = self._clients(chunk)
        if prepared.owners.place_of_code is not None:
            client = prepared.owners.place_of_code.take(client, mode="wrap")
        day = chunk.of(chunk.table.date).view(np.int64).astype(np.int32)
        row = prepared.owners.calendar.find(client, day)
        recipe = prepared.recipe(row, day)
        charged = prepared.charges.apply(self._ticket(chunk, day, prepared))
        bad = recipe < 0
        bad |= charged.unrated
        if prepared.plan.below_charges == "refuse":
            bad |= charged.below
        if not bad.any():
            yield Worked(chunk, prepared, row, recipe, charged)
            return
        yield from _refusals(chunk, client, recipe, charged, bad)
        if not bad.all():
            good = chunk.keep(~bad)
            ticket = self._ticket(good, day[~bad], prepared)
            yield Worked(good, prepared, row[~bad], recipe[~bad], prepared.charges.apply(ticket))

    def _ticket(self, chunk: Chunk, day: AnyArray, prepared: Prepared) -> Ticket:
        """Take the columns that charges depend on."""
        table = chunk.table
        needed = {line.on for line in prepared.plan.deductions} - BASES
        return Ticket(
            day=day,
            commission=chunk.of(table.commission),
            turnover=chunk.of(table.turnover),
            quantity=chunk.of(table.quantity),
            labels={name: chunk.of(getattr(table, name)) for name in ("market", "product", "side")},
            extra={name: chunk.of(_extra_fen(table, name)) for name in sorted(needed)},
            assets=self._assets(chunk) if prepared.charges.needs_assets else None,
        )

    def _assets(self, chunk: Chunk) -> Int64:
        """Give each client's total assets on the trade's day; 0 for a client that the facts lack."""
        row = self.facts.clients.rows(chunk.of(chunk.table.client))
        day = chunk.of(chunk.table.date)
        assets = np.zeros(len(chunk), np.int64)
        for each in np.unique(day):
            on_day = (day == each) & (row >= 0)
            if on_day.any():
                assets[on_day] = self._assets_on(each)[row[on_day]]
        return assets

    def _assets_on(self, day: np.datetime64) -> Int64:
        """Give all clients' assets on a day; kept for the days that come again."""
        kept = self.__dict__.setdefault("_assets_of_day", {})
        if day not in kept:
            kept[day] = self.facts.assets(day)
        found: Int64 = kept[day]
        return found

    def _clients(self, chunk: Chunk) -> AnyArray:
        """Give the ledger's code of each trade's client, -1 where it has none."""
        column = chunk.table.client
        if self._codes is None or self._codes[0] is not chunk.table:
            # Asked for no row at all, the ledger still refuses text ids where its own are integers.
            self.ledger.codes(column[:0])
            place = column.match(self.ledger.clients)
            same = np.array_equal(place, np.arange(len(place)))
            self._codes = (chunk.table, None if same else place)
        codes: Codes = chunk.of(column.codes)
        return codes if self._codes[1] is None else self._codes[1].take(codes)


BASES = {"turnover", "commission", "quantity", "net"}


def edition_of(plan: Dated[CommissionPlan], day: AnyArray) -> Int64:
    """Find the edition in force on each day, -1 before the first."""
    starts = np.asarray(plan.starts, "datetime64[D]")
    if len(starts) == 1 and len(day) and day.min() >= starts[0]:
        return np.zeros(len(day), np.int64)
    return np.searchsorted(starts, day, side="right") - 1


def _refusals(chunk: Chunk, client: AnyArray, recipe: AnyArray, charged: Charged, bad: AnyArray) -> Iterator[Refused]:
    """Sort refused trades by their reason; the first reason that holds counts."""
    left = bad.copy()
    for reason, mask in (
        (UNKNOWN, client < 0),
        (EARLY, recipe == NOT_OPEN),
        (LATE, recipe == CLOSED),
        (NO_RATE, charged.unrated),
        (BELOW, charged.below),
    ):
        mine = left & mask
        if mine.any():
            yield Refused(reason, chunk.keep(mine))
            left &= ~mine


def _extra_fen(table: Trades, name: str) -> Int64:
    """Find an extra column of fen that a deduction is charged on."""
    column = table.extra.get(name)
    if not isinstance(column, np.ndarray) or column.dtype != np.int64:
        told = f"a deduction is on {name!r}, which is no extra column of whole fen of the trades"
        raise RuleError(f"{told}; they have {', '.join(table.extra) or 'none'}")
    return column
