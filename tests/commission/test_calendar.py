"""Tests of the look-up kernel."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.commission.calendar import Calendar


@given(
    st.lists(st.sets(st.integers(0, 40), max_size=20), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(-1, 4), st.integers(-3, 45)), min_size=1, max_size=30),
)
def test_the_last_mark_not_after_the_day_is_found(calendars: Any, queries: Any) -> None:
    """Every look-up agrees with counting, also for clients with many marks, with none, and unknown ones."""
    days = [sorted(each) for each in calendars]
    start = np.concatenate([[0], np.cumsum([len(each) for each in days])])
    valid = np.array([day for each in days for day in each], np.int32)
    calendar = Calendar.of(start, valid)
    client = np.array([min(c, len(days) - 1) for c, _ in queries], np.int32)
    day = np.array([d for _, d in queries], np.int32)
    found = calendar.mark[calendar.find(client, day)].tolist()
    for c, d, mark in zip(client.tolist(), day.tolist(), found, strict=True):
        there = 0 if c < 0 else sum(v <= d for v in days[c])
        assert mark == (start[c] + there - 1 if there else -1)
