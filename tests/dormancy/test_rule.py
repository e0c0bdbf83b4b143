"""Dormancy rules say exactly what they mean, or why they mean nothing."""

from typing import Any

import pytest

from clientmgr.dormancy import DormancyRule
from clientmgr.errors import RuleError


@pytest.mark.parametrize(
    ("change", "path", "match"),
    [
        ({"months": 0}, "$.months", "months must be from 1 to 1200, got 0"),
        ({"months": 1.5}, "$.months", "got 1.5"),
        ({"months": True}, "$.months", "got True"),
        ({"max_assets": -1}, "$.max_assets", "a whole amount of at least 0, got -1"),
        ({"max_assets": 0.5}, "$.max_assets", "got 0.5"),
        ({"assets_test": "median"}, "$.assets_test", "one of as_of, month_ends, average, maximum"),
        ({"counts": ()}, "$.counts", "kinds of activity"),
        ({"counts": ("",)}, "$.counts", "kinds of activity"),
        ({"also_at_most": {"securities": -5}}, r"$.also_at_most[0]", "at least 0, got -5"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_path(change: dict[str, Any], path: str, match: str) -> None:
    """The error says where the fault is."""
    with pytest.raises(RuleError, match=match) as caught:
        DormancyRule(**change)
    assert caught.value.path == path


def test_the_order_of_kinds_and_limits_does_not_matter() -> None:
    """Rules that say the same are equal."""
    one = DormancyRule(counts=["trade", "login"], also_at_most={"b": 1, "a": 2})
    other = DormancyRule(counts=("login", "trade", "login"), also_at_most=(("a", 2), ("b", 1)))
    assert one == other
    assert hash(one) == hash(other)
    assert DormancyRule(counts="trade").counts == ("trade",)


def test_any_counts_every_kind() -> None:
    """A rule that counts any activity counts trades, too."""
    assert DormancyRule(counts=("any",)).counts_kind("trade")
    assert not DormancyRule(counts=("login",)).counts_kind("trade")
    assert "months=18" in repr(DormancyRule())
