"""The worlds and laws of dormancy that the library ships notice what they should."""

import attrs
import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

import clientmgr as cm
from clientmgr.dormancy import DormancyRule, find_dormant
from clientmgr.errors import CheckError
from clientmgr.facts import ServiceRecords, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing import dormancy
from clientmgr.testing.dormancy import (
    ClaimWorld,
    check_claims_keep_clients,
    check_claims_need_no_future,
    check_claims_need_no_order,
    check_dormancy_needs_no_future,
    claim_worlds,
    dormancy_rules,
)

MANY = settings(max_examples=120, phases=[Phase.generate], database=None, derandomize=True)
OFTEN = {"claimed", "woke by itself", "won", "lapsed", "open", "opened", "renewed", "not in the pool", "already awake"}


def test_the_worlds_reach_what_becomes_of_claims_and_contacts() -> None:
    """A hundred worlds show what happens often; rarer ends have tests of their own."""
    seen: set[str] = set()

    @given(claim_worlds())
    @MANY
    def look_around(world: ClaimWorld) -> None:
        """Note what happens in a world."""
        found = world.decide()
        seen.update(found.verdict, found.outcome, found.waking_state)

    look_around()
    assert seen >= OFTEN


def test_the_rules_reach_every_asset_test() -> None:
    """All four are drawn."""
    for test in ("as_of", "month_ends", "average", "maximum"):
        found = find(dormancy_rules(), lambda rule, test=test: rule.assets_test == test, settings=MANY)  # type: ignore[misc]
        assert found.assets_test == test


def won_world() -> ClaimWorld:
    """Make a world in which a client is won, and somebody calls too late."""
    start = np.datetime64("2026-02-01")
    pool = OwnershipChanges(client=["C1"], valid=[start], kind="allocated", pool=["dormant"], branch="B1")
    days = [start + 3, start + 5, start + 40]
    calls = ServiceRecords(id=[0, 1, 2], manager=["M1", "M2", "M1"], client="C1", date=days, kind="call")
    trades = Trades(id=[0], client=["C1"], date=[start + 7])
    return ClaimWorld(calls, trades, Ledger.start(pool, known="2026-02-01"), cm.dormancy.ClaimRule(), start + 20)


def test_a_decision_that_depends_on_the_order_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one that reads what came later."""
    world = won_world()
    right = world.decide()
    wrong = attrs.evolve(right, changes=OwnershipChanges.none())
    answers = iter([right, wrong, right, wrong])
    monkeypatch.setattr(ClaimWorld, "decide", lambda *_, **__: next(answers))
    with pytest.raises(CheckError, match="the order of the rows matters"):
        check_claims_need_no_order(world, np.random.default_rng(1))
    with pytest.raises(CheckError, match="what came later matters"):
        check_claims_need_no_future(world)


def test_a_lost_client_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that closes a client, or gives it to another than was said."""
    world = won_world()
    right = world.decide()
    day = right.changes.valid
    closed = OwnershipChanges(client=["C1"], valid=day, kind="closed")
    monkeypatch.setattr(ClaimWorld, "decide", lambda *_, **__: attrs.evolve(right, changes=closed))
    with pytest.raises(CheckError, match="a client is lost or doubled"):
        check_claims_keep_clients(world)


def test_a_winner_without_the_client_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger has the client with somebody else on the waking day."""
    world = won_world()
    other = OwnershipChanges(
        client=["C1"], valid=world.decide().changes.valid, kind="claimed", manager=["M9"], branch="B1"
    )
    append = Ledger.append
    monkeypatch.setattr(Ledger, "append", lambda self, _, **known: append(self, other, **known))
    with pytest.raises(CheckError, match="is not with its winner"):
        check_claims_keep_clients(world)


def test_a_look_ahead_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A status that later trades change."""
    facts = cm.Facts(
        clients=cm.Clients(id=["C1"], branch="B1", opened=np.datetime64("2020-01-01")),
        managers=cm.Managers(id=["M1"], branch="B1"),
        trades=cm.Trades(id=[1], client=["C1"], date=[np.datetime64("2026-06-01")]),
    )
    look_ahead = find_dormant
    monkeypatch.setattr(dormancy, "find_dormant", lambda f, r, on: look_ahead(f, r, on=on + 30))
    with pytest.raises(CheckError, match="what came after 2026-05-20 matters"):
        check_dormancy_needs_no_future(facts, DormancyRule(), np.datetime64("2026-05-20"))
