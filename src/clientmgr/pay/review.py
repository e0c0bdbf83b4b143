"""`review`: from scores and measures to grades, base salaries and the next standings."""

from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.facts import Measures, Standings
from clientmgr.pay.ladder import Ladder, Move
from clientmgr.pay.reviews import Reviews
from clientmgr.pay.transition import protection
from clientmgr.pay.watch import RUN
from clientmgr.periods import Period
from clientmgr.scoring import Scores
from clientmgr.scoring.conditions import Condition, Judge
from clientmgr.tables import AnyArray, Coded, Days, Flags, Int64, freeze

__all__ = ["month_index", "review"]

DOWN, UP = "down", "up"


def review(
    measures: Measures,
    scores: Scores | None,
    standings: Standings,
    ladder: Ladder,
    *,
    period: Period | str,
) -> Reviews:
    """Decide grade and base salary of everybody for the time after a period.

    The scores join the measures under the name "score", the present grade as the label "grade".
    Who has a standing but no measures in the period (gone, or not yet there) keeps everything.
    O(managers x rules).

    Args:
        measures: the measures of the period.
        scores: the scores of the period, or None for a ladder that needs none.
        standings: where everybody stands now.
        ladder: the ladder of these standings.
        period: the period that is judged.

    Raises:
        DataError: standings of another ladder or of a later day, managers without a standing or
            without a score, conditions that hang on missing measures.

    Example:
        >>> from clientmgr.facts import Managers, Measures, Standings
        >>> from clientmgr.pay import Bands, Grade, Ladder, review
        >>> from clientmgr.scoring import Criterion, Scorecard, score
        >>> ladder = Ladder(
        ...     name="branch",
        ...     grades=(Grade("junior", 2_500_00), Grade("senior", 4_000_00)),
        ...     bands=(Bands(["80"]),),
        ... )
        >>> standings = Standings.start(Managers(id=["M1", "M2"], branch="B1"), ladder, on="2026-07-01")
        >>> card = Scorecard(name="c", criteria=(Criterion("visits", "100%", target=50),))
        >>> half = Measures(manager=["M1", "M2"], period="2026H2", values={"visits": [45, 30]})
        >>> scores = score(half, card)
        >>> review(half, scores, standings, ladder, period="2026H2").grade.tolist()
        ['senior', 'junior']
    """
    when = Period.of(period)
    there = measures.of_period(when)
    _refuse_strangers(there, standings, ladder, when)
    row = there.rows(standings.manager)
    judged = np.flatnonzero(row >= 0)
    table = _with_scores(there.take(row[judged]), scores)
    table = _with_grade(table, standings.grade[judged])
    step = _Step.of(table, standings.take(judged), ladder)
    decided = step.decide()
    after = _next_standings(standings, judged, decided, ladder, when)
    return Reviews(
        ladder=ladder,
        period=when,
        measures=table,
        scores=scores,
        before=standings,
        standings=after,
        rows=freeze(judged),
        reasons=tuple(decided.reasons.tolist()),
        evidence=tuple(step.judge.evidence),
        waiting=freeze(decided.waiting),
    )


def month_index(since: Days, month: Period) -> Int64:
    """Count the months from the month of each day to a month, below zero if it is earlier."""
    first = since.astype("datetime64[M]").astype(np.int64)
    return int(month.start.astype("datetime64[M]").astype(np.int64)) - first


@attrs.frozen(eq=False)
class _Decided:
    """What a review decides about the judged rows."""

    place: Int64
    in_grade: Int64
    notice: AnyArray
    notice_left: Int64
    stage: AnyArray
    counters: dict[str, Int64]
    reasons: AnyArray
    waiting: Flags


@attrs.frozen(eq=False)
class _Step:
    """One review under way: the judged rows, and what was judged of them."""

    ladder: Ladder
    standings: Standings
    judge: Judge
    place: Int64

    @classmethod
    def of(cls, table: Measures, standings: Standings, ladder: Ladder) -> "_Step":
        """Begin a review."""
        counters = {name: standings.extra.get(name, np.zeros(len(standings), np.int64)) for name in ladder.counters}
        place = _places(ladder, standings.grade)
        return cls(ladder, standings, Judge(table, counters), place)

    def decide(self) -> _Decided:
        """Judge everybody: leave, notice, moves, bands, watch."""
        ladder, n = self.ladder, len(self.place)
        free = np.ones(n, bool)
        if ladder.exclude is not None:
            free = ~self.judge.decide(ladder.exclude)
        reasons = np.where(free, "stays", "not judged: excluded").astype(object)
        place, notice, left = self._end_notices(free, reasons)
        open_rows = free & (self.standings.notice_left == 0)
        for move in ladder.moves:
            open_rows = self._take(move, open_rows, place, notice, left, reasons)
        if ladder.bands:
            self._by_bands(open_rows, place, reasons)
        moved = place != self.place
        watched = None
        if ladder.watch is not None:
            watched = ladder.watch.advance(self.judge, self.standings.watch, free)
        stage = np.asarray(self.standings.watch) if watched is None else watched.stage
        if watched is not None:
            self.judge.runs[RUN] = watched.run
        counters = self._counters(free, moved)
        in_grade = np.where(moved, 0, self.standings.in_grade + free)
        waiting = np.zeros(n, bool) if watched is None else watched.waiting
        return _Decided(place, in_grade, notice, left, stage, counters, reasons, waiting)

    def _end_notices(self, free: Flags, reasons: AnyArray) -> tuple[Int64, AnyArray, Int64]:
        """Count notices down, and move those whose notice ends."""
        left = np.where(free, np.maximum(self.standings.notice_left - 1, 0), 0)
        left = np.where(free, left, self.standings.notice_left)
        ended = free & (self.standings.notice_left == 1)
        pending = free & (self.standings.notice_left > 1)
        target = _places(self.ladder, self.standings.notice, missing=self.place)
        notice = np.asarray(self.standings.notice).astype(object)
        reasons[ended] = "the notice given has ended"
        reasons[pending] = "under notice"
        notice[ended] = ""
        return np.where(ended, target, self.place), notice, left

    def _take(
        self,
        move: Move,
        open_rows: Flags,
        place: Int64,
        notice: AnyArray,
        left: Int64,
        reasons: AnyArray,
    ) -> Flags:
        """Take one move where it is open, and give the rows that are still undecided."""
        here = open_rows & (self.place == self.ladder.grade_names.index(move.start))
        here &= self.standings.in_grade + 1 >= move.after
        if move.when is not None:
            here = here & self._decide(move.when, here, move.start)
        goal = self.ladder.grade_names.index(move.to)
        reasons[here] = f"{move}"
        if move.notice:
            notice[here] = move.to
            left[here] = move.notice
        else:
            place[here] = goal
        undecided: Flags = open_rows & ~here
        return undecided

    def _decide(self, condition: Condition, rows: Flags, grade: str) -> Flags:
        """Judge a condition of one grade; its runs count in that grade only."""
        before = dict(self.judge.runs)
        held = self.judge.decide(condition, rows)
        here = self.place == self.ladder.grade_names.index(grade)
        for name, run in self.judge.runs.items():
            if name not in before or before[name] is not run:
                self.judge.runs[name] = np.where(here, run, before.get(name, 0))
        return held

    def _by_bands(self, open_rows: Flags, place: Int64, reasons: AnyArray) -> None:
        """Move by the bands what no move has decided."""
        wanted = np.min([b.place(self.judge.measures, self.place) for b in self.ladder.bands], 0)
        self._refuse_missing(open_rows)
        rises, falls = wanted > self.place, wanted < self.place
        runs = {
            UP: np.where(rises & open_rows, self.judge.counters[UP] + 1, 0),
            DOWN: np.where(falls & open_rows, self.judge.counters[DOWN] + 1, 0),
        }
        self.judge.runs.update(runs)
        may_rise = rises & (runs[UP] >= self.ladder.running_up)
        may_rise &= self.standings.in_grade + 1 >= self.ladder.min_reviews
        may_fall = falls & (runs[DOWN] >= self.ladder.running_down)
        if self.ladder.promote is not None:
            may_rise = may_rise & self.judge.decide(self.ladder.promote, may_rise & open_rows)
        goal = np.where(may_rise | may_fall, wanted, self.place)
        if self.ladder.keep is not None:
            fails = open_rows & ~self.judge.decide(self.ladder.keep, open_rows)
            goal = np.where(fails, np.minimum(goal, np.maximum(self.place - 1, 0)), goal)
        if self.ladder.max_step is not None:
            step = self.ladder.max_step
            goal = np.clip(goal, self.place - step, self.place + step)
        self._say(open_rows, goal, wanted, reasons)
        place[open_rows] = goal[open_rows]

    def _say(self, rows: Flags, goal: Int64, wanted: Int64, reasons: AnyArray) -> None:
        """Say what the bands did."""
        names = self.ladder.grade_names
        for row in np.flatnonzero(rows).tolist():
            band, given = names[wanted[row]], names[goal[row]]
            if goal[row] == wanted[row]:
                reasons[row] = f"the bands say {band}"
            else:
                reasons[row] = f"the bands say {band}, the rules of the ladder {given}"

    def _refuse_missing(self, rows: Flags) -> None:
        """Raise for the managers whose banded measure is missing."""
        findings = Findings()
        for bands in self.ladder.bands:
            gaps = np.flatnonzero(self.judge.measures[bands.measure].missing & rows)
            findings += Findings.of(
                table="measures",
                column=bands.measure,
                rows=gaps,
                ids=self.standings.manager[gaps].tolist(),
                values=["missing"] * len(gaps),
                expected=f"a value for the bands of {self.ladder.name!r}",
            )
        if len(findings):
            raise DataError.of(findings, "cannot place some managers in the bands")

    def _counters(self, free: Flags, moved: Flags) -> dict[str, Int64]:
        """Give the counters after the review: a move restarts all but that of the watch."""
        made = {}
        for name, before in self.judge.counters.items():
            after = np.where(free, self.judge.runs.get(name, 0), before)
            made[name] = after if name == RUN else np.where(moved, 0, after)
        return made


def _next_standings(standings: Standings, rows: Int64, decided: _Decided, ladder: Ladder, period: Period) -> Standings:
    """Write the decisions into the standings; a new base salary begins after the period."""
    old = standings.take(rows)
    changed = decided.place != _places(ladder, old.grade)
    base = np.where(changed, ladder.salaries[decided.place], old.base_salary)
    last = month_index(old.since, period.months()[-1])
    paid = old.base_salary + protection(old.protected, old.held, old.parts, last)
    protected, held, parts = ladder.smooth(paid, base)
    names, contracts = np.array(ladder.grade_names), np.array(ladder.contracts)
    grade = np.asarray(standings.grade).astype(object)
    grade[rows] = names[decided.place]
    contract = np.asarray(standings.contract).astype(object)
    contract[rows] = np.where(changed, contracts[decided.place], contract[rows])
    return attrs.evolve(
        standings,
        since=_put(standings.since, rows, np.where(changed, period.next().start, old.since)),
        grade=grade.tolist(),
        contract=contract.tolist(),
        base_salary=_put(standings.base_salary, rows, base),
        protected=_put(standings.protected, rows, np.where(changed, protected, old.protected)),
        held=_put(standings.held, rows, np.where(changed, held, old.held)),
        parts=_put(standings.parts, rows, np.where(changed, parts, old.parts)),
        in_grade=_put(standings.in_grade, rows, decided.in_grade),
        notice=_put(np.asarray(standings.notice).astype(object), rows, decided.notice).tolist(),
        notice_left=_put(standings.notice_left, rows, decided.notice_left),
        watch=_put(np.asarray(standings.watch).astype(object), rows, decided.stage).tolist(),
        extra={
            name: _put(standings.extra.get(name, np.zeros(len(standings), np.int64)), rows, run)
            for name, run in decided.counters.items()
        },
    )


def _put(column: AnyArray, rows: Int64, values: AnyArray) -> AnyArray:
    """Give a copy of a column with other values in some rows."""
    made = column.copy()
    made[rows] = values
    return made


def _places(ladder: Ladder, grades: Coded, missing: Any = 0) -> Int64:
    """Find the place of each grade in the ladder."""
    names = ladder.grade_names
    of_word = [names.index(word) if word in names else -1 for word in grades.vocabulary.tolist()]
    place = np.array([*of_word, -1], np.int64)[grades.codes]
    return np.where(place < 0, missing, place)


def _with_scores(table: Measures, scores: Scores | None) -> Measures:
    """Join the scores of the period to the measures.

    Raises:
        DataError: a manager without a score.
    """
    if scores is None:
        return table
    rows = scores.rows_for(table)
    # A watch may use the rank only where it asks for it by name, and only flags with it.
    return table.with_values(score=scores.column().take(rows), rank=scores.rank[rows])


def _with_grade(table: Measures, grade: Coded) -> Measures:
    """Join the present grade as a label, where the measures do not bring one."""
    return table if "grade" in table.values else table.with_values(grade=grade)


def _refuse_strangers(measures: Measures, standings: Standings, ladder: Ladder, period: Period) -> None:
    """Raise for standings of another ladder or a later day, and for measures without a standing."""
    names = standings.ladder
    other = (names != ladder.name) & (names != "")
    other |= ~standings.grade.isin(ladder.grade_names)
    findings = standings.findings_where(
        other, "grade", f"a grade of the ladder {ladder.name!r}: {', '.join(ladder.grade_names)}"
    )
    late = standings.since > period.end
    judged = standings.rows(measures.manager)
    in_period = np.zeros(len(standings), bool)
    in_period[judged[judged >= 0]] = True
    findings += standings.findings_where(
        late & in_period, "since", f"a standing that began by {period.end}, to judge {period}"
    )
    lost = judged < 0
    findings += measures.findings_where(lost, "manager", "a manager with a standing")
    if len(findings):
        raise DataError.of(findings, f"cannot review {period}")
