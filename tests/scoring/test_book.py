"""What the book did and what the manager did."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Measures
from clientmgr.scoring import Criterion, Curve, Scorecard, Scores, adjust_for_book, score
from clientmgr.scoring.book import ability_from_scores

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(-500, 500), st.integers(0, 1000)),
    max_size=12,
)


@given(ROWS)
def test_what_is_expected_sums_to_what_was_observed(rows: list[tuple[int, int, int, int]]) -> None:
    """To the fen, whatever the segments."""
    manager, segment, observed, exposure = ([r[k] for r in rows] for k in range(4))
    found = adjust_for_book(manager=manager, segment=segment, observed=observed, exposure=exposure)
    assert found.expected.sum() == found.observed.sum() == sum(observed)


def test_the_same_rates_everywhere_leave_everybody_at_par() -> None:
    """A large book of good clients is no merit."""
    found = adjust_for_book(
        manager=["A", "B", "B"],
        segment=["x", "x", "y"],
        observed=[90, 10, 50],
        exposure=[900, 100, 10],
    )
    assert [str(ratio) for ratio in found.ratio.tolist()] == ["1.0000", "1.0000"]


def test_a_prior_pulls_small_books_toward_par() -> None:
    """The smaller the exposure, the closer to one."""
    rows: dict[str, Any] = {"manager": ["A", "B"], "segment": ["x", "x"], "observed": [10, 0]}
    plain = adjust_for_book(**rows, exposure=[5, 5])
    pulled = adjust_for_book(**rows, exposure=[5, 5], prior=20)
    assert [str(ratio) for ratio in plain.ratio.tolist()] == ["2.0000", "0.0000"]
    assert [str(ratio) for ratio in pulled.ratio.tolist()] == ["1.2000", "0.8000"]


def test_a_book_of_which_nothing_is_expected_has_no_ratio() -> None:
    """Missing, not infinite."""
    found = adjust_for_book(manager=["A"], segment=["x"], observed=[0], exposure=[0])
    assert found.ratio.tolist() == [None]


def test_columns_that_do_not_fit_are_refused() -> None:
    """Each with what is wrong."""
    with pytest.raises(DataError, match=r"differ in length: \(1, 1, 2, 1\)"):
        adjust_for_book(manager=["A"], segment=["x"], observed=[1, 2], exposure=[1])
    with pytest.raises(DataError, match="exposure row 0: got -1"):
        adjust_for_book(manager=["A"], segment=["x"], observed=[1], exposure=[-1])
    with pytest.raises(RuleError, match="a prior is not below 0 fen"):
        adjust_for_book(manager=["A"], segment=["x"], observed=[1], exposure=[1], prior=-1)


def scores() -> Scores:
    """One manager at 100 points, one at none."""
    card = Scorecard(name="c", criteria=(Criterion("visits", 1, 4),))
    return score(Measures(manager=["A", "B"], period="2026", values={"visits": [4, 0]}), card)


def test_ability_is_a_curve_of_the_score() -> None:
    """One at 100 points; nobody is without any."""
    assert ability_from_scores(scores()).tolist() == [1.0, 0.5]
    with pytest.raises(RuleError, match=r"gives 'B' an ability of 0\.0"):
        ability_from_scores(scores(), Curve.knots({0: 0, 1: 1}))


def test_it_is_short_to_look_at() -> None:
    """Repr, columns and explanation."""
    found = adjust_for_book(manager=["A"], segment=["x"], observed=[5], exposure=[1])
    assert repr(found) == "BookAdjusted(1 managers, 5 fen)"
    assert list(found.to_columns()) == ["manager", "observed", "expected", "ratio"]
    assert "1.0000" in found.explain("A")
