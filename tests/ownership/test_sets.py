"""Each distinct owner set is held once, with exact shares."""

import numpy as np
from hypothesis import given, settings

from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.ownership.sets import share_bases
from clientmgr.testing.ownership import ledgers

DAYS = np.array(["2026-07-01"] * 7, "datetime64[D]")


def ledger() -> Ledger:
    """Share three clients: two alike, one in thirds with an overlay."""
    changes = OwnershipChanges(
        client=["C1", "C1", "C2", "C2", "C3", "C3", "C3"],
        valid=DAYS,
        kind="allocated",
        manager=["M2", "M1", "M1", "M2", "M1", "M3", "M9"],
        role=["servicer", "developer", "developer", "servicer", "", "", "override"],
        share=[60, 40, 2, 3, 2, 1, 1],
        of=[100, 100, 5, 5, 3, 3, 20],
        overlay=[False] * 6 + [True],
    )
    return Ledger.start(changes, known="2026-07-01")


def test_equal_sets_share_a_number() -> None:
    """Two fifths are forty per cent, in whatever order the owners come."""
    made = ledger()
    assert made.owners(["C1", "C2", "C3"], "2026-07-01").owner_set.tolist() == [0, 0, 1]
    assert repr(made.sets) == "OwnerSets(2 sets, 5 members)"


def test_shares_stand_over_one_base() -> None:
    """The base is the least common multiple; conserved shares add up to it, overlays stand behind."""
    sets = ledger().sets
    assert sets.base.tolist() == [60, 60]
    assert sets.share.tolist() == [24, 36, 40, 20, 3]
    assert (sets.start.tolist(), sets.inside_end.tolist()) == ([0, 2, 5], [2, 4])
    assert sets.overlay.tolist() == [False] * 4 + [True]


def test_the_servicer_answers_else_the_largest_share() -> None:
    """One of the owners is responsible."""
    made = ledger()
    assert [made.sets.parties[int(p)].id for p in made.sets.responsible] == ["M2", "M1"]


def test_a_base_for_each_set_where_no_common_one_fits() -> None:
    """Large denominators get bases of their own; one out of reach is 0."""
    start = np.array([0, 1, 2, 4])
    of = np.array([2_000_003, 999_983, 2_000_003, 999_983])
    assert share_bases(start, of).tolist() == [2_000_003, 999_983, 0]


def test_members_of_no_set_are_none() -> None:
    """Negative numbers stand for marks without owners."""
    which, rows = ledger().sets.rows_of(np.array([-3, 1, -4]))
    assert (which.tolist(), rows.tolist()) == ([1, 1, 1], [2, 3, 4])


@given(ledgers(max_batches=4))
@settings(max_examples=15)
def test_conserved_shares_add_up_to_the_base(made: Ledger) -> None:
    """In every set, and no two sets are the same."""
    sets = made.sets
    rows = [
        tuple(zip(*(c[a:b].tolist() for c in (sets.party, sets.role, sets.share, sets.overlay)), strict=True))
        for a, b in zip(sets.start[:-1], sets.start[1:], strict=True)
    ]
    assert len(set(rows)) == len(rows)
    for row, base in zip(rows, sets.base.tolist(), strict=True):
        assert sum(share for _, _, share, overlay in row if not overlay) == base
