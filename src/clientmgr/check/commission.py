"""`verify_credits`: credits recomputed trade by trade, in exact fractions, by code of its own."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from clientmgr.check.commission_charging import FactsReader, OracleTrade
from clientmgr.check.commission_oracle import (
    Calendars,
    Verdict,
    credit_all,
)
from clientmgr.commission import CommissionPlan, Credits
from clientmgr.errors import CheckError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger
from clientmgr.periods import Period

__all__ = ["verify_credits"]

KEYS = (
    "manager",
    "team",
    "pool",
    "branch",
    "role",
    "kind",
    "funder",
    "treatment",
    "origin",
    "acquired",
)


def verify_credits(
    facts: Facts,
    ledger: Ledger,
    plan: Any,
    credits: Credits,  # noqa: A002 - the word of the field
    *,
    period: Period | str | None = None,
    trades: Any = None,
    originals: Any = None,
    sample: int | None = None,
) -> None:
    """Recompute credits from facts, ledger and plan alone, and raise at the first number that differs.

    Every trade is worked out on its own from the ledger's log, in fractions. Checked are the gross commission, each
    deduction, each line of each month, what was credited on top, the findings and their amounts, and that
    gross = deductions + credits + findings.

    Args:
        facts: the facts that were used.
        ledger: the ledger that was used.
        plan: the plan that was used, or its editions.
        credits: what is to be checked.
        period: the period that was asked for.
        trades: the trades, where they are not those of the facts: a table, a sequence, or a callable.
        originals: further trades in which originals were looked for.
        sample: check only so many trades one by one, spread evenly over their ids, each against its trace; sums are
            then checked for conservation only. All trades by default.

    Raises:
        CheckError: a number that cannot be reproduced.

    Some ten thousand trades a second.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.check.commission import verify_credits
        >>> from clientmgr.commission import CommissionPlan, attribute
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> day = np.array(["2026-07-01"], "datetime64[D]")
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1"], branch="B1"),
        ...     managers=cm.Managers(id=["M1"], branch="B1"),
        ...     trades=cm.Trades(id=[1], client=["C1"], date=day, commission=[30_00]),
        ... )
        >>> changes = OwnershipChanges(client=["C1"], valid=day, kind="allocated", manager=["M1"], branch="B1")
        >>> ledger = Ledger.start(changes, known="2026-07-01")
        >>> plan = CommissionPlan()
        >>> verify_credits(facts, ledger, plan, attribute(facts, ledger, plan))
    """
    rows = _records(facts.trades if trades is None else trades)
    asked = [trade for trade in rows if _inside(trade.date, period)]
    every = rows + ([] if originals is None else _records(originals))
    _check_books(credits, asked)
    wanted = asked if sample is None else _spread(asked, sample)
    reader, calendars = FactsReader(facts), Calendars(ledger, credits.job.batch)
    verdicts = list(credit_all(wanted, every, calendars, _plan_on(plan), reader))
    if sample is None:
        _check_sums(credits, verdicts)
    else:
        for trade, verdict in verdicts:
            _check_trace(credits, trade, verdict)


def _check_books(credits_: Credits, asked: list[OracleTrade]) -> None:
    """Check what must hold of the sums alone."""
    _same("trades", credits_.trades, len(asked))
    _same("gross", credits_.gross, sum(trade.commission for trade in asked))
    found = sum(finding.amount or 0 for finding in credits_.findings)
    parts = sum(credits_.deductions.values()) + credits_.credited + found
    _same("deductions + credits + findings", parts, credits_.gross)
    conserved = ("share", "declining", "withheld")
    inside = [row["amount"] for row in credits_.lines().to_records() if row["kind"] in conserved]
    _same("the sum of the conserved lines", sum(inside), credits_.credited)
    _same("the sum of all lines", credits_.lines().sum(), credits_.credited + credits_.overlaid)


def _check_sums(credits_: Credits, verdicts: list[tuple[OracleTrade, Verdict]]) -> None:
    """Check every line of every month, every deduction and every finding."""
    lines: Counter[tuple[Any, ...]] = Counter()
    deductions: Counter[str] = Counter()
    refused: dict[Any, tuple[str, int]] = {}
    below: dict[Any, int] = {}
    for trade, verdict in verdicts:
        if verdict.refused:
            refused[trade.id] = (verdict.refused, trade.commission)
        if verdict.below and not verdict.refused and trade.reverses is None:
            below[trade.id] = verdict.net
        deductions.update(verdict.lines)
        for credit, amount in verdict.credits:
            lines[*credit.key, f"{trade.date:%Y-%m}"] += amount
    told = {f.id: (f.expected, f.amount) for f in credits_.findings}
    _same_table("findings", told, refused)
    _same_table("reported", {f.id: f.amount for f in credits_.reported}, below)
    _same_table("deductions", _filled(credits_.deductions), _filled(deductions))
    rows = credits_.lines().to_records()
    _same_table("lines", {(*(r[k] for k in KEYS), r["month"]): r["amount"] for r in rows}, _filled(lines))


def _check_trace(credits_: Credits, trade: OracleTrade, verdict: Verdict) -> None:
    """Check one trade against its trace."""
    told = {f.id: f.expected for f in credits_.findings}
    if verdict.refused or trade.id in told:
        _same(f"the finding of trade {trade.id!r}", told.get(trade.id), verdict.refused)
        return
    trace = credits_.trace(trade.id)
    _same(f"the deductions of trade {trade.id!r}", dict(trace.deductions), verdict.lines)
    _same(f"the net of trade {trade.id!r}", trace.net, verdict.net)
    got = [(tuple(getattr(row, key) for key in KEYS), row.share, row.amount) for row in trace.credits]
    due = [(credit.key, credit.part, amount) for credit, amount in verdict.credits]
    _same(f"the credits of trade {trade.id!r}", got, due)


def _same(what: str, told: object, due: object) -> None:
    """Raise unless what was told is what is due."""
    if told != due:
        raise CheckError(f"{what}: credits say {told}, recomputed {due}")


def _same_table(what: str, told: dict[Any, Any], due: dict[Any, Any]) -> None:
    """Raise at the first key whose values differ."""
    for key in [*told, *due]:
        if told.get(key) != due.get(key):
            raise CheckError(f"{what} of {key}: credits say {told.get(key)}, recomputed {due.get(key)}")


def _filled(amounts: Any) -> dict[Any, int]:
    """Leave zero amounts out."""
    return {key: amount for key, amount in amounts.items() if amount}


def _records(trades: Any) -> list[OracleTrade]:
    """Read all trades as records."""
    tables: Iterable[Trades] = [trades] if isinstance(trades, Trades) else trades
    tables = trades() if callable(trades) else tables
    return [OracleTrade.of(record) for table in tables for record in table.to_records()]


def _inside(day: dt.date, period: Period | str | None) -> bool:
    """Say whether a day belongs to a period by its name."""
    if period is None:
        return True
    name = str(period)
    half, quarter = (day.month + 5) // 6, (day.month + 2) // 3
    mine = (f"{day:%Y}", f"{day:%Y}H{half}", f"{day:%Y}Q{quarter}", f"{day:%Y-%m}")
    return name in mine


def _plan_on(plan: Any) -> Any:
    """Give the function that finds the edition of a day, None before the first."""
    if isinstance(plan, CommissionPlan):
        return lambda _day: plan
    pairs = list(zip(plan.starts.tolist(), plan.values, strict=True))
    return lambda day: next((value for start, value in reversed(pairs) if start <= day), None)


def _spread(trades: list[OracleTrade], sample: int) -> list[OracleTrade]:
    """Pick some trades, evenly over their ids."""
    ordered = sorted(trades, key=lambda trade: trade.id)
    step = max(len(ordered) // max(sample, 1), 1)
    return ordered[::step][:sample]
