"""States read from JSON, and states made from what is known of the time before a scheme."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.formula import nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, Reasons
from clientmgr.formula.declare import FormulaSet
from clientmgr.formula.exact import Exact
from clientmgr.formula.frame import Words
from clientmgr.formula.inputs import Inputs
from clientmgr.formula.kinds import COUNT, Kind
from clientmgr.formula.machine import Kept, Past
from clientmgr.formula.memory import Memory, exact_value, ordinal_of
from clientmgr.formula.order import Roots, walk
from clientmgr.formula.program import Program

__all__ = ["open_memory", "read_memory"]

EPOCH = dt.date(1970, 1, 1)


def read_memory(program: Program, value: Mapping[str, Any]) -> Memory:
    """Read a state that `Memory.to_json` wrote."""
    keys = {"period", "managers", "carries", "runs", "look_backs"}
    if set(value) != keys:
        raise RuleError(f"a state has exactly the keys {', '.join(sorted(keys))}")
    reader = _Reader(program, tuple(value["managers"]))
    carried = {name: rule.kind.kind for name, rule in program.rules.carries.items()}
    unknown = [name for name in value["carries"] if name not in carried]
    if unknown:
        raise RuleError(f"the state holds unknown carries: {', '.join(unknown)}", "$.carries")
    memory = Memory(
        reader.managers,
        None if value["period"] is None else ordinal_of(value["period"]),
        program.rules.period,
        {name: reader.pasts(name, told) for name, told in value["look_backs"].items() if name in program.look_backs},
        {name: reader.lengths(told) for name, told in value["runs"].items()},
        {name: reader.column(told, carried[name], f"$.carries.{name}") for name, told in value["carries"].items()},
    )
    return reader.finished(memory)


class _Reader:
    """Reads columns over one list of managers."""

    def __init__(self, program: Program, managers: tuple[Any, ...]) -> None:
        """Begin with no word and no reason."""
        self.program = program
        self.managers = managers
        self.words = Words()
        self.reasons = Reasons()

    def finished(self, memory: Memory) -> Memory:
        """Add the words and reasons that turned up."""
        return attrs.evolve(memory, words=tuple(self.words.listed), reasons=tuple(self.reasons.listed))

    def pasts(self, name: str, told: Mapping[str, Sequence[Any]]) -> tuple[Past, ...]:
        """Read what a name was, by period."""
        kind = self.program.kinds[name]
        found = [
            Past(ordinal_of(period), self.column(column, kind, f"$.look_backs.{name}.{period}"))
            for period, column in told.items()
        ]
        return tuple(sorted(found, key=lambda past: past.ordinal))

    def lengths(self, told: Sequence[Any]) -> Kept:
        """Read the lengths of a run."""
        kept = self.column([0 if length is None else length for length in told], COUNT, "$.runs")
        lengths = np.array([int(kept.column.numbers.value(i)) for i in range(len(told))])
        return Kept(Column(lengths.astype(np.int64), kept.column.mark))

    def column(self, told: Sequence[Any], kind: Kind, path: str) -> Kept:
        """Read a column by manager."""
        if len(told) != len(self.managers):
            raise RuleError(f"{len(told)} figures for {len(self.managers)} managers", path)
        known = np.array([item is not None for item in told], dtype=np.bool_)
        marks = [self._mark(item) for item in told]
        plain = [None if mark else item for mark, item in zip(marks, told, strict=True)]
        mark = np.array(marks, dtype=np.int32) if any(marks) else None
        return Kept(Column(_DATA[_family(kind)](plain, self), mark), None if known.all() else known)

    def _mark(self, item: Any) -> int:
        """Read an undefined figure's mark, else 0."""
        if isinstance(item, Mapping):
            reason, path = item["undefined"]
            return self.reasons.code(reason, path)
        return 0


def _family(kind: Kind) -> str:
    """Say how a kind is held."""
    return kind.name if kind.name in ("label", "flag", "date") else "number"


def _days(items: list[Any]) -> list[Fraction]:
    """Read days: numbers of days from 1970, ISO texts or dates."""
    return [Fraction(0) if item is None else _day(item) for item in items]


def _day(item: Any) -> Fraction:
    """Read one day."""
    if isinstance(item, str) and "-" in item[1:]:
        item = dt.date.fromisoformat(item)
    return Fraction((item - EPOCH).days) if isinstance(item, dt.date) else exact_value(item)


_DATA: dict[str, Callable[[list[Any], _Reader], Any]] = {
    "number": lambda items, _: Exact.of_fractions([exact_value(item or 0) for item in items]),
    "date": lambda items, _: Exact.of_fractions(_days(items)),
    "flag": lambda items, _: np.array([bool(item) for item in items], dtype=np.bool_),
    "label": lambda items, reader: np.array(
        [0 if item is None else reader.words.code(item) for item in items], dtype=np.int64
    ),
}


def open_memory(
    program: Program,
    history: Inputs | None,
    given: Mapping[str, Mapping[str, Mapping[Any, Any]]],
    carries: Mapping[str, Mapping[Any, Any]],
    period: str | None,
) -> Memory:
    """Make the state before a scheme's first period."""
    for name in given:
        if name not in program.look_backs:
            raise RuleError(f"{name!r} is given, but no formula looks back at it")
    for name in carries:
        if name not in program.carries:
            raise RuleError(f"{name!r} is given, but it is no carry")
    base = Memory(period=program.rules.period)
    if history is not None:
        earlier = earlier_rules(program, tuple(given))
        base = earlier.compile().run(history, undefined="keep").memory
    last = base.ordinal if period is None else ordinal_of(period)
    if last is None:
        raise RuleError("name the last period before the first: period='2025-12', or give history")
    return _with_given(program, attrs.evolve(base, ordinal=last), given, carries)


def earlier_rules(program: Program, given: tuple[str, ...]) -> FormulaSet:
    """Cut the rules down to what the past needs: looked-back names and runs, and what they are made of."""
    rules, roots = program.rules, Roots(program.rules).formulas
    wanted = [name for name in (*program.look_backs, *program.runs) if name not in given]
    needed: dict[str, None] = {}
    while wanted:
        name = wanted.pop()
        if name in needed:
            continue
        needed[name] = None
        for node, _ in walk(roots[name]) if name in roots else ():
            if isinstance(node, nodes.Carry):
                raise RuleError(f"{name!r} depends on the carry {node.name!r}: give its history, given={{...}}")
            if isinstance(node, nodes.Name | rows.Back | rows.Run):
                wanted.append(node.name)
            if isinstance(node, rows.Run) and node.since is not None:
                wanted.append(node.since)
    keep = [name for name in (*program.look_backs, *program.runs) if name not in given]
    asked = {f"asked.{i}": _ask(program, name) for i, name in enumerate(dict.fromkeys(keep))}
    return FormulaSet(
        measures={name: d for name, d in rules.measures.items() if name in needed},
        items=rules.items,
        values={
            **{name: part for name, part in rules.values.items() if name in needed},
            **asked,
        },
        lines={name: part for name, part in rules.lines.items() if name in needed},
        rounding=rules.rounding,
        currency=rules.currency,
        period=rules.period,
    )


def _ask(program: Program, name: str) -> Formula:
    """Make a formula that has a name remembered as far back as the program reaches, or its run counted."""
    if name in program.look_backs:
        reach = program.look_backs[name]
        return rows.Back(name, last=reach + 1, take="count", short="partial")
    return rows.Run(name)


def _with_given(
    program: Program,
    base: Memory,
    given: Mapping[str, Mapping[str, Mapping[Any, Any]]],
    carries: Mapping[str, Mapping[Any, Any]],
) -> Memory:
    """Add what is given to a state."""
    told = [*(column for periods in given.values() for column in periods.values()), *carries.values()]
    managers = tuple(dict.fromkeys([*base.managers, *(m for column in told for m in column)]))
    start = base.to_json()
    places = {manager: i for i, manager in enumerate(base.managers)}

    def laid_out(column: Sequence[Any], missing: Any = None) -> list[Any]:
        """Lay a column out over all managers."""
        return [column[places[m]] if m in places else missing for m in managers]

    def by_manager(column: Mapping[Any, Any]) -> list[Any]:
        """Lay out what is given by manager."""
        return [column.get(m) for m in managers]

    looked = {n: {p: laid_out(c) for p, c in ps.items()} for n, ps in start["look_backs"].items()}
    for name, periods in given.items():
        looked[name] = {p: by_manager(c) for p, c in periods.items()}
    opened = {name: by_manager(column) for name, column in carries.items()}
    value = {
        "period": start["period"],
        "managers": list(managers),
        "carries": opened,
        "runs": {name: laid_out(column, 0) for name, column in start["runs"].items()},
        "look_backs": looked,
    }
    return read_memory(program, value)
