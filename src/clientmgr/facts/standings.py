"""`Standings`: where each manager stands: grade, base salary, what is protected, counters."""

from collections.abc import Mapping
from typing import Any, Protocol, Self

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.facts.managers import Managers
from clientmgr.facts.measures import row_of_each
from clientmgr.periods import day
from clientmgr.tables import (
    Coded,
    Codes,
    Days,
    Extra,
    Fen,
    Flags,
    Id,
    Int64,
    Table,
    days,
    extra,
    fen,
    freeze,
    ids,
    integers,
    labels,
    optional_labels,
)

__all__ = ["LadderLike", "Standings"]


class LadderLike(Protocol):
    """What standings need of a ladder: its grades, lowest first, and how it smooths a change."""

    @property
    def name(self) -> str:
        """The name of the ladder."""
        ...

    @property
    def grade_names(self) -> tuple[str, ...]:
        """The grades, lowest first."""
        ...

    @property
    def contracts(self) -> tuple[str, ...]:
        """The form of contract of each grade."""
        ...

    @property
    def salaries(self) -> Fen:
        """The base salary of each grade, in fen a month."""
        ...

    @property
    def start(self) -> str:
        """The grade of a beginner."""
        ...

    def smooth(self, before: Fen, after: Fen) -> tuple[Fen, Int64, Int64]:
        """Say what is protected of a change of salary, how long it is held, in how many parts."""
        ...


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Standings(Table):
    """One row a manager: the grade and base salary since a day, and what the next review needs.

    Attributes:
        manager: unique.
        since: the first day of this standing.
        branch: the branch of the manager.
        grade: the grade, a word of the ladder.
        contract: the form of contract that the grade has.
        base_salary: fen a month.
        protected: fen a month that were paid above `base_salary` before `since` (or, negative,
            below it) and are let go over time, as a line of its own.
        held: months for which `protected` stays whole.
        parts: months over which it then goes to nothing, in equal parts.
        in_grade: reviews passed in this grade.
        notice: the grade that a notice given leads to; empty without one.
        notice_left: reviews until the notice takes effect.
        watch: the stage of the watch on standards (考核); empty without one.
        ladder: the name of the ladder.
        extra: the counters of the ladder's conditions, by name.

    Raises:
        DataError: doubled managers, negative salaries or counters.

    Example:
        >>> import numpy as np
        >>> from clientmgr.facts import Standings
        >>> since = np.datetime64("2026-07-01")
        >>> Standings(manager=["M1"], since=[since], grade="B", base_salary=3_000_00)
        Standings(1 rows)
    """

    manager: Coded = attrs.field(converter=ids)
    since: Days = attrs.field(converter=days)
    branch: Coded = attrs.field(default=None, converter=optional_labels)
    grade: Coded = attrs.field(converter=labels)
    contract: Coded = attrs.field(default=None, converter=optional_labels)
    base_salary: Fen = attrs.field(default=0, converter=fen)
    protected: Fen = attrs.field(default=0, converter=fen)
    held: Int64 = attrs.field(default=0, converter=integers)
    parts: Int64 = attrs.field(default=0, converter=integers)
    in_grade: Int64 = attrs.field(default=0, converter=integers)
    notice: Coded = attrs.field(default=None, converter=optional_labels)
    notice_left: Int64 = attrs.field(default=0, converter=integers)
    watch: Coded = attrs.field(default=None, converter=optional_labels)
    ladder: Coded = attrs.field(default=None, converter=optional_labels)
    extra: Extra = attrs.field(factory=Extra, converter=extra)

    def check_rows(self) -> Findings:
        """List salaries and counters below zero."""
        findings = Findings()
        for name in ("base_salary", "held", "parts", "in_grade", "notice_left"):
            column = self.__dict__[name]
            findings += self.findings_where(column < 0, name, "a number not below zero")
        return findings

    @property
    def counters(self) -> Extra:
        """How often in a row each condition of the ladder held."""
        return self.extra

    @classmethod
    def start(cls, managers: Managers, ladder: LadderLike, *, on: Any) -> Self:
        """Put everybody who is there on a day into the ladder's first grade, heads apart.

        Args:
            managers: the managers of the facts.
            ladder: the ladder.
            on: the first day of the standings.

        Example:
            >>> from clientmgr.facts import Managers, Standings
            >>> from clientmgr.pay import Grade, Ladder
            >>> ladder = Ladder(name="two", grades=(Grade("A", 2_000_00), Grade("B", 3_000_00)))
            >>> managers = Managers(id=["M1", "M2"], branch="B1")
            >>> Standings.start(managers, ladder, on="2026-07-01").grade.tolist()
            ['A', 'A']
        """
        first = day(on)
        rows = np.flatnonzero(_present(managers, first))
        place = ladder.grade_names.index(ladder.start)
        return cls._of(managers, rows, ladder, np.full(len(rows), place), first)

    @classmethod
    def from_wages(
        cls,
        managers: Managers,
        ladder: LadderLike,
        wages: Mapping[Any, int],
        *,
        on: Any,
        grades: Mapping[Any, str] | None = None,
    ) -> Self:
        """Start a scheme from the old wages (平稳过渡): nobody's pay jumps on the first day.

        Each manager gets the grade named in `grades`, else the highest one whose base salary is
        not above the old wage (the lowest, if there is none). What the old wage was above or
        below the new base salary is let go as the ladder's transition says, on its own line.

        Args:
            managers: the managers of the facts.
            ladder: the new ladder.
            wages: the old fixed wage of each manager, in fen a month.
            on: the first day of the new scheme.
            grades: grades that were agreed on.

        Raises:
            DataError: a manager without a wage, or a grade that the ladder does not have.
        """
        first = day(on)
        rows = np.flatnonzero(_present(managers, first))
        who = managers.id[rows].tolist()
        missing = [name for name in who if name not in wages]
        if missing:
            raise DataError.of(_no_wage(missing), "cannot start from the old wages")
        old = np.array([wages[name] for name in who], np.int64)
        place = _places_for(old, ladder)
        for row, name in enumerate(who):
            if grades and name in grades:
                place[row] = _place_of(ladder, grades[name], name)
        made = cls._of(managers, rows, ladder, place, first)
        protected, held, parts = ladder.smooth(old, made.base_salary)
        return attrs.evolve(made, protected=protected, held=held, parts=parts)

    def with_joiners(self, managers: Managers, ladder: LadderLike, *, on: Any) -> Self:
        """Add those who are there on a day and have no standing yet, in the first grade."""
        fresh = type(self).start(managers, ladder, on=on)
        news = fresh.take(self.rows(fresh.manager) < 0)
        if not len(news):
            return self
        zeros = {name: np.zeros(len(news), np.int64) for name in self.extra}
        return type(self).concat([self, attrs.evolve(news, extra=zeros)])

    def rows(self, managers: Coded) -> Codes:
        """Find the row of each manager of another column, -1 if none."""
        return row_of_each(managers, self.manager)

    def row(self, manager: Id) -> int:
        """Find the row of a manager.

        Raises:
            DataError: the manager has no standing.
        """
        rows = np.flatnonzero(self.manager == manager)
        if not len(rows):
            raise DataError(f"there is no standing of {manager!r}")
        return int(rows[0])

    @classmethod
    def _of(
        cls,
        managers: Managers,
        rows: Int64,
        ladder: LadderLike,
        place: Int64,
        first: np.datetime64,
    ) -> Self:
        """Make the standings of some managers by the place of their grade."""
        return cls(
            manager=managers.id[rows],
            since=np.full(len(rows), first),
            branch=managers.branch[rows],
            grade=[ladder.grade_names[p] for p in place.tolist()],
            contract=[ladder.contracts[p] for p in place.tolist()],
            base_salary=freeze(ladder.salaries[place]),
            ladder=ladder.name,
        )


def _present(managers: Managers, on: np.datetime64) -> Flags:
    """Mark the client managers who are there on a day, heads apart."""
    there = ~(managers.joined > on) & ~(managers.left <= on)
    return np.asarray(there & ~managers.head, bool)


def _places_for(wages: Fen, ladder: LadderLike) -> Int64:
    """Find the highest grade whose base salary is not above each wage."""
    fits = ladder.salaries[None, :] <= wages[:, None]
    last = fits.shape[1] - 1 - np.argmax(fits[:, ::-1], axis=1)
    return np.where(fits.any(axis=1), last, 0).astype(np.int64)


def _place_of(ladder: LadderLike, grade: str, manager: Id) -> int:
    """Find a grade in the ladder."""
    if grade not in ladder.grade_names:
        raise DataError(
            f"the grade {grade!r} of {manager!r} is not in the ladder {ladder.name!r}; "
            f"it has {', '.join(ladder.grade_names)}"
        )
    return ladder.grade_names.index(grade)


def _no_wage(missing: list[Any]) -> Findings:
    """List the managers without an old wage."""
    return Findings.of(
        table="wages",
        column="manager",
        rows=range(len(missing)),
        ids=missing,
        values=[None] * len(missing),
        expected="an old wage in fen a month",
    )
