"""Re-checks dormancy: one client and one day at a time, with plain dates and dicts."""

import datetime as dt
from bisect import bisect_right
from fractions import Fraction
from typing import Any

from clientmgr.dormancy import Dormancy, DormancyRule
from clientmgr.errors import CheckError
from clientmgr.facts import Facts
from clientmgr.tables import Id

__all__ = ["verify_dormancy"]

DAY = dt.timedelta(days=1)
SHOWN = 5


def verify_dormancy(facts: Facts, rule: DormancyRule, dormancy: Dormancy) -> None:
    """Decide about every client again, day by day, and compare with a decision.

    Args:
        facts: what the decision was made from.
        rule: the rule that it should have followed.
        dormancy: the decision.

    Raises:
        CheckError: some client's status or due day is another. O(clients x days of the window) for
            tests of a window.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.check.dormancy import verify_dormancy
        >>> from clientmgr.dormancy import DormancyRule, find_dormant
        >>> clients = cm.Clients(id=["C1"], branch="B1")
        >>> facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
        >>> rule = DormancyRule()
        >>> verify_dormancy(facts, rule, find_dormant(facts, rule, on="2026-07-01"))
    """
    asked: Any = dormancy.on.item()
    on: dt.date = asked
    active = _last_activity(facts, rule, on)
    values = _valuations(facts, on)
    expected = [
        _judge(row, rule, on, active.get(row["id"]), values.get(row["id"], [])) for row in facts.clients.to_records()
    ]
    found = zip(dormancy.client, dormancy.status, dormancy.due.tolist(), strict=True)
    wrong = [
        f"{got[0]}: {got[1]}, due {got[2]}, expected {want[0]}, due {want[1]}"
        for got, want in zip(found, expected, strict=True)
        if (got[1], got[2]) != want
    ]
    if dormancy.rule != rule:
        wrong.insert(0, f"the decision followed another rule: {dormancy.rule}")
    if wrong:
        raise CheckError(f"{len(wrong)} clients differ: " + "; ".join(wrong[:SHOWN]))


def add_calendar_months(day: dt.date, months: int) -> dt.date:
    """Add months to a date: the same day number, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_year, next_month = divmod(day.year * 12 + day.month + months, 12)
    following = dt.date(next_year, next_month + 1, 1)
    return min(dt.date(year, month + 1, 1) + DAY * (day.day - 1), following - DAY)


def _last_activity(facts: Facts, rule: DormancyRule, on: dt.date) -> dict[Id, dt.date]:
    """Find the last day on which each client was active in a way that counts."""
    done: list[tuple[Id, dt.date]] = []
    if {"trade", "any"} & set(rule.counts):
        done += [
            (row["client"], row["date"])
            for row in facts.trades.to_records()
            if row["initiated"] and row["reverses"] is None
        ]
        done += _snapshot_trades(facts, on)
    done += [
        (row["client"], row["date"])
        for row in facts.events.to_records()
        if row["initiated"] and ("any" in rule.counts or row["kind"] in rule.counts)
    ]
    last: dict[Id, dt.date] = {}
    for client, day in done:
        if day <= on:
            last[client] = max(day, last.get(client, day))
    return last


def _snapshot_trades(facts: Facts, on: dt.date) -> list[tuple[Id, dt.date]]:
    """List the last trades of the snapshot, unless it is later than the day."""
    rows = facts.clients.to_records()
    traded = [(row["id"], row["last_trade"]) for row in rows if row["last_trade"] is not None]
    taken: Any = None if facts.as_of is None else facts.as_of.item()
    late = taken > on if taken is not None else any(d > on for _, d in traded)
    return [] if late else traded


def _valuations(facts: Facts, on: dt.date) -> dict[Id, list[tuple[dt.date, int]]]:
    """Gather each client's valuations up to the day, in order."""
    values: dict[Id, list[tuple[dt.date, int]]] = {}
    for row in facts.valuations.to_records():
        if row["date"] <= on:
            values.setdefault(row["client"], []).append((row["date"], row["assets"]))
    return {client: sorted(steps) for client, steps in values.items()}


def _judge(
    row: dict[str, Any],
    rule: DormancyRule,
    on: dt.date,
    active: dt.date | None,
    steps: list[tuple[dt.date, int]],
) -> tuple[str, dt.date | None]:
    """Decide about one client: its status and due day."""
    start = active or row["opened"]
    due = None if start is None else add_calendar_months(start, rule.months)
    if (row["opened"] or on) > on or (row["closed"] or on + DAY) <= on:
        return "not open", due
    if due is not None and (due > on or (due == on and not rule.inclusive)):
        return "active", due
    tested = _tested(rule, on, steps, row["assets"])
    small = rule.max_assets is None or tested <= rule.max_assets
    small = small and all(row[name] <= limit for name, limit in rule.also_at_most)
    return ("dormant" if small else "idle"), due


def _tested(rule: DormancyRule, on: dt.date, steps: list[tuple[dt.date, int]], snapshot: int) -> Fraction | int:
    """Find what is held against the limit, day by day."""
    days = [day for day, _ in steps]
    now = steps[-1][1] if steps else snapshot
    if rule.assets_test == "as_of" or not steps:
        return now
    window, day = [], on
    while add_calendar_months(day, rule.months) > on:
        window.append(day)
        day -= DAY
    if rule.assets_test == "month_ends":
        window = [day for day in window if (day + DAY).day == 1]
    found = [steps[bisect_right(days, day) - 1][1] for day in window if day >= days[0]]
    if not found:
        return now
    return Fraction(sum(found), len(found)) if rule.assets_test == "average" else max(found)
