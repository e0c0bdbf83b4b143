"""The arrays under a ledger, and the snapshots that it keeps."""

import pickle

import numpy as np

from clientmgr.ownership import Ledger
from clientmgr.ownership.calendars import KEPT_SNAPSHOTS


def test_only_the_last_snapshots_are_kept(told_late: Ledger) -> None:
    """Asking for many batches does not fill the memory; a kept one is the same object."""
    calendars = told_late.calendars
    kept = calendars.snapshot(5)
    assert calendars.snapshot(5) is kept
    for batch in range(-1, 6):
        calendars.snapshot(batch)
    calendars._snapshots.update({100 + n: kept for n in range(KEPT_SNAPSHOTS)})
    calendars.snapshot(3)
    assert len(calendars._snapshots) <= KEPT_SNAPSHOTS + 7


def test_snapshots_are_not_pickled(told_late: Ledger) -> None:
    """What can be found again is left out."""
    told_late.snapshot()
    assert pickle.loads(pickle.dumps(told_late.calendars))._snapshots == {}


def test_values_of_answers_keep_what_is_no_owner(told_late: Ledger) -> None:
    """Negative answers stay negative."""
    found = told_late.calendars.values(np.array([-1, 0, -3]))
    assert found.tolist() == [-1, int(told_late.marks.value[0]), -3]
