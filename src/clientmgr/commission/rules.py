"""The commission plan: which charges come off a trade's commission, and who is credited with the rest."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from clientmgr.commission.crediting import Crediting
from clientmgr.errors import RuleError
from clientmgr.money import Rate
from clientmgr.periods import Dated

__all__ = ["ROUNDINGS", "ChargeRate", "CommissionPlan", "Deduction", "as_dated_plan"]

Label = str | int

ROUNDINGS = ("half_up", "half_even", "down", "up", "floor", "ceil")
BELOW_CHARGES = ("keep", "zero", "refuse")


def _to_dated_rate(value: Any) -> Dated[Rate]:
    """Read a rate, or rates by the day from which each is in force."""
    if isinstance(value, Dated):
        return value
    if isinstance(value, Mapping):
        return Dated.of({since: Rate.of(rate) for since, rate in value.items()})
    return Dated.always(Rate.of(value))


def to_labels(value: Any) -> tuple[Label, ...]:
    """Read one label or several; none at all stands for every one."""
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, (str, int)) else tuple(value)


@attrs.frozen(kw_only=True)
class ChargeRate:
    """One row of a deduction's table of rates: for which trades, and how much.

    Of the rows of a deduction the first one that fits a trade counts. A condition that is left out fits every trade.

    Attributes:
        rate: an exact rate (`"0.0341‰"`), or rates by first day in force; a trade before the first day is a finding.
        market: the markets that the row is for.
        product: the products that the row is for.
        side: the sides that the row is for.
        commission_below: only tickets whose commission is below this many fen, whatever its sign.
        turnover_below: only tickets whose turnover is below this many fen.
        assets_below: only clients whose total assets on the trade's day are below this many fen.

    Example:
        >>> from clientmgr.commission import ChargeRate
        >>> stamp = ChargeRate(rate={"2008-09-19": "1‰", "2023-08-28": "0.5‰"}, side="sell")
        >>> stamp.side, len(stamp.rate.starts)
        (('sell',), 2)
    """

    rate: Dated[Rate] = attrs.field(converter=_to_dated_rate)
    market: tuple[Label, ...] = attrs.field(default=(), converter=to_labels)
    product: tuple[Label, ...] = attrs.field(default=(), converter=to_labels)
    side: tuple[Label, ...] = attrs.field(default=(), converter=to_labels)
    commission_below: int | None = None
    turnover_below: int | None = None
    assets_below: int | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse rates below zero and sizes that are no whole number of fen."""
        if any(rate.numerator < 0 for rate in self.rate.values):
            raise RuleError("a charge's rate must not be negative", path="$.rate")
        for name in ("commission_below", "turnover_below", "assets_below"):
            refuse_no_fen(getattr(self, name), name)


def _to_rates(value: Any) -> tuple[ChargeRate, ...]:
    """Read rows of rates; a bare rate is one row for every trade."""
    if isinstance(value, ChargeRate):
        return (value,)
    if isinstance(value, Iterable) and not isinstance(value, (str, Mapping, Dated)):
        return tuple(row if isinstance(row, ChargeRate) else ChargeRate(rate=row) for row in value)
    return (ChargeRate(rate=value),)


@attrs.frozen(kw_only=True)
class Deduction:
    """One line that comes off a trade's commission.

    The amount of a line is rate x base, rounded once, plus `fixed`, not below `minimum` and not above `maximum`; it has
    the sign of the ticket, so that a ticket of the opposite sign gives exactly the opposite. Where no row of `rates`
    fits, the line is zero.

    Attributes:
        name: the name of the line; unique in a plan.
        rates: the rows of rates; a bare rate is one row for all trades.
        on: the base: `turnover`, `commission`, `net` (what the lines above have left), `quantity` (the rate is fen a
            unit), or the name of an extra column of the trades that holds fen.
        fixed: fen a ticket, on top of the rate.
        minimum: the least that a ticket is charged, fen.
        maximum: the most that a ticket is charged, fen.
        rounding: how rate x base becomes whole fen.
        source: where the rate is published.

    Example:
        >>> from clientmgr.commission import Deduction
        >>> Deduction(name="exchange handling", rates="0.0341‰").on
        'turnover'
    """

    name: str
    rates: tuple[ChargeRate, ...] = attrs.field(converter=_to_rates)
    on: str = "turnover"
    fixed: int = 0
    minimum: int = 0
    maximum: int | None = None
    rounding: str = "half_up"
    source: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be charged."""
        if not self.name:
            raise RuleError("a deduction needs a name", path="$.name")
        if self.rounding not in ROUNDINGS:
            told = f"rounding must be one of {', '.join(ROUNDINGS)}, got {self.rounding!r}"
            raise RuleError(told, path="$.rounding")
        for name in ("fixed", "minimum", "maximum"):
            refuse_no_fen(getattr(self, name), name)
        if self.maximum is not None and self.maximum < self.minimum:
            told = f"maximum must not be below the minimum {self.minimum}, got {self.maximum}"
            raise RuleError(told, path="$.maximum")


def _to_deductions(value: Iterable[Deduction]) -> tuple[Deduction, ...]:
    """Read deductions in their order."""
    return tuple(value)


@attrs.frozen(kw_only=True)
class CommissionPlan:
    """How the commission of a trade becomes credits: charges first, then owners.

    Net commission is the commission less the deductions, in their order. It is split among the owners of the client on
    the day of the trade as `crediting` says.

    Attributes:
        deductions: the lines that come off, in order.
        crediting: who is credited with what remains.
        below_charges: what happens when the charges exceed the commission: `keep` the negative net (it is reported),
            take it as `zero` (the house bears the excess, a line of its own), or `refuse` the trade as a finding.
        name: what the plan is called.

    Example:
        >>> from clientmgr.commission import CommissionPlan, Deduction
        >>> plan = CommissionPlan(deductions=(Deduction(name="handling", rates="0.0341‰"),))
        >>> plan.below_charges
        'keep'
    """

    deductions: tuple[Deduction, ...] = attrs.field(default=(), converter=_to_deductions)
    crediting: Crediting = attrs.field(factory=Crediting)
    below_charges: str = "keep"
    name: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse lines of the same name and unknown treatments."""
        names = [line.name for line in self.deductions]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise RuleError(f"two deductions are called {name!r}", path=f"$.deductions[{i}].name")
        if BORNE_BY_HOUSE in names:
            raise RuleError(f"{BORNE_BY_HOUSE!r} is the name of the line for excess charges")
        if self.below_charges not in BELOW_CHARGES:
            told = f"below_charges must be one of {', '.join(BELOW_CHARGES)}"
            raise RuleError(f"{told}, got {self.below_charges!r}", path="$.below_charges")

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of all lines between commission and net, in order."""
        borne = (BORNE_BY_HOUSE,) if self.below_charges == "zero" else ()
        return tuple(line.name for line in self.deductions) + borne


BORNE_BY_HOUSE = "charges borne by the house"


def as_dated_plan(plan: Any) -> Dated[CommissionPlan]:
    """Take a plan that holds always as a plan of one edition.

    Raises:
        RuleError: what is given is no plan.
    """
    if isinstance(plan, CommissionPlan):
        return Dated.always(plan)
    if isinstance(plan, Dated) and all(isinstance(each, CommissionPlan) for each in plan.values):
        return plan
    raise RuleError(f"expected a CommissionPlan or editions of one, got {type(plan).__name__}")


def refuse_no_fen(value: object, name: str) -> None:
    """Refuse an amount that is not a whole, non-negative number of fen."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RuleError(f"{name} must be a whole number of fen from 0, got {value!r}", path=f"$.{name}")
