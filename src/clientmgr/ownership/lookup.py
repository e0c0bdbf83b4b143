"""The as-of look-up: which mark holds for a client on a day, as known at a batch. Kernels on plain arrays."""

from typing import Final

import numpy as np

from clientmgr.ownership.kinds import CLOSED, NOT_OPEN, UNKNOWN_CLIENT
from clientmgr.ownership.marks import Marks, Snapshot
from clientmgr.tables import AnyArray, Codes, Flags

__all__ = ["last_on_or_before", "look_up", "look_up_as_known", "next_standing", "step_back"]

CHUNK: Final = 1 << 16
WIDE_STEP: Final = 16
PLAIN_STEPS: Final = 8


def look_up(snapshot: Snapshot, client: AnyArray, day: AnyArray) -> Codes:
    """Find the mark of a snapshot that holds for each (client, day).

    Args:
        snapshot: the calendars as known at one batch.
        client: int32 client codes; negative for a client unknown to the ledger.
        day: int32 day numbers.

    Returns:
        int32 places in `snapshot.marks`, or UNKNOWN_CLIENT, NOT_OPEN, CLOSED. O(log m) a query in
        the marks m of the client with most marks, without branches.
    """
    marks = snapshot.marks
    place = last_on_or_before(marks.start, marks.valid, client, day)
    if snapshot.has_closings:
        place[snapshot.is_closed.take(place, mode="clip") & (place >= 0)] = CLOSED
    return place


def look_up_as_known(marks: Marks, client: AnyArray, day: AnyArray, batch: AnyArray) -> Codes:
    """Find the mark that holds for each (client, day) as known after each row's own batch.

    Args:
        marks: all marks.
        client: int32 client codes; negative for a client unknown to the ledger.
        day: int32 day numbers.
        batch: the last batch that counts, a row each; -1 for none.

    Returns:
        int32 places in `marks`, or UNKNOWN_CLIENT, NOT_OPEN, CLOSED.
    """
    place = last_on_or_before(marks.start, marks.valid, client, day)
    asked = np.flatnonzero(place >= 0)
    if not len(asked):
        return place
    found = place[asked] if len(asked) < len(place) else place
    floor = marks.start[client[asked]] if len(asked) < len(place) else marks.start[client]
    found = step_back(marks.born, marks.dies, found, floor, batch[asked])
    shut = marks.value[found] == CLOSED
    place[asked] = np.where(found < 0, NOT_OPEN, np.where(shut, CLOSED, found))
    return place


def last_on_or_before(start: Codes, valid: Codes, client: AnyArray, day: AnyArray) -> Codes:
    """Find in each client's stretch of ascending days the last row that is not later than the day.

    Returns:
        int32 rows; NOT_OPEN where the stretch has none, UNKNOWN_CLIENT where the client code is
        negative.
    """
    found = np.empty(len(client), np.int32)
    longest = int(np.diff(start).max(initial=0))
    if not longest:
        found[:] = NOT_OPEN
        found[client < 0] = UNKNOWN_CLIENT
        return found
    padded = np.append(start, start[-1])
    top = 1 << (longest.bit_length() - 1)
    for begin in range(0, len(client), CHUNK):
        part = slice(begin, begin + CHUNK)
        _probe(padded, valid, client[part], day[part], top, found[part])
    return found


def step_back(born: Codes, dies: Codes, place: AnyArray, floor: AnyArray, batch: AnyArray) -> AnyArray:
    """Walk from each place back to the nearest row that is the word of its day at the batch.

    A row is, from the batch `born` up to before the batch `dies`. The walk ends before `floor`: -1.
    After a few single steps it leaps over whole blocks by a doubling table of their least `born`
    and greatest `dies`, so that a long late history stays O(log n) a query.
    """
    found = place.astype(np.int32, copy=True)
    active = np.flatnonzero(_dead(born, dies, found, batch))
    for _ in range(PLAIN_STEPS):
        if not len(active):
            return found
        found[active] -= 1
        active = _still_dead(born, dies, found, floor, batch, active)
    if len(active):
        _leap_back(born, dies, found, floor, batch, active)
    return found


def next_standing(born: Codes, dies: Codes, place: AnyArray, end: AnyArray, batch: AnyArray) -> AnyArray:
    """Walk from each place forward to the nearest row that is the word of its day at the batch.

    The walk ends at `end`: -1.
    """
    last = len(born) - 1
    found = np.full(len(place), -1, np.int32)
    asked = np.flatnonzero(place < end)
    mirrored = step_back(born[::-1], dies[::-1], last - place[asked], last - end[asked] + 1, batch[asked])
    found[asked] = np.where(mirrored < 0, -1, last - mirrored)
    return found


def _probe(padded: Codes, valid: Codes, client: AnyArray, day: AnyArray, top: int, found: Codes) -> None:
    """Search the stretches of a chunk of queries by halving steps; the wide ones only where they can hit."""
    known = np.maximum(client, 0)
    floor = padded.take(known)
    end = padded.take(known + 1)
    np.subtract(floor, 1, out=found)
    step = top
    while step >= WIDE_STEP:
        _probe_wide(valid, day, found, end, step)
        step >>= 1
    ahead, value = np.empty_like(found), np.empty_like(found)
    inside, reached = np.empty(len(found), bool), np.empty(len(found), bool)
    while step:
        np.add(found, np.int32(step), out=ahead)
        valid.take(ahead, out=value, mode="clip")
        np.less_equal(value, day, out=reached)
        np.less(ahead, end, out=inside)
        reached &= inside
        np.multiply(reached, np.int32(step), out=ahead)
        found += ahead
        step >>= 1
    found[found < floor] = NOT_OPEN
    found[client < 0] = UNKNOWN_CLIENT


def _probe_wide(valid: Codes, day: AnyArray, found: Codes, end: Codes, step: int) -> None:
    """Try one wide step where the rest of the stretch is long enough for it; few clients have that many marks."""
    able = np.flatnonzero(found + step < end)
    if len(able):
        ahead = found[able] + step
        found[able] += (valid[ahead] <= day[able]) * np.int32(step)


def _dead(born: Codes, dies: Codes, place: AnyArray, batch: AnyArray) -> Flags:
    """Mark the places whose row is not the word of its day at the batch."""
    dead: Flags = (born.take(place) > batch) | (dies.take(place) <= batch)
    return dead


def _still_dead(
    born: Codes,
    dies: Codes,
    found: Codes,
    floor: AnyArray,
    batch: AnyArray,
    active: AnyArray,
) -> AnyArray:
    """Keep those walks that stand on a dead row; end those that fell off their stretch."""
    off = found[active] < floor[active]
    found[active[off]] = -1
    active = active[~off]
    return active[_dead(born, dies, found[active], batch[active])]


def _leap_back(born: Codes, dies: Codes, found: Codes, floor: AnyArray, batch: AnyArray, active: AnyArray) -> None:
    """Finish long walks by leaping over blocks in which every row is dead for one reason."""
    low, high = int(floor[active].min()), int(found[active].max()) + 1
    least, greatest = _doubling(born[low:high], np.minimum), _doubling(dies[low:high], np.maximum)
    while len(active):
        for level in reversed(range(len(least))):
            _leap(least[level], greatest[level], found, floor, batch, active, low, 1 << level)
        active = _still_dead(born, dies, found, floor, batch, active)


def _leap(
    least: AnyArray,
    greatest: AnyArray,
    found: Codes,
    floor: AnyArray,
    batch: AnyArray,
    active: AnyArray,
    low: int,
    width: int,
) -> None:
    """Take one leap of a width where the whole block behind a place is dead."""
    place = found[active]
    fits = active[place - width + 1 >= floor[active]]
    at = found[fits] - low
    clear = (least[at] > batch[fits]) | (greatest[at] <= batch[fits])
    found[fits[clear]] -= width


def _doubling(values: AnyArray, best: np.ufunc) -> list[AnyArray]:
    """Give for each width 1, 2, 4 ... the best value of the block that ends at each place."""
    tables = [values]
    width = 1
    while 2 * width <= len(values):
        wider = tables[-1].copy()
        wider[width:] = best(tables[-1][width:], tables[-1][:-width])
        tables.append(wider)
        width *= 2
    return tables
