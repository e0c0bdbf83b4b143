"""How firm a score is."""

from fractions import Fraction

import attrs
import numpy as np
import pytest
from hypothesis import assume, given, settings

from clientmgr.errors import DataError, RuleError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring import (
    Criterion,
    Gate,
    Scorecard,
    Scores,
    above,
    find_distances,
    score,
    weight_intervals,
)
from clientmgr.testing.scoring import ScoringCase, cases

EDGES = (20, 50, 80)


def band(scores: Scores) -> list[int]:
    """Number the band of each score."""
    return [sum(points >= edge for edge in EDGES) for points in scores.score]


def scored(case: ScoringCase) -> Scores:
    """Score a case; leave out those in which too much is missing."""
    try:
        return score(case.measures, case.card)
    except DataError as error:
        assume("cannot reweigh" not in str(error))
        raise


def reweighted(card: Scorecard, k: int, weight: Fraction) -> Scorecard:
    """Give one criterion another weight, the others keeping their proportions."""
    old = card.criteria[k].weight
    criteria = tuple(
        attrs.evolve(c, weight=weight if i == k else c.weight * (1 - weight) / (1 - old))
        for i, c in enumerate(card.criteria)
    )
    return attrs.evolve(card, criteria=criteria)


@settings(max_examples=30)
@given(cases(max_rows=3))
def test_no_band_changes_within_an_interval_and_one_does_beyond(case: ScoringCase) -> None:
    """The closed form agrees with scoring again, a little inside and a little outside."""
    assume(len(case.card.criteria) > 1 and all(c.missing != "reweigh" for c in case.card.criteria))
    scores = scored(case)
    found = weight_intervals(scores, EDGES)
    now = band(scores)
    for k in range(len(case.card.criteria)):
        for row in range(len(scores)):
            low, high = found.low[row, k], found.high[row, k]
            for end, inward in ((low, 1), (high, -1)):
                inside = Fraction(float(end)) + Fraction(inward, 10**7)
                outside = Fraction(float(end)) - Fraction(inward, 10**7)
                if low < inside < high and 0 < inside < 1:
                    again = score(case.measures, reweighted(case.card, k, inside))
                    assert band(again)[row] == now[row]
                if 0 < outside < 1 and abs(found.weight[row, k] - end) > 1e-6:
                    again = score(case.measures, reweighted(case.card, k, outside))
                    assert band(again)[row] != now[row]


@settings(max_examples=25)
@given(cases(max_rows=3))
def test_a_distance_is_the_least_that_reaches_the_next_band(case: ScoringCase) -> None:
    """With it the band changes, with one unit less it does not."""
    scores = scored(case)
    found = find_distances(scores, EDGES)
    now = band(scores)
    for row, k in np.argwhere(found.reachable).tolist():
        need = int(found.need[row, k])
        for more, higher in ((need, True), (need - 1, False)):
            measures = changed(case.measures, case.card.criteria[k], row, more)
            assert (band(score(measures, case.card))[row] > now[row]) == higher


def changed(measures: Measures, criterion: Criterion, row: int, more: int) -> Measures:
    """Give measures with one number better."""
    column = measures[criterion.measure]
    units = column.units.copy()
    units[row] += more if criterion.direction == "higher" else -more
    better = MeasureColumn(column.kind, units, column.missing, column.places)
    return measures.with_values(**{criterion.measure: better})


def two(**more: object) -> Scores:
    """Score one manager on two measures, 80 and 50 points each to half."""
    criteria = (Criterion("a", "50%", 10), Criterion("b", "50%", 10))
    card = Scorecard(name="c", criteria=criteria, **more)  # type: ignore[arg-type]
    return score(Measures(manager=["M1"], period="2026", values={"a": [8], "b": [5]}), card)


def test_a_gate_that_holds_the_score_makes_the_weights_free() -> None:
    """Nothing above the gate's limit can be reached by other weights."""
    shut = two(gates=(Gate("veto", above("a", 0), 10),))
    found = weight_intervals(shut, [20])
    assert found.low.tolist() == [[0.0, 0.0]]
    assert found.high.tolist() == [[1.0, 1.0]]


def test_rounding_down_and_edges_upto_move_the_interval() -> None:
    """A score stands where its printed value stands."""
    down = weight_intervals(two(rounding="down"), ["65"])
    assert down.low[0, 0] == pytest.approx(0.5)
    upto = weight_intervals(two(), ["65"], ends="upto")
    assert upto.high[0, 0] == pytest.approx((65.005 - 50) / 30)


def test_who_is_on_top_has_nothing_to_reach() -> None:
    """And who cannot make it alone is told so."""
    assert find_distances(two(), [60]).explain("M1") == "M1 is in the highest band"
    assert find_distances(two(), [99]).explain("M1").endswith("no single measure is enough")
    assert find_distances(two(), [70]).explain("M1") == "M1 reaches 70 points by +1 a, or +1 b"


def test_relative_criteria_have_no_distance() -> None:
    """There the colleagues decide."""
    card = Scorecard(name="c", criteria=(Criterion("a", 1, 1, relative="mean"),), allow_relative=True)
    scores = score(Measures(manager=[1, 2], period="2026", values={"a": [1, 3]}), card)
    assert not find_distances(scores, [50]).reachable.any()


def test_less_of_a_bad_thing_is_a_distance_too() -> None:
    """The direction is that of the card, the unit that of the measure."""
    card = Scorecard(
        name="c",
        criteria=(Criterion("loss", 1, 0, floor=10_000_00, direction="lower"),),
    )
    loss = MeasureColumn.money([6_000_00])
    scores = score(Measures(manager=["M1"], period="2026", values={"loss": loss}), card)
    assert find_distances(scores, [60]).explain("M1") == "M1 reaches 60 points by -1,999.50 loss"


def test_band_edges_must_rise() -> None:
    """Falling edges make no bands."""
    with pytest.raises(RuleError, match="band edges must rise"):
        weight_intervals(two(), [60, 60])


def test_reports_are_short_to_look_at() -> None:
    """Repr and columns."""
    found = weight_intervals(two(), [60])
    assert repr(found) == "WeightIntervals(1 rows, 2 criteria, tightest by 16.68%)"
    assert list(found.to_columns()) == ["manager", "criterion", "low", "weight", "high"]
    ways = find_distances(two(), [70])
    assert repr(ways) == "Distances(1 rows, 1 with a next band, 1 reach it by one measure)"
    assert ways.to_columns()["need"].tolist() == [1, 1]
