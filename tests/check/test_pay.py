"""The verifiers of reviews and settlements notice what is wrong."""

from typing import Any

import attrs
import numpy as np
import pytest

from clientmgr.check.pay import verify_reviews, verify_settlement
from clientmgr.errors import CheckError
from clientmgr.facts import Managers, MeasureColumn, Measures, Standings
from clientmgr.pay import Bands, Grade, Ladder, Payout, PayPlan, PayState, Reviews, review, settle

LADDER = Ladder(name="l", grades=(Grade("A", 2_000_00), Grade("B", 3_000_00)), bands=(Bands([50]),))
PLAN = PayPlan(name="p", payouts=(Payout("payout", "net_commission", "15%"),))


def standings() -> Standings:
    """One manager."""
    return Standings.start(Managers(id=["M1"], branch="B1"), LADDER, on="2026-01-01")


def measures() -> Measures:
    """One half-year."""
    score = MeasureColumn("points", np.array([60]), np.zeros(1, bool))
    values = {"score": score, "net_commission": [999]}
    return Measures(manager=["M1"], period="2026H1", values=values)


def reviews() -> Reviews:
    """The review of the half-year."""
    return review(measures(), None, standings(), LADDER, period="2026H1")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("grade", ["A"]),
        ("base_salary", [1]),
        ("protected", [1]),
        ("in_grade", [7]),
        ("watch", ["warned"]),
        ("since", np.array(["2026-08-01"], "M8[D]")),
    ],
)
def test_a_changed_standing_is_found(column: str, value: Any) -> None:
    """By the name of the column."""
    found = reviews()
    wrong = attrs.evolve(found, standings=attrs.evolve(found.standings, **{column: value}))
    with pytest.raises(CheckError, match=f"{column} of M1: found"):
        verify_reviews(measures(), None, standings(), LADDER, wrong, period="2026H1")


def test_a_changed_counter_is_found() -> None:
    """Runs are part of the decision."""
    found = reviews()
    counters = {**found.standings.extra, "up": [5]}
    wrong = attrs.evolve(found, standings=attrs.evolve(found.standings, extra=counters))
    with pytest.raises(CheckError, match="up of M1: found 5, recomputed 0"):
        verify_reviews(measures(), None, standings(), LADDER, wrong, period="2026H1")


def test_a_changed_line_total_or_state_is_found() -> None:
    """Each by its name."""
    paid = settle(measures(), standings(), PLAN, period="2026H1")
    verify_settlement(measures(), standings(), PLAN, paid, period="2026H1")
    amounts = paid.amounts.copy()
    amounts[0, 2] += 1
    others: list[tuple[dict[str, Any], str]] = [
        ({"amounts": amounts}, "payout of M1: found 151, recomputed 150"),
        ({"total": paid.total + 1}, "total of M1"),
        ({"state": PayState.open("p")}, "paid to M1 in 2026"),
    ]
    for change, fault in others:
        with pytest.raises(CheckError, match=fault):
            verify_settlement(measures(), standings(), PLAN, attrs.evolve(paid, **change), period="2026H1")


def test_a_settlement_of_other_managers_is_found() -> None:
    """Nobody is left out."""
    paid = settle(measures().take([]), standings(), PLAN, period="2026H1")
    with pytest.raises(CheckError, match=r"managers paid: found \[\], recomputed \['M1'\]"):
        verify_settlement(measures(), standings(), PLAN, paid, period="2026H1")
