"""Who receives clients: managers who pass the bar, or teams of them, branch by branch in id order."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs
import numpy as np

from clientmgr.allocation.rules import AllocationRule
from clientmgr.allocation.targets import exact, weigh
from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.facts import Facts
from clientmgr.tables import AnyArray, Coded, Flags, Floats, Int64

__all__ = ["Receivers", "find_nobody", "find_receivers", "refuse_nobody"]

Words: TypeAlias = Mapping[str, tuple[frozenset[str], ...]]


@attrs.frozen(eq=False)
class Receivers:
    """The managers or teams that get books, sorted by branch and id.

    Attributes:
        kind: "manager" or "team".
        id: of each receiver.
        branch: its place in `facts.branches`.
        starts: border of each branch among the receivers (branches + 1).
        weights: whole-number weights without common divisor inside a branch.
        shares: the same as parts of the branch.
        hours: hours a month that can go to clients.
        words: for each manager column that a need asks for, the words of each receiver.
    """

    kind: Literal["manager", "team"]
    id: Coded
    branch: Int64
    starts: Int64
    weights: tuple[int, ...]
    shares: Floats
    hours: Floats
    words: Words

    def __len__(self) -> int:
        """Count the receivers."""
        return len(self.branch)

    def of_branch(self, branch: int) -> slice:
        """Give the places of the receivers of a branch."""
        return slice(int(self.starts[branch]), int(self.starts[branch + 1]))


def find_receivers(facts: Facts, rule: AllocationRule, on: np.datetime64) -> Receivers:
    """Find who may receive clients on a day: present, no head of the branch, past the bar.

    Raises:
        DataError: abilities that are not above zero, or a team whose members are of several
            branches.
        RuleError: a need asks for a column that managers do not have.
    """
    serving = _serving(facts, rule, on)
    if rule.receivers == "teams":
        return _teams(facts, rule, on, serving)
    managers = facts.managers
    branch = facts.branch_of_manager()
    rows = np.flatnonzero(serving)
    rows = rows[np.lexsort((managers.id.codes[rows], branch[rows]))]
    abilities = [exact(ability) for ability in managers.ability[rows].tolist()]
    words = {name: tuple(_words(facts, name)[row] for row in rows.tolist()) for name in _asked(rule)}
    return _build(
        facts,
        rule,
        "manager",
        managers.id[rows],
        branch[rows],
        abilities,
        managers.hours[rows],
        words,
    )


def _serving(facts: Facts, rule: AllocationRule, on: np.datetime64) -> Flags:
    """Mark the managers who are there, serve clients and pass the bar."""
    managers = facts.managers
    bad = managers.findings_where(
        ~(managers.ability > 0) | ~np.isfinite(managers.ability), "ability", "an ability above zero"
    )
    if len(bad):
        raise DataError.of(bad, "cannot weigh the managers")
    serving = facts.present_managers(on) & ~managers.head
    if rule.bar.licence:
        serving = serving & managers.licence
    if rule.bar.ability is not None:
        least = exact(rule.bar.ability)
        serving &= np.array([exact(one) >= least for one in managers.ability.tolist()], dtype=bool)
    return serving


def _teams(facts: Facts, rule: AllocationRule, on: np.datetime64, serving: Flags) -> Receivers:
    """Join serving members to teams: abilities and hours add up, words are those of any member."""
    table = facts.memberships
    member = facts.managers.rows(table.manager)
    now = np.flatnonzero((table.since <= on) & ~(table.until <= on) & serving[member])
    now = now[np.lexsort((facts.managers.id.codes[member[now]], table.team.codes[now]))]
    branch = facts.branch_of_manager()[member]
    codes, first = np.unique(table.team.codes[now], return_index=True)
    groups = np.split(now, first[1:]) if len(first) else []
    _refuse_mixed(facts, table.team, branch, groups)
    place = np.array([branch[rows[0]] for rows in groups], dtype=np.int64)
    order = np.lexsort((codes, place))
    groups = [groups[i] for i in order]
    ability = facts.managers.ability.tolist()
    strength = [sum((exact(ability[m]) for m in member[rows]), Fraction(0)) for rows in groups]
    hours = np.array([facts.managers.hours[member[rows]].sum() for rows in groups], dtype=float)
    words = {
        name: tuple(frozenset().union(*(_words(facts, name)[m] for m in member[r])) for r in groups)
        for name in _asked(rule)
    }
    ids = Coded.from_codes(table.team.vocabulary, codes[order])
    return _build(facts, rule, "team", ids, place[order], strength, hours, words)


def _refuse_mixed(facts: Facts, team: Coded, branch: AnyArray, groups: Sequence[AnyArray]) -> None:
    """Refuse a team with members of several branches: it would have clients of a branch not its own."""
    mixed = np.array([rows[0] for rows in groups if len(set(branch[rows].tolist())) > 1], dtype=int)
    findings = facts.memberships.findings_where(np.isin(np.arange(len(team)), mixed), "team", "members of one branch")
    if len(findings):
        raise DataError.of(findings, "cannot give clients to teams")


def _build(
    facts: Facts,
    rule: AllocationRule,
    kind: Literal["manager", "team"],
    ids: Coded,
    branch: AnyArray,
    abilities: Sequence[Fraction],
    hours: Floats,
    words: Words,
) -> Receivers:
    """Weigh the receivers of each branch."""
    count = len(facts.branches.vocabulary)
    starts = np.searchsorted(branch, np.arange(count + 1)).astype(np.int64)
    weights: list[int] = []
    shares: list[float] = []
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if begin < end:
            group = weigh(abilities[begin:end], rule.equal)
            whole = sum(group)
            weights += group
            shares += [weight / whole for weight in group]
    return Receivers(
        kind,
        ids,
        branch.astype(np.int64),
        starts,
        tuple(weights),
        np.array(shares, dtype=np.float64),
        hours,
        words,
    )


def _asked(rule: AllocationRule) -> list[str]:
    """Name the manager columns that needs ask for."""
    return list(dict.fromkeys(need.manager for need in rule.needs))


def _words(facts: Facts, name: str) -> list[frozenset[str]]:
    """Split a text column of the managers into words."""
    column = facts.managers.extra.get(name)
    if not isinstance(column, Coded):
        raise RuleError(
            f"a need asks for a text column {name!r} of managers.extra, which has {list(facts.managers.extra)}",
            "$.needs",
        )
    return [frozenset(str(value or "").split()) for value in column.tolist()]


def find_nobody(receivers: Receivers, branch: AnyArray) -> AnyArray:
    """Find the branches that have clients to divide and nobody to receive them."""
    needed = np.bincount(branch, minlength=len(receivers.starts) - 1) > 0
    return np.flatnonzero(needed & (np.diff(receivers.starts) == 0))


def refuse_nobody(facts: Facts, receivers: Receivers, rows: AnyArray, branch: AnyArray) -> None:
    """Raise for branches with clients to divide and nobody to receive them."""
    places = find_nobody(receivers, branch)
    if not len(places):
        return
    first = [int(rows[np.flatnonzero(branch == place)[0]]) for place in places.tolist()]
    findings = Findings.of(
        table="clients",
        column="branch",
        rows=first,
        ids=facts.clients.id[np.array(first)].tolist(),
        values=[facts.branch_id(place) for place in places.tolist()],
        expected=f"a branch with a {receivers.kind} who may receive clients",
    )
    raise DataError.of(findings, "there is nobody to divide clients among")
