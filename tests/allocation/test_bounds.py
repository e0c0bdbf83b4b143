"""Bounds that no division can beat."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.allocation.bounds import dual_bound, measure_bounds, pigeon_hole
from clientmgr.testing.allocation import best_ratios, lots


@settings(max_examples=40)
@given(lots(max_clients=6, max_managers=3))
def test_no_division_beats_the_bounds(lot: Any) -> None:
    """Brute force finds nothing better than max-min and min-max allow."""
    values, weights = lot
    low, high = measure_bounds(np.array(values, float), float(sum(values)), np.array(weights, float))
    lowest, highest = best_ratios(values, weights)
    assert float(lowest) <= low * (1 + 1e-9) + 1e-9
    assert float(highest) >= high * (1 - 1e-9) - 1e-9


def test_the_pigeon_hole_counts() -> None:
    """Of seven clients and three books one has three."""
    assert pigeon_hole(np.array([9, 8, 7, 6, 5, 4, 3]), 3) == 13.0
    assert pigeon_hole(np.array([9]), 3) == 0.0


@given(st.integers(0, 10**6))
def test_any_prices_prove_a_bound_that_holds(seed: Any) -> None:
    """Whatever the multipliers, no owner vector stays below the dual bound."""
    rng = np.random.default_rng(seed)
    values = rng.random((2, 5))
    values /= values.sum(axis=1, keepdims=True)
    eligible = rng.random((5, 2)) < 0.6
    eligible[:, 0] |= ~eligible.any(axis=1)
    targets = np.full((2, 2), 0.5)
    bound = dual_bound(values, eligible, targets, rng.normal(size=(2, 2)))
    for word in range(32):
        owner = (word >> np.arange(5)) & 1
        if eligible[np.arange(5), owner].all():
            loads = np.array([np.bincount(owner, row, 2) for row in values])
            assert np.abs(loads / 0.5 - 1).max() >= bound - 1e-9
    assert dual_bound(values, eligible, targets, np.zeros((2, 2))) == 0.0
