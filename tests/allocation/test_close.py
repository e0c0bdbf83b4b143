"""Closing in lock-step."""

from typing import Any

import numpy as np

from clientmgr.allocation.books import Books
from clientmgr.allocation.close import cell_weights, close_rounds


def _potential(values: Any, books: Any, targets: Any, weights: Any) -> Any:
    """Add the weighted squares of all deviations up."""
    owner = books.owner()
    loads = np.array([np.bincount(owner, row, targets.shape[1]) for row in values.astype(float)])
    return float((weights * (loads - targets) ** 2).sum())


def test_rounds_bring_books_nearer_and_keep_their_numbers() -> None:
    """The potential falls to a small part, and every book keeps its number of clients."""
    rng = np.random.default_rng(4)
    values = rng.lognormal(0, 1, (3, 600)).astype(np.float32)
    values /= values.sum(axis=1, keepdims=True)
    books = Books.of(rng.integers(0, 6, 600).astype(np.int32), 6)
    sizes = np.diff(books.starts).copy()
    targets = np.full((3, 6), 1 / 6)
    weights = cell_weights(targets, np.zeros((3, 6), bool))
    before = _potential(values, books, targets, weights)
    made = close_rounds(values, books, np.array([0, 6]), targets, weights, rounds=30)
    assert made > 0
    assert np.bincount(books.owner(), minlength=6).tolist() == sizes.tolist()
    assert sorted(books.slots.tolist()) == list(range(600))
    assert _potential(values, books, targets, weights) < before / 1000


def test_a_free_cell_weighs_next_to_nothing() -> None:
    """What cannot be closed does not pull."""
    weights = cell_weights(np.array([[2.0, 2.0, 0.0]]), np.array([[False, True, False]]))
    assert weights[0, 0] == 0.25
    assert 0 < weights[0, 1] < 1e-4
    assert weights[0, 2] == 0.0
    assert cell_weights(np.ones((1, 1)), np.zeros((1, 1), bool), np.array([3.0]))[0, 0] == 3.0
