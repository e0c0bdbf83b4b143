"""Kernels of dormancy: when a client is due, and what its assets were over a window."""

from typing import Any

import attrs
import numpy as np

from clientmgr.periods import add_months
from clientmgr.tables import AnyArray, Days, Fen, Flags, Int64

__all__ = ["WindowAssets", "due_days", "last_activity", "window_assets", "window_start"]

NAT = np.iinfo(np.int64).min


def due_days(last: Days, months: int) -> Days:
    """Add months to each day, counted forward; NaT stays NaT.

    Through a table over the days that occur: O(n + days between the first and the last).
    """
    number = last.view(np.int64)
    known = number != NAT
    if not known.any():
        return last.copy()
    low = int(number.min(where=known, initial=np.iinfo(np.int64).max))
    high = int(number.max())
    table = np.empty(high - low + 2, np.int64)
    every = np.arange(low, high + 1).view("datetime64[D]")
    table[:-1] = add_months(every, months).view(np.int64)
    table[-1] = NAT
    place = number - low
    if not known.all():
        place[~known] = high - low + 1
    due: Days = table[place].view("datetime64[D]")
    return due


def window_start(on: np.datetime64, months: int) -> np.datetime64:
    """Find the first day from which `months` months, counted forward, reach beyond a day."""
    every = add_months(on, -months) + np.arange(5)
    first: np.datetime64 = every[int((add_months(every, months) > on).argmax())]
    return first


def last_activity(rows: AnyArray, dates: Days, clients: int) -> Days:
    """Find the latest date of each client among events; NaT for none. O(events)."""
    last = np.full(clients, NAT)
    np.maximum.at(last, rows, dates.view(np.int64))
    return last.view("datetime64[D]")


@attrs.frozen(eq=False)
class WindowAssets:
    """What the valuations say of each client's assets over a window.

    Attributes:
        answered: whether a valuation was in force on some day that counts.
        month_ends: the largest at a month end, in fen.
        average: over the days answered, in fen, rounded up (so it is at most a whole limit exactly
            if the average is).
        maximum: the largest on any day, in fen.
    """

    answered: dict[str, Flags]
    month_ends: Fen
    average: Fen
    maximum: Fen


def window_assets(
    rows: AnyArray, dates: Days, assets: Fen, *, clients: int, start: np.datetime64, on: np.datetime64
) -> WindowAssets:
    """Read valuations as steps, each in force up to the day before the client's next one, over a window.

    Args:
        rows: the client of each valuation, as a row number.
        dates: its day.
        assets: its amount in fen.
        clients: how many clients there are.
        start: first day of the window.
        on: its last day.
    """
    order = np.lexsort((dates, rows))
    row, value = rows[order], assets[order]
    first = dates[order].view(np.int64)
    last = _days_in_force(row, first)
    first = np.maximum(first, start.astype(np.int64))
    last = np.minimum(last, on.astype(np.int64))
    inside = last >= first
    row, value, first, last = (column[inside] for column in (row, value, first, last))
    ending = _month_ends_until(last) > _month_ends_until(first - 1)
    days = last - first + 1
    covered = np.bincount(row, days, minlength=clients).astype(np.int64)
    return WindowAssets(
        answered={
            "month_ends": _any(row[ending], clients),
            "average": covered > 0,
            "maximum": covered > 0,
        },
        month_ends=_largest(row[ending], value[ending], clients),
        average=_average(row, value, days, covered),
        maximum=_largest(row, value, clients),
    )


def _days_in_force(row: AnyArray, first: Int64) -> Int64:
    """Give the last day on which each of the sorted valuations is in force."""
    last = np.full(len(row), np.iinfo(np.int64).max)
    same = row[1:] == row[:-1]
    last[:-1][same] = first[1:][same] - 1
    return last


def _month_ends_until(days: Int64) -> Int64:
    """Number the month ends up to each day."""
    following = (days + 1).view("datetime64[D]")
    return following.astype("datetime64[M]").astype(np.int64)


def _any(row: AnyArray, clients: int) -> Flags:
    """Mark the clients that have a row."""
    there = np.zeros(clients, bool)
    there[row] = True
    return there


def _largest(row: AnyArray, value: Fen, clients: int) -> Fen:
    """Find the largest value of each client; 0 for none."""
    most = np.full(clients, NAT)
    np.maximum.at(most, row, value)
    return np.where(most == NAT, 0, most)


def _average(row: AnyArray, value: Fen, days: Int64, covered: Int64) -> Fen:
    """Average the values of each client over its days, rounded up; exact also beyond 64 bits."""
    largest = int(np.abs(value).max(initial=0)) * int(covered.max(initial=0))
    kind: Any = np.int64 if largest < 1 << 62 else object
    total = np.zeros(len(covered), kind)
    np.add.at(total, row, value.astype(kind) * days.astype(kind))
    per = np.maximum(covered, 1).astype(kind)
    average: Fen = (-((-total) // per)).astype(np.int64)
    return average
