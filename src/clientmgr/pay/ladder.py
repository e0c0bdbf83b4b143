"""`Ladder` (级别体系): the grades, what leads from one to another, and their base salaries."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.facts import Measures
from clientmgr.pay.transition import Transition
from clientmgr.pay.watch import RUN, Watch
from clientmgr.scoring import Condition
from clientmgr.scoring.conditions import running_names
from clientmgr.scoring.exact import Exact
from clientmgr.scoring.levels import as_tuple, read_number, show
from clientmgr.tables import Fen, Int64, text_table

__all__ = ["Bands", "Grade", "Ladder", "Move"]


@attrs.frozen
class Grade:
    """One grade: its name, its base salary in fen a month, its form of contract.

    Raises:
        RuleError: a salary that is no whole number of fen, or below zero.
    """

    name: str
    base_salary: int = 0
    contract: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what is no salary."""
        if isinstance(self.base_salary, bool) or not isinstance(self.base_salary, int):
            raise RuleError(f"a base salary is whole fen, got {self.base_salary!r}", "$.grades")
        if self.base_salary < 0 or not self.name:
            raise RuleError(f"a grade has a name and no debt, got {self!r}", "$.grades")


def _edges(values: Any) -> tuple[Fraction, ...]:
    """Read the edges of bands."""
    return tuple(read_number(value) for value in values)


@attrs.frozen
class Bands:
    """Grades by the bands of one measure, one band a grade, lowest first.

    Attributes:
        edges: rising values between the bands (points of the score; fen for money).
        measure: the measure; "score" is what the scorecard gave.
        ends: "below": a band ends below its upper edge, which belongs to the next one, [lo, hi);
            "upto": a band holds its upper edge, (lo, hi].
        slack: how far beyond an edge of the present band a value has to be to leave it
            (hysteresis); 0 for none.

    Raises:
        RuleError: edges that do not rise.

    Example:
        >>> from clientmgr.pay import Bands
        >>> print(Bands(["60", "85"]))
        score: below 60, [60, 85), from 85
    """

    edges: tuple[Fraction, ...] = attrs.field(converter=_edges)
    measure: str = "score"
    ends: Literal["below", "upto"] = "below"
    slack: Fraction = attrs.field(default=Fraction(0), converter=read_number)

    def __attrs_post_init__(self) -> None:
        """Refuse bands that contradict one another."""
        if self.ends not in {"below", "upto"}:
            raise RuleError(f"a band ends 'below' or 'upto', got {self.ends!r}", "$.bands.ends")
        if any(b <= a for a, b in pairwise(self.edges)):
            raise RuleError(f"the edges of bands must rise, got {[show(e) for e in self.edges]}", "$.bands")
        if self.slack < 0:
            raise RuleError(f"slack is not below 0, got {self.slack}", "$.bands.slack")

    def place(self, measures: Measures, present: Int64) -> Int64:
        """Give the place of the band that each row belongs in, given the present place."""
        column = measures[self.measure]
        value = Exact(column.units, column.unit)
        up, down = self._count(value, self.slack), self._count(value, -self.slack)
        return np.where(up > present, up, np.where(down < present, down, present))

    def _count(self, value: Exact, shift: Fraction) -> Int64:
        """Count the edges that a value has passed, each shifted."""
        passed = np.zeros(np.shape(value.num), np.int64)
        for edge in self.edges:
            place = value.compared(edge + shift)
            passed += place >= 0 if self.ends == "below" else place > 0
        return passed

    def __str__(self) -> str:
        """Write the bands in one line."""
        if not self.edges:
            return f"{self.measure}: any"
        shown = [show(edge) for edge in self.edges]
        low, high = ("below", "from") if self.ends == "below" else ("up to", "above")
        left, right = ("[", ")") if self.ends == "below" else ("(", "]")
        inner = [f"{left}{a}, {b}{right}" for a, b in pairwise(shown)]
        slack = f", slack {show(self.slack)}" if self.slack else ""
        parts = [f"{low} {shown[0]}", *inner, f"{high} {shown[-1]}"]
        return f"{self.measure}: {', '.join(parts)}{slack}"


@attrs.frozen
class Move:
    """A way from one grade to another.

    Attributes:
        start: the grade that it leaves.
        to: the grade that it leads to.
        when: the condition; None for always.
        after: reviews in the grade before it can be taken, this one included.
        notice: reviews between the decision and the move.

    Example:
        >>> from clientmgr.pay import Move
        >>> from clientmgr.scoring import at_least
        >>> print(Move("agent", "probation", at_least("effective_accounts", 20)))
        agent -> probation: effective_accounts >= 20
    """

    start: str
    to: str
    when: Condition | None = None
    after: int = 0
    notice: int = 0

    def __str__(self) -> str:
        """Write the move in one line."""
        parts = [str(self.when)] if self.when is not None else []
        parts += [f"at review {self.after} in the grade"] if self.after else []
        parts += [f"after notice of {self.notice}"] if self.notice else []
        return f"{self.start} -> {self.to}: {', '.join(parts) or 'always'}"


@attrs.frozen(repr=False)
class Ladder:
    """Grades, lowest first, and the rules of a review.

    A manager whose review is excluded keeps everything. One under notice moves when it ends.
    Else the first listed move whose condition holds is taken; else the bands decide: the worst
    band of several, not more than `max_step` grades at once, upward only after `min_reviews` in
    the grade and where `promote` holds, downward at least one grade where `keep` fails.

    Attributes:
        name: what the ladder is called; its standings carry it.
        grades: lowest first.
        bands: measures whose bands give the grade; with several the worst counts.
        moves: ways between grades, in the order in which they are tried.
        start: the grade of a beginner; by default the first.
        keep: the standard to keep a grade, beside the bands.
        promote: what has to hold to rise, beside the bands.
        running_up: reviews in a row that have to point upward.
        running_down: reviews in a row that have to point downward.
        min_reviews: reviews in a grade before a rise, the present one included.
        max_step: the most grades at once; None for any.
        exclude: who is not judged, such as below("presence", "50%") for a long leave.
        transition: how a change of base salary is smoothed.
        watch: the watch on standards.

    Raises:
        RuleError: a grade twice, bands that do not fit the grades, moves between unknown grades.

    Example:
        >>> from clientmgr.pay import Bands, Grade, Ladder
        >>> ladder = Ladder(
        ...     name="branch",
        ...     grades=(Grade("junior", 2_500_00), Grade("senior", 4_000_00)),
        ...     bands=(Bands(["80"]),),
        ... )
        >>> print(ladder.describe())
        ladder branch, starting at junior
          grade   base salary  contract
          junior     2,500.00
          senior     4,000.00
          score: below 80, from 80
    """

    name: str
    grades: tuple[Grade, ...] = attrs.field(converter=as_tuple)
    bands: tuple[Bands, ...] = attrs.field(default=(), converter=as_tuple)
    moves: tuple[Move, ...] = attrs.field(default=(), converter=as_tuple)
    start: str = ""
    keep: Condition | None = None
    promote: Condition | None = None
    running_up: int = 1
    running_down: int = 1
    min_reviews: int = 0
    max_step: int | None = None
    exclude: Condition | None = None
    transition: Transition = attrs.field(factory=Transition)
    watch: Watch | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be meant."""
        names = self.grade_names
        if not names or len(set(names)) < len(names):
            raise RuleError(f"a ladder has grades of different names, got {names}", "$.grades")
        if not self.start:
            object.__setattr__(self, "start", names[0])
        if self.start not in names:
            raise RuleError(f"the start {self.start!r} is none of {names}", "$.start")
        self._refuse_bands_and_moves()
        for name in ("running_up", "running_down"):
            if getattr(self, name) < 1:
                raise RuleError(f"{name} is at least 1, got {getattr(self, name)}", f"$.{name}")
        if self.max_step is not None and self.max_step < 1:
            raise RuleError(f"max_step is at least 1, got {self.max_step}", "$.max_step")

    def _refuse_bands_and_moves(self) -> None:
        """Refuse bands that do not fit the grades, and moves that lead nowhere."""
        names = self.grade_names
        for i, bands in enumerate(self.bands):
            if len(bands.edges) != len(names) - 1:
                raise RuleError(
                    f"{len(names)} grades need {len(names) - 1} edges, got {len(bands.edges)}",
                    f"$.bands[{i}]",
                )
        for i, move in enumerate(self.moves):
            if not {move.start, move.to} <= set(names) or move.start == move.to:
                raise RuleError(f"a move leads between two of {names}, got {move}", f"$.moves[{i}]")
            if move.after < 0 or move.notice < 0:
                raise RuleError(f"after and notice are not below 0, got {move}", f"$.moves[{i}]")

    @property
    def grade_names(self) -> tuple[str, ...]:
        """The names of the grades, lowest first."""
        return tuple(grade.name for grade in self.grades)

    @property
    def contracts(self) -> tuple[str, ...]:
        """The form of contract of each grade."""
        return tuple(grade.contract for grade in self.grades)

    @property
    def salaries(self) -> Fen:
        """The base salary of each grade, fen a month."""
        return np.array([grade.base_salary for grade in self.grades], np.int64)

    @property
    def counters(self) -> tuple[str, ...]:
        """The names of the counters that standings carry from review to review."""
        return tuple(dict.fromkeys(self._counters()))

    def smooth(self, before: Fen, after: Fen) -> tuple[Fen, Int64, Int64]:
        """Say what is protected of a change from what was paid to a base salary."""
        return self.transition.schedule(before - after)

    def __repr__(self) -> str:
        """Name the ladder and its size."""
        return f"Ladder({self.name!r}, {len(self.grades)} grades, {len(self.moves)} moves)"

    def describe(self) -> str:
        """Write the ladder: its grades and every way between them."""
        table = text_table(
            {
                "grade": self.grade_names,
                "base salary": [show(Fraction(g.base_salary), "money") for g in self.grades],
                "contract": self.contracts,
            },
            formats={"base salary": str},
            indent=2,
        )
        rules = [f"  {rule}" for rule in (*self.bands, *self.moves)]
        return "\n".join([f"ladder {self.name}, starting at {self.start}", table, *rules])

    def _counters(self) -> Iterator[str]:
        """Name the counters, some of them perhaps twice."""
        if self.bands:
            yield "up"
            yield "down"
        for move in self.moves:
            if move.when is not None:
                yield from running_names(move.when)
        for condition in (self.keep, self.promote):
            if condition is not None:
                yield from running_names(condition)
        if self.watch is not None:
            yield RUN
