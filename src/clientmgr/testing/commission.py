"""Strategies in which facts, ledger, trades and plan fit together, and the laws that credits obey.

`cases()` gives a whole little firm: teams and branch managers, a ledger of several batches with shared owners, pools,
hand-overs, closings and reopenings, a plan with every kind of deduction and crediting rule, and trades among which are
free ones, negative ones and partial reversals. With `faulty=True` there are trades that cannot be credited, too.
"""

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np

from clientmgr.commission import (
    CommissionPlan,
    Correction,
    Credits,
    Posted,
    Totals,
    attribute,
    correct,
    post,
)
from clientmgr.commission.corrections import CAUSES
from clientmgr.facts import Trades
from clientmgr.periods import Dated
from clientmgr.testing.commission_cases import CommissionCase, cases, plans

__all__ = [
    "CommissionCase",
    "cases",
    "check_conserved",
    "check_corrections",
    "check_cut_free",
    "check_reversals_net_to_zero",
    "check_row_order_free",
    "check_sign_symmetric",
    "plans",
]


def check_conserved(credits_: Credits) -> None:
    """Assert that gross = deductions + credits + findings, and that the lines sum to the credits."""
    found = sum(finding.amount or 0 for finding in credits_.findings)
    _hold(
        credits_.gross == sum(credits_.deductions.values()) + credits_.credited + found,
        "gross is not deductions + credits + findings",
    )
    _hold(credits_.total(by=()).sum() == credits_.credited, "the conserved lines do not sum to the credits")
    _hold(
        credits_.total(by="kind", of="all").sum() == credits_.credited + credits_.overlaid,
        "all lines do not sum to credits and overlays",
    )
    for keys in (("manager", "month"), ("client",), ("trade", "date")):
        _hold(credits_.total(by=keys).sum() == credits_.credited, "a total by other keys has another sum")


def check_row_order_free(case: CommissionCase, order: list[int]) -> None:
    """Assert that the trades in another order of rows give the same credits and findings."""
    here = case.attribute(findings="keep")
    other = case.with_trades(case.facts.trades.take(order)).attribute(findings="keep")
    _assert_same(here, other)


def check_cut_free(case: CommissionCase, cuts: list[int]) -> None:
    """Assert that the trades cut into tables, and cut into runs, give the same credits.

    Args:
        case: the case.
        cuts: row numbers before which the table is cut.
    """
    here = case.attribute(findings="keep")
    trades = case.facts.trades
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(trades)}), len(trades)]
    parts = [trades.take(slice(a, b)) for a, b in pairwise(edges)]
    _assert_same(here, case.attribute(trades=parts, findings="keep"))
    _assert_same(here, case.attribute(trades=lambda: iter(parts), findings="keep"))
    runs = [case.attribute(trades=part, originals=trades, findings="keep") for part in parts]
    whole = runs[0].lines()
    for run in runs[1:]:
        whole += run.lines()
    _hold(whole.equals(here.lines()), "the totals of the parts do not add up to the whole")


def check_sign_symmetric(case: CommissionCase) -> None:
    """Assert that the opposite trades give the opposite credits (rounding to a fixed side apart)."""
    trades = case.facts.trades
    opposite = Trades(
        **{
            **{name: getattr(trades, name) for name in Trades.column_names()},
            "quantity": -trades.quantity,
            "turnover": -trades.turnover,
            "commission": -trades.commission,
        },
        extra={name: -column for name, column in trades.extra.items()},
    )
    here = case.attribute()
    other = case.with_trades(opposite).attribute()
    _hold((here.lines() + other.lines()).sum() == 0, "opposite trades have other sums")
    _hold(not len(here.lines() + other.lines()), "opposite trades leave something on a line")


def check_reversals_net_to_zero(case: CommissionCase, parts: list[int]) -> None:
    """Assert that every trade, taken back in some parts, leaves nothing on any line over all months.

    Args:
        case: a case without reversals.
        parts: the sizes of the parts in proportion; whatever is left is the last part.
    """
    trades = case.facts.trades
    text = trades.id.is_text
    rows: list[dict[str, Any]] = []
    for record in trades.to_records():
        rows += _taken_back(record, parts, text=text)
    if not rows:
        return
    back = Trades.from_records(rows)
    both = case.with_trades(Trades.concat([trades, back])).attribute()
    keys = [key for key in both.lines().keys if key != "month"]
    _hold(not len(both.lines().by(*keys)), "reversed trades leave something on a line")
    _hold(both.gross == 0, "reversed trades leave gross commission")
    _hold(not any(both.deductions.values()), "reversed trades leave deductions")


def check_corrections(
    case: CommissionCase, plan: Dated[CommissionPlan], *, late: int = 0, dearer: int = 0, retro: bool = False
) -> None:
    """Assert that a correction brings what was posted to what is known now, by causes that add up, and only once.

    The case's trades are first posted in two goes: the first half-year as known at the first batch of the ledger, the
    second as known at the next; without the late trades, and with others at another price.

    Args:
        case: a case.
        plan: the plan that replaces the case's.
        late: a bit set: the trades that came late.
        dearer: a bit set: the trades that were booked at another commission.
        retro: whether the first half-year may not be reopened.
    """
    now, bits = case.facts.trades, np.arange(len(case.facts.trades))
    came_late, was_dearer = (late >> bits) % 2 == 1, (dearer >> bits) % 2 == 1
    was = _repriced(now, was_dearer).take(~came_late)
    before = was.take(was_dearer[~came_late])
    posted = _post_in_two_goes(case.with_trades(was))
    retro_month = "2026-01" if retro else None
    changed = {"before": before, "late": now.id[came_late].tolist(), "retro": retro_month}
    fix = correct(posted, case.facts, case.ledger, plan, period="2026-08", **changed)
    _assert_untouched(posted, fix)
    due = attribute(case.facts, case.ledger, plan, findings="keep").lines()
    due = _in_months(due, posted.months)
    if not retro:
        _hold(fix.posted.balance().equals(due), "all postings are not attribution as now known")
    else:
        _hold(
            (fix.posted.balance() + fix.refused).equals(due),
            "postings and what was refused are not attribution as now known",
        )
    if not retro or not (came_late.any() or was_dearer.any()):
        again = correct(fix.posted, case.facts, case.ledger, plan, period="2026-09", retro=retro_month)
        _hold(not len(again.postings), "a second correction posts something")


def _assert_untouched(posted: Posted, fix: Correction) -> None:
    """Assert that the old postings stand as they did, the new ones behind them in their own period."""
    _hold((fix.posted.lines - posted.lines).equals(fix.postings), "old postings have changed")
    _hold(set(fix.postings.keys["posted"].tolist()) <= {"2026-08"}, "something was booked in a closed period")
    _hold(set(fix.postings.keys["cause"].tolist()) <= set(CAUSES), "a cause without a name")


def _post_in_two_goes(case: CommissionCase) -> Posted:
    """Post two half-years, each by what was known then."""
    last = len(case.ledger.recorded) - 1
    posted: Posted | None = None
    for period, known, month in (("2025H2", 0, "2026-01"), ("2026H1", min(1, last), "2026-07")):
        made = case.attribute(period=period, known=known, posted=posted, findings="keep")
        posted = post(made, period=month, posted=posted)
    if posted is None:
        raise AssertionError("nothing was posted")
    return posted


def _repriced(trades: Trades, which: Any) -> Trades:
    """Give some trades another commission."""
    columns = {name: getattr(trades, name) for name in Trades.column_names()}
    columns["commission"] = np.where(which, trades.commission * 2 + 7, trades.commission)
    return Trades(**columns, extra=trades.extra)


def _in_months(lines: Totals, months: tuple[str, ...]) -> Totals:
    """Keep the lines of some source months."""
    hit = lines.keys["month"].isin(list(months))
    return Totals.of({name: column[hit] for name, column in lines.keys.items()}, lines.amount[hit])


def _taken_back(record: dict[str, Any], parts: list[int], *, text: bool) -> list[dict[str, Any]]:
    """Make the partial reversals of one trade."""
    left, rows = record["commission"], []
    sign, size = (-1 if left < 0 else 1), abs(left)
    shares = [sign * (size * part // (sum(parts) + 1)) for part in parts] if size else []
    for i, amount in enumerate([*shares, None]):
        taken = left if amount is None else amount
        left -= taken
        name = f"{record['id']}r{i}" if text else 1_000_000 + record["id"] * 50 + i
        rows.append(
            {
                **record,
                "id": name,
                "reverses": record["id"],
                "commission": -taken,
                "date": record["date"] + dt.timedelta(days=20 * i),
            }
        )
    return rows


def _assert_same(here: Credits, other: Credits) -> None:
    """Assert that two attributions say the same."""
    _hold(other.lines().equals(here.lines()), "the credits differ")
    _hold(other.deductions == here.deductions, "the deductions differ")
    _hold((other.gross, other.credited, other.trades) == (here.gross, here.credited, here.trades), "the sums differ")
    ids = [(f.id, f.expected, f.amount) for f in here.findings]
    _hold([(f.id, f.expected, f.amount) for f in other.findings] == ids, "the findings differ")


def _hold(law: object, otherwise: str) -> None:
    """Raise an assertion error unless a law holds."""
    if not law:
        raise AssertionError(otherwise)
