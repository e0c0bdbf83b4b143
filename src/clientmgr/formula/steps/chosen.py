"""Steps that choose between branches: only the mark of the branch that is taken passes."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from clientmgr.formula import choices, nodes
from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, Marks, first_mark
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.numbers import Bools, Ints, Numbers
from clientmgr.formula.steps.plain import day_number

__all__ = ["BEYOND", "FUNCTIONS", "choose", "constants", "falling", "found_steps"]

Args = Sequence[Column]
BEYOND = "beyond the last edge"
FALLING = "the edges fall"


def _when(_step: Step, args: Args, _frame: Frame) -> Column:
    """Take the first case that holds; an unknown condition before it leaves the row unknown."""
    result = args[-1]
    for i in range(len(args) - 3, -1, -2):
        test, branch = args[i], args[i + 1]
        result = branch.where(test.flags, result)
        if test.mark is not None:
            result = Column(result.data, first_mark([test.mark, result.mark]))
    return result


def _lookup(step: Step, args: Args, frame: Frame) -> Column:
    """Take the branch of a label's word."""
    node: choices.Lookup = step.node  # type: ignore[assignment]
    label, branches = args[0], args[1:]
    other = len(node.table) if node.otherwise is not None else -1
    rows = np.full(len(frame.words.listed) + 1, other, dtype=np.int64)
    for i, (word, _) in enumerate(node.table):
        code = frame.words.find(word)
        if code >= 0:
            rows[code] = i
    index = rows[label.codes]
    result = choose(index, branches)
    if label.mark is not None:
        result = Column(result.data, first_mark([label.mark, result.mark]))
    return frame.refused(result, index < 0, step, "no row for this word")


def _first_known(_step: Step, args: Args, _frame: Frame) -> Column:
    """Take the first that is defined; where none is, the last one's mark stays."""
    result = args[-1]
    for arg in args[-2::-1]:
        if arg.mark is None:
            result = arg
        else:
            known = arg.mark == 0
            result = arg.where(known, result)
    return result


def _band(step: Step, args: Args, frame: Frame) -> Column:
    """Take the result of the step in which the number lies."""
    node: choices.Band = step.node  # type: ignore[assignment]
    edges, results = split_rows(args[1:], len(node.edges))
    index, guard = found_steps(step, args[0], node.edges, edges, node.side, frame)
    result = choose(np.minimum(index, len(results) - 1), results)
    result = Column(result.data, first_mark([args[0].mark, guard, result.mark]))
    return frame.refused(result, index >= len(results), step, BEYOND)


def split_rows(args: Args, count: int) -> tuple[list[Column], list[Column]]:
    """Part edges from results, which come in turn."""
    edges = list(args[: 2 * count : 2])
    return edges, [*args[1 : 2 * count : 2], *args[2 * count :]]


def found_steps(
    step: Step,
    of: Column,
    nodes_of_edges: tuple[Formula, ...],
    edges: Sequence[Column],
    side: str,
    frame: Frame,
) -> tuple[Ints, Marks | None]:
    """Say in which step each row lies, and mark rows whose edges fall or are undefined."""
    fixed = constants(nodes_of_edges)
    if fixed is not None:
        return of.numbers.steps(fixed, side), None
    index: Ints = np.zeros(1, dtype=np.int64)
    for edge in edges:
        index = index + of.numbers.compare(">=" if side == "below" else ">", edge.numbers)
    guard = first_mark([edge.mark for edge in edges])
    bad = falling([edge.numbers for edge in edges])
    if bad.any():
        code = np.where(bad, frame.mark(step, FALLING), 0).astype(np.int32)
        guard = first_mark([guard, code])
    return index, guard


def falling(edges: Sequence[Numbers]) -> Bools:
    """Say where an edge lies below the one before."""
    bad: Bools = np.zeros(1, dtype=np.bool_)
    for low, high in pairwise(edges):
        bad = bad | low.exceeds(high)
    return bad


def constants(parts: Sequence[Formula]) -> tuple[Fraction, ...] | None:
    """Give the numbers of formulas that are all constant, else None."""
    if all(isinstance(part, nodes.Literal) for part in parts):
        return tuple(part.value for part in parts)  # type: ignore[attr-defined]
    if all(isinstance(part, nodes.DateLiteral) for part in parts):
        return tuple(day_number(part.day) for part in parts)  # type: ignore[attr-defined]
    return None


def choose(index: Ints, branches: Sequence[Column]) -> Column:
    """Take the branch of each row's number; the branches are constants or columns."""
    first = branches[0]
    flat = all(len(branch.data) == 1 and branch.mark is None for branch in branches)
    if flat and isinstance(first.data, Numbers):
        return Column(first.numbers.table(index, tuple(b.numbers.value(0) for b in branches)))
    result = first
    for i, branch in enumerate(branches[1:], 1):
        result = branch.where(index == i, result)
    return result


FUNCTIONS: dict[type[Formula], Callable[[Step, Args, Frame], Column]] = {
    choices.When: _when,
    choices.Lookup: _lookup,
    choices.FirstKnown: _first_known,
    choices.Band: _band,
}
