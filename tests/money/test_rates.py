"""Rates: exact, written as people write them, and equal however they were written."""

import copy
import pickle
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import RuleError
from clientmgr.money import Rate, RateLike
from clientmgr.money.rates import read_rate
from clientmgr.testing.money import rates


@given(rates())
def test_the_text_of_a_rate_reads_back(rate: Rate) -> None:
    """Text is what stands in JSON, so nothing may be lost."""
    assert Rate.of(str(rate)) == rate


@given(rates())
def test_a_rate_reads_back_from_every_exact_form(rate: Rate) -> None:
    """Its Fraction, its parts, itself, a pickle and a copy are one rate, with one hash."""
    again = [
        Rate.of(rate),
        Rate.of(rate.fraction),
        Rate.of((rate.numerator, rate.denominator)),
        Rate(3 * rate.numerator, 3 * rate.denominator),
        pickle.loads(pickle.dumps(rate)),
        copy.deepcopy(rate),
    ]
    assert set(again) == {rate}


@given(rates(), rates())
def test_rates_are_ordered_as_their_fractions(one: Rate, other: Rate) -> None:
    """All six comparisons are exact."""
    assert (one < other) == (one.fraction < other.fraction)
    assert (one <= other) == (one.fraction <= other.fraction)
    assert (one > other) == (one.fraction > other.fraction)
    assert (one >= other) == (one.fraction >= other.fraction)
    assert (one == other) == (one.fraction == other.fraction)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-10, max_value=10, places=9))
def test_a_decimal_and_its_text_are_the_same_rate(value: Decimal) -> None:
    """Nine decimals are kept, and the decimal context has no say."""
    with localcontext() as context:
        context.prec = 3
        assert Rate.of(value) == Rate.of(f"{value:f}") == Rate.of(Fraction(value))


@pytest.mark.parametrize(
    ("value", "parts", "text"),
    [
        ("0.3%", (3, 1000), "0.3%"),
        ("3‰", (3, 1000), "0.3%"),
        ("2bp", (1, 5000), "0.02%"),
        ("2 bp", (1, 5000), "0.02%"),
        ("2.5‱", (1, 4000), "0.025%"),
        ("25％", (1, 4), "25%"),
        ("0.00341%", (341, 10_000_000), "0.00341%"),
        ("0.000000001", (1, 10**9), "0.0000001%"),
        ("-15%", (-3, 20), "-15%"),
        ("+1", (1, 1), "100%"),
        ("1/3", (1, 3), "1/3"),
        ("-2/6", (-1, 3), "-1/3"),
        ("0", (0, 1), "0%"),
        ("-0.05%", (-1, 2000), "-0.05%"),
        (2, (2, 1), "200%"),
        (np.int32(2), (2, 1), "200%"),
        (Decimal("0.003"), (3, 1000), "0.3%"),
        (Decimal("1E-9"), (1, 10**9), "0.0000001%"),
        (Fraction(1, 3), (1, 3), "1/3"),
        ((3, 1000), (3, 1000), "0.3%"),
    ],
)
def test_known_rates(value: RateLike, parts: tuple[int, int], text: str) -> None:
    """Each way of writing a rate, its lowest terms and its text."""
    rate = Rate.of(value)
    assert (rate.numerator, rate.denominator) == parts
    assert str(rate) == text
    assert repr(rate) == f"Rate({text!r})"


def test_a_long_decimal_is_shown_as_a_fraction() -> None:
    """Past twelve decimals of a per cent a fraction is shorter, and exact."""
    assert str(Rate(1, 10**14)) == "0.000000000001%"
    assert str(Rate(1, 10**15)) == "1/1000000000000000"
    assert str(Rate(1, 2**20)) == "1/1048576"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.003, r'the float 0\.003: write "0\.003" or "0\.3%"'),
        (1e-9, r'write "0\.000000001" or "0\.0000001%"'),
        (np.float64(0.25), r'write "0\.25" or "25%"'),
        (np.float32(0.1), r'the float 0\.1: write "0\.1" or "10%"'),
        (0.1 + 0.2, r'write "0\.30000000000000004"$'),
        (float("nan"), "must be finite, got nan"),
        (float("inf"), "must be finite, got inf"),
        (Decimal("NaN"), "must be finite, got NaN"),
        (Decimal("-Infinity"), "must be finite, got -Infinity"),
        (Decimal("1E+999999999"), "at most 1000 digits, got"),
        (Decimal("1E-999999999"), "at most 1000 digits, got"),
        (10**1000, "at most 1000 digits"),
        ("1" * 1001, "a rate reads like"),
        ("0.3 %%", r"a rate reads like .*, got '0\.3 %%'"),
        ("1e-3", "a rate reads like"),
        ("1,000", "a rate reads like"),
        ("１%", "a rate reads like"),
        ("", "a rate reads like"),
        ("nan", "a rate reads like"),
        ("1/0", "denominator of a rate must be positive, got 1/0"),
        ((1, 0), "must be positive, got 1/0"),
        ((1, -2), "must be positive, got 1/-2"),
        ((1, 0.5), r"parts of a rate are whole numbers, got 0\.5"),
        ((1, 2, 3), r"a rate is text such as .*, got \(1, 2, 3\)"),
        (True, "a rate is text such as .*, got True"),
        (None, "got None"),
        ([1, 2], r"got \[1, 2\]"),
    ],
)
def test_what_is_no_exact_rate_is_refused(value: object, message: str) -> None:
    """The message says what was got, and for a float what to write."""
    with pytest.raises(RuleError, match=message):
        Rate.of(value)  # type: ignore[arg-type]


def test_the_parts_are_whole_numbers() -> None:
    """The constructor takes ints only, and no flags."""
    with pytest.raises(RuleError, match=r"whole numbers, got '1'"):
        Rate("1", 2)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="whole numbers, got True"):
        Rate(True)  # noqa: FBT003 - that is refused


def test_a_rate_is_compared_with_rates_only() -> None:
    """A number is not a rate: it might be meant in per cent."""
    assert Rate(1) != 1  # type: ignore[comparison-overlap]
    with pytest.raises(TypeError, match="not supported"):
        _ = Rate(1) < 1


def test_a_whole_number_is_a_rate_by_itself() -> None:
    """Without a denominator it is 1; the largest Decimal that is read has a thousand digits."""
    assert Rate(2) == Rate.of("200%")
    assert Rate.of(Decimal("1E-999")) == Rate(1, 10**999)
    with pytest.raises(RuleError, match="at most 1000 digits"):
        Rate.of(Decimal("1E-1000"))


def test_a_rate_cannot_be_changed() -> None:
    """It is a value."""
    with pytest.raises(AttributeError):
        Rate(1).numerator = 2  # type: ignore[misc]


def test_reading_a_rate_gives_its_parts_as_ints() -> None:
    """The parts need not be in lowest terms."""
    assert read_rate("0.30%") == (30, 10_000)
    assert read_rate(np.int8(3)) == (3, 1)
