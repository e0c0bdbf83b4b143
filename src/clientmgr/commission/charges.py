"""The deduction kernel: from what a client paid for each trade to the lines that come off, and the net."""

import math
from collections.abc import Iterator, Mapping
from functools import cached_property

import attrs
import numpy as np

from clientmgr.commission.arith import SAFE, scale
from clientmgr.commission.rules import ChargeRate, CommissionPlan, Deduction
from clientmgr.tables import AnyArray, Coded, Flags, Int64

__all__ = ["Charged", "Charges", "SimpleCharge", "Ticket"]

NO_ROW = -1
NAMED = ("turnover", "commission", "quantity", "net")


@attrs.frozen(eq=False)
class Ticket:
    """The columns of some trades that charges depend on; all equally long.

    Attributes:
        day: days since 1970, int32.
        commission, turnover, quantity: as in the trades.
        assets: the client's total assets on the trade's day in fen; None where no charge asks for them.
        labels: market, product and side, coded.
        extra: further columns of fen by name.
    """

    day: AnyArray
    commission: Int64
    turnover: Int64
    quantity: Int64
    labels: Mapping[str, Coded]
    extra: Mapping[str, AnyArray]
    assets: Int64 | None = None

    def base(self, name: str, left: Int64) -> Int64:
        """Give the base that a deduction names; `left` is what the lines before have left."""
        if name == "net":
            return left
        if name in {"commission", "turnover", "quantity"}:
            found: Int64 = getattr(self, name)
            return found
        return self.extra[name]

    @cached_property
    def sign(self) -> Int64:
        """The sign of each ticket: that of its commission, or of its turnover where it is free."""
        return np.where(self.commission != 0, np.sign(self.commission), np.sign(self.turnover))


@attrs.frozen(eq=False)
class Charged:
    """What charges leave of some trades.

    Attributes:
        lines: one int64 column a line of the plan.
        net: commission less all lines.
        unrated: rows for which some line had no rate in force; their numbers mean nothing.
        below: rows whose charges exceed the commission.
    """

    lines: list[Int64]
    net: Int64
    unrated: Flags
    below: Flags


@attrs.frozen
class SimpleCharge:
    """A deduction that is one rate of one column for all trades of a chunk, halves up, nothing else.

    Attributes:
        on: commission, turnover, quantity or net.
        numerator, denominator: the rate.
    """

    on: str
    numerator: int
    denominator: int

    def apply(self, base: Int64, out: Int64) -> bool:
        """Charge amounts that are not negative, into a buffer; False where 62 bits might not do."""
        twice = 2 * self.denominator
        if int(base.max()) * 2 * self.numerator + twice >= SAFE:
            return False
        np.multiply(base, 2 * self.numerator, out=out)
        out += self.denominator
        np.floor_divide(out, twice, out=out)
        return True


class Charges:
    """The deductions of one plan, prepared for fast use on many chunks."""

    def __init__(self, plan: CommissionPlan) -> None:
        """Put the rates of each line over one denominator, by row and by day."""
        self.plan = plan
        self.tables: list[_RateTable] = [_RateTable(line) for line in plan.deductions]

    @property
    def pairs(self) -> Iterator[tuple[Deduction, "_RateTable"]]:
        """The deductions with their tables of rates, in order."""
        return zip(self.plan.deductions, self.tables, strict=True)

    @property
    def needs_assets(self) -> bool:
        """Whether some charge depends on the client's assets of the day."""
        rows = (row for line in self.plan.deductions for row in line.rates)
        return any(row.assets_below is not None for row in rows)

    def apply(self, ticket: Ticket) -> Charged:
        """Take the lines off, one after the other."""
        left = ticket.commission
        unrated = np.zeros(len(left), bool)
        lines = []
        for line, table in self.pairs:
            amount = table.charge(line, ticket, left, unrated)
            lines.append(amount)
            left = left - amount
        below = _below(ticket, left) if lines else unrated
        if self.plan.below_charges == "zero":
            lines.append(np.where(below, left, 0))
            left = np.where(below, 0, left)
        return Charged(lines, left, unrated, below)


def _below(ticket: Ticket, left: Int64) -> Flags:
    """Mark tickets whose charges exceed their commission."""
    if not len(left) or (int(ticket.commission.min()) > 0 and int(left.min()) >= 0):
        return np.zeros(len(left), bool)
    return ticket.sign * np.sign(left) < 0


class _RateTable:
    """The rates of one deduction: numerators by row and epoch over one denominator."""

    def __init__(self, line: Deduction) -> None:
        """Find the days on which some rate changes, and each row's rate between them."""
        rates = [rate for row in line.rates for rate in row.rate.values]
        self.denominator = math.lcm(*(rate.denominator for rate in rates)) if rates else 1
        starts = [_starts(row) for row in line.rates]
        self.epochs = np.unique(np.concatenate([np.empty(0, np.int64), *starts]))
        # Epoch 0 lies before every start; a rate of -1 says that none is in force yet.
        table = np.full((len(line.rates) + 1, len(self.epochs) + 1), -1, np.int64)
        for i, row in enumerate(line.rates):
            for start, rate in zip(starts[i], row.rate.values, strict=True):
                scaled = rate.numerator * (self.denominator // rate.denominator)
                table[i, np.searchsorted(self.epochs, start, side="right") :] = scaled
        table[NO_ROW] = 0
        self.numerators = table

    def simple(self, line: Deduction, low: int, high: int) -> SimpleCharge | None:
        """Give the line as one rate that holds from one day to another; None where it is more than that."""
        bounded = line.fixed or line.minimum or line.maximum is not None
        if bounded or len(line.rates) != 1 or line.rounding != "half_up":
            return None
        row = line.rates[0]
        sizes = (row.commission_below, row.turnover_below, row.assets_below)
        if row.market or row.product or row.side or any(size is not None for size in sizes):
            return None
        ends = np.searchsorted(self.epochs, [low, high], side="right")
        numerator = int(self.numerators[0, ends[0]])
        if ends[0] != ends[1] or numerator < 0 or line.on not in NAMED:
            return None
        return SimpleCharge(line.on, numerator, self.denominator)

    def charge(self, line: Deduction, ticket: Ticket, left: Int64, unrated: Flags) -> Int64:
        """Give the line's amounts, and mark the rows without a rate in `unrated`."""
        row = _first_fitting_row(line, ticket)
        numerator = self._numerators(row, ticket.day)
        if not isinstance(numerator, int) and (missing := numerator < 0).any():
            unrated |= missing
            numerator = np.where(missing, 0, numerator)
        elif isinstance(numerator, int) and numerator < 0:
            unrated[:] = True
            numerator = 0
        amount = scale(ticket.base(line.on, left), numerator, self.denominator, line.rounding)
        if not (line.fixed or line.minimum or line.maximum is not None):
            return amount
        return _bounded(line, ticket, amount, row)

    def _numerators(self, row: int | AnyArray, day: AnyArray) -> int | Int64:
        """Look the rates up: one for all trades where one row and one epoch cover them."""
        if not len(day):
            return 0
        ends = np.searchsorted(self.epochs, [int(day.min()), int(day.max())], side="right")
        if ends[0] == ends[1]:
            of_rows = self.numerators[:, ends[0]]
            return int(of_rows[row]) if isinstance(row, int) else np.asarray(of_rows[row], np.int64)
        epoch = np.searchsorted(self.epochs, day, side="right")
        return np.asarray(self.numerators[row, epoch], np.int64)


def _starts(row: ChargeRate) -> Int64:
    """Give the first days of a row's rates as days since 1970; a rate that holds always starts before all."""
    return np.asarray(row.rate.starts).astype("datetime64[D]").astype(np.int64)


def _first_fitting_row(line: Deduction, ticket: Ticket) -> int | AnyArray:
    """Find the first row of rates that fits each trade, NO_ROW where none does."""
    if len(line.rates) == 1 and _fits(line.rates[0], ticket) is None:
        return 0
    found = np.full(len(ticket.day), NO_ROW, np.int64)
    for i in reversed(range(len(line.rates))):
        fits = _fits(line.rates[i], ticket)
        if fits is None:
            found[:] = i
        else:
            found[fits] = i
    return found


def _fits(row: ChargeRate, ticket: Ticket) -> Flags | None:
    """Mark the trades that a row is for; None stands for every one."""
    masks = []
    for name, words in (("market", row.market), ("product", row.product), ("side", row.side)):
        if words:
            masks.append(ticket.labels[name].isin(_of_kind(words, ticket.labels[name])))
    for amount, limit in (
        (ticket.commission, row.commission_below),
        (ticket.turnover, row.turnover_below),
    ):
        if limit is not None:
            masks.append(np.abs(amount) < limit)
    if row.assets_below is not None and ticket.assets is not None:
        masks.append(ticket.assets < row.assets_below)
    return np.logical_and.reduce(masks) if masks else None


def _of_kind(words: tuple[str | int, ...], column: Coded) -> list[str | int]:
    """Keep the words that are of a column's kind, text or integers."""
    return [word for word in words if isinstance(word, str) == column.is_text]


def _bounded(line: Deduction, ticket: Ticket, amount: Int64, row: int | AnyArray) -> Int64:
    """Add the fixed part and hold the amount between the least and the most, with the ticket's sign."""
    size = amount * ticket.sign + line.fixed
    size = np.maximum(size, line.minimum)
    if line.maximum is not None:
        size = np.minimum(size, line.maximum)
    charged = (ticket.sign != 0) if isinstance(row, int) else (ticket.sign != 0) & (row != NO_ROW)
    return np.where(charged, size * ticket.sign, 0)
