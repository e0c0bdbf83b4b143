"""Dealing several measures in lock-step."""

from typing import Any

import numpy as np

from clientmgr.allocation import deal as steps
from clientmgr.allocation.deal import deal


def _firm(sizes: Any, teams: Any, seed: Any = 1) -> Any:
    """Make scaled measures of some branches, largest first."""
    rng = np.random.default_rng(seed)
    columns = []
    for size in sizes:
        values = rng.lognormal(0, 1, (2, size))
        values /= values.sum(axis=1, keepdims=True)
        columns.append(values[:, np.argsort(-values.sum(axis=0))])
    shares = np.concatenate([np.full(team, 1 / team) for team in teams])
    starts = (np.r_[0, np.cumsum(one)] for one in (sizes, teams))
    return np.concatenate(columns, axis=1).astype(np.float32), *starts, shares


def _slow(values: Any, shares: Any) -> Any:
    """Deal one branch client by client: the oracle."""
    loads = np.zeros((len(values), len(shares)))
    owner = []
    for value in values.T.astype(float):
        cost = value @ (loads / shares) + 0.5 * (value**2).sum() / shares
        owner.append(int(cost.argmin()))
        loads[:, owner[-1]] += value
    return loads


def test_branches_are_dealt_as_if_each_were_alone() -> None:
    """Neither the other branches nor their number change a division."""
    values, clients, managers, shares = _firm([50, 7, 200], [3, 1, 9])
    together = deal(values, clients, managers, shares)
    for b in range(3):
        span, seats = slice(*clients[b : b + 2]), slice(*managers[b : b + 2])
        alone = deal(
            values[:, span], clients[b : b + 2] - clients[b], np.array([0, seats.stop - seats.start]), shares[seats]
        )
        assert (together[span] - managers[b]).tolist() == alone.tolist()


def test_the_result_is_as_even_as_dealing_client_by_client() -> None:
    """The lock-step in single precision is no worse than the plain rule by more than a little."""
    values, clients, managers, shares = _firm([400], [7])
    owner = deal(values, clients, managers, shares)
    loads = np.array([np.bincount(owner, row, 7) for row in values.astype(float)])
    slow = _slow(values, shares)
    assert np.abs(loads * 7 - 1).max() <= np.abs(slow * 7 - 1).max() * 1.5 + 1e-3


def test_a_long_branch_is_dealt_in_hands_that_keep_the_books_even() -> None:
    """The tail of a branch that is longer than one hand is dealt in several."""
    values, clients, managers, shares = _firm([3000], [5])
    assert clients[1] > steps.HEAD * 5 + steps.HAND
    owner = deal(values, clients, managers, shares)
    loads = np.array([np.bincount(owner, row, 5) for row in values.astype(float)])
    assert np.abs(loads * 5 - 1).max() < 0.02


def test_loads_that_are_there_already_count() -> None:
    """Who starts with a load gets less."""
    values, clients, managers, shares = _firm([100], [2])
    start = np.array([[0.5, 0.0], [0.5, 0.0]])
    owner = deal(values, clients, managers, shares, start)
    loads = np.array([np.bincount(owner, row, 2) for row in values.astype(float)])
    assert loads[:, 1].min() > loads[:, 0].max()
