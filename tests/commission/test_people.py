"""Tests of memberships and branch managers by day."""

from collections.abc import Callable

from clientmgr.commission.people import People
from clientmgr.facts import Facts


def test_members_heads_and_leaders_are_those_of_the_day(make_facts: Callable[..., Facts]) -> None:
    """Each is read from the facts, in the order of ids."""
    people = People.of(make_facts([]), teams=True, heads=True)
    day = 20_700
    assert people.members("T1", day) == [("M1", 2, True), ("M2", 1, False)]
    assert people.members("T1", 0) == []
    assert people.heads("B1", day) == ["H1"]
    assert people.heads("B9", day) == []
    assert people.leads(teams=[], managers=["M2"], day=day) == ["M1"]
    assert people.leads(teams=["T1"], managers=["M3"], day=day) == ["M1"]
    assert people.leads(teams=[], managers=["M2"], day=0) == []


def test_what_is_not_asked_for_is_not_read(make_facts: Callable[..., Facts]) -> None:
    """Without teams and heads nothing changes on any day."""
    people = People.of(make_facts([]), teams=False, heads=False)
    assert len(people.changes) == 0
    assert people.members("T1", 20_700) == []
