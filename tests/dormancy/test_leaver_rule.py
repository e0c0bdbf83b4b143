"""Leaver rules refuse what they cannot mean."""

from fractions import Fraction
from typing import Any

import pytest

from clientmgr.dormancy import LeaverRule
from clientmgr.errors import RuleError


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"pool": "attic"}, "$.pool"),
        ({"window_days": -1}, "$.window_days"),
        ({"claimants": ("branch", "friends")}, "$.claimants[1]"),
        ({"keeps": [(0, 3, 2)]}, "$.keeps[0]"),
        ({"keeps": [(0, 1, 2), (12, 1, 0)]}, "$.keeps[1]"),
        ({"keeps": [(12, 1, 2), (0, 1, 4)]}, "$.keeps"),
        ({"keeps": [(-1, 1, 2)]}, "$.keeps"),
        ({"late": (2, 1)}, "$.late"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_path(change: dict[str, Any], path: str) -> None:
    """The error says where the fault is."""
    with pytest.raises(RuleError, match=r"must|share is from 0 to 1") as caught:
        LeaverRule(**change)
    assert caught.value.path == path


def test_the_kept_part_falls_step_by_step() -> None:
    """Nothing before the first step, then what the last step reached says."""
    rule = LeaverRule(keeps=[(1, 1, 2), (12, 1, 4), (24, 0, 1)])
    assert [rule.kept(months) for months in (0, 1, 11, 12, 30)] == [
        0,
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(1, 4),
        0,
    ]
    assert LeaverRule(claimants="branch").claimants == ("branch",)
    assert "receiver=None" in repr(rule)
