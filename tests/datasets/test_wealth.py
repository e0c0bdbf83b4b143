"""Assets, flows and valuations agree to the last fen."""

from itertools import pairwise

import numpy as np

import clientmgr as cm
from clientmgr.datasets.accounts import Accounts
from clientmgr.datasets.wealth import WORST_MONTH, grow_wealth
from clientmgr.datasets.window import Window


def flows_between(facts: cm.Facts, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Sum the flows of each client with first < date <= last, one span a client."""
    row = facts.clients.rows(facts.flows.client)
    date = facts.flows.date
    inside = (date > first[row]) & (date <= last[row])
    total = np.zeros(len(facts.clients), np.int64)
    np.add.at(total, row[inside], facts.flows.amount[inside])
    return total


def test_what_is_owned_later_is_what_was_owned_before_and_the_flows_and_a_gain(
    branch: cm.Facts,
) -> None:
    """The gain is within what a bad or good month makes of assets and flows, for every client."""
    ends = [np.datetime64("2024-12-31"), *Window.of("2025-01-01", 24).lasts]
    open_before = branch.open_clients(ends[0])
    before = branch.assets(ends[0])
    assert (before[open_before] >= 0).all()
    for first, last in pairwise(ends):
        after = branch.assets(last)
        flow = flows_between(branch, np.full(len(before), first), np.full(len(before), last))
        gain = after - before - flow
        base = before + np.maximum(flow, 0)
        assert (np.abs(gain) <= -WORST_MONTH * base + 1).all()
        assert (gain[base == 0] == 0).all()
        before = after


def test_assets_are_never_negative_and_end_as_the_snapshot_says(branch: cm.Facts) -> None:
    """The snapshot is that of the last day."""
    assert branch.valuations.assets.min() == 0
    assert branch.as_of is not None
    there = branch.open_clients(branch.as_of)
    assert (branch.assets(branch.as_of)[there] == branch.clients.assets[there]).all()


def test_a_closing_client_takes_everything_and_a_new_one_starts_with_a_flow(
    branch: cm.Facts,
) -> None:
    """Nobody is valued before opening or after closing."""
    clients = branch.clients
    row = clients.rows(branch.valuations.client)
    date = branch.valuations.date
    assert (date >= np.fmax(clients.opened[row], np.datetime64("2024-12-31"))).all()
    assert not (date >= clients.closed[row]).any()
    closed = np.flatnonzero(~np.isnat(clients.closed))
    last = date == clients.closed[row] - 1
    assert sorted(row[last].tolist()) == closed.tolist()
    assert (branch.valuations.assets[last] == 0).all()
    new = clients.opened >= np.datetime64("2025-01-01")
    first_flow = flows_between(branch, clients.opened - 1, clients.opened)
    assert ((first_flow > 0) | ~new | ~np.isnat(clients.closed)).all()


def test_growing_is_a_function_of_the_generator(accounts: Accounts, window: Window) -> None:
    """The same seed gives the same wealth."""
    one, two = (grow_wealth(accounts, window, np.random.default_rng(5)) for _ in range(2))
    assert (one.assets == two.assets).all()
    assert (one.flow_amount == two.flow_amount).all()
    assert one.assets.shape == (len(accounts), 25)
