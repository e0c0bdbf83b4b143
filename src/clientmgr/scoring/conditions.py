"""Conditions on measures: comparisons joined by and, or, not, and runs of them over reviews.

What is missing is not known: a condition that hangs on it is undecided, unless something known
decides it (a sure no decides an "and", a sure yes an "or").
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring.exact import Exact
from clientmgr.scoring.levels import Level, as_tuple, level_column, read_level, show
from clientmgr.tables import Coded, Flags, Int64

__all__ = [
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Evidence",
    "Is",
    "Judge",
    "Not",
    "Running",
    "above",
    "at_least",
    "at_most",
    "below",
    "running_names",
]

Sign = Literal["<", "<=", ">", ">="]


@attrs.frozen
class Comparison:
    """A measure compared with a level (in fen for money).

    Example:
        >>> from clientmgr.scoring import at_least
        >>> print(at_least("effective_accounts", 20))
        effective_accounts >= 20
    """

    measure: str
    sign: Sign
    level: Level = attrs.field(converter=read_level)

    def __attrs_post_init__(self) -> None:
        """Refuse a sign that is none."""
        if self.sign not in {"<", "<=", ">", ">="}:
            raise RuleError(f"a sign is <, <=, > or >=, got {self.sign!r}", "$.sign")

    def __str__(self) -> str:
        """Write the comparison."""
        level = show(self.level) if not hasattr(self.level, "label") else f"({self.level})"
        return f"{self.measure} {self.sign} {level}"


@attrs.frozen
class Is:
    """A label that is one of some words."""

    label: str
    words: tuple[str, ...] = attrs.field(converter=as_tuple)

    def __str__(self) -> str:
        """Write the question."""
        return f"{self.label} is {' or '.join(self.words)}"


def _read_parts(parts: Any) -> tuple[Any, ...]:
    """Read the parts of an "and" or an "or": at least one condition, and nothing else."""
    made = tuple(parts)
    for part in made:
        if not isinstance(part, (Comparison, Is, AllOf, AnyOf, Not, Running)):
            raise RuleError(f"expected a condition such as at_least('visits', 3), got {part!r}")
    if not made:
        raise RuleError("a condition joins at least one part")
    return made


@attrs.frozen
class AllOf:
    """All of some conditions."""

    parts: tuple["Condition", ...] = attrs.field(converter=_read_parts)

    @classmethod
    def of(cls, *parts: "Condition") -> "AllOf":
        """Join conditions by and."""
        return cls(parts)

    def __str__(self) -> str:
        """Write the parts."""
        return " and ".join(_bracketed(part) for part in self.parts)


@attrs.frozen
class AnyOf:
    """At least one of some conditions."""

    parts: tuple["Condition", ...] = attrs.field(converter=_read_parts)

    @classmethod
    def of(cls, *parts: "Condition") -> "AnyOf":
        """Join conditions by or."""
        return cls(parts)

    def __str__(self) -> str:
        """Write the parts."""
        return " or ".join(_bracketed(part) for part in self.parts)


@attrs.frozen
class Not:
    """The opposite of a condition."""

    part: "Condition"

    def __str__(self) -> str:
        """Write the opposite."""
        return f"not {_bracketed(self.part)}"


@attrs.frozen
class Running:
    """A condition that held in n reviews in a row, this one included; what is not known is a no.

    Attributes:
        name: the name of the counter in the standings.
        part: the condition.
        times: how many reviews in a row.

    Raises:
        RuleError: no name, or fewer than one time.
    """

    name: str
    part: "Condition"
    times: int

    def __attrs_post_init__(self) -> None:
        """Refuse a run of nothing."""
        if not self.name or self.times < 1:
            raise RuleError(f"a run has a name and at least 1 time, got {self.name!r} {self.times}")

    def __str__(self) -> str:
        """Write the run."""
        return f"{_bracketed(self.part)} {self.times} times running"


Condition = Comparison | Is | AllOf | AnyOf | Not | Running


def at_least(measure: str, level: Any) -> Comparison:
    """Ask for a measure not below a level."""
    return Comparison(measure, ">=", level)


def above(measure: str, level: Any) -> Comparison:
    """Ask for a measure above a level."""
    return Comparison(measure, ">", level)


def at_most(measure: str, level: Any) -> Comparison:
    """Ask for a measure not above a level."""
    return Comparison(measure, "<=", level)


def below(measure: str, level: Any) -> Comparison:
    """Ask for a measure below a level."""
    return Comparison(measure, "<", level)


@attrs.frozen(eq=False)
class Evidence:
    """One condition met or missed, with what it looked at.

    Attributes:
        text: the condition as written.
        measure: the measure or label compared, or the counter of a run.
        looked_at: its column.
        yes: where it held.
        known: where it could be decided.
    """

    text: str
    measure: str
    looked_at: MeasureColumn | Coded | Int64
    yes: Flags
    known: Flags

    def value(self, row: int) -> str:
        """Write what stood in one row."""
        found = self.looked_at[row]
        if found is None:
            return "missing"
        if isinstance(self.looked_at, MeasureColumn):
            return show(found, self.looked_at.kind)
        return str(found)


@attrs.define(eq=False)
class Judge:
    """Judges conditions on the rows of some measures and keeps the evidence and the runs.

    Attributes:
        measures: the measures of one period.
        counters: how often in a row each run held before, by name.
        runs: the same, this review included; filled while judging.
        evidence: each comparison that was judged; filled while judging.
    """

    measures: Measures
    counters: Mapping[str, Int64] = attrs.field(factory=dict)
    runs: dict[str, Int64] = attrs.field(factory=dict)
    evidence: list[Evidence] = attrs.field(factory=list)

    def decide(self, condition: Condition, among: Flags | None = None) -> Flags:
        """Say where a condition holds; `among` marks the rows for which it must be known.

        Raises:
            DataError: it hangs on a missing measure for some of them.
        """
        yes, known = self.judge(condition)
        lost = ~known if among is None else ~known & among
        if lost.any():
            self._refuse(condition, np.flatnonzero(lost))
        return yes & known

    def judge(self, condition: Condition) -> tuple[Flags, Flags]:
        """Say where a condition holds and where that is known."""
        match condition:
            case Comparison():
                return self._compare(condition)
            case Is():
                return self._is(condition)
            case Not():
                yes, known = self.judge(condition.part)
                return ~yes, known
            case Running():
                return self._run(condition)
        judged = [self.judge(part) for part in condition.parts]
        sure_yes = np.array([yes & known for yes, known in judged])
        sure_no = np.array([~yes & known for yes, known in judged])
        if isinstance(condition, AllOf):
            yes, no = np.all(sure_yes, axis=0), np.any(sure_no, axis=0)
        else:
            yes, no = np.any(sure_yes, axis=0), np.all(sure_no, axis=0)
        return np.asarray(yes), np.asarray(yes | no)

    def _compare(self, condition: Comparison) -> tuple[Flags, Flags]:
        """Compare a measure with its level, exactly."""
        column = self.measures[condition.measure]
        place = Exact(column.units, column.unit).compared(level_column(condition.level, self.measures))
        yes: Flags = {"<": place < 0, "<=": place <= 0, ">": place > 0, ">=": place >= 0}[condition.sign]
        known = ~column.missing
        self.evidence.append(Evidence(str(condition), condition.measure, column, yes, known))
        return yes, known

    def _is(self, condition: Is) -> tuple[Flags, Flags]:
        """Compare a label with some words."""
        column = self.measures.label(condition.label)
        yes, known = np.asarray(column.isin(condition.words)), ~column.missing
        self.evidence.append(Evidence(str(condition), condition.label, column, yes, known))
        return yes, known

    def _run(self, condition: Running) -> tuple[Flags, Flags]:
        """Count how often in a row the part held."""
        yes, known = self.judge(condition.part)
        before = self.counters.get(condition.name)
        count = np.zeros(len(yes), np.int64) if before is None else before
        run = np.where(yes & known, count + 1, 0)
        self.runs[condition.name] = run
        met, sure = run >= condition.times, np.ones(len(run), bool)
        self.evidence.append(Evidence(str(condition), condition.name, run, met, sure))
        return met, sure

    def _refuse(self, condition: Condition, rows: Int64) -> None:
        """Raise for the managers for whom a condition hangs on what is missing."""
        findings = Findings.of(
            table="measures",
            column="*",
            rows=rows,
            ids=self.measures.manager[rows].tolist(),
            values=["missing"] * len(rows),
            expected=f"what decides: {condition}",
        )
        raise DataError.of(findings, "a condition hangs on a missing measure")


def running_names(condition: Condition) -> Iterator[str]:
    """Name the counters of the runs inside a condition."""
    match condition:
        case Running():
            yield condition.name
            yield from running_names(condition.part)
        case Not():
            yield from running_names(condition.part)
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from running_names(part)
        case _:
            return


def _bracketed(condition: Condition) -> str:
    """Write a part in brackets where it joins others."""
    return f"({condition})" if isinstance(condition, (AllOf, AnyOf)) else str(condition)
