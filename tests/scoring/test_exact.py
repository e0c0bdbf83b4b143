"""Exact columns: never overflow, never approximate."""

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.scoring.exact import Exact, gather, narrow, plus, round_sums, round_whole, times

HUGE = st.integers(-(10**30), 10**30)
NUMBERS = st.one_of(st.integers(-50, 50), HUGE)
FRACTIONS = st.builds(Fraction, NUMBERS, st.integers(1, 10**12))
ROUNDINGS = ("half_up", "half_even", "down")


def column(numbers: list[Fraction], *, by_row: bool = False) -> Exact:
    """Make a column, over one base or over one a row."""
    if by_row:
        nums = np.array([n.numerator for n in numbers], object)
        return Exact(narrow(nums), narrow(np.array([n.denominator for n in numbers], object)))
    base = np.lcm.reduce(np.array([n.denominator for n in numbers], object))
    return Exact(narrow(np.array([int(n * base) for n in numbers], object)), int(base))


def back(exact: Exact, rows: int) -> list[Fraction]:
    """Read a column as fractions."""
    return [exact.at(row) for row in range(rows)]


@given(st.lists(st.tuples(FRACTIONS, FRACTIONS), min_size=1, max_size=5), st.booleans())
def test_columns_calculate_as_fractions_do(pairs: list[tuple[Fraction, Fraction]], by: Any) -> None:
    """Sum, difference, product, quotient, least, greatest and comparison agree with Fraction."""
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    one, other, n = column(left, by_row=by), column(right), len(pairs)
    assert back(one + other, n) == [a + b for a, b in pairs]
    assert back(one - other, n) == [a - b for a, b in pairs]
    assert back(one * other, n) == [a * b for a, b in pairs]
    assert back(one.least(other), n) == [min(p) for p in pairs]
    assert back(one.greatest(other), n) == [max(p) for p in pairs]
    assert one.compared(other).tolist() == [(a > b) - (a < b) for a, b in pairs]
    if all(right):
        assert back(one.over(other), n) == [a / b for a, b in pairs]


@given(st.lists(FRACTIONS, min_size=1, max_size=5), FRACTIONS)
def test_a_plain_number_stands_for_all_rows(numbers: list[Fraction], more: Fraction) -> None:
    """A fraction joins in without being spread first."""
    one, n = column(numbers), len(numbers)
    assert back(one + more, n) == [a + more for a in numbers]
    assert back(one.where(np.zeros(n, bool), more), n) == [more] * n
    assert back(Exact(more.numerator, more.denominator).spread(n), n) == [more] * n
    assert Exact(3, 4).at(2) == Fraction(3, 4)


@given(
    st.lists(st.lists(FRACTIONS, min_size=3, max_size=3), min_size=1, max_size=4),
    st.sampled_from(ROUNDINGS),
    st.booleans(),
)
def test_sums_are_rounded_once_and_split_to_the_last_unit(
    rows: list[list[Fraction]], rounding: Any, by_row: Any
) -> None:
    """Both lanes give the rounded exact sum and its largest-remainder split."""
    numbers = [[Fraction(n.numerator % 10**7, n.denominator) for n in row] for row in rows]
    parts = [column([row[k] for row in numbers], by_row=by_row) for k in range(3)]
    units, printed = round_sums(parts, len(rows), 100, rounding)
    for row, unit, shares in zip(numbers, units.tolist(), printed.tolist(), strict=True):
        exact = [n * 100 for n in row]
        assert unit == rounded(sum(exact, Fraction(0)), rounding)
        assert shares == handed_out(exact, unit)


def rounded(number: Fraction, rounding: str) -> int:
    """Round in fractions."""
    if rounding == "half_even":
        return round(number)
    size = abs(number)
    whole = int(size) if rounding == "down" else int(size + Fraction(1, 2))
    return whole if number >= 0 else -whole


def handed_out(exact: list[Fraction], total: int) -> list[int]:
    """Give the largest-remainder split in fractions."""
    floors = [n.numerator // n.denominator for n in exact]
    order = sorted(range(len(exact)), key=lambda k: (floors[k] - exact[k], k))
    return [floors[k] + (k in order[: total - sum(floors)]) for k in range(len(exact))]


def test_ties_in_the_guided_lane_are_decided_by_fractions() -> None:
    """Halves and equal remainders over different denominators are exact."""
    by_row = Exact(np.array([1, 1, -1]), np.array([3, 6, 3]))
    other = Exact(np.array([1, 1, -1]), np.array([6, 3, 6]))
    units, printed = round_sums([by_row, other], 3, 1, "half_up")
    assert units.tolist() == [1, 1, -1]
    assert printed.tolist() == [[1, 0], [0, 1], [-1, 0]]


def test_denominators_beyond_64_bits_divide_small_numbers() -> None:
    """Nothing is cut, and a column of nothing is nothing."""
    tiny = Exact(np.array([1, 0, -1]), 3 * 2**70)
    units, printed = round_sums([tiny, Exact(np.array([1, 0, -1]), 2)], 3, 1, "half_up")
    assert units.tolist() == [1, 0, -1]
    assert printed.tolist() == [[0, 1], [0, 0], [0, -1]]
    assert Exact(np.array([0, 0]), 2**70).reduced().den == 1
    assert round_whole(np.array([1, -1]), 2**70, "down").tolist() == [0, 0]


def test_rounding_of_halves_is_as_named() -> None:
    """Away from zero, to the even one, or cut off."""
    halves = np.array([1, 3, -1, -3])
    assert round_whole(halves, 2, "half_up").tolist() == [1, 2, -1, -2]
    assert round_whole(halves, 2, "half_even").tolist() == [0, 2, 0, -2]
    assert round_whole(halves, 2, "down").tolist() == [0, 1, 0, -1]


def test_products_that_leave_64_bits_become_python_ints() -> None:
    """And come back when they fit again."""
    big = times(np.array([2**40]), 2**40)
    assert isinstance(big, np.ndarray)
    assert big.dtype == object
    assert narrow(big).tolist() == [2**80]  # type: ignore[union-attr]
    assert narrow(np.array([5], object)).dtype == np.int64  # type: ignore[union-attr]
    assert plus(2, 3) == 5
    assert times(2, 3) == 6
    assert plus(np.array([2**61]), 2**61).tolist() == [2**62]  # type: ignore[union-attr]


def test_constants_are_gathered_as_python_ints_where_they_are_large() -> None:
    """No constant is cut."""
    index = np.array([1, 0])
    assert gather([2**70, 1], index).tolist() == [1, 2**70]  # type: ignore[union-attr]
    assert gather([7, 1], index).dtype == np.int64  # type: ignore[union-attr]


def test_large_single_numbers_are_spread_exactly() -> None:
    """A number beyond int64 becomes Python ints."""
    assert Exact(2**70, 3).spread(2).at(1) == Fraction(2**70, 3)


def test_a_frozen_column_stays_read_only() -> None:
    """Also after pickle."""
    made = pickle.loads(pickle.dumps(Exact(np.array([1, 2]), np.array([3, 4])).frozen()))
    with pytest.raises(ValueError, match="read-only"):
        made.num[0] = 9
    assert Exact(np.array([1, 3]), 2).floats().tolist() == [0.5, 1.5]
