"""What the clients own at each month's end, and what they paid in and out."""

import attrs
import numpy as np

from clientmgr.datasets.accounts import Accounts
from clientmgr.datasets.window import Window
from clientmgr.facts import Flows, Valuations
from clientmgr.tables import Coded, Days, Fen, Floats, Int64

__all__ = ["Wealth", "grow_wealth"]

YUAN = 100
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

        A client that closes is valued at nothing on its last day.
        """
        ends = np.concatenate([[window.first - 1], window.lasts])
        open_then = (accounts.opened[:, None] <= ends) & ~(accounts.closed[:, None] <= ends)
        client, month = np.nonzero(open_then)
        leaving = np.flatnonzero(~np.isnat(accounts.closed))
        last = accounts.closed[leaving] - 1
        doubled = np.isin(last, ends)  # the month's end is its last day: valued already
        leaving, last = leaving[~doubled], last[~doubled]
        return Valuations(
            client=ids[np.concatenate([client, leaving])],
            date=np.concatenate([ends[month], last]),
            assets=np.concatenate([self.assets[client, month], np.zeros(len(leaving), np.int64)]),
        )


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


def _flows_of_month(
    accounts: Accounts, assets: Fen, month: int, window: Window, rng: np.random.Generator
) -> tuple[Fen, Days]:
    """Draw the flow of each client in a month, 0 for most, and its day."""
    first, last = window.firsts[month], window.lasts[month]
    count = len(accounts)
    chance = np.where(accounts.asleep, FLOWING_ASLEEP, FLOWING)
    drawn = (rng.random(count) < chance) & (assets > 0)
    amount = np.where(drawn, _amounts(assets, np.where(accounts.whale, 0.1, 0.4), rng), 0)
    date = window.pick_business(np.full(count, first), np.full(count, last), rng.random(count))
    opens = (accounts.opened >= first) & (accounts.opened <= last)
    closes = (accounts.closed > first) & (accounts.closed <= last + 1)
    amount = np.where(opens, accounts.wealth, amount)
    date = np.where(opens, accounts.opened, date)
    # Who opens and closes in one month passes through with nothing: no flow at all.
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
