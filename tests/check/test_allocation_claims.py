"""The verifier's own small arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from clientmgr.check.allocation_claims import (
    bound_ratios,
    level_out,
    need,
    same,
    tightest_envy,
)
from clientmgr.errors import CheckError

HALVES = [Fraction(1, 2), Fraction(1, 2)]


def test_bounds_of_a_whale_and_a_small_client() -> None:
    """One book holds the whale; the other has what is left."""
    assert bound_ratios([8, 2], HALVES) == (Fraction(4), Fraction(16))
    assert bound_ratios([], HALVES) == (Fraction(0), Fraction(0))


def test_envy_is_measured_from_the_least_to_the_most() -> None:
    """Slack, envier and envied."""
    slack, envier, envied = tightest_envy([Fraction(6), Fraction(2)], HALVES, [Fraction(1), Fraction(2)])
    assert (slack, envier, envied) == (Fraction(-6), 1, 0)


def test_floors_are_kept_and_the_rest_is_level() -> None:
    """Whoever stands above the level keeps it."""
    assert level_out(9.0, [1.0, 1.0, 1.0], [5.0, 0.0, 1.0]) == [5.0, 2.0, 2.0]


def test_values_are_compared_by_their_kind() -> None:
    """Whole numbers, words and flags exactly; floats to a tolerance; NaN with NaN."""
    same(np.float64(1.0), 1 + 1e-9, "x")
    same(float("nan"), float("nan"), "x")
    for found, expected in ((2, 3), ("a", "b"), (True, False), (1.0, 1.1), (float("nan"), 1.0)):
        with pytest.raises(CheckError, match="x is"):
            same(found, expected, "x")
    with pytest.raises(CheckError, match="no"):
        need(1 > 2, "no")  # noqa: PLR0133 - something false
