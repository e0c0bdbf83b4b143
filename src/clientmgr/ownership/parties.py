"""Who a client can belong to: managers, teams and pools, numbered so that the number breaks ties."""

from collections.abc import Iterable
from functools import cached_property

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.ownership.kinds import OWNER_KINDS, POOLS, OwnerKind
from clientmgr.tables import AnyArray, Coded, Codes, Id, ReadOnly

__all__ = ["Owner", "Parties"]


@attrs.frozen(order=False)
class Owner:
    """One owner: a manager or a team by id, or the pool of a branch.

    Example:
        >>> from clientmgr.ownership import Owner
        >>> print(Owner("manager", "M01"), "|", Owner.pool("dormant", "B1"))
        manager M01 | pool dormant of B1
    """

    kind: OwnerKind
    id: Id
    branch: Id | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what is no owner."""
        if self.kind not in OWNER_KINDS:
            raise DataError(f"an owner is a {', '.join(OWNER_KINDS)}, got {self.kind!r}")
        if self.kind == "pool" and self.id not in POOLS:
            raise DataError(f"a pool is one of {', '.join(POOLS)}, got {self.id!r}")
        if self.kind != "pool" and self.branch is not None:
            raise DataError(f"only a pool is named with its branch, got {self.branch!r}")

    @classmethod
    def of(cls, owner: "Owner | Id") -> "Owner":
        """Take an owner as it is; a bare id is a manager's."""
        return owner if isinstance(owner, Owner) else cls("manager", owner)

    @classmethod
    def pool(cls, name: str, branch: Id | None = None) -> "Owner":
        """Name the pool of a branch, or of every branch: key, dormant or unassigned."""
        return cls("pool", name, branch)

    def __str__(self) -> str:
        """Spell the owner out."""
        of = f" of {self.branch}" if self.branch not in (None, "") else ""
        return f"{self.kind} {self.id}{of}"


@attrs.frozen(eq=False, repr=False, slots=False)
class Parties(ReadOnly):
    """All owners of some ledger, numbered: managers by id, then teams by id, then pools by name and branch.

    The number of a party is its place in the order of ties.

    Attributes:
        managers: their ids, each once, ascending.
        teams: their ids, each once, ascending.
        pools: the name of each pool.
        pool_branches: the branch of each pool.
    """

    managers: Coded
    teams: Coded
    pools: Coded
    pool_branches: Coded

    @classmethod
    def of(cls, manager: Coded, team: Coded, pool: Coded, branch: Coded) -> tuple["Parties", Codes]:
        """Number the owners of some rows; each row names at most one.

        Returns:
            The parties, and each row's party: -1 where the row names none.
        """
        manager, team = manager.compact(), team.compact()
        pooled = np.flatnonzero(pool.codes >= 0)
        words = max(len(branch.vocabulary), 1)
        pair = pool.codes[pooled].astype(np.int64) * words + branch.codes[pooled]
        pairs, number = np.unique(pair, return_inverse=True)
        made = cls(
            _each_once(manager),
            _each_once(team),
            Coded.from_codes(pool.vocabulary, pairs // words).compact(),
            Coded.from_codes(branch.vocabulary, pairs % words).compact(),
        )
        party = np.where(manager.codes >= 0, manager.codes, -1)
        first_team = len(made.managers)
        np.copyto(party, team.codes + first_team, where=team.codes >= 0)
        party[pooled] = number + (first_team + len(made.teams))
        return made, party.astype(np.int32, copy=False)

    @staticmethod
    def union(parts: Iterable["Parties"]) -> tuple["Parties", list[Codes]]:
        """Join the parties of several tables; give the new number of each old one."""
        every = list(parts)
        manager = Coded.concat([_spread(part, part.managers, 0) for part in every])
        team = Coded.concat([_spread(part, part.teams, 1) for part in every])
        pool = Coded.concat([_spread(part, part.pools, 2) for part in every])
        branch = Coded.concat([_spread(part, part.pool_branches, 2) for part in every])
        made, numbers = Parties.of(manager, team, pool, branch)
        return made, np.split(numbers, np.cumsum([len(part) for part in every])[:-1])

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Count the managers, teams and pools."""
        return len(self.managers), len(self.teams), len(self.pools)

    @cached_property
    def kinds(self) -> AnyArray:
        """Give each party's place in `OWNER_KINDS` (int8)."""
        return np.repeat(np.arange(3, dtype=np.int8), self.sizes)

    def __len__(self) -> int:
        """Count the parties."""
        return sum(self.sizes)

    def __getitem__(self, party: int) -> Owner:
        """Give one party by its number."""
        place = range(len(self))[party]
        managers, teams, _ = self.sizes
        if place < managers:
            return Owner("manager", self.managers[place])
        if place < managers + teams:
            return Owner("team", self.teams[place - managers])
        place -= managers + teams
        return Owner("pool", self.pools[place], self.pool_branches[place])

    def __repr__(self) -> str:
        """Count the parties of each kind."""
        managers, teams, pools = self.sizes
        return f"Parties({managers:,} managers, {teams:,} teams, {pools:,} pools)"

    def numbers(self, owner: Owner | Id) -> AnyArray:
        """Find the numbers of an owner: none if it never owned anybody, several for a pool of every branch."""
        wanted = Owner.of(owner)
        managers, teams, _ = self.sizes
        if wanted.kind == "manager":
            return np.flatnonzero(self.managers == wanted.id)
        if wanted.kind == "team":
            return managers + np.flatnonzero(self.teams == wanted.id)
        hit = self.pools == wanted.id
        if wanted.branch is not None:
            hit = hit & (self.pool_branches == wanted.branch)
        return managers + teams + np.flatnonzero(hit)

    def columns(self, party: AnyArray) -> dict[str, Coded]:
        """Spell party numbers out as the columns manager, team and pool; -1 names none."""
        managers, teams, _ = self.sizes
        manager = np.where(party < managers, party, -1)
        team = np.where((party >= managers) & (party < managers + teams), party - managers, -1)
        place = np.append(self.pools.codes, np.int32(-1))
        pool = place[np.where(party >= managers + teams, party - managers - teams, -1)]
        return {
            "manager": Coded.from_codes(self.managers.vocabulary, manager),
            "team": Coded.from_codes(self.teams.vocabulary, team),
            "pool": Coded.from_codes(self.pools.vocabulary, pool),
        }


def _each_once(column: Coded) -> Coded:
    """Give the vocabulary of a column as a column."""
    words = len(column.vocabulary)
    return Coded.from_codes(column.vocabulary, np.arange(words, dtype=np.int32))


def _spread(part: Parties, column: Coded, kind: int) -> Coded:
    """Write the parties of one kind as a column over all parties, missing elsewhere."""
    codes = np.full(len(part), -1, np.int32)
    codes[part.kinds == kind] = column.codes
    return Coded.from_codes(column.vocabulary, codes)
