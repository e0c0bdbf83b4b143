"""Tests of the exact integer kernels."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.check.commission_charging import ROUND
from clientmgr.commission.arith import magnitude, scale, split_floor, split_odd

AMOUNTS = st.lists(st.integers(-(2**61), 2**61), min_size=1, max_size=5)


@given(AMOUNTS, st.integers(0, 10**9), st.integers(1, 10**9), st.sampled_from(sorted(ROUND)))
def test_scaling_equals_fractions_in_every_mode(amounts: Any, above: Any, below: Any, mode: str) -> None:
    """Every amount and mode agrees with exact fractions, far beyond where products fit."""
    above = min(above, below)
    made = scale(np.array(amounts, np.int64), above, below, mode)
    assert made.tolist() == [ROUND[mode](Fraction(a * above, below)) for a in amounts]


def test_scaling_takes_a_rate_a_row() -> None:
    """Numerators and denominators may differ from row to row."""
    base = np.array([100, -100, 7], np.int64)
    made = scale(base, np.array([1, 2, 3]), np.array([3, 3, 7]), "half_up")
    assert made.tolist() == [33, -67, 3]


def test_magnitude_of_nothing_is_zero() -> None:
    """No amounts have no size, and the least int64 has one beyond int64."""
    assert magnitude(np.empty(0, np.int64)) == 0
    assert magnitude(np.array([-(2**63)], np.int64)) == 2**63


@pytest.mark.parametrize("parties", [2, 3, 5, 8])
def test_odd_units_go_to_the_largest_remainders_and_of_equal_ones_to_the_earlier(parties: Any) -> None:
    """Pairwise ranks and sorted ranks give the same, ties by place."""
    net = np.array([1, 2, 100, 101, 0], np.int64)
    weight = np.ones((parties, len(net)), np.int64)
    floor, remainder, left = split_floor(net, weight, np.full(len(net), parties))
    whole = floor + split_odd(remainder, left)
    assert whole.sum(axis=0).tolist() == net.tolist()
    assert (np.diff(whole, axis=0) <= 0).all()
