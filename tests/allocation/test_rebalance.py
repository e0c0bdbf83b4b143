"""Re-division with few moves."""

from itertools import product
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.allocation.rebalance import count_moves, divide_again, moves_bound
from clientmgr.testing.allocation import make_case


def _again(case: Any, within: Any = 0.05, **changes: Any) -> Any:
    """Divide again with plain costs."""
    units = len(case.counts)
    rest = {"budget": None, "cost": np.ones(units), "stay": np.zeros(units, bool)} | changes
    return divide_again(case, within=within, **rest)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_the_bound_on_moves_is_never_beaten(seed: Any) -> None:
    """Against trying everything: no division within the tolerance moves fewer."""
    rng = np.random.default_rng(seed)
    case = make_case(rng.integers(1, 9, (2, 6)), 2, current=rng.integers(-1, 2, 6))
    bound = moves_bound(case, within=0.2)
    for owner in product(range(2), repeat=6):
        place = np.array(owner)
        loads = np.array([np.bincount(place, row, 2) for row in case.values])
        if (np.abs(loads / case.targets - 1) <= 0.2).all():
            assert count_moves(case, place) >= bound


def test_a_division_within_its_tolerance_stays() -> None:
    """Nobody moves for nothing."""
    case = make_case([np.ones(40)], 2, current=np.arange(40) % 2)
    assert _again(case).tolist() == case.current.tolist()


def test_a_newcomer_is_filled_up_to_the_tolerance_and_no_further() -> None:
    """A third book is filled from the two others, near the proved least number of moves."""
    rng = np.random.default_rng(2)
    case = make_case(rng.lognormal(0, 1, (2, 300)), 3, current=np.arange(300) % 2)
    owner = _again(case)
    loads = np.array([np.bincount(owner, row, 3) for row in case.values])
    assert np.abs(loads * 3 - 1).max() <= 0.05 + 1e-9
    bound = moves_bound(case, within=0.05)
    assert bound <= count_moves(case, owner) <= 1.5 * bound


def test_clients_without_a_manager_are_placed_and_others_stay() -> None:
    """A leaver's clients are shared; the books of the others only grow."""
    case = make_case([np.ones(60)], 2, current=np.where(np.arange(60) < 20, -1, np.arange(60) % 2))
    owner = _again(case)
    assert (owner[20:] == case.current[20:]).all()
    assert np.bincount(owner).tolist() == [30, 30]


def test_a_budget_and_who_is_kept_are_honoured() -> None:
    """No more moves than the budget; whoever must stay stays."""
    case = make_case([np.ones(40)], 2, current=np.zeros(40, int))
    assert count_moves(case, _again(case, budget=5)) == 5
    stay = np.arange(40) < 35
    owner = _again(case, stay=stay)
    assert (owner[stay] == 0).all()
    assert count_moves(case, owner) == 5


def test_the_cheapest_relief_goes_first() -> None:
    """Of like clients those that cost less to move are moved."""
    case = make_case([np.ones(40)], 2, current=np.zeros(40, int))
    cost = np.where(np.arange(40) % 2 == 0, 5.0, 1.0)
    owner = _again(case, cost=cost, within=0.0)
    assert (owner[cost == 5.0] == 0).all()


def test_limits_hold_after_a_redivision() -> None:
    """Books above their limit give clients up."""
    case = make_case([np.ones(10)], 2, current=np.zeros(10, int), high=np.array([4, 9]))
    owner = _again(attrs.evolve(case, targets=np.array([[0.9, 0.1]])), within=0.5)
    assert np.bincount(owner).tolist() == [4, 6]


@pytest.mark.parametrize("within", [0.0, 0.1])
def test_free_clients_are_swapped_before_anybody_is_moved(within: Any) -> None:
    """What has nobody carries the balance."""
    values = np.array([[8, 8, 1, 2, 3, 4, 5, 1]], float)
    case = make_case(values, 2, current=np.array([0, 1, -1, -1, -1, -1, -1, -1]))
    owner = _again(case, within=within)
    assert owner[:2].tolist() == [0, 1]
    assert np.bincount(owner, values[0]).tolist() == [16.0, 16.0]
