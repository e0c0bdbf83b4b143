"""`AllocationRule`: who may receive clients, what is balanced, what binds, and by which method.

A rule is made of plain values (text, numbers, flags, tuples of small rules), so that it can be
written down as JSON and read back. Every part checks itself when it is built.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import attrs

from clientmgr.allocation.targets import exact
from clientmgr.errors import RuleError
from clientmgr.segments import KeyClientRule
from clientmgr.tables import Id

__all__ = [
    "Affinity",
    "AllocationRule",
    "Auction",
    "Balanced",
    "Bar",
    "Draft",
    "Limits",
    "Measure",
    "Method",
    "Moves",
    "Named",
    "Need",
    "Override",
]

Number: TypeAlias = int | float | Decimal | str
Turns: TypeAlias = Literal["adams", "webster", "jefferson"]


def _part(path: str) -> Any:
    """Make a validator: a number from 0 to 1."""

    def check(_instance: object, field: Any, value: Number) -> None:
        """Refuse what is not between 0 and 1."""
        number = _number(value, f"{path}.{field.name}")
        if not 0 <= number <= 1:
            raise RuleError(f"{field.name} must be between 0 and 1, got {value}", f"{path}.{field.name}")

    return check


def _at_least(least: int, path: str) -> Any:
    """Make a validator: a number not below some least one, or None."""

    def check(_instance: object, field: Any, value: Number | None) -> None:
        """Refuse what lies below."""
        if value is not None and _number(value, f"{path}.{field.name}") < least:
            raise RuleError(f"{field.name} must be at least {least}, got {value}", f"{path}.{field.name}")

    return check


def _number(value: Number, path: str) -> Any:
    """Read a number exactly."""
    try:
        return exact(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise RuleError(f"a number was expected, got {value!r}", path) from None


def _one_of(words: tuple[str, ...], path: str) -> Any:
    """Make a validator: one of some words."""

    def check(_instance: object, field: Any, value: str) -> None:
        """Refuse any other word."""
        if value not in words:
            raise RuleError(
                f"{field.name} must be one of {', '.join(words)}, got {value!r}",
                f"{path}.{field.name}",
            )

    return check


def _ids(values: Iterable[Id]) -> tuple[Id, ...]:
    """Keep ids as a tuple."""
    return tuple(values)


@attrs.frozen
class Measure:
    """Something that every book is to have its share of.

    Attributes:
        name: "count", "assets", a total that the caller brings, or a numeric column of
            `clients.extra`.
        weight: how much a relative deviation of it counts against others; above 0.
        negative: what a value below zero is: an error ("raise"), or taken as zero for balancing and
            counted ("zero").

    Raises:
        RuleError: a weight that is not above 0, or another word.

    Example:
        >>> from clientmgr.allocation import Measure
        >>> Measure("assets", negative="zero").weight
        1
    """

    name: str
    weight: Number = attrs.field(default=1)
    negative: Literal["raise", "zero"] = attrs.field(
        default="raise", validator=_one_of(("raise", "zero"), "$.measures")
    )

    @weight.validator
    def _check_weight(self, _field: Any, value: Number) -> None:
        """Refuse a weight that is not above zero."""
        if _number(value, "$.measures.weight") <= 0:
            raise RuleError(f"weight must be above 0, got {value}", "$.measures.weight")


@attrs.frozen(kw_only=True)
class Bar:
    """Who may receive clients at all: the lesson that personal quality must not be ignored.

    Attributes:
        licence: whether a licence is needed.
        ability: the least ability; None for no bar.

    Example:
        >>> from clientmgr.allocation import Bar
        >>> Bar(ability=0.5).licence
        True
    """

    licence: bool = True
    ability: Number | None = attrs.field(default=None, validator=_at_least(0, "$.bar"))


@attrs.frozen(kw_only=True)
class Override:
    """A branch's own decision to give a held-out class away after all.

    Attributes:
        branch: which branch.
        divide: the class that it divides: "key" or "dormant".

    Raises:
        RuleError: another class.

    Example:
        >>> from clientmgr.allocation import Override
        >>> Override(branch="B1", divide="dormant").divide
        'dormant'
    """

    branch: Id
    divide: Literal["key", "dormant"] = attrs.field(validator=_one_of(("key", "dormant"), "$.overrides"))


@attrs.frozen(kw_only=True)
class Named:
    """A named exception: this client to that manager (or team), or never to that one.

    Attributes:
        client: who.
        owner: the manager, or the team where teams receive.
        never: whether it must not get the client, instead of having to.

    Example:
        >>> from clientmgr.allocation import Named
        >>> Named(client="C1", owner="M2", never=True).never
        True
    """

    client: Id
    owner: Id
    never: bool = False


@attrs.frozen(kw_only=True)
class Need:
    """What a client needs, its manager must have: a skill, a language, a licence for a kind of product.

    Attributes:
        client: a text column of `clients.extra`; an empty word needs nothing.
        manager: a text column of `managers.extra`: words set apart by blanks, one of which must be
            the client's.

    Example:
        >>> from clientmgr.allocation import Need
        >>> Need(client="language", manager="languages").client
        'language'
    """

    client: str
    manager: str


@attrs.frozen(kw_only=True)
class Limits:
    """How much one manager may and must get.

    Attributes:
        clients: at most so many clients; None for no limit.
        minimum: at least so many clients.
        hours: a numeric column of `clients.extra` (or a total that the caller brings), the hours
            that a client takes a month; their sum may not exceed `managers.hours`. None for no
            limit.

    Raises:
        RuleError: a limit below 0, or a minimum above the limit.

    Example:
        >>> from clientmgr.allocation import Limits
        >>> Limits(clients=600, minimum=300).hours is None
        True
    """

    clients: int | None = attrs.field(default=None, validator=_at_least(0, "$.limits"))
    minimum: int = attrs.field(default=0, validator=_at_least(0, "$.limits"))
    hours: str | None = None

    @minimum.validator
    def _check_order(self, _field: Any, value: int) -> None:
        """Refuse a minimum above the limit."""
        if self.clients is not None and value > self.clients:
            raise RuleError(f"minimum must not exceed clients = {self.clients}, got {value}", "$.limits.minimum")


@attrs.frozen(kw_only=True)
class Moves:
    """How a re-division treats clients who have a manager: what it may move, and how near it must come.

    Attributes:
        within: a cell this near to its target (relative) need not be touched.
        budget: at most so many clients change hands in a branch; None for no limit.
        keep: clients that must not move.
        cost: a numeric column of `clients.extra` (or a total that the caller brings): what it costs
            to take a client from whom it knows, above 0; the cheapest relief goes first. None for
            the same cost for all.

    Example:
        >>> from clientmgr.allocation import Moves
        >>> Moves(budget=50).within
        0.02
    """

    within: Number = attrs.field(default=0.02, validator=_part("$.moves"))
    budget: int | None = attrs.field(default=None, validator=_at_least(0, "$.moves"))
    keep: tuple[Id, ...] = attrs.field(default=(), converter=_ids)
    cost: str | None = None


@attrs.frozen(kw_only=True)
class Balanced:
    """Divide so that every book has its share of every measure at once.

    Attributes:
        rounds: lock-step rounds; in each, every pair of managers makes at most one exchange.
        exchanges: further exchanges of one branch at most, the worst book first. None: 160 where at
            most a hundred branches are divided at once, else none.
        within: stop when no money measure is further from its target than this part of it; one
            measure of whole numbers is closed exactly, whatever this says.

    Example:
        >>> from clientmgr.allocation import Balanced
        >>> Balanced(exchanges=20).rounds
        8
    """

    rounds: int = attrs.field(default=8, validator=_at_least(0, "$.method"))
    exchanges: int | None = attrs.field(default=None, validator=_at_least(0, "$.method"))
    within: Number = attrs.field(default="0.000003", validator=_part("$.method"))
    kind: Literal["balanced"] = "balanced"


@attrs.frozen(kw_only=True)
class Draft:
    """Take turns: the managers pick one client after the other, in an order by their weights.

    Attributes:
        sequence: the divisor method that orders the turns: "adams" favours small weights first
            (free of weighted envy up to one client), "webster" neither, "jefferson" large ones.
        ranking: a measure by which all rank the clients; managers may bring rankings of their own.

    Example:
        >>> from clientmgr.allocation import Draft
        >>> Draft().sequence
        'adams'
    """

    sequence: Turns = attrs.field(default="adams", validator=_one_of(("adams", "webster", "jefferson"), "$.method"))
    ranking: str | None = None
    kind: Literal["draft"] = "draft"


@attrs.frozen(kw_only=True)
class Auction:
    """Sell the clients to the managers, whose budgets are their weights; prices are part of the result.

    Attributes:
        step: the least rise of a bid, as a part of the mean price; smaller is nearer to the market
            price.
        value: the measure that is bid for.

    Example:
        >>> from clientmgr.allocation import Auction
        >>> Auction(step=0.001).value
        'assets'
    """

    step: Number = attrs.field(default=0.01, validator=_part("$.method"))
    value: str = "assets"
    kind: Literal["auction"] = "auction"


@attrs.frozen(kw_only=True)
class Affinity:
    """Bring clients to the managers who fit them best, within capacities (generalised assignment).

    Attributes:
        exchanges: shifts and swaps that the search may try.
        prices: steps in which the prices of the bound are improved.

    Example:
        >>> from clientmgr.allocation import Affinity
        >>> Affinity(exchanges=100).prices
        300
    """

    exchanges: int = attrs.field(default=2500, validator=_at_least(0, "$.method"))
    prices: int = attrs.field(default=300, validator=_at_least(1, "$.method"))
    kind: Literal["affinity"] = "affinity"


Method: TypeAlias = Balanced | Draft | Auction | Affinity


def _measures(values: Iterable[Measure | str] | str) -> tuple[Measure, ...]:
    """Read measures; a bare word is a measure of weight one."""
    several = (values,) if isinstance(values, str) else values
    return tuple(Measure(value) if isinstance(value, str) else value for value in several)


def _overrides(values: Iterable[Override]) -> tuple[Override, ...]:
    """Keep overrides as a tuple."""
    return tuple(values)


def _exceptions(values: Iterable[Named]) -> tuple[Named, ...]:
    """Keep named exceptions as a tuple."""
    return tuple(values)


def _needs(values: Iterable[Need]) -> tuple[Need, ...]:
    """Keep needs as a tuple."""
    return tuple(values)


@attrs.frozen(kw_only=True)
class AllocationRule:
    """How the clients of every branch are divided among its managers or teams.

    Attributes:
        measures: what is balanced; bare words will do.
        equal: the part of everything that is shared equally; the rest goes by ability (fair against
            efficient).
        key: which clients are held out for the branch's manager and deputies; None for none.
        overrides: branches that divide a held-out class after all.
        bar: who may receive clients at all.
        named: clients who must, or must never, go to someone.
        needs: what a client needs and its manager must have.
        limits: how many clients and hours one manager may and must get.
        families: whether linked accounts stay together.
        receivers: whether managers or teams receive.
        moves: how a re-division treats clients who have a manager.
        method: balanced division, draft, auction, or affinity.

    Raises:
        RuleError: with the path of the fault.

    Example:
        >>> from clientmgr.allocation import AllocationRule
        >>> rule = AllocationRule(measures=("count", "assets"), equal="0.5")
        >>> [measure.name for measure in rule.measures]
        ['count', 'assets']
    """

    measures: tuple[Measure, ...] = attrs.field(default=("count", "assets"), converter=_measures)
    equal: Number = attrs.field(default=0, validator=_part("$"))
    key: KeyClientRule | None = attrs.field(factory=KeyClientRule)
    overrides: tuple[Override, ...] = attrs.field(default=(), converter=_overrides)
    bar: Bar = attrs.field(factory=Bar)
    named: tuple[Named, ...] = attrs.field(default=(), converter=_exceptions)
    needs: tuple[Need, ...] = attrs.field(default=(), converter=_needs)
    limits: Limits = attrs.field(factory=Limits)
    families: bool = False
    receivers: Literal["managers", "teams"] = attrs.field(
        default="managers", validator=_one_of(("managers", "teams"), "$")
    )
    moves: Moves = attrs.field(factory=Moves)
    method: Method = attrs.field(factory=Balanced)

    @measures.validator
    def _check_measures(self, _field: Any, value: tuple[Measure, ...]) -> None:
        """Refuse no measure at all, and one measure twice."""
        names = [measure.name for measure in value]
        if not names:
            raise RuleError("at least one measure must be balanced", "$.measures")
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise RuleError(f"each measure once, got {doubled[0]!r} twice", "$.measures")

    @named.validator
    def _check_named(self, _field: Any, value: tuple[Named, ...]) -> None:
        """Refuse a client that must go to two owners, or to one who must never have it."""
        must: dict[Id, Id] = {}
        for one in value:
            if not one.never and must.setdefault(one.client, one.owner) != one.owner:
                raise RuleError(f"client {one.client!r} is named for two owners", "$.named")
        for one in value:
            if one.never and must.get(one.client) == one.owner:
                raise RuleError(f"client {one.client!r} is named for {one.owner!r} and never for it", "$.named")
