"""Yuan to fen and back: exactly, or not at all."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.errors import DataError, RuleError
from clientmgr.money import format_fen, from_major, to_major
from clientmgr.testing.money import int64_amounts

LOWEST, HIGHEST = -(2**63), 2**63 - 1

places_of_a_minor_unit = st.integers(0, 18)


def is_on_a_minor_unit(value: float, places: int) -> bool:
    """Tell by its shortest digits whether a float is an amount."""
    scaled = Decimal(repr(value)).scaleb(places)
    return scaled == scaled.to_integral_value() and LOWEST <= scaled <= HIGHEST


@given(st.lists(int64_amounts()), places_of_a_minor_unit)
def test_what_goes_out_comes_back(amounts: list[int], places: int) -> None:
    """Decimal, its text and its Fraction bring every int64 amount back, at any number of places."""
    major = to_major(amounts, places).tolist()
    assert from_major(major, places).tolist() == amounts
    assert from_major([f"{value:f}" for value in major], places).tolist() == amounts
    assert from_major([Fraction(value) for value in major], places).tolist() == amounts
    assert from_major(np.array([f"{value:f}" for value in major], dtype=str), places).tolist() == amounts


@settings(max_examples=200)
@given(st.lists(st.floats() | st.integers(-(10**9), 10**9).map(lambda n: n / 100)), st.integers(0, 6))
def test_a_float_is_taken_if_its_shortest_digits_are_on_a_minor_unit(values: list[float], places: int) -> None:
    """The fast test on whole columns and the digits one by one say the same."""
    finite = [value for value in values if np.isfinite(value)]
    good = [value for value in finite if is_on_a_minor_unit(value, places)]
    expected = [int(Decimal(repr(value)).scaleb(places)) for value in good]
    assert from_major(np.array(good, dtype=np.float64), places).tolist() == expected
    assert from_major(good, places).tolist() == expected
    bad = [i for i, value in enumerate(values) if value not in good]
    if bad:
        with pytest.raises(DataError) as caught:
            from_major(np.array(values), places)
        assert [finding.row for finding in caught.value.findings] == bad


@settings(max_examples=50)
@given(st.integers(-(2**51), 2**51), st.integers(0, 8))
def test_the_float_nearest_to_an_amount_is_that_amount(amount: int, places: int) -> None:
    """Up to 2^51 minor units, dividing by the unit and reading back loses nothing."""
    value = float(Decimal(amount).scaleb(-places))
    assert from_major(np.array([value]), places).tolist() == [amount]
    neighbour = np.nextafter(value, np.inf)
    if not is_on_a_minor_unit(float(neighbour), places):
        with pytest.raises(DataError, match="row 0"):
            from_major(np.array([neighbour]), places)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1234.56", 123456),
        (" +1234.5 ", 123450),
        ("-0.01", -1),
        ("12.3400", 1234),
        ("007", 700),
        (Decimal("19.99"), 1999),
        (Decimal("1E+3"), 100_000),
        (Decimal("0E-999999"), 0),
        (Decimal("-0"), 0),
        (Fraction(1, 4), 25),
        (7, 700),
        (np.int16(-7), -700),
        (0.29, 29),
        (-0.0, 0),
        (np.float64(1.1), 110),
        (1e15, 10**17),
        (123456789012345.67, 12345678901234567),
        ("92233720368547758.07", HIGHEST),
        ("-92233720368547758.08", LOWEST),
        (92233720368547758, HIGHEST - 7),
    ],
)
def test_known_amounts(value: Any, expected: int) -> None:
    """Alone, in a list and in an array the same amount, as an int where it is alone."""
    found = from_major(value)
    assert (found, type(found)) == (expected, int)
    assert from_major([value]).tolist() == [expected]
    assert from_major(np.array([value])).tolist() == [expected]
    assert from_major(np.array(value)) == expected


@pytest.mark.parametrize(
    "value",
    [
        "1,234.56",
        "1e3",
        "1.005",
        ".5",
        "5.",
        "１",
        "¥5",
        "",
        "nan",
        "9" * 41,
        "92233720368547758.08",
        Decimal("1.005"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        Fraction(1, 3),
        0.1 + 0.2,
        1.005,
        float("nan"),
        float("-inf"),
        1e17,
        1e300,
        5e-324,
        92233720368547759,
        -92233720368547759,
        10**30,
        True,
        None,
        np.float32(0.5),
        np.datetime64("2026-01-01"),
        np.timedelta64(1, "D"),
        b"1",
        1j,
    ],
    ids=repr,
)
def test_what_is_no_amount_is_refused(value: Any) -> None:
    """Alone, in a list and in an array the same error; nothing is rounded or guessed."""
    for values in (value, [0, value], np.array([value])):
        with pytest.raises(DataError, match=r"from_major\.values row \d.*: got .*, expected an amount"):
            from_major(values)


def test_every_bad_row_is_named() -> None:
    """The findings hold row, value and what was expected."""
    with pytest.raises(DataError, match=r"2 bad rows") as caught:
        from_major(["1.00", "1.001", 2, None])
    rows = [(finding.row, finding.value) for finding in caught.value.findings]
    assert rows == [(1, "1.001"), (3, None)]
    assert caught.value.findings[0].expected == "an amount within int64 on a minor unit (2 decimals)"


def test_hidden_values_of_a_masked_array_are_refused() -> None:
    """What is masked is missing; a masked array with nothing masked is a column like any."""
    assert from_major(np.ma.masked_array([1.5], mask=[False])).tolist() == [150]
    with pytest.raises(DataError, match=r"row 1: got None, expected a value, not a masked one"):
        from_major(np.ma.masked_array([1.5, 2.5], mask=[False, True]))
    with pytest.raises(DataError, match=r"row 0: got None"):
        from_major(np.ma.masked_array(1.5, mask=True))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["1.10", "-2.00"]),
        pd.Series([1.1, -2.0]),
        pd.Series([Decimal("1.10"), Decimal(-2)]),
        pl.Series(["1.10", "-2.00"]),
        pl.Series([1.1, -2.0]),
        pl.Series([Decimal("1.10"), Decimal("-2.00")]),
        pa.array([Decimal("1.10"), Decimal("-2.00")]),
        pa.chunked_array([[1.1], [-2.0]]),
        np.array(["1.10", "-2.00"], dtype=np.dtypes.StringDType()),
        np.array([1.1, -2.0], dtype=">f8"),
        (1.1, "-2"),
    ],
)
def test_columns_of_data_frames_are_read(column: Any) -> None:
    """Whatever numpy reads as a column will do."""
    assert from_major(column).tolist() == [110, -200]


def test_whole_columns_are_multiplied_in_any_int_type() -> None:
    """Ints are major units, too; small types do not overflow, and the last that fits is taken."""
    last = HIGHEST // 100
    assert from_major(np.array([last, -last])).tolist() == [last * 100, -last * 100]
    with pytest.raises(DataError, match="2 bad rows"):
        from_major(np.array([last + 1, -last - 1]))
    for kind in ("i1", "u1", "i8", "u8", ">i4"):
        assert from_major(np.array([1, 100], dtype=kind)).tolist() == [100, 10_000]
    with pytest.raises(DataError, match="row 1: got 18446744073709551615"):
        from_major(np.array([1, 2**64 - 1], dtype=np.uint64))


def test_an_empty_column_is_an_empty_column() -> None:
    """No amounts give none, in int64."""
    assert from_major([]).dtype == np.int64
    assert to_major([]).tolist() == []


def test_tables_of_amounts_are_refused() -> None:
    """One column at a time."""
    with pytest.raises(DataError, match=r"one column, got the shape \(1, 2\)"):
        from_major([["1", "2"]])
    with pytest.raises(DataError, match=r"one column, got the shape \(1, 2\)"):
        to_major([[1, 2]])


def test_the_decimal_context_has_no_say() -> None:
    """A short context rounds neither way."""
    with localcontext() as context:
        context.prec = 3
        assert to_major(HIGHEST) == Decimal("92233720368547758.07")
        assert from_major(Decimal("92233720368547758.07")) == HIGHEST
        assert from_major(np.array([123456789012345.67])).tolist() == [12345678901234567]


def test_decimals_show_all_places() -> None:
    """An amount of money is written with its places, also when they are zero."""
    assert [str(value) for value in to_major([0, 5, -123456, LOWEST])] == [
        "0.00",
        "0.05",
        "-1234.56",
        "-92233720368547758.08",
    ]
    assert str(to_major(np.int64(7), places=0)) == "7"
    assert str(to_major(7, places=3)) == "0.007"


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [
        (0, 2, "0.00"),
        (-1, 2, "-0.01"),
        (123456789, 2, "1,234,567.89"),
        (-100_000, 2, "-1,000.00"),
        (1234, 0, "1,234"),
        (1234, 3, "1.234"),
        (np.int64(99), 2, "0.99"),
        (10**30, 2, f"{10**28:,}.00"),
    ],
)
def test_amounts_for_people_have_thousands_separators(amount: int, places: int, text: str) -> None:
    """Sums may be larger than int64."""
    assert format_fen(amount, places) == text


@pytest.mark.parametrize("amount", [1.0, "1", True, None])
def test_only_whole_amounts_are_shown(amount: Any) -> None:
    """A float is no fen, not even to look at."""
    with pytest.raises(DataError, match="format_fen needs whole minor units, got"):
        format_fen(amount)
    with pytest.raises(DataError, match=r"to_major\.amounts row 0: got"):
        to_major([amount])


@pytest.mark.parametrize("places", [-1, 19, 2.0, True, None])
def test_places_are_from_0_to_18(places: Any) -> None:
    """All three functions refuse the same; two is what they take by themselves."""
    assert (from_major(1), str(to_major(1)), format_fen(1)) == (100, "0.01", "0.01")
    assert (from_major(1, 18), format_fen(10**18, 18)) == (10**18, f"1.{'0' * 18}")
    for function in (from_major, to_major, format_fen):
        with pytest.raises(RuleError, match="places must be a whole number from 0 to 18, got"):
            function(1, places)
