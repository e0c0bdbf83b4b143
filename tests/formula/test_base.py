"""The operators of a formula, and the traps that it refuses."""

import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import all_of, measure, money, when
from clientmgr.formula.base import MAX_DEPTH
from clientmgr.formula.nodes import Greatest, Minus, Sum, Times

# What a type checker would refuse is tried as well.
a: Any = measure("a")
b: Any = measure("b")
c: Any = measure("c")


def test_sums_differences_and_products_stay_flat() -> None:
    """A chain is one node."""
    assert a + b + c == Sum((a, b, c))
    assert a - b - c == Minus((a, b, c))
    assert a * b * c == Times((a, b, c))


@pytest.mark.parametrize(
    "number",
    [2, Decimal(2), Fraction(2), "2", np.int64(2)],
    ids=["int", "Decimal", "Fraction", "text", "numpy"],
)
def test_exact_numbers_work_on_either_side(number: Any) -> None:
    """Integers, decimals, fractions, text and numpy integers give the same nodes."""
    assert a + number == a + 2
    assert number * a == 2 * a
    assert number - a == 2 - a
    assert number / a == 2 / a


def test_the_zero_of_sum_is_dropped() -> None:
    """`sum()` of formulas is a sum of formulas."""
    assert sum([a, b]) == a + b


def test_equality_compares_trees() -> None:
    """Equal formulas are one key; a number in another unit is another node."""
    assert {a + 1: "x"}[measure("a") + 1] == "x"
    assert a * "15%" != a * "0.15"
    assert a != "x"


def test_a_formula_survives_pickle() -> None:
    """Also the cached hash is right afterwards."""
    formula = when((a >= 3, money(10)), otherwise=b)
    again = pickle.loads(pickle.dumps(formula))
    assert again == formula
    assert hash(again) == hash(formula)


TRAPS: list[tuple[Callable[[], Any], str]] = [
    (lambda: bool(a), "has no truth value while it is written"),
    (lambda: a and b, "write &, |, ~ or all_of"),
    (lambda: 0 <= a <= 1, r"write \(a <= x\) & \(x <= b\)"),
    (lambda: max(a, b), "least and greatest"),
    (lambda: not a, "truth value"),
    (lambda: a > 1 & b, r"& binds tighter than a comparison"),
    (lambda: a & 1, "binds tighter"),
    (lambda: 1 | a, "binds tighter"),
    (lambda: a & (b == "x"), r"write \.equals"),
    (lambda: a * 0.15, "write the exact text '0.15'"),
    (lambda: np.float64(0.15) * a, "write the exact text '0.15'"),
    (lambda: a * float("nan"), "is no number of a rule"),
    (lambda: a * True, "Python truth value"),
    (lambda: a + "b", r"write measure\('b'\) or value\('b'\)"),
    (lambda: a + object(), "no formula and no exact number"),
    (lambda: a + Decimal("NaN"), "not an exact number within bounds"),
    (lambda: a + Decimal("1e999"), "not an exact number within bounds"),
    (lambda: float(a), r"float\(\) of the formula a is not possible; write evaluate"),
    (lambda: int(a), r"write \.rounded\(1, 'down'\)"),
    (lambda: round(a), r"write \.rounded\('0\.01', 'half_up'\)"),
    (lambda: a // 2, r"rounded\(1, 'floor'\)"),
    (lambda: 2 // a, r"rounded\(1, 'floor'\)"),
    (lambda: a % 2, r"measure\('x'\) \* '15%'"),
    (lambda: a**2, r"a \* a, or a curve"),
    (lambda: when(a == "x", 1, otherwise=0), r"write \.equals\(\.\.\.\) or \.is_in"),
    (lambda: all_of(a > 1, b == 2), "compare trees in Python"),
    (lambda: a.is_in("x", 3), "takes a label's words, got 3"),
    (lambda: a.rounded(b), "positive number in to, got b"),
    (lambda: a.banded(below={1: 2}, upto={1: 2}), "not both"),
    (lambda: a.banded(below=[(1, 2, 3)]), r"takes a dict \{edge: result\} or pairs"),
]


@pytest.mark.parametrize(("trap", "message"), TRAPS, ids=[str(i) for i in range(len(TRAPS))])
def test_a_trap_says_what_to_write_instead(trap: Callable[[], Any], message: str) -> None:
    """Each Python habit that would go wrong silently raises."""
    with pytest.raises(RuleError, match=message):
        trap()


def test_a_formula_is_no_collection() -> None:
    """It cannot be iterated, and holds nothing."""
    with pytest.raises(TypeError):
        list(a)
    with pytest.raises(TypeError):
        _ = 1 in a


def test_numpy_does_not_swallow_a_formula() -> None:
    """A numpy scalar leaves the operator to the formula."""
    assert np.int64(3) + a == 3 + a


def test_a_formula_nested_too_deep_is_refused() -> None:
    """The message says to name the parts."""
    deep = a
    for _ in range(MAX_DEPTH - 1):
        deep = ~deep
    with pytest.raises(RuleError, match="give its parts names of their own"):
        _ = ~deep


def test_a_formula_too_large_is_refused() -> None:
    """Sharing a part again and again cannot hide its size."""
    large = a
    for _ in range(13):
        large = Greatest((large, large))
    with pytest.raises(RuleError, match="too deep or too large"):
        Greatest((large, large))


def test_the_text_reads_as_arithmetic_and_the_repr_shows_it() -> None:
    """Brackets stand where they are needed."""
    assert str((a - b) * "15%" + c) == "(a - b) x 15% + c"
    assert repr(a / (b + c)) == "<formula a / (b + c)>"


def test_fluent_forms_build_the_same_nodes_as_the_functions() -> None:
    """What reads better behind its subject is the same node."""
    assert str(a.over(b, if_zero=0)) == "a / b"
    assert str(a.clamped(0, 1)) == "a kept at least 0 and at most 1"
    assert str(a.or_else(b, 0)) == "first known(a, b, 0)"
    assert str((-a).named("loss")) == "loss"
    assert str(~a.equals("A") | (a.equals(0))) == "any(not (a is A), a = 0)"
    assert str(a.curved({0: 0, 1: 1})) == "curve of a"
    assert str(a.looked_up({"A": 1})) == "lookup of a"
