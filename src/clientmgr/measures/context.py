"""What the measures of one period are taken from, worked out once and only where it is needed."""

from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.appreciation import Appreciation, answering_managers, measure_appreciation
from clientmgr.commission import Credits
from clientmgr.errors import DataError
from clientmgr.facts import Facts
from clientmgr.measures.rules import MeasureRules
from clientmgr.ownership import KINDS, Ledger, Owners
from clientmgr.periods import Period
from clientmgr.tables import AnyArray, Coded, Flags, Int64, Table

__all__ = ["Context"]


@attrs.frozen(eq=False, slots=False)
class Context:
    """Facts, ledger, credits and rules of a period, with what several measures share.

    Attributes:
        facts: the facts.
        ledger: who answered for whom.
        credits: the attribution of the period, or None where no measure needs it.
        rules: what counts.
        period: the period.
        known: ask the ledger as it was known then.
    """

    facts: Facts
    ledger: Ledger
    credits: Credits | None
    rules: MeasureRules
    period: Period
    known: Any

    @cached_property
    def managers(self) -> Int64:
        """The rows of the client managers who were there on some day of the period."""
        table = self.facts.managers
        there = ~(table.joined > self.period.end) & ~(table.left <= self.period.start)
        return np.flatnonzero(there & ~table.head)

    @cached_property
    def pieces(self) -> Appreciation:
        """The gains of the period, by client and owner."""
        return measure_appreciation(self.facts, self.ledger, period=self.period, known=self.known)

    @cached_property
    def at_start(self) -> "Book":
        """Who answered for each client before the period."""
        return Book.of(self, self.period.start - np.timedelta64(1, "D"))

    @cached_property
    def at_end(self) -> "Book":
        """Who answers for each client on the period's last day."""
        return Book.of(self, self.period.end)

    @cached_property
    def given_credits(self) -> Credits:
        """The attribution.

        Raises:
            DataError: there is none, or it does not cover the period.
        """
        if self.credits is None:
            raise DataError("net commission comes from an attribution: give `credits`")
        covered = self.credits.job.period
        if covered is not None and not (covered.start <= self.period.start and self.period.end <= covered.end):
            raise DataError(f"the credits are of {covered}, the measures of {self.period}")
        return self.credits

    @cached_property
    def months(self) -> list[str]:
        """The months of the period, as text."""
        return [str(month) for month in self.period.months()]

    def inside(self, table: Table) -> Any:
        """Give the rows of a dated table that fall into the period."""
        return table.take(self.period.contains(table.__dict__["date"]))

    def answering(self, client: Coded, on: AnyArray) -> tuple[Coded, Coded]:
        """Give for each client and day the manager who answers, and the client's origin."""
        owners = self.ledger.owners(client, on, self.known)
        return self.of_managers(owners, on), owners.origin

    def of_managers(self, owners: Owners, on: AnyArray) -> Coded:
        """Give the managers who answer: the responsible ones, or the leads of the teams."""
        return answering_managers(self.facts, owners, on)

    def marked(self, kind: str) -> tuple[Coded, Coded]:
        """Give the clients with a mark of a kind within the period, and who got them."""
        marks = self.ledger.snapshot(self.known).marks
        valid = marks.valid.astype("datetime64[D]")
        rows = np.flatnonzero((marks.kind == KINDS.index(kind)) & self.period.contains(valid))
        client = self.ledger.clients[marks.client[rows]]
        manager, _ = self.answering(client, valid[rows])
        return client, manager


@attrs.frozen(eq=False)
class Book:
    """All clients in some manager's hands on a day.

    Attributes:
        client: the client.
        row: its row in the facts.
        manager: who answers for it.
        origin: existing or new.
    """

    client: Coded
    row: AnyArray
    manager: Coded
    origin: Coded

    @classmethod
    def of(cls, context: Context, on: np.datetime64) -> "Book":
        """Ask the ledger for everybody on a day."""
        client = context.ledger.clients
        day = np.full(len(client), on)
        manager, origin = context.answering(client, day)
        row = context.facts.clients.rows(client)
        kept = np.flatnonzero(~manager.missing & (row >= 0))
        return cls(client[kept], row[kept], manager[kept], origin[kept])

    def where(self, rows: Flags) -> "Book":
        """Give some of the clients."""
        kept = np.flatnonzero(rows)
        return Book(self.client[kept], self.row[kept], self.manager[kept], self.origin[kept])
