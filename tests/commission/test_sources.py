"""Tests of where trades come from."""

from typing import Any

import numpy as np
import pytest

from clientmgr.commission.sources import Chunk, Source
from clientmgr.errors import DataError
from clientmgr.facts import Trades
from clientmgr.periods import Period

TRADES = Trades(id=[1, 2, 3], client="C1", date=np.array(["2026-06-30", "2026-07-01", "2026-08-01"], "M8[D]"))


def ids(source: Any, period: Any = None) -> Any:
    """List the ids that a source gives."""
    return [word for chunk in source.chunks(period) for word in chunk.of(chunk.table.id).tolist()]


def test_a_table_a_sequence_a_callable_and_an_iterator_give_the_same_trades() -> None:
    """Only the bare iterator can be gone through but once."""
    parts = [TRADES.take([0]), TRADES.take([1, 2])]
    for given in (TRADES, parts, lambda: iter(parts)):
        source = Source.of(given)
        assert ids(source) == ids(source) == [1, 2, 3]
        assert not source.once
    once = Source.of(iter(parts))
    assert once.once
    assert ids(once) == [1, 2, 3]


def test_only_the_days_of_a_period_are_given() -> None:
    """First and last day belong to the period."""
    assert ids(Source.of(TRADES), Period.of("2026-07")) == [2]
    assert ids(Source.of(TRADES), Period.of("2027")) == []


def test_rows_keep_their_numbers_among_all_trades() -> None:
    """A part of a later table knows how many trades came before."""
    *_, last = Source.of([TRADES, TRADES]).chunks(Period.of("2026-08"))
    table, number = last.detached()
    assert (table.id.tolist(), number.tolist()) == ([3], [5])
    assert len(Chunk(TRADES, np.array([0, 2])).keep(np.array([True, False]))) == 1


def test_other_things_than_trades_are_refused() -> None:
    """What is no table, and a sequence of other things, is named."""
    with pytest.raises(DataError, match="trades are a table, a sequence of tables or a callable"):
        Source.of(7)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="expected tables of trades, got int"):
        ids(Source.of([7]))  # type: ignore[list-item]
