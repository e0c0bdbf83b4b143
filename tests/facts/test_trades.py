"""Trades and the trades that take others back."""

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.testing import check_table

DAY = np.datetime64("2026-06-30")


def test_the_smallest_trade_is_short_to_write() -> None:
    """One that the client ordered and that cost nothing; words are empty."""
    trade = cm.Trades(id=[1], client=["C1"], date=DAY).to_records()[0]
    assert trade["side"] == trade["market"] == ""
    assert trade["initiated"] is True
    assert trade["commission"] == trade["turnover"] == trade["quantity"] == 0
    assert trade["reverses"] is None


def test_a_trade_can_take_another_back_but_not_itself() -> None:
    """Also one that is not in the table: it may be of an earlier month."""
    trades = cm.Trades(id=[1, 2], client="C1", date=DAY, commission=[5, -5], reverses=[None, 1])
    assert trades.reverses.tolist() == [None, 1]
    check_table(trades)
    cm.Trades(id=[7], client="C1", date=DAY, reverses=[3])
    with pytest.raises(DataError, match=r"trades.reverses row 1 \(2\): got 2") as caught:
        cm.Trades(id=[1, 2], client="C1", date=DAY, reverses=[1, 2])
    assert caught.value.findings[0].expected == "the id of another trade"


def test_trades_keep_further_columns() -> None:
    """Such as the order's number."""
    trades = cm.Trades(id=[1], client=["C1"], date=DAY, extra={"order": [77]})
    assert repr(trades) == "Trades(1 rows, extra order)"
    assert trades.extra["order"].tolist() == [77]


def test_months_of_trades_are_put_behind_one_another() -> None:
    """An id that stands in two months is named."""
    january = cm.Trades(id=["a", "b"], client="C1", date=DAY)
    february = cm.Trades(id=["c"], client="C2", date=DAY)
    both = cm.Trades.concat([january, february])
    assert both.client.tolist() == ["C1", "C1", "C2"]
    with pytest.raises(DataError, match=r"trades.id row 3 \(a\): got 'a', expected a unique id"):
        cm.Trades.concat([both, january.take([0])])
