"""Refining one branch."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation.close import cell_weights
from clientmgr.allocation.refine import fixed_pairs, refine


def test_the_sequence_of_pairs_is_fixed_and_never_pairs_a_place_with_itself() -> None:
    """The same call gives the same pairs; both places differ."""
    first, second = fixed_pairs(1000, 5000, 3)
    again = fixed_pairs(1000, 5000, 3)
    assert (first == again[0]).all()
    assert (second == again[1]).all()
    assert (first != second).all()
    assert first.max() < 1000
    assert second.max() < 1000


@pytest.mark.parametrize("clients", [0, 1, 2, 5])
def test_few_places_give_all_pairs(clients: Any) -> None:
    """Where all pairs are few, all are given."""
    assert len(fixed_pairs(clients, 100, 0)[0]) == clients * (clients - 1) // 2


def _branch(clients: Any = 1500, seats: Any = 5) -> Any:
    """Make scaled heavy-tailed measures and a random start."""
    rng = np.random.default_rng(8)
    values = rng.lognormal(0, 1.2, (3, clients))
    values /= values.sum(axis=1, keepdims=True)
    owner = rng.permutation(np.arange(clients) % seats).astype(np.int32)
    targets = np.full((3, seats), 1 / seats)
    return values, owner, targets, cell_weights(targets, np.zeros((3, seats), bool))


def test_books_come_within_the_tolerance_and_keep_their_numbers() -> None:
    """From a random start some exchanges bring every cell within a few millionths."""
    values, owner, targets, weights = _branch()
    made = refine(values, owner, targets, weights, exchanges=200, within=1e-5)
    loads = np.array([np.bincount(owner, row, 5) for row in values])
    assert np.abs(loads * 5 - 1).max() <= 1e-5
    assert made < 200
    assert np.bincount(owner).tolist() == [300] * 5


def test_the_number_of_exchanges_is_kept() -> None:
    """Effort is counted in exchanges."""
    values, owner, targets, weights = _branch()
    start = owner.copy()
    assert refine(values, owner, targets, weights, exchanges=1, within=0.0) == 1
    assert len(set(start[owner != start].tolist())) <= 2
    assert refine(values, owner, targets, weights, exchanges=0, within=0.0) == 0


def test_nothing_is_exchanged_where_nothing_can_help() -> None:
    """One client each leaves no good exchange."""
    targets = np.full((2, 2), 0.5)
    weights = cell_weights(targets, np.zeros((2, 2), bool))
    owner = np.array([0, 1], dtype=np.int32)
    values = np.array([[0.6, 0.4], [0.6, 0.4]])
    assert refine(values, owner, targets, weights, exchanges=5, within=0.0) == 0
    empty = np.zeros(0, dtype=np.int32)
    assert refine(np.zeros((2, 0)), empty, targets, weights, exchanges=5, within=0.0) == 0
