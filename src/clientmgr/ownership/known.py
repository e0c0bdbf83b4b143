"""When something became known: the time of a batch, and the batch that a question is about."""

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clientmgr.errors import DataError
from clientmgr.tables import AnyArray, Int64
from clientmgr.tables.columns import Draft, Fault

__all__ = ["Known", "Moment", "batches_known", "read_known", "times"]

Moment = str | dt.date | np.datetime64
"""A time: ISO text, date, datetime without a zone, or datetime64."""

Known = str | dt.date | np.datetime64 | int | ArrayLike | None
"""What a question may be pinned to: a batch number, a time, a day (to its end), or one of these a
row.
"""

SECOND = "datetime64[s]"
DAY = np.dtype("datetime64[D]")


def read_known(known: Moment, last: AnyArray) -> np.datetime64:
    """Read the known time of a new batch; a bare day that is the last batch's is taken as its time.

    Args:
        known: ISO text, date, datetime without a zone, or datetime64.
        last: the known times of the batches so far.

    Raises:
        DataError: it is no time, or earlier than the last batch's.
    """
    time = _one_time(known)
    moment: np.datetime64 = time.astype(SECOND)
    if not len(last):
        return moment
    latest: np.datetime64 = last[-1]
    if time.dtype == DAY and time == latest.astype(DAY):
        return latest
    if moment < latest:
        raise DataError(f"known must not fall: the last batch was known at {latest}, got {known}")
    return moment


def batches_known(known: Known, recorded: AnyArray) -> int | Int64:
    """Find the last batch that a question may use: one for all, or one a row; -1 for none.

    Args:
        known: None for all batches, a batch number, a time, a day (all recorded up to its end), or
            an array of batch numbers, days or times.
        recorded: the known time of each batch, never falling.

    Raises:
        DataError: a batch number that does not exist, or what is neither number nor time.
    """
    if known is None:
        return len(recorded) - 1
    if isinstance(known, (str, dt.date)):
        known = _one_time(known)
    array = np.asarray(known)
    found = _batches_of(array, recorded)
    return int(found) if not array.ndim else np.asarray(found, np.int64)


def times(values: ArrayLike | dt.date) -> Draft:
    """Read a column of times as datetime64[s]: datetime64, dates, datetimes or ISO text."""
    try:
        array: AnyArray = np.asarray(values, SECOND)
    except (TypeError, ValueError):
        rows = np.zeros(1, np.int64)
        return Draft(np.zeros(1, SECOND), faults=(Fault(rows, [str(values)], "a time"),))
    bad = np.flatnonzero(np.isnat(np.atleast_1d(array)))
    faults = (Fault(bad, ["NaT"] * len(bad), "a time"),) if len(bad) else ()
    return Draft(array, array.ndim == 0, faults)


def _batches_of(array: AnyArray, recorded: AnyArray) -> Any:
    """Turn batch numbers or times into batch numbers."""
    if array.dtype.kind == "M":
        moment = array.astype(SECOND)
        if array.dtype == DAY:
            moment = (array + 1).astype(SECOND) - 1
        return np.searchsorted(recorded, moment, side="right") - 1
    if array.dtype.kind not in "iu":
        raise DataError(f"known is a batch number, a day or a time, got {array.dtype}")
    outside = (array < -1) | (array >= len(recorded))
    if outside.any():
        wrong = np.atleast_1d(array)[np.atleast_1d(outside)][0]
        raise DataError(f"there is no batch {wrong}: the ledger has {len(recorded)}, from 0")
    return array


def _one_time(known: Any) -> np.datetime64:
    """Read one time; a value without a time of day stays a day."""
    if getattr(known, "tzinfo", None) is not None:
        raise DataError(f"a known time has no time zone, got {known}; bring the firm's own time")
    try:
        time = np.datetime64(known)
    except (TypeError, ValueError):
        raise DataError(f"known must be a day or a time, got {known!r}") from None
    if np.isnat(time):
        raise DataError(f"known must be a day or a time, got {known!r}")
    if np.datetime_data(time.dtype)[0] in {"Y", "M", "W"}:
        raise DataError(f"known must be a day or a time, got {known!r}; a month has many days")
    return time
