"""Looking at neighbours finds what replaying every calendar finds."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.ownership.kinds import CLOSED, KINDS, WITHDRAWN
from clientmgr.ownership.marks import Marks
from clientmgr.ownership.proof import REFUSALS, faulty_marks

KIND = st.sampled_from(["allocated", "allocated", "transferred", "closed", "reopened", "withdrawn"])
LOGS = st.dictionaries(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(0, 5)), KIND, max_size=14)


def marks_of(log: dict[tuple[int, int, int], str]) -> Marks:
    """Make sorted marks of a log."""
    cells = sorted(log)
    columns = np.array(cells, np.int32).reshape(-1, 3).T
    kind = np.array([KINDS.index(log[cell]) for cell in cells], np.int8)
    value = np.select([kind == KINDS.index("closed"), kind == KINDS.index("withdrawn")], [CLOSED, WITHDRAWN], 0)
    return Marks.of(
        2,
        client=columns[0],
        valid=columns[1],
        batch=columns[2],
        value=value.astype(np.int32),
        kind=kind,
        branch=np.zeros(len(cells), np.int32),
    )


def replays(log: dict[tuple[int, int, int], str]) -> bool:
    """Replay a log batch by batch, and say whether every calendar makes sense at every batch."""
    calendars: dict[int, dict[int, str]] = {0: {}, 1: {}}
    for batch in range(6):
        for (client, day, _), kind in ((c, k) for c, k in sorted(log.items()) if c[2] == batch):
            if kind != "withdrawn":
                calendars[client][day] = kind
            elif calendars[client].pop(day, None) is None:
                return False
        for calendar in calendars.values():
            kinds = [calendar[day] for day in sorted(calendar)]
            if kinds and kinds[0] != "allocated":
                return False
            if any((a == "closed") != (b == "reopened") for a, b in itertools.pairwise(kinds)):
                return False
    return True


@given(LOGS)
@settings(max_examples=300)
def test_neighbours_prove_what_replaying_proves(log: dict[tuple[int, int, int], str]) -> None:
    """A log without a faulty mark is one whose calendars make sense at every batch, and the other way round."""
    rows, why = faulty_marks(marks_of(log))
    assert (len(rows) == 0) == replays(log)
    assert all(0 <= reason < len(REFUSALS) for reason in why)


@given(LOGS)
@settings(max_examples=60)
def test_asking_about_all_rows_is_asking_about_each(log: dict[tuple[int, int, int], str]) -> None:
    """The fast way for plain histories finds what walking finds."""
    marks = marks_of(log)
    for found, expected in zip(faulty_marks(marks), faulty_marks(marks, np.arange(len(marks))), strict=True):
        assert found.tolist() == expected.tolist() or len(found) > 0
    assert (len(faulty_marks(marks)[0]) == 0) == (len(faulty_marks(marks, np.arange(len(marks)))[0]) == 0)
