"""Adding owner sets batch by batch finds the sets that are there already."""

import numpy as np
import pytest

from clientmgr.ownership import Ledger, OwnershipChanges

DAY = np.datetime64("2026-07-01")


def shared(client: str, *shares: tuple[str, int, int], later: int = 0) -> OwnershipChanges:
    """Share a client between managers."""
    return OwnershipChanges(
        client=[client] * len(shares),
        valid=[DAY + later] * len(shares),
        kind="allocated",
        manager=[manager for manager, _, _ in shares],
        share=[share for _, share, _ in shares],
        of=[of for _, _, of in shares],
    )


def test_a_set_that_is_there_keeps_its_number() -> None:
    """Also where others with the same owners, or new owners before the old ones, come in between."""
    ledger = Ledger.start(shared("C1", ("M5", 2, 5), ("M7", 3, 5)), known="2026-07-01")
    ledger = ledger.append(shared("C2", ("M5", 3, 5), ("M7", 2, 5)), known="2026-07-01")
    ledger = ledger.append(shared("C3", ("M1", 1, 3), ("M5", 2, 3)), known="2026-07-01")
    ledger = ledger.append(shared("C4", ("M5", 4, 10), ("M7", 6, 10)), known="2026-07-01")
    owners = ledger.owners(["C1", "C2", "C3", "C4"], DAY)
    assert owners.owner_set.tolist() == [0, 1, 2, 0]
    assert ledger.sets.base.tolist() == [15, 15, 15]
    assert ledger.sets.share.tolist() == [6, 9, 9, 6, 5, 10]
    assert owners.shares()["share"].tolist() == [2, 3, 3, 2, 1, 2, 2, 3]


@pytest.mark.parametrize("prime", [999_983, 2_000_003])
def test_a_base_out_of_reach_is_a_base_for_each_set(prime: int) -> None:
    """Sets keep their numbers and exact shares."""
    ledger = Ledger.start(shared("C1", ("M5", 1, 2_000_003), ("M7", 2_000_002, 2_000_003)), known="2026-07-01")
    ledger = ledger.append(shared("C2", ("M5", 1, prime), ("M7", prime - 1, prime)), known="2026-07-01")
    ledger = ledger.append(shared("C3", ("M5", 1, 2_000_003), ("M7", 2_000_002, 2_000_003)), known="2026-07-01")
    numbers = ledger.owners(["C1", "C2", "C3"], DAY).owner_set.tolist()
    assert numbers == ([0, 1, 0] if prime == 999_983 else [0, 0, 0])
    assert sorted(set(ledger.sets.base.tolist())) == sorted({2_000_003, prime})
