"""Levels: the numbers that rules compare with and aim at, one for all or one by label."""

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.money import Rate, format_fen
from clientmgr.scoring.exact import Exact, gather

__all__ = [
    "By",
    "Level",
    "as_tuple",
    "level_column",
    "read_level",
    "read_number",
    "show",
    "show_level",
]

AMOUNT = re.compile(r"([+-]?[0-9][0-9,]*(?:\.[0-9]{1,2})?) [A-Z]{3}")


def read_number(value: Any) -> Fraction:
    """Read an exact number: whole, Decimal, Fraction, or text as "85%", "1.5", "3,000.00 CNY".

    An amount with a currency is in major units and becomes minor ones (fen).

    Raises:
        RuleError: a float, or text that is no number.
    """
    if isinstance(value, str) and (amount := AMOUNT.fullmatch(value)):
        return Fraction(Decimal(amount[1].replace(",", ""))) * 100
    return Rate.of(value).fraction


def as_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    """Read a list of anything."""
    return tuple(values)


def _read_values(values: Any) -> tuple[tuple[str | int, Fraction], ...]:
    """Read the numbers by label; a mapping gives its items."""
    items = values.items() if isinstance(values, Mapping) else values
    return tuple((label, read_number(number)) for label, number in items)


@attrs.frozen
class By:
    """A number that depends on a label of the manager, such as the region or the grade.

    Attributes:
        label: the name of a label column of the measures.
        values: the number for each word.
        otherwise: the number for all other words; None refuses them.

    Raises:
        RuleError: a word that stands twice, or a number that is not exact.

    Example:
        >>> from clientmgr.scoring import By
        >>> print(By("region", {"first": 4_000_000_00, "second": 3_000_000_00}))
        by region: first 400000000, second 300000000
    """

    label: str
    values: tuple[tuple[str | int, Fraction], ...] = attrs.field(converter=_read_values)
    otherwise: Fraction | None = attrs.field(default=None, converter=attrs.converters.optional(read_number))

    def __attrs_post_init__(self) -> None:
        """Refuse words that stand twice."""
        words = [word for word, _ in self.values]
        if len(set(words)) < len(words):
            raise RuleError(f"a word stands twice: {words}", "$.values")

    def __str__(self) -> str:
        """Write the numbers in one line."""
        parts = [f"{word} {show(number)}" for word, number in self.values]
        parts += [] if self.otherwise is None else [f"else {show(self.otherwise)}"]
        return f"by {self.label}: {', '.join(parts)}"


Level = Fraction | By


def read_level(value: Any) -> Level:
    """Read a level: an exact number for everybody, or a `By`."""
    return value if isinstance(value, By) else read_number(value)


def level_column(level: Level, measures: Measures) -> Exact:
    """Give the level of each row: one number, or a column.

    Raises:
        DataError: managers whose label has no number.
    """
    if not isinstance(level, By):
        return Exact(level.numerator, level.denominator)
    column = measures.label(level.label)
    numbers = dict(level.values)
    words = [*column.vocabulary.tolist(), None]
    of_word = [numbers.get(word, level.otherwise) for word in words]
    lost = np.array([number is None for number in of_word])[column.codes]
    if lost.any():
        _refuse_labels(level, measures, np.flatnonzero(lost))
    known = [Fraction(0) if number is None else number for number in of_word]
    base = math.lcm(*(number.denominator for number in known))
    return Exact(gather([int(number * base) for number in known], column.codes.astype(np.int64)), base)


def show(number: Fraction, kind: str = "count", *, places: int = 10) -> str:
    """Write an exact number: an amount as major units, a ratio as per cent, else plainly."""
    if kind == "money" and number.denominator == 1:
        return format_fen(int(number))
    if kind == "ratio":
        return str(Rate.of(number))
    if number.denominator == 1:
        return f"{number.numerator}"
    scaled = number * 10**places
    if scaled.denominator == 1:
        return f"{Decimal(scaled.numerator).scaleb(-places).normalize():f}"
    return f"{number.numerator}/{number.denominator}"


def show_level(level: Level, measures: Measures, column: MeasureColumn, row: int) -> str:
    """Write the level that holds for one row, in the unit of a measure."""
    return show(level_column(level, measures.take([row])).spread(1).at(0), column.kind)


def _refuse_labels(level: By, measures: Measures, rows: Any) -> None:
    """Raise for the managers whose label has no number."""
    findings = Findings.of(
        table="measures",
        column=level.label,
        rows=rows,
        ids=measures.manager[rows].tolist(),
        values=measures.label(level.label)[rows].tolist(),
        expected=f"one of {[word for word, _ in level.values]}",
    )
    raise DataError.of(findings, f"no level for some managers ({level})")
