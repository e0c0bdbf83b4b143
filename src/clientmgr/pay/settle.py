"""`settle`: what each manager is paid for a month, in lines that add up to the fen."""

from collections.abc import Mapping

import numpy as np

from clientmgr.errors import ConservationError, DataError, Findings, RuleError
from clientmgr.facts import MeasureColumn, Measures, Standings
from clientmgr.money import apply_rate
from clientmgr.pay.plan import BASE, Payout, PayPlan
from clientmgr.pay.review import month_index
from clientmgr.pay.settlement import PayState, Settlement
from clientmgr.pay.transition import protection
from clientmgr.periods import Period
from clientmgr.scoring.conditions import Judge
from clientmgr.tables import Fen, Table, freeze

__all__ = ["settle"]


def settle(
    measures: Measures,
    standings: Standings,
    plan: PayPlan,
    *,
    period: Period | str,
    items: Mapping[str, Table] | None = None,
    state: PayState | None = None,
) -> Settlement:
    """Settle a period: base salary, smooth transition and payouts of everybody who has measures.

    The base salary is a monthly one: a period of several months pays each of them. Every line is
    rounded once, by the plan; the total is the sum of the lines. A period is settled once and in
    order: the state that one settlement returns opens the next. O(managers x lines).

    Args:
        measures: the measures of the period; the money measures of the payouts among them.
        standings: grades and base salaries in force in the period.
        plan: the pay plan.
        period: the period that is paid.
        items: tables behind the measures, by name, kept for who explains the settlement.
        state: what the settlement before returned; None opens the books.

    Raises:
        DataError: a manager without a standing, a standing that begins after the period, a
            missing or wrong kind of measure.
        RuleError: a state of another plan, a period out of order.
        ConservationError: the lines would not add up; nothing is returned.

    Example:
        >>> from clientmgr.facts import Managers, Measures, Standings
        >>> from clientmgr.pay import Grade, Ladder, PayPlan, Payout, settle
        >>> ladder = Ladder(name="one", grades=(Grade("A", 2_000_00),))
        >>> standings = Standings.start(Managers(id=["M1"], branch="B1"), ladder, on="2026-07-01")
        >>> plan = PayPlan(name="2026", payouts=(Payout("payout", "net_commission", "15%"),))
        >>> july = Measures(manager=["M1"], period="2026-07", values={"net_commission": [1_000_01]})
        >>> payroll = settle(july, standings, plan, period="2026-07")
        >>> payroll.line("payout").tolist(), payroll.total.tolist()
        ([15000], [215000])
    """
    when = Period.of(period)
    there = measures.of_period(when)
    opening = PayState.open(plan.name) if state is None else state
    _refuse_order(opening, plan, when)
    _refuse_strangers(there, standings, when)
    judge = Judge(there)
    lines = _fixed_lines(there, standings.take(standings.rows(there.manager)), plan, when)
    lines += [_payout(payout, there, plan, judge) for payout in plan.payouts]
    amounts = np.column_stack(lines)
    total = amounts.sum(axis=1)
    if [sum(row) for row in amounts.tolist()] != total.tolist():
        raise ConservationError("the lines of a settlement do not add up to its totals")
    return Settlement(
        plan=plan,
        period=when,
        measures=there,
        standings=standings,
        amounts=freeze(amounts),
        total=freeze(total),
        state=opening.after(when, there.manager, total),
        items=dict(items or {}),
    )


def _fixed_lines(there: Measures, standing: Standings, plan: PayPlan, period: Period) -> list[Fen]:
    """Give the base salary and its smooth transition over all months of the period."""
    months = period.months()
    base = standing.base_salary * len(months)
    smooth = np.zeros(len(base), np.int64)
    for month in months:
        index = np.maximum(month_index(standing.since, month), 0)
        smooth += protection(standing.protected, standing.held, standing.parts, index)
    if not plan.prorate:
        return [base, smooth]
    presence = _needed(there, "presence", "ratio", BASE)
    return [_scaled(base, presence, plan), _scaled(smooth, presence, plan)]


def _scaled(amounts: Fen, presence: MeasureColumn, plan: PayPlan) -> Fen:
    """Pay each for the share of the period at work, rounded once."""
    made = np.zeros(len(amounts), np.int64)
    for units in np.unique(presence.units).tolist():
        rows = presence.units == units
        made[rows] = apply_rate(amounts[rows], (units, presence.unit), rounding=plan.rounding)
    return made


def _payout(payout: Payout, there: Measures, plan: PayPlan, judge: Judge) -> Fen:
    """Give one line of payouts."""
    amounts = _needed(there, payout.measure, "money", payout.name).units
    full = apply_rate(amounts, payout.rate, rounding=plan.rounding)
    if payout.gate is None:
        return full
    reduced = apply_rate(amounts, payout.gated_rate, rounding=plan.rounding)
    return np.where(judge.decide(payout.gate), full, reduced)


def _needed(there: Measures, name: str, kind: str, line: str) -> MeasureColumn:
    """Give a measure that a line is paid from.

    Raises:
        DataError: it is of another kind, or missing for somebody.
    """
    column = there[name]
    if column.kind != kind:
        raise DataError(f"the line {line!r} needs {name!r} as {kind}, it is a {column.kind}")
    rows = np.flatnonzero(column.missing)
    if len(rows):
        findings = Findings.of(
            table="measures",
            column=name,
            rows=rows,
            ids=there.manager[rows].tolist(),
            values=["missing"] * len(rows),
            expected=f"a value for the line {line!r}",
        )
        raise DataError.of(findings, f"cannot pay {line!r}")
    return column


def _refuse_order(state: PayState, plan: PayPlan, period: Period) -> None:
    """Raise for the state of another plan and for a period out of order."""
    if state.plan != plan.name:
        raise RuleError(f"the state is that of the plan {state.plan!r}, got {plan.name!r}")
    if state.period is not None and state.period.next() != period:
        raise RuleError(f"{state.period} was settled last, so {state.period.next()} is next, got {period}")


def _refuse_strangers(there: Measures, standings: Standings, period: Period) -> None:
    """Raise for managers without a standing, or with one that begins after the period."""
    row = standings.rows(there.manager)
    findings = there.findings_where(row < 0, "manager", "a manager with a standing")
    used = np.zeros(len(standings), bool)
    used[row[row >= 0]] = True
    late = used & (standings.since > period.end)
    findings += standings.findings_where(late, "since", f"a standing in force by {period.end}")
    if len(findings):
        raise DataError.of(findings, f"cannot settle {period}")
