"""Turn-taking by divisor sequences."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.turns import draft, turns

OFFSETS = {"adams": Fraction(0), "webster": Fraction(1, 2), "jefferson": Fraction(1)}


def _any(_receiver: Any, _client: Any) -> Any:
    """Accept everybody."""
    return True


@pytest.mark.parametrize("sequence", sorted(OFFSETS))
@given(
    weights=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    clients=st.integers(0, 12),
    seed=st.integers(0, 10**6),
)
def test_each_sequence_keeps_its_own_kind_of_envy_bound(sequence: Any, weights: Any, clients: Any, seed: Any) -> None:
    """WEF(x, 1 - x): envy ends when x of a client leaves the other book and 1 - x joins one's own."""
    values = np.random.default_rng(seed).integers(0, 20, (len(weights), clients))
    wishes = [np.argsort(-row, kind="stable").tolist() for row in values]
    owner = np.full(clients, -1)
    draft(weights, wishes, sequence, owner, _any)
    assert (owner >= 0).all()
    x = 1 - OFFSETS[sequence]
    for j, mine in enumerate(values.tolist()):
        own = sum(v for v, o in zip(mine, owner, strict=True) if o == j)
        for i in range(len(weights)):
            book = [v for v, o in zip(mine, owner, strict=True) if o == i]
            if i == j or not book:
                continue
            holds = [(own + (1 - x) * v) * weights[i] >= (sum(book) - x * v) * weights[j] for v in book]
            assert any(holds)


def test_a_full_receiver_leaves_the_draft_and_others_go_on() -> None:
    """Whoever accepts nobody passes; nobody is lost while somebody has room."""
    owner = np.full(4, -1)
    room = [1, 9]

    def accepts(receiver: Any, _client: Any) -> Any:
        """Take a place, if there is one."""
        room[receiver] -= 1
        return room[receiver] >= 0

    draft([1, 1], [[0, 1, 2, 3]] * 2, "adams", owner, accepts)
    assert np.bincount(owner).tolist() == [1, 3]


def test_turns_follow_the_weights() -> None:
    """In the long run turns are shared by weight."""
    assert np.bincount(turns([3, 2, 1], 600, "webster")).tolist() == [300, 200, 100]
