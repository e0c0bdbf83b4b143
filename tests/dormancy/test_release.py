"""Booked clients that have fallen asleep leave their books only when it is decided."""

from typing import Any

import numpy as np
from hypothesis import given, settings

import clientmgr as cm
from clientmgr.dormancy import DormancyRule, Release, find_dormant, release_dormant
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing import branches

ON = "2026-07-01"


def released(**options: Any) -> Release:
    """Release five clients: two booked, one of a team, one key, one unassigned, all of them dormant but one."""
    last = np.array(["2024-01-01"] * 4 + ["2026-06-01"] + ["2024-01-01"], "datetime64[D]")
    ids = ["booked", "team", "key", "unassigned", "active", "other"]
    clients = cm.Clients(id=ids, branch=["B1"] * 5 + ["B2"], last_trade=last)
    facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
    changes = OwnershipChanges(
        client=ids,
        valid=[np.datetime64("2024-01-01")] * 6,
        kind="allocated",
        manager=["M1", None, None, None, "M1", "M1"],
        team=[None, "T1", None, None, None, None],
        pool=[None, None, "key", "unassigned", None, None],
        branch=["B1"] * 5 + ["B2"],
    )
    ledger = Ledger.start(changes, known="2024-01-01")
    return release_dormant(find_dormant(facts, DormancyRule(), on=ON), ledger, **options)


def test_owned_and_unassigned_clients_are_released() -> None:
    """Key clients stay with the branch manager, the active one stays in its book."""
    found = released()
    assert found.client.tolist() == ["booked", "team", "unassigned", "other"]
    assert found.manager.tolist() == ["M1", None, None, "M1"]
    assert found.team.tolist() == [None, "T1", None, None]
    assert found.changes.kind.tolist() == ["released"] * 4
    assert found.changes.pool.tolist() == ["dormant"] * 4
    assert found.changes.branch.tolist() == ["B1", "B1", "B1", "B2"]
    assert repr(found) == "Release(4 clients on 2026-07-01, 0 kept)"
    assert len(found.to_columns()["client"]) == len(found)


def test_a_branch_may_keep_them_in_its_books() -> None:
    """An override of the branch (分掉更好，也可以分解)."""
    found = released(keep_in_books=["B2"])
    assert found.kept.tolist() == ["other"]
    assert found.explain("other") == "other is dormant, but its branch keeps such clients in the books"
    assert found.explain("booked") == "booked is dormant and goes to the dormant pool on 2026-07-01"
    assert found.explain("key").startswith("key stays where it is")


@given(branches(max_clients=8))
@settings(max_examples=10)
def test_after_a_release_no_dormant_client_is_in_a_book(facts: cm.Facts) -> None:
    """And a second release finds nobody."""
    there = facts.clients.id[facts.open_clients("2024-06-30")]
    managers = facts.managers.id[:1].tolist() * len(there)
    changes = OwnershipChanges(
        client=there,
        valid=np.full(len(there), np.datetime64("2024-06-30")),
        kind="allocated",
        manager=managers,
        branch=1,
    )
    ledger = Ledger.start(changes, known="2024-06-30")
    dormancy = find_dormant(facts, DormancyRule(months=6), on="2026-01-15")
    decided = release_dormant(dormancy, ledger)
    after = ledger.append(decided.changes, known="2026-01-15")
    assert len(release_dormant(dormancy, after)) == 0
    assert after.owners(decided.client, "2026-01-15").pool.tolist() == ["dormant"] * len(decided)
