"""The presets are the rules that their sources state."""

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.dormancy import (
    CSDC_2007,
    RBI_2024,
    UK_2008,
    US_FIVE_YEARS,
    US_THREE_YEARS,
    DormancyRule,
    find_dormant,
    house_rule,
)

ALL = {
    "house": (house_rule(5_000_00), 18, True),
    "CSDC": (CSDC_2007, 36, True),
    "RBI": (RBI_2024, 24, False),
    "UK": (UK_2008, 180, True),
    "US 3": (US_THREE_YEARS, 36, True),
    "US 5": (US_FIVE_YEARS, 60, True),
}


@pytest.mark.parametrize(("rule", "months", "inclusive"), ALL.values(), ids=ALL.keys())
def test_each_preset_has_its_months_and_its_source(rule: DormancyRule, months: int, inclusive: bool) -> None:
    """Time, due day and source are stated."""
    assert (rule.months, rule.inclusive) == (months, inclusive)
    assert rule.source


def test_the_statutory_rule_looks_at_securities_apart() -> None:
    """No securities at all, and at most 100 yuan; only the owner can wake such an account."""
    clients = cm.Clients(
        id=["empty", "shares", "cash"],
        branch="B1",
        assets=[100_00, 100_00, 100_01],
        opened=np.datetime64("2020-01-01"),
        extra={"securities": [0, 1, 0]},
    )
    facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
    assert find_dormant(facts, CSDC_2007, on="2024-01-01").status.tolist() == ["dormant", "idle", "idle"]
    assert CSDC_2007.owner_only
