"""Smooth transition of base salaries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import RuleError
from clientmgr.pay import Transition, protection, protection_cost
from clientmgr.pay.transition import tell_transition
from clientmgr.testing.pay import check_transition, transitions

SALARIES = st.integers(0, 20_000_00)


@given(transitions(), SALARIES, SALARIES)
def test_a_transition_reaches_its_goal_in_time_and_never_passes_it(rule: Transition, before: int, after: int) -> None:
    """Nor does it ever turn back, or step further than stated."""
    check_transition(rule, before, after)


def test_no_change_is_no_transition() -> None:
    """A fixed point."""
    protected, held, parts = Transition(3, 3, 3).schedule([0])
    assert [int(x[0]) for x in (protected, held, parts)] == [0, 0, 0]


def test_nothing_stated_means_at_once() -> None:
    """Both ways."""
    protected, held, parts = Transition().schedule([500, -500])
    assert protected.tolist() == held.tolist() == parts.tolist() == [0, 0]


def test_a_rise_is_phased_in_from_the_first_month() -> None:
    """A third, two thirds, all of it."""
    plan = Transition(phase_in=3).schedule([-900_00])
    assert [int(protection(*plan, month)[0]) for month in range(4)] == [-600_00, -300_00, 0, 0]


def test_the_largest_step_sets_the_number_of_parts() -> None:
    """As many as it takes."""
    assert Transition(step_down=200_00).schedule([500_00])[2].tolist() == [3]
    assert Transition(step_up=200_00, phase_in=5).schedule([-500_00])[2].tolist() == [5]


def test_the_cost_is_what_is_paid_beside_the_base_salary() -> None:
    """The sum over all months."""
    plan = Transition(hold=2, taper=3).schedule([300_00, 0])
    assert protection_cost(*plan).tolist() == [900_00, 0]
    assert protection_cost(*Transition().schedule(np.zeros(0, np.int64))).tolist() == []


@pytest.mark.parametrize("name", ["hold", "taper", "phase_in"])
def test_times_are_not_below_zero(name: str) -> None:
    """Each is named."""
    with pytest.raises(RuleError, match=f"{name} is not below 0, got -1"):
        Transition(**{name: -1})


@pytest.mark.parametrize("name", ["step_down", "step_up"])
def test_a_step_is_an_amount(name: str) -> None:
    """A step of nothing would never arrive."""
    with pytest.raises(RuleError, match=f"{name} is an amount above 0 fen, got 0"):
        Transition(**{name: 0})


def test_a_transition_is_told_in_words() -> None:
    """As it stands on a sheet."""
    assert tell_transition(500_00, 2, 3) == (
        "500.00 above the base salary, whole for 2 months, then gone in 3 equal parts"
    )
    assert tell_transition(-500_00, 0, 3) == "a rise of 500.00 that comes in 3 equal parts"
