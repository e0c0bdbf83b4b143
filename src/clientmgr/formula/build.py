"""What the operators of a formula build: Python values made into nodes, sums and products kept flat."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from clientmgr.errors import RuleError
from clientmgr.formula.literals import parse_number

if TYPE_CHECKING:
    from clientmgr.formula.base import Formula

__all__ = [
    "add",
    "as_formula",
    "band",
    "both",
    "clamped",
    "compare",
    "curve",
    "divide",
    "equal",
    "first_known",
    "float_message",
    "is_in",
    "largest",
    "lookup",
    "multiply",
    "named",
    "negate",
    "rounded",
    "smallest",
    "subtract",
    "tiers",
    "words",
]

# `base` imports this module, and the nodes import `base`: they are looked up when an operator is used.
from clientmgr import formula as _home

LARGEST_POWER = 60


def as_formula(value: object) -> "Formula":
    """Make a Python value a node: an int, a Decimal, a Fraction or an exact text becomes a number.

    Raises:
        RuleError: the value is a float, a bool, a name as bare text, or nothing that can be computed with.
    """
    if isinstance(value, _home.base.Formula):
        return value
    if isinstance(value, (bool, np.bool_)):
        raise RuleError(
            f"{value!r} is a Python truth value, often from `==` or `in` on formulas, which compare "
            "trees; write .equals(...), .is_in(...), or a comparison such as measure('x') >= 3"
        )
    if isinstance(value, str):
        return _number_of(value)
    if isinstance(value, (float, np.floating)):
        raise RuleError(float_message(float(value)))
    return _home.nodes.Literal(_exact(value))


def _number_of(text: str) -> "Formula":
    """Make a text a number, or say what a bare word should have been."""
    if text[:1].isalpha():
        raise RuleError(
            f"{text!r} is a bare word; write measure({text!r}) or value({text!r}) for a name, "
            f"label({text!r}) for a label's word"
        )
    return _home.nodes.Literal(*parse_number(text))


def float_message(value: float) -> str:
    """Say what to write instead of a float."""
    if not math.isfinite(value):
        return f"{value!r} is no number of a rule"
    return f"{value!r} is a binary float; write the exact text '{Decimal(repr(value)):f}'"


def _exact(value: object) -> Fraction:
    """Make a Python number exact."""
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value))
    if isinstance(value, Decimal):
        power = value.as_tuple().exponent
        if not isinstance(power, int) or abs(power) > LARGEST_POWER:
            raise RuleError(f"{value!r} is not an exact number within bounds")
        return Fraction(value)
    if isinstance(value, Fraction):
        return value
    ratio = (getattr(value, "numerator", None), getattr(value, "denominator", None))
    if isinstance(ratio[0], int) and isinstance(ratio[1], int):
        return Fraction(ratio[0], ratio[1])
    raise RuleError(
        f"{value!r} of type {type(value).__name__} is no formula and no exact number; write an int, "
        "a Decimal, a Fraction or a text such as '15%'"
    )


def _flag(value: object, sign: str) -> "Formula":
    """Refuse what cannot be a yes or no, such as the 1 in `a > 1 & b`."""
    if isinstance(value, _home.base.Formula):
        return value
    if isinstance(value, (bool, np.bool_)):
        return as_formula(value)
    raise RuleError(
        f"{value!r} {sign} a formula: {sign} binds tighter than a comparison; put brackets around "
        "both sides: (a > 1) & (b > 2)"
    )


def _flat(kind: type[Any], values: Iterable[object]) -> "tuple[Formula, ...]":
    """List the operands, taking apart those that are already such a list."""
    flat: list[Formula] = []
    for value in values:
        node = as_formula(value)
        flat.extend(node.of if isinstance(node, kind) else (node,))
    return tuple(flat)


def add(left: object, right: object) -> "Formula":
    """Build a sum."""
    return _home.nodes.Sum(_flat(_home.nodes.Sum, (left, right)))


def subtract(left: object, right: object) -> "Formula":
    """Build a difference; `a - b - c` is one list of deductions."""
    first = as_formula(left)
    taken = first.of if isinstance(first, _home.nodes.Minus) else (first,)
    return _home.nodes.Minus((*taken, as_formula(right)))


def multiply(left: object, right: object) -> "Formula":
    """Build a product."""
    return _home.nodes.Times(_flat(_home.nodes.Times, (left, right)))


def divide(left: object, right: object, if_zero: object = None) -> "Formula":
    """Build a quotient."""
    other = None if if_zero is None else as_formula(if_zero)
    return _home.nodes.Over(as_formula(left), as_formula(right), other)


def largest(values: Iterable[object]) -> "Formula":
    """Build the largest of some values."""
    return _home.nodes.Greatest(tuple(as_formula(value) for value in values))


def smallest(values: Iterable[object]) -> "Formula":
    """Build the smallest of some values."""
    return _home.nodes.Least(tuple(as_formula(value) for value in values))


def compare(op: Any, left: object, right: object) -> "Formula":
    """Build a comparison."""
    return _home.nodes.Compare(op, as_formula(left), as_formula(right))


def equal(left: "Formula", right: object) -> "Formula":
    """Build an equality of values; a word is compared as a label's."""
    if isinstance(right, str) and right[:1].isalpha():
        return is_in(left, (right,))
    return compare("=", left, right)


def is_in(of: "Formula", words: tuple[str, ...]) -> "Formula":
    """Build a test of a label."""
    for word in words:
        if not isinstance(word, str):
            raise RuleError(f"is_in takes a label's words, got {word!r}; write .is_in('A', 'B')")
    return _home.nodes.IsIn(of, tuple(words))


def both(sign: str, left: object, right: object) -> "Formula":
    """Build `&` or `|`."""
    kind = _home.nodes.All if sign == "&" else _home.nodes.Any_
    return kind(_flat(kind, (_flag(left, sign), _flag(right, sign))))


def negate(of: "Formula") -> "Formula":
    """Build a negation."""
    return _home.nodes.Not(of)


def clamped(of: object, low: object, high: object) -> "Formula":
    """Build limits."""
    limits = (None if limit is None else as_formula(limit) for limit in (low, high))
    return _home.nodes.Clamp(as_formula(of), *limits)


def rounded(of: object, to: object, mode: Any) -> "Formula":
    """Build a rounding."""
    unit = as_formula(to)
    if not isinstance(unit, _home.nodes.Literal):
        raise RuleError(f"round needs a positive number in to, got {unit}")
    return _home.nodes.Rounded(as_formula(of), unit, mode)


def first_known(values: Iterable[object]) -> "Formula":
    """Build a choice of the first that is defined."""
    return _home.choices.FirstKnown(tuple(as_formula(value) for value in values))


def named(of: "Formula", title: str) -> "Formula":
    """Give a part a title."""
    return _home.nodes.Named(title, of)


def band(of: object, *, below: object, upto: object, above: object) -> "Formula":
    """Build a band."""
    side, edges, results = _steps("a band", below, upto, above)
    return _home.choices.Band(as_formula(of), edges, results, side)


def tiers(
    of: object,
    how: Any,
    *,
    below: object,
    upto: object,
    above: object,
    on: object = None,
    negative: Any = "refuse",
) -> "Formula":
    """Build tiers."""
    side, edges, rates = _steps("tiers", below, upto, above)
    picker = None if on is None else as_formula(on)
    return _home.choices.Tiers(as_formula(of), edges, rates, how, side, picker, negative)


def _steps(
    what: str, below: object, upto: object, above: object
) -> "tuple[Any, tuple[Formula, ...], tuple[Formula, ...]]":
    """Read the steps of a band or of tiers."""
    if below is not None and upto is not None:
        raise RuleError(f"{what} takes below= for [lo, hi) or upto= for (lo, hi], not both")
    rows = _pairs(what, upto if below is None else below)
    edges, results = [row[0] for row in rows], [row[1] for row in rows]
    last = [] if above is None else [as_formula(above)]
    return "below" if upto is None else "upto", tuple(edges), (*results, *last)


def _pairs(what: str, steps: Any) -> "list[tuple[Formula, Formula]]":
    """Read a dict or a list of pairs."""
    if steps is None:
        return []
    rows = list(steps.items() if isinstance(steps, Mapping) else steps)
    if not all(isinstance(row, (tuple, list)) and len(row) == 2 for row in rows):  # noqa: PLR2004
        raise RuleError(f"{what} takes a dict {{edge: result}} or pairs [(edge, result), ...]")
    return [(as_formula(edge), as_formula(result)) for edge, result in rows]


def curve(of: object, knots: object, outside: Any) -> "Formula":
    """Build a curve."""
    return _home.choices.Curve(as_formula(of), tuple(_pairs("a curve", knots)), outside)


def lookup(of: object, table: Mapping[str, Any], otherwise: object) -> "Formula":
    """Build a lookup."""
    other = None if otherwise is None else as_formula(otherwise)
    rows = tuple((word, as_formula(result)) for word, result in table.items())
    return _home.choices.Lookup(as_formula(of), rows, other)


def words(formula: "Formula") -> str:
    """Write a formula as one reads it aloud."""
    return _home.words.in_words(formula)
