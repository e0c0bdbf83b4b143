"""The as-of look-up finds the same mark as a walk through the rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.ownership.kinds import CLOSED, NOT_OPEN, UNKNOWN_CLIENT, WITHDRAWN
from clientmgr.ownership.lookup import (
    last_on_or_before,
    look_up,
    look_up_as_known,
    next_standing,
    step_back,
)
from clientmgr.ownership.marks import Marks, Snapshot


def marks_of(rows: list[tuple[int, int, int, int]], clients: int) -> Marks:
    """Make sorted marks of (client, day, batch, value) rows."""
    table = np.array(sorted(rows), np.int32).reshape(-1, 4)
    zeros = np.zeros(len(table), np.int32)
    columns = dict(zip(("client", "valid", "batch", "value"), table.T, strict=True))
    return Marks.of(clients, **columns, kind=zeros.astype(np.int8), branch=zeros)


def walk(marks: Marks, client: int, day: int, batch: int) -> int:
    """Find the mark that holds by going through all rows."""
    found = NOT_OPEN
    for row in range(len(marks)):
        if marks.client[row] == client and marks.valid[row] <= day and marks.batch[row] <= batch:
            again = row + 1 < len(marks) and marks.continues_cell[row + 1]
            if not (again and marks.batch[row + 1] <= batch) and marks.value[row] != WITHDRAWN:
                found = row
    return CLOSED if found >= 0 and marks.value[found] == CLOSED else found


VALUES = st.sampled_from([0, 1, 2, CLOSED, WITHDRAWN, WITHDRAWN])
ROWS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 9)), VALUES, max_size=60).map(
    lambda cells: [(*cell, value) for cell, value in cells.items()]
)


@given(ROWS)
def test_every_answer_is_that_of_a_walk(rows: list[tuple[int, int, int, int]]) -> None:
    """All clients, days and batches, latest or a batch a row, one of the clients unknown and one without marks."""
    marks = marks_of(rows, clients=5)
    cells = [(c, d, k) for c in range(5) for d in range(-1, 8) for k in range(-1, 11)]
    client, day, batch = (np.array(column, np.int32) for column in zip(*cells, strict=True))
    expected = [walk(marks, *cell) for cell in cells]
    assert look_up_as_known(marks, client, day, batch).tolist() == expected
    for known in (-1, 4, 10):
        row = marks.standing(known)
        snapshot = Snapshot(marks.take(row), row, known, None)  # type: ignore[arg-type]
        place = look_up(snapshot, client, day)
        found = [p if p < 0 else int(row[p]) for p in place.tolist()]
        assert found == [walk(marks, c, d, known) for c, d, _ in cells]


@pytest.mark.parametrize("told", ["in order", "backwards", "shuffled", "withdrawn"])
def test_a_client_with_thousands_of_marks_is_looked_up_quickly(told: str) -> None:
    """A long late or withdrawn history neither changes the answer nor costs a step per mark."""
    many, rng = 3_000, np.random.default_rng(1)
    batch = np.arange(many)
    if told == "backwards":
        batch = batch[::-1]
    elif told == "shuffled":
        batch = rng.permutation(many)
    rows = [(0, day, int(k), 0) for day, k in enumerate(batch)]
    if told == "withdrawn":
        rows += [(0, day, many + day, WITHDRAWN) for day in range(1, many)]
    marks = marks_of(rows, clients=2)
    day, known = rng.integers(-1, many + 1, 200), rng.integers(0, 2 * many, 200)
    found = look_up_as_known(marks, np.zeros(200, np.int32), day, known)
    expected = [_newest(marks, d, k) for d, k in zip(day, known, strict=True)]
    assert found.tolist() == expected


def _newest(marks: Marks, day: int, known: int) -> int:
    """Find the standing mark with array operations."""
    alive = (marks.born <= known) & (marks.dies > known) & (marks.valid <= day)
    return int(np.flatnonzero(alive)[-1]) if alive.any() else NOT_OPEN


def test_unknown_clients_have_an_answer_of_their_own() -> None:
    """A negative code is an unknown client, also where there are no marks at all."""
    empty = marks_of([], clients=1)
    codes, days = np.array([0, -1], np.int32), np.zeros(2, np.int32)
    for marks in (empty, marks_of([(0, 1, 0, 0)], clients=1)):
        found = last_on_or_before(marks.start, marks.valid, codes, days)
        assert found.tolist() == [NOT_OPEN, UNKNOWN_CLIENT]


@given(ROWS, st.integers(0, 10))
def test_the_next_standing_mark_mirrors_the_last(rows: list[tuple[int, int, int, int]], batch: int) -> None:
    """Walking forward finds the first standing row, walking back the last."""
    marks = marks_of(rows, clients=4)
    standing = set(marks.standing(batch).tolist())
    place = np.arange(len(marks))
    known = np.full(len(marks), batch)
    end = np.full(len(marks), len(marks))
    forward = next_standing(marks.born, marks.dies, place, end, known)
    back = step_back(marks.born, marks.dies, place, np.zeros_like(place), known)
    assert forward.tolist() == [min((r for r in standing if r >= p), default=-1) for p in place]
    assert back.tolist() == [max((r for r in standing if r <= p), default=-1) for p in place]
