"""The oracle by itself: pools and receivers, with plain numbers."""

from fractions import Fraction
from typing import Any

import numpy as np

from clientmgr.allocation import AllocationRule, Bar, Override
from clientmgr.check.allocation_oracle import expected_pools, find_branches, measure_columns
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.segments import KeyClientRule

ON = "2026-07-01"


def firm() -> Any:
    """Make two branches."""
    return Facts(
        clients=Clients(
            id=["C1", "C2", "C3", "C4"],
            branch=["B1", "B1", "B2", "B2"],
            assets=[5, 9, 9, 1],
            institution=[True, False, False, False],
            extra={"new": [True, False, True, False]},
        ),
        managers=Managers(id=["M1", "M2"], branch=["B1", "B2"], ability=[0.7, 2]),
    )


def test_pools_follow_rule_and_overrides() -> None:
    """Largest, institutions and dormant ones are out, unless their branch divides them."""
    rule = AllocationRule(key=KeyClientRule(top=1), overrides=(Override(branch="B2", divide="key"),))
    dormant = np.array([False, False, False, True])
    assert expected_pools(firm(), rule, ON, dormant) == ["key", "key", "", "dormant"]


def test_receivers_are_weighed_exactly() -> None:
    """The bar keeps out, shares are fractions."""
    rule = AllocationRule(key=None, bar=Bar(ability=1))
    branches = find_branches(firm(), rule, ON, ["", "", "", ""])
    assert [len(branch.receivers) for branch in branches] == [0, 1]
    assert branches[1].receivers[0].share == Fraction(1)
    assert branches[1].rows == [2, 3]
    assert branches[1].place == {"M2": 0}


def test_measures_are_plain_columns() -> None:
    """Counts, assets, totals of the caller, flags as numbers."""
    rule = AllocationRule(measures=("count", "assets", "mine", "new"))
    columns, hours = measure_columns(firm(), rule, ON, {"mine": np.arange(4)})
    assert columns == [[1] * 4, [5, 9, 9, 1], [0, 1, 2, 3], [1, 0, 1, 0]]
    assert hours is None
