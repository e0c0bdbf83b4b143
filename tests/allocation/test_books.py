"""Books as slots, and counts."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.books import Books, deal_by_count, meet_quotas
from clientmgr.allocation.targets import share_out


def test_books_give_their_owners_back() -> None:
    """Grouping and ungrouping is the identity; inside a book the order stays."""
    owner = np.array([2, 0, 2, 1, 0], dtype=np.int32)
    books = Books.of(owner, 3)
    assert books.owner().tolist() == owner.tolist()
    assert books.slots[books.starts[2] : books.starts[3]].tolist() == [0, 2]


@given(st.lists(st.integers(0, 2), max_size=40), st.lists(st.integers(1, 5), min_size=3, max_size=3))
def test_quotas_are_met_by_moving_as_few_as_possible(owners: Any, weights: Any) -> None:
    """Only the surplus moves, and it is the last dealt of each book."""
    owner = np.array(owners, dtype=np.int32)
    quotas = np.array(share_out(len(owners), weights))
    before = np.bincount(owner, minlength=3)
    moved = meet_quotas(owner, quotas)
    assert np.bincount(owner, minlength=3).tolist() == quotas.tolist()
    assert moved == np.maximum(before - quotas, 0).sum() == (owner != np.array(owners)).sum()


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=4),
    st.integers(0, 30),
)
def test_dealing_by_count_levels_counts_by_weight(pairs: Any, clients: Any) -> None:
    """Nobody who got one stands a whole client above anybody else, by weight."""
    counts, weights = (list(column) for column in zip(*pairs, strict=True))
    given_ = deal_by_count(np.array(counts), weights, clients)
    assert given_.sum() == clients
    after = np.array(counts) + given_
    for j in np.flatnonzero(given_):
        assert ((after[j] - 1) / weights[j] <= (after + 1) / np.array(weights) + 1e-9).all()
