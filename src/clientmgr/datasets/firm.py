"""`make_branch` and `make_firm`: facts of a branch or a firm, drawn from a seed."""

from collections.abc import Sequence
from typing import Self

import attrs
import numpy as np

from clientmgr import money
from clientmgr.datasets.accounts import Accounts, open_accounts
from clientmgr.datasets.clients import make_clients
from clientmgr.datasets.names import number_ids
from clientmgr.datasets.service import make_events, make_incidents, make_records
from clientmgr.datasets.staff import Staff, hire_staff
from clientmgr.datasets.trading import make_trades, place_orders
from clientmgr.datasets.wealth import Wealth, grow_wealth
from clientmgr.datasets.window import Window
from clientmgr.errors import RuleError
from clientmgr.facts import Facts
from clientmgr.tables import Coded, Int64

__all__ = ["Seed", "make_branch", "make_firm"]

Seed = int | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator


def make_branch(
    clients: int = 7_000,
    managers: int = 13,
    *,
    rng: Seed,
    start: str = "2025-01-01",
    months: int = 24,
    whales: int = 3,
) -> Facts:
    """Make a branch of two years: clients, managers, trades, flows, valuations, service.

    The same seed gives the same branch. See `make_firm` for what the tables hold.

    Args:
        clients: how many clients there are over the whole window.
        managers: how many managers have books from the middle of the window on; a branch manager
            and a deputy come on top, and who left before.
        rng: a seed or a generator (SPEC 7).
        start: the first day of the window, the first of a month.
        months: how long the window is; its last day is the `as_of` of the facts.
        whales: how many clients own more than a fair book when the window begins.

    Raises:
        RuleError: a number is too small, or there is no seed.

    Example:
        >>> from clientmgr.datasets import make_branch
        >>> facts = make_branch(clients=200, managers=4, rng=7)
        >>> len(facts.clients), facts.clients.id[0], str(facts.as_of)
        (200, 'C000001', '2026-12-31')
    """
    return make_firm(
        1,
        clients=[clients],
        managers=[managers],
        rng=rng,
        start=start,
        months=months,
        whales=whales,
    )


def make_firm(
    branches: int = 12,
    clients: int | Sequence[int] = 7_000,
    managers: int | Sequence[int] = 13,
    *,
    rng: Seed,
    start: str = "2025-01-01",
    months: int = 24,
    whales: int = 3,
) -> Facts:
    """Make a firm of several unequal branches over two years.

    Assets are lognormal with a Pareto tail; one client in a hundred is an institution; one in ten
    is new, brought by a manager or a walk-in; about three in ten have fallen asleep. Amounts are in
    fen and of one piece: each valuation is the one before + the flows between + a gain of the
    market. Trades are of business days: the clients' own orders, and savings plans (`initiated` is
    False); of the time before the window each client's last order stands for all, so that dormancy
    can be told for every day of the window. `Clients.assets` and `Clients.last_trade` are those of
    `as_of`, the last day of the window; `last_trade` counts the client's own orders only.

    Args:
        branches: how many branches.
        clients: clients a branch on average, drawn unequal, or the number of each branch.
        managers: managers a branch on average, in proportion to its clients, or the number of each.
        rng: a seed or a generator (SPEC 7).
        start: the first day of the window, the first of a month.
        months: how long the window is.
        whales: how many clients of a branch own more than a fair book of it (its assets / its
            managers) when the window begins; less in a branch of few managers or clients. Nobody
            else owns more than 0.4 of one then.

    Raises:
        RuleError: a number is too small, or there is no seed.

    Complexity: O(clients x months + trades) time and memory.

    Example:
        >>> from clientmgr.datasets import make_firm
        >>> facts = make_firm(3, clients=100, managers=4, rng=7)
        >>> facts.branches.tolist(), len(facts.clients)
        (['B01', 'B02', 'B03'], 300)
    """
    if branches < 1 or whales < 0:
        raise RuleError(f"branches must be at least 1 and whales 0, got {branches} and {whales}")
    window = Window.of(start, months)
    draw = _generator(rng)
    sizes = _clients_of(branches, clients, draw)
    posts = _managers_of(sizes, managers)
    people, purse, floor, desk = draw.spawn(4)
    accounts = open_accounts(sizes, posts, whales=whales, window=window, rng=people)
    staff = hire_staff(posts, window, people)
    wealth = grow_wealth(accounts, window, purse)
    names = _Names.of(branches, len(accounts))
    return _facts(accounts, staff, wealth, names, window=window, people=people, floor=floor, desk=desk)


@attrs.frozen(eq=False)
class _Names:
    """The ids of branches and clients."""

    branches: Coded
    clients: Coded

    @classmethod
    def of(cls, branches: int, clients: int) -> Self:
        """Number so many of each."""
        return cls(number_ids("B", branches, digits=2), number_ids("C", clients, digits=6))


def _facts(
    accounts: Accounts,
    staff: Staff,
    wealth: Wealth,
    names: _Names,
    *,
    window: Window,
    people: np.random.Generator,
    floor: np.random.Generator,
    desk: np.random.Generator,
) -> Facts:
    """Turn what was drawn into tables, and draw what follows from it."""
    ids = names.clients
    managers = staff.to_managers(names.branches)
    orders = place_orders(accounts, window, floor)
    trades = make_trades(orders, accounts, wealth, ids=ids, window=window, rng=floor)
    clients = make_clients(
        ids,
        accounts,
        staff,
        wealth=wealth,
        trades=trades,
        managers=managers,
        branches=names.branches,
        window=window,
        rng=people,
    )
    return Facts(
        clients=clients,
        managers=managers,
        trades=trades,
        valuations=wealth.to_valuations(ids, accounts, window),
        flows=wealth.to_flows(ids),
        events=make_events(accounts, wealth, ids=ids, window=window, rng=desk),
        records=make_records(accounts, staff, ids=ids, managers=managers.id, window=window, rng=desk),
        incidents=make_incidents(staff, managers=managers.id, window=window, rng=desk),
        branches=names.branches,
        as_of=window.end,
    )


def _generator(rng: Seed) -> np.random.Generator:
    """Take a generator as it is, or make one of a seed.

    Raises:
        RuleError: there is no seed.
    """
    if rng is None:
        raise RuleError("rng must be a seed or a generator, got None: no draw is left to chance")
    return np.random.default_rng(rng)


def _clients_of(branches: int, clients: int | Sequence[int], rng: np.random.Generator) -> Int64:
    """Say how many clients each branch has: as told, or unequal ones of the average told."""
    if not isinstance(clients, int):
        return _as_told(branches, clients, "clients", least=0)
    if clients < 0:
        raise RuleError(f"clients must not be negative, got {clients}")
    sizes = np.rint(1_000 * np.exp(rng.normal(0, 0.6, branches))).astype(np.int64) + 1
    total = np.array([branches * clients])
    shared: Int64 = money.split(total, sizes)[0]
    return shared


def _managers_of(sizes: Int64, managers: int | Sequence[int]) -> Int64:
    """Say how many managers each branch has: as told, or in proportion to its clients."""
    if not isinstance(managers, int):
        return _as_told(len(sizes), managers, "managers", least=1)
    if managers < 1:
        raise RuleError(f"managers must be at least 1, got {managers}")
    mean = max(int(sizes.sum()), 1) / len(sizes)
    return np.maximum(1, np.rint(managers * sizes / mean)).astype(np.int64)


def _as_told(branches: int, numbers: Sequence[int], what: str, *, least: int) -> Int64:
    """Read one number a branch.

    Raises:
        RuleError: there are more or fewer numbers than branches, or one is too small.
    """
    if len(numbers) != branches:
        raise RuleError(f"{what} must be one number for each of {branches} branches, got {numbers}")
    if min(numbers) < least:
        raise RuleError(f"{what} must be at least {least}, got {min(numbers)}")
    return np.array(numbers, np.int64)
