"""Steps of arithmetic and logic: row by row, the mark of an operand travels on."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

from clientmgr.formula import nodes
from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, Marks, first_mark
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.numbers import Bools, Numbers

__all__ = ["FUNCTIONS", "all_hold", "any_holds"]

Args = Sequence[Column]


def _literal(step: Step, _args: Args, frame: Frame) -> Column:
    """Give a number."""
    return Column(frame.constant(step.node.value))  # type: ignore[attr-defined]


def _date(step: Step, _args: Args, frame: Frame) -> Column:
    """Give a day."""
    return Column(frame.constant(day_number(step.node.day)))  # type: ignore[attr-defined]


def _label(step: Step, _args: Args, frame: Frame) -> Column:
    """Give a word."""
    return Column(np.array([frame.words.code(step.node.word)]))  # type: ignore[attr-defined]


def _same(_step: Step, args: Args, _frame: Frame) -> Column:
    """Give the first argument."""
    return args[0]


def _folded(method: str) -> Callable[[Step, Args, Frame], Column]:
    """Make the step of a list of numbers that are joined two by two."""

    def fold(_step: Step, args: Args, _frame: Frame) -> Column:
        """Join the numbers; the first mark stays."""
        numbers = [arg.numbers for arg in args]
        data: Numbers = reduce(lambda a, b: getattr(a, method)(b), numbers)
        return Column(data, first_mark([arg.mark for arg in args]))

    return fold


def _over(step: Step, args: Args, frame: Frame) -> Column:
    """Divide; a zero divisor takes `if_zero`, or marks the row."""
    data, zero = args[0].numbers.over(args[1].numbers)
    result = Column(data, first_mark([args[0].mark, args[1].mark]))
    if not zero.any():
        return result
    if args[1].mark is not None:
        zero = zero & (args[1].mark == 0)
    if len(args) > 2:  # noqa: PLR2004 - the third is what holds at zero
        return args[2].where(zero, result)
    return frame.refused(result, zero, step, "division by zero")


def _clamp(step: Step, args: Args, frame: Frame) -> Column:
    """Keep within limits; where they cross, the row is undefined."""
    node: nodes.Clamp = step.node  # type: ignore[assignment]
    rest = list(args[1:])
    low = rest.pop(0).numbers if node.low is not None else None
    high = rest.pop(0).numbers if node.high is not None else None
    data = args[0].numbers
    data = data if low is None else data.larger(low)
    data = data if high is None else data.smaller(high)
    result = Column(data, first_mark([arg.mark for arg in args]))
    if low is None or high is None:
        return result
    return frame.refused(result, low.exceeds(high), step, "the limit from lies above to")


def _rounded(step: Step, args: Args, _frame: Frame) -> Column:
    """Round."""
    node: nodes.Rounded = step.node  # type: ignore[assignment]
    return Column(args[0].numbers.rounded(node.to.value, node.mode), args[0].mark)


def _compare(step: Step, args: Args, _frame: Frame) -> Column:
    """Compare numbers, days, words, flags or managers."""
    left, right = args
    if isinstance(left.data, Numbers):
        flags = left.numbers.compare(step.node.op, right.numbers)  # type: ignore[attr-defined]
    else:
        flags = left.codes == right.codes
    return Column(flags, first_mark([left.mark, right.mark]))


def _is_in(step: Step, args: Args, frame: Frame) -> Column:
    """Test a label."""
    codes = [frame.words.find(word) for word in step.node.words]  # type: ignore[attr-defined]
    return Column(np.isin(args[0].codes, codes), args[0].mark)


def all_hold(args: Args) -> Column:
    """Say whether all hold: one sure no decides, else one unknown leaves it unknown."""
    sure_no: Bools = reduce(np.logical_or, (_sure(arg, wanted=False) for arg in args))
    return Column(~sure_no, _unless(sure_no, [arg.mark for arg in args]))


def any_holds(args: Args) -> Column:
    """Say whether one holds: one sure yes decides, else one unknown leaves it unknown."""
    sure_yes: Bools = reduce(np.logical_or, (_sure(arg, wanted=True) for arg in args))
    return Column(sure_yes, _unless(sure_yes, [arg.mark for arg in args]))


def _sure(arg: Column, *, wanted: bool) -> Bools:
    """Say where a flag surely is what is wanted."""
    found = arg.flags if wanted else ~arg.flags
    return found if arg.mark is None else found & (arg.mark == 0)


def _unless(decided: Bools, marks: list[Marks | None]) -> Marks | None:
    """Keep the first mark where nothing decides."""
    mark = first_mark(marks)
    return None if mark is None else np.where(decided, 0, mark).astype(np.int32)


def _all(_step: Step, args: Args, _frame: Frame) -> Column:
    """Say whether all hold."""
    return all_hold(args)


def _any(_step: Step, args: Args, _frame: Frame) -> Column:
    """Say whether one holds."""
    return any_holds(args)


def _not(_step: Step, args: Args, _frame: Frame) -> Column:
    """Say whether it does not hold."""
    return Column(~args[0].flags, args[0].mark)


def day_number(day: Any) -> Fraction:
    """Count the days of a day from 1970."""
    return Fraction(int(np.datetime64(day, "D").astype(np.int64)))


FUNCTIONS: dict[type[Formula], Callable[[Step, Args, Frame], Column]] = {
    nodes.Literal: _literal,
    nodes.DateLiteral: _date,
    nodes.LabelLiteral: _label,
    nodes.Named: _same,
    nodes.Sum: _folded("plus"),
    nodes.Minus: _folded("less"),
    nodes.Times: _folded("times"),
    nodes.Least: _folded("smaller"),
    nodes.Greatest: _folded("larger"),
    nodes.Over: _over,
    nodes.Clamp: _clamp,
    nodes.Rounded: _rounded,
    nodes.Compare: _compare,
    nodes.IsIn: _is_in,
    nodes.All: _all,
    nodes.Any_: _any,
    nodes.Not: _not,
}
