"""The dials of the strategies."""

import attrs
import numpy as np
from hypothesis import given

from clientmgr.testing.dials import AS_OF, FIRST, Dials, Settings


def test_every_dial_is_documented_and_has_the_default_that_it_says() -> None:
    """The settings are the dials, each at its default."""
    defaults = {field.name: field.default for field in attrs.fields(Settings)}
    assert defaults.keys() == Dials.__annotations__.keys()
    for name, default in defaults.items():
        lines = [line for line in (Dials.__doc__ or "").splitlines() if f" {name}: " in line]
        assert len(lines) == 1
        assert lines[0].endswith(f"({default}).")


def test_history_begins_18_months_before_the_first_day_that_facts_are_of() -> None:
    """So that a client can be due on any of these days."""
    assert AS_OF[0] - FIRST >= np.timedelta64(549, "D")


@given(Settings().far_days)
def test_far_days_are_missing_or_near_history(day: np.datetime64) -> None:
    """From years before it to months behind it."""
    assert np.isnat(day) or FIRST - 1_000 <= day <= AS_OF[1] + 90


@given(Settings(moves=False).moving_days)
def test_where_nobody_moves_no_day_is_drawn(day: np.datetime64) -> None:
    """Nobody opens, closes, joins or leaves."""
    assert np.isnat(day)


@given(Settings(ties=False).abilities)
def test_abilities_are_between_one_half_and_two(ability: float) -> None:
    """In steps of a hundredth."""
    assert 0.5 <= ability <= 2
    assert round(ability * 100) / 100 == ability
