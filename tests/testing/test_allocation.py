"""The strategies reach their hard cases, and the laws fail where they should."""

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import find, settings

from clientmgr.allocation import AllocationRule, allocate
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.testing.allocation import (
    check_conserved,
    check_envy_free_up_to_any,
    has_division,
    lots,
    puzzles,
)

CASES: dict[str, Callable[[Any, Any], bool]] = {
    "empty": lambda values, _: not values,
    "zero": lambda values, _: 0 in values,
    "tie": lambda values, _: len(set(values)) < len(values),
    "one manager": lambda values, weights: len(weights) == 1 and len(values) > 1,
    "a client larger than a fair book": lambda values, weights: (
        len(weights) > 1 and len(values) > 1 and values[0] * sum(weights) > sum(values) * max(weights)
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_lots_reach_each_hard_case(case: Any) -> None:
    """Hypothesis finds one."""
    assert find(lots(), lambda lot: CASES[case](*lot), settings=settings(database=None)) is not None


@pytest.mark.parametrize("feasible", [True, False])
def test_puzzles_are_of_both_kinds(feasible: Any) -> None:
    """Some have a division, some have none."""
    found = find(puzzles(), lambda puzzle: has_division(puzzle) == feasible, settings=settings(database=None))
    assert has_division(found) == feasible


def test_envy_is_seen() -> None:
    """Everything to one is envied."""
    with pytest.raises(AssertionError, match="1 envies 0"):
        check_envy_free_up_to_any([2, 2], [1, 1], [0, 0])


def test_a_lost_client_is_seen() -> None:
    """A division that forgets a pooled client is refused."""
    facts = Facts(clients=Clients(id=["C1", "C2"], branch="B1"), managers=Managers(id=["M1"], branch="B1"))
    division = allocate(facts, AllocationRule(key=None), on="2026-07-01")
    pool = np.array([0, 1], dtype=np.int8)
    lie = attrs.evolve(division, problem=attrs.evolve(division.problem, pool=pool))
    with pytest.raises(AssertionError, match="lost or doubled"):
        check_conserved(lie)
