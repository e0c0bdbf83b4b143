"""`Reviews`: what a review decided about each manager, with every condition and its number."""

from functools import cached_property

import attrs
import numpy as np

from clientmgr.facts import Measures, Standings
from clientmgr.money import format_fen
from clientmgr.pay.ladder import Ladder
from clientmgr.pay.transition import protection_cost, tell_transition
from clientmgr.periods import Period
from clientmgr.scoring import Scores
from clientmgr.scoring.conditions import Evidence
from clientmgr.scoring.levels import show
from clientmgr.tables import AnyArray, Coded, Fen, Flags, Id, Int64, Result, text_table

__all__ = ["Reviews"]


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Reviews(Result):
    """The decisions of a review; nothing is in force until the caller uses `standings`.

    Attributes:
        ladder: the ladder.
        period: the period that was judged.
        measures: the measures judged by, with "score" among them; one row a judged manager.
        scores: the scores, if there were any.
        before: the standings before.
        standings: the standings after, for the next period.
        rows: the row in the standings of each judged manager.
        reasons: why each judged manager got what he got.
        evidence: each condition, met or missed, over the judged managers.
        waiting: judged managers whose watch waits for help to be given.

    Example:
        >>> from clientmgr.facts import Managers, Measures, Standings
        >>> from clientmgr.pay import Bands, Grade, Ladder, Reviews, review
        >>> ladder = Ladder("l", (Grade("a"), Grade("b")), (Bands(["20"], measure="calls"),))
        >>> standings = Standings.start(Managers(id=["M1"], branch="B1"), ladder, on="2026-01-01")
        >>> half = Measures(manager=["M1"], period="2026H1", values={"calls": [30]})
        >>> decided = review(half, None, standings, ladder, period="2026H1")
        >>> isinstance(decided, Reviews), decided.grade.tolist()
        (True, ['b'])
    """

    ladder: Ladder
    period: Period
    measures: Measures
    scores: Scores | None
    before: Standings
    standings: Standings
    rows: Int64
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    waiting: Flags

    @property
    def manager(self) -> Coded:
        """Everybody with a standing."""
        return self.standings.manager

    @property
    def grade(self) -> Coded:
        """The grade after the review."""
        return self.standings.grade

    @property
    def base_salary(self) -> Fen:
        """The base salary after the review, fen a month."""
        return self.standings.base_salary

    @cached_property
    def moved(self) -> Flags:
        """Who has another grade than before."""
        return np.asarray(self.before.grade != self.standings.grade, bool)

    @cached_property
    def protection_cost(self) -> Fen:
        """What smoothing the changes of this review costs each until it is over, in fen."""
        after = self.standings
        cost = protection_cost(after.protected, after.held, after.parts)
        return np.where(after.since > self.period.end, cost, 0)

    @property
    def by_rank(self) -> bool:
        """Whether the watch hangs on a rank, which can flag and coach, and no more."""
        return self.ladder.watch is not None and self.ladder.watch.by_rank

    def to_columns(self) -> dict[str, AnyArray]:
        """Give grade and base salary before and after, reason and stage of watch, one row each."""
        reasons = np.full(len(self.standings), "no measures in the period", object)
        reasons[self.rows] = list(self.reasons)
        before, after = self.before, self.standings
        return {
            "manager": np.asarray(after.manager),
            "grade_before": np.asarray(before.grade),
            "grade": np.asarray(after.grade),
            "base_before": before.base_salary,
            "base_salary": after.base_salary,
            "protected": after.protected,
            "watch": np.asarray(after.watch),
            "notice": np.asarray(after.notice),
            "reason": reasons,
        }

    def conditions(self) -> dict[str, AnyArray]:
        """Give every condition judged: manager, condition, number, whether it was met."""
        who = self.measures.manager.tolist()
        cells = [
            (who[row], item.text, item.value(row), bool(item.yes[row] and item.known[row]))
            for row in range(len(who))
            for item in self.evidence
        ]
        columns = list(zip(*cells, strict=True)) or [(), (), (), ()]
        names = ("manager", "condition", "number", "met")
        return {name: np.array(c, object) for name, c in zip(names, columns, strict=True)}

    def __repr__(self) -> str:
        """Name ladder, period and how many moved."""
        watched = int((self.standings.watch != "").sum())
        flags = f", {watched} watched" if watched else ""
        flags += " (by rank: flags only)" if self.by_rank else ""
        return (
            f"Reviews({self.ladder.name!r}, {self.period}, {len(self.rows):,} judged, "
            f"{int(self.moved.sum()):,} moved{flags})"
        )

    def explain(self, manager: Id) -> str:
        """Write the review sheet of one manager: score, bands, conditions, grade, base salary."""
        row = self.before.row(manager)
        found = np.flatnonzero(self.rows == row)
        if not len(found):
            return f"{manager} was not judged for {self.period}: no measures in the period"
        at = int(found[0])
        head = f"review of {manager} for {self.period} on the ladder {self.ladder.name}"
        parts = [head]
        if self.scores is not None:
            parts.append(self.scores.explain(manager))
        parts += self._bands(at) + self._met(at) + self._outcome(row, at)
        return "\n".join(parts)

    def _bands(self, at: int) -> list[str]:
        """Write the bands and the grades that they stand for."""
        names = ", ".join(self.ladder.grade_names)
        lines = [f"  bands of {bands}" for bands in self.ladder.bands]
        if lines:
            lines.append(f"  for the grades {names}")
        for bands in self.ladder.bands:
            column = self.measures[bands.measure]
            value = column[at]
            shown = "missing" if value is None else show(value, column.kind)
            lines.append(f"  {bands.measure} is {shown}")
        return lines

    def _met(self, at: int) -> list[str]:
        """Write the conditions with their numbers."""
        if not self.evidence:
            return []
        met = [bool(item.yes[at] and item.known[at]) for item in self.evidence]
        table = text_table(
            {
                "condition": [item.text for item in self.evidence],
                "number": [item.value(at) for item in self.evidence],
                "": ["met" if yes else "missed" for yes in met],
            },
            indent=2,
        )
        return [table]

    def _outcome(self, row: int, at: int) -> list[str]:
        """Write what was decided."""
        before, after = self.before, self.standings
        pays = [format_fen(int(standing.base_salary[row])) for standing in (before, after)]
        lines = [
            f"  grade {before.grade[row]} -> {after.grade[row]}: {self.reasons[at]}",
            f"  base salary {' -> '.join(pays)} a month",
        ]
        if after.protected[row] and after.since[row] > self.period.end:
            smooth = tell_transition(int(after.protected[row]), int(after.held[row]), int(after.parts[row]))
            lines.append(f"  smooth transition: {smooth}")
        if after.notice[row]:
            left = after.notice_left[row]
            lines.append(f"  notice: {after.notice[row]} after {left} more reviews")
        if self.ladder.watch is not None:
            stage = after.watch[row] or "none"
            wait = ", waits for help to be given" if self.waiting[at] else ""
            flag = " (by rank: flags only)" if self.by_rank else ""
            lines.append(f"  watch: {stage}{wait}{flag}")
        return lines
