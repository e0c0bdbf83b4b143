"""`Program`: a checked set of formulas as one flat list of steps, each node computed once.

Compiling checks kinds and grain, finds the order of names, and shares equal parts. Steps that touch no carry and no
earlier period are computed for all periods in one go; the others period by period.
"""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from clientmgr.formula import nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.check import Checker, inner_parts
from clientmgr.formula.declare import FormulaSet
from clientmgr.formula.faults import Fault, raise_faults
from clientmgr.formula.frame import Step
from clientmgr.formula.grids import loose_carries
from clientmgr.formula.kinds import Kind
from clientmgr.formula.order import CLOSES, OPENS, Roots, ordered
from clientmgr.formula.steps import Function, function_of
from clientmgr.formula.steps.timed import depth
from clientmgr.formula.timeline import MONTHS
from clientmgr.formula.writing import dumps_set

if TYPE_CHECKING:
    from clientmgr.formula.inputs import Inputs
    from clientmgr.formula.memory import Memory
    from clientmgr.formula.outcome import Outcome

__all__ = ["Program", "compile_set"]

Key = tuple[Formula, str | None]
CONSTANTS = (nodes.Literal, nodes.LabelLiteral, nodes.DateLiteral)


@attrs.frozen(eq=False, repr=False, slots=False)
class Program:
    """Formulas that can be run: `program.run(inputs)` gives every name for every manager.

    `order` lists the names as they are computed; `look_backs` says for each looked-back name over how many earlier
    periods it must be remembered; `runs` and `carries` name the rest of the state; `stateless` names depend on the
    period alone.
    """

    rules: FormulaSet
    kinds: Mapping[str, Kind]
    order: tuple[str, ...]
    steps: tuple[Step, ...]
    slots: Mapping[Key, int]
    names: Mapping[str, int]
    node_kinds: Mapping[Key, Kind]
    look_backs: Mapping[str, int]
    runs: tuple[str, ...]

    @property
    def carries(self) -> tuple[str, ...]:
        """Name the carries."""
        return tuple(self.rules.carries)

    @property
    def stateless(self) -> tuple[str, ...]:
        """Name the values and lines that touch no carry, run or look-back."""
        return tuple(name for name in self.order if not self.steps[self.names[name]].stateful)

    @cached_property
    def stateful_steps(self) -> tuple[Step, ...]:
        """List the steps that are computed period by period."""
        return tuple(step for step in self.steps if step.stateful)

    @cached_property
    def functions(self) -> tuple[Function | None, ...]:
        """Give the function of each step; None for measures and fields."""
        return tuple(function_of(step) for step in self.steps)

    @cached_property
    def must_be_defined(self) -> tuple[str, ...]:
        """Name what may not be undefined for anybody: lines, and what carries become."""
        return (*self.rules.lines, *(CLOSES + name for name in self.rules.carries))

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Name the measures that the program reads."""
        loads = (s.node for s in self.steps if isinstance(s.node, nodes.Name) and not s.spread)
        return tuple(dict.fromkeys(node.name for node in loads))

    @cached_property
    def needed_items(self) -> Mapping[str, tuple[str, ...]]:
        """Name the item tables that the program reads, each with its fields."""
        fields: dict[str, dict[str, None]] = {}
        for step in self.steps:
            if isinstance(step.node, rows.Total):
                fields.setdefault(step.node.table, {})
            elif isinstance(step.node, rows.Field):
                fields.setdefault(str(step.grain), {})[step.node.name] = None
        return {table: tuple(names) for table, names in fields.items()}

    @cached_property
    def fingerprint(self) -> str:
        """Identify the formulas and declarations, whatever the machine: a SHA-256 of their JSON."""
        return hashlib.sha256(dumps_set(self.rules).encode()).hexdigest()

    def run(
        self,
        inputs: "Inputs",
        memory: "Memory | None" = None,
        *,
        exact: bool = True,
        undefined: str = "raise",
    ) -> "Outcome":
        """Compute all names over one period, or over several one after another.

        Args:
            inputs: the managers, measures and items of the periods.
            memory: the state after the period before; None begins with none.
            exact: False computes in floats, for simulation.
            undefined: `raise` refuses a line or a carry that is undefined for a manager; `keep` lets it be.

        Raises:
            DataError: a line or a carry is undefined: every manager, with the reason and the node's path.
            RuleError: a measure is missing, or the periods do not follow the state.
        """
        from clientmgr.formula.running import run_program  # noqa: PLC0415 - it needs this module

        return run_program(self, inputs, memory, exact=exact, undefined=undefined)

    def __repr__(self) -> str:
        """Count names and steps."""
        return f"Program({len(self.order)} names, {len(self.steps)} steps)"


def compile_set(rules: FormulaSet) -> Program:
    """Check a set of formulas and compile it.

    Raises:
        RuleFaults: all that is wrong, each with its path.
    """
    roots = Roots(rules)
    order, cycles = ordered(roots)
    names = tuple(key for key in order if ":" not in key)
    checker = _checked(rules, names)
    raise_faults([*checker.faults, *cycles])
    raise_faults(loose_carries(roots, order))
    compiler = _Compiler(roots, checker)
    for key in order:
        compiler.compile_root(key)
    look_backs, runs = _state(roots, MONTHS[rules.period])
    for name in (*look_backs, *runs):
        compiler.names[name] = compiler.slot(nodes.Name(name), f"$.measures.{name}", None)
    return Program(
        rules,
        checker.known,
        names,
        tuple(compiler.steps),
        compiler.slots,
        compiler.names,
        {key: kind for key, kind in checker.kinds.items() if kind is not None},
        look_backs,
        runs,
    )


def _checked(rules: FormulaSet, names: tuple[str, ...]) -> Checker:
    """Check kinds; a second pass confirms what the first had to assume of names that look back at themselves."""
    first = Checker(rules)
    first.check_all(names)
    if not first.assumed or first.faults:
        return first
    second = Checker(rules, dict(first.known))
    second.check_all(names)
    changed = [name for name in first.known if first.known[name] != second.known[name]]
    for name in changed:
        second.faults.append(Fault(f"{name!r} looks back at itself as another kind", rules.path(name)))
    return second


def _state(roots: Roots, months: int) -> tuple[dict[str, int], tuple[str, ...]]:
    """Find what must be remembered: looked-back names with their reach, and runs."""
    reach: dict[str, int] = {}
    runs: dict[str, None] = {}
    for key in roots.formulas:
        for node in roots.nodes(key):
            if isinstance(node, rows.Back):
                reach[node.name] = max(reach.get(node.name, 0), depth(node, months))
            elif isinstance(node, rows.Run):
                runs[node.name] = None
    return reach, tuple(runs)


class _Compiler:
    """Turns nodes into steps, each different node into one."""

    def __init__(self, roots: Roots, checker: Checker) -> None:
        """Begin with no step."""
        self.roots = roots
        self.checker = checker
        self.steps: list[Step] = []
        self.slots: dict[Key, int] = {}
        self.names: dict[str, int] = {}
        self.spreads: dict[tuple[int, str], int] = {}

    def compile_root(self, key: str) -> None:
        """Compile a value, a line, or an end of a carry."""
        root, path = self.roots.formulas[key], self.roots.paths[key]
        if self.checker.rules.adds_rounding(key):
            # So that a path leads to what was written, not to the rounding around it.
            self.slot(self.checker.rules.lines[key], path, None)
        self.names[key] = self.slot(root, path, None)

    def slot(self, node: Formula, path: str, table: str | None) -> int:
        """Find the slot in which a node is computed, compiling it first if it is new."""
        for key in ((node, None), (node, table)):
            if key in self.slots:
                return self.slots[key]
        if isinstance(node, nodes.Name) and node.name in self.roots.formulas:
            slot = self.named(node.name)
        else:
            slot = self._compiled(node, path, table)
        self.slots[node, self.steps[slot].grain] = slot
        return slot

    def named(self, key: str) -> int:
        """Find the slot of a root."""
        if key not in self.names:
            self.compile_root(key)
        return self.names[key]

    def _compiled(self, node: Formula, path: str, table: str | None) -> int:
        """Compile a node after its parts."""
        args = [(self.slot(part, path + sub, at), at) for sub, part, at in inner_parts(node, table)]
        args += [(slot, None) for slot in self._references(node, path)]
        grain = self._grain(node, args, table)
        inner = node.table if isinstance(node, rows.Total) else grain
        spread = [
            slot if isinstance(node, rows.At) and i == 1 else self._spread(slot, inner)
            for i, (slot, _) in enumerate(args)
        ]
        stateful = any(self.steps[slot].stateful for slot in spread) or isinstance(
            node, (nodes.Carry, rows.Back, rows.Run)
        )
        return self._add(node, tuple(spread), grain, path, stateful=stateful)

    def _references(self, node: Formula, path: str) -> list[int]:
        """Find the slots of names that a node reads without holding them as parts."""
        if isinstance(node, nodes.Carry):
            return [self.named(OPENS + node.name)]
        if isinstance(node, rows.Back):
            now = node.skip == 0 and node.window != "last_year"
            return [self.slot(nodes.Name(node.name), path, None)] if now else []
        if isinstance(node, rows.Run):
            both = [node.name] + ([] if node.since is None else [node.since])
            return [self.slot(nodes.Name(name), path, None) for name in both]
        return []

    def _grain(self, node: Formula, args: list[tuple[int, str | None]], table: str | None) -> str | None:
        """Find the rows over which a node is computed: the managers', unless it reads a field."""
        if isinstance(node, rows.Field):
            return table
        if isinstance(node, rows.Total):
            return None
        own = args[:1] if isinstance(node, rows.At) else args
        return next((self.steps[slot].grain for slot, _ in own if self.steps[slot].grain), None)

    def _spread(self, slot: int, grain: str | None) -> int:
        """Give a manager's figure to his item rows."""
        step = self.steps[slot]
        if grain is None or step.grain == grain or isinstance(step.node, CONSTANTS):
            return slot
        if (slot, grain) not in self.spreads:
            self.spreads[slot, grain] = self._add(
                step.node, (slot,), grain, step.path, stateful=step.stateful, spread=True
            )
        return self.spreads[slot, grain]

    def _add(self, node: Formula, args: tuple[int, ...], grain: str | None, path: str, **more: Any) -> int:
        """Add a step."""
        self.steps.append(Step(len(self.steps), node, args, grain, path, **more))
        return len(self.steps) - 1
