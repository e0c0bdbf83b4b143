"""Stays in the pool, and the trades that end their sleep."""

import numpy as np

from clientmgr.dormancy import ClaimRule
from clientmgr.dormancy.pool_spells import find_spells, find_wakings
from clientmgr.dormancy.sweep import NEVER
from clientmgr.facts import Trades
from clientmgr.ownership import Ledger, OwnershipChanges

START = np.datetime64("2026-07-01")


def ledger() -> Ledger:
    """Move a client from pool to pool of two branches, into a book and back."""
    rows = [(0, "dormant", None, "B1"), (5, "dormant", None, "B2"), (9, None, "M1", "B2"), (14, "dormant", None, "B2")]
    changes = [
        OwnershipChanges(
            client=["C1"],
            valid=[START + day],
            kind="allocated" if day == 0 else "moved",
            pool=[pool],
            manager=[manager],
            branch=branch,
        )
        for day, pool, manager, branch in rows
    ]
    return Ledger.start(OwnershipChanges.concat(changes), known="2026-07-01")


def test_marks_that_follow_one_another_in_the_pool_are_one_stay() -> None:
    """A move between branches does not end it, a book does."""
    spells = find_spells(ledger(), "dormant", 0)
    assert spells.of_mark.tolist() == [0, 0, -1, 1]
    assert spells.first_mark.tolist() == [0, 3]
    codes = np.zeros(4, np.int32)
    assert spells.at(codes, START + np.array([-1, 6, 10, 20])).tolist() == [-1, 0, -1, 1]
    assert len(find_spells(ledger(), "key", 0).client) == 0


def test_the_first_trade_after_the_entry_wakes() -> None:
    """By day and id; not on the day of entering, not in a book."""
    trades = Trades(id=[3, 2, 1, 0, 5], client="C1", date=START + np.array([0, 7, 7, 10, 14]))
    found = find_wakings(
        find_spells(ledger(), "dormant", 0), trades, np.zeros(5, np.int32), ClaimRule(), np.datetime64("2026-07-31")
    )
    assert found.trade.tolist() == [2, -1]
    assert found.day.tolist() == [int((START + 7).astype(int)), NEVER]
    assert found.settled.all()
