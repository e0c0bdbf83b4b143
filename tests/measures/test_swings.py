"""What large clients do to a score."""

from typing import Any

import numpy as np
import pytest

from clientmgr.commission import CommissionPlan, attribute
from clientmgr.errors import RuleError
from clientmgr.facts import Clients, Facts, Managers, Trades
from clientmgr.measures import MeasureRules, Swings, find_swings, measure_period
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.scoring import Criterion, Scorecard, score

CARD = Scorecard(
    name="c",
    criteria=(
        Criterion("net_commission", "40%", 1_000, cap=3),
        Criterion("turnover", "20%", 100_000, cap=3),
        Criterion("assets", "20%", 1_000_00, cap=3),
        Criterion("clients", "20%", 2),
    ),
)
RULES = MeasureRules(names=("net_commission", "turnover", "assets", "clients"))


def made(**more: Any) -> Swings:
    """Two managers: one with a whale, one with equals."""
    day = np.array(["2026-07-10"] * 4, "M8[D]")
    facts = Facts(
        clients=Clients(id=list("ABCD"), branch="B1", assets=[900_00, 100_00, 500_00, 500_00]),
        managers=Managers(id=["M1", "M2", "M3"], branch="B1"),
        trades=Trades(
            id=[1, 2, 3, 4],
            client=list("ABCD"),
            date=day,
            turnover=[90_000, 10_000, 0, 50_000],
            commission=[900, 100, 0, 500],
        ),
    )
    changes = OwnershipChanges(
        client=list("ABCD"),
        valid=day - 9,
        kind="allocated",
        manager=["M1", "M1", "M2", "M2"],
        branch="B1",
    )
    ledger = Ledger.start(changes, known="2026-07-01")
    credits_ = attribute(facts, ledger, CommissionPlan(), period="2026-07")
    july = measure_period(facts, ledger, credits_, RULES, period="2026-07")
    card = more.pop("card", CARD)
    found = find_swings(facts, ledger, credits_, july, card, RULES, period="2026-07", **more)
    now = score(july, CARD)
    assert found.score.tolist() == [now.score[july.row(m)] for m in found.manager.tolist()]
    return found


def test_a_whale_swings_its_managers_score() -> None:
    """Nine tenths of a book, and nearly so much of what can move."""
    found = made()
    assert found.client.tolist() == ["A", "B", "C", "D"]
    assert [str(part) for part in found.share.tolist()] == ["0.9000", "0.1000", "0.5000", "0.5000"]
    assert [str(points) for points in found.down] == ["85.60", "98.40", "68.00", "62.00"]
    assert [str(points) for points in found.up] == ["114.40", "101.60", "72.00", "78.00"]
    assert found.beyond(10).tolist() == ["A"]


def test_as_many_clients_are_looked_at_as_asked_for() -> None:
    """The largest; equal ones by id."""
    assert made(largest=1).client.tolist() == ["A", "C"]


def test_a_larger_swing_does_more() -> None:
    """In proportion while nothing is capped."""
    wide = made(swing="40%", largest=1)
    assert [str(points) for points in wide.down] == ["71.20", "66.00"]


def test_a_relative_card_is_refused() -> None:
    """It would compare the swung books with one another."""
    card = Scorecard(name="r", criteria=(Criterion("clients", 1, 1, relative="mean"),), allow_relative=True)
    with pytest.raises(RuleError, match="swings need an absolute card"):
        made(card=card)


def test_it_can_be_looked_at() -> None:
    """Repr, columns and a page for one manager."""
    found = made()
    assert repr(found) == "Swings(2026-07, 4 clients, 20% moves a score by 28.80)"
    assert list(found.to_columns()) == [
        "manager",
        "client",
        "assets",
        "share",
        "score",
        "down",
        "up",
    ]
    assert "A       900.00  90%          85.60     100.00  114.40" in found.explain("M1")
    assert repr(made(largest=0)) == "Swings(2026-07, nobody)"
