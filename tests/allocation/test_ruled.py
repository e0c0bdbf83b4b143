"""Dividing under rules."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.feasible import Reason
from clientmgr.allocation.ruled import Names, close_case, divide_case, refuse_infeasible
from clientmgr.errors import InfeasibleError, UndecidedError
from clientmgr.testing.allocation import has_division, make_case, puzzles

NAMES = Names("B1", lambda rows: [f"C{i}" for i in rows.tolist()], [f"M{j}" for j in range(9)])


@given(puzzles(), st.integers(0, 10**6))
def test_a_division_is_found_exactly_if_there_is_one(puzzle: Any, seed: Any) -> None:
    """For single clients the search is complete, and what it finds keeps every rule."""
    values = np.random.default_rng(seed).random((2, len(puzzle.eligible)))
    case = make_case(
        values,
        len(puzzle.low),
        eligible=np.array(puzzle.eligible),
        low=np.array(puzzle.low),
        high=np.array(puzzle.high),
    )
    if not has_division(puzzle):
        with pytest.raises(InfeasibleError, match="no division keeps the rules"):
            divide_case(case, NAMES, exchanges=20)
        return
    owner = divide_case(case, NAMES, exchanges=20)
    counts = np.bincount(owner, minlength=len(puzzle.low))
    assert np.array(puzzle.eligible)[np.arange(len(owner)), owner].all()
    assert (counts >= puzzle.low).all()
    assert (counts <= puzzle.high).all()


def test_a_reason_names_clients_owners_and_numbers() -> None:
    """It can be shown to whoever wrote the rule."""
    case = make_case([[1, 1, 1]], 2, eligible=np.array([[True, False]] * 3), high=np.array([2, 9]))
    with pytest.raises(InfeasibleError, match="may only go to M0, where there is room for 2") as error:
        refuse_infeasible(case, NAMES)
    assert isinstance(error.value.reason, Reason)
    assert error.value.reason.clients == ("C0", "C1", "C2")
    assert error.value.reason.limit == "clients"


def test_too_many_fixed_clients_are_named() -> None:
    """Just as many as it takes to exceed the limit."""
    case = make_case([[1, 1, 1, 1]], 2, fixed=np.array([0, 0, 0, -1]), high=np.array([1, 9]))
    with pytest.raises(InfeasibleError, match="room for 1") as error:
        refuse_infeasible(case, NAMES)
    assert isinstance(error.value.reason, Reason)
    assert error.value.reason.clients == ("C0", "C1")


def test_hours_beyond_all_room_are_proved() -> None:
    """Even split clients would not fit."""
    case = make_case([[1, 1]], 2, hours=np.array([5.0, 6.0]), room=np.array([5.0, 5.0]))
    with pytest.raises(InfeasibleError, match="of 11 hours"):
        refuse_infeasible(case, NAMES)
    over = make_case([[1, 1]], 2, hours=np.array([5.0, 6.0]), room=np.array([5.0, 9.0]), fixed=np.array([-1, 0]))
    with pytest.raises(InfeasibleError, match="hours"):
        refuse_infeasible(over, NAMES)


def test_bin_packing_that_fails_is_undecided_not_infeasible() -> None:
    """Three clients of four hours do not fit two days of six, but no proof is claimed."""
    case = make_case([[1, 1, 1]], 2, hours=np.full(3, 4.0), room=np.full(2, 6.0))
    with pytest.raises(UndecidedError, match="within families or hours"):
        divide_case(case, NAMES, exchanges=5)


def test_hours_and_families_are_kept_while_closing() -> None:
    """Exchanges never break a limit that held."""
    rng = np.random.default_rng(5)
    hours = rng.integers(1, 6, 60).astype(float)
    counts = rng.integers(1, 4, 60)
    case = make_case(
        rng.lognormal(0, 1, (2, 60)),
        3,
        hours=hours,
        room=np.full(3, 70.0),
        counts=counts,
        high=np.full(3, 45),
    )
    owner = divide_case(case, NAMES, exchanges=100)
    assert (np.bincount(owner, hours, 3) <= 70).all()
    assert (np.bincount(owner, counts, 3) <= 45).all()
    loads = np.array([np.bincount(owner, row, 3) for row in case.values])
    assert np.abs(loads * 3 - 1).max() < 0.02


def test_closing_moves_no_fixed_client() -> None:
    """Named exceptions stay; what is not needed is not exchanged."""
    case = make_case([[9, 1, 1, 1]], 2, fixed=np.array([0, -1, -1, -1]))
    owner = np.array([0, 0, 0, 1])
    assert close_case(case, owner, exchanges=0) == 0
    close_case(case, owner, exchanges=9)
    assert owner.tolist() == [0, 1, 1, 1]
