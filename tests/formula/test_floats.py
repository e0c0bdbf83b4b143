"""The same column in floats, within its stated error."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.formula.exact import Exact
from clientmgr.formula.floats import Floats
from clientmgr.testing.formula.oracle import round_to

SMALL = st.fractions(-1000, 1000, max_denominator=100)


@given(SMALL, SMALL)
def test_floats_agree_with_exact_numbers_within_the_stated_error(a: Fraction, b: Fraction) -> None:
    """Relative 1e-9, in every operation."""
    x, y = Floats.constant(a), Floats.constant(b)
    assert x.plus(y).floats()[0] == pytest.approx(float(a + b), rel=1e-9, abs=1e-9)
    assert x.less(y).floats()[0] == pytest.approx(float(a - b), rel=1e-9, abs=1e-9)
    assert x.times(y).floats()[0] == pytest.approx(float(a * b), rel=1e-9, abs=1e-9)
    assert x.smaller(y).floats()[0] == float(min(a, b))
    assert x.larger(y).floats()[0] == float(max(a, b))
    quotient, zero = x.over(y)
    assert zero[0] == (b == 0)
    assert quotient.floats()[0] == pytest.approx(float(a / b) if b else 0, rel=1e-9, abs=1e-9)


@given(
    st.integers(-(10**8), 10**8).map(lambda n: Fraction(n, 1000)),
    st.sampled_from(["half_up", "half_even", "down", "up", "floor", "ceil"]),
)
def test_ties_in_thousandths_round_as_exact_numbers_do(value: Fraction, mode: str) -> None:
    """What lies within 1e-7 units of a tie counts as the tie."""
    rounded = Floats.constant(value).rounded(Fraction(1, 100), mode)
    assert rounded.floats()[0] == pytest.approx(float(round_to(value, Fraction(1, 100), mode)))


def test_floats_do_all_that_exact_columns_do() -> None:
    """Rows, steps, tables, groups, order."""
    data = np.array([3.0, 1.0, 3.0])
    column = Floats(data)
    exact = Exact.of_integers(np.array([3, 1, 3]))
    groups = np.array([0, 1, 0])
    assert column.group_sums(groups, 2).floats().tolist() == [6.0, 1.0]
    assert column.order().tolist() == exact.order().tolist()
    edges = (Fraction(1), Fraction(2))
    assert column.steps(edges, "upto").tolist() == exact.steps(edges, "upto").tolist()
    assert column.table(np.array([1, 0]), edges).floats().tolist() == [2.0, 1.0]
    assert Floats.concat([column, column]).take(slice(0, 4)).floats().tolist() == [3, 1, 3, 3]
    assert column.where(np.array([True, False, True]), Floats.constant(Fraction(0))).value(1) == 0
    assert len(column.rounded(Fraction(5), "half_up")) == 3
    assert Floats.of_integers(np.array([5]), 2).value(0) == Fraction(5, 2)
    assert column.compare(">", Floats.constant(Fraction(2))).tolist() == [True, False, True]


def test_an_infinite_float_shows_as_zero() -> None:
    """Explanations never fail on it."""
    assert Floats(np.array([np.inf])).value(0) == 0


def test_exceeding_forgives_the_stated_error() -> None:
    """A trace below zero is not below zero."""
    zero, trace = Floats(np.array([0.0])), Floats(np.array([-1e-12]))
    assert not zero.exceeds(trace).any()
    assert zero.exceeds(Floats(np.array([-1e-3]))).all()
