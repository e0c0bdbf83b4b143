"""When something became known."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.ownership.known import batches_known, read_known, times

RECORDED = np.array(["2026-07-01", "2026-07-01T18:00", "2026-07-03"], "datetime64[s]")


@pytest.mark.parametrize(
    ("known", "batch"),
    [
        (None, 2),
        (1, 1),
        (-1, -1),
        ("2026-06-30", -1),
        ("2026-07-01", 1),
        ("2026-07-01T17:59", 0),
        (dt.date(2026, 7, 2), 1),
        (dt.datetime(2026, 7, 1, 18, 0), 1),  # noqa: DTZ001 - the firm's own time has no zone
        (np.datetime64("2026-07-03"), 2),
    ],
)
def test_known_finds_the_last_batch_that_counts(known: Any, batch: int) -> None:
    """A number is itself, a time reaches up to its second, a day up to its end."""
    assert batches_known(known, RECORDED) == batch


def test_a_column_of_known_finds_a_batch_a_row() -> None:
    """Days and numbers may differ from row to row."""
    days = np.array(["2026-07-01", "2026-07-09", "2026-06-01"], "datetime64[D]")
    assert batches_known(days, RECORDED).tolist() == [1, 2, -1]  # type: ignore[union-attr]
    assert batches_known([2, 0], RECORDED).tolist() == [2, 0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("known", "match"),
    [
        (3, "there is no batch 3: the ledger has 3"),
        ([0, -2], "there is no batch -2"),
        (1.5, "a batch number, a day or a time"),
        ("yesterday", "must be a day or a time, got 'yesterday'"),
        ("2026-07", "a month has many days"),
        ("NaT", "must be a day or a time"),
        (dt.datetime(2026, 7, 1, tzinfo=dt.UTC), "no time zone"),
    ],
)
def test_what_is_no_time_and_no_batch_is_refused(known: Any, match: str) -> None:
    """Neither a batch that does not exist nor half a date says what was known."""
    with pytest.raises(DataError, match=match):
        batches_known(known, RECORDED)


def test_the_time_of_a_batch_never_falls() -> None:
    """A new batch is known no earlier than the last; its bare day is taken as that time."""
    assert read_known("2026-07-03", RECORDED) == RECORDED[-1]
    assert read_known("2026-07-03", RECORDED[:2]) == np.datetime64("2026-07-03T00:00:00")
    assert read_known("2026-07-01", RECORDED[:2]) == RECORDED[1]
    with pytest.raises(DataError, match="known must not fall"):
        read_known("2026-07-01T17:00", RECORDED[:2])


def test_columns_of_times_are_read_from_text_and_from_datetimes() -> None:
    """ISO text, dates and datetimes become seconds; what is none is a fault."""
    assert times(["2026-07-01T18:00"]).values.dtype == "datetime64[s]"
    assert times(dt.date(2026, 7, 1)).scalar
    assert times(["soon"]).faults[0].expected == "a time"
    assert times(["2026-07-01", "NaT"]).faults[0].rows.tolist() == [1]
