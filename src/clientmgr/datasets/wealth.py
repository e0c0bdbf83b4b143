"""What the clients own at each month's end, and what they paid in and out."""

import attrs
import numpy as np

from clientmgr.datasets.accounts import Accounts
from clientmgr.datasets.window import Window
from clientmgr.facts import Flows, Valuations
from clientmgr.tables import Coded, Days, Fen, Flags, Floats, Int64

__all__ = ["Wealth", "grow_wealth"]

NEVER = np.datetime64("NaT", "D")
YUAN = 100
STEADY = 5_000_000 * YUAN  # who owns more moves small parts of it
FLOWING = 0.09  # chance of a flow in a month, for who is awake
FLOWING_ASLEEP = 0.004
PAID_IN = 0.53  # of the flows
WORST_MONTH = -0.35


@attrs.frozen(eq=False)
class Wealth:
    """The assets of all clients over the window.

    Attributes:
        assets: fen, clients x (months + 1): before the window, then at each month's end.
        flow_client, flow_date, flow_amount: each flow, in the order of the months.
    """

    assets: Fen
    flow_client: Int64
    flow_date: Days
    flow_amount: Fen

    def to_flows(self, ids: Coded) -> Flows:
        """Make the table of flows."""
        return Flows(client=ids[self.flow_client], date=self.flow_date, amount=self.flow_amount)

    def to_valuations(self, ids: Coded, accounts: Accounts, window: Window) -> Valuations:
        """Make the table of valuations: the eve of the window, each month's end while open.

        A new client is valued at what it brings on its first day, a closing one at nothing on its
        last, so that whoever is a client on a day has been valued by then.
        """
        ends = np.concatenate([[window.first - 1], window.lasts])
        open_then = (accounts.opened[:, None] <= ends) & ~(accounts.closed[:, None] <= ends)
        client, month = np.nonzero(open_then)
        new = accounts.opened >= window.first
        brought = np.where(new & ~_passes_through(accounts, window), accounts.wealth, 0)
        nothing = np.zeros(len(accounts), np.int64)
        parts = [
            (client, ends[month], self.assets[client, month]),
            _between(ends, np.where(new, accounts.opened, NEVER), brought),
            _between(ends, accounts.closed - 1, nothing),
        ]
        who, date, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Valuations(client=ids[who], date=date, assets=amount)


def grow_wealth(accounts: Accounts, window: Window, rng: np.random.Generator) -> Wealth:
    """Let the wealth of all clients grow month by month.

    Assets at a month's end are assets a month before + flows + what the market made of the average
    of before and after the flows, rounded to fen. A new client pays its wealth in on the day it
    opens; a closing one takes everything out on its last day.

    Complexity: O(clients x months).
    """
    market = np.clip(rng.normal(0.006, 0.05, window.months), -0.2, 0.2)
    exposure = np.where(accounts.asleep, 0.3, rng.uniform(0.3, 1.2, len(accounts)))
    old = accounts.opened < window.first
    assets = np.zeros((window.months + 1, len(accounts)), np.int64)
    assets[0] = np.where(old, accounts.wealth, 0)
    flows = []
    for month in range(window.months):
        amount, date = _flows_of_month(accounts, assets[month], month, window, rng)
        after = assets[month] + amount
        invested = np.where(after > 0, after - amount // 2, 0)
        assets[month + 1] = after + _gains(invested, exposure * market[month], rng)
        who = np.flatnonzero(amount)
        flows.append((who, date[who], amount[who]))
    client, dates, amounts = (np.concatenate(column) for column in zip(*flows, strict=True))
    return Wealth(np.ascontiguousarray(assets.T), client, dates, amounts)


def _between(ends: Days, days: Days, amounts: Fen) -> tuple[Int64, Days, Fen]:
    """Give the clients who have a day that is no month's end, with the day and the amount."""
    client = np.flatnonzero(~np.isnat(days) & ~np.isin(days, ends))
    return client, days[client], amounts[client]


def _passes_through(accounts: Accounts, window: Window) -> Flags:
    """Mark who opens and closes in one month: it brings nothing and takes nothing."""
    month = accounts.opened.astype("datetime64[M]")
    passes: Flags = (accounts.closed - 1).astype("datetime64[M]") == month
    return passes & (accounts.opened >= window.first)


def _flows_of_month(
    accounts: Accounts, assets: Fen, month: int, window: Window, rng: np.random.Generator
) -> tuple[Fen, Days]:
    """Draw the flow of each client in a month, 0 for most, and its day."""
    first, last = window.firsts[month], window.lasts[month]
    count = len(accounts)
    chance = np.where(accounts.asleep, FLOWING_ASLEEP, FLOWING)
    drawn = (rng.random(count) < chance) & (assets > 0)
    amount = np.where(drawn, _amounts(assets, np.where(accounts.wealth > STEADY, 0.1, 0.4), rng), 0)
    date = window.pick_business(np.full(count, first), np.full(count, last), rng.random(count))
    opens = (accounts.opened >= first) & (accounts.opened <= last)
    closes = (accounts.closed > first) & (accounts.closed <= last + 1)
    amount = np.where(opens, accounts.wealth, amount)
    date = np.where(opens, accounts.opened, date)
    amount = np.where(closes, np.where(opens, 0, -assets), amount)
    return amount, np.where(closes, accounts.closed - 1, date)


def _amounts(assets: Fen, most: Floats, rng: np.random.Generator) -> Fen:
    """Draw amounts in whole yuan, up to a share of the assets; more is paid in than taken out."""
    count = len(assets)
    size = rng.uniform(0.02, most) * assets
    paid_in = rng.random(count) < PAID_IN
    amount = np.where(paid_in, size + rng.exponential(2_000 * YUAN, count), -size)
    return np.trunc(amount / YUAN).astype(np.int64) * YUAN


def _gains(base: Fen, expected: Floats, rng: np.random.Generator) -> Fen:
    """Draw what the market makes of each client's assets in a month, in fen."""
    noise = rng.normal(0, 0.03, len(base))
    factor = np.clip(expected + noise, WORST_MONTH, -WORST_MONTH)
    return np.rint(base * factor).astype(np.int64)
