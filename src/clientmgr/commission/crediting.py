"""Who is credited with the net commission of a trade: the rules beyond "the owner of the day"."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from clientmgr.errors import RuleError
from clientmgr.money import Rate

__all__ = ["HOUSE", "Crediting", "Declining", "HandOver", "Override", "Treatment"]

HOUSE = "house"
ONE = Rate.of(1)
ORIGINS = ("existing", "new")
POOL_TARGETS = ("pool", "heads", HOUSE)
TEAM_WAYS = ("team", "members")
OVERRIDE_TARGETS = ("heads", "leads")


def _to_words(value: Any) -> tuple[str, ...]:
    """Read one word or several."""
    return (value,) if isinstance(value, str) else tuple(value)


def _to_rate(value: Any) -> Rate:
    """Read a rate."""
    return Rate.of(value)


def _to_treatments(value: Iterable["Treatment"]) -> tuple["Treatment", ...]:
    """Read treatments in their order."""
    return tuple(value)


def _to_declining(value: Iterable["Declining"]) -> tuple["Declining", ...]:
    """Read declining shares in their order."""
    return tuple(value)


def _to_overrides(value: Iterable["Override"]) -> tuple["Override", ...]:
    """Read overrides in their order."""
    return tuple(value)


def _to_pairs(value: Any) -> tuple[tuple[str, Any], ...]:
    """Read a mapping into pairs in the order of their names."""
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple(sorted((str(name), word) for name, word in pairs))


def _to_role_shares(value: Any) -> tuple[tuple[str, Rate], ...]:
    """Read the share of each role."""
    return tuple((name, Rate.of(share)) for name, share in _to_pairs(value))


def _to_rates(value: Any) -> tuple[Rate, ...]:
    """Read rates, one a step."""
    return tuple(Rate.of(each) for each in value)


@attrs.frozen(kw_only=True)
class Treatment:
    """How much of the net commission of one class of clients is credited to owners, and under which name.

    Of the treatments of a plan the first one that fits counts. What is not credited to the owners goes to the house
    account, so nothing vanishes. The name stands on every line, so that pay can use another rate for it. Months count
    from the client's opening day (or, where that is not known, from the first day of its life in the ledger), forward
    and whole: a client opened on 31 August completes its sixth month on 28 February.

    Attributes:
        name: the word on the lines.
        origin: `existing`, `new`, or both when left out.
        acquired: how the present owner got the client (`allocated`, `claimed` ...); any when left out.
        months_from: from this many months since the opening on.
        months_below: up to the day before this many months are completed.
        share: the part of the net that the owners are credited with; from 0 to 1.

    Example:
        >>> from clientmgr.commission import Treatment
        >>> Treatment(name="new", origin="new", months_below=12).origin
        ('new',)
    """

    name: str
    origin: tuple[str, ...] = attrs.field(default=(), converter=_to_words)
    acquired: tuple[str, ...] = attrs.field(default=(), converter=_to_words)
    months_from: int = 0
    months_below: int | None = None
    share: Rate = attrs.field(default=ONE, converter=_to_rate)

    def __attrs_post_init__(self) -> None:
        """Refuse unknown origins, empty windows and shares beyond the whole."""
        for origin in self.origin:
            _refuse_unless(origin in ORIGINS, f"origin is existing or new, got {origin!r}", "$.origin")
        end = self.months_below
        window = self.months_from >= 0 and (end is None or end > self.months_from)
        _refuse_unless(window, f"months {self.months_from} to {end} are no window", "$.months_below")
        _refuse_beyond_one(self.share, "share", "$.share")


@attrs.frozen(kw_only=True)
class HandOver:
    """Double credit at a hand-over: the former owner keeps being credited for some months.

    The new owner's credit is untouched; the former owner's is an overlay, kept apart from what is conserved. It runs
    while the hand-over is the mark in force, and ends with the next change of the client's owner at the latest.

    Attributes:
        months: whole months from the day of the hand-over.
        share: the part of the net commission that the former owner set is credited with.
        kinds: the kinds of ownership change that count as a hand-over.
        funder: who bears it.

    Example:
        >>> from clientmgr.commission import Crediting, HandOver
        >>> Crediting(hand_over=HandOver(months=3, share="50%")).hand_over.months
        3
    """

    months: int
    share: Rate = attrs.field(default=ONE, converter=_to_rate)
    kinds: tuple[str, ...] = attrs.field(default=("handed_over",), converter=_to_words)
    funder: str = HOUSE

    def __attrs_post_init__(self) -> None:
        """Refuse an empty window and a share beyond the whole."""
        _refuse_unless(self.months > 0, f"months must be above 0, got {self.months}", "$.months")
        _refuse_beyond_one(self.share, "share", "$.share")


@attrs.frozen(kw_only=True)
class Declining:
    """A share of the net commission that stays with the former owner and declines from step to step.

    It is part of what is conserved: the present owners get what remains. As with a hand-over it ends with the next
    change of the client's owner at the latest.

    Attributes:
        kinds: the kinds of ownership change that start it.
        shares: the former owner's part in each step; nothing after the last.
        every: months a step.

    Example:
        >>> from clientmgr.commission import Declining
        >>> len(Declining(kinds="transferred", shares=["50%", "30%", "10%"]).shares)
        3
    """

    kinds: tuple[str, ...] = attrs.field(converter=_to_words)
    shares: tuple[Rate, ...] = attrs.field(converter=_to_rates)
    every: int = 12

    def __attrs_post_init__(self) -> None:
        """Refuse steps of no length and shares beyond the whole."""
        _refuse_unless(self.every > 0, f"every must be above 0 months, got {self.every}", "$.every")
        for i, share in enumerate(self.shares):
            _refuse_beyond_one(share, "share", f"$.shares[{i}]")


@attrs.frozen(kw_only=True)
class Override:
    """An extra credit to those who lead: on top of what is conserved, with its funder.

    Attributes:
        name: the word in the `role` column of its lines.
        to: `heads` (the branch managers of the client's branch on the day) or `leads` (the leaders, on the day, of the
            teams that own the client or that its managers are members of).
        rate: of the net commission; several who qualify share it equally.
        funder: who bears it.
    """

    name: str
    to: str
    rate: Rate = attrs.field(converter=_to_rate)
    funder: str = HOUSE

    def __attrs_post_init__(self) -> None:
        """Refuse unknown receivers and negative rates."""
        known = self.to in OVERRIDE_TARGETS
        _refuse_unless(known, f"to must be one of {', '.join(OVERRIDE_TARGETS)}, got {self.to!r}", "$.to")
        _refuse_unless(self.rate.numerator >= 0, "rate must not be negative", "$.rate")


@attrs.frozen(kw_only=True)
class Crediting:
    """Who is credited; the default is the owner set of the trade's day with its own shares.

    The steps, in this order: the shares of roles; the declining part of a former owner; where pools go; teams to their
    members; the treatment's part, the rest to the house. All of them give one set of exact shares that sum to one, and
    the net commission is split once.

    Attributes:
        roles: share by role, in place of the shares in the ledger, for owner sets all of whose roles are named here; a
            role that a set lacks leaves its part to the others in proportion; several parties in one role divide its
            part as the ledger's shares do.
        treatments: see `Treatment`.
        hand_over: see `HandOver`.
        declining: see `Declining`; the first one that names the kind of the change counts.
        overrides: see `Override`.
        pools: for a pool where its credit goes: `pool` (default: the branch's pool itself), `heads` (the branch
            managers of the day, equally; the pool where there is none) or `house`.
        teams: `team` (default) or `members` (by the memberships of the day; a team without any stays the team).

    Example:
        >>> from clientmgr.commission import Crediting
        >>> Crediting(roles={"developer": "30%", "servicer": "70%"}, pools={"key": "heads"}).pools
        (('key', 'heads'),)
    """

    roles: tuple[tuple[str, Rate], ...] = attrs.field(default=(), converter=_to_role_shares)
    treatments: tuple[Treatment, ...] = attrs.field(default=(), converter=_to_treatments)
    hand_over: HandOver | None = None
    declining: tuple[Declining, ...] = attrs.field(default=(), converter=_to_declining)
    overrides: tuple[Override, ...] = attrs.field(default=(), converter=_to_overrides)
    pools: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_to_pairs)
    teams: str = "team"

    def __attrs_post_init__(self) -> None:
        """Refuse words that mean nothing here and roles that get nothing."""
        for pool, target in self.pools:
            told = f"a pool goes to {', '.join(POOL_TARGETS)}; {pool!r} has {target!r}"
            _refuse_unless(target in POOL_TARGETS, told, "$.pools")
        told = f"teams must be one of {', '.join(TEAM_WAYS)}, got {self.teams!r}"
        _refuse_unless(self.teams in TEAM_WAYS, told, "$.teams")
        for role, share in self.roles:
            _refuse_unless(share.numerator > 0, f"the share of {role!r} must be above 0", "$.roles")
        for words, path in ((self.treatments, "treatments"), (self.overrides, "overrides")):
            names = [each.name for each in words]
            _refuse_unless(len(set(names)) == len(names), "names must differ", f"$.{path}")

    @property
    def is_plain(self) -> bool:
        """Whether the owner set of the day with its own shares is all there is to it."""
        return self == PLAIN


def _refuse_unless(good: object, told: str, path: str) -> None:
    """Raise a rule error unless a condition holds."""
    if not good:
        raise RuleError(told, path=path)


def _refuse_beyond_one(rate: Rate, name: str, path: str) -> None:
    """Refuse a part that is below nothing or above the whole."""
    good = 0 <= rate.numerator <= rate.denominator
    _refuse_unless(good, f"{name} must be between 0 and 1, got {rate}", path)


PLAIN = Crediting()
