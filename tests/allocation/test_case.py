"""One branch with rules as arrays."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, Limits, Named, Need, allocate
from clientmgr.allocation.case import build_case
from clientmgr.errors import RuleError
from clientmgr.facts import Clients, Facts, Managers

ON = "2026-07-01"


def facts() -> Any:
    """Make one branch with a family, languages and hours."""
    return Facts(
        clients=Clients(
            id=["C1", "C2", "C3", "C4"],
            branch="B1",
            assets=[4, 3, 2, 1],
            family=["F", None, "F", None],
            extra={"speaks": ["yue", "", "", "en"], "hours": [1, 2, 3, 4]},
        ),
        managers=Managers(id=["M1", "M2"], branch="B1", extra={"speaks": ["yue en", "en"]}),
    )


def _case(rule: Any) -> Any:
    """Build the case of the only branch."""
    problem = allocate(facts(), rule, on=ON).problem
    return build_case(problem, rule, 0, np.arange(4))


def test_families_are_units_and_their_needs_join() -> None:
    """A unit may only go where all its members may."""
    rule = AllocationRule(
        measures=("count", "assets"),
        key=None,
        families=True,
        needs=(Need(client="speaks", manager="speaks"),),
        limits=Limits(hours="hours"),
    )
    case = _case(rule)
    assert case.counts.tolist() == [2, 1, 1]
    assert case.hours.tolist() == [4.0, 2.0, 4.0]
    assert case.allowed.tolist() == [[True, False], [True, True], [True, True]]
    assert case.values[1].tolist() == [0.6, 0.3, 0.1]


def test_a_minimum_raises_the_target_of_counts() -> None:
    """Whoever is due less than the minimum is due the minimum."""
    rule = AllocationRule(measures=("count",), key=None, limits=Limits(minimum=2))
    assert _case(rule).targets.tolist() == [[0.5, 0.5]]


def test_a_family_named_for_two_is_refused() -> None:
    """It cannot be in two books and stay together."""
    rule = AllocationRule(
        key=None,
        families=True,
        named=(Named(client="C1", owner="M1"), Named(client="C3", owner="M2")),
    )
    with pytest.raises(RuleError, match="members of one family to different owners"):
        allocate(facts(), rule, on=ON)
