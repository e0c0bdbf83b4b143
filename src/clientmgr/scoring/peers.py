"""Values seen against those of colleagues: ratios to the others' mean, percentiles among others.

Both leave the manager's own value out of the standard that it is held against, so nobody moves
the own benchmark.
"""

import numpy as np

from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring.card import Criterion
from clientmgr.scoring.exact import Exact
from clientmgr.tables import Int64

__all__ = ["against_peers"]


def against_peers(criterion: Criterion, measures: Measures) -> Exact:
    """Give the value of each row relative to its peers: those of its period and peer label.

    A row without peers, or against a mean of others of zero or less, is as at par: 1 for a mean,
    1/2 for a percentile. Missing rows count for nobody; their own result means nothing.
    """
    column = measures[criterion.measure]
    group = _groups(criterion, measures)
    there = np.where(column.missing, -1, group)
    if criterion.relative == "mean":
        return _to_mean(column, there)
    return _percentile(column, there)


def _groups(criterion: Criterion, measures: Measures) -> Int64:
    """Number the peer group of each row."""
    period = measures.period.codes.astype(np.int64)
    if not criterion.peers:
        return period
    label = measures.label(criterion.peers)
    return period * (len(label.vocabulary) + 1) + label.codes + 1


def _to_mean(column: MeasureColumn, group: Int64) -> Exact:
    """Divide each value by the mean of the others: own x (n - 1) / (sum - own)."""
    _, number = np.unique(group, return_inverse=True)
    values = np.where(group < 0, 0, column.units).astype(object)
    total = np.zeros(int(number.max(initial=0)) + 1, object)
    np.add.at(total, number, values)
    count = np.bincount(number[group >= 0], minlength=len(total))
    others = total[number] - values
    several = (count[number] > 1) & (others > 0) & (group >= 0)
    above = np.where(several, values * (count[number] - 1), 1)
    return Exact(above, np.where(several, others, 1))


def _percentile(column: MeasureColumn, group: Int64) -> Exact:
    """Give the share of the others that each value is above, equal ones counting half."""
    rows = len(group)
    order = np.lexsort((column.units, group))
    sorted_group, sorted_units = group[order], column.units[order]
    starts = np.searchsorted(sorted_group, sorted_group, "left")
    ends = np.searchsorted(sorted_group, sorted_group, "right")
    tied_from, tied_to = _ties(sorted_group, sorted_units)
    twice_below = np.empty(rows, np.int64)
    twice_below[order] = 2 * (tied_from - starts) + (tied_to - tied_from - 1)
    others = np.empty(rows, np.int64)
    others[order] = ends - starts - 1
    alone = (others == 0) | (group < 0)
    return Exact(np.where(alone, 1, twice_below), np.where(alone, 2, 2 * others))


def _ties(group: Int64, units: Int64) -> tuple[Int64, Int64]:
    """Give where the run of equal values begins and ends for each sorted row."""
    new = np.ones(len(group), bool)
    new[1:] = (group[1:] != group[:-1]) | (units[1:] != units[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(group))
    run = np.cumsum(new) - 1
    return starts[run], ends[run]
