"""The order in which names are computed: what each one needs first, and cycles named as a ring."""

from collections.abc import Iterable, Iterator, Mapping

from clientmgr.formula import nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.check import inner_parts
from clientmgr.formula.declare import FormulaSet
from clientmgr.formula.faults import Fault

__all__ = ["Roots", "needs_of", "ordered", "walk"]

# A carry's opening and closing formulas are computed beside the names; no name can contain a colon.
OPENS, CLOSES = "opens:", "closes:"


class Roots:
    """All formulas of a set that are computed: values, lines, and the ends of carries, each with its path."""

    def __init__(self, rules: FormulaSet) -> None:
        """List them in the order in which they are written."""
        self.rules = rules
        self.formulas: dict[str, Formula] = {}
        self._nodes: dict[str, tuple[Formula, ...]] = {}
        self.paths: dict[str, str] = {}
        for name in (*rules.values, *rules.lines):
            self._add(name, rules.root(name), rules.path(name))
        for name, carry in rules.carries.items():
            self._add(OPENS + name, carry.opens, f"$.carries.{name}.opens")
            self._add(CLOSES + name, carry.closing(name), f"$.carries.{name}.next")

    def nodes(self, key: str) -> tuple[Formula, ...]:
        """List the different nodes of a root, walked once."""
        if key not in self._nodes:
            self._nodes[key] = tuple(node for node, _ in walk(self.formulas[key]))
        return self._nodes[key]

    def _add(self, key: str, formula: Formula, path: str) -> None:
        """Add one."""
        self.formulas[key] = formula
        self.paths[key] = path


def walk(formula: Formula, table: str | None = None) -> Iterator[tuple[Formula, str | None]]:
    """Go through a tree once for each different node, with the item table around it."""
    stack, seen = [(formula, table)], set()
    while stack:
        key = stack.pop()
        if key not in seen:
            seen.add(key)
            yield key
            stack.extend((part, at) for _, part, at in reversed(list(inner_parts(*key))))


def needs_of(found: Iterable[Formula]) -> tuple[str, ...]:
    """List what must be computed before a formula of these nodes in the same period, in the order of reading."""
    needs: dict[str, None] = {}
    for node in found:
        if isinstance(node, nodes.Name):
            needs[node.name] = None
        elif isinstance(node, nodes.Carry):
            needs[OPENS + node.name] = None
        elif isinstance(node, rows.Back) and node.skip == 0 and node.window != "last_year":
            needs[node.name] = None
        elif isinstance(node, rows.Run):
            needs[node.name] = None
            needs.update({} if node.since is None else {node.since: None})
    return tuple(needs)


def ordered(roots: Roots) -> tuple[tuple[str, ...], list[Fault]]:
    """Sort the roots so that each comes after what it needs; a cycle is one fault that names its ring."""
    needs = {key: needs_of(roots.nodes(key)) for key in roots.formulas}
    done: dict[str, None] = {}
    faults: list[Fault] = []
    for key in roots.formulas:
        _visit(key, needs, done, [], faults, roots.paths)
    return tuple(done), faults


def _visit(
    key: str,
    needs: Mapping[str, Iterable[str]],
    done: dict[str, None],
    trail: list[str],
    faults: list[Fault],
    paths: Mapping[str, str],
) -> None:
    """Put a root behind all that it needs."""
    stack = [(key, iter(needs.get(key, ())))]
    if key in done:
        return
    trail.append(key)
    while stack:
        current, rest = stack[-1]
        following = next((need for need in rest if need in needs and need not in done), None)
        if following is None:
            done[current] = None
            stack.pop()
            trail.pop()
        elif following in trail:
            ring = [*trail[trail.index(following) :], following]
            faults.append(Fault(f"a cycle: {' -> '.join(_shown(n) for n in ring)}", paths[following]))
        else:
            stack.append((following, iter(needs[following])))
            trail.append(following)


def _shown(key: str) -> str:
    """Write a root's key as one reads it."""
    return key.replace(OPENS, "opening of ").replace(CLOSES, "closing of ")
