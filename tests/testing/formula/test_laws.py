"""The laws that every set of formulas keeps."""

import datetime as dt
from fractions import Fraction
from typing import Any

import attrs
import pytest

from clientmgr.errors import CheckError
from clientmgr.formula import FormulaSet, Inputs, calendar, measure
from clientmgr.testing.formula import (
    Told,
    check_against_oracle,
    check_explanation,
    check_json,
    check_together,
    inputs_of,
    recompute,
)

RULES = FormulaSet(
    measures={"x": "money", "f": "flag"},
    values={"double": measure("x") * 2, "days": calendar("trading_days")},
)


def told(month: int = 1) -> Told:
    """Tell one month."""
    measures: dict[str, Any] = {"x": {"A": Fraction(3, 2)}, "f": {"A": True}}
    return Told(dt.date(2026, month, 1), month, ["A"], measures)


def test_a_sound_set_keeps_all_laws() -> None:
    """Oracle, JSON, periods at once, explanation."""
    check_against_oracle(RULES, [told(1), told(2)])
    check_json(RULES)
    check_together(RULES, [told(1), told(2)])
    outcome = RULES.compile().run(inputs_of(RULES, told()))
    check_explanation(outcome.explain("A"))


def test_a_wrong_explanation_is_found() -> None:
    """Its own numbers do not give its value."""
    inputs = Inputs.of(RULES, managers=["A"], measures={"x": [150], "f": [True]})
    explanation = RULES.compile().run(inputs).explain("A", names=["double"])
    row = attrs.evolve(explanation.rows[0], value=Fraction(4))
    with pytest.raises(CheckError, match="3 instead of 4"):
        check_explanation(attrs.evolve(explanation, rows=(row,)))


def test_a_figure_that_differs_from_the_oracle_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is a wrong value or a wrong reason."""
    from clientmgr.testing.formula import oracle as module

    monkeypatch.setattr(module.Oracle, "figure", lambda *_: Fraction(1))
    with pytest.raises(CheckError, match=r"'double', 0, 'A'.* instead of 1"):
        check_against_oracle(RULES, [told()])


def test_expressions_are_computed_by_their_own_words() -> None:
    """Nested tuples of an operation and its operands."""
    day = dt.date(2026, 1, 3)
    assert recompute(("minus", day, dt.date(2026, 1, 1))) == 2
    assert recompute(("clamp", ("sum", 1, 2), None, 2)) == 2
    assert recompute(("over", 1, 0, 9)) == 9
    assert recompute(("all", True, ("not", True))) is False
    assert recompute(("round", Fraction(1, 3), Fraction(1, 10), "up")) == Fraction(4, 10)
