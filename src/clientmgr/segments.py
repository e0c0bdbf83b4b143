"""Segments of clients: who is a key client, who ought to be one, and how many clients one manager can serve."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Facts
from clientmgr.periods import day
from clientmgr.tables import AnyArray, Coded, Fen, Flags, Floats, Result, freeze, text_table

__all__ = [
    "Capacity",
    "KeyClientProposal",
    "KeyClientRule",
    "Tier",
    "capacity",
    "find_key_clients",
    "propose_key_clients",
]

MONTHS = 12
MINUTES = 60


def _not_negative(_instance: object, field: Any, value: float | None) -> None:
    """Refuse a number below zero."""
    if value is not None and value < 0:
        raise RuleError(f"{field.name} must not be below 0, got {value}", f"$.key.{field.name}")


@attrs.frozen(kw_only=True)
class KeyClientRule:
    """Which clients of a branch are held out for its manager and deputies (大客户).

    Attributes:
        institutions: whether institutions of at least `institution_floor` are key.
        institution_floor: in fen.
        top: the so many largest clients of the branch are key.
        floor: who owns at least so many fen is key; None for no such rule.
        limit: at most so many a branch, the largest first; None for no limit.

    Raises:
        RuleError: a number below 0.

    Example:
        >>> from clientmgr.segments import KeyClientRule
        >>> KeyClientRule(top=3).limit
        10
    """

    institutions: bool = True
    institution_floor: int = attrs.field(default=0, validator=_not_negative)
    top: int = attrs.field(default=5, validator=_not_negative)
    floor: int | None = attrs.field(default=None, validator=_not_negative)
    limit: int | None = attrs.field(default=10, validator=_not_negative)


def find_key_clients(facts: Facts, rule: KeyClientRule, *, on: Any, among: Flags | None = None) -> Flags:
    """Mark the key clients of every branch on a day.

    Equal assets are told apart by id. O(n log n).

    Args:
        facts: clients and what they own.
        rule: who is key.
        on: the day.
        among: who may be chosen; all who are clients on the day by default.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.segments import KeyClientRule, find_key_clients
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1", "C2", "C3"], branch="B1", assets=[500, 900, 100]),
        ...     managers=cm.Managers(id=["M1"], branch="B1"),
        ... )
        >>> find_key_clients(facts, KeyClientRule(top=1), on="2026-07-01").tolist()
        [False, True, False]
    """
    chosen = facts.open_clients(on) if among is None else facts.open_clients(on) & among
    rows = np.flatnonzero(chosen)
    assets = facts.assets(on)[rows]
    branch = facts.branch_of_client()[rows]
    order = np.lexsort((facts.clients.id.codes[rows], -assets, branch))
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = _rank_in_group(branch[order])
    key = rank < rule.top
    if rule.institutions:
        key |= facts.clients.institution[rows] & (assets >= rule.institution_floor)
    if rule.floor is not None:
        key |= assets >= rule.floor
    if rule.limit is not None:
        key = _largest_of(key, order, branch, rule.limit)
    marks = np.zeros(len(facts.clients), dtype=bool)
    marks[rows[key]] = True
    return marks


def _rank_in_group(group: AnyArray) -> AnyArray:
    """Number the rows of each run of equal values from 0."""
    places = np.arange(len(group))
    begins = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else places
    return places - np.repeat(begins, np.diff(np.r_[begins, len(group)]))


def _largest_of(key: Flags, order: AnyArray, branch: AnyArray, limit: int) -> Flags:
    """Keep the first so many marked rows of each branch in the given order."""
    marked = order[key[order]]
    kept = np.zeros(len(key), dtype=bool)
    kept[marked[_rank_in_group(branch[marked]) < limit]] = True
    return kept


@attrs.frozen(eq=False, repr=False, slots=False)
class KeyClientProposal(Result):
    """Who ought to be held out, and why: one row for each client that comes near to it.

    Attributes:
        client: the client.
        branch: its branch.
        assets: in fen.
        part: how large a part of a fair book of its branch it is (1 = a whole book).
        swing: how far its assets move in a month: the standard deviation of relative changes; NaN
            without history.
        effect: how far such a swing moves the assets of its manager's book (`part * swing`, at most
            1 part).
        verdict: "key" (propose to hold out), or "near" (nearly a whole book: it spoils the
            balance).

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.segments import propose_key_clients
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=[1, 2, 3, 4], branch="B1", assets=[5000, 100, 100, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> propose_key_clients(facts, on="2026-07-01")
        KeyClientProposal(1 key, 0 near)
    """

    client: Coded
    branch: Coded
    assets: Fen
    part: Floats
    swing: Floats
    effect: Floats
    verdict: Coded

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a client."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in attrs.fields(type(self))}

    def __repr__(self) -> str:
        """Count both verdicts."""
        key = int((self.verdict == "key").sum())
        return f"KeyClientProposal({key} key, {len(self.verdict) - key} near)"

    def explain(self, client: Any) -> str:
        """Say why a client is named.

        Raises:
            DataError: the client is not named.
        """
        rows = np.flatnonzero(self.client == client)
        if not len(rows):
            raise DataError(f"client {client!r} is neither proposed nor near to it")
        i = int(rows[0])
        text = f"{client} is {self.part[i]:.2f} of a fair book of {self.branch[i]}"
        if not np.isnan(self.swing[i]):
            text += (
                f"; its assets swing by {100 * self.swing[i]:.1f} % a month,"
                f" which moves a book by {100 * self.effect[i]:.1f} %"
            )
        return f"{text}: {self.verdict[i]}"


def propose_key_clients(
    facts: Facts, *, on: Any, whole: float = 1.0, near: float = 0.7, effect: float = 0.05
) -> KeyClientProposal:
    """Propose whom to hold out, from what holding out is for: one client must not swing a manager's results.

    A client is proposed if it is at least `whole` of a fair book of its branch (what remains,
    divided by the managers), or if its usual monthly swing moves a book by at least `effect`. From
    `near` on it is named as nearly a whole book.

    Args:
        facts: clients, managers and, for the swings, valuations up to the day.
        on: the day.
        whole: part of a fair book from which a client is proposed.
        near: part of a fair book from which it is named.
        effect: part of a book that a swing may move.

    Returns:
        A proposal; its `verdict` "key" names the set. O(n log n).

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.segments import propose_key_clients
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=[1, 2, 3, 4], branch="B1", assets=[5000, 100, 100, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> propose_key_clients(facts, on="2026-07-01").explain(1)
        '1 is 33.33 of a fair book of B1: key'
    """
    rows = np.flatnonzero(facts.open_clients(on))
    assets = np.maximum(facts.assets(on)[rows], 0)
    branch = facts.branch_of_client()[rows]
    swing = _swings(facts, on)[rows]
    seats = _seats(facts, on)
    part, key = _parts(assets, branch, seats, swing, whole, effect)
    named = np.flatnonzero(key | (part >= near))
    named = named[np.lexsort((facts.clients.id.codes[rows[named]], -part[named], branch[named]))]
    verdict = np.where(key[named], "key", "near")
    picked = rows[named]
    return KeyClientProposal(
        facts.clients.id[picked],
        facts.clients.branch[picked],
        freeze(assets[named]),
        freeze(part[named]),
        freeze(swing[named]),
        freeze(part[named] * np.minimum(np.nan_to_num(swing[named]), 1.0)),
        Coded.of(verdict.tolist()),
    )


def _parts(
    assets: Fen, branch: AnyArray, seats: AnyArray, swing: Floats, whole: float, effect: float
) -> tuple[Floats, Flags]:
    """Measure clients in fair books of what is left when the proposed ones are out, until nothing changes."""
    key = np.zeros(len(assets), dtype=bool)
    moved = np.minimum(np.nan_to_num(swing), 1.0)
    while True:
        left = np.bincount(branch, np.where(key, 0, assets), len(seats))
        book = np.where(left > 0, left, np.inf) / np.maximum(seats, 1)
        part = assets / book[branch]
        further = ~key & ((part >= whole) | (part * moved >= effect)) & (assets > 0)
        if not further.any():
            return part, key
        key |= further


def _seats(facts: Facts, on: Any) -> AnyArray:
    """Count the managers of each branch who can have a book."""
    serving = facts.present_managers(on) & facts.managers.licence & ~facts.managers.head
    return np.bincount(facts.branch_of_manager()[serving], minlength=len(facts.branches.vocabulary))


def _swings(facts: Facts, on: Any) -> Floats:
    """Take the standard deviation of each client's monthly relative changes of assets; NaN below three values."""
    table = facts.valuations
    until = np.flatnonzero(table.date <= day(on))
    row = facts.clients.rows(table.client)[until]
    order = np.lexsort((table.date[until], row))
    row, days = row[order], table.date[until][order].astype(np.int64)
    value = table.assets[until][order].astype(np.float64)
    follows = (row[1:] == row[:-1]) & (value[:-1] > 0)
    months = np.maximum(np.diff(days), 1) / (365.25 / MONTHS)
    change = (np.diff(value) / np.where(value[:-1] > 0, value[:-1], 1.0) / np.sqrt(months))[follows]
    where, size = row[1:][follows], len(facts.clients)
    count = np.bincount(where, minlength=size)
    mean = np.bincount(where, change, size) / np.maximum(count, 1)
    square = np.bincount(where, (change - mean[where]) ** 2, size) / np.maximum(count - 1, 1)
    return np.where(count > 1, np.sqrt(square), np.nan)


def _in_range(_instance: object, field: Any, value: Fraction) -> None:
    """Refuse a number below zero."""
    if value < 0:
        raise RuleError(f"{field.name} must not be below 0, got {value}", f"$.tiers.{field.name}")


def _fraction(value: Fraction | Decimal | str | float) -> Fraction:
    """Read a number as the decimal or fraction that it is written as."""
    return Fraction(str(value))


@attrs.frozen(kw_only=True)
class Tier:
    """A tier of clients and how they are contacted (28法则: key ones in person, the rest by message).

    Attributes:
        name: what the tier is called.
        part: the part of a book's clients that it is.
        contacts: contacts a year with one client.
        minutes: of one contact.

    Raises:
        RuleError: a number below 0.

    Example:
        >>> from clientmgr.segments import Tier
        >>> Tier(name="key", part="0.2", contacts=24, minutes=15).hours_a_month
        Fraction(1, 10)
    """

    name: str
    part: Fraction = attrs.field(converter=_fraction, validator=_in_range)
    contacts: Fraction = attrs.field(converter=_fraction, validator=_in_range)
    minutes: Fraction = attrs.field(converter=_fraction, validator=_in_range)

    @property
    def hours_a_month(self) -> Fraction:
        """The hours a month that the tier takes of each client of a book."""
        return self.part * self.contacts * self.minutes / (MINUTES * MONTHS)


@attrs.frozen(eq=False, repr=False, slots=False)
class Capacity(Result):
    """How many clients one manager has, and how many it can serve.

    Attributes:
        accounts: of the firm or branch.
        active: the part of them that trades.
        managers: how many there are.
        hours: hours a month that one manager can give to clients; None if not asked.
        tiers: the contact plan.

    Example:
        >>> from clientmgr.segments import capacity
        >>> float(capacity(accounts=430_000, active="1/2", managers=400).each)
        537.5
    """

    accounts: int
    active: Fraction
    managers: int
    hours: Fraction | None
    tiers: tuple[Tier, ...]

    @property
    def each(self) -> Fraction:
        """Active clients that each manager has."""
        return self.accounts * self.active / self.managers

    @property
    def hours_a_client(self) -> Fraction:
        """Hours a month that the contact plan takes for one client on average."""
        return sum((tier.hours_a_month for tier in self.tiers), Fraction(0))

    @property
    def can_serve(self) -> Fraction | None:
        """Clients that one manager can serve under the plan; None without hours or a plan that takes time."""
        if self.hours is None or not self.hours_a_client:
            return None
        return self.hours / self.hours_a_client

    @property
    def managers_needed(self) -> int | None:
        """Managers that all active clients need; None where nothing limits."""
        if self.can_serve is None:
            return None
        return -int(-(self.accounts * self.active) // self.can_serve)

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a tier: clients of it in a book, and the hours a month that they take."""
        held = [tier.part * self.each for tier in self.tiers]
        return {
            "tier": np.array([tier.name for tier in self.tiers], dtype=np.str_),
            "clients": np.array([float(one) for one in held]),
            "hours": np.array([float(tier.hours_a_month * self.each) for tier in self.tiers]),
        }

    def explain(self) -> str:
        """Say the arithmetic in a sentence or two."""
        text = (
            f"{self.accounts:,} accounts, {float(self.active):.0%} of them active, over"
            f" {self.managers:,} managers are {float(self.each):,.1f} clients each."
        )
        if self.can_serve is None:
            return text
        return (
            f"{text} The contact plan takes {float(self.hours_a_client) * MINUTES:.1f} minutes a client"
            f" and month: one manager can serve {float(self.can_serve):,.0f}, and"
            f" {self.managers_needed:,} managers are needed."
        )

    def __repr__(self) -> str:
        """Say what each has and can serve."""
        can = "" if self.can_serve is None else f", can serve {float(self.can_serve):,.1f}"
        return f"Capacity({float(self.each):,.1f} clients each{can})"

    def __str__(self) -> str:
        """Show the plan as a table."""
        return f"{self.explain()}\n{text_table(self.to_columns())}"


def capacity(
    *,
    accounts: int,
    managers: int,
    active: Fraction | str | int = 1,
    hours: Fraction | str | int | None = None,
    tiers: Sequence[Tier] = (),
) -> Capacity:
    """Answer how many clients one manager has, and how many it can serve by its hours and the contact plan.

    Args:
        accounts: number of accounts.
        managers: number of managers.
        active: the part of accounts that trades, such as "1/2".
        hours: hours a month that one manager can give to clients.
        tiers: the contact plan; the parts add up to 1.

    Raises:
        RuleError: no manager, a part outside 0 to 1, or tiers whose parts do not add up to 1.

    Example:
        >>> from clientmgr.segments import Tier, capacity
        >>> plan = [
        ...     Tier(name="key", part="0.2", contacts=24, minutes=15),
        ...     Tier(name="rest", part="0.8", contacts=12, minutes=2),
        ... ]
        >>> capacity(accounts=430_000, active="1/2", managers=400, hours=80, tiers=plan)
        Capacity(537.5 clients each, can serve 631.6)
    """
    part = Fraction(str(active))
    if managers < 1 or accounts < 0:
        raise RuleError(f"at least one manager and no negative accounts, got {managers}, {accounts}")
    if not 0 <= part <= 1:
        raise RuleError(f"active must be between 0 and 1, got {active}", "$.active")
    if tiers and sum(tier.part for tier in tiers) != 1:
        total = float(sum(tier.part for tier in tiers))
        raise RuleError(f"the parts of the tiers must add up to 1, got {total}", "$.tiers")
    return Capacity(accounts, part, managers, None if hours is None else Fraction(str(hours)), tuple(tiers))
