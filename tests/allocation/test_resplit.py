"""Splitting two small books anew."""

from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.resplit import nearest_subset, resplit


@given(st.lists(st.integers(0, 60), max_size=9), st.integers(0, 300))
def test_no_subset_is_nearer(values: Any, goal: Any) -> None:
    """Against trying every subset."""
    goal = min(goal, sum(values))
    found = sum(values[i] for i in nearest_subset(values, goal))
    sums = [sum(some) for size in range(len(values) + 1) for some in combinations(values, size)]
    assert abs(found - goal) == min(abs(one - goal) for one in sums)


def test_books_are_split_anew_until_they_stand_as_near_as_pairs_allow() -> None:
    """Graham's worst case for dealing the largest first is mended: 3 3 2 2 2 in two books."""
    values = np.array([3, 3, 2, 2, 2], dtype=np.int64)
    owner = np.array([0, 1, 0, 1, 0], dtype=np.int32)
    assert resplit(values, owner, np.array([6, 6]), (1, 1), exchanges=9) == 1
    loads = np.bincount(owner, values)
    assert loads.tolist() == [6.0, 6.0]


def test_effort_and_size_are_limited() -> None:
    """No more pairs than allowed; books of huge numbers are left to exchanges."""
    values = np.array([3, 3, 2, 2, 2], dtype=np.int64)
    owner = np.array([0, 1, 0, 1, 0], dtype=np.int32)
    assert resplit(values, owner, np.array([6, 6]), (1, 1), exchanges=0) == 0
    assert resplit(values << 40, owner, np.array([6, 6]) << 40, (1, 1), exchanges=9) == 0
    assert owner.tolist() == [0, 1, 0, 1, 0]
