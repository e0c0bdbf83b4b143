"""Scores: exact, absolute, explained."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clientmgr.check.scoring import verify_scores
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Measures
from clientmgr.scoring import (
    Bonus,
    By,
    Criterion,
    Curve,
    Gate,
    Points,
    Scorecard,
    above,
    at_least,
    score,
)
from clientmgr.testing.scoring import (
    ScoringCase,
    cases,
    check_equivariant,
    check_full_at_target,
    check_monotone,
    check_peers_do_not_matter,
    check_sums,
)


def card(*criteria: Criterion, **more: Any) -> Scorecard:
    """Make a card."""
    return Scorecard(name="card", criteria=criteria, **more)


def table(**values: Any) -> Measures:
    """Measures of one half-year."""
    rows = len(next(iter(values.values())))
    return Measures(manager=[f"M{i}" for i in range(rows)], period="2026H2", values=values)


def points(measures: Measures, made: Scorecard) -> list[str]:
    """Score and print."""
    return [str(points) for points in score(measures, made).score]


def scored(case: ScoringCase) -> None:
    """Leave out the cases in which too much is missing."""
    try:
        score(case.measures, case.card)
    except DataError as error:
        assume("cannot reweigh" not in str(error))
        raise


@given(cases())
def test_scores_are_those_of_the_verifier(case: ScoringCase) -> None:
    """Every contribution, rounding, printed part and rank; and everything adds up."""
    scored(case)
    verify_scores(case.measures, case.card, score(case.measures, case.card))
    check_sums(case)


@given(cases(relative=True))
def test_relative_scores_are_those_of_the_verifier(case: ScoringCase) -> None:
    """Means of the others and percentiles among them."""
    scored(case)
    verify_scores(case.measures, case.card, score(case.measures, case.card))


@settings(max_examples=25)
@given(cases(), st.data())
def test_a_better_measure_never_lowers_a_score(case: ScoringCase, data: st.DataObject) -> None:
    """Whatever caps, curves, parents and gates there are."""
    scored(case)
    for row in range(len(case.measures)):
        for criterion in case.card.criteria:
            check_monotone(case, criterion.measure, row, data.draw(st.integers(0, 60)))


@given(cases(plain=True))
def test_all_targets_met_exactly_are_one_hundred_points(case: ScoringCase) -> None:
    """Whatever the weights and curves."""
    check_full_at_target(case.card)


@settings(max_examples=25)
@given(cases(), st.data())
def test_no_colleague_and_no_order_moves_a_score(case: ScoringCase, data: st.DataObject) -> None:
    """A score is absolute, and goes with its row."""
    scored(case)
    check_peers_do_not_matter(case)
    check_equivariant(case, data.draw(st.permutations(range(len(case.measures)))))


def test_visible_case_2_is_a_curve_with_a_jump() -> None:
    """Below 80 % only half of what the completion would earn."""
    jump = Curve.knots({0: 0, "79.99999999%": "39.999999995%", "80%": "80%", 1: 1})
    made = card(Criterion("points", 1, 800, curve=jump))
    assert points(table(points=[720, 640, 400, 900]), made) == ["90.00", "80.00", "25.00", "100.00"]


def test_going_beyond_the_target_earns_a_bonus_with_caps() -> None:
    """Its own cap, then that of all bonuses together."""
    bonus = Bonus(each=1, most=8)
    made = card(
        Criterion("a", "50%", 100, bonus=bonus),
        Criterion("b", "50%", 100, bonus=bonus),
        bonus_cap=10,
    )
    scores = score(table(a=[105, 130], b=[100, 104]), made)
    assert [str(s) for s in scores.score] == ["105.00", "110.00"]
    assert scores.contributions("M1")["bonus cap"] == -2


def test_events_take_points_within_a_limit() -> None:
    """Two points each, ten at most."""
    made = card(Criterion("a", 1, 10), points=(Points("complaints", -2, 10),))
    measures = table(a=[10, 10, 10], complaints=[0, 2, 9])
    assert points(measures, made) == ["100.00", "96.00", "90.00"]


def test_a_gate_holds_the_score_down_and_a_veto_takes_it() -> None:
    """The lowest shut gate counts."""
    gates = (Gate("care", above("complaints", 2), 60), Gate("veto", at_least("breaches", 1)))
    made = card(Criterion("a", 1, 10), gates=gates)
    measures = table(a=[10, 10, 10], complaints=[0, 3, 3], breaches=[0, 0, 1])
    assert points(measures, made) == ["100.00", "60.00", "0.00"]


def test_a_child_is_capped_by_its_parent() -> None:
    """New accounts count only as far as assets came with them."""
    made = card(Criterion("accounts", "50%", 10, parent="assets"), Criterion("assets", "50%", 10))
    assert points(table(accounts=[10], assets=[4]), made) == ["40.00"]


def test_targets_follow_labels_presence_and_the_market() -> None:
    """The same result is worth more where less was asked."""
    by = Criterion("a", 1, By("region", {"first": 20, "second": 10}))
    assert points(table(a=[10, 10], region=["first", "second"]), card(by)) == ["50.00", "100.00"]
    part = Criterion("a", 1, 20, prorate=True)
    assert points(table(a=[10, 10], presence=["1", "0.5"]), card(part)) == ["50.00", "100.00"]
    elastic = Criterion("a", 1, 20, elastic="market")
    assert points(table(a=[10, 10], market=[1, "0.8"]), card(elastic)) == ["50.00", "62.50"]


def test_missing_data_mean_what_the_card_says() -> None:
    """Nothing, par, or the weight goes to the others."""
    measures = table(a=[None], b=[5])
    both = {
        how: card(Criterion("a", "50%", 10, missing=how), Criterion("b", "50%", 10))
        for how in ("floor", "neutral", "reweigh")
    }
    assert {how: points(measures, made)[0] for how, made in both.items()} == {
        "floor": "25.00",
        "neutral": "75.00",
        "reweigh": "50.00",
    }


def test_nobody_present_is_missing() -> None:
    """Who was away all the time is judged by the policy, not divided by zero."""
    made = card(Criterion("a", 1, 10, prorate=True, missing="neutral"))
    assert points(table(a=[0], presence=[0]), made) == ["100.00"]


def test_missing_data_are_an_error_unless_the_card_says_otherwise() -> None:
    """One error names everybody."""
    made = card(Criterion("a", "50%", 10), Criterion("b", "50%", 10), points=(Points("c", -1),))
    with pytest.raises(DataError, match="cannot score on 'card': 3 bad rows") as error:
        score(table(a=[None, 1], b=[1, None], c=[None, 0]), made)
    assert [(f.column, f.id) for f in error.value.findings] == [
        ("a", "M0"),
        ("b", "M1"),
        ("c", "M0"),
    ]


def test_too_much_missing_weight_is_refused() -> None:
    """The card says how much may go to the others."""
    made = card(Criterion("a", "60%", 10, missing="reweigh"), Criterion("b", "40%", 10))
    with pytest.raises(DataError, match="measures for all but 1/2 of the weight"):
        score(table(a=[None], b=[1]), made)


def test_a_measure_that_was_not_taken_is_named() -> None:
    """With those there are."""
    with pytest.raises(DataError, match="'a' is not measured; there are b"):
        score(table(b=[1]), card(Criterion("a", 1, 10)))


def test_a_target_by_label_must_lie_beyond_the_floor() -> None:
    """It is looked at where the labels are known."""
    made = card(Criterion("a", 1, By("region", {"first": 5}), floor=5))
    with pytest.raises(RuleError, match="not beyond its floor for 'M0'"):
        score(table(a=[1], region=["first"]), made)


def test_less_is_better_where_the_card_says_so() -> None:
    """The scale runs from the floor down to the target."""
    made = card(Criterion("complaints", 1, 0, floor=10, direction="lower"))
    assert points(table(complaints=[0, 5, 12]), made) == ["100.00", "50.00", "0.00"]


def test_a_score_is_rounded_once() -> None:
    """Three thirds are whole, whatever each third is rounded to."""
    made = card(*(Criterion(name, "1/3", 3) for name in "abc"), places=0)
    scores = score(table(a=[1], b=[1], c=[1]), made)
    assert scores.exact("M0") == Fraction(100, 3)
    assert scores.printed.tolist() == [[11, 11, 11]]
    assert points(table(a=[3], b=[3], c=[3]), made) == ["100"]
    assert score(table(a=[3], b=[3], c=[3]), made).printed.tolist() == [[34, 33, 33]]
