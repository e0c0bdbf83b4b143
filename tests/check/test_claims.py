"""The verifier of claims decides as a clerk would, and finds what is decided otherwise."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.check.claims import verify_claims
from clientmgr.dormancy import ClaimResolution, ClaimRule
from clientmgr.errors import CheckError
from clientmgr.facts import ServiceRecords, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.tables import Coded
from clientmgr.testing.dormancy import ClaimWorld, claim_worlds

START = np.datetime64("2026-07-01")


@given(claim_worlds())
@settings(max_examples=60)
def test_every_decision_is_the_clerks(world: ClaimWorld) -> None:
    """Verdicts, outcomes, wakings and changes are those of one record after the other."""
    decided = world.decide()
    verify_claims(world.records, world.trades, world.ledger, world.rule, decided, barred=world.barred)


def small_world() -> ClaimWorld:
    """Make a world in which one of two managers wins a client."""
    pool = OwnershipChanges(client=["C1"], valid=[START], kind="allocated", pool=["dormant"], branch="B1")
    records = ServiceRecords(id=[1, 2], manager=["M1", "M2"], client="C1", date=[START + 5, START + 9], kind="call")
    trades = Trades(id=["T1"], client=["C1"], date=[START + 12])
    ledger = Ledger.start(pool, known="2026-07-01")
    return ClaimWorld(records, trades, ledger, ClaimRule(), START + 30)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"verdict": Coded.of(["won", "lost"])}, "claims differ"),
        ({"outcome": Coded.of(["opened", "renewed"])}, "outcomes differ"),
        ({"waking_state": Coded.of(["pending"])}, "wakings differ"),
        ({"changes": OwnershipChanges.none()}, "changes differ"),
    ],
)
def test_what_is_decided_otherwise_is_found(change: dict[str, Any], match: str) -> None:
    """Each part of a decision is compared."""
    world = small_world()
    wrong: ClaimResolution = attrs.evolve(world.decide(), **change)
    with pytest.raises(CheckError, match=match):
        verify_claims(world.records, world.trades, world.ledger, world.rule, wrong)


def test_a_decision_is_repeated_on_the_batch_that_it_was_made_on() -> None:
    """Once the changes are appended, the ledger as known before still gives the decision."""
    world = small_world()
    decided = world.decide()
    later = world.ledger.append(decided.changes, known="2026-08-01")
    verify_claims(world.records, world.trades, later, world.rule, decided, batch=0)
    with pytest.raises(CheckError, match=r"wakings differ|claims differ"):
        verify_claims(world.records, world.trades, later, world.rule, decided)
