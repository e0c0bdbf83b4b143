"""Steps of arithmetic and logic."""

from typing import Any

import pytest

from clientmgr.formula import all_of, any_of, date, evaluate, label, measure, none_of

x, y, f, h = (measure(name) for name in ("x", "y", "f", "h"))


def test_limits_that_cross_leave_the_row_undefined() -> None:
    """Constant ones are refused before."""
    figures = evaluate(x.clamped(y, 10), x=("count", [5, 5]), y=("count", [7, 11]))
    assert figures.to_list() == [7, None]
    assert figures.reason(1) == ("the limit from lies above to", "$.values.result")


def test_a_division_by_zero_may_say_what_holds() -> None:
    """An undefined divisor is not zero."""
    figures = evaluate(x.over(y, if_zero=9), x=("count", [1, 1, None]), y=("count", [0, None, 0]))
    assert figures.to_list() == [9, None, 9]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [(all_of(f, h), [False, False, None, None]), (any_of(f, h), [None, None, True, None])],
    ids=str,
)
def test_one_sure_answer_decides(formula: Any, wanted: list[Any]) -> None:
    """A sure no for all, a sure yes for any."""
    first, second = [False, None, True, None], [None, False, None, None]
    if "any" in str(formula):
        assert evaluate(any_of(f), f=("flag", [True])).to_list() == [True]
    assert evaluate(formula, f=("flag", first), h=("flag", second)).to_list() == wanted


def test_words_flags_and_days_are_compared() -> None:
    """By equality, or by order where there is one."""
    words: Any = ({"label": ["A", "B"]}, ["A", "B"])
    assert list(evaluate(measure("g").equals(label("A")), g=words)) == [True, False]
    assert list(evaluate(measure("g").is_in("B"), g=words)) == [False, True]
    assert list(evaluate(f.equals(h), f=("flag", [True]), h=("flag", [True]))) == [True]
    assert evaluate(date("2026-01-31") - date("2026-01-01")).to_list() == [30]
    assert list(evaluate(date("2026-01-31") > date("2026-01-01"))) == [True]
    assert list(evaluate(none_of(f), f=("flag", [True, False]))) == [False, True]
    assert evaluate(abs(-x).named("size"), x=("count", [-3])).to_list() == [3]
