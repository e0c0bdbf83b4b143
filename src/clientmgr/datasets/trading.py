"""What the clients traded: their own orders, savings plans, and what they paid for it."""

import attrs
import numpy as np

from clientmgr.datasets.accounts import Accounts
from clientmgr.datasets.wealth import Wealth
from clientmgr.datasets.window import Window
from clientmgr.facts import Trades
from clientmgr.tables import Coded, Days, Fen, Flags, Floats, Int64

__all__ = ["Orders", "make_trades", "place_orders"]

LOT = 100
LEAST_COMMISSION = 5_00  # the exchanges' customary minimum, in fen
RATES = np.array([30, 25, 20, 15, 10, 8, 5, 3])  # basis points of turnover
SAVING = 0.05  # share of the clients with a monthly savings plan
SAVING_DAY = 9  # days after the first of the month
FUND_ORDERS = 0.1  # of the clients' own orders
STOCKS = 48
FUNDS = 12


@attrs.frozen(eq=False)
class Orders:
    """Orders that were executed: who, when, and whether the client itself gave them."""

    client: Int64
    date: Days
    initiated: Flags

    def take(self, rows: Int64) -> "Orders":
        """Give some of the orders."""
        return Orders(self.client[rows], self.date[rows], self.initiated[rows])


def make_trades(
    orders: Orders,
    accounts: Accounts,
    wealth: Wealth,
    *,
    ids: Coded,
    window: Window,
    rng: np.random.Generator,
) -> Trades:
    """Execute orders: choose a security, a price and a quantity, and charge the commission.

    Turnover is quantity x price; the commission is the client's rate in basis points of it, rounded
    half up to fen, and at least 5 yuan.
    """
    orders, worth = _affordable(orders, wealth, window)
    count = len(orders.client)
    fund = ~orders.initiated | (rng.random(count) < FUND_ORDERS)
    security = np.where(fund, STOCKS + rng.integers(0, FUNDS, count), rng.integers(0, STOCKS, count))
    price = _prices(window, rng)[np.maximum(window.month_of(orders.date), 0), security]
    quantity = _quantities(_tickets(orders, worth, accounts, rng), price)
    turnover = quantity * price
    rate = _rates(accounts, rng)[orders.client]
    codes = _security_codes()
    return Trades(
        id=np.arange(1, count + 1),
        client=ids[orders.client],
        date=orders.date,
        side=np.array(["buy", "sell"])[(rng.integers(0, 2, count) * orders.initiated)],
        market=np.where(security % 2 == 0, "SH", "SZ"),
        product=np.where(fund, "fund", "stock"),
        security=codes[security],
        quantity=quantity,
        turnover=turnover,
        commission=np.maximum((turnover * rate + 5_000) // 10_000, LEAST_COMMISSION),
        initiated=orders.initiated,
    )


def place_orders(accounts: Accounts, window: Window, rng: np.random.Generator) -> Orders:
    """Draw the orders of all clients, by day and client.

    Of the time before the window each client's last order stands for all.
    """
    parts = [
        _old_orders(accounts),
        _own_orders(accounts, window, rng),
        _savings(accounts, window, rng),
    ]
    client = np.concatenate([part.client for part in parts])
    date = np.concatenate([part.date for part in parts])
    initiated = np.concatenate([part.initiated for part in parts])
    orders = Orders(client, date, initiated)
    return orders.take(np.lexsort((~initiated, client, date)))


def _old_orders(accounts: Accounts) -> Orders:
    """Give the last order of each client before the window."""
    client = np.flatnonzero(~np.isnat(accounts.traded_before))
    return Orders(client, accounts.traded_before[client], np.ones(len(client), bool))


def _own_orders(accounts: Accounts, window: Window, rng: np.random.Generator) -> Orders:
    """Draw what clients order themselves, more in lively months than in dull ones."""
    days = (accounts.active_until - accounts.active_since).astype(np.float64) + 1
    months = np.where(np.isnan(days), 0, np.maximum(days, 0)) / 30.4
    client = np.repeat(np.arange(len(accounts)), rng.poisson(accounts.pace * months))
    since, until = accounts.active_since[client], accounts.active_until[client]
    lively = np.exp(rng.normal(0, 0.3, window.months))
    date = window.pick_business(since, until, _lively_chances(since, until, lively, window, rng))
    there = ~np.isnat(date)
    return Orders(client[there], date[there], np.ones(int(there.sum()), bool))


def _lively_chances(since: Days, until: Days, lively: Floats, window: Window, rng: np.random.Generator) -> Floats:
    """Draw a chance for each span so that lively months get more of the picked days."""
    weight = lively[window.month_of(window.business)]
    passed = np.concatenate([[0.0], np.cumsum(weight)])
    low = np.searchsorted(window.business, since)
    high = np.searchsorted(window.business, until, side="right")
    aim = passed[low] + rng.random(len(since)) * (passed[high] - passed[low])
    place = np.clip(np.searchsorted(passed, aim, side="right") - 1, low, np.maximum(high - 1, low))
    chance: Floats = (place - low + 0.5) / np.maximum(high - low, 1)
    return chance


def _savings(accounts: Accounts, window: Window, rng: np.random.Generator) -> Orders:
    """Order what savings plans buy each month, on the first business day from the tenth on."""
    saver = np.flatnonzero((rng.random(len(accounts)) < SAVING) & ~accounts.whale)
    client = np.repeat(saver, window.months)
    tenth = np.busday_offset(window.firsts[:-1] + SAVING_DAY, 0, roll="forward", busdaycal=window.calendar)
    date = np.tile(tenth, len(saver))
    there = accounts.is_open(client, date)
    return Orders(client[there], date[there], np.zeros(int(there.sum()), bool))


def _affordable(orders: Orders, wealth: Wealth, window: Window) -> tuple[Orders, Fen]:
    """Keep the orders of clients who own something, and say what they own at the month's start."""
    month = np.maximum(window.month_of(orders.date), 0)
    before, after = wealth.assets[orders.client, month], wealth.assets[orders.client, month + 1]
    worth = np.where(before > 0, before, after)
    rows = np.flatnonzero(worth > 0)
    return orders.take(rows), worth[rows]


def _tickets(orders: Orders, worth: Fen, accounts: Accounts, rng: np.random.Generator) -> Floats:
    """Draw how much money goes into each order, in fen: up to half of what the client owns."""
    count = len(worth)
    share = 0.02 + 0.48 * rng.random(count) ** 2
    share = np.where(accounts.institution[orders.client], 0.1 * share, share)
    plan = np.minimum(rng.integers(5, 31, count) * 100_00, worth)
    return np.where(orders.initiated, share * worth, plan)


def _quantities(ticket: Floats, price: Fen) -> Int64:
    """Turn money into units: whole lots of 100, or single units where it buys no lot."""
    units = np.maximum(ticket // price, 1).astype(np.int64)
    return np.where(units >= LOT, units // LOT * LOT, units)


def _prices(window: Window, rng: np.random.Generator) -> Fen:
    """Draw the price of each security in each month, in fen, months x securities."""
    count = STOCKS + FUNDS
    start = np.exp(rng.uniform(np.log(3_00), np.log(80_00), count))
    start[STOCKS:] = rng.uniform(1_00, 3_00, FUNDS)
    steps = rng.normal(0.004, 0.06, (window.months, count))
    path = np.rint(start * np.exp(np.cumsum(steps, axis=0)))
    prices: Fen = np.maximum(path, 1).astype(np.int64)
    return prices


def _rates(accounts: Accounts, rng: np.random.Generator) -> Int64:
    """Draw each client's commission rate in basis points: the richer, the lower."""
    count = len(accounts)
    richness = np.log10(np.maximum(accounts.wealth, 1) / 1_000_000)  # 0 at 10,000 yuan
    place = np.rint(1 + 1.5 * richness + rng.normal(0, 1.2, count)).astype(np.int64)
    rate: Int64 = RATES[np.clip(place, 0, len(RATES) - 1)]
    return rate


def _security_codes() -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Number the securities as the two exchanges do; even ones are traded in Shanghai."""
    stock = [f"60{i:04d}" if i % 2 == 0 else f"00{i:04d}" for i in range(STOCKS)]
    fund = [f"51{i:04d}" if i % 2 == 0 else f"15{i:04d}" for i in range(FUNDS)]
    return np.array(stock + fund)
