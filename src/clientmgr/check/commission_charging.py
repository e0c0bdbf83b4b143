"""What comes off a trade's commission, once more: one trade at a time, in exact fractions.

The half of the oracle of attribution that deals with charges; with it the few things that are read of the facts.
"""

import datetime as dt
from fractions import Fraction
from typing import Any

import attrs

from clientmgr.commission.rules import ChargeRate, CommissionPlan, Deduction
from clientmgr.facts import Facts

__all__ = ["ROUND", "FactsReader", "OracleTrade", "charge", "half_up", "to_fraction", "within"]

BORNE = "charges borne by the house"


@attrs.frozen
class OracleTrade:
    """One trade as a plain record."""

    id: Any
    client: Any
    date: dt.date
    side: Any
    market: Any
    product: Any
    quantity: int
    turnover: int
    commission: int
    reverses: Any
    extra: dict[str, Any]

    @classmethod
    def of(cls, record: dict[str, Any]) -> "OracleTrade":
        """Read a record of a table of trades."""
        names = [field.name for field in attrs.fields(cls) if field.name != "extra"]
        extra = {name: value for name, value in record.items() if name not in names}
        return cls(**{name: record[name] for name in names}, extra=extra)


def charge(trade: OracleTrade, plan: CommissionPlan, facts: "FactsReader") -> tuple[dict[str, int] | None, bool]:
    """Take the deductions off; None where a rate is missing."""
    sign = _sign(trade.commission) or _sign(trade.turnover)
    left, lines = trade.commission, {}
    for line in plan.deductions:
        row = next((row for row in line.rates if _fits(row, trade, facts)), None)
        amount = 0
        if row is not None:
            rate = _in_force(row, trade.date)
            if rate is None:
                return None, False
            amount = _charge_line(line, rate, trade, left, sign)
        lines[line.name] = amount
        left -= amount
    below = bool(plan.deductions) and sign * left < 0
    if plan.below_charges == "zero":
        lines[BORNE] = left if below else 0
    return lines, below


class FactsReader:
    """The few things of the facts that crediting asks for, read row by row."""

    def __init__(self, facts: Facts) -> None:
        """Read clients, heads, memberships and valuations as records."""
        self.opened: dict[Any, Any] = {row["id"]: row["opened"] for row in facts.clients.to_records()}
        self.heads: list[dict[str, Any]] = [row for row in facts.managers.to_records() if row["head"]]
        self.members: list[dict[str, Any]] = facts.memberships.to_records()
        self.facts = facts

    def assets(self, client: Any, day: dt.date) -> int:
        """Give a client's assets on a day; 0 for a client that the facts lack."""
        if client not in self.opened:
            return 0
        return int(self.facts.assets(day)[self.facts.clients.row(client)])

    def heads_of(self, branch: Any, day: dt.date) -> list[Any]:
        """Name the heads of a branch on a day."""
        there = [row for row in self.heads if row["branch"] == branch]
        return sorted(r["id"] for r in there if within(day, r["joined"], r["left"]))

    def members_of(self, team: Any, day: dt.date) -> list[tuple[Any, int, bool]]:
        """Name the members of a team on a day with share and lead."""
        there = [row for row in self.members if row["team"] == team]
        now = [row for row in there if within(day, row["since"], row["until"])]
        return sorted((row["manager"], row["share"], row["lead"]) for row in now)


def half_up(exact: Fraction) -> int:
    """Round to the nearest, halves away from zero."""
    size = (2 * abs(exact) + 1) // 2
    return int(size if exact >= 0 else -size)


ROUND: dict[str, Any] = {
    "half_up": half_up,
    "half_even": round,
    "down": int,
    "up": lambda exact: -int(-exact // 1) if exact > 0 else int(exact // 1),
    "floor": lambda exact: int(exact // 1),
    "ceil": lambda exact: -int(-exact // 1),
}


def _fits(row: ChargeRate, trade: OracleTrade, facts: FactsReader) -> bool:
    """Say whether a row of rates is for a trade."""
    for words, word in ((row.market, trade.market), (row.product, trade.product), (row.side, trade.side)):
        if words and word not in words:
            return False
    if row.commission_below is not None and abs(trade.commission) >= row.commission_below:
        return False
    if row.turnover_below is not None and abs(trade.turnover) >= row.turnover_below:
        return False
    return row.assets_below is None or facts.assets(trade.client, trade.date) < row.assets_below


def _charge_line(line: Deduction, rate: Fraction, trade: OracleTrade, left: int, sign: int) -> int:
    """Work one deduction out."""
    named = {"turnover": trade.turnover, "commission": trade.commission, "quantity": trade.quantity}
    base: Any = left if line.on == "net" else named.get(line.on, trade.extra.get(line.on))
    amount: int = ROUND[line.rounding](base * rate)
    if not (line.fixed or line.minimum or line.maximum is not None):
        return amount
    size = max(amount * sign + line.fixed, line.minimum)
    size = size if line.maximum is None else min(size, line.maximum)
    return size * sign


def _in_force(row: ChargeRate, day: dt.date) -> Fraction | None:
    """Give the rate of the last edition that has begun."""
    found = None
    for start, rate in zip(row.rate.starts.tolist(), row.rate.values, strict=True):
        found = to_fraction(rate) if start <= day else found
    return found


def to_fraction(rate: Any) -> Fraction:
    """Read an exact rate."""
    return Fraction(rate.numerator, rate.denominator)


def within(day: dt.date, since: dt.date | None, until: dt.date | None) -> bool:
    """Say whether a day lies in a stretch, the first day inside, the last day outside."""
    return (since is None or since <= day) and (until is None or day < until)


def _sign(amount: int) -> int:
    """Give the sign of an amount."""
    return (amount > 0) - (amount < 0)
