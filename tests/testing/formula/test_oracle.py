"""The slow second opinion."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.formula import FormulaSet, age, calendar, measure, when
from clientmgr.testing.formula import Oracle, Told, Undefined
from clientmgr.testing.formula.oracle import months_later, round_to

RULES = FormulaSet(
    measures={"score": "count", "d": "date"},
    values={
        "award": when((measure("score") >= 800, 1400), otherwise=measure("score") / 800 * "1400"),
        "months": age("d"),
        "days": calendar("trading_days"),
    },
)


def oracle(score: int | None) -> Oracle:
    """Tell one period."""
    told: dict[str, Any] = {
        "score": {"A": None if score is None else Fraction(score)},
        "d": {"A": dt.date(2026, 1, 31)},
    }
    return Oracle(RULES, [Told(dt.date(2026, 2, 1), 1, ["A"], told)])


def test_it_computes_by_hand_checked_figures() -> None:
    """One manager, one period."""
    assert oracle(720).figure("award", 0, "A") == 1260
    assert oracle(900).figure("award", 0, "A") == 1400
    assert oracle(1).figure("months", 0, "A") == 1


def test_what_is_missing_is_undefined_with_its_reason() -> None:
    """As in the columns."""
    assert oracle(None).figure("award", 0, "A") == Undefined("the measure 'score' is missing")
    assert oracle(1).figure("days", 0, "A") == Undefined("the trading days were not told")


@pytest.mark.parametrize(
    ("value", "mode", "wanted"),
    [
        ("0.125", "half_up", "0.13"),
        ("0.125", "half_even", "0.12"),
        ("-0.125", "half_up", "-0.13"),
        ("-0.121", "up", "-0.13"),
        ("-0.129", "down", "-0.12"),
        ("-0.121", "floor", "-0.13"),
        ("-0.129", "ceil", "-0.12"),
    ],
)
def test_rounding_is_that_of_the_book(value: str, mode: str, wanted: str) -> None:
    """Each mode by example."""
    assert round_to(Fraction(value), Fraction(1, 100), mode) == Fraction(wanted)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 400))
def test_months_go_forward_as_the_law_counts(day: dt.date, months: int) -> None:
    """The same day number, or the last day of a shorter month."""
    assert months_later(day, months) == day + relativedelta(months=months)
