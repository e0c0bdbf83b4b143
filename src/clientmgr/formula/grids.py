"""Where exact numbers would grow without end: state that is multiplied each period and never rounded.

A value lies on a fixed grid if its denominator is known from the formulas alone. What is handed from period to period
must lie on one; else its denominator grows with every period.
"""

from collections.abc import Callable, Iterable
from typing import Any

from clientmgr.formula import choices, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.declare import Declared, FormulaSet
from clientmgr.formula.faults import Fault
from clientmgr.formula.order import CLOSES, OPENS, Roots, ordered

__all__ = ["loose_carries", "loose_names"]

# Whether a formula lies on a fixed grid, and whether it depends on what an earlier period handed on.
Grid = tuple[bool, bool]
FREE: Grid = (True, False)


def loose_carries(roots: Roots, order: Iterable[str]) -> list[Fault]:
    """List carries, and names that look back at themselves, whose exact numbers would grow without end."""
    reader = _Grids(roots)
    if not (roots.rules.carries or reader.recursive & reader.looked):
        return []
    faults = []
    for key in order:
        # Each root is judged after what it needs, so that nothing is followed far.
        grained, _ = reader.of_root(key)
        carry = key.split(":", 1)[1] if ":" in key else None
        if not grained and (carry is not None or key in reader.recursive & reader.looked):
            what = f"the carry {carry!r}" if carry else f"{key!r}, which looks back at itself,"
            faults.append(
                Fault(
                    f"{what} is multiplied or divided and never rounded, so that its exact number "
                    "would grow without end; round it",
                    roots.paths[key],
                )
            )
    return faults


def loose_names(rules: FormulaSet) -> tuple[str, ...]:
    """Name the values that lie on no fixed grid: unrounded quotients, and what is made of them.

    Exact sums and means over many of them are slow; rounding the quotient makes them fast.

    Example:
        >>> from clientmgr.formula import FormulaSet, loose_names, measure
        >>> kinds = {"new": "money", "old": "money"}
        >>> loose_names(FormulaSet(measures=kinds, values={"ratio": measure("new") / measure("old")}))
        ('ratio',)
    """
    roots = Roots(rules)
    reader = _Grids(roots)
    loose = {key for key in ordered(roots)[0] if not reader.of_root(key)[0]}
    return tuple(name for name in (*rules.values, *rules.lines) if name in loose)


class _Grids:
    """Finds the grid of each root."""

    def __init__(self, roots: Roots) -> None:
        """Find which roots depend on themselves through time."""
        self.rules = roots.rules
        self.roots = roots
        self.found: dict[str, Grid] = {}
        edges = {key: _reads(formula) for key, formula in self.roots.formulas.items()}
        every = [node for key in roots.formulas for node in roots.nodes(key)]
        self.looked = {node.name for node in every if isinstance(node, rows.Back)}
        self.recursive = {key for key in edges if ":" not in key and _reaches_itself(key, edges)}

    def of_root(self, key: str) -> Grid:
        """Find the grid of a root; while it is looked for it is taken to be on one."""
        if key not in self.found:
            self.found[key] = (True, True)
            self.found[key] = self.of(self.roots.formulas[key], None)
        return self.found[key]

    def of_name(self, name: str) -> Grid:
        """Find the grid of a measure, a value or a line."""
        if name in self.rules.measures:
            return _declared(self.rules.measures[name])
        return self.of_root(name)

    def of(self, node: Formula, table: str | None) -> Grid:
        """Find the grid of a formula."""
        if isinstance(node, nodes.Name):
            return self.of_name(node.name)
        if isinstance(node, nodes.Carry):
            return True, True
        if isinstance(node, rows.Field):
            fields = self.rules.items[str(table)].fields
            return _declared(fields[node.name]) if node.name in fields else FREE
        if isinstance(node, rows.Back):
            grained, carried = self.of_name(node.name)
            carried = carried or node.name in self.recursive
            return grained and not (carried and node.take == "mean"), carried
        inside = node.table if isinstance(node, rows.Total) else table
        rule = _RULES.get(type(node))
        return FREE if rule is None else rule(node, lambda part: self.of(part, inside))


Look = Callable[[Formula], Grid]


def _declared(declared: Declared) -> Grid:
    """Give the grid of a column from outside: a ratio has one only if it states its unit."""
    return declared.kind.name != "ratio" or declared.unit is not None, False


def _joined(parts: Iterable[Grid]) -> Grid:
    """Join what is only added, compared or chosen."""
    listed = list(parts)
    return all(grained for grained, _ in listed), any(carried for _, carried in listed)


def _scaled(parts: Iterable[Grid]) -> Grid:
    """Join what is multiplied: state must not be."""
    grained, carried = _joined(parts)
    return grained and not carried, carried


def _choice(pick: Callable[[Any], Iterable[Formula]]) -> Callable[[Any, Look], Grid]:
    """Make the rule of a node whose value is one of some parts."""
    return lambda node, look: _joined(look(part) for part in pick(node))


def _times(node: nodes.Times, look: Look) -> Grid:
    """Judge a product; whole constants make no denominator grow."""
    rest = [part for part in node.of if not (isinstance(part, nodes.Literal) and part.value.denominator == 1)]
    return _joined(map(look, rest)) if len(rest) <= 1 else _scaled(map(look, rest))


def _over(node: nodes.Over, look: Look) -> Grid:
    """Judge a quotient: only a constant divisor keeps a grid."""
    grained, carried = look(node.dividend)
    constant = isinstance(node.divisor, nodes.Literal)
    other = FREE if node.if_zero is None else look(node.if_zero)
    return constant and grained and other[0] and not carried, carried or other[1]


def _tiers(node: choices.Tiers, look: Look) -> Grid:
    """Judge tiers: their rates multiply, and amounts divide by the width of their tier."""
    fixed = node.how != "amounts" or all(isinstance(edge, nodes.Literal) for edge in node.edges)
    edges = () if node.how == "whole" else node.edges
    grained, carried = _scaled(look(part) for part in (node.of, *edges, *node.rates))
    return grained and fixed, carried


def _curve(node: choices.Curve, look: Look) -> Grid:
    """Judge a curve: constant knots multiply, other knots divide."""
    fixed = all(isinstance(part, nodes.Literal) for knot in node.knots for part in knot)
    grained, carried = _scaled([look(node.of)])
    return grained and fixed, carried


def _peers(node: rows.Peers, look: Look) -> Grid:
    """Judge a figure of a group: only a mean divides."""
    if node.take in ("rank", "count"):
        return FREE
    grained, carried = look(node.of)
    return grained and node.take != "mean", carried


def _total(node: rows.Total, look: Look) -> Grid:
    """Judge a fold of rows: only a mean divides."""
    grained, carried = FREE if node.take is None else look(node.take)
    return grained and node.how != "mean", carried


_RULES: dict[type[Formula], Callable[[Any, Look], Grid]] = {
    nodes.Named: _choice(lambda node: (node.of,)),
    nodes.Sum: _choice(lambda node: node.of),
    nodes.Minus: _choice(lambda node: node.of),
    nodes.Least: _choice(lambda node: node.of),
    nodes.Greatest: _choice(lambda node: node.of),
    nodes.Clamp: _choice(lambda node: [part for _, part in node.parts()]),
    nodes.Rounded: lambda node, look: (True, look(node.of)[1]),
    nodes.Times: _times,
    nodes.Over: _over,
    choices.When: _choice(lambda node: [*(branch for _, branch in node.cases), node.otherwise]),
    choices.Lookup: _choice(lambda node: [part for path, part in node.parts() if path != ".lookup"]),
    choices.FirstKnown: _choice(lambda node: node.of),
    choices.Band: _choice(lambda node: node.results),
    choices.Tiers: _tiers,
    choices.Curve: _curve,
    rows.Total: _total,
    rows.At: _choice(lambda node: (node.take,)),
    rows.Peers: _peers,
}


def _reads(formula: Formula) -> set[str]:
    """Find what a formula hands on, of this period and of earlier ones; rounding cuts the chain."""
    found: set[str] = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Rounded):
            continue
        if isinstance(node, nodes.Name | rows.Back):
            found.add(node.name)
        elif isinstance(node, nodes.Carry):
            found |= {OPENS + node.name, CLOSES + node.name}
        stack.extend(part for _, part in node.parts())
    return found


def _reaches_itself(key: str, edges: dict[str, set[str]]) -> bool:
    """Say whether a root depends on itself through time."""
    todo, seen = list(edges[key]), set()
    while todo:
        current = todo.pop()
        if current == key:
            return True
        if current not in seen:
            seen.add(current)
            todo.extend(edges.get(current, ()))
    return False
