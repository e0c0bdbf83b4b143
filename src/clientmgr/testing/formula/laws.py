"""The laws that every set of formulas keeps, as functions that raise where one is broken."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from clientmgr.errors import CheckError
from clientmgr.formula import (
    Explanation,
    Figures,
    FormulaSet,
    Inputs,
    Memory,
    Outcome,
    dumps_set,
    loads_set,
)
from clientmgr.testing.formula.oracle import Oracle, round_to
from clientmgr.testing.formula.told import Told, Undefined

__all__ = [
    "check_against_oracle",
    "check_explanation",
    "check_json",
    "check_together",
    "inputs_of",
    "recompute",
]


def inputs_of(rules: FormulaSet, told: Told) -> Inputs:
    """Make the inputs of one period of what was told."""
    managers = list(told.managers)
    measures = {
        name: _column([told.measures[name][m] for m in managers], declared.kind.name)
        for name, declared in rules.measures.items()
        if name in told.measures
    }
    items = {
        name: {
            column: _column([row[column] for row in told.items[name]], _kind(rules, name, column))
            for column in (*table.fields, table.owner)
        }
        for name, table in rules.items.items()
        if name in told.items
    }
    return Inputs.of(
        rules,
        managers=managers,
        measures=measures,
        items=items,
        period=told.first.isoformat()[:7],
        number=told.number,
        trading_days=told.trading_days,
    )


def _kind(rules: FormulaSet, table: str, column: str) -> str:
    """Name the kind of a field."""
    kind = rules.items[table].kind(column)
    return "" if kind is None else kind.name


def _column(values: list[Any], kind: str) -> Any:
    """Give a column as the inputs take it: money in fen."""
    if kind == "money":
        return [None if value is None else int(value * 100) for value in values]
    if kind == "date":
        return np.array([np.datetime64("NaT") if v is None else v for v in values], dtype="M8[D]")
    return values


def check_against_oracle(rules: FormulaSet, periods: Sequence[Told]) -> None:
    """Check that every name of every manager is what the slow oracle says, exactly, with the same reason."""
    oracle, memory = Oracle(rules, periods), Memory()
    program = rules.compile()
    for t, told in enumerate(periods):
        outcome = program.run(inputs_of(rules, told), memory, undefined="keep")
        memory = outcome.memory
        for name in outcome.names:
            figures = outcome[name]
            for i, manager in enumerate(told.managers):
                _agree(oracle.figure(name, t, manager), figures, i, (name, t, manager))


def _agree(expected: Any, figures: Figures, i: int, where: Any) -> None:
    """Compare one figure."""
    reason, got = figures.reason(i), figures[i]
    if isinstance(expected, Undefined):
        same = reason is not None and reason[0] == expected.reason
        _hold(same, f"{where}: {got} ({reason}) instead of {expected}")
    else:
        _hold(got == expected, f"{where}: {got} ({reason}) instead of {expected}")


def _hold(holds: bool, what: str) -> None:  # noqa: FBT001 - it reads as an assertion
    """Raise where a law is broken."""
    if not holds:
        raise CheckError(what)


def check_json(rules: FormulaSet) -> None:
    """Check that a set reads back equal from its own JSON, with the same fingerprint."""
    again = loads_set(dumps_set(rules))
    _hold(again == rules, "a set does not read back equal from its JSON")
    _hold(again.compile().fingerprint == rules.compile().fingerprint, "the fingerprint changed")


def check_together(rules: FormulaSet, periods: Sequence[Told]) -> None:
    """Check that periods run one by one, with the state through JSON each time, give what they give at once."""
    program = rules.compile()
    parts = [inputs_of(rules, told) for told in periods]
    at_once = program.run(Inputs.join(parts), undefined="keep")
    memory = Memory()
    for t, part in enumerate(parts):
        one = program.run(part, memory, undefined="keep")
        for name in one.names:
            _same_part(one, at_once, name, t)
        memory = Memory.from_json(program, one.memory.to_json())
    _hold(memory.to_json() == at_once.memory.to_json(), "the state differs")


def _same_part(one: Outcome, together: Outcome, name: str, t: int) -> None:
    """Compare one period of one name."""
    first = int(together.inputs.starts[t])
    mine, all_figures = one[name], together[name]
    for i in range(len(one.managers)):
        _hold(mine[i] == all_figures[first + i], f"{name} of row {i} in period {t}")
        _hold(mine.reason(i) == all_figures.reason(first + i), f"{name} of row {i} in period {t}")


def check_explanation(explanation: Explanation) -> None:
    """Check that every explained row's own numbers give its value again."""
    for row in explanation.rows:
        if row.expression is None or row.reason is not None:
            continue
        again = recompute(row.expression)
        _hold(again == row.value, f"{row.text}: {again} instead of {row.value}")


def recompute(expression: Any) -> Any:
    """Compute the expression of an explained row: nested tuples of an operation and its operands."""
    if not isinstance(expression, tuple):
        return expression
    tag, *parts = expression
    return _OPERATIONS[tag](*(recompute(part) for part in parts))


def _minus(first: Any, *rest: Any) -> Any:
    """Subtract."""
    if isinstance(first, dt.date):
        return Fraction((first - rest[0]).days)
    return first - sum(rest)


def _product(*parts: Any) -> Any:
    """Multiply."""
    result = Fraction(1)
    for part in parts:
        result *= part
    return result


def _over(top: Any, bottom: Any, if_zero: Any = None) -> Any:
    """Divide."""
    return if_zero if bottom == 0 else Fraction(top) / bottom


def _clamp(value: Any, low: Any, high: Any) -> Any:
    """Keep within limits."""
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


_OPERATIONS: dict[str, Any] = {
    "value": lambda value: value,
    "sum": lambda *parts: sum(parts, Fraction(0)),
    "minus": _minus,
    "times": _product,
    "over": _over,
    "least": lambda *parts: min(parts),
    "greatest": lambda *parts: max(parts),
    "clamp": _clamp,
    "round": round_to,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "all": lambda *parts: False if False in parts else all(parts),
    "any": lambda *parts: True in parts,
    "not": lambda part: not part,
}
