"""Weights: exact ones of any kind become whole ones that stand to one another alike."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import DataError
from clientmgr.money.weights import whole_weights

PLACE = {"table": "split", "column": "weights"}


@given(st.lists(st.fractions(min_value=0), min_size=1, max_size=4).filter(any))
def test_whole_weights_stand_to_one_another_as_the_fractions(row: list[Fraction]) -> None:
    """Only the base differs."""
    whole = [int(weight) for weight in whole_weights(row, **PLACE)]
    assert [Fraction(weight, sum(whole)) for weight in whole] == [weight / sum(row) for weight in row]


def test_every_row_has_a_base_of_its_own() -> None:
    """Rows are independent: one with a huge base does not make the others large."""
    rows = [[Fraction(1, 3), Fraction(2, 3)], [Decimal("0.5"), "25%"]]
    assert whole_weights(rows, **PLACE).tolist() == [[1, 2], [2, 1]]


def test_large_weights_are_reduced_to_int64_where_that_helps() -> None:
    """Only what has no smaller form is left to Python ints."""
    assert whole_weights([2**70, 2**71], **PLACE).dtype == np.int64
    assert whole_weights([2**70, 2**71], **PLACE).tolist() == [1, 2]
    assert whole_weights(np.array([2**62, 2**62]), **PLACE).tolist() == [1, 1]
    prime = whole_weights([2**70, 3**60], **PLACE)
    assert prime.dtype == object
    assert math.gcd(*prime) == 1


def test_int64_weights_are_taken_as_they_are() -> None:
    """The fast way copies nothing."""
    weights = np.array([[1, 2], [3, 4]])
    assert whole_weights(weights, **PLACE) is weights


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -1], r"split\.weights row 1: got -1, expected an exact weight of zero or more"),
        (
            [[1, 1], [2, -1], [-3, 5]],
            r"2 bad rows\n.*weights\[0\] row 2: got -3.*\n.*weights\[1\] row 1",
        ),
        (np.array([[1, -1]]), r"weights\[1\] row 0: got -1"),
        ([0, 0], r"split\.weights row 0: got \(0, 0\), expected at least one weight above zero"),
        ([[1, 0], [0, 0]], r"row 1: got \(0, 0\)"),
        (np.array([[0, 0]]), r"row 0: got \(0, 0\)"),
        (["0%", "0"], r"row 0: got \(0, 0\)"),
        ([0.5, 0.5], r"2 bad rows\n.*row 0: got 0\.5"),
        (np.array([0.5, np.nan]), r"row 1: got nan"),
        (np.array([1.0, 2.0]), r"row 0: got 1\.0"),
        ([1, float("nan")], r"row 1: got nan"),
        ([1, None], r"row 1: got None"),
        ([True, 1], r"row 0: got True"),
        (np.array([True]), r"row 0: got True"),
        ([1, "x"], r"row 1: got 'x'"),
        ([Decimal("NaN")], r"row 0: got NaN"),
        ([], r"k at least 1, got the shape \(0,\)"),
        (5, r"got the shape \(\)"),
        ([[]], r"got the shape \(1, 0\)"),
        ([[[1]]], r"got the shape \(1, 1, 1\)"),
        ([[1, 2], [3]], r"row 0: got \[1, 2\]"),
        (np.ma.masked_array([1, 2], mask=[True, False]), r"row 0: got None"),
    ],
)
def test_weights_that_share_nothing_out_are_refused(weights: Any, message: str) -> None:
    """The error names row and value, and whose weight it is where rows have their own."""
    with pytest.raises(DataError, match=message):
        whole_weights(weights, **PLACE)
