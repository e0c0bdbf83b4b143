"""Formulas and sets of formulas as plain JSON values: one tag per object, exact numbers as text."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from clientmgr.formula import choices, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.declare import CarryRule, FormulaSet, ItemTable, LineRounding
from clientmgr.formula.literals import number_text

__all__ = ["dumps", "dumps_set", "to_json", "unstructure_set"]

Json = Any


def to_json(formula: Formula) -> Json:
    """Write a formula as the plain value that JSON holds.

    Example:
        >>> from clientmgr.formula import measure, to_json
        >>> to_json((measure("commission") - measure("charges")) * "15%")
        {'times': [{'minus': ['commission', 'charges']}, '15%']}
    """
    return _WRITERS[type(formula)](formula)


def dumps(formula: Formula, *, indent: int | None = None) -> str:
    """Write a formula as JSON text."""
    return json.dumps(to_json(formula), ensure_ascii=False, indent=indent)


def unstructure_set(rules: FormulaSet) -> dict[str, Json]:
    """Write a set of formulas as the plain value that JSON holds; what is empty or the default is left out."""
    groups: dict[str, Json] = {
        "measures": {name: declared.to_json() for name, declared in rules.measures.items()},
        "items": {name: _table(table) for name, table in rules.items.items()},
        "values": {name: to_json(part) for name, part in rules.values.items()},
        "lines": {name: to_json(part) for name, part in rules.lines.items()},
        "carries": {name: _carry(carry) for name, carry in rules.carries.items()},
    }
    return {
        "currency": rules.currency,
        "period": rules.period,
        **({} if rules.rounding == LineRounding() else {"rounding": _rounding(rules.rounding)}),
        **{key: group for key, group in groups.items() if group},
    }


def dumps_set(rules: FormulaSet, *, indent: int | None = None) -> str:
    """Write a set of formulas as JSON text."""
    return json.dumps(unstructure_set(rules), ensure_ascii=False, indent=indent)


def _rounding(rounding: LineRounding) -> Json:
    """Write how lines are rounded."""
    return {"to": to_json(rounding.to), "mode": rounding.mode}


def _table(table: ItemTable) -> Json:
    """Write an item table."""
    owner = {} if table.owner == "manager" else {"owner": table.owner}
    return {**owner, "fields": {name: declared.to_json() for name, declared in table.fields.items()}}


def _carry(carry: CarryRule) -> Json:
    """Write a carry."""
    moves = {"plus": list(carry.plus), "minus": list(carry.minus)}
    end = {} if carry.next is None else {"next": to_json(carry.next)}
    return {
        "kind": carry.kind.to_json(),
        "opens": to_json(carry.opens),
        **{word: names for word, names in moves.items() if names},
        **end,
    }


def _tagged(tag: str) -> Callable[[Any], Json]:
    """Make the writer of a list of formulas."""
    return lambda node: {tag: [to_json(part) for part in node.of]}


def _options(**values: Any) -> dict[str, Json]:
    """Write options; None is left out, a trailing underscore keeps a word of Python from being one."""
    given = {key.rstrip("_"): value for key, value in values.items() if value is not None}
    return {k: to_json(v) if isinstance(v, Formula) else v for k, v in given.items()}


def _unless(value: Any, default: Any) -> Any:
    """Leave the default out."""
    return None if value == default else value


def _age(node: nodes.Age) -> Json:
    """Write an age."""
    return {
        "age": to_json(node.of),
        "unit": node.unit,
        **_options(until=node.until, entry=_unless(node.entry, "counted")),
    }


def _over(node: nodes.Over) -> Json:
    """Write a quotient."""
    both = [to_json(node.dividend), to_json(node.divisor)]
    return {"over": both, **_options(if_zero=node.if_zero)}


def _is_in(node: nodes.IsIn) -> Json:
    """Write a test of a label."""
    if len(node.words) == 1:
        return {"is": [to_json(node.of), node.words[0]]}
    return {"in": [to_json(node.of), list(node.words)]}


def _when(node: choices.When) -> Json:
    """Write a choice by conditions."""
    cases = [{"if": to_json(test), "then": to_json(then)} for test, then in node.cases]
    return {"when": cases, "otherwise": to_json(node.otherwise)}


def _lookup(node: choices.Lookup) -> Json:
    """Write a choice by a label."""
    table = {word: to_json(part) for word, part in node.table}
    return {"lookup": to_json(node.of), "table": table, **_options(otherwise=node.otherwise)}


def _steps(side: str, edges: Sequence[Formula], results: Sequence[Formula], words: Sequence[str]) -> Json:
    """Write the rows of a band or of tiers."""
    limits = [{side: to_json(edge)} for edge in edges]
    limits += [{}] * (len(results) - len(edges))
    return [{**limit, word: to_json(result)} for limit, result, word in zip(limits, results, words, strict=True)]


def _band(node: choices.Band) -> Json:
    """Write a band."""
    words = ["is"] * len(node.results)
    return {"band": to_json(node.of), "rows": _steps(node.side, node.edges, node.results, words)}


def _tiers(node: choices.Tiers) -> Json:
    """Write tiers."""
    full = len(node.edges) if node.how == "amounts" else 0
    words = ["amount" if i < full else "rate" for i in range(len(node.rates))]
    return {
        "tiers": to_json(node.of),
        "how": node.how,
        **_options(on=node.on, negative=_unless(node.negative, "refuse")),
        "rows": _steps(node.side, node.edges, node.rates, words),
    }


def _curve(node: choices.Curve) -> Json:
    """Write a curve."""
    knots = [[to_json(x), to_json(y)] for x, y in node.knots]
    return {
        "curve": to_json(node.of),
        "knots": knots,
        **_options(outside=_unless(node.outside, "refuse")),
    }


def _total(node: rows.Total) -> Json:
    """Write a fold of item rows."""
    if node.how == "count":
        return {"count": node.table, **_options(where=node.where)}
    how = _unless(node.how, "sum")
    return {"total": node.table, **_options(take=node.take, where=node.where, how=how)}


def _peers(node: rows.Peers) -> Json:
    """Write a figure of one's group."""
    groups = [to_json(part) for part in node.within]
    within = groups[0] if len(groups) == 1 else groups or None
    return {
        "peers": to_json(node.of),
        "take": node.take,
        **_options(within=within, where=node.where, tie=node.tie, order=_unless(node.order, "largest")),
    }


def _back(node: rows.Back) -> Json:
    """Write a look-back."""
    return {
        "back": node.name,
        **_options(
            last=node.last,
            window=node.window,
            skip=_unless(node.skip, 0),
            take=_unless(node.take, "sum"),
            short=_unless(node.short, "refuse"),
        ),
    }


_WRITERS: dict[type[Formula], Callable[[Any], Json]] = {
    nodes.Literal: lambda node: number_text(node.value, node.unit),
    nodes.DateLiteral: lambda node: {"date": str(node.day)},
    nodes.LabelLiteral: lambda node: {"label": node.word},
    nodes.Name: lambda node: node.name,
    nodes.Named: lambda node: {"name": node.title, "of": to_json(node.of)},
    nodes.Carry: lambda node: {"carry": node.name},
    nodes.Calendar: lambda node: {"calendar": node.what},
    nodes.Age: _age,
    nodes.Sum: _tagged("sum"),
    nodes.Minus: _tagged("minus"),
    nodes.Times: _tagged("times"),
    nodes.Least: _tagged("least"),
    nodes.Greatest: _tagged("greatest"),
    nodes.All: _tagged("all"),
    nodes.Any_: _tagged("any"),
    nodes.Over: _over,
    nodes.Clamp: lambda node: {
        "clamp": to_json(node.of),
        **_options(from_=node.low, to=node.high),
    },
    nodes.Rounded: lambda node: {
        "round": to_json(node.of),
        "to": to_json(node.to),
        "mode": node.mode,
    },
    nodes.Compare: lambda node: {node.op: [to_json(node.left), to_json(node.right)]},
    nodes.IsIn: _is_in,
    nodes.Not: lambda node: {"not": to_json(node.of)},
    choices.When: _when,
    choices.Lookup: _lookup,
    choices.FirstKnown: _tagged("first_known"),
    choices.Band: _band,
    choices.Tiers: _tiers,
    choices.Curve: _curve,
    rows.Field: lambda node: {"field": node.name},
    rows.Total: _total,
    rows.At: lambda node: {"at": to_json(node.pointer), "take": to_json(node.take)},
    rows.Peers: _peers,
    rows.Back: _back,
    rows.Run: lambda node: {"run": node.name, **_options(since=node.since)},
}
