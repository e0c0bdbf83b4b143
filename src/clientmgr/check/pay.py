"""`verify_reviews` and `verify_settlement`: grades and pay recomputed one manager at a time."""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from clientmgr.check.scoring import Row, holds, read_rows, run_length
from clientmgr.errors import CheckError
from clientmgr.facts import Measures, Standings
from clientmgr.pay import Bands, Ladder, PayPlan, PayState, Reviews, Settlement, Watch
from clientmgr.periods import Period
from clientmgr.scoring import AllOf, AnyOf, Condition, Not, Running, Scores

__all__ = ["verify_reviews", "verify_settlement"]

Standing = dict[str, Any]
CHECKED = (
    "grade",
    "contract",
    "base_salary",
    "protected",
    "held",
    "parts",
    "in_grade",
    "notice",
    "notice_left",
    "watch",
    "since",
)


def verify_reviews(
    measures: Measures,
    scores: Scores | None,
    standings: Standings,
    ladder: Ladder,
    reviews: Reviews,
    *,
    period: Period | str,
) -> None:
    """Recompute a review from measures, scores, standings and ladder alone.

    Checked are, for every standing, each column of the next one and each counter.

    Args:
        measures: the measures of the period.
        scores: the scores, or None.
        standings: the standings before.
        ladder: the ladder.
        reviews: what is to be checked.
        period: the period that was judged.

    Raises:
        CheckError: a decision that cannot be reproduced.
    """
    when = Period.of(period)
    rows = {row["manager"]: row for row in read_rows(measures.of_period(when))}
    given = {} if scores is None else _points(scores, when)
    after = {row["manager"]: row for row in reviews.standings.to_records()}
    for before in standings.to_records():
        who = before["manager"]
        wanted = dict(before)
        if who in rows:
            row = {**rows[who], **given.get(who, {})}
            row.setdefault("grade", before["grade"])
            wanted = _review_one(row, before, ladder, when)
        for name in (*CHECKED, *ladder.counters):
            _same(f"{name} of {who}", after[who].get(name, 0), wanted.get(name, 0))


def verify_settlement(
    measures: Measures,
    standings: Standings,
    plan: PayPlan,
    settlement: Settlement,
    *,
    period: Period | str,
    state: PayState | None = None,
) -> None:
    """Recompute a settlement from measures, standings and plan alone.

    Checked are every line, every total, and what the next state says was paid in the year.

    Args:
        measures: the measures of the period.
        standings: the standings in force.
        plan: the pay plan.
        settlement: what is to be checked.
        period: the period that was paid.
        state: the state that it started from.

    Raises:
        CheckError: an amount that cannot be reproduced.

    Example:
        >>> from clientmgr.check.pay import verify_settlement
        >>> from clientmgr.facts import Managers, Measures, Standings
        >>> from clientmgr.pay import Grade, Ladder, PayPlan, Payout, settle
        >>> staff = Managers(id=["M1"], branch="B1")
        >>> ladder = Ladder(name="one", grades=(Grade("A", 2_000_00),))
        >>> standings = Standings.start(staff, ladder, on="2026-07-01")
        >>> plan = PayPlan(name="2026", payouts=(Payout("payout", "net_commission", "15%"),))
        >>> july = Measures(manager=["M1"], period="2026-07", values={"net_commission": [9_99]})
        >>> paid = settle(july, standings, plan, period="2026-07")
        >>> verify_settlement(july, standings, plan, paid, period="2026-07")
    """
    when = Period.of(period)
    grades = {row["manager"]: row for row in standings.to_records()}
    rows = read_rows(measures.of_period(when))
    paid = settlement.to_columns()
    _same("managers paid", paid["manager"].tolist(), [row["manager"] for row in rows])
    for i, row in enumerate(rows):
        who = row["manager"]
        total = 0
        for line, exact in _lines(row, grades[who], plan, when):
            amount = _round(exact, plan.rounding)
            _same(f"{line} of {who}", int(paid[line][i]), amount)
            total += amount
        _same(f"total of {who}", int(paid["total"][i]), total)
        before = 0
        if state is not None and state.period is not None and state.period.year == when.year:
            before = state.paid_to(who)
        _same(f"paid to {who} in {when.year}", settlement.state.paid_to(who), before + total)
    _same("period settled last", settlement.state.period, when)


def _lines(row: Row, standing: Standing, plan: PayPlan, period: Period) -> Iterator[tuple[str, Fraction]]:
    """Give each line before rounding."""
    months = [(month.year, month.number) for month in period.months()]
    share = row["presence"] if plan.prorate else Fraction(1)
    smooth = sum(_protection(standing, month) for month in months)
    yield plan.lines[0], Fraction(standing["base_salary"] * len(months)) * share
    yield plan.lines[1], Fraction(smooth) * share
    for payout in plan.payouts:
        rate = payout.rate
        if payout.gate is not None and not holds(payout.gate, row):
            rate = payout.gated_rate
        yield payout.name, row[payout.measure] * Fraction(rate.numerator, rate.denominator)


def _protection(standing: Standing, month: tuple[int, int]) -> int:
    """Give what a standing still pays above or below its base salary in a month."""
    since: dt.date = standing["since"]
    index = max(12 * (month[0] - since.year) + month[1] - since.month, 0)
    gap, held, parts = standing["protected"], standing["held"], standing["parts"]
    if index < held:
        return int(gap)
    gone = index - held + 1
    if gone >= parts:
        return 0
    return _round(Fraction(gap) * (parts - gone) / parts, "half_up")


def _review_one(row: Row, before: Standing, ladder: Ladder, period: Period) -> Standing:
    """Give the next standing of one manager."""
    after = dict(before)
    counters = {name: before.get(name, 0) for name in ladder.counters}
    if ladder.exclude is not None and holds(ladder.exclude, row, counters):
        return after
    after["in_grade"] = before["in_grade"] + 1
    runs = _all_runs(row, before, ladder, counters)
    goal = _goal(row, before, after, ladder, counters, runs)
    if ladder.watch is not None:
        after["watch"], runs["missed"] = _watch(row, before, ladder.watch, counters)
    moved = goal != before["grade"]
    for name in ladder.counters:
        after[name] = 0 if moved and name != "missed" else runs.get(name, 0)
    return _move(after, before, goal, ladder, period) if moved else after


def _all_runs(row: Row, before: Standing, ladder: Ladder, counters: Mapping[str, int]) -> dict[str, int]:
    """Give the new length of each run that a review of this grade looks at."""
    asked = [move.when for move in ladder.moves if move.start == before["grade"]]
    asked += [ladder.keep, ladder.promote] if ladder.bands else []
    runs: dict[str, int] = {}
    for condition in asked:
        runs |= {} if condition is None else _runs(condition, row, counters)
    return runs


def _goal(
    row: Row,
    before: Standing,
    after: Standing,
    ladder: Ladder,
    counters: Mapping[str, int],
    runs: dict[str, int],
) -> str:
    """Find the grade that a manager comes to; a notice given or counted down is written."""
    goal = str(before["grade"])
    if before["notice_left"]:
        after["notice_left"] -= 1
        if not after["notice_left"]:
            goal, after["notice"] = before["notice"], ""
        return goal
    taken = _take(row, before, ladder, counters)
    if taken is not None and taken.notice:
        after["notice"], after["notice_left"] = taken.to, taken.notice
    elif taken is not None:
        goal = taken.to
    elif ladder.bands:
        goal = ladder.grade_names[_by_bands(row, before, ladder, counters, runs)]
    return goal


def _take(row: Row, before: Standing, ladder: Ladder, counters: Mapping[str, int]) -> Any:
    """Find the first move that is open to a manager."""
    for move in ladder.moves:
        ready = move.start == before["grade"] and before["in_grade"] + 1 >= move.after
        if ready and (move.when is None or holds(move.when, row, counters)):
            return move
    return None


def _by_bands(
    row: Row,
    before: Standing,
    ladder: Ladder,
    counters: Mapping[str, int],
    runs: dict[str, int],
) -> int:
    """Give the place that the bands and the rules around them lead to."""
    here = [grade.name for grade in ladder.grades].index(before["grade"])
    wanted = min(_band(bands, row, here) for bands in ladder.bands)
    runs["up"] = counters["up"] + 1 if wanted > here else 0
    runs["down"] = counters["down"] + 1 if wanted < here else 0
    goal = here
    if wanted > here:
        ready = before["in_grade"] + 1 >= ladder.min_reviews and runs["up"] >= ladder.running_up
        if ready and (ladder.promote is None or holds(ladder.promote, row, counters)):
            goal = wanted
    elif wanted < here and runs["down"] >= ladder.running_down:
        goal = wanted
    if ladder.keep is not None and not holds(ladder.keep, row, counters):
        goal = min(goal, max(here - 1, 0))
    if ladder.max_step is not None:
        goal = max(here - ladder.max_step, min(here + ladder.max_step, goal))
    return goal


def _band(bands: Bands, row: Row, here: int) -> int:
    """Give the place of the band that a value belongs in, given the present place."""
    value = row[bands.measure]

    def passed(shift: Fraction) -> int:
        """Count the edges that the value has passed."""
        edges = [edge + shift for edge in bands.edges]
        return sum(value >= e if bands.ends == "below" else value > e for e in edges)

    up, down = passed(bands.slack), passed(-bands.slack)
    return up if up > here else min(down, here)


def _watch(row: Row, before: Standing, watch: Watch, counters: Mapping[str, int]) -> tuple[str, int]:
    """Give the next stage of the watch, and how often in a row the standard was missed."""
    if holds(watch.standard, row, counters):
        return "", 0
    run = counters["missed"] + 1
    stages = list(watch.stages)
    place = stages.index(before["watch"]) if before["watch"] in stages else -1
    if run < watch.running:
        return before["watch"], run
    wanted = min(place + 1, len(stages) - 1)
    needs_help = watch.helped in stages and wanted >= stages.index(watch.helped) > -1
    helped = watch.support is None or holds(watch.support, row, counters)
    if wanted > place and needs_help and not helped:
        wanted = place
    return (stages[wanted] if wanted >= 0 else ""), run


def _move(after: Standing, before: Standing, goal: str, ladder: Ladder, period: Period) -> Standing:
    """Write another grade into a standing, with its base salary and what is protected."""
    grade = next(grade for grade in ladder.grades if grade.name == goal)
    last = period.months()[-1]
    paid = before["base_salary"] + _protection(before, (last.year, last.number))
    gap = paid - grade.base_salary
    rule = ladder.transition
    held = rule.hold if gap > 0 else 0
    parts = rule.taper if gap > 0 else rule.phase_in if gap < 0 else 0
    step = rule.step_down if gap > 0 else rule.step_up if gap < 0 else None
    if step is not None:
        parts = max(parts, -(-abs(gap) // step))
    return after | {
        "grade": goal,
        "contract": grade.contract,
        "in_grade": 0,
        "base_salary": grade.base_salary,
        "protected": gap if held or parts else 0,
        "held": held,
        "parts": parts,
        "since": period.next().start.astype(object),
    }


def _runs(condition: Condition, row: Row, counters: Mapping[str, int]) -> dict[str, int]:
    """Give the new lengths of the runs inside a condition."""
    match condition:
        case Running():
            inner = _runs(condition.part, row, counters)
            return inner | {condition.name: run_length(condition, row, counters)}
        case Not():
            return _runs(condition.part, row, counters)
        case AllOf() | AnyOf():
            found: dict[str, int] = {}
            for part in condition.parts:
                found |= _runs(part, row, counters)
            return found
    return {}


def _points(scores: Scores, period: Period) -> dict[Any, dict[str, Any]]:
    """Give printed score and rank of each manager."""
    columns = scores.to_columns()
    rows = zip(columns["manager"], columns["period"], columns["score"], columns["rank"], strict=True)
    return {
        who: {"score": Fraction(points), "rank": Fraction(int(rank))}
        for who, when, points, rank in rows
        if when == str(period)
    }


def _round(number: Fraction, rounding: str) -> int:
    """Round to whole fen."""
    floor = number.numerator // number.denominator
    rest = number - floor
    if not rest or rounding == "floor":
        return floor
    if rounding == "ceil":
        return floor + 1
    up = {
        "half_up": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and number > 0),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor % 2 == 1),
        "down": number < 0,
        "up": number > 0,
    }
    return floor + up[rounding]


def _same(what: str, found: object, wanted: object) -> None:
    """Raise where a value is not what it should be."""
    if found != wanted:
        raise CheckError(f"{what}: found {found}, recomputed {wanted}")
