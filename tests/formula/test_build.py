"""What operators build of Python values."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from clientmgr.formula import build
from clientmgr.formula.nodes import IsIn, Literal, Name


@attrs.frozen
class Rate:
    """A rate of some other library: numerator and denominator."""

    numerator: int = 3
    denominator: int = 20


@pytest.mark.parametrize("value", [Fraction(3, 20), Decimal("0.15"), "0.15", "3/20", Rate()])
def test_exact_numbers_become_plain_literals(value: Any) -> None:
    """Whatever exact type they come in."""
    assert build.as_formula(value) == Literal(Fraction(3, 20))


def test_a_formula_passes_as_it_is() -> None:
    """Nothing is wrapped twice."""
    name = Name("x")
    assert build.as_formula(name) is name


def test_a_float_names_the_exact_text() -> None:
    """Without an exponent, however small."""
    assert build.float_message(1e-07).endswith("write the exact text '0.0000001'")


def test_equality_with_a_word_is_a_test_of_a_label() -> None:
    """Other text is an exact number."""
    assert build.equal(Name("g"), "A") == IsIn(Name("g"), ("A",))
    assert str(build.equal(Name("g"), "15%")) == "g = 15%"


def test_the_smallest_of_some_values_is_built_of_any_exact_number() -> None:
    """As the largest is."""
    assert str(build.smallest([1, "2%", Name("x")])) == "least(1, 2%, x)"
