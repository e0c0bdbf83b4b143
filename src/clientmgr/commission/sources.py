"""Where trades come from: one table, several, or a callable that gives them afresh each time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.facts import Trades
from clientmgr.periods import Period
from clientmgr.tables import AnyArray, Coded, Int64

__all__ = ["CHUNK", "Chunk", "Source", "TradesLike", "small_table"]

TradesLike = Trades | Sequence[Trades] | Callable[[], Iterable[Trades]] | Iterator[Trades]

CHUNK = 1 << 15


@attrs.frozen(eq=False)
class Chunk:
    """Some rows of one table of trades.

    Attributes:
        table: the table.
        rows: a slice of it, or row numbers.
        offset: how many rows of trades came before the table.
    """

    table: Trades
    rows: slice | Int64
    offset: int = 0

    @property
    def numbers(self) -> Int64:
        """The row numbers in the table."""
        if isinstance(self.rows, slice):
            return np.arange(self.rows.start, self.rows.stop)
        return self.rows

    def __len__(self) -> int:
        """Count the rows."""
        return self.rows.stop - self.rows.start if isinstance(self.rows, slice) else len(self.rows)

    def of(self, column: Any) -> Any:
        """Give a column's values in these rows."""
        return column[self.rows]

    def detached(self) -> tuple[Trades, Int64]:
        """Copy these rows out as a table of their own, and give their numbers among all trades."""
        return small_table(self.table, self.rows), self.numbers + self.offset

    def keep(self, mask: AnyArray) -> "Chunk":
        """Keep the marked ones of these rows."""
        if mask.all():
            return self
        if isinstance(self.rows, slice):
            return Chunk(self.table, np.flatnonzero(mask) + self.rows.start, self.offset)
        return Chunk(self.table, self.rows[mask], self.offset)


@attrs.frozen(eq=False)
class Source:
    """Trades that can be gone through; again and again unless they came as a bare iterator.

    Attributes:
        again: gives the tables afresh.
        once: whether the tables can be had only once.
    """

    again: Callable[[], Iterable[Trades]]
    once: bool = False

    @classmethod
    def of(cls, trades: TradesLike) -> "Source":
        """Take a table, a sequence of tables, a callable that gives an iterator, or a bare iterator.

        Raises:
            DataError: anything else.
        """
        if isinstance(trades, Trades):
            return cls(partial(_given, (trades,)))
        if callable(trades):
            return cls(trades)
        if isinstance(trades, Iterator):
            return cls(partial(_given, trades), once=True)
        if isinstance(trades, Sequence):
            return cls(partial(_given, trades))
        raise DataError(
            f"trades are a table, a sequence of tables or a callable that gives them, got {type(trades).__name__}"
        )

    def tables(self) -> Iterator[tuple[Trades, int]]:
        """Go through the tables, each with the number of rows before it."""
        offset = 0
        for table in self.again():
            if not isinstance(table, Trades):
                raise DataError(f"expected tables of trades, got {type(table).__name__}")
            yield table, offset
            offset += len(table)

    def chunks(self, period: Period | None = None) -> Iterator[Chunk]:
        """Go through the trades of a period, or all, some ten thousand at a time."""
        for table, offset in self.tables():
            yield from chunks_of(table, offset, period)


def _given(tables: Iterable[Trades]) -> Iterable[Trades]:
    """Give what was given; unlike a lambda it can be pickled, and so can the credits that keep it."""
    return tables


def small_table(table: Trades, rows: Any) -> Trades:
    """Copy a few rows out of a table, with vocabularies that have only their own words.

    The cost depends on the rows alone: a table of ten million trades has a vocabulary of ten million ids.
    """
    made = table.take(rows)
    for name in Trades.column_names():
        column = made.__dict__[name]
        if isinstance(column, Coded):
            made.__dict__[name] = _slim(column)
    return made


def _slim(column: Coded) -> Coded:
    """Keep the words that are used."""
    used, code = np.unique(column.codes, return_inverse=True)
    missing = int(len(used) > 0 and used[0] < 0)
    return Coded.from_codes(column.vocabulary[used[missing:]], code - missing)


def chunks_of(table: Trades, offset: int = 0, period: Period | None = None) -> Iterator[Chunk]:
    """Cut a table into chunks, without the trades outside a period."""
    for start in range(0, len(table), CHUNK):
        chunk = Chunk(table, slice(start, min(start + CHUNK, len(table))), offset)
        if period is not None:
            date = chunk.of(table.date)
            chunk = chunk.keep((date >= period.start) & (date <= period.end))
        if len(chunk):
            yield chunk
