"""Random formulas that are well-kinded, and the facts to run them on."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import strategies as st

from clientmgr.formula import CarryRule, FormulaSet, ItemTable, choices, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.testing.formula.told import Told

__all__ = ["formula_sets", "formulas", "periods_told", "worlds"]

WORDS = ("A", "B", "C")
MEASURES: dict[str, Any] = {
    "m1": "money",
    "m2": "money",
    "r1": {"ratio": "0.0001"},
    "r2": "ratio",
    "c1": "count",
    "f1": "flag",
    "d1": "date",
    "g1": {"label": list(WORDS)},
    "boss": "manager",
}
FIELDS: dict[str, Any] = {
    "x": "money",
    "n": "count",
    "s": {"label": list(WORDS)},
    "q": "flag",
    "day": "date",
    "peer": "manager",
}
MODES = ("half_up", "half_even", "down", "up", "floor", "ceil")
BY_KIND: dict[str, tuple[str, ...]] = {"money": ("m1", "m2"), "ratio": ("r1", "r2"), "count": ("c1",)}
SINGLE = {"flag": "f1", "date": "d1", "label": "g1"}
FIELD_OF = {"money": "x", "count": "n", "label": "s", "flag": "q", "date": "day"}
UNITS = {"money": "CNY", "ratio": "%"}
NUMBERS = ("money", "ratio", "count")

Draw = Callable[[st.SearchStrategy[Any]], Any]


@attrs.frozen
class Scope:
    """What a formula may refer to: names by kind, names to look back at, and the table around it."""

    names: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    past: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    table: str | None = None
    carries: bool = False
    time: bool = True


@st.composite
def formulas(draw: Draw, kind: str, depth: int = 3, scope: Scope | None = None) -> Formula:
    """Draw a formula of a kind: money, ratio, count, flag, date or label.

    Args:
        draw: hypothesis' own.
        kind: what the formula is.
        depth: how deep it is nested at most.
        scope: what it may refer to; the measures alone if none is given.
    """
    return _Maker(draw, scope or Scope()).make(kind, depth)


class _Maker:
    """Makes formulas from the inside out."""

    def __init__(self, draw: Draw, scope: Scope) -> None:
        """Keep the draw and the scope."""
        self.draw = draw
        self.scope = scope

    def pick(self, options: Sequence[Any]) -> Any:
        """Draw one of some options."""
        return self.draw(st.sampled_from(list(options)))

    def make(self, kind: str, depth: int) -> Formula:
        """Make a formula of a kind."""
        if depth <= 0:
            return self.leaf(kind)
        return self._node(kind, depth)

    def _node(self, kind: str, depth: int) -> Formula:
        """Make a leaf or a node."""
        name = self.pick(("leaf", *_NODES[kind]))
        if name == "leaf":
            return self.leaf(kind)
        made: Formula = getattr(self, name)(kind, depth - 1)
        return made

    def leaf(self, kind: str) -> Formula:
        """Make a leaf."""
        options: list[Formula] = [nodes.Name(name) for name in self.scope.names.get(kind, ())]
        if kind in NUMBERS:
            options += [nodes.Name(name) for name in BY_KIND[kind]]
            options.append(nodes.Literal(self.number(), UNITS.get(kind, "")))
            if kind != "money":
                options.append(nodes.Literal(self.number()))
        else:
            options += [nodes.Name(SINGLE[kind]), self.constant(kind)]
        if self.scope.table is not None and kind in FIELD_OF:
            options += [rows.Field(FIELD_OF[kind])] * 3
        if kind == "money" and self.scope.carries:
            options.append(nodes.Carry("bal"))
        if kind == "count" and self.scope.time:
            options.append(nodes.Calendar(self.pick(("number", "month", "quarter", "year"))))
        return self.pick(options)  # type: ignore[no-any-return]

    def number(self) -> Fraction:
        """Draw a small exact number."""
        return Fraction(self.draw(st.integers(-300, 300)), self.pick((1, 1, 1, 2, 3, 10, 100)))

    def constant(self, kind: str) -> Formula:
        """Draw a constant that is no number."""
        if kind == "label":
            return nodes.LabelLiteral(self.pick(WORDS))
        if kind == "date":
            return nodes.DateLiteral(self.draw(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))))
        return nodes.Name("f1")

    def many(self, kind: str, depth: int, least: int = 1) -> tuple[Formula, ...]:
        """Make some formulas of a kind."""
        return tuple(self.make(kind, depth) for _ in range(self.draw(st.integers(least, 3))))

    # Numbers.

    def sum(self, kind: str, depth: int) -> Formula:
        """Make a sum."""
        return nodes.Sum(self.many(kind, depth))

    def minus(self, kind: str, depth: int) -> Formula:
        """Make a difference."""
        return nodes.Minus(self.many(kind, depth, 2))

    def days(self, _kind: str, depth: int) -> Formula:
        """Make the days between two dates."""
        return nodes.Minus((self.make("date", depth), self.make("date", depth)))

    def times(self, kind: str, depth: int) -> Formula:
        """Make a product."""
        return nodes.Times((self.make(kind, depth), self.make(self.pick(("ratio", "count")), depth)))

    def over(self, kind: str, depth: int) -> Formula:
        """Make a quotient."""
        top, bottom = (
            (kind, self.pick(("ratio", "count")))
            if kind == "money"
            else self.pick((("money", "money"), ("count", "count"), ("ratio", "count")))
        )
        other = self.make(kind, 0) if self.draw(st.booleans()) else None
        return nodes.Over(self.make(top, depth), self.make(bottom, depth), other)

    def least(self, kind: str, depth: int) -> Formula:
        """Make the smallest or the largest of some."""
        return self.pick((nodes.Least, nodes.Greatest))(self.many(kind, depth))  # type: ignore[no-any-return]

    def clamp(self, kind: str, depth: int) -> Formula:
        """Make limits."""
        low, high = nodes.Literal(Fraction(-5)), nodes.Literal(Fraction(50))
        limits = self.pick(((low, high), (low, None), (None, high), (self.make(kind, 0), high)))
        if isinstance(limits[0], nodes.Literal) and limits[0].value > high.value:
            limits = (None, high)
        return nodes.Clamp(self.make(kind, depth), *limits)

    def rounded(self, kind: str, depth: int) -> Formula:
        """Make a rounding."""
        unit = nodes.Literal(Fraction(self.pick(("0.01", "1", "0.5", "100", "1/3"))))
        return nodes.Rounded(self.make(kind, depth), unit, self.pick(MODES))

    def tiers(self, kind: str, depth: int) -> Formula:
        """Make tiers, mostly with constant edges and rates."""
        how = self.pick(("whole", "marginal", "amounts"))
        count = self.draw(st.integers(1, 3))
        edges = self.edges(count, depth, kind)
        rest = ("money", "ratio")[kind != "money"] if how == "amounts" else "ratio"
        rates = [self.number_or(rest, depth) for _ in range(count)]
        if self.draw(st.booleans()):
            rates.append(self.number_or("ratio", depth))
        on = self.make(kind, 0) if how == "whole" and self.draw(st.booleans()) else None
        return choices.Tiers(
            self.make(kind, depth),
            edges,
            tuple(rates),
            how,
            self.pick(("below", "upto")),
            on,
            self.pick(("refuse", "zero", "mirror", "first")),
        )

    def number_or(self, kind: str, depth: int) -> Formula:
        """Make a constant, or sometimes a formula."""
        if self.draw(st.integers(0, 3)):
            return nodes.Literal(self.number(), UNITS.get(kind, ""))
        return self.make(kind, min(depth, 1))

    def edges(self, count: int, depth: int, kind: str) -> tuple[Formula, ...]:
        """Make rising constant edges, or sometimes formulas."""
        if self.draw(st.integers(0, 3)):
            values = self.draw(st.lists(st.integers(0, 200), min_size=count, max_size=count, unique=True))
            return tuple(nodes.Literal(Fraction(value)) for value in sorted(values))
        # A title keeps constants from being judged at once, so that edges may fall.
        made = (nodes.Named("edge", self.make(kind, min(depth, 1))) for _ in range(count - 1))
        return (nodes.Literal(Fraction(1)), *made)

    def curve(self, kind: str, depth: int) -> Formula:
        """Make a curve."""
        xs = self.draw(st.lists(st.integers(-50, 200), min_size=2, max_size=4, unique=True))
        knots: list[tuple[Formula, Formula]] = [
            (nodes.Literal(Fraction(x)), self.number_or(kind, depth)) for x in sorted(xs)
        ]
        if not self.draw(st.integers(0, 3)):
            knots[-1] = (nodes.Named("edge", self.make("ratio", 0)), knots[-1][1])
        outside = self.pick(("refuse", "flat", "continue"))
        return choices.Curve(self.make("ratio", depth), tuple(knots), outside)

    # Flags.

    def compare(self, _kind: str, depth: int) -> Formula:
        """Make a comparison."""
        kind = self.pick((*NUMBERS, "date"))
        op = self.pick(("<", "<=", ">", ">=", "="))
        return nodes.Compare(op, self.make(kind, depth), self.make(kind, depth))

    def same(self, _kind: str, depth: int) -> Formula:
        """Make an equality of what has no order."""
        kind = self.pick(("flag", "label"))
        left = nodes.Name("g1") if kind == "label" else self.make(kind, depth)
        return nodes.Compare("=", left, self.make(kind, depth))

    def is_in(self, _kind: str, _depth: int) -> Formula:
        """Make a test of a label."""
        words = self.draw(st.lists(st.sampled_from(WORDS), min_size=1, unique=True))
        return nodes.IsIn(nodes.Name("g1"), tuple(words))

    def logic(self, kind: str, depth: int) -> Formula:
        """Make logic."""
        which = self.pick((nodes.All, nodes.Any_, nodes.Not))
        if which is nodes.Not:
            return nodes.Not(self.make(kind, depth))
        return which(self.many(kind, depth))  # type: ignore[no-any-return]

    # Choices of any kind.

    def when(self, kind: str, depth: int) -> Formula:
        """Make a choice by conditions."""
        cases = tuple((self.make("flag", depth), self.make(kind, depth)) for _ in range(self.draw(st.integers(1, 2))))
        return choices.When(cases, self.make(kind, depth))

    def lookup(self, kind: str, depth: int) -> Formula:
        """Make a choice by a label."""
        words = self.draw(st.lists(st.sampled_from(WORDS), min_size=1, unique=True))
        table = tuple((word, self.make(kind, depth)) for word in words)
        return choices.Lookup(nodes.Name("g1"), table, self.make(kind, 0))

    def band(self, kind: str, depth: int) -> Formula:
        """Make a band."""
        of = self.pick(NUMBERS)
        edges = self.edges(self.draw(st.integers(1, 3)), depth, of)
        results = [self.make(kind, depth) for _ in range(len(edges) + self.draw(st.integers(0, 1)))]
        return choices.Band(self.make(of, depth), edges, tuple(results), self.pick(("below", "upto")))

    def first_known(self, kind: str, depth: int) -> Formula:
        """Make a choice of the first that is defined."""
        return choices.FirstKnown(self.many(kind, depth))

    def named(self, kind: str, depth: int) -> Formula:
        """Make a part with a title."""
        return nodes.Named("part", self.make(kind, depth))

    # Rows.

    def _inside(self) -> "_Maker":
        """Make formulas inside an item table."""
        return _Maker(self.draw, attrs.evolve(self.scope, table="rows"))

    def _outside(self) -> "_Maker":
        """Make formulas of managers."""
        return _Maker(self.draw, attrs.evolve(self.scope, table=None))

    def total(self, kind: str, depth: int) -> Formula:
        """Make a fold of item rows."""
        inside = self._inside()
        where = inside.make("flag", min(depth, 1)) if self.draw(st.booleans()) else None
        how = self.pick(("sum", "sum", "max", "min") if kind == "count" else ("sum", "mean", "max", "min"))
        return rows.Total("rows", inside.make(kind, depth), where, how)

    def count(self, _kind: str, depth: int) -> Formula:
        """Make a count of item rows."""
        where = self._inside().make("flag", min(depth, 1)) if self.draw(st.booleans()) else None
        return rows.Total("rows", None, where, "count")

    def at(self, kind: str, depth: int) -> Formula:
        """Make a figure of another manager."""
        pointer: Formula = nodes.Name("boss")
        if self.scope.table is not None:
            pointer = self.pick((rows.Field("peer"), rows.Field("manager"), pointer))
        return rows.At(pointer, self._outside().make(kind, depth))

    def peers(self, kind: str, depth: int) -> Formula:
        """Make a figure of the group."""
        take = self.pick(
            {"count": ("rank", "count", "sum"), "ratio": ("sum", "mean")}.get(kind, ("sum", "mean", "max", "min"))
        )
        groups: tuple[Formula, ...] = self.pick(((), (nodes.Name("g1"),), (nodes.Name("g1"), nodes.Name("f1"))))
        where = self.make("flag", 0) if self.draw(st.booleans()) else None
        tie = self.make("money", 0) if take == "rank" and self.draw(st.booleans()) else None
        order: Any = self.pick(("largest", "smallest")) if take == "rank" else "largest"
        of = self.make(self.pick(("money", "flag")) if take == "count" else kind, depth)
        return rows.Peers(of, take, groups, where, tie, order)

    # Time.

    def age(self, _kind: str, depth: int) -> Formula:
        """Make an age."""
        until = self.make("date", depth) if self.draw(st.booleans()) else None
        unit, entry = self.pick(("months", "days", "periods")), self.pick(("counted", "not_counted"))
        return nodes.Age(self.make("date", depth), unit, until, entry)

    def back(self, kind: str, depth: int) -> Formula:
        """Make a look-back; where nothing can be looked back at, a leaf."""
        names = self.scope.past.get(kind, ())
        if not names or not self.scope.time:
            return self.make(kind, depth - 1)
        name = self.pick(names)
        skip = self.draw(st.integers(1 if name.startswith("line") else 0, 2))
        last, window = self.pick(((1, None), (3, None), (None, "year"), (None, "quarter"), (None, "last_year")))
        takes = {"flag": ("all", "any", "latest"), "label": ("latest",), "date": ("latest", "max")}
        take = self.pick(
            takes.get(
                kind, ("sum", "max", "min", "latest") if kind == "count" else ("sum", "mean", "max", "min", "latest")
            )
        )
        short = self.pick(
            ("refuse", "partial", "zero") if kind in NUMBERS or take in ("all", "any") else ("refuse", "partial")
        )
        return rows.Back(name, last, window, skip, take, short)

    def back_count(self, _kind: str, depth: int) -> Formula:
        """Make a count over time, or the length of a run."""
        flags = self.scope.past.get("flag", ())
        if not flags or not self.scope.time:
            return self.make("count", depth - 1)
        if self.draw(st.booleans()):
            return rows.Run(self.pick([f for f in flags if f != "line"]), self.pick((None, "d1")))
        return rows.Back(
            self.pick((*flags, "m1")), 3, None, self.draw(st.integers(0, 1)), "count",
            self.pick(("refuse", "partial", "zero")),
        )  # fmt: skip


_CHOICES = ("when", "lookup", "band", "first_known", "named", "at", "back")
_ARITHMETIC = ("sum", "minus", "least", "clamp", "rounded", "total", "peers")
_NODES = {
    "money": (*_ARITHMETIC, "times", "over", "tiers", "tiers", "curve", *_CHOICES),
    "ratio": (*_ARITHMETIC, "times", "over", "tiers", "curve", *_CHOICES),
    "count": ("sum", "minus", "least", "days", "total", "peers", "count", "age", "back_count", *_CHOICES),
    "flag": ("compare", "compare", "same", "is_in", "logic", *_CHOICES),
    "date": ("least", *_CHOICES),
    "label": _CHOICES,
}


@st.composite
def formula_sets(draw: Draw, depth: int = 2) -> FormulaSet:
    """Draw a set of formulas: values of all kinds, lines, a carry, look-backs."""
    names: dict[str, tuple[str, ...]] = {}
    past: dict[str, tuple[str, ...]] = {**BY_KIND, **{k: (n,) for k, n in SINGLE.items()}}
    values: dict[str, Formula] = {}
    for i in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["money", "ratio", "count", "flag", "label", "date"]))
        scope = Scope(dict(names), dict(past), carries=True)
        values[f"v{i}"] = draw(formulas(kind, depth, scope))
        names[kind] = (*names.get(kind, ()), f"v{i}")
        past[kind] = (*past.get(kind, ()), f"v{i}")
    past["money"] = (*past["money"], "line")
    scope = Scope(names, past, carries=True)
    lines = {"line": draw(formulas("money", depth, scope)), "other": draw(formulas("money", 1, scope))}
    return FormulaSet(
        measures=MEASURES,
        items={"rows": ItemTable(fields=FIELDS)},
        values=values,
        lines=lines,
        carries={"bal": draw(_carries(scope))},
    )


@st.composite
def _carries(draw: Draw, scope: Scope) -> CarryRule:
    """Draw a carry of money."""
    opens = draw(formulas("money", 0, Scope()))
    if draw(st.booleans()):
        return CarryRule("money", opens, ("line",), ("other",))
    following = draw(formulas("money", 1, scope))
    return CarryRule("money", opens, next=nodes.Rounded(following))


AMOUNTS = st.one_of(
    st.integers(-300, 300).map(Fraction),
    st.integers(-30_000, 30_000).map(lambda n: Fraction(n, 100)),
    st.integers(-(10**12), 10**12).map(lambda n: Fraction(n, 100)),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "money": AMOUNTS,
    "r1": st.integers(-20_000, 20_000).map(lambda n: Fraction(n, 10_000)),
    "r2": st.fractions(-3, 3, max_denominator=50),
    "count": st.integers(-3, 300).map(Fraction),
    "flag": st.booleans(),
    "date": st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)),
    "label": st.sampled_from(WORDS),
}


def _of(spec: Any, name: str, managers: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Draw values of a declared column; now and then one is missing."""
    kind = spec if isinstance(spec, str) else next(iter(spec))
    found = VALUES.get(name, VALUES.get(kind))
    told = st.sampled_from(list(managers)) if found is None else found
    return st.one_of(told, told, told, told, told, told, told, st.none())


@st.composite
def periods_told(draw: Draw, count: int = 3) -> list[Told]:
    """Draw some months in a row, with joiners, leavers and absences."""
    first = draw(st.sampled_from([dt.date(2025, 11, 1), dt.date(2026, 1, 1), dt.date(2026, 3, 1)]))
    everyone = ["P1", "P2", "P3", "P4"]
    told = []
    for t in range(count):
        month = first.month - 1 + t
        day = dt.date(first.year + month // 12, month % 12 + 1, 1)
        here = draw(st.lists(st.sampled_from(everyone), min_size=1, max_size=4, unique=True))
        managers = sorted(here)
        measures = {name: {m: draw(_of(spec, name, managers)) for m in managers} for name, spec in MEASURES.items()}
        owners = draw(st.lists(st.sampled_from(managers), max_size=5))
        items = [
            {"manager": o, **{name: draw(_of(spec, name, managers)) for name, spec in FIELDS.items()}} for o in owners
        ]
        told.append(Told(day, t + 1, managers, measures, {"rows": items}))
    return told


@st.composite
def worlds(draw: Draw, depth: int = 2, periods: int = 3) -> tuple[FormulaSet, list[Told]]:
    """Draw a set of formulas and the periods to run it on."""
    return draw(formula_sets(depth)), draw(periods_told(periods))
