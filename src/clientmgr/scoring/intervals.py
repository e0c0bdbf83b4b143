"""How firm a score is: weights within which no grade changes, and what the next grade still needs.

The band edges are those of the ladder, in points. Both reports take rounding into account: a
score stands where its printed value stands.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.facts import MeasureColumn
from clientmgr.scoring.card import Criterion
from clientmgr.scoring.compute import score
from clientmgr.scoring.conditions import Judge
from clientmgr.scoring.exact import Exact, round_whole
from clientmgr.scoring.levels import level_column, read_number, show
from clientmgr.scoring.scores import Scores
from clientmgr.tables import AnyArray, Coded, Flags, Floats, Id, Int64, Result, freeze

__all__ = ["Distances", "WeightIntervals", "find_distances", "weight_intervals"]

Ends = Literal["below", "upto"]
HUNDRED = 100.0
NO_EDGE = np.iinfo(np.int64).max


@attrs.frozen(eq=False, repr=False, slots=False)
class WeightIntervals(Result):
    """For each row and criterion the weights at which the row stays in its band.

    While one weight changes, the others keep their proportions, so that all still sum to one. The
    numbers are floats, good to some 1e-12: they are a report, nothing is paid by them.

    Attributes:
        manager: whose score.
        names: the criteria.
        low: (rows, criteria) the smallest weight without a change of band.
        high: (rows, criteria) the largest one.
        weight: (rows, criteria) the weight that counts now.
    """

    manager: Coded
    names: tuple[str, ...]
    low: Floats
    high: Floats
    weight: Floats

    def __repr__(self) -> str:
        """Say how far the tightest weight is from changing somebody's band."""
        room = np.minimum(self.weight - self.low, self.high - self.weight)
        tight = f", tightest by {room.min():.2%}" if room.size else ""
        return f"WeightIntervals({len(self.low):,} rows, {len(self.names)} criteria{tight})"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the interval of each row and criterion, one row each."""
        rows, count = self.low.shape
        return {
            "manager": np.repeat(np.asarray(self.manager), count),
            "criterion": np.tile(np.array(self.names, str), rows),
            "low": self.low.reshape(-1),
            "weight": self.weight.reshape(-1),
            "high": self.high.reshape(-1),
        }


def weight_intervals(scores: Scores, edges: Iterable[Any], *, ends: Ends = "below") -> WeightIntervals:
    """Find the weights within which no score leaves its band, in closed form.

    A score is linear in one weight, the others in proportion, so each band edge is met at one
    weight. O(rows x criteria).

    Args:
        scores: the scores.
        edges: rising band edges in points, as those of `Bands`.
        ends: whether an edge belongs to the band above it ("below") or below it ("upto").

    Example:
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, score, weight_intervals
        >>> card = Scorecard(
        ...     name="c",
        ...     criteria=(Criterion("a", "50%", target=10), Criterion("b", "50%", target=10)),
        ... )
        >>> half = Measures(manager=["M1"], period="2026H2", values={"a": [10], "b": [5]})
        >>> found = weight_intervals(score(half, card), ["70", "80"])
        >>> [(round(float(found.low[0, k]), 4), round(float(found.high[0, k]), 4)) for k in (0, 1)]
        [(0.3999, 0.5999), (0.4001, 0.6001)]
    """
    card, count = scores.card, len(scores.card.criteria)
    parts = np.column_stack([part.floats() for part in scores.parts])
    share = np.column_stack([share.floats() for share in scores.attained])
    points = parts[:, :count]
    stated = np.array([float(criterion.weight) for criterion in card.criteria])
    full = np.where(share != 0, share * HUNDRED, 1.0)
    weight = np.where(share != 0, points / full, stated)
    loose = [name != "limits" for name in scores.lines]
    total = parts[:, loose].sum(axis=1)
    low_edge, high_edge = _thresholds(scores, _units(edges, scores, ends))
    others = np.where(weight < 1, (points.sum(axis=1)[:, None] - points), 0.0)
    others = others / np.where(weight < 1, 1 - weight, 1.0)
    fixed = (total - points.sum(axis=1))[:, None] + others
    slope = share * HUNDRED - others
    flat = np.abs(slope) < 1e-12  # noqa: PLR2004 - a slope of rounding errors only
    steep = np.where(flat, 1.0, slope)
    ends_at = [(edge[:, None] - fixed) / steep for edge in (low_edge, high_edge)]
    low = np.where(flat, 0.0, np.where(slope > 0, ends_at[0], ends_at[1]))
    high = np.where(flat, 1.0, np.where(slope > 0, ends_at[1], ends_at[0]))
    low = np.minimum(np.clip(low, 0, 1), weight)
    high = np.maximum(np.clip(high, 0, 1), weight)
    names = tuple(criterion.measure for criterion in card.criteria)
    return WeightIntervals(scores.manager, names, freeze(low), freeze(high), freeze(weight))


@attrs.frozen(eq=False, repr=False, slots=False)
class Distances(Result):
    """What each row lacks to the next band, if one measure alone makes it up.

    Attributes:
        scores: the scores.
        edge: the first printed score of the next band in units of the score; NO_EDGE (the
            largest int64) for those in the highest band.
        need: (rows, criteria) change of the measure in its units (fen for money), in the
            direction that is better.
        reachable: (rows, criteria) whether the measure alone can do it.
    """

    scores: Scores
    edge: Int64
    need: Int64
    reachable: Flags

    def __repr__(self) -> str:
        """Count who has a next band, and who can reach it by one measure."""
        next_band = int((self.edge != NO_EDGE).sum())
        return (
            f"Distances({len(self.edge):,} rows, {next_band:,} with a next band, "
            f"{int(self.reachable.any(axis=1).sum()):,} reach it by one measure)"
        )

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the need of each row and criterion, one row each; None where it cannot do it."""
        names = [criterion.measure for criterion in self.scores.card.criteria]
        need = self.need.astype(object)
        need[~self.reachable] = None
        return {
            "manager": np.repeat(np.asarray(self.scores.manager), len(names)),
            "criterion": np.tile(np.array(names, str), len(self.edge)),
            "need": need.reshape(-1),
        }

    def explain(self, manager: Id) -> str:
        """Write what one manager lacks to the next band."""
        row = self.scores.measures.row(manager)
        if self.edge[row] == NO_EDGE:
            return f"{manager} is in the highest band"
        scale = 10**self.scores.card.places
        goal = show(Fraction(int(self.edge[row]), scale))
        ways = [self._way(k, row) for k in np.flatnonzero(self.reachable[row]).tolist()]
        told = ", or ".join(ways) or "no single measure is enough"
        return f"{manager} reaches {goal} points by {told}"

    def _way(self, k: int, row: int) -> str:
        """Write one measure's change."""
        criterion = self.scores.card.criteria[k]
        column = self.scores.measures[criterion.measure]
        sign = "+" if criterion.direction == "higher" else "-"
        need = Fraction(int(self.need[row, k]), column.unit)
        return f"{sign}{show(need, column.kind)} {criterion.measure}"


def find_distances(scores: Scores, edges: Iterable[Any], *, ends: Ends = "below") -> Distances:
    """Find how much more of each measure alone would lift each score into the next band.

    The least whole number of units (fen, events, hundredths of a per cent) that does it, found by
    halving: the score never falls as a measure gets better. Relative criteria are left out: there
    the colleagues decide. O(rows x criteria^2 x log of the distance).

    Args:
        scores: the scores.
        edges: rising band edges in points.
        ends: whether an edge belongs to the band above it ("below") or below it ("upto").

    Example:
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, find_distances, score
        >>> card = Scorecard(
        ...     name="c",
        ...     criteria=(Criterion("a", "50%", target=10), Criterion("b", "50%", target=10)),
        ... )
        >>> half = Measures(manager=["M1"], period="2026H2", values={"a": [8], "b": [5]})
        >>> print(find_distances(score(half, card), ["70"]).explain("M1"))
        M1 reaches 70 points by +1 a, or +1 b
    """
    goals = _units(edges, scores, ends)
    place = np.searchsorted(goals, scores.units, "right")
    edge = np.append(goals, NO_EDGE)[place]
    criteria = scores.card.criteria
    need = np.zeros((len(scores), len(criteria)), np.int64)
    reachable = np.zeros(need.shape, bool)
    for k, criterion in enumerate(criteria):
        if not criterion.relative:
            need[:, k], reachable[:, k] = _halve(scores, criterion, edge)
    return Distances(scores, freeze(edge), freeze(need), freeze(reachable))


def _units(edges: Iterable[Any], scores: Scores, ends: Ends) -> Int64:
    """Give the lowest printed score of the band above each edge, in units of the score.

    Raises:
        RuleError: the edges do not rise.
    """
    exact = [read_number(edge) * 10**scores.card.places for edge in edges]
    if any(b <= a for a, b in pairwise(exact)):
        raise RuleError(f"band edges must rise, got {[show(edge) for edge in exact]}")
    first = [math.ceil(edge) if ends == "below" else math.floor(edge) + 1 for edge in exact]
    return np.array(first, np.int64)


def _thresholds(scores: Scores, goals: Int64) -> tuple[Floats, Floats]:
    """Give the sums of points between which each row stays in its band, before limits."""
    place = np.searchsorted(goals, scores.units, "right")
    scale = 10.0**scores.card.places
    exact = [_before_rounding(goal, scores.card.rounding) / scale for goal in goals.tolist()]
    low = np.array([-np.inf, *exact])[place]
    high = np.array([*exact, np.inf])[place]
    ceiling, floor = _limits(scores)
    bounds_low = np.array([-NO_EDGE, *goals])[place]
    bounds_high = np.array([*goals, NO_EDGE])[place]
    return (
        np.where(floor >= bounds_low, -np.inf, low),
        np.where(ceiling < bounds_high, np.inf, high),
    )


def _before_rounding(goal: int, rounding: str) -> float:
    """Give the smallest number that is rounded to a whole one (the edge itself aside)."""
    if rounding == "down":
        return float(goal if goal > 0 else goal - 1)
    return goal - 0.5


def _limits(scores: Scores) -> tuple[Int64, Int64]:
    """Give the highest and the lowest printed score that limits and gates allow each row."""
    card, rows = scores.card, len(scores)
    scale = 10**card.places
    high = np.full(rows, NO_EDGE)
    if card.highest is not None:
        high = np.minimum(high, _rounded(card.highest * scale, card.rounding))
    low = np.full(rows, _rounded(card.lowest * scale, card.rounding))
    judge = Judge(scores.measures)
    for gate in card.gates:
        shut = judge.decide(gate.when)
        at_most = _rounded(gate.at_most * scale, card.rounding)
        high = np.where(shut, np.minimum(high, at_most), high)
    return high, np.minimum(low, high)


def _rounded(number: Fraction, rounding: Any) -> int:
    """Round one number as the card does."""
    whole = round_whole(np.array([number.numerator], object), number.denominator, rounding)
    return int(whole[0])


def _halve(scores: Scores, criterion: Criterion, edge: Int64) -> tuple[Int64, Flags]:
    """Find the least change of one measure that reaches the edge in each row."""
    column = scores.measures[criterion.measure]
    fails = np.zeros(len(edge), np.int64)
    works = _reach(scores, criterion, column)
    reached = _changed(scores, criterion, column, works) >= edge
    reached &= ~column.missing & (edge != NO_EDGE)
    while (reached & (works - fails > 1)).any():
        middle = fails + (works - fails) // 2
        enough = _changed(scores, criterion, column, middle) >= edge
        works, fails = np.where(enough, middle, works), np.where(enough, fails, middle)
    return np.where(reached, works, 0), reached


def _changed(scores: Scores, criterion: Criterion, column: MeasureColumn, more: Int64) -> Int64:
    """Give the printed scores with one measure changed for the better."""
    sign = 1 if criterion.direction == "higher" else -1
    better = MeasureColumn(column.kind, freeze(column.units + sign * more), column.missing, column.places)
    changed = scores.measures.with_values(**{criterion.measure: better})
    return score(changed, scores.card).units


def _reach(scores: Scores, criterion: Criterion, column: MeasureColumn) -> Int64:
    """Bound the change after which a measure earns all that it can."""
    last = max([Fraction(1), criterion.cap, *(x for x, _ in criterion.curve.points)])
    if criterion.bonus is not None and criterion.bonus.each:
        last = max(last, 1 + criterion.bonus.most / criterion.bonus.each / 100)
    measures = scores.measures
    target, floor = (level_column(x, measures) for x in (criterion.target, criterion.floor))
    for name in ["presence"] * criterion.prorate + [criterion.elastic] * bool(criterion.elastic):
        by = measures[name]
        scale = Exact(np.where(by.missing, by.unit, by.units), by.unit)
        target, floor = target * scale, floor * scale
    full = (floor + (target - floor) * last) * column.unit
    gap = full.spread(len(column)) - Exact(column.units)
    if criterion.direction == "lower":
        gap = gap * -1
    most: Int64 = np.maximum(round_whole(gap.num, gap.den, "half_up"), 0) + 1
    return most
