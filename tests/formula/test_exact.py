"""Exact columns: nothing overflows, and nothing is approximate."""

import operator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.formula.exact import LIMIT, Exact
from clientmgr.testing.formula.oracle import round_to

# Small numbers meet often, large ones pass every limit.
FRACTIONS = st.one_of(
    st.fractions(-5, 5, max_denominator=6),
    st.fractions(-(10**6), 10**6, max_denominator=10**4),
    st.integers(-(2**70), 2**70).map(Fraction),
    st.builds(Fraction, st.integers(-(2**63), 2**63), st.integers(1, 2**63)),
)
MODES = ("half_up", "half_even", "down", "up", "floor", "ceil")


@st.composite
def columns(draw: Any, rows: int = 4) -> tuple[Exact, list[Fraction]]:
    """Draw a column in one of its forms, with what it holds."""
    values = draw(st.lists(FRACTIONS, min_size=rows, max_size=rows))
    column = Exact.of_fractions(values)
    form = draw(st.sampled_from(["as it is", "by row", "promoted", "one"]))
    if form == "by row":
        column = column.by_row()
    elif form == "promoted":
        column = column.promoted()
    elif form == "one":
        return Exact.constant(values[0]), [values[0]] * rows
    return column, values


def values_of(column: Exact, rows: int = 4) -> list[Fraction]:
    """List what a column holds."""
    return [column.value(i) for i in range(rows)]


@given(columns(), columns())
def test_arithmetic_is_that_of_fractions(a: tuple[Exact, list[Fraction]], b: tuple[Exact, list[Fraction]]) -> None:
    """Sum, difference, product, extremes, comparison, in every form of both."""
    (x, xs), (y, ys) = a, b
    pairs = list(zip(xs, ys, strict=True))
    assert values_of(x.plus(y)) == [p + q for p, q in pairs]
    assert values_of(x.less(y)) == [p - q for p, q in pairs]
    assert values_of(x.times(y)) == [p * q for p, q in pairs]
    assert values_of(x.smaller(y)) == [min(pair) for pair in pairs]
    assert values_of(x.larger(y)) == [max(pair) for pair in pairs]
    for op, function in (("<", operator.lt), (">=", operator.ge), ("=", operator.eq)):
        got = np.broadcast_to(x.compare(op, y), 4).tolist()
        assert got == [function(p, q) for p, q in pairs]


@given(columns(), columns())
def test_division_is_exact_and_flags_zeros(a: tuple[Exact, list[Fraction]], b: tuple[Exact, list[Fraction]]) -> None:
    """A zero divisor gives 0 and a flag."""
    (x, xs), (y, ys) = a, b
    quotient, zero = x.over(y)
    assert np.broadcast_to(zero, 4).tolist() == [q == 0 for q in ys]
    assert values_of(quotient) == [p / q if q else 0 for p, q in zip(xs, ys, strict=True)]


@given(columns(), st.fractions(Fraction(1, 1000), 1000, max_denominator=1000), st.sampled_from(MODES))
def test_rounding_is_that_of_the_definition(a: tuple[Exact, list[Fraction]], to: Fraction, mode: str) -> None:
    """In every mode, to any unit, for every form."""
    x, xs = a
    assert values_of(x.rounded(to, mode)) == [round_to(value, to, mode) for value in xs]


@given(columns(), st.sampled_from(["half_up", "half_even", "down", "up"]))
def test_rounding_is_symmetric_about_zero(a: tuple[Exact, list[Fraction]], mode: str) -> None:
    """f(-x) = -f(x) but for floor and ceil."""
    x, _ = a
    turned = Exact.constant(Fraction(0)).less(x)
    unit = Fraction(1, 100)
    assert values_of(turned.rounded(unit, mode)) == [-v for v in values_of(x.rounded(unit, mode))]


@given(columns(), columns(), st.lists(st.booleans(), min_size=4, max_size=4))
def test_a_choice_takes_each_row_from_one_side(
    a: tuple[Exact, list[Fraction]], b: tuple[Exact, list[Fraction]], mask: list[bool]
) -> None:
    """Whatever denominators the sides have."""
    (x, xs), (y, ys) = a, b
    chosen = x.where(np.array(mask), y)
    assert values_of(chosen) == [p if m else q for m, p, q in zip(mask, xs, ys, strict=True)]


@given(columns(), st.lists(st.fractions(-5, 5, max_denominator=3), min_size=1, max_size=14, unique=True))
def test_steps_count_the_edges(a: tuple[Exact, list[Fraction]], edges: list[Fraction]) -> None:
    """Reached for `[lo, hi)`, passed for `(lo, hi]`, for few edges and many."""
    x, xs = a
    rising = tuple(sorted(edges))
    below = np.broadcast_to(x.steps(rising, "below"), 4).tolist()
    assert below == [sum(v >= e for e in rising) for v in xs]
    upto = np.broadcast_to(x.steps(rising, "upto"), 4).tolist()
    assert upto == [sum(v > e for e in rising) for v in xs]


@settings(max_examples=30)
@given(columns(), st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_group_sums_and_order_are_exact(a: tuple[Exact, list[Fraction]], groups: list[int]) -> None:
    """Whatever the denominators; equal values share a rank."""
    x, xs = a
    sums = x.group_sums(np.array(groups), 3)
    wanted = [sum((v for v, g in zip(xs, groups, strict=True) if g == k), Fraction(0)) for k in range(3)]
    assert [sums.value(k) for k in range(3)] == wanted
    if len(x) == 4:
        ranks = sorted(set(xs))
        assert x.order().tolist() == [ranks.index(v) for v in xs]


@given(st.lists(columns(), min_size=1, max_size=3))
def test_columns_stand_behind_one_another(parts: list[tuple[Exact, list[Fraction]]]) -> None:
    """Whatever denominators they have."""
    joined = Exact.concat([part for part, _ in parts])
    wanted = [v for part, values in parts for v in (values if len(part) == 4 else values[:1])]
    assert [joined.value(i) for i in range(len(joined))] == wanted


def test_small_numbers_stay_in_machine_integers() -> None:
    """Only a bound beyond 2^62 promotes a column, and rounding brings it back."""
    fen = Exact.of_integers(np.array([10**15, 3]), 100)
    assert not fen.times(Exact.constant(Fraction(3, 20))).wide
    grown = fen.times(fen).times(fen)
    assert grown.wide
    assert not Exact.of_fractions([Fraction(7, 3)]).promoted().rounded(Fraction(1), "down").wide


def test_reducing_comes_before_promoting() -> None:
    """A common divisor makes room again."""
    column = Exact(np.array([LIMIT // 4]), LIMIT // 2, LIMIT - 1, LIMIT // 2)
    product = column.times(column)
    assert not product.wide
    assert product.value(0) == Fraction(1, 4)


def test_floats_are_the_nearest() -> None:
    """Also of a column by row, and of one of Python integers."""
    column = Exact.of_fractions([Fraction(1, 3), Fraction(2**80)])
    assert column.floats().tolist() == [1 / 3, 2.0**80]
    assert Exact.of_integers(np.array([1, 2]), 4).floats().tolist() == [0.25, 0.5]
    assert column.by_row().floats().tolist() == [1 / 3, 2.0**80]


def test_an_empty_column_is_no_trouble() -> None:
    """There may be no manager at all."""
    empty = Exact.of_integers(np.array([], dtype=np.int64), 100)
    assert len(empty.plus(Exact.constant(Fraction(1)))) == 0
    assert len(empty.rounded(Fraction(1), "up")) == 0
    assert len(empty.by_row().tight()) == 0
    assert Exact.of_fractions([]).den == 1


def test_the_exceeding_of_exact_numbers_is_strict() -> None:
    """No tolerance."""
    one, more = Exact.constant(Fraction(1)), Exact.constant(1 + Fraction(1, 10**12))
    assert more.exceeds(one).all()
    assert not one.exceeds(one).any()


@pytest.mark.parametrize("value", [0, 1, -(2**62), 2**80])
def test_a_constant_keeps_its_value(value: int) -> None:
    """However large."""
    assert Exact.constant(Fraction(value)).value(0) == value
