"""Feasibility and its reason."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.feasible import Reason, largest_flow, too_few, too_many
from clientmgr.testing.allocation import Puzzle, has_division, puzzles


def _arrays(puzzle: Any) -> Any:
    """Take one class for each client."""
    eligible = np.array(puzzle.eligible, dtype=bool)
    return np.ones(len(eligible), np.int64), eligible, np.array(puzzle.low), np.array(puzzle.high)


@given(puzzles())
def test_the_verdict_equals_trying_everything(puzzle: Any) -> None:
    """Upper limits and minimums, judged apart, decide together."""
    supply, eligible, low, high = _arrays(puzzle)
    found = too_many(supply, eligible, high) or too_few(supply, eligible, low)
    assert (found is None) == has_division(puzzle)


@given(puzzles())
def test_a_reason_is_true_and_irreducible(puzzle: Any) -> None:
    """The inequality holds, and fails as soon as any class is left out."""
    supply, eligible, _, high = _arrays(puzzle)
    found = too_many(supply, eligible, high)
    if found is None:
        return
    assert found.needed == supply[list(found.classes)].sum() > found.room
    for g in found.classes:
        rest = [one for one in found.classes if one != g]
        assert supply[rest].sum() <= high[eligible[rest].any(axis=0)].sum()


@given(puzzles())
def test_a_minimum_that_fails_is_true_and_irreducible(puzzle: Any) -> None:
    """So few clients may go to these receivers that one must lack some."""
    supply, eligible, low, _ = _arrays(puzzle)
    found = too_few(supply, eligible, low)
    if found is None:
        return
    assert found.needed == low[list(found.receivers)].sum() > found.room
    for j in found.receivers:
        rest = [one for one in found.receivers if one != j]
        assert low[rest].sum() <= supply[eligible[:, rest].any(axis=1)].sum()


@given(puzzles(), st.integers(0, 99))
def test_flow_is_conserved(puzzle: Any, seed: Any) -> None:
    """No class sends more than it has, none to whom it may not, nobody gets more than room."""
    _, eligible, _, high = _arrays(puzzle)
    supply = np.random.default_rng(seed).integers(0, 5, len(eligible))
    flow, _ = largest_flow(supply, eligible, high)
    assert (flow >= 0).all()
    assert (flow[~eligible] == 0).all()
    assert (flow.sum(axis=1) <= supply).all()
    assert (flow.sum(axis=0) <= high).all()


def test_reasons_can_be_read_out() -> None:
    """Each kind of limit has its sentence."""
    many = Reason("clients", "B1", ("C1", "C2"), ("M1",), 2.0, 1.0)
    assert str(many) == ("in branch B1, 2 clients (C1, C2) of 2 clients may only go to M1, where there is room for 1")
    few = Reason("minimum", "B1", ("C1",), ("M1", "M2"), 4.0, 1.0)
    assert str(few) == "in branch B1, M1, M2 must have 4 clients, but only 1 may go there"
    nobody = Reason("eligibility", "B1", tuple(range(7)), (), 0.0, 0.0)
    assert str(nobody) == "in branch B1, nobody may have 0, 1, 2, 3, 4 and 2 more"
    assert "hours" in str(Reason("hours", "B1", ("C1",), ("M1",), 9.5, 8.0))


def test_a_puzzle_without_any_division_is_seen() -> None:
    """The oracle itself tells both."""
    assert not has_division(Puzzle(((False,),), (0,), (1,)))
    assert has_division(Puzzle(((True,),), (1,), (1,)))
