"""What several measures share."""

from typing import Any

import numpy as np

from clientmgr.facts import Clients, Facts, Managers
from clientmgr.measures import MeasureRules
from clientmgr.measures.context import Context
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Period


def context(**more: Any) -> Context:
    """Three managers: a head, one who left, one who is there; a client in the pool of key ones."""
    facts = Facts(
        clients=Clients(id=["C1", "C2"], branch="B1"),
        managers=Managers(
            id=["H", "M1", "M2"],
            branch="B1",
            head=[True, False, False],
            left=np.array(["NaT", "2026-07-01", "NaT"], "M8[D]"),
        ),
    )
    changes = OwnershipChanges(
        client=["C1", "C2"],
        valid=np.array(["2026-07-10", "2026-07-10"], "M8[D]"),
        kind=["opened", "developed"],
        manager=[None, "M2"],
        pool=["key", None],
        branch="B1",
    )
    ledger = Ledger.start(changes, known="2026-07-10")
    period = Period.of("2026-07")
    return Context(
        **{
            "facts": facts,
            "ledger": ledger,
            "credits": None,
            "rules": MeasureRules(),
            "period": period,
            "known": None,
            **more,
        }
    )


def test_heads_and_those_who_left_before_are_not_measured() -> None:
    """The first day of the period is not before."""
    made = context()
    assert made.facts.managers.id[made.managers].tolist() == ["M2"]


def test_a_pool_is_nobodys_book() -> None:
    """Before the first mark there is no book at all."""
    made = context()
    assert made.at_end.client.tolist() == ["C2"]
    assert made.at_end.origin.tolist() == ["new"]
    assert len(made.at_start.client) == 0


def test_marks_of_a_kind_are_found_with_who_got_the_client() -> None:
    """Within the period."""
    client, manager = context().marked("developed")
    assert client.tolist() == ["C2"]
    assert manager.tolist() == ["M2"]
    assert len(context(period=Period.of("2026-08")).marked("developed")[0]) == 0


def test_months_are_named() -> None:
    """As the lines of credits name them."""
    assert context(period=Period.of("2026Q3")).months == ["2026-07", "2026-08", "2026-09"]
