"""Exact numbers as text."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import RuleError
from clientmgr.formula.literals import decimal_text, number_text, parse_number

UNITS = ("", "%", "‰", "bp", "CNY")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("15%", "3/20", "%"),
        ("1.3‰", "13/10000", "‰"),
        ("2bp", "2/10000", "bp"),
        ("1000 CNY", "1000", "CNY"),
        ("-0.5", "-1/2", ""),
        ("+7", "7", ""),
        ("1/3", "1/3", ""),
        ("0.00341%", "341/10000000", "%"),
    ],
)
def test_a_text_is_read_exactly(text: str, value: str, unit: str) -> None:
    """Value and unit come out, the ratio unit multiplied in."""
    assert parse_number(text) == (Fraction(value), unit)


@pytest.mark.parametrize(
    "text", ["", "abc", "1e5", "10,000", "1.5/2", "0x10", "nan", "1 yuan", "--1", "1/", "٣", "9" * 50]
)
def test_what_is_no_exact_number_is_refused(text: str) -> None:
    """The message shows what an exact number looks like."""
    with pytest.raises(RuleError, match="is not an exact number such as"):
        parse_number(text)


@pytest.mark.parametrize("text", ["1/0", "3/000"])
def test_a_fraction_over_zero_is_refused(text: str) -> None:
    """Nothing is divided by zero on the way in."""
    with pytest.raises(RuleError, match=r"is not an exact number|divides by zero"):
        parse_number(text)


@given(st.fractions(-(10**20), 10**20, max_denominator=10**9), st.sampled_from(UNITS))
def test_what_is_written_reads_back(value: Fraction, unit: str) -> None:
    """Writing and reading are inverse, whatever the unit, within the forty digits that text may have."""
    assert parse_number(number_text(value, unit)) == (value, unit)


def test_decimals_that_never_end_have_no_decimal_text() -> None:
    """A third is written as a fraction."""
    assert decimal_text(Fraction(1, 3)) is None
    assert decimal_text(Fraction(-1, 8)) == "-0.125"
