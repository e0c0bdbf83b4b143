"""The check before anything runs: kinds, grain, labels, names; all faults together, each with its path."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from clientmgr.errors import RuleError
from clientmgr.formula import choices, kinds, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.declare import FormulaSet
from clientmgr.formula.faults import Fault
from clientmgr.formula.kinds import COUNT, DATE, FLAG, MANAGER, MONEY, PLAIN, RATIO, Kind
from clientmgr.formula.literals import RATIO_UNITS

__all__ = ["Checker", "inner_parts"]

Key = tuple[Formula, str | None]


def inner_parts(node: Formula, table: str | None) -> Iterator[tuple[str, Formula, str | None]]:
    """Give the formulas inside a node, each with its path and with the item table in which it stands."""
    inside = node.table if isinstance(node, rows.Total) else table
    for path, part in node.parts():
        # What is taken from another manager is a figure of that manager, not of the item row.
        yield path, part, None if isinstance(node, rows.At) and path == ".take" else inside


class Checker:
    """Infers the kind of every node of a set of formulas, and collects what is wrong."""

    def __init__(self, rules: FormulaSet, known: dict[str, Kind] | None = None) -> None:
        """Begin with the kinds of measures, and with those of names that are known from a first pass."""
        self.rules = rules
        self.faults: list[Fault] = []
        self.known: dict[str, Kind] = {name: d.kind for name, d in rules.measures.items()} | (known or {})
        self.kinds: dict[Key, Kind | None] = {}
        self.assumed: bool = False
        self._running: set[str] = set()
        self._second = known is not None

    def fault(self, message: str, path: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(message, path))

    def check_all(self, order: Iterable[str]) -> None:
        """Check every value and line, each after what it needs, and every carry."""
        for name in order:
            self.infer(name)
        for name, carry in self.rules.carries.items():
            self._carry(name, carry.kind.kind)

    def infer(self, name: str) -> Kind | None:
        """Find the kind of a value or a line."""
        if not self._second and name in self.known:
            return self.known[name]
        self._running.add(name)
        kind = self._root(name)
        self._running.discard(name)
        if name in self.rules.lines and kind not in (None, MONEY, PLAIN):
            self.fault(f"a line is money, this is a {kind}{_as_money(kind)}", self.rules.path(name))
        if kind == PLAIN:
            kind = MONEY if name in self.rules.lines else RATIO
        if kind is not None:
            self.known[name] = kind
        return kind

    def _root(self, name: str) -> Kind | None:
        """Find the kind of a name's formula; the rounding of a line that the set adds has no path of its own."""
        root, path = self.rules.root(name), self.rules.path(name)
        if self.rules.adds_rounding(name) and self.kind(self.rules.lines[name], path, None) is None:
            return None
        return self.kind(root, path, None)

    def of_name(self, name: str) -> Kind | None:
        """Give the kind of a name, inferring it first where it stands further below.

        A name that looks back at itself is assumed to fit where it stands; a second pass checks the assumption.
        """
        if name in self.known:
            return self.known[name]
        if name in self.rules.lines and name in self._running:
            return MONEY
        if name in self._running:
            self.assumed = True
            return PLAIN
        return self.infer(name)

    def kind(self, node: Formula, path: str, table: str | None) -> Kind | None:
        """Find the kind of a node; None where a fault was noted."""
        key = (node, table)
        if key not in self.kinds:
            if isinstance(node, rows.Total) and node.table not in self.rules.items:
                self.fault(f"unknown item table {node.table!r}", path)
                return None
            found = [self.kind(part, path + sub, at) for sub, part, at in inner_parts(node, table)]
            self.kinds[key] = None if None in found else self._judge(node, found, path, table)
        return self.kinds[key]

    def _judge(self, node: Formula, found: list[Any], path: str, table: str | None) -> Kind | None:
        """Apply the rule of the node's type."""
        try:
            return _RULES[type(node)](self, node, found, table)
        except _KnownFaultError:
            return None
        except RuleError as error:
            self.fault(error.message, path + (error.path or ""))
            return None

    def _carry(self, name: str, kind: Kind) -> None:
        """Check how a carry opens and what it becomes."""
        carry = self.rules.carries[name]
        path = f"$.carries.{name}"
        if kind == MANAGER:
            self.fault("a carry holds no manager; carry a figure of his", f"{path}.kind")
        unknown = [n for n in (*carry.plus, *carry.minus) if not self._is_name(n)]
        for other in unknown:
            self.fault(f"unknown name {other!r}", path)
        ends = [("opens", carry.opens)] + ([] if unknown else [("next", carry.closing(name))])
        for word, formula in ends:
            found = self.kind(formula, f"{path}.{word}", None)
            if found is not None and not _fits(found, kind):
                self.fault(f"the carry {name!r} is a {kind}, this is a {found}", f"{path}.{word}")

    def _is_name(self, name: str) -> bool:
        """Say whether a measure, a value or a line has this name."""
        return any(name in group for group in (self.rules.measures, self.rules.values, self.rules.lines))

    # Rules of single node types.

    def name(self, node: nodes.Name, _found: list[Kind], _table: str | None) -> Kind:
        """Look a name up."""
        return self.reference(node.name)

    def reference(self, name: str) -> Kind:
        """Give the kind of a name that must exist and be sound."""
        if not self._is_name(name):
            hint = " (it is a carry: write carry)" if name in self.rules.carries else ""
            raise RuleError(f"unknown name {name!r}{hint}")
        kind = self.of_name(name)
        if kind is None:
            raise _KnownFaultError
        return kind

    def literal(self, node: nodes.Literal, _found: list[Kind], _table: str | None) -> Kind:
        """Give the kind of a number by its unit."""
        if not node.unit:
            return PLAIN
        if node.unit in RATIO_UNITS:
            return RATIO
        if node.unit != self.rules.currency:
            raise RuleError(f"{node} is not in the currency {self.rules.currency}")
        return MONEY

    def carry(self, node: nodes.Carry, _found: list[Kind], _table: str | None) -> Kind:
        """Look a carry up."""
        if node.name not in self.rules.carries:
            raise RuleError(f"unknown carry {node.name!r}")
        return self.rules.carries[node.name].kind.kind

    def field(self, node: rows.Field, _found: list[Kind], table: str | None) -> Kind:
        """Look a field up in the table around it."""
        if table is None:
            raise RuleError(f"the field {node.name!r} stands outside a total over its item table")
        kind = self.rules.items[table].kind(node.name)
        if kind is None:
            raise RuleError(f"the item table {table!r} has no field {node.name!r}")
        return kind

    def total(self, node: rows.Total, found: list[Kind], _table: str | None) -> Kind:
        """Judge a fold of item rows."""
        if node.where is not None:
            _expect(found[-1], FLAG, "where", ".where")
        if node.how == "count":
            return COUNT
        if node.how in ("max", "min"):
            _ordered(found[0], f"take the {node.how} of", ".take")
            return found[0]
        result = kinds.total([found[0]], "add up")
        return RATIO if node.how == "mean" and result == COUNT else result

    def back(self, node: rows.Back, _found: list[Kind], _table: str | None) -> Kind:
        """Judge a look-back."""
        return _folded(self.reference(node.name), node)

    def run(self, node: rows.Run, _found: list[Kind], _table: str | None) -> Kind:
        """Judge a run."""
        _expect(self.reference(node.name), FLAG, f"the run of {node.name!r}")
        if node.since is not None:
            _expect(self.reference(node.since), DATE, "since")
        return COUNT


def _as_money(kind: Kind | None) -> str:
    """Say how a number becomes money."""
    number = kind is not None and kind.is_number
    return "; write its amounts as money, such as '1400 CNY'" if number else ""


class _KnownFaultError(RuleError):
    """A fault that is noted where it is, and not again where it is used."""

    def __init__(self) -> None:
        """Say nothing."""
        super().__init__("")


def _fits(found: Kind, declared: Kind) -> bool:
    """Say whether a formula's kind fits a declared one."""
    if found.name == declared.name == "label":
        closed = declared.words is not None
        return not closed or (found.words is not None and set(found.words) <= set(declared.words or ()))
    return found == declared or (found == PLAIN and declared.is_number) or (found, declared) == (COUNT, RATIO)


def _expect(found: Kind, kind: Kind, what: str, path: str | None = None) -> None:
    """Refuse another kind."""
    if found != kind:
        raise RuleError(f"{what} must be a {kind}, got a {found}", path)


def _ordered(found: Kind, what: str, path: str | None = None) -> None:
    """Refuse what has no order."""
    if not found.has_order:
        raise RuleError(f"cannot {what} a {found}", path)


def _calendar(_c: Checker, node: nodes.Calendar, _found: list[Kind], _t: str | None) -> Kind:
    """Give the kind of a fact of the period."""
    if node.what.endswith("_end"):
        return FLAG
    return DATE if node.what in ("start", "end") else COUNT


def _age(_c: Checker, node: nodes.Age, found: list[Kind], _t: str | None) -> Kind:
    """Judge an age."""
    _expect(found[0], DATE, "age counts from what", ".age")
    if node.until is not None:
        _expect(found[1], DATE, "until", ".until")
    return COUNT


def _extreme(word: str) -> Callable[[Checker, Any, list[Kind], str | None], Kind]:
    """Make the rule of `least` and `greatest`."""

    def judge(_c: Checker, _node: Any, found: list[Kind], _t: str | None) -> Kind:
        """Judge what is compared."""
        for kind in found:
            _ordered(kind, f"take the {word} of")
        return kinds.same(found, f"take the {word} of")

    return judge


def _compare(_c: Checker, node: nodes.Compare, found: list[Kind], _t: str | None) -> Kind:
    """Judge a comparison."""
    both = kinds.same(found, "compare")
    if node.op != "=":
        _ordered(both, f"compare by {node.op}")
    left, right = found[0].words, found[1].words
    if left is not None and right is not None and not set(left) & set(right):
        raise RuleError(f"a {found[0]} can never equal a {found[1]}")
    return FLAG


def _words_fit(kind: Kind, words: tuple[str, ...], path: str | None = None) -> None:
    """Refuse words that a label cannot be."""
    if kind.words is not None:
        for word in words:
            if word not in kind.words:
                raise RuleError(f"{word!r} is not one of the label's words {', '.join(kind.words)}", path)


def _is_in(_c: Checker, node: nodes.IsIn, found: list[Kind], _t: str | None) -> Kind:
    """Judge a test of a label."""
    if found[0].name != "label":
        raise RuleError(f"only a label is one of some words, got a {found[0]}")
    _words_fit(found[0], node.words)
    return FLAG


def _flags(_c: Checker, node: Formula, found: list[Kind], _t: str | None) -> Kind:
    """Judge logic."""
    for (path, _), kind in zip(node.parts(), found, strict=True):
        _expect(kind, FLAG, "a condition", path)
    return FLAG


def _when(_c: Checker, _node: choices.When, found: list[Kind], _t: str | None) -> Kind:
    """Judge a choice by conditions."""
    for i, kind in enumerate(found[:-1:2]):
        _expect(kind, FLAG, "a condition", f".when[{i}].if")
    return kinds.same([*found[1:-1:2], found[-1]], "choose between")


def _lookup(_c: Checker, node: choices.Lookup, found: list[Kind], _t: str | None) -> Kind:
    """Judge a choice by a label."""
    label = found[0]
    if label.name != "label":
        raise RuleError(f"lookup needs a label, got a {label}", ".lookup")
    words = tuple(word for word, _ in node.table)
    for word in words:
        _words_fit(label, (word,), f".table.{word}")
    missing = [word for word in label.words or () if word not in words]
    if node.otherwise is None and (label.words is None or missing):
        what = f"no row for {', '.join(missing)}" if missing else "an open list of words"
        raise RuleError(f"lookup has {what} and no otherwise")
    return kinds.same(found[1:], "choose between")


def _same(what: str) -> Callable[[Checker, Any, list[Kind], str | None], Kind]:
    """Make the rule of a node whose parts are of one kind."""
    return lambda _c, _node, found, _t: kinds.same(found, what)


def _split_rows(node: Any, found: list[Kind]) -> tuple[list[Kind], list[Kind]]:
    """Part the kinds of edges from those of results."""
    edges, results = [], []
    for (path, _), kind in zip(node.parts(), found, strict=True):
        if path.endswith((".below", ".upto")):
            edges.append(kind)
        elif path.startswith(".rows"):
            results.append(kind)
    return edges, results


def _band(_c: Checker, node: choices.Band, found: list[Kind], _t: str | None) -> Kind:
    """Judge a band."""
    edges, results = _split_rows(node, found)
    _ordered(kinds.same([found[0], *edges], "compare"), "band")
    return kinds.same(results, "choose between")


def _tiers(_c: Checker, node: choices.Tiers, found: list[Kind], _t: str | None) -> Kind:
    """Judge tiers."""
    edges, rates = _split_rows(node, found)
    of, picker = found[0], found[0] if node.on is None else found[1]
    if not kinds.same([picker, *edges], "compare").is_number or not of.is_number:
        raise RuleError(f"tiers are of numbers, got a {of}")
    if node.how != "amounts":
        return kinds.same([kinds.product([of, rate]) for rate in rates], "add up")
    amounts = kinds.total(rates[: len(edges)], "add up")
    if len(rates) > len(edges):
        return kinds.same([amounts, kinds.product([of, rates[-1]])], "add up")
    return amounts


def _curve(_c: Checker, _node: choices.Curve, found: list[Kind], _t: str | None) -> Kind:
    """Judge a curve."""
    if not kinds.same([found[0], *found[1::2]], "compare").is_number:
        raise RuleError(f"a curve is over numbers, got a {found[0]}")
    return kinds.total(found[2::2], "add up")


def _at(_c: Checker, _node: rows.At, found: list[Kind], _t: str | None) -> Kind:
    """Judge a reference to another manager."""
    _expect(found[0], MANAGER, "what at points with", ".at")
    return found[1]


def _peers(_c: Checker, node: rows.Peers, found: list[Kind], _t: str | None) -> Kind:
    """Judge a figure of one's group."""
    for (path, _), kind in zip(node.parts(), found, strict=True):
        if path.startswith(".within") and kind.name not in ("label", "manager", "flag", "count", "date"):
            raise RuleError(f"a group is a label, a manager, a flag, a count or a date, got a {kind}", path)
        if path == ".where":
            _expect(kind, FLAG, "where", path)
        if path == ".tie":
            _ordered(kind, "break ties by", path)
    return _peer_kind(node.take, found[0])


def _peer_kind(take: str, kind: Kind) -> Kind:
    """Give the kind of a figure of one's group."""
    if take in ("rank", "count"):
        if take == "rank":
            _ordered(kind, "rank")
        return COUNT
    if take in ("max", "min"):
        _ordered(kind, f"take the {take} of")
        return kind
    if kind == FLAG:
        return COUNT if take == "sum" else RATIO
    result = kinds.total([kind], "add up")
    return RATIO if take == "mean" and result == COUNT else result


def _folded(kind: Kind, node: rows.Back) -> Kind:
    """Give the kind of a fold over periods."""
    if kind == MANAGER:
        raise RuleError("a manager is not looked back at; look back at a figure of his")
    if node.take in ("all", "any"):
        _expect(kind, FLAG, f"{node.take} of {node.name!r}")
        return FLAG
    if node.take == "count":
        return COUNT
    if node.take == "latest":
        if node.short == "zero" and not kind.is_number:
            raise RuleError(f"there is no zero of a {kind}; short must be refuse or partial")
        return kind
    if node.take in ("max", "min") and kind == DATE and node.short != "zero":
        return DATE
    result = kinds.total([kind], f"take the {node.take} of")
    return RATIO if node.take == "mean" and result == COUNT else result


_RULES: dict[type[Formula], Callable[[Checker, Any, list[Any], str | None], Kind]] = {
    nodes.Literal: Checker.literal,
    nodes.DateLiteral: lambda _c, _n, _f, _t: DATE,
    nodes.LabelLiteral: lambda _c, node, _f, _t: kinds.label_kind([node.word]),
    nodes.Name: Checker.name,
    nodes.Named: lambda _c, _n, found, _t: found[0],
    nodes.Carry: Checker.carry,
    nodes.Calendar: _calendar,
    nodes.Age: _age,
    nodes.Sum: lambda _c, _n, found, _t: kinds.total(found, "add"),
    nodes.Minus: lambda _c, _n, found, _t: kinds.difference(found),
    nodes.Times: lambda _c, _n, found, _t: kinds.product(found),
    nodes.Over: lambda _c, _n, found, _t: kinds.same(
        [kinds.quotient(found[0], found[1]), *found[2:]], "choose between"
    ),
    nodes.Least: _extreme("least"),
    nodes.Greatest: _extreme("greatest"),
    nodes.Clamp: _extreme("limit"),
    nodes.Rounded: lambda _c, _n, found, _t: kinds.total(found, "round"),
    nodes.Compare: _compare,
    nodes.IsIn: _is_in,
    nodes.All: _flags,
    nodes.Any_: _flags,
    nodes.Not: _flags,
    choices.When: _when,
    choices.Lookup: _lookup,
    choices.FirstKnown: _same("choose between"),
    choices.Band: _band,
    choices.Tiers: _tiers,
    choices.Curve: _curve,
    rows.Field: Checker.field,
    rows.Total: Checker.total,
    rows.At: _at,
    rows.Peers: _peers,
    rows.Back: Checker.back,
    rows.Run: Checker.run,
}
