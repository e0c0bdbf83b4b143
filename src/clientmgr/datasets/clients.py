"""The table of clients, once it is known what each of them did."""

import numpy as np

from clientmgr.datasets.accounts import Accounts
from clientmgr.datasets.staff import Staff
from clientmgr.datasets.wealth import Wealth
from clientmgr.datasets.window import Window
from clientmgr.facts import Clients, Managers, Trades
from clientmgr.tables import Coded, Days

__all__ = ["make_clients"]

NEVER = np.datetime64("NaT", "D")
FAMILIES = 0.02  # of the clients: linked with the client in the next row
WALK_IN = 0.45  # of the new clients


def make_clients(
    ids: Coded,
    accounts: Accounts,
    staff: Staff,
    *,
    wealth: Wealth,
    trades: Trades,
    managers: Managers,
    branches: Coded,
    window: Window,
    rng: np.random.Generator,
) -> Clients:
    """Make the table of clients as of the window's last day."""
    return Clients(
        id=ids,
        branch=Coded.from_codes(branches.vocabulary, accounts.branch),
        assets=wealth.assets[:, -1],
        last_trade=_last_own_trades(trades, len(ids)),
        opened=accounts.opened,
        closed=accounts.closed,
        institution=accounts.institution,
        family=_families(ids, accounts, rng),
        introducer=_introducers(accounts, staff, managers, window, rng),
    )


def _last_own_trades(trades: Trades, count: int) -> Days:
    """Find the last trade that each client ordered itself, clients in the order of their codes."""
    last = np.full(count, NEVER).view(np.int64)
    own = trades.initiated
    np.maximum.at(last, trades.client.codes[own], trades.date[own].view(np.int64))
    return last.view("datetime64[D]")


def _families(ids: Coded, accounts: Accounts, rng: np.random.Generator) -> Coded:
    """Link a few clients with the one in the next row of their branch, under the first one's id."""
    count = len(ids)
    family = np.full(count, -1, np.int32)
    first = np.flatnonzero(rng.random(count) < FAMILIES)
    first = first[first + 1 < count]
    first = first[accounts.branch[first] == accounts.branch[np.minimum(first + 1, count - 1)]]
    first = first[np.diff(first, prepend=-2) > 1]
    family[first], family[first + 1] = ids.codes[first], ids.codes[first]
    return Coded.from_codes(ids.vocabulary, family).compact()


def _introducers(
    accounts: Accounts, staff: Staff, managers: Managers, window: Window, rng: np.random.Generator
) -> Coded:
    """Name who brought each new client: a manager of its branch at work that day, or nobody."""
    count = len(accounts)
    manager = staff.pick(accounts.branch, rng.random(count))
    brought = (accounts.opened >= window.first) & (rng.random(count) >= WALK_IN)
    brought &= staff.is_there(manager, accounts.opened)
    codes = np.where(brought, managers.id.codes[manager], -1).astype(np.int32)
    return Coded.from_codes(managers.id.vocabulary, codes)
