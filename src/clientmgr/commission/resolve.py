"""Who is credited in one case: from an owner set and a crediting rule to exact weights by party.

A case is all that decides who is credited with a trade, its amount apart. Cases are few beside trades, so they are
worked out one by one in exact fractions, and each only once.
"""

from collections.abc import Iterable
from fractions import Fraction

import attrs

from clientmgr.commission.crediting import HOUSE, Crediting, Declining, HandOver, Treatment
from clientmgr.commission.people import People
from clientmgr.tables import Id

__all__ = ["Case", "Entry", "Party", "Resolver", "Share"]

MANAGER, TEAM, POOL = 0, 1, 2


@attrs.frozen(order=True)
class Party:
    """An owner as a value: kind (manager 0, team 1, pool 2), id, and the branch of a pool.

    The order is that of ties: by kind, then by id, then by branch.
    """

    kind: int
    id: Id
    branch: Id = ""


HOUSE_ACCOUNT = Party(POOL, HOUSE)


@attrs.frozen
class Share:
    """One member of an owner set: the party, its role, and its exact share or overlay rate."""

    party: Party
    role: str
    share: Fraction


@attrs.frozen
class Entry:
    """One credit of a case: whose, in which role and of which kind, through which team, what part, who bears it."""

    party: Party
    role: str
    kind: str
    part: Fraction
    team: Id | None = None
    funder: str = ""

    @property
    def tie(self) -> tuple[object, ...]:
        """The place in the order of ties: by party, then role, then kind of credit, then team."""
        return (self.party, self.role, self.kind, (self.team is not None, self.team or 0))

    def with_part(self, part: Fraction) -> "Entry":
        """Give the same credit with another part."""
        return attrs.evolve(self, part=part)


@attrs.frozen
class Case:
    """What decides who is credited with a trade.

    Attributes:
        owners: the conserved members of the owner set of the day.
        overlays: its overlay members.
        former: the conserved members of the last set before it that held a person.
        kind: the kind of the change that made the present set.
        age: whole months since that change, as far as the rule asks.
        origin: existing or new.
        acquired: how the present owner got the client.
        months: whole months since the opening, as far as the rule asks.
        day: a day in whose stretch memberships and heads are the same, days since 1970.
        branch: the client's branch.
    """

    owners: tuple[Share, ...]
    overlays: tuple[Share, ...] = ()
    former: tuple[Share, ...] = ()
    kind: str = ""
    age: int = 0
    origin: str = "existing"
    acquired: str = ""
    months: int = 0
    day: int = 0
    branch: Id = ""


@attrs.frozen(eq=False)
class Resolver:
    """A crediting rule with the people that it may name."""

    rule: Crediting
    people: People

    def conserved(self, case: Case) -> tuple[list[Entry], str]:
        """Give the credits that share the net commission, in the order of ties, and the treatment's name.

        Their parts sum to one exactly.
        """
        entries = self._with_former(case)
        entries = [e for entry in entries for e in self._through_pool(entry, case)]
        entries = [e for entry in entries for e in self._through_team(entry, case)]
        treatment = find_treatment(self.rule.treatments, case)
        if treatment is not None:
            entries = _withhold(entries, treatment.share.fraction)
        return _merged(entries), "" if treatment is None else treatment.name

    def overlays(self, case: Case) -> list[Entry]:
        """Give the credits on top of the net commission, in the order of ties."""
        entries = [Entry(s.party, s.role, "overlay", s.share) for s in case.overlays]
        entries += self._after_hand_over(case)
        entries = [e for entry in entries for e in self._through_team(entry, case)]
        for override in self.rule.overrides:
            receivers = self._receivers(override.to, case)
            part = override.rate.fraction / max(len(receivers), 1)
            entries += [
                Entry(Party(MANAGER, each), override.name, "override", part, funder=override.funder)
                for each in receivers
            ]
        return _merged(entries)

    def _with_former(self, case: Case) -> list[Entry]:
        """Divide between the former and the present owners, and each part by its shares."""
        kept = declining_share(self.rule.declining, case)
        now = [Entry(s.party, s.role, "share", s.share * (1 - kept)) for s in weigh_roles(case.owners, self.rule)]
        if not kept:
            return now
        before = weigh_roles(case.former, self.rule)
        return now + [Entry(s.party, s.role, "declining", s.share * kept) for s in before]

    def _after_hand_over(self, case: Case) -> list[Entry]:
        """Give the double credit of the former owners."""
        rule = self.rule.hand_over
        if rule is None or not hands_over(rule, case):
            return []
        part = rule.share.fraction
        return [
            Entry(s.party, s.role, "hand_over", s.share * part, funder=rule.funder)
            for s in weigh_roles(case.former, self.rule)
        ]

    def _through_pool(self, entry: Entry, case: Case) -> list[Entry]:
        """Send a pool's credit where the rule wants it."""
        if entry.party.kind != POOL:
            return [entry]
        target = dict(self.rule.pools).get(str(entry.party.id), "pool")
        if target == HOUSE:
            return [attrs.evolve(entry, party=HOUSE_ACCOUNT)]
        heads = self.people.heads(entry.party.branch, case.day) if target == "heads" else []
        if not heads:
            return [entry]
        part = entry.part / len(heads)
        return [attrs.evolve(entry, party=Party(MANAGER, each), part=part) for each in heads]

    def _through_team(self, entry: Entry, case: Case) -> list[Entry]:
        """Divide a team's credit among its members of the day, where the rule wants it."""
        if entry.party.kind != TEAM or self.rule.teams != "members":
            return [entry]
        members = self.people.members(entry.party.id, case.day)
        whole = sum(share for _, share, _ in members)
        team = entry.party.id
        return [
            attrs.evolve(entry, party=Party(MANAGER, who), part=entry.part * Fraction(share, whole), team=team)
            for who, share, _ in members
        ] or [entry]

    def _receivers(self, to: str, case: Case) -> list[Id]:
        """Name the managers whom an override goes to."""
        if to == "heads":
            return self.people.heads(case.branch, case.day)
        parties = [share.party for share in case.owners]
        return self.people.leads(
            teams={p.id for p in parties if p.kind == TEAM},
            managers={p.id for p in parties if p.kind == MANAGER},
            day=case.day,
        )


def weigh_roles(shares: Iterable[Share], rule: Crediting) -> tuple[Share, ...]:
    """Give the shares by the rule's roles, where it names all roles of the set; else as they are."""
    members = tuple(shares)
    weight = {role: rate.fraction for role, rate in rule.roles}
    if not weight or not all(member.role in weight for member in members):
        return members
    held: dict[str, Fraction] = {}
    for member in members:
        held[member.role] = held.get(member.role, Fraction(0)) + member.share
    whole = sum(weight[role] for role in held)
    return tuple(attrs.evolve(m, share=weight[m.role] / whole * m.share / held[m.role]) for m in members)


def find_treatment(treatments: Iterable[Treatment], case: Case) -> Treatment | None:
    """Find the first treatment that fits a case."""
    for each in treatments:
        origin = not each.origin or case.origin in each.origin
        acquired = not each.acquired or case.acquired in each.acquired
        begun = case.months >= each.months_from
        ended = each.months_below is not None and case.months >= each.months_below
        if origin and acquired and begun and not ended:
            return each
    return None


def declining_share(rules: Iterable[Declining], case: Case) -> Fraction:
    """Give the part that the former owners still have."""
    rule = next((each for each in rules if case.kind in each.kinds), None)
    if rule is None or not case.former:
        return Fraction(0)
    step = case.age // rule.every
    return rule.shares[step].fraction if step < len(rule.shares) else Fraction(0)


def hands_over(rule: HandOver, case: Case) -> bool:
    """Say whether the double credit of a hand-over still runs."""
    return case.kind in rule.kinds and case.age < rule.months and bool(case.former)


def _withhold(entries: list[Entry], share: Fraction) -> list[Entry]:
    """Leave the owners their part, and give the house the rest."""
    rest = Entry(HOUSE_ACCOUNT, "", "withheld", 1 - share)
    return [entry.with_part(entry.part * share) for entry in entries] + [rest]


def _merged(entries: list[Entry]) -> list[Entry]:
    """Add up credits that differ in nothing but their part, drop the empty ones, and sort by tie."""
    parts: dict[Entry, Fraction] = {}
    for entry in entries:
        key = entry.with_part(Fraction(0))
        parts[key] = parts.get(key, Fraction(0)) + entry.part
    kept = [key.with_part(part) for key, part in parts.items() if part]
    return sorted(kept, key=lambda entry: entry.tie)
