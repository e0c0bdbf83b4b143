"""Steps between rows: from managers to their item rows and back, to another manager, among peers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clientmgr.formula import rows as nodes
from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, Marks, first_mark
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.numbers import Bools, Ints, Numbers

__all__ = ["FUNCTIONS", "spread"]

Args = Sequence[Column]
NO_ROW = "no row"


def spread(step: Step, args: Args, frame: Frame) -> Column:
    """Give each item row the figure of its manager."""
    return args[0].take(frame.items[step.grain or ""].owner)


def _total(step: Step, args: Args, frame: Frame) -> Column:
    """Fold each manager's own item rows."""
    node: nodes.Total = step.node  # type: ignore[assignment]
    items = frame.items[node.table]
    where = None if node.where is None else args[-1].full(items.count)
    chosen, owner = _chosen(where, items.owner)
    if node.how == "count":
        result = frame.whole(np.bincount(owner, minlength=frame.rows))
    else:
        taken = args[0].full(items.count).take(chosen)
        result = _fold(step, node.how, taken, owner, frame)
    if where is not None and where.mark is not None:
        first = _first_marks(where.mark, items.owner, frame.rows)
        result = Column(result.data, first_mark([first, result.mark]))
    return result


def _chosen(where: Column | None, owner: Ints) -> tuple[Any, Ints]:
    """Find the rows that count, and their managers."""
    if where is None:
        return slice(None), owner
    sure = where.flags if where.mark is None else where.flags & (where.mark == 0)
    return np.flatnonzero(sure), owner[sure]


def _fold(step: Step, how: str, taken: Column, owner: Ints, frame: Frame) -> Column:
    """Fold chosen rows by manager."""
    marks = None if taken.mark is None else _first_marks(taken.mark, owner, frame.rows)
    if how in ("max", "min"):
        data, empty = _extreme(taken.numbers, owner, frame, largest=how == "max")
    else:
        data = taken.numbers.group_sums(owner, frame.rows)
        empty = np.zeros(1, dtype=np.bool_)
    if how == "mean":
        sizes = frame.numbers.of_integers(np.bincount(owner, minlength=frame.rows))
        data, empty = data.over(sizes)
    return frame.refused(Column(data, marks), empty, step, NO_ROW)


def _extreme(numbers: Numbers, groups: Ints, frame: Frame, *, largest: bool) -> tuple[Numbers, Bools]:
    """Find the largest or smallest of each group, and say which groups are empty."""
    return _extreme_of(numbers, groups, frame.rows, frame, largest=largest)


def _extreme_of(numbers: Numbers, groups: Ints, count: int, frame: Frame, *, largest: bool) -> tuple[Numbers, Bools]:
    """Find the extreme of each of so many groups by the order of the values."""
    if not len(groups):
        return frame.constant(0).take(slice(None)), np.ones(count, dtype=np.bool_)
    order = numbers.order()
    best = np.full(count, -1 if largest else len(order), dtype=np.int64)
    (np.maximum if largest else np.minimum).at(best, groups, order)
    empty: Bools = (best < 0) | (best == len(order))
    _, row_of = np.unique(order, return_index=True)
    return numbers.take(row_of[np.where(empty, 0, best)]), empty


def _first_marks(mark: Marks, groups: Ints, count: int) -> Marks:
    """Give each group the mark of its first marked row."""
    result = np.zeros(count, dtype=np.int32)
    bad = np.flatnonzero(np.broadcast_to(mark, groups.shape))[::-1]
    result[groups[bad]] = np.broadcast_to(mark, groups.shape)[bad]
    return result


def _at(step: Step, args: Args, frame: Frame) -> Column:
    """Take a figure of the manager to whom a row points."""
    pointer, take = args
    if len(take.data) == 1 and (take.mark is None or len(take.mark) == 1):
        there = take
    else:
        start = frame.starts[frame.period_rows(step.grain)]
        there = take.take(np.maximum(pointer.codes, 0) + start)
    return Column(there.data, first_mark([pointer.mark, there.mark]))


def _peers(step: Step, args: Args, frame: Frame) -> Column:
    """Compare each row with its group."""
    node: nodes.Peers = step.node  # type: ignore[assignment]
    rows = frame.count(step.grain)
    rest = [arg.full(rows) for arg in args]
    of = rest.pop(0)
    within = [rest.pop(0) for _ in node.within]
    where = rest.pop(0) if node.where is not None else None
    tie = rest.pop(0) if node.tie is not None else None
    groups, count = _groups(within, frame.period_rows(step.grain))
    outside = first_mark([group.mark for group in within])
    chosen = np.ones(rows, dtype=np.bool_) if outside is None else outside == 0
    spoilt = _spoilt([where], chosen, groups, count)
    if where is not None:
        chosen = chosen & where.flags & (True if where.mark is None else where.mark == 0)
    spoilt = first_mark([spoilt, _spoilt([of, tie], chosen, groups, count)])
    result = _figure(step, of, tie, (np.flatnonzero(chosen), groups, count), frame)
    marks = None if spoilt is None else spoilt[groups]
    return Column(result.data, first_mark([outside, marks, result.mark]))


def _spoilt(columns: list[Column | None], chosen: Bools, groups: Ints, count: int) -> Marks | None:
    """Mark the groups in which a chosen row is undefined."""
    mark = first_mark([None if column is None else column.mark for column in columns])
    if mark is None:
        return None
    return _first_marks(np.where(chosen, mark, 0).astype(np.int32), groups, count)


def _groups(within: list[Column], period: Ints) -> tuple[Ints, int]:
    """Number the groups: rows of one period that agree in all that parts them."""
    groups = np.unique(period, return_inverse=True)[1].reshape(-1)
    for column in within:
        codes = column.numbers.order() if isinstance(column.data, Numbers) else column.data
        _, own = np.unique(codes, return_inverse=True)
        pairs = groups * (int(own.max(initial=0)) + 1) + own.reshape(-1)
        groups = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    return groups.astype(np.int64), int(groups.max(initial=-1)) + 1


Grouping = tuple[Ints, Ints, int]


def _figure(step: Step, of: Column, tie: Column | None, grouping: Grouping, frame: Frame) -> Column:
    """Compute the figure of a group of chosen rows."""
    node: nodes.Peers = step.node  # type: ignore[assignment]
    chosen, groups, count = grouping
    own = groups[chosen]
    if node.take == "count":
        counted = own if isinstance(of.data, Numbers) or of.data.dtype != np.bool_ else own[of.flags[chosen]]
        return frame.whole(np.bincount(counted, minlength=count)[groups])
    if node.take == "rank":
        return _rank(step, of, tie, grouping, frame)
    numbers = _numbers(of, frame).take(chosen)
    if node.take in ("max", "min"):
        best, empty = _extreme_of(numbers, own, count, frame, largest=node.take == "max")
        return frame.refused(Column(best).take(groups), empty[groups], step, NO_ROW)
    sums = numbers.group_sums(own, count)
    if node.take == "sum":
        return Column(sums).take(groups)
    mean, empty = sums.over(frame.numbers.of_integers(np.bincount(own, minlength=count)))
    return frame.refused(Column(mean).take(groups), empty[groups], step, NO_ROW)


def _numbers(column: Column, frame: Frame) -> Numbers:
    """Count a flag's yes as 1."""
    if isinstance(column.data, Numbers):
        return column.data
    return frame.numbers.of_integers(column.flags.astype(np.int64))


def _rank(step: Step, of: Column, tie: Column | None, grouping: Grouping, frame: Frame) -> Column:
    """Rank chosen rows within their groups; equal ones share the better rank."""
    node: nodes.Peers = step.node  # type: ignore[assignment]
    chosen, groups, _ = grouping
    rows = len(groups)
    key = of.numbers.take(chosen).order()
    key = -key if node.order == "largest" else key
    if tie is not None:
        second = tie.numbers.take(chosen).order()
        key = key * (int(second.max(initial=0)) + 1) - second
    own = groups[chosen]
    order = np.lexsort((key, own))
    new_group = np.diff(own[order], prepend=-1) != 0
    new_value = new_group | (np.diff(key[order], prepend=0) != 0)
    place = np.arange(len(order))
    start = np.maximum.accumulate(np.where(new_group, place, 0))
    best = np.maximum.accumulate(np.where(new_value, place, 0))
    ranks = np.zeros(rows, dtype=np.int64)
    ranks[chosen[order]] = best - start + 1
    left_out = np.ones(rows, dtype=np.bool_)
    left_out[chosen] = False
    return frame.refused(frame.whole(ranks), left_out, step, "left out of its peers")


FUNCTIONS: dict[type[Formula], Callable[[Step, Args, Frame], Column]] = {
    nodes.Total: _total,
    nodes.At: _at,
    nodes.Peers: _peers,
}
