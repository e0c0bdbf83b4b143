"""Curves from completion to attainment."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import RuleError
from clientmgr.scoring import Curve
from clientmgr.scoring.exact import Exact
from clientmgr.testing.scoring import curves


@given(curves(), st.lists(st.fractions(-1, 4, max_denominator=40), min_size=2, max_size=8))
def test_a_curve_never_falls(curve: Curve, completions: list[Fraction]) -> None:
    """More completion never attains less."""
    attained = [curve.of(x) for x in sorted(completions)]
    assert attained == sorted(attained)


@given(curves())
def test_a_curve_gives_all_at_the_target(curve: Curve) -> None:
    """100 % at 100 %."""
    assert curve.of(1) == 1


def test_knots_are_joined_by_straight_lines_and_flat_outside() -> None:
    """Between two knots in proportion."""
    curve = Curve.knots({"80%": "50%", "100%": "100%", "120%": "200%"})
    assert [curve.of(x) for x in ("0", "0.9", "1.1", "3")] == [
        Fraction(1, 2),
        Fraction(3, 4),
        Fraction(3, 2),
        2,
    ]


def test_steps_state_where_their_edges_belong() -> None:
    """To the step above, or to the one below."""
    points = {0: "0%", "80%": "60%", "100%": "100%"}
    below = Curve.steps(points)
    assert [below.of(x) for x in ("79%", "80%", "1", "2")] == [0, Fraction(3, 5), 1, 1]
    upto = Curve.steps({0: "0%", "80%": "60%", "99%": "100%"}, ends="upto")
    assert [upto.of(x) for x in ("80%", "81%", "99%", "1")] == [0, Fraction(3, 5), Fraction(3, 5), 1]


def test_a_column_is_read_as_single_places_are() -> None:
    """One call for many rows."""
    curve = Curve.knots({0: 0, "50%": "20%", 1: 1})
    column = curve.apply(Exact(np.array([0, 1, 2, 3, 4, 9]), 4))
    assert [column.at(i) for i in range(6)] == [curve.of(Fraction(n, 4)) for n in (0, 1, 2, 3, 4, 9)]


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (lambda: Curve("knots", [(0, 0), (0, 1)]), "must rise strictly"),
        (lambda: Curve("knots", [(0, 2), (1, 1)]), "must not fall"),
        (lambda: Curve.knots({0: 0, 1: "90%"}), "gives 100% at 100%, this one 9/10"),
        (lambda: Curve("knots"), "of kind 'knots' and 0 points"),
        (lambda: Curve("linear", [(0, 0)]), "of kind 'linear' and 1 points"),
        (lambda: Curve("wave"), "linear, knots or steps, got 'wave'"),  # type: ignore[arg-type]
        (
            lambda: Curve.steps({0: 1}, ends="in"),  # type: ignore[arg-type]
            "'below' or 'upto', got 'in'",
        ),
    ],
)
def test_curves_that_cannot_be_meant_are_refused(made: object, fault: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match=fault):
        made()  # type: ignore[operator]


def test_a_curve_is_written_in_one_line() -> None:
    """As it stands on a sheet."""
    assert str(Curve.linear()) == "linear"
    assert str(Curve.knots({0: 0, 1: 1})) == "knots 0%: 0%, 100%: 100%"
    upto = Curve.steps({0: 0, "50%": 1}, ends="upto")
    assert str(upto) == "steps 0%: 0%, 50%: 100% (upto)"
