"""`PayPlan` (薪酬办法): what is paid beside the base salary, and how it is rounded."""

from typing import Any

import attrs

from clientmgr.errors import RuleError
from clientmgr.money import Rate, RateLike, Rounding
from clientmgr.scoring import Condition

__all__ = ["BASE", "TRANSITION", "PayPlan", "Payout"]

BASE = "base salary"
TRANSITION = "smooth transition"
NOTHING, WHOLE = Rate.of(0), Rate.of(1)
ROUNDINGS = ("half_up", "half_even", "down", "up", "floor", "ceil")


def _rate(value: RateLike) -> Rate:
    """Read an exact rate."""
    return Rate.of(value)


@attrs.frozen
class Payout:
    """A share of a money measure: one line of pay.

    Attributes:
        name: what the line is called.
        measure: a money measure, such as "net_commission_existing".
        rate: the share that is paid; exact.
        gate: a condition for the full rate, such as a coverage of existing clients.
        gated_rate: the rate where the gate does not hold.

    Raises:
        RuleError: rates outside 0 to 1, a gated rate without a gate.

    Example:
        >>> from clientmgr.pay import Payout
        >>> Payout("payout, new clients", "net_commission_new", "25%").rate
        Rate('25%')
    """

    name: str
    measure: str
    rate: Rate = attrs.field(converter=_rate)
    gate: Condition | None = None
    gated_rate: Rate = attrs.field(default=NOTHING, converter=_rate)

    def __attrs_post_init__(self) -> None:
        """Refuse rates that are no shares."""
        for name in ("rate", "gated_rate"):
            rate = getattr(self, name)
            if not NOTHING <= rate <= WHOLE:
                raise RuleError(f"{name} must be between 0 and 1, got {rate}", f"$.{name}")
        if self.gate is None and self.gated_rate != NOTHING:
            raise RuleError("a gated rate needs a gate", "$.gate")


def _payouts(payouts: Any) -> tuple[Payout, ...]:
    """Read the payouts."""
    return tuple(payouts)


@attrs.frozen(repr=False)
class PayPlan:
    """Pay = base salary (底薪) + smooth transition + payouts (提成), each line rounded once.

    Attributes:
        name: what the plan is called; its state carries it.
        payouts: the lines beside the base salary.
        prorate: whether the base salary and its transition shrink with the measure "presence"
            (share of the period at work).
        rounding: how each line is rounded to fen.

    Raises:
        RuleError: two lines of one name, an unknown rounding.

    Example:
        >>> from clientmgr.pay import PayPlan, Payout
        >>> PayPlan(
        ...     name="2026",
        ...     payouts=(
        ...         Payout("payout, existing clients", "net_commission_existing", "15%"),
        ...         Payout("payout, new clients", "net_commission_new", "25%"),
        ...     ),
        ... )
        PayPlan('2026', base salary + net_commission_existing x 15% + net_commission_new x 25%)
    """

    name: str
    payouts: tuple[Payout, ...] = attrs.field(default=(), converter=_payouts)
    prorate: bool = False
    rounding: Rounding = "half_up"

    def __attrs_post_init__(self) -> None:
        """Refuse lines of one name and unknown roundings."""
        if len(set(self.lines)) < len(self.lines):
            raise RuleError(f"each line has a name of its own, got {self.lines}", "$.payouts")
        if self.rounding not in ROUNDINGS:
            raise RuleError(f"rounding is one of {', '.join(ROUNDINGS)}, got {self.rounding!r}", "$.rounding")

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of the lines, in their order."""
        return (BASE, TRANSITION, *(payout.name for payout in self.payouts))

    def __repr__(self) -> str:
        """Name the plan and what it pays."""
        parts = [BASE, *(f"{p.measure} x {p.rate}" for p in self.payouts)]
        return f"PayPlan({self.name!r}, {' + '.join(parts)})"
