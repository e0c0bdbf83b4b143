"""Prices and the bound that they prove."""

import numpy as np
import pytest

from clientmgr.allocation.bounds import dual_bound
from clientmgr.allocation.prices import find_prices, worst_deviation
from clientmgr.testing.allocation import make_case


def test_no_prices_are_needed_where_everybody_may_have_everybody() -> None:
    """The fractional optimum is zero then."""
    prices, bound = find_prices(make_case([[3, 2, 1]], 2))
    assert bound == 0.0
    assert not prices.any()


def test_a_bottleneck_is_priced_and_its_bound_is_tight() -> None:
    """Three quarters of everything may only go to one of two: half too much is proved."""
    eligible = np.array([[True, False]] * 3 + [[True, True]])
    case = make_case([[1, 1, 1, 1]], 2, eligible=eligible)
    prices, bound = find_prices(case)
    assert bound == pytest.approx(0.5, abs=1e-3)
    assert dual_bound(case.values, case.allowed, case.targets, prices) == pytest.approx(bound)
    assert worst_deviation(case, np.array([0, 0, 0, 1])) == pytest.approx(0.5)
