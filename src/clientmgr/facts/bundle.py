"""`Facts`: the tables of a firm or a branch together, agreeing with one another."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, cast

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.facts.clients import AccountEvents, Clients, Flows, Valuations
from clientmgr.facts.managers import Incidents, Managers, Memberships, ServiceRecords
from clientmgr.facts.trades import Trades
from clientmgr.periods import day
from clientmgr.tables import Coded, Codes, Days, Fen, Flags, Id, ReadOnly, Table, Values

__all__ = ["Facts"]

NEVER = np.datetime64("NaT", "D")


def _day_or_none(value: Any) -> np.datetime64 | None:
    """Read the day of the snapshot, where one is given."""
    return None if value is None else day(value)


def _distinct_or_none(values: Values | None) -> Coded:
    """Read the ids of the branches, where they are given: each once, in the order of ids."""
    if values is None:
        return cast(Coded, None)
    column = Coded.of(values)
    if column.has_missing:
        raise DataError(f"facts.branches row {int(column.missing.argmax())}: got None, expected an id")
    return Coded.of(column.compact().vocabulary)


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Facts(ReadOnly):
    """The tables of a firm or a branch, checked against one another.

    Only clients and managers are needed; each further table makes more questions answerable.
    `clients.assets` and `clients.last_trade` are a snapshot taken at the close of `as_of`; where
    trades or valuations answer for a day, they are used, and a snapshot later than the day asked
    for never is. Without `as_of` the snapshot is taken to hold on whatever day is asked for.

    Attributes:
        clients, managers: who is there.
        trades, valuations, flows, events: what clients did.
        memberships: who belongs to which team.
        records, incidents: what managers did, and what was complained of.
        branches: the branches there are, each once, ascending; by default those of clients and
            managers.
        as_of: the day of the snapshot columns, or None.
        currency: the one currency of all amounts.

    Raises:
        DataError: rows that name unknown clients, managers or branches; one error lists them all.

    Example:
        >>> import clientmgr as cm
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1"], branch="B1"),
        ...     managers=cm.Managers(id=["M1"], branch="B1"),
        ... )
        >>> facts
        Facts(1 clients, 1 managers, 1 branches)
    """

    clients: Clients
    managers: Managers
    trades: Trades = attrs.field(factory=Trades.empty)
    valuations: Valuations = attrs.field(factory=Valuations.empty)
    flows: Flows = attrs.field(factory=Flows.empty)
    events: AccountEvents = attrs.field(factory=AccountEvents.empty)
    memberships: Memberships = attrs.field(factory=Memberships.empty)
    records: ServiceRecords = attrs.field(factory=ServiceRecords.empty)
    incidents: Incidents = attrs.field(factory=Incidents.empty)
    branches: Coded = attrs.field(default=None, converter=_distinct_or_none)
    as_of: np.datetime64 | None = attrs.field(default=None, converter=_day_or_none)
    currency: str = "CNY"

    TABLES: ClassVar[tuple[str, ...]] = (
        "clients",
        "managers",
        "trades",
        "valuations",
        "flows",
        "events",
        "memberships",
        "records",
        "incidents",
    )

    def __attrs_post_init__(self) -> None:
        """Check that the tables agree with one another."""
        self._complete()
        findings = Findings()
        for name in self.TABLES:
            findings += self._strangers(name)
        findings += self._unknown_branches()
        if len(findings):
            raise DataError.of(findings, "the tables do not agree with one another")

    def _complete(self) -> None:
        """Put the empty table where None was given, and refuse what is no such table."""
        for field in attrs.fields(type(self)):
            if field.name not in self.TABLES:
                continue
            table = self.__dict__[field.name]
            if table is None and field.default is not attrs.NOTHING:
                self.__dict__[field.name] = table = cast(Any, field.default).factory()
            if not isinstance(table, cast(type, field.type)):
                wanted = f"a {cast(type, field.type).__name__} table"
                raise DataError(f"facts.{field.name} is {wanted}, got {type(table).__name__}")

    def __repr__(self) -> str:
        """Say how much there is of each table."""
        shown = [f"{len(self.clients):,} clients", f"{len(self.managers):,} managers"]
        shown += [f"{len(self.branches.vocabulary):,} branches"]
        others = ((name, len(getattr(self, name))) for name in self.TABLES[2:])
        shown += [f"{count:,} {name}" for name, count in others if count]
        when = "" if self.as_of is None else f", as of {self.as_of}"
        return f"Facts({', '.join(shown)}{when})"

    def rows_of_clients(self, client: Coded) -> Codes:
        """Find the row in `clients` of each id of another table's column, -1 where missing."""
        return self.clients.rows(client)

    def open_clients(self, on: Any) -> Flags:
        """Mark who is a client at the close of a day: opened by then, and not closed.

        Args:
            on: a day as ISO text, date or datetime64.
        """
        asked = day(on)
        clients = self.clients
        there: Flags = ~(clients.opened > asked) & ~(clients.closed <= asked)
        return there

    def present_managers(self, on: Any) -> Flags:
        """Mark the managers who are there on a day: joined by then, and not gone."""
        asked = day(on)
        there: Flags = ~(self.managers.joined > asked) & ~(self.managers.left <= asked)
        return there

    def last_trade(self, on: Any, *, initiated_only: bool = True) -> Days:
        """Give each client's last trade on or before a day; NaT where it never traded.

        Trades answer where there are any, but for those that take others back; a snapshot that is
        not later than the day adds what they do not reach.

        Args:
            on: a day as ISO text, date or datetime64.
            initiated_only: leave trades out that the client did not give the order for.

        Raises:
            DataError: there is nothing but a snapshot later than the day.
        """
        asked = day(on)
        found = self._last_in_trades(asked, initiated_only=initiated_only)
        if self._snapshot_is_later(asked):
            if not len(self.trades):
                self._refuse_snapshot(asked, "last_trade", self.open_clients(asked))
            return found
        snapshot = np.where(self.clients.last_trade > asked, NEVER, self.clients.last_trade)
        return np.fmax(found, snapshot)

    def assets(self, on: Any) -> Fen:
        """Give each client's total assets in fen at the close of a day.

        Who is no client then has 0. The last valuation on or before the day answers; else a
        snapshot that is not later.

        Raises:
            DataError: for some client there is nothing but a snapshot later than the day.
        """
        asked = day(on)
        there = self.open_clients(asked)
        valued, amount = self._last_valuations(asked)
        unanswered = there & ~valued
        if unanswered.any() and self._snapshot_is_later(asked):
            self._refuse_snapshot(asked, "assets", unanswered)
        return np.where(there & valued, amount, np.where(unanswered, self.clients.assets, 0))

    @cached_property
    def trade_client_rows(self) -> Codes:
        """The row in `clients` of each trade's client, int32."""
        return self.clients.rows(self.trades.client)

    def _last_in_trades(self, asked: np.datetime64, *, initiated_only: bool) -> Days:
        """Find the last trade of each client in the trades, up to a day."""
        counts = (self.trades.date <= asked) & self.trades.reverses.missing
        if initiated_only:
            counts &= self.trades.initiated
        last = np.full(len(self.clients), NEVER).view(np.int64)
        np.maximum.at(last, self.trade_client_rows[counts], self.trades.date[counts].view(np.int64))
        return last.view("datetime64[D]")

    def _last_valuations(self, asked: np.datetime64) -> tuple[Flags, Fen]:
        """Find who was valued up to a day, and the last value."""
        until = self.valuations.date <= asked
        row = self.clients.rows(self.valuations.client)[until]
        date = self.valuations.date[until].view(np.int64)
        last = np.full(len(self.clients), NEVER).view(np.int64)
        np.maximum.at(last, row, date)
        newest = date == last[row]
        amount = np.zeros(len(self.clients), np.int64)
        amount[row[newest]] = self.valuations.assets[until][newest]
        return ~np.isnat(last.view("datetime64[D]")), amount

    def _snapshot_is_later(self, asked: np.datetime64) -> bool:
        """Say whether the snapshot must not be used for a day."""
        if self.as_of is not None:
            return bool(self.as_of > asked)
        return bool((self.clients.last_trade > asked).any())

    def _refuse_snapshot(self, asked: np.datetime64, column: str, rows: Flags) -> None:
        """Raise for the clients that only a later snapshot could answer for."""
        when = "undated, with trades after it" if self.as_of is None else f"of {self.as_of}"
        expected = f"history up to {asked}, or a snapshot not later (this one is {when})"
        findings = self.clients.findings_where(rows, column, expected)
        if len(findings):
            raise DataError.of(findings, f"cannot say {column} on {asked}")

    def _strangers(self, name: str) -> Findings:
        """List the rows of a table that point at clients or managers who are not there."""
        table: Table = getattr(self, name)
        findings = Findings()
        for column, target in (("client", self.clients), ("manager", self.managers)):
            if column in table.column_names():
                findings += _unknown(table, column, target)
        if name == "clients":
            findings += _unknown(table, "introducer", self.managers)
        return findings

    def _unknown_branches(self) -> Findings:
        """List clients and managers of a branch not among `branches`; set these if not given."""
        tables: Iterable[Clients | Managers] = (self.clients, self.managers)
        if self.__dict__["branches"] is None:
            findings = _other_kind(self.managers, "branch", self.clients.branch, "clients.branch")
            if not len(findings):
                words = Coded.concat([table.branch.compact() for table in tables])
                self.__dict__["branches"] = Coded.of(words.vocabulary)
            return findings
        findings = Findings()
        for table in tables:
            unknown = table.branch.recode(self.branches) < 0
            findings += table.findings_where(unknown, "branch", "one of facts.branches")
        return findings

    def branch_of_client(self) -> Codes:
        """Give the place of each client's branch in `branches`, int32."""
        return self.clients.branch.recode(self.branches)

    def branch_of_manager(self) -> Codes:
        """Give the place of each manager's branch in `branches`, int32."""
        return self.managers.branch.recode(self.branches)

    def branch_id(self, place: int) -> Id:
        """Give the id of the branch at a place of `branches`."""
        found: Id = self.branches.vocabulary[place].item()
        return found


def _unknown(table: Table, column: str, target: Clients | Managers) -> Findings:
    """List the rows of a column that point at nothing in another table."""
    refs: Coded = getattr(table, column)
    whose = "clients" if isinstance(target, Clients) else "managers"
    findings = _other_kind(table, column, target.id, f"facts.{whose}.id")
    if len(findings):
        return findings
    stranger = (target.rows(refs) < 0) & ~refs.missing
    return table.findings_where(stranger, column, f"an id of facts.{whose}")


def _other_kind(table: Table, column: str, ids: Coded, whose: str) -> Findings:
    """List the rows of a column of text ids that should be integers, or the other way round."""
    refs: Coded = getattr(table, column)
    if not len(ids.vocabulary) or not len(refs.vocabulary) or refs.is_text == ids.is_text:
        return Findings()
    kind = "text" if ids.is_text else "an integer"
    return table.findings_where(~refs.missing, column, f"{kind}, as {whose} is")
