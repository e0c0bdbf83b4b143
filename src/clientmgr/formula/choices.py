"""The nodes that choose: `when`, `lookup`, `band`, `first_known`, and the slopes: `tiers`, `curve`."""

from itertools import pairwise
from typing import Literal as OneOf

import attrs

from clientmgr.errors import RuleError
from clientmgr.formula.base import Formula
from clientmgr.formula.nodes import DateLiteral, Literal, at_least, listed, one_of

__all__ = ["Band", "Curve", "FirstKnown", "Lookup", "Tiers", "When"]

Side = OneOf["below", "upto"]
How = OneOf["whole", "marginal", "amounts"]
Negative = OneOf["refuse", "zero", "mirror", "first"]
Outside = OneOf["refuse", "flat", "continue"]


@attrs.frozen(order=False, cache_hash=True, repr=False)
class When(Formula):
    """The value of the first case whose condition holds, else `otherwise`."""

    cases: tuple[tuple[Formula, Formula], ...]
    otherwise: Formula

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give each condition and its value, and what holds otherwise."""
        cases = (
            (f".when[{i}].{key}", part)
            for i, case in enumerate(self.cases)
            for key, part in zip(("if", "then"), case, strict=True)
        )
        return (*cases, (".otherwise", self.otherwise))

    def _check(self) -> None:
        """Refuse a choice without a case."""
        if not self.cases:
            raise RuleError("when needs at least one case")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Lookup(Formula):
    """The formula that stands at a label's word, else `otherwise`."""

    of: Formula
    table: tuple[tuple[str, Formula], ...]
    otherwise: Formula | None = None

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the label, the formulas of the table, and what holds otherwise."""
        other = () if self.otherwise is None else ((".otherwise", self.otherwise),)
        rows = ((f".table.{word}", part) for word, part in self.table)
        return ((".lookup", self.of), *rows, *other)

    def _check(self) -> None:
        """Refuse an empty table and a word twice."""
        words = [word for word, _ in self.table]
        if not words or len(set(words)) != len(words):
            raise RuleError(f"lookup needs a table of different words, got {words}")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class FirstKnown(Formula):
    """The first of some formulas that is defined."""

    of: tuple[Formula, ...]

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the formulas in their order."""
        return listed("first_known", self.of)

    def _check(self) -> None:
        """Refuse an empty list."""
        at_least(1, self.of, "first_known")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Band(Formula):
    """The result of the step in which a number or a date lies.

    `side` is `below` for `[lo, hi)` and `upto` for `(lo, hi]`. There is one result for each edge, and one more where
    the last step has no end.
    """

    of: Formula
    edges: tuple[Formula, ...]
    results: tuple[Formula, ...]
    side: Side = "below"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the number, then edges and results row by row."""
        return ((".band", self.of), *steps(self.side, self.edges, self.results, "is"))

    def _check(self) -> None:
        """Refuse steps that do not rise."""
        one_of(self.side, Side, "the word for an edge")
        check_steps("band", self.edges, self.results)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Tiers(Formula):
    """A number times the rate of its tier, or slice by slice the rates of all tiers that it fills.

    With `how="amounts"` each result but an open last one is the amount that its tier earns when it is full.
    """

    of: Formula
    edges: tuple[Formula, ...]
    rates: tuple[Formula, ...]
    how: How
    side: Side = "below"
    on: Formula | None = None
    negative: Negative = "refuse"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the number, what picks the tier, then edges and rates row by row."""
        picks = () if self.on is None else ((".on", self.on),)
        rows = steps(self.side, self.edges, self.rates, "rate")
        if self.how == "amounts":
            full = [f".rows[{i}].rate" for i in range(len(self.edges))]
            rows = tuple((p.replace(".rate", ".amount") if p in full else p, f) for p, f in rows)
        return ((".tiers", self.of), *picks, *rows)

    def _check(self) -> None:
        """Refuse unknown words, tiers that do not rise from zero, and a picker where none can be."""
        one_of(self.how, How, "how")
        one_of(self.side, Side, "the word for an edge")
        one_of(self.negative, Negative, "negative")
        check_steps("tiers", self.edges, self.rates)
        first = self.edges[0] if self.edges else None
        if isinstance(first, Literal) and first.value < 0:
            raise RuleError(f"tiers start at 0, got the edge {first}; use a band below zero")
        if self.on is not None and self.how != "whole":
            raise RuleError(f"on picks a whole tier; how is {self.how}")
        if self.how == "amounts" and not self.edges:
            raise RuleError("tiers of amounts need at least one edge: an open tier has no width")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Curve(Formula):
    """Straight lines between knots."""

    of: Formula
    knots: tuple[tuple[Formula, Formula], ...]
    outside: Outside = "refuse"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the number, then the knots."""
        knots = ((f".knots[{i}][{j}]", part) for i, knot in enumerate(self.knots) for j, part in enumerate(knot))
        return ((".curve", self.of), *knots)

    def _check(self) -> None:
        """Refuse fewer than two knots, and knots that do not rise."""
        one_of(self.outside, Outside, "outside")
        if len(self.knots) < 2:  # noqa: PLR2004 - a line has two ends
            raise RuleError(f"curve needs at least 2 knots, got {len(self.knots)}")
        check_rising("knots", tuple(x for x, _ in self.knots))


def steps(
    side: str, edges: tuple[Formula, ...], results: tuple[Formula, ...], key: str
) -> tuple[tuple[str, Formula], ...]:
    """Give the paths of the rows of a band or of tiers."""
    rows: list[tuple[str, Formula]] = []
    for i, result in enumerate(results):
        if i < len(edges):
            rows.append((f".rows[{i}].{side}", edges[i]))
        rows.append((f".rows[{i}].{key}", result))
    return tuple(rows)


def check_steps(tag: str, edges: tuple[Formula, ...], results: tuple[Formula, ...]) -> None:
    """Refuse no rows, a result too many or too few, and constant edges that do not rise."""
    if not results:
        raise RuleError(f"{tag} needs at least one row")
    if len(results) - len(edges) not in (0, 1):
        raise RuleError(f"{tag} has {len(edges)} edges for {len(results)} results")
    check_rising("rows", edges)


def check_rising(what: str, edges: tuple[Formula, ...]) -> None:
    """Refuse constant edges that fall or repeat; edges that are formulas are judged row by row."""
    for i, (low, high) in enumerate(pairwise(edges)):
        numbers = isinstance(low, Literal) and isinstance(high, Literal) and low.value >= high.value
        days = isinstance(low, DateLiteral) and isinstance(high, DateLiteral) and low.day >= high.day
        if numbers or days:
            raise RuleError(f"the edges of {what} must rise, got {high} after {low}", path=f".{what}[{i + 1}]")
