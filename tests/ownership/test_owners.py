"""The answer to who owned whom, as columns."""

import datetime as dt

import numpy as np
import pytest

from clientmgr.ownership import Ledger
from clientmgr.testing.ownership import Change, lone, to_table

DAY = dt.date(2026, 3, 2)
SHARED = frozenset(
    {
        ("manager", "M1", "developer", 2, 3, False),
        ("team", "T1", "servicer", 1, 3, False),
        ("manager", "M9", "override", 1, 20, True),
    }
)


@pytest.fixture
def ledger() -> Ledger:
    """Own one client by a manager, one in a pool, one shared."""
    changes = [
        Change("C1", DAY, "allocated", lone("manager", "M1")),
        Change("C2", DAY, "allocated", lone("pool", "key"), "B2"),
        Change("C3", DAY, "developed", SHARED),
    ]
    return Ledger.start(to_table(changes), known="2026-03-02")


def test_the_responsible_owner_is_named(ledger: Ledger) -> None:
    """One of manager, team and pool has a value where somebody owns the client."""
    owners = ledger.owners(["C1", "C2", "C3", "C4"], "2026-03-05")
    assert owners.manager.tolist() == ["M1", None, None, None]
    assert owners.team.tolist() == [None, None, "T1", None]
    assert owners.pool.tolist() == [None, "key", None, None]
    assert owners.branch.tolist() == ["B1", "B2", "B1", None]
    assert owners.kind.tolist() == ["allocated", "allocated", "developed", None]
    assert owners.began_as.tolist() == owners.acquired_as.tolist() == owners.kind.tolist()
    assert owners.since.astype(str).tolist() == ["2026-03-02"] * 3 + ["NaT"]
    assert repr(owners) == "Owners(4 asked, 3 owned)"


def test_all_owners_are_listed_with_their_shares(ledger: Ledger) -> None:
    """A row per owner says which question it answers; who is not owned has none."""
    shares = ledger.owners(["C4", "C3"], "2026-03-05").shares()
    columns = {name: column.tolist() for name, column in shares.items()}
    assert columns["question"] == [1, 1, 1]
    assert columns["manager"] == ["M1", None, "M9"]
    assert columns["team"] == [None, "T1", None]
    assert columns["share"] == [2, 1, 1]
    assert columns["of"] == [3, 3, 20]
    assert columns["overlay"] == [False, False, True]


def test_the_columns_are_one_row_a_question(ledger: Ledger) -> None:
    """Everything that is known of an answer can be put into a frame, and shown."""
    owners = ledger.owners(["C1"], "2026-03-05")
    columns = owners.to_columns()
    assert {len(column) for column in columns.values()} == {1}
    assert columns["opened"][0] == columns["held_since"][0] == np.datetime64("2026-03-02")
    assert "<table>" in owners._repr_html_()
    with pytest.raises(TypeError, match="no truth value"):
        bool(owners)
