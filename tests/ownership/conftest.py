"""What the tests of ownership start from."""

import datetime as dt

import pytest

from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing.ownership import Change, lone, to_table


@pytest.fixture
def told_late() -> Ledger:
    """Record one client's six marks: told late, withdrawn, told again, closed."""

    def change(day: str, kind: str, manager: str | None = None) -> OwnershipChanges:
        """Make one change of the client."""
        owners = frozenset() if manager is None else lone("manager", manager)
        return to_table([Change("X", dt.date.fromisoformat(day), kind, owners)])

    ledger = Ledger.start(change("2026-01-05", "allocated", "A"), known="2026-01-05")
    ledger = ledger.append(change("2026-04-01", "transferred", "B"), known="2026-04-02")
    ledger = ledger.append(change("2026-02-01", "transferred", "C"), known="2026-05-10")
    ledger = ledger.append(change("2026-04-01", "withdrawn"), known="2026-06-03")
    ledger = ledger.append(change("2026-04-01", "transferred", "D"), known="2026-06-20")
    return ledger.append(change("2026-07-01", "closed"), known="2026-07-01")
