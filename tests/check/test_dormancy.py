"""The verifier of dormancy decides client by client, and finds what is decided otherwise."""

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.check.dormancy import add_calendar_months, verify_dormancy
from clientmgr.dormancy import DormancyRule, find_dormant
from clientmgr.errors import CheckError, DataError
from clientmgr.facts import Facts
from clientmgr.periods import add_months
from clientmgr.tables import Coded
from clientmgr.testing import branches
from clientmgr.testing.dormancy import dormancy_rules


@given(branches(max_clients=5), dormancy_rules(), st.integers(-400, 60))
@settings(max_examples=40)
def test_every_decision_is_that_of_a_day_by_day_walk(facts: Facts, rule: DormancyRule, offset: int) -> None:
    """Status and due day of every client, under every asset test, on any day."""
    on = np.datetime64("2026-01-31") + offset
    try:
        found = find_dormant(facts, rule, on=on)
    except DataError:
        return
    verify_dormancy(facts, rule, found)


@pytest.mark.parametrize("months", [1, 6, 18, 36])
def test_the_verifiers_months_are_the_librarys(months: int) -> None:
    """Two ways of adding months agree on every day of ten years."""
    for day in np.arange("2016-01-01", "2026-01-01", dtype="datetime64[D]")[::3]:
        assert add_calendar_months(day.item(), months) == add_months(str(day), months).item()


@given(branches(max_clients=4))
@settings(max_examples=5)
def test_another_status_is_found(facts: Facts) -> None:
    """A status that does not follow from the facts does not pass, nor does another rule."""
    rule = DormancyRule()
    found = find_dormant(facts, rule, on="2026-01-31")
    flipped = Coded.of(["active" if s == "dormant" else "dormant" for s in found.status])
    if len(flipped):
        with pytest.raises(CheckError, match="clients differ"):
            verify_dormancy(facts, rule, attrs.evolve(found, status=flipped))
    with pytest.raises(CheckError, match="followed another rule"):
        verify_dormancy(facts, DormancyRule(months=7), find_dormant(facts, rule, on="2026-01-31"))
