"""Who belongs to which team and who heads which branch, day by day, as crediting rules ask for it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.facts import Facts
from clientmgr.tables import AnyArray, Id, Int64

__all__ = ["People"]

ALWAYS = -(2**31)
NEVER = 2**31 - 1


@attrs.frozen(eq=False)
class People:
    """Memberships and branch managers with the days on which they change.

    Attributes:
        by_team: for a team its members: (manager, share, lead, first day, first day gone).
        by_branch: for a branch its managers and deputies: (manager, first day, first day gone).
        changes: the days on which any of it changes, ascending, days since 1970.
    """

    by_team: dict[Id, list[tuple[Id, int, bool, int, int]]]
    by_branch: dict[Id, list[tuple[Id, int, int]]]
    changes: Int64

    @classmethod
    def of(cls, facts: Facts, *, teams: bool, heads: bool) -> "People":
        """Read from the facts what is asked for; each list is in the order of manager ids."""
        by_team: dict[Id, list[tuple[Id, int, bool, int, int]]] = {}
        by_branch: dict[Id, list[tuple[Id, int, int]]] = {}
        days: list[AnyArray] = []
        if teams:
            table = facts.memberships
            since, until = _days(table.since, ALWAYS), _days(table.until, NEVER)
            days += [since, until]
            columns = (table.team, table.manager, table.share, table.lead, since, until)
            for team, *rest in zip(*map(_list, columns), strict=True):
                by_team.setdefault(team, []).append(tuple(rest))
        if heads:
            head = facts.managers.take(facts.managers.head)
            since, until = _days(head.joined, ALWAYS), _days(head.left, NEVER)
            days += [since, until]
            for branch, *rest in zip(*map(_list, (head.branch, head.id, since, until)), strict=True):
                by_branch.setdefault(branch, []).append(tuple(rest))
        for every in (by_team, by_branch):
            for each in every.values():
                each.sort()
        changes = np.unique(np.concatenate([np.empty(0, np.int64), *days]))
        return cls(by_team, by_branch, changes[(changes > ALWAYS) & (changes < NEVER)])

    def members(self, team: Id, day: int) -> list[tuple[Id, int, bool]]:
        """Name the members of a team on a day, with their shares and whether they lead."""
        rows = self.by_team.get(team, ())
        return [(who, share, lead) for who, share, lead, a, b in rows if a <= day < b]

    def heads(self, branch: Id, day: int) -> list[Id]:
        """Name the managers and deputies of a branch on a day."""
        return [who for who, a, b in self.by_branch.get(branch, ()) if a <= day < b]

    def leads(self, *, teams: Iterable[Id], managers: Iterable[Id], day: int) -> list[Id]:
        """Name the leaders, on a day, of some teams and of the teams that some managers are members of."""
        wanted = set(teams)
        for who in managers:
            wanted.update(t for t in self._teams_of.get(who, ()) if self._is_member(t, who, day))
        found = {who for team in wanted for who, _, lead in self.members(team, day) if lead}
        return sorted(found)

    @cached_property
    def _teams_of(self) -> dict[Id, list[Id]]:
        """List the teams that each manager is or was a member of."""
        found: dict[Id, list[Id]] = {}
        for team, rows in self.by_team.items():
            for row in rows:
                found.setdefault(row[0], []).append(team)
        return found

    def _is_member(self, team: Id, manager: Id, day: int) -> bool:
        """Say whether a manager is a member of a team on a day."""
        return any(who == manager for who, _, _ in self.members(team, day))


def _days(days: AnyArray, missing: int) -> Int64:
    """Give days since 1970, with a stand-in for what is missing."""
    return np.where(np.isnat(days), missing, days.astype("datetime64[D]").astype(np.int64))


def _list(column: Any) -> list[Any]:
    """Give a column as Python values."""
    values: list[Any] = column.tolist()
    return values
