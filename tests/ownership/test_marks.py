"""The sorted log, its snapshots, lives and spells."""

import datetime as dt

import numpy as np

from clientmgr.ownership import Ledger
from clientmgr.ownership.marks import FOREVER, merge_marks
from clientmgr.testing.ownership import Change, lone, to_table

M1, M2 = lone("manager", "M1"), lone("manager", "M2")
SHARED = frozenset({("manager", "M1", "developer", 1, 2, False), ("manager", "M2", "servicer", 1, 2, False)})


def day(number: int) -> dt.date:
    """Give a day of March."""
    return dt.date(2026, 3, number)


def test_a_mark_is_the_word_of_its_day_from_its_batch_to_the_next(told_late: Ledger) -> None:
    """Born with its batch, superseded by the next word; a withdrawal is never born."""
    marks = told_late.marks
    assert marks.batch.tolist() == [0, 2, 1, 3, 4, 5]
    assert marks.born.tolist() == [0, 2, 1, FOREVER, 4, 5]
    assert marks.dies.tolist() == [FOREVER, FOREVER, 3, 4, FOREVER, FOREVER]
    assert marks.standing(3).tolist() == [0, 1]


def test_merging_puts_new_marks_in_place(told_late: Ledger) -> None:
    """Old marks keep their order; the places of the new ones are given back."""
    marks = told_late.marks
    old, new = marks.take(np.array([0, 2, 5])), marks.take(np.array([1, 3, 4]))
    merged, at = merge_marks(old, new, np.array([1, 2, 2]))
    assert at.tolist() == [1, 3, 4]
    assert merged.batch.tolist() == marks.batch.tolist()


def test_spells_follow_each_owner_back_to_where_it_began() -> None:
    """An owner's spell goes through changes of the others' shares, and ends when it is no owner."""
    changes = [
        Change("C1", day(1), "allocated", M1),
        Change("C1", day(3), "transferred", SHARED),
        Change("C1", day(5), "moved", M2),
        Change("C1", day(7), "transferred", M1),
        Change("C1", day(8), "closed"),
        Change("C1", day(9), "reopened", M1),
    ]
    snapshot = Ledger.start(to_table(changes), known="2026-03-01").snapshot()
    spells = snapshot.spells
    assert snapshot.life.tolist() == [0, 0, 0, 0, 0, 5]
    assert spells.place.tolist() == [0, 1, 1, 2, 3, 5]
    assert spells.began.tolist() == [0, 0, 1, 1, 3, 5]
    assert spells.responsible.tolist() == [0, 1, 1, 3, 4, 5]
    assert spells.began_at(np.array([1, 1]), np.array([0, 1])).tolist() == [0, 1]


def test_a_long_spell_is_followed_to_its_start() -> None:
    """Many marks of one owner are one spell."""
    changes = [Change("C1", day(n), "allocated" if n == 1 else "moved", M1) for n in range(1, 31)]
    spells = Ledger.start(to_table(changes), known="2026-03-01").snapshot().spells
    assert set(spells.began.tolist()) == {0}


def test_an_empty_snapshot_has_no_spells() -> None:
    """Nothing is owned before the first batch."""
    ledger = Ledger.start(to_table([Change("C1", day(1), "allocated", M1)]), known="2026-03-01")
    assert len(ledger.snapshot(-1).spells.place) == 0
    assert not ledger.snapshot(-1).has_closings
