"""One measure: dealing by the lowest ratio, and landing on targets."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from clientmgr.allocation import even
from clientmgr.allocation.even import deal_even, deal_one, land
from clientmgr.allocation.targets import share_out
from clientmgr.testing.allocation import check_envy_free_up_to_any, lots


@given(lots())
def test_dealing_leaves_no_envy_up_to_any_client(lot: Any) -> None:
    """LPT by load / weight is WEFX, whatever the weights."""
    values, weights = lot
    shares = np.array(weights) / sum(weights)
    owner = deal_one(np.array(values, dtype=np.int64), shares)
    check_envy_free_up_to_any(values, weights, owner.tolist())


@given(lots())
def test_each_book_exceeds_its_target_by_less_than_its_own_smallest_client(lot: Any) -> None:
    """The bound that holds book by book, from above and, for all together, from below."""
    values, weights = lot
    shares = np.array(weights) / sum(weights)
    owner = deal_one(np.array(values, dtype=np.int64), shares)
    for j, weight in enumerate(weights):
        book = [value for value, o in zip(values, owner, strict=True) if o == j]
        due = sum(values) * weight / sum(weights)
        assert sum(book) <= (due + min(book, default=0)) * (1 + 1e-12)


@pytest.mark.parametrize("kind", ["int64", "float64"])
def test_lock_step_and_heap_deal_alike(monkeypatch: Any, kind: Any) -> None:
    """Many branches in steps, or one after the other: the same owners."""
    rng = np.random.default_rng(5)
    sizes, teams = rng.integers(0, 60, 30), rng.integers(1, 9, 30)
    values = np.concatenate([-np.sort(-rng.integers(0, 99, size)) for size in sizes]).astype(kind)
    starts = np.r_[0, np.cumsum(sizes)], np.r_[0, np.cumsum(teams)]
    shares = rng.integers(1, 9, teams.sum()) / 9
    stepped = deal_even(values, *starts, shares)
    monkeypatch.setattr(even, "LOCK_STEP_FROM", 1000)
    assert stepped.tolist() == deal_even(values, *starts, shares).tolist()


@pytest.mark.parametrize("counts_stay", [True, False])
def test_every_book_lands_on_its_target_to_the_last_unit(counts_stay: Any) -> None:
    """Heavy tails and unequal weights close exactly."""
    rng = np.random.default_rng(6)
    values = -np.sort(-(rng.lognormal(10, 2, 1500)).astype(np.int64))
    weights = [7, 10, 13, 4, 9]
    owner = deal_one(values, np.array(weights) / sum(weights))
    counts = np.bincount(owner)
    targets = np.array(share_out(int(values.sum()), weights))
    land(values, owner, targets, exchanges=200, counts_stay=counts_stay)
    loads = np.zeros(5, np.int64)
    np.add.at(loads, owner, values)
    assert loads.tolist() == targets.tolist()
    assert not counts_stay or np.bincount(owner).tolist() == counts.tolist()


def test_landing_stops_where_nothing_helps() -> None:
    """Two clients cannot be brought nearer."""
    owner = np.array([0, 1], dtype=np.int32)
    made = land(np.array([10, 2]), owner, np.array([6, 6]), exchanges=9, counts_stay=True)
    assert made == 0
    assert owner.tolist() == [0, 1]


def test_an_empty_book_can_be_filled_where_counts_may_change() -> None:
    """A client may move for none in return."""
    owner = np.zeros(3, dtype=np.int32)
    values = np.array([5, 5, 5])
    assert land(values, owner, np.array([10, 5]), exchanges=9, counts_stay=False) == 1
    assert np.bincount(owner).tolist() == [2, 1]
