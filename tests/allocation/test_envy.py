"""Verdicts of envy and their repair."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.envy import Verdict, judge, repair_wefx, wefx
from clientmgr.testing.allocation import check_envy_free_up_to_any, lots


@given(lots(), st.randoms(use_true_random=False))
def test_the_verdict_equals_that_of_all_pairs(lot: Any, random: Any) -> None:
    """One comparison of the extremes decides what all pairs decide."""
    values, weights = lot
    owner = np.array([random.randrange(len(weights)) for _ in values], dtype=np.int32)
    verdict = wefx(np.array(values, dtype=np.int64), owner, weights)
    try:
        check_envy_free_up_to_any(values, weights, owner.tolist())
        free = True
    except AssertionError:
        free = False
    assert verdict.holds == free
    assert verdict.holds == (verdict.slack >= 0)


@given(lots(), st.randoms(use_true_random=False))
def test_a_repaired_division_is_free_of_envy(lot: Any, random: Any) -> None:
    """Where the repair says so, it is so, and nobody is lost."""
    values, weights = lot
    owner = np.array([random.randrange(len(weights)) for _ in values], dtype=np.int32)
    if repair_wefx(np.array(values, dtype=np.int64), owner, weights, steps=50):
        check_envy_free_up_to_any(values, weights, owner.tolist())
    assert ((owner >= 0) & (owner < len(weights))).all()


def test_a_tie_is_decided_exactly() -> None:
    """Ratios that floats cannot tell apart are compared as fractions."""
    loads = np.array([10**15 + 1, 10**15])
    verdict = judge(loads, [1, 1], np.array([0, 0]))
    assert verdict == Verdict(holds=False, envier=1, envied=0, slack=verdict.slack)
    assert Fraction(verdict.slack) < 0


def test_a_repair_that_runs_out_of_steps_says_so() -> None:
    """No step leaves the envy as it was."""
    owner = np.zeros(4, dtype=np.int32)
    assert not repair_wefx(np.array([4, 3, 2, 1]), owner, [1, 1], steps=0)
