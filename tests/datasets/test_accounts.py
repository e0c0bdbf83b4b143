"""The drafts of clients: wealth, time, whales."""

import numpy as np

from clientmgr.datasets.accounts import BIGGEST_PLAIN, Accounts, open_accounts
from clientmgr.datasets.window import Window


def fair_books(accounts: Accounts, managers: list[int], window: Window) -> list[float]:
    """Give the fair book of each branch on the eve of the window, in fen."""
    there = accounts.opened < window.first
    total = np.bincount(accounts.branch, accounts.wealth * there, len(managers))
    return [float(book) for book in total / managers]


def test_whales_alone_are_larger_than_a_fair_book(accounts: Accounts, window: Window) -> None:
    """As many as asked for; all others stay well below."""
    large = accounts.branch == 0
    fair = fair_books(accounts, [8, 2], window)[0]
    books = accounts.wealth[large] / fair
    assert (books > 1).sum() == accounts.whale[large].sum() == 2
    assert books[~accounts.whale[large]].max() < BIGGEST_PLAIN * 1.01
    assert books.max() < 2.01


def test_a_small_branch_has_no_whales(accounts: Accounts) -> None:
    """Four managers and ten clients make room for one."""
    assert not accounts.whale[accounts.branch == 1].any()


def test_without_whales_nobody_is_large(window: Window) -> None:
    """Such a branch can be divided evenly."""
    rng = np.random.default_rng(3)
    made = open_accounts(np.array([7_000]), np.array([13]), whales=0, window=window, rng=rng)
    there = made.opened < window.first
    assert (made.wealth * there).max() < 0.56 * (made.wealth * there).sum() / 13


def test_the_days_of_a_client_follow_one_another(accounts: Accounts, window: Window) -> None:
    """Opened, traded before, active, closed."""
    never = np.isnat(accounts.traded_before)
    assert ((accounts.opened <= accounts.traded_before) | never).all()
    assert (accounts.traded_before[~never] < window.first).all()
    active = ~np.isnat(accounts.active_since)
    assert (accounts.active_since[active] >= accounts.opened[active]).all()
    assert not (accounts.active_until >= accounts.closed).any()
    assert not (accounts.closed <= accounts.opened + 1).any()
    assert (accounts.opened <= window.end).all()
    assert len(accounts) == 4_030


def test_sleepers_are_poorer_than_the_others(accounts: Accounts) -> None:
    """And most of them do not trade within the window."""
    median = [np.median(accounts.wealth[accounts.asleep == asleep]) for asleep in (True, False)]
    assert median[0] < median[1] / 10
    woken = ~np.isnat(accounts.active_since[accounts.asleep])
    assert 0 < woken.mean() < 0.1


def test_the_richest_come_first_within_each_branch(accounts: Accounts) -> None:
    """The order in which managers look at their clients."""
    order = accounts.by_wealth
    assert sorted(order.tolist()) == list(range(len(accounts)))
    assert (np.diff(accounts.branch[order]) >= 0).all()
    first = accounts.wealth[order][accounts.branch[order] == 0]
    assert (np.diff(first) <= 0).all()
