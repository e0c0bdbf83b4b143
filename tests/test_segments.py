"""Key clients, who ought to be one, and how many clients one manager can serve."""

from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest

from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Clients, Facts, Managers, Valuations
from clientmgr.segments import (
    KeyClientRule,
    Tier,
    capacity,
    find_key_clients,
    propose_key_clients,
)

ON = "2026-07-01"


def firm(assets: Any, managers: Any = 2, **columns: Any) -> Any:
    """Make one branch."""
    return Facts(
        clients=Clients(id=[f"C{i}" for i in range(len(assets))], branch="B1", assets=assets, **columns),
        managers=Managers(id=[f"M{i}" for i in range(managers)], branch="B1"),
    )


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (KeyClientRule(institutions=False, top=2), ["C1", "C3"]),
        (KeyClientRule(top=0), ["C0", "C2"]),
        (KeyClientRule(top=0, institution_floor=5), ["C2"]),
        (KeyClientRule(institutions=False, top=0, floor=7), ["C1", "C2", "C3"]),
        (KeyClientRule(institutions=True, top=1, limit=2), ["C1", "C2"]),
        (KeyClientRule(institutions=True, top=9, limit=None), ["C0", "C1", "C2", "C3", "C4"]),
    ],
)
def test_each_part_of_the_rule_holds_clients_out(rule: Any, key: Any) -> None:
    """Institutions, the largest, a floor, a limit; equal assets go by id."""
    facts = firm([1, 9, 7, 9, 2], institution=[True, False, True, False, False])
    assert facts.clients.id[find_key_clients(facts, rule, on=ON)].tolist() == key


def test_only_clients_of_the_day_and_candidates_are_chosen() -> None:
    """Who closed, and who is held out already, is not."""
    closed = np.array(["2026-01-01", "NaT", "NaT"], "datetime64[D]")
    facts = firm([9, 8, 7], closed=closed)
    rule = KeyClientRule(top=1)
    assert find_key_clients(facts, rule, on=ON).tolist() == [False, True, False]
    among = np.array([True, False, True])
    assert find_key_clients(facts, rule, on=ON, among=among).tolist() == [False, False, True]


@pytest.mark.parametrize("name", ["top", "limit", "floor", "institution_floor"])
def test_numbers_below_zero_are_refused(name: Any) -> None:
    """With the path of the fault."""
    with pytest.raises(RuleError, match=rf"{name} must not be below 0, got -1 @ \$.key.{name}"):
        KeyClientRule(**cast(Any, {name: -1}))


def test_a_client_larger_than_a_fair_book_is_proposed_and_a_near_one_named() -> None:
    """When the first is out, a fair book is smaller, and the next is measured by that."""
    facts = firm([1000, 80, 60, 50, 30])
    proposal = propose_key_clients(facts, on=ON)
    assert dict(zip(proposal.client.tolist(), proposal.verdict.tolist(), strict=True)) == {
        "C0": "key",
        "C1": "near",
    }
    assert repr(proposal) == "KeyClientProposal(1 key, 1 near)"
    assert proposal.explain("C1") == "C1 is 0.73 of a fair book of B1: near"
    assert proposal.to_columns()["part"][1] == pytest.approx(80 / 110)
    assert proposal._repr_html_().startswith("<table>")
    with pytest.raises(DataError, match="client 'C4' is neither proposed nor near to it"):
        proposal.explain("C4")


def test_a_client_whose_swings_move_a_book_is_proposed() -> None:
    """A third of a book that halves and doubles is too much."""
    days = np.array(["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"], "datetime64[D]")
    facts = Facts(
        clients=Clients(id=["C0", "C1", "C2", "C3", "C4"], branch="B1"),
        managers=Managers(id=["M0", "M1"], branch="B1"),
        valuations=Valuations(
            client=np.repeat(["C0", "C1", "C2", "C3", "C4"], 4),
            date=np.tile(days, 5),
            assets=[30, 60, 30, 60, *[60] * 16],
        ),
    )
    proposal = propose_key_clients(facts, on="2026-05-31")
    assert proposal.client.tolist() == ["C0"]
    assert proposal.swing[0] > 0.5
    assert "swing by" in proposal.explain("C0")


def test_the_firm_s_own_figure_is_reproduced() -> None:
    """430,000 accounts, about half trading, 400 managers: 537.5, the essay's some 500."""
    firm_load = capacity(accounts=430_000, active="1/2", managers=400)
    assert firm_load.each == Fraction(1075, 2)
    assert firm_load.can_serve is None
    assert firm_load.managers_needed is None
    assert repr(firm_load) == "Capacity(537.5 clients each)"
    assert firm_load.explain().endswith("over 400 managers are 537.5 clients each.")


def test_hours_and_contact_plan_say_how_many_one_can_serve() -> None:
    """A fifth in person, the rest by message."""
    plan = [
        Tier(name="key", part="0.2", contacts=24, minutes=15),
        Tier(name="rest", part="0.8", contacts=12, minutes=2),
    ]
    load = capacity(accounts=430_000, active="1/2", managers=400, hours=80, tiers=plan)
    assert load.hours_a_client == Fraction(76, 600)
    assert load.can_serve == Fraction(80 * 600, 76)
    assert load.managers_needed == 341
    assert load.to_columns()["clients"].tolist() == [107.5, 430.0]
    assert "one manager can serve 632, and 341 managers are needed" in load.explain()
    assert str(load).splitlines()[1].split() == ["tier", "clients", "hours"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"managers": 0}, "at least one manager"),
        ({"active": "3/2"}, r"active must be between 0 and 1, got 3/2 @ \$.active"),
        (
            {"tiers": [Tier(name="all", part="0.5", contacts=1, minutes=1)]},
            "parts of the tiers must add up to 1, got 0.5",
        ),
    ],
)
def test_arithmetic_that_cannot_be_meant_is_refused(wrong: Any, message: Any) -> None:
    """No manager, parts outside their range."""
    with pytest.raises(RuleError, match=message):
        capacity(**({"accounts": 10, "managers": 1} | wrong))


def test_a_tier_below_zero_is_refused() -> None:
    """With the path."""
    with pytest.raises(RuleError, match=r"minutes must not be below 0, got -1 @ \$.tiers.minutes"):
        Tier(name="odd", part=1, contacts=1, minutes=-1)
