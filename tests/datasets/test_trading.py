"""Trades: days, amounts and commissions that could be."""

import numpy as np

import clientmgr as cm
from clientmgr.datasets.trading import LEAST_COMMISSION, RATES

START = np.datetime64("2025-01-01")


def test_nobody_trades_before_opening_or_after_closing(branch: cm.Facts) -> None:
    """And every trade is of a business day."""
    row = branch.trade_client_rows
    date = branch.trades.date
    assert (date >= branch.clients.opened[row]).all()
    assert not (date >= branch.clients.closed[row]).any()
    assert np.is_busday(date).all()


def test_turnover_is_units_times_a_price(branch: cm.Facts) -> None:
    """Whole lots of a hundred, or single units where money buys no lot."""
    trades = branch.trades
    assert (trades.turnover % trades.quantity == 0).all()
    assert ((trades.quantity % 100 == 0) | (trades.quantity < 100)).all()
    assert trades.turnover.min() > 0


def test_commission_is_a_rate_of_the_turnover_and_at_least_five_yuan(branch: cm.Facts) -> None:
    """Rounded half up to fen, by one of the customary rates for each client."""
    turnover, paid = branch.trades.turnover, branch.trades.commission
    charged = np.maximum((turnover[:, None] * RATES + 5_000) // 10_000, LEAST_COMMISSION)
    fits = charged == paid[:, None]
    assert fits.any(axis=1).all()
    some = np.ones((len(branch.clients), len(RATES)), bool)
    np.logical_and.at(some, branch.trade_client_rows, fits)
    assert some.any(axis=1).all(), "each client has one rate"


def test_the_rich_pay_a_lower_rate(branch: cm.Facts) -> None:
    """As they do everywhere."""
    rich = branch.clients.assets[branch.trade_client_rows] > 1_000_000_00
    rate = branch.trades.commission / branch.trades.turnover
    assert np.median(rate[rich]) < np.median(rate[~rich]) / 2


def test_savings_plans_are_not_the_client_s_own_orders(branch: cm.Facts) -> None:
    """They buy funds on the first business day from the tenth on, also for the sleeping."""
    plans = branch.trades.take(~branch.trades.initiated)
    assert len(plans)
    assert set(plans.product) == {"fund"}
    assert set(plans.side) == {"buy"}
    day = plans.date.astype("datetime64[D]") - plans.date.astype("datetime64[M]")
    assert 9 <= int(day.astype(int).min()) <= int(day.astype(int).max()) <= 13
    own = branch.trades.take(branch.trades.initiated)
    assert set(own.side) == {"buy", "sell"}
    assert set(own.market) == {"SH", "SZ"}


def test_of_the_time_before_the_window_there_is_each_client_s_last_trade(
    branch: cm.Facts,
) -> None:
    """So that dormancy can be told for every day of the window."""
    early = branch.trades.date < START
    client = branch.trades.client.codes[early]
    assert len(np.unique(client)) == len(client)
    new = branch.clients.opened >= START
    assert not new[branch.trade_client_rows[early]].any()


def test_the_snapshot_has_the_last_own_trade(branch: cm.Facts) -> None:
    """A savings plan does not wake a client."""
    assert branch.as_of is not None
    last = branch.last_trade(branch.as_of)
    same = (last == branch.clients.last_trade) | np.isnat(last) & np.isnat(branch.clients.last_trade)
    assert same.all()


def test_trades_are_numbered_by_day(branch: cm.Facts) -> None:
    """Ids rise with time, as a broker's do."""
    assert branch.trades.id.tolist()[:3] == [1, 2, 3]
    assert (np.diff(branch.trades.date).astype(int) >= 0).all()


def test_some_sleepers_wake_within_the_window(branch: cm.Facts) -> None:
    """There is something to claim."""
    dormant = branch.last_trade("2025-01-01") <= np.datetime64("2023-07-01")
    woken = branch.last_trade("2026-12-31") >= START
    assert 10 < (dormant & woken).sum() < 300
