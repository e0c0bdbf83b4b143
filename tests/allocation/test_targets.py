"""Weights, shares and water-filling."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.targets import clip, exact, fill_cells, level, share_out, weigh

positive = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@given(positive, st.integers(2, 5))
def test_a_manager_of_weight_k_is_due_what_k_of_weight_one_are(abilities: Any, k: Any) -> None:
    """Targets merge exactly where nothing is shared equally."""
    merged = weigh([*abilities, k])
    split = weigh([*abilities, *[1] * k])
    due = Fraction(sum(split[len(abilities) :]), sum(split))
    assert Fraction(merged[-1], sum(merged)) == due


def test_a_decimal_ability_means_the_decimal() -> None:
    """0.7 is seven tenths, however it is stored."""
    assert weigh([0.7, 0.3]) == [7, 3]
    assert exact(np.float64(0.1)) == Fraction(1, 10)


@given(positive)
def test_everything_in_equal_parts_gives_equal_weights(abilities: Any) -> None:
    """Equal = 1 forgets ability."""
    assert set(weigh(abilities, "1")) == {1}


@given(st.integers(0, 10**15), positive)
def test_shares_add_up_and_are_next_to_exact(total: Any, weights: Any) -> None:
    """The largest remainder leaves each share within one unit."""
    shares = share_out(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(weights))) < 1


def test_nothing_is_shared_where_nobody_has_weight() -> None:
    """All weights zero give zeros."""
    assert share_out(5, [0, 0]) == [0, 0]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), min_size=1, max_size=6))
def test_water_filling_adds_up_and_keeps_floors(pairs: Any) -> None:
    """Whoever is not on its floor stands at one common rate."""
    weights, floors = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    total = floors.sum() + 7
    filled = level(total, weights, floors)
    assert filled.sum() == pytest.approx(total)
    assert (filled >= floors - 1e-9).all()
    rates = (filled / weights)[filled > floors + 1e-9]
    assert np.ptp(rates) < 1e-9 if len(rates) else True


@given(positive, st.integers(0, 5), st.integers(6, 30))
def test_clipped_shares_keep_limits_and_add_up(weights: Any, low: Any, high: Any) -> None:
    """What the limits can hold is shared within them."""
    seats = len(weights)
    total = (low + high) / 2 * seats
    due = clip(total, np.array(weights, float), np.full(seats, low), np.full(seats, high))
    assert due.sum() == pytest.approx(total)
    assert (due >= low - 1e-9).all()
    assert (due <= high + 1e-9).all()


def test_limits_that_cannot_hold_the_total_leave_shares_by_weight() -> None:
    """Targets then say what is due by weight."""
    due = clip(12.0, np.array([1.0, 2.0]), np.zeros(2), np.full(2, 5.0))
    assert due.tolist() == [4.0, 8.0]


def test_a_whale_frees_its_cell_and_the_rest_is_shared_by_weight() -> None:
    """The target of an overfilled cell is its load; a second cell may follow."""
    targets = np.array([[10.0, 10.0, 10.0]])
    loads = np.array([[22.0, 5.0, 3.0]])
    largest = np.array([[20.0, 5.0, 3.0]])
    filled, free = fill_cells(targets, np.ones(3), loads, largest, np.array([0, 3]))
    assert free.tolist() == [[True, True, False]]
    assert filled.tolist() == [[22.0, 5.0, 3.0]]
