"""Applying rates: every mode rounds as the definition says, in every lane of the arithmetic."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clientmgr.errors import DataError, RuleError
from clientmgr.money import Rate, Rounding, apply_rate, rounding
from clientmgr.money.rounding import ROUNDINGS, round_rows
from clientmgr.testing.money import (
    check_rate_laws,
    int64_amounts,
    oracle_rate,
    rates,
    roundings,
)

LOWEST, HIGHEST = -(2**63), 2**63 - 1


def fits(amount: int, rate: Rate) -> bool:
    """Tell whether every rounding of the product is within int64."""
    return LOWEST + 1 < amount * rate.fraction < HIGHEST


@settings(max_examples=300)
@given(st.lists(int64_amounts(), max_size=4), rates(), roundings())
def test_one_rate_for_all_rows_rounds_as_the_definition_says(amounts: list[int], rate: Rate, mode: Rounding) -> None:
    """The fast lanes and the Fraction oracle agree anywhere in int64."""
    assume(all(fits(amount, rate) for amount in amounts))
    expected = [oracle_rate(amount, rate, mode) for amount in amounts]
    assert apply_rate(amounts, rate, rounding=mode).tolist() == expected


@settings(max_examples=100)
@given(st.lists(st.tuples(int64_amounts(), rates()), max_size=4), roundings())
def test_a_rate_per_row_rounds_each_row_as_if_alone(rows: list[tuple[int, Rate]], mode: Rounding) -> None:
    """A column of rates, and numerators over denominators, give what one rate at a time gives."""
    rows = [(amount, rate) for amount, rate in rows if fits(amount, rate)]
    amounts, column = [amount for amount, _ in rows], [rate for _, rate in rows]
    expected = [oracle_rate(amount, rate, mode) for amount, rate in rows]
    assert apply_rate(amounts, column, rounding=mode).tolist() == expected
    small = [rate for rate in column if rate.denominator <= HIGHEST]
    if small == column and all(abs(rate.numerator) <= HIGHEST for rate in small):
        pair = [rate.numerator for rate in column], [rate.denominator for rate in column]
        assert apply_rate(amounts, pair, rounding=mode).tolist() == expected


@settings(max_examples=200)
@given(int64_amounts(), rates())
def test_the_modes_keep_the_published_laws(amount: int, rate: Rate) -> None:
    """Bounds, halves and mirrors hold of every mode."""
    assume(amount != LOWEST and fits(amount, rate))
    check_rate_laws(amount, rate)


def test_every_small_product_rounds_as_the_definition_says() -> None:
    """All amounts from -30 to 30 at every rate n/d with d up to 12, in all modes."""
    amounts = list(range(-30, 31))
    for below in range(1, 13):
        for above in range(-below, below + 1):
            rate = Rate(above, below)
            for mode in ROUNDINGS:
                expected = [oracle_rate(amount, rate, mode) for amount in amounts]
                assert apply_rate(amounts, (above, below), rounding=mode).tolist() == expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half_up", [1, 2, 3, -1, -2, -3]),
        ("half_even", [0, 2, 2, 0, -2, -2]),
        ("down", [0, 1, 2, 0, -1, -2]),
        ("up", [1, 2, 3, -1, -2, -3]),
        ("floor", [0, 1, 2, -1, -2, -3]),
        ("ceil", [1, 2, 3, 0, -1, -2]),
    ],
)
def test_halves_go_where_the_mode_says(mode: Rounding, expected: list[int]) -> None:
    """0.5, 1.5 and 2.5 units, and the same below zero."""
    assert apply_rate([1, 3, 5, -1, -3, -5], "1/2", rounding=mode).tolist() == expected


@pytest.mark.parametrize("amount", [2**62 - 1, -(2**62), HIGHEST, LOWEST, 2**62 + 1])
@pytest.mark.parametrize("rate", ["0.999999999", "0.000000001", "0.00341%", "1", "1/3", "-1/3"])
def test_nine_decimals_are_exact_at_the_edge_of_int64(amount: int, rate: str) -> None:
    """The products need up to 93 bits, and are exact."""
    for mode in ROUNDINGS:
        expected = oracle_rate(amount, Rate.of(rate), mode)
        assert apply_rate(amount, rate, rounding=mode) == expected


def test_many_rows_agree_with_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of all lanes in chunks of seven give what each gives alone."""
    monkeypatch.setattr(rounding, "CHUNK", 7)
    rng = np.random.default_rng(7)
    amounts = np.concatenate([rng.integers(-(2**62), 2**62, 50), rng.integers(-999, 999, 50)])
    above = rng.integers(-(10**9), 10**9, 100)
    expected = [oracle_rate(int(amount), Rate(int(n), 10**9)) for amount, n in zip(amounts, above, strict=True)]
    assert apply_rate(amounts, (above, 10**9)).tolist() == expected


@pytest.mark.parametrize(
    "rate",
    ["0.3%", "3‰", "30bp", "0.003", "3/1000", Decimal("0.003"), Fraction(3, 1000), (3, 1000)],
)
def test_one_rate_written_in_many_ways(rate: str | Decimal | Fraction | tuple[int, int]) -> None:
    """Text, Decimal, Fraction and a pair are the same rate."""
    assert apply_rate([100_000, 166, 167], rate).tolist() == [300, 0, 1]
    assert apply_rate(100_000, Rate.of(rate)) == 300


def test_one_amount_gives_an_int() -> None:
    """A scalar comes back as a Python int."""
    found = apply_rate(np.int64(1000), "1%")
    assert (found, type(found)) == (10, int)


def test_no_amounts_give_no_products() -> None:
    """Empty columns give empty columns of int64."""
    columns: tuple[Any, ...] = ("1%", [], ([], []), ([], 3))
    for rate in columns:
        found = apply_rate(np.array([], dtype=np.int64), rate)
        assert found.shape == (0,)
        assert found.dtype == np.int64


def test_a_column_of_whole_rates_multiplies() -> None:
    """Ints are rates, too: 2 is 200 %."""
    assert apply_rate([5, 5], np.array([2, -1])).tolist() == [10, -5]
    assert apply_rate([5, 5], np.array([2, 1], dtype=np.uint8)).tolist() == [10, 5]
    assert apply_rate([0, 1], np.array([LOWEST, LOWEST])).tolist() == [0, LOWEST]


def test_a_product_beyond_int64_is_refused_by_row() -> None:
    """Overflow raises, with every row that does it; a product that just fits does not."""
    assert apply_rate([HIGHEST, LOWEST], 1).tolist() == [HIGHEST, LOWEST]
    with pytest.raises(DataError, match=r"2 bad rows\n.*amounts row 1: got 4611.*\n.*row 3"):
        apply_rate([1, 2**62, 3, -(2**62) - 1], 2)
    with pytest.raises(DataError, match=r"row 0: got -9223372036854775808"):
        apply_rate(LOWEST, "-1")


@pytest.mark.parametrize(
    ("above", "below"),
    [(3, 2), (2**31 + 1, 2**30), (2**32 - 5, 2**31 - 1), (10**9 + 7, 10**9), (10**9, 1), (2**62 + 1, 2**61)],
)
def test_products_around_the_edge_of_int64_are_exact_or_refused(above: int, below: int) -> None:
    """The largest amounts whose product fits, and the next ones, in every mode and either sign."""
    edge = HIGHEST * below // above
    for amount in range(edge - 3, min(edge + 4, HIGHEST)):
        for mode in ROUNDINGS:
            for signed in (amount, -amount):
                expected = oracle_rate(signed, Rate(above, below), mode)
                if LOWEST <= expected <= HIGHEST:
                    assert apply_rate(signed, (above, below), rounding=mode) == expected
                else:
                    with pytest.raises(DataError, match="whose product with the rate fits int64"):
                        apply_rate(signed, (above, below), rounding=mode)


def test_an_unknown_mode_is_refused() -> None:
    """The message lists the modes."""
    with pytest.raises(RuleError, match=r"one of half_up, .*, ceil, got 'half_down'"):
        apply_rate(1, "1%", rounding="half_down")  # type: ignore[call-overload]


def test_a_float_rate_is_refused_with_the_text_to_write() -> None:
    """One float as a rate is an error of the rule."""
    with pytest.raises(RuleError, match=r'got the float 0\.003: write "0\.003" or "0\.3%"'):
        apply_rate([1], 0.003)  # type: ignore[call-overload]


def test_float_amounts_are_refused() -> None:
    """Floats are no fen."""
    with pytest.raises(DataError, match=r"apply_rate\.amounts row 1: got 0\.5"):
        apply_rate(np.array([1.0, 0.5]), "1%")


@settings(max_examples=30)
@given(st.lists(st.integers(-(10**8), 10**8), min_size=1), st.integers(-(10**9), 10**9))
def test_the_bare_kernel_rounds_in_two_steps_as_in_one(amounts: list[int], above: int) -> None:
    """Where both are safe, the two ways through the product give the same."""
    column = np.array(amounts)
    one = round_rows(column, above, 10**9)
    assert round_rows(column, above, 10**9, two_step=True).tolist() == one.tolist()
