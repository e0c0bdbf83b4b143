"""Moves of a re-division, counted and bounded anew."""

import attrs
import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, Measure, Moves, allocate
from clientmgr.check.allocation import verify_allocation
from clientmgr.errors import CheckError
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.ownership import Ledger
from clientmgr.segments import KeyClientRule

ON = "2026-07-01"
MEASURES = ("count", Measure("assets", negative="zero"), "fees")


def firm(managers: int = 8, clients: int = 48) -> Facts:
    """Make two branches."""
    rng = np.random.default_rng(3)
    return Facts(
        clients=Clients(
            id=[f"C{i:02}" for i in range(clients)],
            branch=["B1" if i % 2 else "B0" for i in range(clients)],
            assets=np.exp(rng.standard_normal(clients) * 1.5 + 8).astype(int) - 500,
            extra={"fees": rng.random(clients)},
        ),
        managers=Managers(
            id=[f"M{i}" for i in range(managers)],
            branch=[f"B{i % 2}" for i in range(managers)],
            ability=np.round(rng.uniform(0.5, 2, managers), 2),
        ),
    )


def test_moves_of_a_redivision_are_counted_and_bounded_anew() -> None:
    """True ones are accepted, any other number is refused."""
    rule = AllocationRule(measures=MEASURES, key=KeyClientRule(top=1), moves=Moves(within=0.1))
    ledger = Ledger.start(allocate(firm(), rule, on=ON).changes, known=ON)
    facts = firm(10)
    division = allocate(facts, rule, on="2026-08-01", ledger=ledger)
    verify_allocation(facts, rule, division, ledger=ledger)
    for name in ("moves", "moves_bound"):
        lie = attrs.evolve(division.certificate, **{name: getattr(division.certificate, name) + np.array([0, 1])})
        with pytest.raises(CheckError, match="in branch B1 is"):
            verify_allocation(facts, rule, attrs.evolve(division, certificate=lie), ledger=ledger)
    wrong = attrs.evolve(division, redone=division.changes.take(slice(1, None)))
    with pytest.raises(CheckError, match="ownership changes are not what the division decides"):
        verify_allocation(facts, rule, wrong, ledger=ledger)
