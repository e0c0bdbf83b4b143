"""The first event of a key from a day on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.dormancy.matching import first_from

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), max_size=12)


@given(ROWS, ROWS)
def test_it_is_the_earliest_event_by_day_and_tie(
    events: list[tuple[int, int]], questions: list[tuple[int, int]]
) -> None:
    """The same as going through all events."""
    key, days = np.array(events, np.int64).reshape(-1, 2).T
    asked_key, asked_day = np.array(questions, np.int64).reshape(-1, 2).T
    tie = np.arange(len(key))[::-1]
    expected = [
        min((d, int(tie[row]), row) for row, (k, d) in enumerate(events) if k == ask and d >= day)[2]
        if any(k == ask and d >= day for k, d in events)
        else -1
        for ask, day in questions
    ]
    assert first_from(key, days, tie, asked_key, asked_day).tolist() == expected
