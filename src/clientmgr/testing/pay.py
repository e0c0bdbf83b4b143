"""Strategies for ladders, standings and pay plans with measures that fit, and the laws of pay.

`pay_cases()` gives a whole little career: a ladder with bands, hysteresis, moves, runs, notice,
watch and smooth transition; managers somewhere on it; measures of several periods.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.errors import CheckError
from clientmgr.facts import MeasureColumn, Measures, Standings
from clientmgr.pay import (
    Bands,
    Grade,
    Ladder,
    Move,
    Payout,
    PayPlan,
    Transition,
    Watch,
    protection,
)
from clientmgr.scoring import (
    AllOf,
    Comparison,
    Condition,
    Not,
    Running,
    above,
    at_least,
    below,
)

__all__ = [
    "PayCase",
    "check_transition",
    "ladders",
    "pay_cases",
    "pay_plans",
    "transitions",
]

GRADES = ("A", "B", "C", "D")
PERIODS = ("2026H1", "2026H2", "2027H1", "2027H2")
FIRST = np.datetime64("2026-01-01")


@attrs.frozen(eq=False)
class PayCase:
    """A ladder and a plan, standings on the first day, and measures of some half-years."""

    ladder: Ladder
    plan: PayPlan
    standings: Standings
    measures: tuple[Measures, ...]


@st.composite
def transitions(draw: st.DrawFn) -> Transition:
    """Draw how a change of salary is smoothed."""
    months = st.integers(0, 7)
    step = st.one_of(st.none(), st.integers(500_00, 2_000_00))
    return Transition(draw(months), draw(months), draw(months), draw(step), draw(step))


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """Draw a ladder of up to four grades."""
    names = GRADES[: draw(st.integers(1, len(GRADES)))]
    salaries = draw(st.lists(st.integers(0, 9_000_00), min_size=4, max_size=4))
    grades = tuple(Grade(name, pay, f"form {name}") for name, pay in zip(names, salaries, strict=False))
    bands = tuple(
        Bands(
            sorted(draw(st.sets(st.integers(10, 90), min_size=n, max_size=n))),
            "score",
            ends=draw(st.sampled_from(("below", "upto"))),
            slack=draw(st.sampled_from([0, 0, "2.5"])),
        )
        for n in [len(names) - 1] * draw(st.integers(0, 2))
    )
    return Ladder(
        name="drawn",
        grades=grades,
        bands=bands,
        moves=draw(_moves(names)) if len(names) > 1 else (),
        keep=draw(st.sampled_from([None, at_least("visits", 2)])),
        promote=draw(st.sampled_from([None, Running("fine", at_least("visits", 3), 2)])),
        running_up=draw(st.integers(1, 2)),
        running_down=draw(st.integers(1, 2)),
        min_reviews=draw(st.integers(0, 2)),
        max_step=draw(st.sampled_from([None, 1, 2])),
        exclude=draw(st.sampled_from([None, below("presence", "50%")])),
        transition=draw(transitions()),
        watch=draw(st.sampled_from([None, _watch(1), _watch(2)])),
    )


@st.composite
def pay_plans(draw: st.DrawFn) -> PayPlan:
    """Draw a plan of up to two payouts, one of them perhaps gated."""
    rate = st.fractions(0, 1, max_denominator=1000)
    gate = draw(st.sampled_from([None, at_least("visits", 3)]))
    gated = draw(rate) if gate is not None else 0
    payouts = (
        Payout("payout, existing", "net_commission_existing", draw(rate), gate, gated),
        Payout("payout, new", "net_commission_new", draw(rate)),
    )
    return PayPlan(
        name="drawn",
        payouts=payouts[: draw(st.integers(0, 2))],
        prorate=draw(st.booleans()),
        rounding=draw(st.sampled_from(("half_up", "half_even", "down", "up", "floor", "ceil"))),
    )


@st.composite
def pay_cases(draw: st.DrawFn, *, max_managers: int = 4) -> PayCase:
    """Draw a ladder, a plan, standings and the measures of up to four half-years."""
    ladder = draw(ladders())
    count = draw(st.integers(0, max_managers))
    place = draw(st.lists(st.integers(0, len(ladder.grades) - 1), min_size=count, max_size=count))
    standings = Standings(
        manager=list(range(count)),
        since=np.full(count, FIRST),
        grade=[ladder.grade_names[p] for p in place],
        contract=[ladder.contracts[p] for p in place],
        base_salary=ladder.salaries[np.array(place, np.int64)],
        ladder=ladder.name,
    )
    periods = PERIODS[: draw(st.integers(1, len(PERIODS)))]
    measures = tuple(draw(_measures(count, period)) for period in periods)
    return PayCase(ladder, draw(pay_plans()), standings, measures)


def check_transition(rule: Transition, before: int, after: int) -> None:
    """Check that a change of salary reaches its goal in time, never passes it, never turns back.

    Args:
        rule: how it is smoothed.
        before: what was paid, fen a month.
        after: the new base salary.

    Raises:
        CheckError: it does not.
    """
    protected, held, parts = rule.schedule([before - after])
    months = int(held[0] + max(parts[0], 1))
    paid = [after + int(protection(protected, held, parts, m)[0]) for m in range(months + 3)]
    low, high = sorted((before, after))
    falling = after < before
    _law(all(low <= amount <= high for amount in paid), "a transition never passes its goal")
    steady = sorted(paid, reverse=falling) == paid
    _law(steady, "a transition never turns back")
    _law(paid[months - 1] == after, "a transition reaches its goal in the stated time")
    step = rule.step_down if falling else rule.step_up
    if step is not None and before != after:
        course = [before, *paid]
        largest = max(abs(b - a) for a, b in pairwise(course))
        _law(largest <= step + 1, "no step of a transition is larger than stated")


def _law(holds: bool, what: str) -> None:  # noqa: FBT001 - what is asked
    """Raise where a law does not hold."""
    if not holds:
        raise CheckError(f"law of pay broken: {what}")


def _watch(running: int) -> Watch:
    """Make a watch on the score."""
    return Watch(at_least("score", 40), support=above("coaching", 0), running=running)


@st.composite
def _moves(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[Move, ...]:
    """Draw some moves between grades."""
    made = []
    for i in range(draw(st.integers(0, 3))):
        start, to = draw(st.permutations(names))[:2]
        made.append(
            Move(
                start,
                to,
                draw(_guard(i)),
                after=draw(st.integers(0, 2)),
                notice=draw(st.integers(0, 2)),
            )
        )
    return tuple(made)


@st.composite
def _guard(draw: st.DrawFn, i: int) -> Condition | None:
    """Draw the condition of a move."""
    plain: Comparison = draw(st.sampled_from([at_least("visits", 4), below("score", 30)]))
    run = Running(f"run {i}", Not(plain), draw(st.integers(1, 3)))
    return draw(st.sampled_from([None, plain, run, AllOf.of(run, at_least("coaching", 1))]))


@st.composite
def _measures(draw: st.DrawFn, count: int, period: str) -> Measures:
    """Draw the measures of a half-year, some managers left out."""

    def column(low: int, high: int) -> list[int]:
        """Draw a column of whole numbers."""
        return draw(st.lists(st.integers(low, high), min_size=count, max_size=count))

    points = MeasureColumn("points", np.array(column(0, 10_000), np.int64), np.zeros(count, bool), 2)
    values: dict[str, Any] = {
        "score": points,
        "visits": column(0, 6),
        "coaching": column(0, 2),
        "presence": MeasureColumn.ratio([Fraction(n, 100) for n in column(1, 100)]),
        "net_commission_existing": column(-5_000_00, 90_000_00),
        "net_commission_new": column(-5_000_00, 90_000_00),
    }
    table = Measures(manager=list(range(count)), period=period, values=values)
    there = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return table.take(np.array([not away for away in there], bool))
