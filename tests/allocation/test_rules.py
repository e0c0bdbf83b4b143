"""Allocation rules: what they refuse, and that they survive JSON."""

import json
from typing import Any, cast

import attrs
import pytest

from clientmgr.allocation import (
    Affinity,
    AllocationRule,
    Auction,
    Balanced,
    Bar,
    Draft,
    Limits,
    Measure,
    Moves,
    Named,
    Override,
)
from clientmgr.errors import RuleError


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Measure("assets", weight=0), r"weight must be above 0, got 0 @ \$.measures"),
        (lambda: Measure("assets", weight="x"), "a number was expected, got 'x'"),
        (lambda: Measure("assets", negative=cast(Any, "drop")), "negative must be one of raise, zero"),
        (lambda: AllocationRule(measures=()), "at least one measure"),
        (lambda: AllocationRule(measures=("count", "count")), "each measure once"),
        (lambda: AllocationRule(equal=1.5), r"equal must be between 0 and 1, got 1.5 @ \$.equal"),
        (lambda: AllocationRule(receivers=cast(Any, "rooms")), "receivers must be one of managers, teams"),
        (lambda: Override(branch="B1", divide=cast(Any, "whales")), "divide must be one of key, dormant"),
        (lambda: Limits(clients=-1), r"clients must be at least 0, got -1 @ \$.limits.clients"),
        (lambda: Limits(clients=3, minimum=4), "minimum must not exceed clients = 3, got 4"),
        (lambda: Bar(ability=-1), "ability must be at least 0"),
        (lambda: Moves(within=2), "within must be between 0 and 1"),
        (lambda: Moves(budget=-1), "budget must be at least 0"),
        (lambda: Balanced(exchanges=-1), "exchanges must be at least 0"),
        (lambda: Draft(sequence=cast(Any, "droop")), "sequence must be one of adams, webster, jefferson"),
        (lambda: Auction(step=7), "step must be between 0 and 1"),
        (lambda: Affinity(prices=0), "prices must be at least 1"),
        (
            lambda: AllocationRule(named=(Named(client="C1", owner="M1"), Named(client="C1", owner="M2"))),
            "client 'C1' is named for two owners",
        ),
        (
            lambda: AllocationRule(named=(Named(client=1, owner=2), Named(client=1, owner=2, never=True))),
            "client 1 is named for 2 and never for it",
        ),
    ],
)
def test_a_faulty_rule_is_refused_with_its_path(build: Any, message: Any) -> None:
    """The message says what was wrong, and where."""
    with pytest.raises(RuleError, match=message):
        build()


def test_bare_words_are_measures() -> None:
    """One word, or several, will do."""
    assert AllocationRule(measures="assets").measures == (Measure("assets"),)


def test_a_rule_survives_json() -> None:
    """Plain values all the way down."""
    rule = AllocationRule(
        measures=(Measure("assets", weight="0.5", negative="zero"),),
        overrides=(Override(branch="B1", divide="key"),),
        limits=Limits(clients=5),
        method=Draft(),
    )
    text = json.dumps(attrs.asdict(rule))
    assert json.loads(text)["method"] == {"sequence": "adams", "ranking": None, "kind": "draft"}
    assert json.loads(text)["measures"][0]["weight"] == "0.5"
