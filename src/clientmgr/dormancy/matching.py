"""Finding, for many questions at once, the first event of a key on or after a day."""

import numpy as np

from clientmgr.tables import AnyArray, Int64

__all__ = ["first_from"]


def first_from(key: AnyArray, days: Int64, tie: AnyArray, asked_key: AnyArray, asked_day: Int64) -> Int64:
    """Find for each question the first event of its key that is not before its day; -1 for none.

    Args:
        key: number of the key of each event.
        days: day number of each event.
        tie: what orders the events of one key and day.
        asked_key: the key of each question.
        asked_day: the day of each question.

    Returns:
        Rows of events. O(n log n) in events and questions.
    """
    if not len(key):
        return np.full(len(asked_key), -1)
    order = np.lexsort((tie, days, key))
    low, width = int(days.min()), int(days.max() - days.min()) + 2
    packed = key[order].astype(np.int64) * width + (days[order] - low)
    since = (asked_day - low).clip(0, width - 1)
    place = np.searchsorted(packed, asked_key.astype(np.int64) * width + since)
    found = order[place.clip(max=len(order) - 1)]
    hit = (place < len(order)) & (key[found] == asked_key)
    return np.where(hit, found, -1)
