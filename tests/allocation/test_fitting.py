"""Affinity under capacities."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.allocation.fitting import fit


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_the_bound_is_never_beaten_and_small_ones_are_optimal(seed: Any) -> None:
    """Against trying everything: value <= optimum <= bound, and value = optimum."""
    rng = np.random.default_rng(seed)
    clients, managers = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    gains = rng.integers(0, 20, (clients, managers)).astype(float)
    hours = rng.integers(1, 8, (clients, managers)).astype(float)
    room = np.ceil(hours.mean(axis=1).sum() / managers * np.ones(managers) * 1.3)
    best = -np.inf
    for owner in product(range(managers), repeat=clients):
        place = np.array(owner)
        load = np.bincount(place, hours[np.arange(clients), place], managers)
        if (load <= room).all():
            best = max(best, gains[np.arange(clients), place].sum())
    found = fit(gains, hours, room, prices=100, exchanges=400)
    if np.isfinite(best):
        assert found.owner is not None
        assert found.value == best
        assert found.bound >= best - 1e-9
    else:
        assert found.owner is None


def test_whoever_may_not_have_a_client_does_not_get_it() -> None:
    """A gain of minus infinity is a ban."""
    gains = np.array([[9.0, -np.inf], [-np.inf, 1.0]])
    found = fit(gains, np.ones((2, 2)), np.ones(2), prices=20, exchanges=20)
    assert found.owner is not None
    assert found.owner.tolist() == [0, 1]


def test_a_larger_case_comes_near_its_bound() -> None:
    """A hundred clients and ten managers, capacities tight."""
    rng = np.random.default_rng(1)
    hours = rng.integers(5, 26, (100, 10)).astype(float)
    gains = -rng.integers(10, 51, (100, 10)).astype(float)
    room = np.floor(0.8 * hours.sum(axis=0) / 10)
    found = fit(gains, hours, room, prices=200, exchanges=300)
    assert found.owner is not None
    assert (np.bincount(found.owner, hours[np.arange(100), found.owner], 10) <= room).all()
    assert found.value == pytest.approx(found.bound, rel=0.02)
