"""Whole quotients with a stated rounding."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.formula.quotients import divided
from clientmgr.testing.formula.oracle import round_to

MODES = ("half_up", "half_even", "down", "up", "floor", "ceil")


@pytest.mark.parametrize("kind", [np.int64, object], ids=["int64", "objects"])
@given(nums=st.lists(st.integers(-1000, 1000), min_size=1), den=st.integers(1, 12), mode=st.sampled_from(MODES))
def test_machine_integers_and_python_integers_divide_alike(kind: type, nums: list[int], den: int, mode: str) -> None:
    """By one divisor and by one for each row."""
    array: Any = np.array(nums, dtype=kind)
    wanted = [round_to(Fraction(n, den), Fraction(1), mode) for n in nums]
    assert divided(array, den, mode).tolist() == wanted
    assert divided(array, np.full(len(nums), den, dtype=kind), mode).tolist() == wanted
