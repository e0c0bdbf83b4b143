"""Curves: what share of a measure's weight a completion earns, exact, never falling."""

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.money import Rate
from clientmgr.scoring.exact import Exact, gather, plus, times
from clientmgr.scoring.levels import read_number
from clientmgr.tables import Int64

__all__ = ["Curve"]

Ends = Literal["below", "upto"]


def read_pairs(pairs: Any) -> tuple[tuple[Fraction, Fraction], ...]:
    """Read pairs of exact numbers; a mapping gives its items."""
    items = pairs.items() if hasattr(pairs, "items") else pairs
    return tuple((read_number(x), read_number(y)) for x, y in items)


@attrs.frozen
class Curve:
    """A function from completion (1 is the target) to attainment (1 is the full weight).

    `linear()` is the completion itself. `knots` are joined by straight lines and flat outside.
    `steps` hold from their edge on: `ends="below"` puts the edge into the upper step,
    `ends="upto"` into the lower one. Every curve gives 100 % at 100 % and never falls.

    Attributes:
        kind: "linear", "knots" or "steps".
        points: (completion, attainment) with rising completions; the first attainment of steps
            holds for all that is lower, too.
        ends: where the edge of a step belongs.

    Raises:
        RuleError: completions that do not rise, attainments that fall, not 100 % at 100 %.

    Example:
        >>> from clientmgr.scoring import Curve
        >>> curve = Curve.knots({"80%": "50%", "100%": "100%", "120%": "200%"})
        >>> str(curve.of("90%")), str(curve.of("50%")), str(curve.of("2"))
        ('3/4', '1/2', '2')
    """

    kind: Literal["linear", "knots", "steps"] = "linear"
    points: tuple[tuple[Fraction, Fraction], ...] = attrs.field(default=(), converter=read_pairs)
    ends: Ends = "below"

    def __attrs_post_init__(self) -> None:
        """Refuse curves that fall, jump back, or do not give 100 % at the target."""
        if self.kind not in {"linear", "knots", "steps"}:
            raise RuleError(f"a curve is linear, knots or steps, got {self.kind!r}", "$.kind")
        if self.ends not in {"below", "upto"}:
            raise RuleError(f"an edge ends 'below' or 'upto', got {self.ends!r}", "$.ends")
        if (self.kind == "linear") == bool(self.points):
            raise RuleError(f"a curve of kind {self.kind!r} and {len(self.points)} points")
        completions = [x for x, _ in self.points]
        attained = [y for _, y in self.points]
        if any(b <= a for a, b in pairwise(completions)):
            raise RuleError("the completions of a curve must rise strictly", "$.points")
        if any(b < a for a, b in pairwise(attained)):
            raise RuleError("the attainments of a curve must not fall", "$.points")
        if self.of(1) != 1:
            raise RuleError(f"a curve gives 100% at 100%, this one {self.of(1)}", "$.points")

    @classmethod
    def linear(cls) -> "Curve":
        """Make the curve that attains what is completed."""
        return cls()

    @classmethod
    def knots(cls, points: Any) -> "Curve":
        """Make a curve of straight lines between points: {completion: attainment} or pairs."""
        return cls("knots", points)

    @classmethod
    def steps(cls, points: Any, *, ends: Ends = "below") -> "Curve":
        """Make a curve of steps: {completion from which it holds: attainment} or pairs."""
        return cls("steps", points, ends)

    def of(self, completion: Decimal | Fraction | int | str) -> Fraction:
        """Give the attainment of one completion."""
        x = read_number(completion)
        return self.apply(Exact(np.array([x.numerator], object), x.denominator)).at(0)

    def apply(self, completion: Exact) -> Exact:
        """Give the attainment of a column of completions."""
        if self.kind == "linear":
            return completion
        edges, slopes, heights = self._pieces()
        index = _piece(completion, edges, strict=self.ends == "upto" and self.kind == "steps")
        base = _common([*slopes, *heights])
        slope = gather([int(s * base) for s in slopes], index)
        height = gather([int(h * base) for h in heights], index)
        above = plus(times(slope, completion.num), times(height, completion.den))
        return Exact(above, times(completion.den, base)).reduced()

    def __str__(self) -> str:
        """Write the curve in one line."""
        if self.kind == "linear":
            return "linear"
        pairs = ", ".join(f"{Rate.of(x)}: {Rate.of(y)}" for x, y in self.points)
        return f"{self.kind} {pairs}" + (" (upto)" if self.ends == "upto" else "")

    def _pieces(self) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
        """Give the inner edges, and the slope and the height at zero of each piece."""
        if self.kind == "steps":
            edges = [x for x, _ in self.points[1:]]
            return edges, [Fraction(0)] * len(self.points), [y for _, y in self.points]
        slopes = [Fraction(0)]
        heights = [self.points[0][1]]
        for (x, y), (x1, y1) in pairwise(self.points):
            slope = (y1 - y) / (x1 - x)
            slopes.append(slope)
            heights.append(y - slope * x)
        return [x for x, _ in self.points], [*slopes, Fraction(0)], [*heights, self.points[-1][1]]


def _piece(completion: Exact, edges: list[Fraction], *, strict: bool) -> Int64:
    """Number the piece that each completion falls into."""
    index = np.zeros(np.shape(completion.num), np.int64)
    for edge in edges:
        place = completion.compared(edge)
        index += place > 0 if strict else place >= 0
    return index


def _common(numbers: Iterable[Fraction]) -> int:
    """Find the common denominator of some fractions."""
    return math.lcm(*(number.denominator for number in numbers))
