"""Totals by keys of single trades: the trades are gone through again, nothing of them was kept."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from clientmgr.commission.accumulate import month_names
from clientmgr.commission.reversals import Reversals
from clientmgr.commission.sources import small_table
from clientmgr.commission.totals import Totals, add_up
from clientmgr.commission.work import Worked
from clientmgr.facts import Trades
from clientmgr.tables import AnyArray, Coded, Int64

if TYPE_CHECKING:
    from clientmgr.commission.attribution import Job

__all__ = ["TRADE_KEYS", "total_deductions", "total_trades"]

COLUMNS = {
    "client": "client",
    "market": "market",
    "product": "product",
    "side": "side",
    "security": "security",
    "trade": "id",
}
TRADE_KEYS = ("client", "date", "market", "product", "side", "security", "trade")
HELD = 16

Row = tuple[Int64, AnyArray, Int64]


def total_trades(job: "Job", keys: tuple[str, ...], kinds: tuple[str, ...]) -> Totals:
    """Add the credits of some kinds up by keys of lines, of trades and by month."""
    run = job.start()
    pieces = _Pieces([key for key in keys if key in (*TRADE_KEYS, "month")])
    for step in job.steps(run):
        for table, rows in _credits_of(step):
            for which, line, amount in rows:
                pieces.add(_numbers(line), table, which, amount)
    whole = pieces.close()
    line = whole.keys["line"].vocabulary[whole.keys["line"].codes].astype(np.int64)
    columns = {name: column[line] for name, column in run.lines.columns().items()}
    wanted = columns["kind"].isin(kinds)
    every = {**columns, **whole.keys}
    return add_up({key: every[key][wanted] for key in keys}, whole.amount[wanted])


def total_deductions(job: "Job", keys: tuple[str, ...]) -> Totals:
    """Add the deductions up by their names, keys of trades and month."""
    run = job.start()
    pieces = _Pieces([key for key in keys if key != "line"])
    for step in job.steps(run):
        for table, names, lines in _deductions_of(step):
            for name, amount in zip(names, lines, strict=True):
                word = Coded.from_codes(np.array([name]), np.zeros(len(amount), np.int32))
                pieces.add(word, table, np.arange(len(amount)), amount)
    whole = pieces.close()
    return add_up({key: whole.keys[key] for key in keys}, whole.amount)


class _Pieces:
    """Sums by line and by keys of trades, gathered piece by piece and merged now and then."""

    def __init__(self, keys: list[str]) -> None:
        """Start with nothing."""
        self.keys = keys
        self.held: list[Totals] = []

    def add(self, line: Coded, table: Trades, which: Int64, amount: Int64) -> None:
        """Add some credits of the trades of a table."""
        columns = {"line": line} | {key: _column(table, key)[which] for key in self.keys}
        self.held.append(add_up(columns, amount))
        if len(self.held) > HELD:
            self.held = [_merged(self.held)]

    def close(self) -> Totals:
        """Give all sums."""
        if not self.held:
            return add_up({key: Coded.of([]) for key in ("line", *self.keys)}, np.zeros(0, np.int64))
        return _merged(self.held)


def _merged(parts: list[Totals]) -> Totals:
    """Add several totals of equal keys up at once."""
    keys = {name: Coded.concat([part.keys[name] for part in parts]) for name in parts[0].keys}
    return add_up(keys, np.concatenate([part.amount for part in parts]))


def _numbers(line: AnyArray) -> Coded:
    """See line numbers as a column."""
    words = np.arange(int(line.max(initial=0)) + 1)
    return Coded.from_codes(words, line)


def _column(table: Trades, key: str) -> Coded:
    """Give a key column of trades."""
    if key == "month":
        return month_names(table.date.astype("datetime64[M]").astype(np.int64))
    if key == "date":
        days, code = np.unique(table.date, return_inverse=True)
        return Coded.from_codes(days.astype(np.str_), code)
    found: Coded = getattr(table, COLUMNS[key])
    return found


def _credits_of(step: object) -> Iterator[tuple[Trades, Iterator[Row]]]:
    """Give the credits of a step with the table of its trades."""
    if isinstance(step, Worked):
        table = small_table(step.chunk.table, step.chunk.rows)
        yield table, _rows_of_worked(step)
    elif isinstance(step, Reversals):
        for each in step.reversed:
            yield each.trades, each.credits()
            yield each.trades, each.overlays()


def _rows_of_worked(step: Worked) -> Iterator[Row]:
    """Give conserved credits and overlays of plain trades."""
    for part in step.shares():
        rows = np.arange(len(step.chunk)) if part.rows is None else part.rows
        for line, amount in zip(part.line, part.amount, strict=True):
            yield rows, line, amount
    if step.has_overlays:
        yield step.overlays()


def _deductions_of(step: object) -> Iterator[tuple[Trades, tuple[str, ...], list[Int64]]]:
    """Give the deduction lines of a step with the table of its trades."""
    if isinstance(step, Worked):
        table = small_table(step.chunk.table, step.chunk.rows)
        yield table, step.prepared.plan.lines, step.charged.lines
    elif isinstance(step, Reversals):
        for each in step.reversed:
            yield each.trades, each.worked.prepared.plan.lines, each.lines()
