"""Factors: rates as numerators and denominators."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError, RuleError
from clientmgr.money import Rate
from clientmgr.money.factors import whole_factors

PLACE = {"table": "apply_rate", "column": "rate"}


def as_lists(rate: Any, rows: int) -> tuple[Any, Any]:
    """Give the factors of a rate as plain values."""
    above, below = whole_factors(rate, rows, **PLACE)
    return np.asarray(above).tolist(), np.asarray(below).tolist()


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("0.3%", (3, 1000)),
        (Rate.of("0.3%"), (3, 1000)),
        (2, (2, 1)),
        ((6, 2000), (3, 1000)),
        (np.array("1/3"), (1, 3)),
        ((2**70, 2**71), (1, 2)),
        (["1%", Decimal("0.5")], ([1, 1], [100, 2])),
        ([Fraction(1, 3), 2], ([1, 2], [3, 1])),
        (np.array(["1%", "2bp"]), ([1, 1], [100, 5000])),
        (np.array([3, -4]), ([3, -4], 1)),
        (np.array([3, 4], dtype=np.uint8), ([3, 4], [1, 1])),
        (([1, 2], 100), ([1, 2], 100)),
        ((1, [100, 50]), (1, [100, 50])),
        ((np.array([1, -2]), np.array([3, 4])), ([1, -2], [3, 4])),
    ],
)
def test_rates_of_every_exact_form_give_their_parts(rate: Any, expected: tuple[Any, Any]) -> None:
    """One rate gives two numbers, a column two columns; a denominator may serve all rows."""
    assert as_lists(rate, 2) == expected


def test_parts_beyond_int64_are_python_ints() -> None:
    """Also the lowest int64, whose absolute value int64 does not hold."""
    above, below = whole_factors(["1/3", Rate(2**70, 3)], 2, **PLACE)
    assert isinstance(above, np.ndarray)
    assert isinstance(below, np.ndarray)
    assert (above.dtype, below.dtype) == (np.dtype(object), np.dtype(np.int64))
    lowest, _ = whole_factors(np.array([-(2**63)]), 1, **PLACE)
    assert isinstance(lowest, np.ndarray)
    assert lowest.dtype == object


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (["1%", 0.5], r"apply_rate\.rate row 1: got 0\.5, expected an exact rate"),
        (np.array([0.5, np.nan]), r"2 bad rows\n.*row 0: got 0\.5"),
        (np.array([1.0, 2.0]), r"row 0: got 1\.0"),
        (np.array([True, False]), r"row 0: got True"),
        ([None, "x"], r"row 0: got None.*\n.*row 1: got 'x'"),
        (["1%"], r"must be one rate or 2, got 1"),
        (([1], 100), r"must be one rate or 2, got 1"),
        ((1, [1, 2, 3]), r"must be one rate or 2, got 3"),
        ([["1%"], ["2%"]], r"must be one column, got the shape \(2, 1\)"),
        (([1, 2], [1, 0]), r"rate denominator row 1: got 0, expected a whole number above zero"),
        (([1, 2], -1), r"rate denominator row 0: got -1"),
        (([1, 0.5], 2), r"rate numerator row 1: got 0\.5, expected a whole number within int64"),
        (([1, 2], [2**64, 1]), r"rate denominator row 0: got 18446744073709551616"),
    ],
)
def test_columns_that_are_no_exact_rates_are_refused(rate: Any, message: str) -> None:
    """The error names the rows."""
    with pytest.raises(DataError, match=message):
        whole_factors(rate, 2, **PLACE)


@pytest.mark.parametrize("rate", [0.5, np.array(0.5), None, (1, 0), (1, 2, 3), (0.5, 1), ("1%", "2%")])
def test_one_rate_that_is_not_exact_is_an_error_of_the_rule(rate: Any) -> None:
    """A tuple is a pair of parts, never a column of rates."""
    with pytest.raises(RuleError, match="rate"):
        whole_factors(rate, 2, **PLACE)
