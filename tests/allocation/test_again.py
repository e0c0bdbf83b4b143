"""Re-division against a ledger."""

from typing import Any

import attrs
import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, Draft, Moves, allocate
from clientmgr.check.allocation import verify_allocation
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.ownership import Ledger
from clientmgr.segments import KeyClientRule

FIRST, LATER = "2026-07-01", "2026-10-01"


def firm(managers: Any = 4, clients: Any = 120, **columns: Any) -> Any:
    """Make two branches."""
    rng = np.random.default_rng(1)
    return Facts(
        clients=Clients(
            id=np.arange(clients),
            branch=[f"B{i % 2}" for i in range(clients)],
            assets=rng.integers(1, 9999, clients),
            extra={"cost": np.where(np.arange(clients) % 4 < 2, 9, 1)},
            **columns,
        ),
        managers=Managers(id=[f"M{i}" for i in range(managers)], branch=[f"B{i % 2}" for i in range(managers)]),
    )


def start(rule: Any, facts: Any = None) -> Any:
    """Divide for the first time."""
    facts = firm() if facts is None else facts
    return Ledger.start(allocate(facts, rule, on=FIRST).changes, known=FIRST)


def test_nothing_changes_where_nothing_has_to() -> None:
    """The same facts again: no change at all."""
    rule = AllocationRule(key=KeyClientRule(top=2))
    division = allocate(firm(), rule, on=LATER, ledger=start(rule))
    assert len(division.changes) == 0
    assert division.certificate.moves.tolist() == [0, 0]
    assert set(division.step.tolist()) == {"kept", "key"}


def test_a_newcomer_gets_clients_and_the_other_branch_rests() -> None:
    """Moves are few and bounded from below; the ledger takes the changes."""
    rule = AllocationRule(key=None, moves=Moves(within=0.05))
    ledger = start(rule)
    facts = firm(5)
    division = allocate(facts, rule, on=LATER, ledger=ledger)
    moves, bound = division.certificate.moves, division.certificate.moves_bound
    assert bound[0] <= moves[0] <= 1.5 * bound[0]
    assert moves[1] == 0
    assert set(division.changes.kind.tolist()) == {"transferred"}
    after = ledger.append(division.changes, known=LATER)
    assert after.owners(facts.clients.id, LATER).manager.tolist() == division.owner.tolist()
    verify_allocation(facts, rule, division, ledger=ledger)


def test_a_leaver_s_clients_are_shared_and_the_others_stay() -> None:
    """Nobody else has to move."""
    rule = AllocationRule(key=None, moves=Moves(within=0.2))
    ledger = start(rule, firm(6))
    division = allocate(firm(4), rule, on=LATER, ledger=ledger)
    assert division.certificate.moves.sum() <= 2
    assert (division.step == "placed").sum() == len(division.changes) - division.certificate.moves.sum()
    verify_allocation(firm(4), rule, division, ledger=ledger)


def test_new_clients_who_moved_and_who_became_key_are_told_apart() -> None:
    """Opened, moved, released and allocated, each by its own word."""
    rule = AllocationRule(key=KeyClientRule(top=1), moves=Moves(within=1))
    facts = firm()
    ledger = start(rule, facts.__class__(clients=facts.clients.take(slice(0, 118)), managers=facts.managers))
    columns = facts.clients.to_columns()
    columns["branch"][3] = "B0"
    opened = np.full(120, np.datetime64("NaT", "D"))
    opened[118] = np.datetime64("2026-08-01")
    assets = columns["assets"].copy()
    key_before = int(np.argmax(np.where(np.arange(120) % 2 == 0, assets, -1)[:118]))
    assets[key_before], assets[5] = 1, 10**6
    now = Facts(
        clients=Clients(id=columns["id"], branch=columns["branch"], assets=assets, opened=opened),
        managers=facts.managers,
    )
    division = allocate(now, rule, on=LATER, ledger=ledger)
    kinds = dict(zip(division.changes.client.tolist(), division.changes.kind.tolist(), strict=True))
    assert kinds[118] == "opened"
    assert kinds[119] == "allocated"
    assert kinds[3] == "moved"
    assert kinds[5] == "released"
    assert kinds[key_before] == "allocated"
    verify_allocation(now, rule, division, ledger=ledger)


def test_budget_costs_and_kept_clients_are_honoured() -> None:
    """Moves stop at the budget; dear and kept clients stay."""
    rule = AllocationRule(key=None, moves=Moves(within=0.05))
    ledger = start(rule)
    moves = Moves(within=0.05, budget=3, keep=tuple(range(0, 120, 8)), cost="cost")
    division = allocate(firm(5), attrs.evolve(rule, moves=moves), on=LATER, ledger=ledger)
    assert division.certificate.moves.tolist() == [3, 0]
    moved = division.changes.client.tolist()
    assert not set(moved) & set(moves.keep)
    assert all(client % 4 >= 2 for client in moved)


def test_what_cannot_be_meant_is_refused() -> None:
    """A draft moves everybody; unknown clients cannot be kept; a move costs something."""
    ledger = start(AllocationRule(key=None))
    with pytest.raises(RuleError, match="use Balanced"):
        allocate(firm(), AllocationRule(key=None, method=Draft()), on=LATER, ledger=ledger)
    rule = AllocationRule(key=None, moves=Moves(keep=(999,)))
    with pytest.raises(RuleError, match=r"no client 999 @ \$.moves.keep\[0\]"):
        allocate(firm(), rule, on=LATER, ledger=ledger)
    rule = AllocationRule(key=None, moves=Moves(cost="free"))
    with pytest.raises(DataError, match="a cost above zero"):
        allocate(firm(), rule, on=LATER, ledger=ledger, totals={"free": np.zeros(120)})
