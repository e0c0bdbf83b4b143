"""The laws of scores reach the hard cases, and notice what breaks them."""

import attrs
import pytest
from hypothesis import Phase, find, settings

from clientmgr.errors import CheckError
from clientmgr.facts import Measures
from clientmgr.scoring import Criterion, Curve, Scorecard
from clientmgr.testing.scoring import (
    ScoringCase,
    cases,
    check_full_at_target,
    check_monotone,
    check_peers_do_not_matter,
    conditions,
    curves,
)

# Reaching a case is enough here; making it small takes longer than the rest of the tests.
QUICK = settings(phases=[Phase.generate], max_examples=1_000, database=None)


@pytest.mark.parametrize(
    "reached",
    [
        lambda case: any(c.parent for c in case.card.criteria),
        lambda case: any(c.curve.kind == "steps" for c in case.card.criteria),
        lambda case: any(case.measures[c.measure].missing.any() for c in case.card.criteria),
        lambda case: any(c.bonus for c in case.card.criteria),
        lambda case: len(case.card.gates) > 1,
        lambda case: len(case.measures) == 0,
    ],
    ids=["parent", "steps", "missing", "bonus", "gates", "nobody"],
)
def test_the_strategy_reaches_each_hard_case(reached: object) -> None:
    """A law that never sees them proves nothing."""
    assert find(cases(), reached, settings=QUICK) is not None  # type: ignore[arg-type]


def test_curves_and_conditions_reach_each_kind() -> None:
    """Knots, steps, and conditions inside conditions."""
    assert find(curves(), lambda curve: len(curve.points) > 3, settings=QUICK).kind != "linear"
    assert " and (" in str(find(conditions(), lambda c: " and (" in str(c), settings=QUICK))


def relative() -> ScoringCase:
    """A card that breaks the laws of absolute ones."""
    card = Scorecard(name="r", criteria=(Criterion("a", 1, 1, relative="mean"),), allow_relative=True)
    return ScoringCase(Measures(manager=[1, 2], period="2026", values={"a": [1, 3]}), card)


def test_a_broken_law_is_named() -> None:
    """With what it says."""
    with pytest.raises(CheckError, match="no colleague moves an absolute score"):
        check_peers_do_not_matter(relative())
    card = Scorecard(name="c", criteria=(Criterion("a", 1, 10),), lowest=20, highest=30)
    with pytest.raises(CheckError, match="all targets met exactly are 100 points"):
        check_full_at_target(card)


def test_a_missing_measure_is_neither_better_nor_worse() -> None:
    """There is nothing to make better."""
    card = Scorecard(name="c", criteria=(Criterion("a", 1, 10, missing="floor"),))
    case = ScoringCase(Measures(manager=[1], period="2026", values={"a": [None]}), card)
    check_monotone(case, "a", 0, 5)
    assert attrs.evolve(card.criteria[0], curve=Curve.linear()) == card.criteria[0]
