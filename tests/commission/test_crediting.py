"""Tests of crediting rules."""

import re
from typing import Any

import pytest

from clientmgr.commission import Crediting, Declining, HandOver, Override, Treatment
from clientmgr.errors import RuleError


def test_the_default_is_plain() -> None:
    """Without any rule the owner set of the day is all there is."""
    assert Crediting().is_plain
    assert not Crediting(teams="members").is_plain


def test_mappings_read_in_the_order_of_their_names() -> None:
    """The order of a mapping decides nothing."""
    one = Crediting(roles={"b": "70%", "a": "30%"}, pools={"key": "heads", "dormant": "house"})
    other = Crediting(roles={"a": "30%", "b": "70%"}, pools={"dormant": "house", "key": "heads"})
    assert one == other


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Treatment(name="a", origin="old"), "origin is existing or new, got 'old' @ $.origin"),
        (lambda: Treatment(name="a", months_from=3, months_below=3), "months 3 to 3 are no window"),
        (lambda: Treatment(name="a", share="101%"), "share must be between 0 and 1, got 101%"),
        (lambda: HandOver(months=0), "months must be above 0, got 0"),
        (lambda: HandOver(months=1, share="-1%"), "share must be between 0 and 1, got -1%"),
        (lambda: Declining(kinds="claimed", shares=["50%"], every=0), "every must be above 0 months, got 0"),
        (lambda: Declining(kinds="claimed", shares=["50%", "2"]), "between 0 and 1, got 200% @ $.shares[1]"),
        (lambda: Override(name="a", to="all", rate="1%"), "to must be one of heads, leads, got 'all'"),
        (lambda: Override(name="a", to="heads", rate="-1%"), "rate must not be negative"),
        (lambda: Crediting(pools={"key": "M1"}), "a pool goes to pool, heads, house; 'key' has 'M1'"),
        (lambda: Crediting(teams="half"), "teams must be one of team, members, got 'half'"),
        (lambda: Crediting(roles={"a": 0}), "the share of 'a' must be above 0"),
        (lambda: Crediting(treatments=[Treatment(name="a")] * 2), "names must differ @ $.treatments"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(make: Any, told: str) -> None:
    """Each fault is named with what was got."""
    with pytest.raises(RuleError, match=re.escape(told)):
        make()
