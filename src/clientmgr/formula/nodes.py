"""The nodes of the algebra that compute from one row: leaves, arithmetic, logic, naming.

Choice and slopes are in `choices`, item tables and time in `rows`. A node is a frozen tree; it checks its own shape,
while kinds are checked for a whole set of formulas (`check`).
"""

from fractions import Fraction
from typing import Any, get_args
from typing import Literal as OneOf

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.formula.base import Formula

__all__ = [
    "Age",
    "All",
    "Any_",
    "Calendar",
    "Carry",
    "Clamp",
    "Compare",
    "DateLiteral",
    "Greatest",
    "IsIn",
    "LabelLiteral",
    "Least",
    "Literal",
    "Minus",
    "Name",
    "Named",
    "Not",
    "Over",
    "Rounded",
    "Sum",
    "Times",
]

Rounding = OneOf["half_up", "half_even", "down", "up", "floor", "ceil"]
Comparison = OneOf["<", "<=", ">", ">=", "="]
CalendarWord = OneOf[
    "number", "year", "half", "quarter", "month", "year_end", "half_end", "quarter_end",
    "start", "end", "trading_days",
]  # fmt: skip
AgeUnit = OneOf["months", "days", "periods"]


def one_of(value: object, words: object, what: str) -> None:
    """Refuse an option word that is not listed."""
    allowed = get_args(words)
    if value not in allowed:
        raise RuleError(f"{what} must be one of {', '.join(allowed)}, got {value!r}")


def at_least(count: int, parts: tuple[Formula, ...], tag: str) -> None:
    """Refuse a list of formulas that is too short."""
    if len(parts) < count:
        raise RuleError(f"{tag} needs at least {count} formula{'s'[: count > 1]}, got {len(parts)}")


def listed(tag: str, parts: tuple[Formula, ...]) -> tuple[tuple[str, Formula], ...]:
    """Give the paths of a list of formulas."""
    return tuple((f".{tag}[{i}]", part) for i, part in enumerate(parts))


def _whole_day(day: Any) -> np.datetime64:
    """Make a day of a day in any unit."""
    return np.datetime64(day, "D")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Literal(Formula):
    """An exact number; its unit is part of it, so `15%` and `0.15` are different nodes."""

    value: Fraction
    unit: str = ""


@attrs.frozen(order=False, cache_hash=True, repr=False)
class DateLiteral(Formula):
    """A day."""

    day: np.datetime64 = attrs.field(converter=_whole_day)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class LabelLiteral(Formula):
    """A word of a label."""

    word: str


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Name(Formula):
    """A measure, a value or a line, by its name."""

    name: str

    def _check(self) -> None:
        """Refuse what cannot be a name."""
        check_name(self.name)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Carry(Formula):
    """The opening balance of a carry; it reads the same everywhere in the period."""

    name: str

    def _check(self) -> None:
        """Refuse what cannot be a name."""
        check_name(self.name)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Calendar(Formula):
    """A fact of the period itself: its number, its month, whether it ends a quarter."""

    what: CalendarWord

    def _check(self) -> None:
        """Refuse an unknown fact."""
        one_of(self.what, CalendarWord, "calendar")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Age(Formula):
    """How long ago a date was, at the end of the period or at another date."""

    of: Formula
    unit: AgeUnit = "months"
    until: Formula | None = None
    entry: OneOf["counted", "not_counted"] = "counted"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the date, and the date until which is counted."""
        until = () if self.until is None else ((".until", self.until),)
        return ((".age", self.of), *until)

    def _check(self) -> None:
        """Refuse unknown words."""
        one_of(self.unit, AgeUnit, "unit")
        one_of(self.entry, OneOf["counted", "not_counted"], "entry")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class _List(Formula):
    """A node over a list of formulas."""

    of: tuple[Formula, ...]

    tag = ""
    fewest = 1

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the formulas of the list."""
        return listed(self.tag, self.of)

    def _check(self) -> None:
        """Refuse a list that is too short."""
        at_least(self.fewest, self.of, self.tag)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Sum(_List):
    """The sum of all."""

    tag = "sum"


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Minus(_List):
    """The first less all the rest: net commission is a list of deductions."""

    tag = "minus"
    fewest = 2


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Times(_List):
    """The product of all."""

    tag = "times"


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Least(_List):
    """The smallest of all."""

    tag = "least"


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Greatest(_List):
    """The largest of all."""

    tag = "greatest"


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Over(Formula):
    """A quotient; undefined where the divisor is zero, unless `if_zero` says what holds then."""

    dividend: Formula
    divisor: Formula
    if_zero: Formula | None = None

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give dividend, divisor, and what holds at zero."""
        return (
            (".over[0]", self.dividend),
            (".over[1]", self.divisor),
            *(() if self.if_zero is None else ((".if_zero", self.if_zero),)),
        )


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Clamp(Formula):
    """A number kept within limits, either of which may be missing."""

    of: Formula
    low: Formula | None = None
    high: Formula | None = None

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the number and its limits."""
        limits = ((".from", self.low), (".to", self.high))
        return ((".clamp", self.of), *((path, part) for path, part in limits if part is not None))

    def _check(self) -> None:
        """Refuse limits that are missing or the wrong way round."""
        if self.low is None and self.high is None:
            raise RuleError("clamp needs from, to, or both")
        low, high = self.low, self.high
        if isinstance(low, Literal) and isinstance(high, Literal) and low.value > high.value:
            raise RuleError(f"clamp has from {low} above to {high}")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Rounded(Formula):
    """A number rounded to a multiple of `to`, in major units."""

    of: Formula
    to: Literal = Literal(Fraction(1, 100))
    mode: Rounding = "half_up"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the number and the unit."""
        return ((".round", self.of), (".to", self.to))

    def _check(self) -> None:
        """Refuse a unit that is not a positive number, and an unknown mode."""
        if self.to.value <= 0:
            raise RuleError(f"round needs a positive number in to, got {self.to}")
        one_of(self.mode, Rounding, "mode")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Compare(Formula):
    """Whether one value is less than, equal to ... another."""

    op: Comparison
    left: Formula
    right: Formula

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give both sides."""
        return ((f'["{self.op}"][0]', self.left), (f'["{self.op}"][1]', self.right))

    def _check(self) -> None:
        """Refuse an unknown comparison."""
        one_of(self.op, Comparison, "a comparison")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class IsIn(Formula):
    """Whether a label is one of some words."""

    of: Formula
    words: tuple[str, ...]

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the label."""
        return ((".is[0]" if len(self.words) == 1 else ".in[0]", self.of),)

    def _check(self) -> None:
        """Refuse no words, and a word twice."""
        if not self.words or len(set(self.words)) != len(self.words):
            raise RuleError(f"in needs different words, got {list(self.words)}")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class All(_List):
    """Whether all hold; one sure no decides, whatever is undefined beside it."""

    tag = "all"


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Any_(_List):  # noqa: N801 - `Any` is a word of typing
    """Whether at least one holds; one sure yes decides, whatever is undefined beside it."""

    tag = "any"


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Not(Formula):
    """Whether it does not hold."""

    of: Formula

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the flag."""
        return ((".not", self.of),)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Named(Formula):
    """A part with a title of its own in explanations; it changes no number."""

    title: str
    of: Formula

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the part."""
        return ((".of", self.of),)

    def _check(self) -> None:
        """Refuse an empty title."""
        if not self.title.strip():
            raise RuleError("name needs a title, got an empty text")


def check_name(name: object) -> None:
    """Refuse what cannot be a name: a letter of any script, then letters, digits, `_`, `.`, `-`."""
    good = isinstance(name, str) and name[:1].isalpha() and len(name) <= 100  # noqa: PLR2004
    if not (good and all(char.isalnum() or char in "_.-" for char in str(name))):
        raise RuleError(f"{name!r} is not a name: it must begin with a letter, then letters, digits, '_', '.', '-'")
