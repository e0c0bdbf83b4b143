"""What one name came to."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.formula import at, evaluate, label, measure, when
from clientmgr.formula.figures import figure_text
from clientmgr.formula.kinds import COUNT, FLAG, MONEY, RATIO


def test_figures_are_exact_python_values() -> None:
    """By row, by iteration, as a list."""
    figures = evaluate(measure("x") / 3, x=("money", [1_00, None]))
    assert figures[0] == Fraction(1, 3)
    assert list(figures) == figures.to_list() == [Fraction(1, 3), None]
    assert len(figures) == 2
    assert figures.undefined.tolist() == [False, True]
    assert figures.reason(1) == ("the measure 'x' is missing", "$.values.result.over[0]")
    assert np.isnan(figures.floats()[1])
    assert repr(figures) == "Figures(result: ~0.333333, undefined)"


def test_other_kinds_come_out_as_what_they_are() -> None:
    """Words, flags, days, managers."""
    assert evaluate(when((measure("x") > 1, label("A")), otherwise=label("B")), x=("count", [2]))[0] == "A"
    assert evaluate(measure("x") > 1, x=("count", [2, 0])).floats().tolist() == [1, 0]
    days = np.array(["2026-07-01"], dtype="M8[D]")
    assert str(evaluate(measure("d"), d=("date", days))[0]) == "2026-07-01"
    boss = evaluate(at("boss", measure("x")), boss=("manager", ["M2", "M1"]), x=("count", [1, 2]))
    assert boss.to_list() == [2, 1]
    pointer = evaluate(measure("boss"), boss=("manager", ["M2", None]), x=("count", [1, 2]))
    assert pointer.to_list() == ["M2", None]


def test_money_comes_in_whole_fen() -> None:
    """What lies off a fen must be rounded in its formula."""
    assert evaluate(measure("x") * 1, x=("money", [7])).minor().tolist() == [7]
    assert evaluate(measure("x") * 1, x=("money", [7]), exact=False).minor().tolist() == [7]
    assert evaluate(measure("x") * 1, x=("money", [700])).minor(0).tolist() == [7]
    with pytest.raises(DataError, match="has amounts off a minor unit; round it in its formula"):
        evaluate(measure("x") / 3, x=("money", [1])).minor()
    with pytest.raises(DataError, match="'result' is undefined for some managers"):
        evaluate(measure("x"), x=("money", [None])).minor()


def test_figures_have_no_truth_value() -> None:
    """An empty one and a zero must not be confused."""
    with pytest.raises(TypeError, match="Figures have no truth value"):
        bool(evaluate(1))


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Fraction(1234567, 100), MONEY, "12,345.67"),
        (Fraction(559125, 1000), MONEY, "559.125"),
        (Fraction(-1, 100), MONEY, "-0.01"),
        (Fraction(1, 3), RATIO, "~33.333333%"),
        (Fraction(3, 20), RATIO, "15%"),
        (Fraction(1000), COUNT, "1,000"),
        (True, FLAG, "yes"),
        ("A", None, "A"),
        (Fraction(1, 10**9), COUNT, "~0"),
    ],
    ids=str,
)
def test_values_are_written_for_people(value: Any, kind: Any, text: str) -> None:
    """`~` says that there is more."""
    assert figure_text(value, kind) == text
