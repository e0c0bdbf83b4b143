"""Balanced division where no rule binds."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.allocation.balanced import Effort, Lot, divide_balanced, scale, whole_targets
from clientmgr.allocation.targets import share_out
from clientmgr.testing.allocation import check_envy_free_up_to_any, lots

EFFORT = Effort(rounds=8, exchanges=60, within=3e-6)


def _lot(columns: Any, weights: Any, branch: Any = None, counts: Any = None, starts: Any = None) -> Any:
    """Make a lot of one branch, or of several."""
    branch = np.zeros(len(columns[0]), np.int64) if branch is None else branch
    starts = np.array([0, len(weights)]) if starts is None else starts
    home = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    shares = np.array(weights) / np.bincount(home, weights)[home]
    importance = np.ones(len(columns))
    return Lot(branch, tuple(columns), importance, counts, starts, tuple(weights), shares)


def _ignore(_done: Any, _total: Any) -> None:
    """Report nothing."""


@given(lots())
def test_one_measure_is_free_of_envy_after_closing_too(lot: Any) -> None:
    """WEFX is kept or mended, else the plain dealing stands."""
    values, weights = lot
    lot = _lot([np.array(values, dtype=np.int64)], weights)
    owner, _ = divide_balanced(lot, EFFORT, _ignore)
    check_envy_free_up_to_any(values, weights, owner.tolist())


@given(lots())
def test_counts_stand_on_their_quotas_where_they_are_measured(lot: Any) -> None:
    """Every number of clients is its largest-remainder share."""
    values, weights = lot
    columns = [np.ones(len(values), np.int64), np.array(values, dtype=np.int64)]
    owner, _ = divide_balanced(_lot(columns, weights, counts=0), EFFORT, _ignore)
    counts = np.bincount(owner, minlength=len(weights))
    assert counts.tolist() == share_out(len(values), weights)


@settings(max_examples=25)
@given(lots())
def test_clients_worth_nothing_are_dealt_by_count(lot: Any) -> None:
    """Zeros go where numbers lack most by weight."""
    values, weights = lot
    column = np.array([*values, *[0] * 9], dtype=np.int64)
    owner, step = divide_balanced(_lot([column], weights), Effort(0, 0, 0.0), _ignore)
    assert (step[column == 0] == 1).all()
    positive = np.bincount(owner[column > 0], minlength=len(weights))
    counts = np.bincount(owner, minlength=len(weights))
    for j in np.flatnonzero(counts > positive):
        assert ((counts[j] - 1) / weights[j] <= (counts + 1) / np.array(weights) + 1e-9).all()


@settings(max_examples=20)
@given(lots())
def test_scaling_by_a_power_of_two_changes_nothing(lot: Any) -> None:
    """Nor does any whole factor: quotients are the same."""
    values, weights = lot
    column = np.array(values, dtype=np.int64) + 1
    second = column[::-1].copy()
    plain = divide_balanced(_lot([column, second], weights), EFFORT, _ignore)[0]
    other = divide_balanced(_lot([column * 8, second / 4], weights), EFFORT, _ignore)[0]
    assert plain.tolist() == other.tolist()


def test_scaling_survives_totals_beyond_the_precision_of_floats() -> None:
    """Large whole numbers are divided by their common divisor first."""
    column = np.array([3, 5, 9], dtype=np.int64)
    branch = np.zeros(3, np.int64)
    assert scale(column, branch, 1).tolist() == scale(column << 55, branch, 1).tolist()


def test_branches_do_not_disturb_each_other() -> None:
    """A branch of many is divided as if it were alone."""
    rng = np.random.default_rng(2)
    branch = np.sort(rng.integers(0, 5, 400))
    columns = [np.ones(400, np.int64), *(rng.integers(1, 9999, (2, 400)))]
    weights = rng.integers(1, 9, 15).tolist()
    starts = np.arange(0, 16, 3)
    owner = divide_balanced(_lot(columns, weights, branch, 0, starts), EFFORT, _ignore)[0]
    for b in range(5):
        rows = branch == b
        alone = _lot([column[rows] for column in columns], weights[3 * b : 3 * b + 3], counts=0)
        assert divide_balanced(alone, EFFORT, _ignore)[0].tolist() == (owner[rows] - 3 * b).tolist()


def test_several_money_measures_come_within_the_tolerance() -> None:
    """Four measures and unequal weights, closed to a hundred-thousandth."""
    rng = np.random.default_rng(3)
    money = [(rng.lognormal(12, 1, 2000) * 100).astype(np.int64) for _ in range(3)]
    columns = [np.ones(2000, np.int64), *money]
    weights = [10, 13, 7, 20]
    seen = []
    owner, step = divide_balanced(
        _lot(columns, weights, counts=0), Effort(8, 160, 1e-5), lambda d, n: seen.append((d, n))
    )
    for column in money:
        loads = np.bincount(owner, column, 4)
        assert loads * sum(weights) / column.sum() == pytest.approx(weights, rel=1.01e-5)
    assert seen == [(1, 1)]
    assert set(step.tolist()) <= {0, 2, 3}


def test_whole_targets_stand_around_a_whale() -> None:
    """The whale's book is on its load; the others share the rest to the unit."""
    values = np.array([90, 5, 3, 2], dtype=np.int64)
    owner = np.array([0, 1, 2, 2], dtype=np.int32)
    targets, tolerance = whole_targets(values, owner, (1, 1, 1))
    assert targets.tolist() == [90, 5, 5]
    assert tolerance == 0.0
    floats, tolerance = whole_targets(values / 2, owner, (1, 1, 1))
    assert floats.tolist() == [45.0, 2.5, 2.5]
    assert tolerance > 0
