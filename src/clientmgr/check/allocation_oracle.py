"""What a division must be, recomputed from facts and rule with plain numbers, one client at a time."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from clientmgr.allocation import AllocationRule
from clientmgr.facts import Facts
from clientmgr.periods import day
from clientmgr.tables import Id

__all__ = ["Branch", "Receiver", "expected_pools", "find_branches", "measure_columns"]


@attrs.define
class Receiver:
    """A manager or team that may receive clients: what it is due, can do, and knows."""

    id: Id
    ability: Fraction
    hours: float
    words: dict[str, set[str]]
    share: Fraction = Fraction(0)


@attrs.define
class Branch:
    """A branch: its receivers in id order, and the rows of its divided clients in id order."""

    id: Id
    receivers: list[Receiver]
    rows: list[int]

    @property
    def place(self) -> dict[Id, int]:
        """The place of each receiver."""
        return {receiver.id: j for j, receiver in enumerate(self.receivers)}


def number(value: Any) -> Fraction:
    """Read a number as the decimal that it is written as."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(str(value))


def expected_pools(facts: Facts, rule: AllocationRule, on: Any, dormant: Any) -> list[str]:
    """Say of each client whether it is divided (""), key, dormant, or no client ("none")."""
    there, assets = facts.open_clients(on), facts.assets(on).tolist()
    given = {(override.branch, override.divide) for override in rule.overrides}
    pools = []
    for row, branch in enumerate(facts.clients.branch):
        held = dormant is not None and dormant[row] and (branch, "dormant") not in given
        pools.append("none" if not there[row] else "dormant" if held else "")
    if rule.key is None:
        return pools
    for branch in facts.branches:
        rows = [r for r, b in enumerate(facts.clients.branch) if b == branch and pools[r] == ""]
        rows.sort(key=lambda r: (-assets[r], facts.clients.id[r]))
        chosen = []
        for rank, row in enumerate(rows):
            institution = rule.key.institutions and facts.clients.institution[row]
            if (
                rank < rule.key.top
                or (institution and assets[row] >= rule.key.institution_floor)
                or (rule.key.floor is not None and assets[row] >= rule.key.floor)
            ):
                chosen.append(row)
        for row in chosen[: rule.key.limit]:
            if (branch, "key") not in given:
                pools[row] = "key"
    return pools


def find_branches(facts: Facts, rule: AllocationRule, on: Any, pools: list[str]) -> list[Branch]:
    """List the branches with their receivers, weighed, and the clients that are divided."""
    serving = _serving(facts, rule, on)
    found = []
    for branch in sorted(set(facts.branches)):
        members = [m for m in serving if facts.managers.branch[m] == branch]
        if rule.receivers == "teams":
            receivers = _teams(facts, rule, on, members)
        else:
            receivers = [_receiver(facts, rule, facts.managers.id[m], [m]) for m in members]
        receivers.sort(key=lambda receiver: receiver.id)
        _weigh(receivers, number(rule.equal))
        rows = [r for r, b in enumerate(facts.clients.branch) if b == branch and pools[r] == ""]
        rows.sort(key=lambda r: facts.clients.id[r])
        found.append(Branch(branch, receivers, rows))
    return found


def _serving(facts: Facts, rule: AllocationRule, on: Any) -> list[int]:
    """List the managers who may receive clients."""
    managers, there = facts.managers, facts.present_managers(on)
    return [
        m
        for m in range(len(managers))
        if there[m]
        and not managers.head[m]
        and (managers.licence[m] or not rule.bar.licence)
        and (rule.bar.ability is None or number(float(managers.ability[m])) >= number(rule.bar.ability))
    ]


def _receiver(facts: Facts, rule: AllocationRule, id_: Id, members: list[int]) -> Receiver:
    """Join members to one receiver."""
    managers = facts.managers
    words: dict[str, set[str]] = {}
    for need in rule.needs:
        column = managers.extra[need.manager]
        words[need.manager] = {w for m in members for w in str(column[m] or "").split()}
    ability = sum((number(float(managers.ability[m])) for m in members), Fraction(0))
    return Receiver(id_, ability, float(sum(managers.hours[m] for m in members)), words)


def _teams(facts: Facts, rule: AllocationRule, on: Any, members: list[int]) -> list[Receiver]:
    """List the teams of a branch with their serving members."""
    table, asked = facts.memberships, day(on)
    groups: dict[Id, list[int]] = {}
    by_id = {facts.managers.id[m]: m for m in members}
    for team, manager, since, until in zip(table.team, table.manager, table.since, table.until, strict=True):
        if manager in by_id and since <= asked and not until <= asked:
            groups.setdefault(team, []).append(by_id[manager])
    return [_receiver(facts, rule, team, sorted(rows)) for team, rows in groups.items()]


def _weigh(receivers: list[Receiver], equal: Fraction) -> None:
    """Give each receiver its share: an equal part and an ability part."""
    whole = sum((receiver.ability for receiver in receivers), Fraction(0))
    for receiver in receivers:
        receiver.share = equal / len(receivers) + (1 - equal) * receiver.ability / whole


def measure_columns(
    facts: Facts, rule: AllocationRule, on: Any, totals: Mapping[str, Any]
) -> tuple[list[list[Any]], list[Any] | None]:
    """Give each measure of every client, and the hours that clients take, where they bind."""
    columns = []
    for measure in rule.measures:
        column = _column(facts, measure.name, on, totals)
        columns.append(column)
    hours = rule.limits.hours
    return columns, None if hours is None else _column(facts, hours, on, totals)


def _column(facts: Facts, name: str, on: Any, totals: Mapping[str, Any]) -> list[Any]:
    """Find a numeric column of all clients."""
    if name == "count":
        return [1] * len(facts.clients)
    if name == "assets":
        return list(facts.assets(on).tolist())
    column = totals[name] if name in totals else facts.clients.extra[name]
    return [int(v) if isinstance(v, bool) else v for v in list(getattr(column, "tolist", lambda: column)())]
