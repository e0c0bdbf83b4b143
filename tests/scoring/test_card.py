"""Scorecards."""

from collections.abc import Callable

import pytest

from clientmgr.errors import RuleError
from clientmgr.scoring import Bonus, Criterion, Gate, Points, Scorecard, at_least


def card(*criteria: Criterion, **more: object) -> Scorecard:
    """Make a card."""
    return Scorecard(name="half-year", criteria=criteria, **more)  # type: ignore[arg-type]


def test_weights_are_exact_shares() -> None:
    """Thirds sum to one."""
    made = card(*(Criterion(name, "1/3", 10) for name in "abc"))
    assert repr(made) == "Scorecard('half-year', a 1/3, b 1/3, c 1/3)"


@pytest.mark.parametrize("weights", [("50%", "49.9%"), ("60%", "60%")])
def test_weights_that_do_not_sum_to_one_are_refused(weights: tuple[str, str]) -> None:
    """To the last digit."""
    with pytest.raises(RuleError, match=r"must sum to one exactly, got .* @ \$.criteria"):
        card(Criterion("a", weights[0], 1), Criterion("b", weights[1], 1))


def test_parents_come_before_their_children() -> None:
    """Whatever the order on the card."""
    made = card(
        Criterion("child", "50%", 1, parent="middle"),
        Criterion("middle", "25%", 1, parent="top"),
        Criterion("top", "25%", 1),
    )
    assert made.in_order() == (2, 1, 0)


FAULTS: list[tuple[Callable[[], object], str]] = [
    (lambda: Criterion("a", float("nan"), 1), "a rate must be finite, got nan"),
    (lambda: Criterion("a", 0.4, 1), "must be exact, got the float 0.4"),
    (lambda: Criterion("a", "0%", 1), "a weight is above 0 and at most 1"),
    (lambda: Criterion("a", "1", 5, floor=5), "is its floor .5.: no way leads to it"),
    (lambda: Criterion("a", "1", 5, floor=9), "'higher' is better .* other way round"),
    (lambda: Criterion("a", "1", 5, direction="lower"), "'lower' is better .* other way round"),
    (lambda: Criterion("a", "1", 5, cap="90%"), "the cap is at least 100%"),
    (lambda: Criterion("a", "1", 5, lowest="-1"), "lowest attainment 0 to 100%"),
    (
        lambda: Criterion("a", "1", 5, missing="skip"),  # type: ignore[arg-type]
        "missing is one of .* got 'skip' @ ..missing",
    ),
    (lambda: Bonus(-1, 5), "a bonus is not below zero"),
    (lambda: Points("a", -1, -5), "`most` is a size, not below zero"),
    (card, "must sum to one exactly, got 0%"),
    (
        lambda: card(Criterion("a", "50%", 1), Criterion("a", "50%", 1)),
        "'a' stands twice among the criteria",
    ),
    (
        lambda: card(Criterion("a", 1, 1), points=(Points("x", 1), Points("x", 2))),
        "'x' stands twice among the points",
    ),
    (
        lambda: card(Criterion("a", 1, 1), gates=[Gate("g", at_least("a", 1))] * 2),
        "'g' stands twice among the gates",
    ),
    (lambda: card(Criterion("a", 1, 1, parent="b")), "the parent 'b' of 'a' is not on the card"),
    (
        lambda: card(Criterion("a", "50%", 1, parent="b"), Criterion("b", "50%", 1, parent="a")),
        "parents form a ring: a -> b -> a",
    ),
    (
        lambda: card(Criterion("a", 1, 1, relative="mean")),
        "depend on colleagues: a; if that is meant, say allow_relative=True",
    ),
    (lambda: card(Criterion("a", 1, 1), places=7), "places are 0 to 6, got 7"),
    (lambda: card(Criterion("a", 1, 1), rounding="up"), "rounding is half_up, half_even or down"),
    (
        lambda: card(Criterion("a", 1, 1), highest=10, lowest=20),
        "the highest score 10 is below the lowest 20",
    ),
]


@pytest.mark.parametrize(("made", "fault"), FAULTS)
def test_what_cannot_be_meant_is_refused(made: Callable[[], object], fault: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match=fault):
        made()
