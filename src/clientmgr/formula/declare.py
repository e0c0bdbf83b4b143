"""What a set of formulas declares: measures, item tables, values, lines, carries, rounding."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from clientmgr.errors import RuleError
from clientmgr.formula import build
from clientmgr.formula.base import Formula
from clientmgr.formula.kinds import KINDS, Kind, label_kind
from clientmgr.formula.literals import number_text
from clientmgr.formula.names import Names
from clientmgr.formula.nodes import (
    Carry,
    Literal,
    Minus,
    Name,
    Rounded,
    Rounding,
    Sum,
    check_name,
    one_of,
)

if TYPE_CHECKING:
    from clientmgr.formula.program import Program

__all__ = ["CarryRule", "Declared", "FormulaSet", "ItemTable", "LineRounding"]

PERIODS = ("month", "quarter", "half", "year")


@attrs.frozen
class Declared:
    """The kind of a column that comes from outside, and for numbers the unit in which it is told.

    Money comes in minor units (unit 0.01: whole fen). A ratio or a count may state its unit, `{"ratio": "0.0001"}`:
    then floats are taken, each as the nearest multiple of it; without a unit a float is refused.
    """

    kind: Kind
    unit: Fraction | None = None

    @classmethod
    def of(cls, spec: Any) -> "Declared":
        """Read `"money"`, `{"ratio": "0.0001"}`, `{"label": ["A", "B"]}` ...

        Raises:
            RuleError: an unknown kind, or a unit that is not positive.

        Example:
            >>> from clientmgr.formula import Declared
            >>> print(Declared.of({"label": ["A", "B"]}).kind)
            label (A, B)
        """
        if isinstance(spec, Declared):
            return spec
        if isinstance(spec, Kind):
            return cls(spec)
        if isinstance(spec, str):
            return cls(_kind(spec))
        if not isinstance(spec, Mapping) or len(spec) != 1:
            raise RuleError(f"a kind is a word or one tag with its unit or words, got {spec!r}")
        ((name, detail),) = spec.items()
        if name == "label":
            return cls(_labels(detail))
        return cls(_kind(name), _unit(name, detail))

    def to_json(self) -> Any:
        """Write it as JSON reads it."""
        if self.kind.words is not None:
            return {"label": list(self.kind.words)}
        return {self.kind.name: number_text(self.unit)} if self.unit else self.kind.name


def _kind(name: object) -> Kind:
    """Read the name of a kind."""
    if name == "label":
        return label_kind()
    if not isinstance(name, str) or name not in KINDS:
        raise RuleError(f"a kind must be one of {', '.join([*KINDS, 'label'])}, got {name!r}")
    return KINDS[name]


def _labels(words: object) -> Kind:
    """Read a list of words."""
    listed = list(words) if isinstance(words, (list, tuple)) else []
    texts = all(isinstance(word, str) for word in listed)
    if not texts or not listed or len(set(listed)) != len(listed):
        raise RuleError(f"label takes a list of different words, got {words!r}")
    return label_kind(listed)


def _unit(name: str, detail: object) -> Fraction:
    """Read the unit of a number."""
    if name not in ("money", "ratio", "count"):
        raise RuleError(f"a {name} has no unit, got {detail!r}")
    unit = build.as_formula(detail)
    if not isinstance(unit, Literal) or unit.value <= 0:
        raise RuleError(f"the unit of a {name} must be a positive number, got {detail!r}")
    return unit.value


def _declared(values: Mapping[str, Any] | None) -> Names[Declared]:
    """Read declared columns by name."""
    return Names.of({name: Declared.of(spec) for name, spec in (values or {}).items()})


@attrs.frozen
class ItemTable:
    """A table of item rows: its fields, and the column that names the manager to whom a row belongs."""

    fields: Names[Declared] = attrs.field(converter=_declared)
    owner: str = "manager"

    def kind(self, name: str) -> Kind | None:
        """Give the kind of a field; the owner itself is one, of kind manager."""
        if name in self.fields:
            return self.fields[name].kind
        return KINDS["manager"] if name == self.owner else None


def _tables(values: Mapping[str, Any] | None) -> Names[ItemTable]:
    """Read item tables by name; bare fields make a table whose owner is `manager`."""
    return Names.of(
        {
            name: table if isinstance(table, ItemTable) else ItemTable(fields=table)
            for name, table in (values or {}).items()
        }
    )


def _declare(spec: Any) -> Declared:
    """Read a kind."""
    return Declared.of(spec)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Take a list of names, or a single one."""
    return (names,) if isinstance(names, str) else tuple(names)


def _maybe_formula(value: Any) -> Formula | None:
    """Read a formula that may be missing."""
    return None if value is None else build.as_formula(value)


def _carry_rules(values: "Mapping[str, CarryRule] | None") -> "Names[CarryRule]":
    """Take carries by name."""
    return Names.of(values)


@attrs.frozen
class CarryRule:
    """State that a period hands to the next: how it opens, and how it moves or what it becomes.

    Either `plus` and `minus` name lines or values that move it, or `next` says what it is at the period's end.
    """

    kind: Declared = attrs.field(converter=_declare)
    opens: Formula = attrs.field(converter=build.as_formula)
    plus: tuple[str, ...] = attrs.field(default=(), converter=_names)
    minus: tuple[str, ...] = attrs.field(default=(), converter=_names)
    next: Formula | None = attrs.field(default=None, converter=_maybe_formula)

    def __attrs_post_init__(self) -> None:
        """Refuse both ways to move, and none."""
        if (self.next is None) == (not (self.plus or self.minus)):
            raise RuleError("a carry takes either next, or plus and minus with names")

    def closing(self, name: str) -> Formula:
        """Give the formula of the closing balance."""
        if self.next is not None:
            return self.next
        gained = Sum((Carry(name), *(Name(n) for n in self.plus)))
        return Minus((gained, *(Name(n) for n in self.minus))) if self.minus else gained


def _unit_literal(value: Any) -> Literal:
    """Read a unit of rounding."""
    unit = build.as_formula(value)
    if not isinstance(unit, Literal):
        raise RuleError(f"round needs a positive number in to, got {unit}")
    return unit


@attrs.frozen
class LineRounding:
    """How each line is rounded, once: to a multiple of `to` (major units), by `mode`."""

    to: Literal = attrs.field(default=Literal(Fraction(1, 100)), converter=_unit_literal)
    mode: Rounding = "half_up"

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot round."""
        Rounded(Literal(Fraction(0)), self.to, self.mode)


def _formulas(values: Mapping[str, Any] | None) -> Names[Formula]:
    """Read formulas by name."""
    return Names.of({name: build.as_formula(part) for name, part in (values or {}).items()})


@attrs.frozen
class FormulaSet:
    """Named formulas over declared measures and item tables, and the state that they carry.

    Measures, values and lines share one namespace. A value is not rounded; a line is money, rounded once.

    Example:
        >>> from clientmgr.formula import FormulaSet, measure
        >>> rules = FormulaSet(
        ...     measures={"commission": "money", "charges": "money"},
        ...     values={"net": measure("commission") - measure("charges")},
        ...     lines={"payout": measure("net") * "15%"},
        ... )
        >>> print(rules)
        FormulaSet(2 measures, 1 value, 1 line)
    """

    measures: Names[Declared] = attrs.field(default=None, converter=_declared)
    items: Names[ItemTable] = attrs.field(default=None, converter=_tables)
    values: Names[Formula] = attrs.field(default=None, converter=_formulas)
    lines: Names[Formula] = attrs.field(default=None, converter=_formulas)
    carries: Names[CarryRule] = attrs.field(default=None, converter=_carry_rules)
    rounding: LineRounding = LineRounding()
    currency: str = "CNY"
    period: str = "month"

    def __attrs_post_init__(self) -> None:
        """Refuse names that cannot be one, a name used twice, and an unknown length of period."""
        if self.period not in PERIODS:
            raise RuleError(f"period must be one of {', '.join(PERIODS)}, got {self.period!r}", "$.period")
        one_of(self.rounding.mode, Rounding, "mode")
        seen: dict[str, str] = {}
        for group, name in self._all_names():
            check_name(name)
            if group in ("measures", "values", "lines"):
                if name in seen:
                    raise RuleError(
                        f"the name {name!r} is used twice: in {seen[name]} and in {group}",
                        f"$.{group}.{name}",
                    )
                seen[name] = group

    def _all_names(self) -> Iterator[tuple[str, str]]:
        """Go through all names with the group that declares them."""
        for group in ("measures", "items", "values", "lines", "carries"):
            yield from ((group, name) for name in getattr(self, group))
        for table in self.items.values():
            yield from (("fields", name) for name in (*table.fields, table.owner))

    def root(self, name: str) -> Formula:
        """Give the formula of a value or a line; a line that does not round itself is rounded here."""
        if name in self.values:
            return self.values[name]
        line = self.lines[name]
        if isinstance(line, Rounded):
            return line
        return Rounded(line, self.rounding.to, self.rounding.mode)

    def adds_rounding(self, name: str) -> bool:
        """Say whether a line does not round itself, so that it is rounded here."""
        return name in self.lines and not isinstance(self.lines[name], Rounded)

    def path(self, name: str) -> str:
        """Give the JSON path of a value or a line."""
        return f"$.values.{name}" if name in self.values else f"$.lines.{name}"

    def compile(self) -> "Program":
        """Check kinds, grain and order, and make the program that computes all names.

        Raises:
            RuleFaults: all that is wrong, each with its path.
        """
        from clientmgr.formula.program import compile_set  # noqa: PLC0415 - it needs this module

        return compile_set(self)

    def __str__(self) -> str:
        """Count what there is."""
        groups = (
            ("measure", "measures", self.measures),
            ("item table", "item tables", self.items),
            ("value", "values", self.values),
            ("line", "lines", self.lines),
            ("carry", "carries", self.carries),
        )
        counts = [f"{len(group)} {many if len(group) > 1 else one}" for one, many, group in groups]
        return f"FormulaSet({', '.join(count for count in counts if count[0] != '0')})"

    __repr__ = __str__
