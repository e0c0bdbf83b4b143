"""Steps over tiers and curves. Constant edges and rates take one look-up; formulas go slice by slice."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
import numpy as np

from clientmgr.formula import choices
from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, first_mark
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.numbers import Bools, Ints, Numbers
from clientmgr.formula.steps.chosen import (
    BEYOND,
    choose,
    constants,
    falling,
    found_steps,
    split_rows,
)

__all__ = ["FUNCTIONS", "lines_of_curve", "lines_of_tiers"]

Args = Sequence[Column]
NEGATIVE = "negative amount"
OUTSIDE = "outside the knots"


@attrs.frozen
class Lines:
    """Straight lines by step: the value at `start`, and the slope from there."""

    starts: tuple[Fraction, ...]
    bases: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]

    def at(self, index: Ints, x: Numbers) -> Numbers:
        """Follow the line of each row's step."""
        run = x.less(x.table(index, self.starts))
        return x.table(index, self.bases).plus(x.table(index, self.slopes).times(run))


def _tiers(step: Step, args: Args, frame: Frame) -> Column:
    """Apply tiers, saying what holds below zero."""
    node: choices.Tiers = step.node  # type: ignore[assignment]
    of, picker = args[0], args[0] if node.on is None else args[1]
    rows = args[1:] if node.on is None else args[2:]
    below = picker.numbers.compare("<", frame.constant(0))
    mirrored = node.negative == "mirror" and bool(below.any())
    if mirrored:
        picker = _turned(picker, below, frame)
        of = picker if node.on is None else of
    result = _HOW[node.how](step, of, picker, rows, frame)
    if mirrored and node.on is None:
        result = _turned(result, below, frame)
    unknown = first_mark([of.mark, picker.mark])
    if node.negative == "zero" and below.any():
        # An amount that is itself undefined is not below zero.
        result = Column(frame.constant(0)).where(below if unknown is None else below & (unknown == 0), result)
    result = Column(result.data, first_mark([unknown, result.mark]))
    if node.negative != "refuse":
        return result
    return frame.refused(result, frame.constant(0).exceeds(picker.numbers), step, NEGATIVE)


def _turned(column: Column, mask: Bools, frame: Frame) -> Column:
    """Change the sign in some rows."""
    turned = frame.constant(0).less(column.numbers)
    return Column(turned.where(mask, column.numbers), column.mark)


def _whole(step: Step, of: Column, picker: Column, rows: Args, frame: Frame) -> Column:
    """Apply one rate to all."""
    node: choices.Tiers = step.node  # type: ignore[assignment]
    edges, rates = split_rows(rows, len(node.edges))
    index, guard = found_steps(step, picker, node.edges, edges, node.side, frame)
    rate = choose(np.minimum(index, len(rates) - 1), rates)
    result = Column(of.numbers.times(rate.numbers), first_mark([guard, rate.mark]))
    return frame.refused(result, index >= len(rates), step, BEYOND)


def _marginal(step: Step, of: Column, picker: Column, rows: Args, frame: Frame) -> Column:
    """Apply each rate to its own slice."""
    node: choices.Tiers = step.node  # type: ignore[assignment]
    lines = lines_of_tiers(node)
    edges, rates = split_rows(rows, len(node.edges))
    index, guard = found_steps(step, picker, node.edges, edges, node.side, frame)
    if lines is not None:
        data = lines.at(np.minimum(index, len(rates) - 1), of.numbers)
        result = Column(data, guard)
    else:
        result = _slices(node, of, edges, rates, frame)
        result = Column(result.data, first_mark([guard, result.mark]))
    return frame.refused(result, index >= len(rates), step, BEYOND)


def lines_of_tiers(node: choices.Tiers) -> Lines | None:
    """Give constant tiers as straight lines; None where an edge or a rate is a formula."""
    edges, rates = constants(node.edges), constants(node.rates)
    if edges is None or rates is None:
        return None
    starts = (Fraction(0), *edges)[: len(rates)]
    slopes = list(rates)
    if node.how == "amounts":
        for i, (low, high) in enumerate(zip(starts, edges, strict=False)):
            slopes[i] = rates[i] / (high - low) if high > low else Fraction(0)
    bases = [Fraction(0)]
    for i in range(1, len(rates)):
        bases.append(bases[-1] + slopes[i - 1] * (starts[i] - starts[i - 1]))
    return Lines(starts, tuple(bases), tuple(slopes))


def _slices(node: choices.Tiers, of: Column, edges: list[Column], rates: list[Column], frame: Frame) -> Column:
    """Add up slice by slice, for edges or rates that are formulas."""
    total, marks = frame.constant(0), [part.mark for part in (*edges, *rates)]
    for i, rate in enumerate(rates):
        upper = edges[i].numbers if i < len(edges) else None
        lower = edges[i - 1].numbers if i else frame.constant(0)
        slope = rate.numbers
        if node.how == "amounts" and upper is not None:
            # An empty tier earns nothing: no row has a slice in it.
            slope = slope.over(upper.less(lower))[0]
        total = total.plus(slope.times(_slice(of.numbers, lower, upper, first=i == 0, frame=frame)))
    return Column(total, first_mark(marks))


def _slice(x: Numbers, lower: Numbers, upper: Numbers | None, *, first: bool, frame: Frame) -> Numbers:
    """Cut the slice of a tier; the first one reaches below zero."""
    reached = x if upper is None else x.smaller(upper)
    inside = reached.less(lower)
    return inside if first else inside.larger(frame.constant(0))


_HOW = {"whole": _whole, "marginal": _marginal, "amounts": _marginal}


def _curve(step: Step, args: Args, frame: Frame) -> Column:
    """Follow the line between the knots around each row."""
    node: choices.Curve = step.node  # type: ignore[assignment]
    x, xs, ys = args[0].numbers, args[1::2], args[2::2]
    first, last = xs[0].numbers, xs[-1].numbers
    out = first.exceeds(x) | x.exceeds(last)
    if node.outside == "flat":
        x = x.larger(first).smaller(last)
    lines = lines_of_curve(node)
    if lines is not None:
        index = x.steps(constants([k for k, _ in node.knots[1:-1]]) or (), "below")
        result = Column(lines.at(index, x), args[0].mark)
    else:
        result = _bent(step, Column(x, args[0].mark), xs, ys, frame)
    return frame.refused(result, out, step, OUTSIDE) if node.outside == "refuse" else result


def lines_of_curve(node: choices.Curve) -> Lines | None:
    """Give constant knots as straight lines; None where a knot is a formula."""
    xs, ys = constants([x for x, _ in node.knots]), constants([y for _, y in node.knots])
    if xs is None or ys is None:
        return None
    slopes = [(ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) for i in range(len(xs) - 1)]
    return Lines(xs[:-1], ys[:-1], tuple(slopes))


def _bent(step: Step, x: Column, xs: Args, ys: Args, frame: Frame) -> Column:
    """Follow the lines between knots that are formulas."""
    index: Ints = np.zeros(1, dtype=np.int64)
    for knot in xs[1:-1]:
        index = index + x.numbers.compare(">=", knot.numbers)
    x1, x2 = choose(index, xs[:-1]).numbers, choose(index, xs[1:]).numbers
    y1, y2 = choose(index, ys[:-1]).numbers, choose(index, ys[1:]).numbers
    slope, flat = y2.less(y1).over(x2.less(x1))
    data = y1.plus(slope.times(x.numbers.less(x1)))
    knots = [part.mark for knot in zip(xs, ys, strict=True) for part in knot]
    result = Column(data, first_mark([x.mark, *knots]))
    bad = falling([knot.numbers for knot in xs])
    return frame.refused(result, bad | flat, step, "the knots do not rise")


FUNCTIONS: dict[type[Formula], Callable[[Step, Args, Frame], Column]] = {
    choices.Tiers: _tiers,
    choices.Curve: _curve,
}
