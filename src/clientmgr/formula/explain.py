"""Telling how a manager's figures came about, from the columns that were computed."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.formula import choices, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.explanation import ExplainedRow, Explanation
from clientmgr.formula.figures import figure_text
from clientmgr.formula.kinds import Kind
from clientmgr.formula.memory import period_name, python_value
from clientmgr.formula.outcome import Outcome
from clientmgr.formula.steps.timed import bounds
from clientmgr.formula.words import LOOSE, TERM, binding, in_words, joined_words, step_words

__all__ = ["Explanation", "explain_outcome"]


@attrs.frozen
class Place:
    """Where a formula is read: a manager's row, and within an item table the row of an item."""

    manager: int
    table: str | None = None
    item: int = 0


def explain_outcome(
    outcome: Outcome, manager: Any, period: str | None, names: Sequence[str] | None, items: int | None
) -> Explanation:
    """Explain some names, each named value once."""
    t, row = outcome.row(manager, period)
    rules = outcome.program.rules
    chosen = tuple(names or rules.lines or rules.values)
    for name in chosen:
        if name not in rules.values and name not in rules.lines:
            raise DataError(f"no value or line is named {name!r}")
    teller = _Teller(outcome, t, items)
    told: list[ExplainedRow] = []
    for name in chosen:
        if name not in teller.seen:
            told.extend(teller.named(name, Place(row), 0))
    return Explanation(manager, outcome.inputs.timeline.names[t], tuple(told))


INLINE = (
    nodes.Sum,
    nodes.Minus,
    nodes.Times,
    nodes.Over,
    nodes.Least,
    nodes.Greatest,
    nodes.Clamp,
    nodes.Rounded,
    nodes.Compare,
    nodes.All,
    nodes.Any_,
    nodes.Not,
)
Rows = Iterator[ExplainedRow]


class _Teller:
    """Tells the rows of one manager and period."""

    def __init__(self, outcome: Outcome, t: int, items: int | None) -> None:
        """Begin with nothing told."""
        self.outcome = outcome
        self.program = outcome.program
        self.rules = outcome.program.rules
        self.t = t
        self.items = items
        self.seen: set[str] = set()

    # Values.

    def slot(self, node: Formula, place: Place) -> tuple[int, int]:
        """Find the slot and the row of a formula."""
        slots = self.program.slots
        if (node, None) in slots:
            return slots[node, None], place.manager
        return slots[node, place.table], place.item

    def value(self, node: Formula, place: Place) -> Any:
        """Give a formula's value; None where it is undefined."""
        if self.reason(node, place) is not None:
            return None
        slot, row = self.slot(node, place)
        column = self.outcome.period_column(slot, self.t)
        value = python_value(column, row, self.outcome.words, self.kind(node, place))
        kind = self.kind(node, place)
        if kind is not None and kind.name == "manager":
            return self.outcome.inputs.managers[self.t][value]
        return value

    def reason(self, node: Formula, place: Place) -> tuple[str, str] | None:
        """Say why a formula is undefined."""
        slot, row = self.slot(node, place)
        mark = self.outcome.period_column(slot, self.t).mark
        code = 0 if mark is None else int(mark[row if len(mark) > 1 else 0])
        return self.outcome.reasons[code] if code else None

    def kind(self, node: Formula, place: Place) -> Kind | None:
        """Give a formula's kind."""
        if isinstance(node, nodes.Name):
            return self.program.kinds[node.name]
        kinds = self.program.node_kinds
        return kinds.get((node, place.table)) or kinds.get((node, None))

    def figure(self, node: Formula, place: Place) -> str:
        """Write a formula's value."""
        if isinstance(node, (nodes.Literal, nodes.LabelLiteral, nodes.DateLiteral)):
            return in_words(node)
        value = self.value(node, place)
        return "undefined" if value is None else figure_text(value, self.kind(node, place))

    def numbers(self, node: Formula, place: Place) -> str:
        """Write a formula with numbers in the place of names."""
        if not isinstance(node, INLINE):
            return self.figure(node, place)
        return joined_words(node, lambda part: self._number(part, place))

    def _number(self, part: Formula, place: Place) -> tuple[str, int]:
        """Write a part with numbers, and say how tightly the text binds."""
        text = self.numbers(part, place)
        loose = binding(part) if isinstance(part, INLINE) else TERM + 2
        return text, LOOSE if text.startswith("-") else loose

    def expression(self, node: Formula, place: Place) -> Any:
        """Give the computation of an inlined formula as nested tuples."""
        if not isinstance(node, INLINE):
            return self.value(node, place)
        parts = [self.expression(part, place) for _, part in node.parts()]
        if isinstance(node, nodes.Rounded):
            return ("round", *parts, node.mode)
        if isinstance(node, nodes.Compare):
            return (node.op, *parts)
        if isinstance(node, nodes.Clamp):
            low = parts[1] if node.low is not None else None
            return ("clamp", parts[0], low, parts[-1] if node.high is not None else None)
        return (type(node).__name__.lower().rstrip("_"), *parts)

    # Rows.

    def row(self, depth: int, text: str, node: Formula, place: Place, expression: Any) -> ExplainedRow:
        """Make the row of a formula."""
        return ExplainedRow(
            depth,
            text,
            self.value(node, place),
            self.kind(node, place),
            expression,
            self.reason(node, place),
        )

    def named(self, name: str, place: Place, depth: int) -> Rows:
        """Tell a value or a line, and what it is made of."""
        self.seen.add(name)
        root = self._plain_root(name, place)
        text = self._equation(name, root, place)
        row = self.row(depth, text, root, place, self._made_of(root, place))
        # A plain number takes its kind from the name.
        yield attrs.evolve(row, kind=self.program.kinds[name])
        yield from self.inside(root, place, depth + 1)

    def _plain_root(self, name: str, place: Place) -> Formula:
        """Give a name's formula, without a line's rounding where that changes nothing."""
        root = self.rules.root(name)
        if name in self.rules.values or not isinstance(root, nodes.Rounded):
            return root
        return root.of if self.value(root, place) == self.value(root.of, place) else root

    def _equation(self, name: str, node: Formula, place: Place) -> str:
        """Write `name = words = numbers`; what has no numbers of its own has no second half."""
        words = in_words(node)
        if isinstance(node, INLINE):
            return f"{name} = {words} = {self.numbers(node, place)}"
        return f"{name} = {words}"

    def _made_of(self, node: Formula, place: Place) -> Any:
        """Give the computation of a row's own formula."""
        if isinstance(node, INLINE):
            return self.expression(node, place)
        return ("value", self.value(node, place))

    def inside(self, node: Formula, place: Place, depth: int) -> Rows:
        """Tell the parts of a formula that have something to tell."""
        if isinstance(node, nodes.Name):
            yield from self._reference(node, place, depth)
        elif type(node) in _TELLERS:
            yield from _TELLERS[type(node)](self, node, place, depth)
        else:
            for _, part in node.parts():
                yield from self._part(part, place, depth)

    def _reference(self, node: nodes.Name, place: Place, depth: int) -> Rows:
        """Tell a named value that was not told before."""
        if self._untold(node):
            yield from self.named(node.name, Place(place.manager), depth)

    def _untold(self, node: nodes.Name) -> bool:
        """Say whether a name is a value or a line that was not told before."""
        formula = node.name in self.rules.values or node.name in self.rules.lines
        return formula and node.name not in self.seen

    def _part(self, part: Formula, place: Place, depth: int) -> Rows:
        """Tell a part within arithmetic: under a heading of its own if it is more than arithmetic."""
        if type(part) in _TELLERS and not isinstance(part, nodes.Named):
            text = in_words(part)
            yield self.row(depth, text, part, place, ("value", self.value(part, place)))
            yield from self.inside(part, place, depth + 1)
        else:
            yield from self.inside(part, place, depth)

    def branch(self, node: Formula, text: str, place: Place, depth: int) -> Rows:
        """Tell the branch that a choice took; a name that tells itself needs no heading."""
        if isinstance(node, nodes.Name) and text == in_words(node) and self._untold(node):
            yield from self.inside(node, place, depth)
            return
        yield self.row(depth, text, node, place, self._made_of(node, place))
        yield from self.inside(node, place, depth + 1)

    def test(self, node: Formula, text: str, place: Place, depth: int) -> Rows:
        """Tell a condition."""
        words = f"{in_words(node)}  ({text})"
        if isinstance(node, INLINE):
            words = f"{in_words(node)}: {self.numbers(node, place)}  ({text})"
        yield self.row(depth, words, node, place, self._made_of(node, place))


def _tell_named(teller: _Teller, node: nodes.Named, place: Place, depth: int) -> Rows:
    """Tell a part with a title."""
    text = teller._equation(node.title, node.of, place)  # noqa: SLF001 - the tellers are its methods
    yield teller.row(depth, text, node.of, place, teller._made_of(node.of, place))  # noqa: SLF001
    yield from teller.inside(node.of, place, depth + 1)


def _tell_when(teller: _Teller, node: choices.When, place: Place, depth: int) -> Rows:
    """Tell the case that was taken, with its condition."""
    for i, (test, result) in enumerate(node.cases):
        holds = teller.value(test, place)
        if holds or holds is None:
            yield from teller.test(test, f"case {i + 1} of {len(node.cases)}", place, depth)
            if holds:
                yield from teller.branch(result, _then(teller, result, place), place, depth)
            return
    yield from teller.branch(node.otherwise, f"otherwise {_then(teller, node.otherwise, place)}", place, depth)


def _then(teller: _Teller, node: Formula, place: Place) -> str:
    """Write a branch in words and numbers."""
    if isinstance(node, INLINE):
        return f"{in_words(node)} = {teller.numbers(node, place)}"
    return in_words(node)


def _tell_lookup(teller: _Teller, node: choices.Lookup, place: Place, depth: int) -> Rows:
    """Tell the branch at the label's word."""
    word = teller.value(node.of, place)
    table = dict(node.table)
    taken = table.get(word, node.otherwise)
    yield teller.row(depth, in_words(node.of), node.of, place, None)
    if word is not None and taken is not None:
        title = f"'{word}'" if word in table else f"'{word}', otherwise"
        yield from teller.branch(taken, f"{title}: {_then(teller, taken, place)}", place, depth)


def _tell_first(teller: _Teller, node: choices.FirstKnown, place: Place, depth: int) -> Rows:
    """Tell which part was the first that is defined."""
    for i, part in enumerate(node.of):
        if teller.value(part, place) is not None:
            where = f"{i + 1} of {len(node.of)}: {_then(teller, part, place)}"
            yield from teller.branch(part, where, place, depth)
            return


def _found_step(teller: _Teller, node: Any, of: Formula, place: Place) -> tuple[int, list[str]] | None:
    """Find the step in which a number lies, and the edges as text."""
    value = teller.value(of, place)
    edges = [teller.value(edge, place) for edge in node.edges]
    if value is None or None in edges:
        return None
    if getattr(node, "negative", "") == "mirror":
        value = abs(value)
    index = sum(value >= edge if node.side == "below" else value > edge for edge in edges)
    kind = teller.kind(of, place)
    return index, [figure_text(edge, kind) for edge in edges]


def _tell_band(teller: _Teller, node: choices.Band, place: Place, depth: int) -> Rows:
    """Tell the step in which the number lies."""
    yield from teller._part(node.of, place, depth)  # noqa: SLF001
    found = _found_step(teller, node, node.of, place)
    if found is None:
        return
    index, edges = found
    text = (
        f"{in_words(node.of)} {teller.figure(node.of, place)} is {step_words(node.side, index, edges)}"
        f"  (row {index + 1} of {len(node.results)})"
    )
    if index < len(node.results):
        yield from teller.branch(node.results[index], text, place, depth)


def _tell_tiers(teller: _Teller, node: choices.Tiers, place: Place, depth: int) -> Rows:
    """Tell the tier that was reached, or every slice that was filled."""
    yield from teller._part(node.of, place, depth)  # noqa: SLF001
    picker = node.of if node.on is None else node.on
    found = _found_step(teller, node, picker, place)
    amount, total = teller.value(node.of, place), teller.value(node, place)
    if found is None or amount is None or total is None or found[0] >= len(node.rates):
        return
    index, edges = found
    if node.how == "whole":
        rate = node.rates[index]
        text = (
            f"{in_words(picker)} {teller.figure(picker, place)} is "
            f"{step_words(node.side, index, edges)}: {teller.figure(node.of, place)} x "
            f"{teller.figure(rate, place)}  (row {index + 1} of {len(node.rates)})"
        )
        product = None if _silent(node, teller.value(picker, place)) else ("times", amount, teller.value(rate, place))
        yield teller.row(depth, text, node, place, product)
        yield from teller._part(rate, place, depth + 1)  # noqa: SLF001
        return
    yield from _tell_slices(teller, node, amount, edges, place, depth)


def _silent(node: choices.Tiers, value: Fraction) -> bool:
    """Say whether an amount below zero earns nothing, whatever its rate."""
    return node.negative == "zero" and value < 0


def _tell_slices(
    teller: _Teller, node: choices.Tiers, amount: Fraction, edges: list[str], place: Place, depth: int
) -> Rows:
    """Tell each slice of marginal tiers with its rate."""
    sign = -1 if node.negative == "mirror" and amount < 0 else 1
    if _silent(node, amount):
        return
    reached, low = sign * amount, Fraction(0)
    kind = teller.kind(node.of, place)
    for i, rate in enumerate(node.rates):
        high = teller.value(node.edges[i], place) if i < len(node.edges) else None
        part = (reached if high is None else min(reached, high)) - low
        if part <= 0 and i:
            return
        factor = teller.value(rate, place)
        by, shown = factor, teller.figure(rate, place)
        if node.how == "amounts" and high is not None:
            by = factor / (high - low) if high > low else Fraction(0)
            shown = f"{shown} / {figure_text(high - low, kind)}"
        text = f"{step_words(node.side, i, edges)}: {figure_text(sign * part, kind)} x {shown}"
        yield ExplainedRow(depth, text, sign * part * by, teller.kind(node, place), ("times", sign * part, by))
        low = low if high is None else high


def _tell_curve(teller: _Teller, node: choices.Curve, place: Place, depth: int) -> Rows:
    """Tell between which knots the number lies."""
    yield from teller._part(node.of, place, depth)  # noqa: SLF001
    value = teller.value(node.of, place)
    xs = [teller.value(x, place) for x, _ in node.knots]
    if value is None or None in xs:
        return
    i = min(max(sum(value >= x for x in xs) - 1, 0), len(xs) - 2)
    (x1, y1), (x2, y2) = ([teller.figure(part, place) for part in node.knots[j]] for j in (i, i + 1))
    text = f"{teller.figure(node.of, place)} on the line from ({x1}, {y1}) to ({x2}, {y2})"
    yield teller.row(depth, text, node, place, None)


def _tell_total(teller: _Teller, node: rows.Total, place: Place, depth: int) -> Rows:
    """Tell the item rows of a total, the first of them one by one."""
    outcome = teller.outcome
    owner = outcome.inputs.layouts[teller.t].items[node.table].owner
    mine = [Place(place.manager, node.table, int(i)) for i in np.flatnonzero(owner == place.manager)]
    if node.where is not None:
        mine = [at for at in mine if teller.value(node.where, at)]
    if node.take is None:
        return
    take = node.take
    listed = mine if teller.items is None else mine[: teller.items]
    for at in listed:
        text = f"row {at.item + 1} of {node.table}: {_then(teller, take, at)}"
        yield from teller.branch(take, text, at, depth)
    rest = [teller.value(take, at) for at in mine[len(listed) :]]
    if rest and node.how == "sum" and None not in rest:
        text = f"and {len(rest)} more rows"
        yield ExplainedRow(depth, text, sum(rest), teller.kind(node, place), ("sum", *rest))


def _tell_at(teller: _Teller, node: rows.At, place: Place, depth: int) -> Rows:
    """Tell the figure of another manager."""
    who = teller.value(node.pointer, place)
    if who is None:
        return
    there = Place(outcome_row(teller.outcome, teller.t, who))
    text = f"of {who}: {_then(teller, node.take, there)}"
    yield teller.row(depth, text, node.take, there, teller._made_of(node.take, there))  # noqa: SLF001


def outcome_row(outcome: Outcome, t: int, manager: Any) -> int:
    """Find the row of a manager in a period."""
    return outcome.inputs.managers[t].index(manager)


def _tell_peers(teller: _Teller, node: rows.Peers, place: Place, depth: int) -> Rows:
    """Tell what is compared, and within which group."""
    yield teller.row(depth, f"own {in_words(node.of)}", node.of, place, None)
    for group in node.within:
        yield teller.row(depth, f"within {in_words(group)}", group, place, None)


def _tell_back(teller: _Teller, node: rows.Back, place: Place, depth: int) -> Rows:
    """Tell the periods of a look-back, as far as they were run here or are in the state."""
    line, outcome = teller.outcome.inputs.timeline, teller.outcome
    now = int(line.ordinal[teller.t])
    first, last = bounds(node, line.kind, now)
    who = outcome.inputs.managers[teller.t][place.manager]
    for ordinal in range(first, last + 1):
        name = period_name(ordinal, line.kind)
        if name in line.names:
            t = line.names.index(name)
            if who in outcome.inputs.managers[t]:
                other = _Teller(outcome, t, 0)
                there = Place(outcome_row(outcome, t, who))
                yield other.row(depth, f"{node.name} in {name}", nodes.Name(node.name), there, None)


def _tell_nothing(_teller: _Teller, _node: Formula, _place: Place, _depth: int) -> Rows:
    """Tell nothing more."""
    return iter(())


_TELLERS: dict[type[Formula], Callable[[_Teller, Any, Place, int], Rows]] = {
    nodes.Named: _tell_named,
    choices.When: _tell_when,
    choices.Lookup: _tell_lookup,
    choices.FirstKnown: _tell_first,
    choices.Band: _tell_band,
    choices.Tiers: _tell_tiers,
    choices.Curve: _tell_curve,
    rows.Total: _tell_total,
    rows.At: _tell_at,
    rows.Peers: _tell_peers,
    rows.Back: _tell_back,
    rows.Run: _tell_nothing,
}
