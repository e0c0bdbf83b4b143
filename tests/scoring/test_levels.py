"""Numbers that rules compare with."""

from decimal import Decimal
from fractions import Fraction

import pytest

from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Measures
from clientmgr.scoring import By
from clientmgr.scoring.levels import level_column, read_level, read_number, show, show_level


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (30, Fraction(30)),
        ("85%", Fraction(17, 20)),
        ("1.5", Fraction(3, 2)),
        (Decimal("0.25"), Fraction(1, 4)),
        (Fraction(1, 3), Fraction(1, 3)),
        ("3,000.00 CNY", Fraction(300_000)),
        ("-0.5 CNY", Fraction(-50)),
    ],
)
def test_numbers_are_read_exactly(written: object, number: Fraction) -> None:
    """Amounts with a currency are major units and become fen."""
    assert read_number(written) == number


def test_floats_are_refused() -> None:
    """A pay rule is exact."""
    with pytest.raises(RuleError, match=r"must be exact, got the float 0\.1"):
        read_number(0.1)


def test_a_level_may_depend_on_a_label() -> None:
    """Each word has its number, the others what is said for them."""
    level = By("region", {"first": 4, "second": 3}, otherwise=2)
    table = Measures(manager=[1, 2, 3], period="2026", values={"region": ["first", "x", "second"]})
    column = level_column(level, table)
    assert [column.at(row) for row in range(3)] == [4, 2, 3]
    assert read_level(level) is level
    assert str(level) == "by region: first 4, second 3, else 2"


def test_a_label_without_a_number_is_named() -> None:
    """With the manager whose label it is."""
    table = Measures(manager=["M1"], period="2026", values={"region": ["third"]})
    with pytest.raises(DataError, match=r"\(M1\): got 'third', expected one of \['first'\]"):
        level_column(By("region", {"first": 4}), table)


def test_a_word_stands_once() -> None:
    """Two numbers for one word contradict one another."""
    with pytest.raises(RuleError, match="a word stands twice"):
        By("region", [("first", 4), ("first", 5)])


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (Fraction(123456), "money", "1,234.56"),
        (Fraction(1, 3), "money", "1/3"),
        (Fraction(1, 4), "ratio", "25%"),
        (Fraction(7), "count", "7"),
        (Fraction(5, 2), "points", "2.5"),
        (Fraction(1, 3), "count", "1/3"),
    ],
)
def test_numbers_are_written_in_their_unit(number: Fraction, kind: str, text: str) -> None:
    """Money as yuan, ratios in per cent, the rest plainly."""
    assert show(number, kind) == text


def test_the_level_of_one_row_is_written_in_the_unit_of_its_measure() -> None:
    """As it stands on a sheet."""
    table = Measures(manager=[1], period="2026", values={"turnover": [5], "region": ["first"]})
    level = By("region", {"first": 100_00})
    assert show_level(level, table, table["turnover"], 0) == "100.00"
