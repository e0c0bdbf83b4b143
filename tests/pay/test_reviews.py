"""What a review shows."""

import pickle

import pytest

from clientmgr.facts import Managers, Measures, Standings
from clientmgr.pay import Bands, Grade, Ladder, Move, Reviews, Transition, Watch, review
from clientmgr.scoring import Criterion, Scorecard, at_least, below, score


def made() -> Reviews:
    """Three managers, one of them without measures."""
    ladder = Ladder(
        name="branch",
        grades=(Grade("A", 2_000_00), Grade("B", 3_000_00)),
        bands=(Bands([80]),),
        moves=(Move("A", "B", at_least("visits", 60), notice=1), Move("A", "B", below("visits", 0))),
        transition=Transition(phase_in=2),
        watch=Watch(at_least("score", 50), support=at_least("coaching", 1)),
    )
    staff = Managers(id=["M1", "M2", "M3"], branch="B1")
    card = Scorecard(name="card", criteria=(Criterion("visits", 1, 50),))
    values = {"visits": [45, 20], "coaching": [0, 0]}
    measures = Measures(manager=["M1", "M2"], period="2026H2", values=values)
    standings = Standings.start(staff, ladder, on="2026-07-01")
    return review(measures, score(measures, card), standings, ladder, period="2026H2")


def test_the_sheet_shows_how_the_grade_came_about() -> None:
    """Score, bands, conditions with their numbers, grade, salary, transition, watch."""
    sheet = made().explain("M1")
    for words in (
        "review of M1 for 2026H2 on the ladder branch",
        "score 90.00 (90.000000 rounded half_up), rank 1 of 2",
        "bands of score: below 80, from 80",
        "for the grades A, B",
        "score is 90",
        "visits >= 60",
        "grade A -> B: the bands say B",
        "base salary 2,000.00 -> 3,000.00 a month",
        "smooth transition: a rise of 1,000.00 that comes in 2 equal parts",
        "watch: none",
    ):
        assert words in sheet


def test_the_watch_keeps_its_evidence() -> None:
    """The stage, and the standard with the number that missed it."""
    reviews = made()
    assert "watch: warned" in reviews.explain("M2")
    rows = list(zip(*reviews.conditions().values(), strict=True))
    assert ("M2", "score >= 50", "40", False) in rows


def test_a_notice_is_shown() -> None:
    """Where it leads, and when."""
    reviews = made()
    table = reviews.measures.with_values(visits=[60, 20])
    again = review(table, reviews.scores, reviews.before, reviews.ladder, period=reviews.period)
    assert "notice: B after 1 more reviews" in again.explain("M1")


def test_columns_show_everybody() -> None:
    """With the reason."""
    columns = made().to_columns()
    assert columns["grade"].tolist() == ["B", "A", "A"]
    assert columns["reason"].tolist()[1:] == ["the bands say A", "no measures in the period"]
    assert made().manager.tolist() == ["M1", "M2", "M3"]
    assert made().moved.tolist() == [True, False, False]
    assert made().protection_cost.tolist() == [-500_00, 0, 0]


def test_it_is_short_to_look_at_and_keeps_its_values() -> None:
    """Repr, HTML, pickle, no truth value."""
    reviews = made()
    assert repr(reviews) == "Reviews('branch', 2026H2, 2 judged, 1 moved, 1 watched)"
    assert "the bands say B" in reviews._repr_html_()
    copy = pickle.loads(pickle.dumps(reviews))
    assert copy.standings.equals(reviews.standings)
    assert copy.explain("M1") == reviews.explain("M1")
    with pytest.raises(TypeError, match="no truth value"):
        bool(reviews)
