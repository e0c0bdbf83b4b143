"""Owner sets: who shares a client on a day, each distinct set held once under one number."""

import math
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.ownership.packing import dense_codes, spread_ranges
from clientmgr.ownership.parties import Parties
from clientmgr.tables import AnyArray, Coded, Codes, Flags, Int64, ReadOnly, freeze

__all__ = ["BASE_LIMIT", "Members", "OwnerSets", "add_sets", "intern_sets", "join_members", "share_bases"]

BASE_LIMIT = 1 << 31
"""Shares are whole numbers over a base of at most this much."""

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd constant that spreads numbers over 64 bits; it helps to find equal sets, and decides nothing."""


@attrs.frozen(eq=False, repr=False, slots=False)
class Members(ReadOnly):
    """The rows of some owner sets, one behind the other, each set sorted by overlay, party and role.

    Attributes:
        start: (sets + 1) where each set begins.
        party: number of the owner among the parties.
        role: code among the roles.
        share: numerator of the share in lowest terms.
        of: its denominator.
        overlay: whether the member stands outside the conserved shares.
    """

    start: Int64
    party: AnyArray
    role: AnyArray
    share: Int64
    of: Int64
    overlay: Flags

    @property
    def sizes(self) -> Int64:
        """Count the members of each set."""
        return np.diff(self.start)

    def take(self, sets: AnyArray) -> "Members":
        """Give the rows of some sets."""
        sizes = self.sizes[sets]
        _, rows = spread_ranges(self.start[:-1][sets], sizes)
        start = np.concatenate([[0], np.cumsum(sizes)])
        names = ("party", "role", "share", "of", "overlay")
        return Members(start, *(getattr(self, name)[rows] for name in names))

    def renumber(self, party: AnyArray, role: AnyArray) -> "Members":
        """Give the same rows with other numbers for parties and roles, in the same order."""
        return attrs.evolve(self, party=party[self.party], role=role[self.role])


@attrs.frozen(eq=False, repr=False, slots=False)
class OwnerSets(ReadOnly):
    """The distinct owner sets of a ledger in rows: set `s` has the members `start[s]:start[s + 1]`.

    Those before `inside_end[s]` are the conserved ones: their shares add up to `base[s]` exactly.
    The others are overlays: each is a rate `share / base[s]` of its own. Members stand in the order
    of (party, role), and the number of a party is its place in the order of ties, so members of a
    set are in tie order already. A lone owner is one member with `share == base`.

    Attributes:
        start: int64 (sets + 1), where the members of each set begin.
        inside_end: int64 (sets), where its overlays begin.
        party: int32 per member, number in `parties`.
        role: int32 per member, code in `roles`.
        share: int64 per member, over the base of its set.
        base: int64 (sets); one common base wherever it stays within 2^31.
        parties: the owners.
        roles: the words of the roles, each once, ascending; "" is the role of a lone owner.
    """

    start: Int64
    inside_end: Int64
    party: Codes
    role: Codes
    share: Int64
    base: Int64
    parties: Parties
    roles: Coded

    def __len__(self) -> int:
        """Count the sets."""
        return len(self.inside_end)

    def __repr__(self) -> str:
        """Count the sets and their members."""
        return f"OwnerSets({len(self):,} sets, {len(self.party):,} members)"

    @cached_property
    def responsible(self) -> Codes:
        """The one party of each set that answers for the client.

        It is the servicer where the set has one, else the conserved member with the largest share;
        ties go to the first in (kind, id).
        """
        serves = self.role == self.roles.code("servicer")
        rank = np.where(self.overlay, -1, self.share + serves * BASE_LIMIT)
        return freeze(self.party[_first_largest(rank, self.start)])

    @cached_property
    def overlay(self) -> Flags:
        """Whether each member stands outside the conserved shares."""
        place = np.arange(len(self.party))
        return freeze(place >= np.repeat(self.inside_end, np.diff(self.start)))

    @cached_property
    def members(self) -> Members:
        """The rows of the sets with their shares in lowest terms."""
        return self.members_of(np.arange(len(self)))

    def members_of(self, sets: AnyArray) -> Members:
        """Give the rows of some sets with their shares in lowest terms."""
        which, rows = self.rows_of(sets)
        share, of = self.share[rows], self.base[sets][which]
        divisor = np.gcd(share, of)
        start = np.concatenate([[0], np.cumsum(np.diff(self.start)[sets])])
        return Members(start, self.party[rows], self.role[rows], share // divisor, of // divisor, self.overlay[rows])

    def renumber(self, party: AnyArray, role: AnyArray, parties: Parties, roles: Coded) -> "OwnerSets":
        """Give the same sets over more parties and roles, which keep their order."""
        return attrs.evolve(
            self,
            party=freeze(party[self.party].astype(np.int32, copy=False)),
            role=freeze(role[self.role].astype(np.int32, copy=False)),
            parties=parties,
            roles=roles,
        )

    def rows_of(self, sets: AnyArray) -> tuple[Int64, Int64]:
        """Spread some sets into member rows.

        Args:
            sets: set numbers; a negative one has no members.

        Returns:
            For each member row the place in `sets` that it belongs to, and its row among the
            members.
        """
        there = np.append(np.diff(self.start), 0)[np.maximum(sets, -1)]
        return spread_ranges(np.append(self.start[:-1], 0)[np.maximum(sets, -1)], there)


def join_members(parts: list[Members]) -> Members:
    """Put the sets of several tables one behind the other; their parties and roles are numbered alike."""
    offsets = np.cumsum([0, *(len(part.party) for part in parts)])
    start = [part.start[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
    names = ("party", "role", "share", "of", "overlay")
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return Members(np.concatenate([*start, offsets[-1:]]), *columns)


def intern_sets(members: Members, parties: Parties, roles: Coded) -> tuple[OwnerSets, Int64]:
    """Give each distinct set one number, in the order of first appearance.

    Returns:
        The distinct sets, and the number of each given one. O(m log m) in the member rows.
    """
    codes, many = dense_codes([_fold(members)])
    first = np.full(many, len(codes), np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    by_appearance = np.argsort(first, kind="stable")
    number = np.empty(many, np.int64)
    number[by_appearance] = np.arange(many)
    return _collect(members, first[by_appearance], parties, roles), number[codes]


def add_sets(sets: OwnerSets, members: Members) -> tuple[OwnerSets, Int64]:
    """Add further sets to those there are, which keep their numbers.

    Old sets are only compared where their owners and roles have the fingerprint of a new set's; the fingerprint finds,
    the comparison decides. O(members + new log new).

    Returns:
        All distinct sets, and the number of each given one.
    """
    new, codes = intern_sets(members, sets.parties, sets.roles)
    # By sorting: the table that numpy 2.0 would try first cannot hold unsigned 64-bit numbers.
    alike = np.flatnonzero(np.isin(_fingerprints(sets), _fingerprints(new), kind="sort"))
    both = join_members([sets.members_of(alike), new.members])
    _, joint = intern_sets(both, sets.parties, sets.roles)
    twin = np.full(int(joint.max(initial=-1)) + 1, -1)
    twin[joint[: len(alike)]] = alike
    number = twin[joint[len(alike) :]]
    fresh = np.flatnonzero(number < 0)
    number[fresh] = len(sets) + np.arange(len(fresh))
    return _append(sets, new.members.take(fresh)), number[codes]


def _fingerprints(sets: OwnerSets) -> AnyArray:
    """Mix owners and roles of each set into one number; equal sets have equal ones, different sets mostly not."""
    if not len(sets):
        return np.empty(0, np.uint64)
    mixed = (sets.party.astype(np.uint64) + SPREAD * sets.role.astype(np.uint64) + SPREAD) * SPREAD
    mixed ^= mixed >> np.uint64(29)
    mixed *= SPREAD
    return np.add.reduceat(mixed, sets.start[:-1])


def _append(sets: OwnerSets, members: Members) -> OwnerSets:
    """Put sets that are not there yet behind the others; the base changes only where it has to."""
    common = np.unique(sets.base).tolist()
    base = math.lcm(*common[:1], *np.unique(members.of).tolist())
    if len(common) > 1 or base > BASE_LIMIT:
        picked = np.arange(len(sets) + len(members.start) - 1)
        return _collect(join_members([sets.members, members]), picked, sets.parties, sets.roles)
    more = _collect(members, np.arange(len(members.start) - 1), sets.parties, sets.roles)
    grown = {
        "start": np.concatenate([sets.start, more.start[1:] + len(sets.party)]),
        "inside_end": np.concatenate([sets.inside_end, more.inside_end + len(sets.party)]),
        "party": np.concatenate([sets.party, more.party]),
        "role": np.concatenate([sets.role, more.role]),
        "share": np.concatenate([_over(sets, base), _over(more, base)]),
        "base": np.full(len(sets) + len(more), base),
    }
    frozen: dict[str, Any] = {name: freeze(column) for name, column in grown.items()}
    return attrs.evolve(sets, **frozen)


def _over(sets: OwnerSets, base: int) -> Int64:
    """Give the shares of sets of one base over a multiple of it."""
    return sets.share if not len(sets) else sets.share * (base // int(sets.base[0]))


def share_bases(start: Int64, of: Int64) -> Int64:
    """Find the base of each set: the least common multiple over all, or where that is too large, of each set.

    A base beyond 2^31 is given as 0.
    """
    common = math.lcm(*np.unique(of).tolist())
    if common <= BASE_LIMIT:
        return np.full(len(start) - 1, common, np.int64)
    base = np.ones(len(start) - 1, np.int64)
    for step in range(int(np.diff(start).max(initial=0))):
        rows = np.flatnonzero((start[:-1] + step < start[1:]) & (base > 0))
        other = of[start[rows] + step]
        reach = base[rows] // np.gcd(base[rows], other)
        fits = other <= BASE_LIMIT // np.maximum(reach, 1)
        base[rows] = np.where(fits, reach * other, 0)
    return base


def _fold(members: Members) -> Int64:
    """Give equal numbers to equal sets, by folding one member after another into the number."""
    own, _ = dense_codes([members.overlay, members.party, members.role, members.of, members.share])
    sizes, start = members.sizes, members.start[:-1]
    code = own[start].copy()
    free = int(code.max(initial=-1)) + 1
    for step in range(1, int(sizes.max(initial=1))):
        rows = np.flatnonzero(sizes > step)
        longer, many = dense_codes([code[rows], own[start[rows] + step]])
        code[rows] = longer + free
        free += many
    return code


def _collect(members: Members, picked: Int64, parties: Parties, roles: Coded) -> OwnerSets:
    """Copy the rows of some sets out, with their shares over one base."""
    chosen = members.take(picked)
    start = chosen.start
    base = share_bases(start, chosen.of)
    outside = np.concatenate([[0], np.cumsum(chosen.overlay)])
    return OwnerSets(
        start=freeze(start),
        inside_end=freeze(start[1:] - (outside[start[1:]] - outside[start[:-1]])),
        party=freeze(chosen.party.astype(np.int32, copy=False)),
        role=freeze(chosen.role.astype(np.int32, copy=False)),
        share=freeze(chosen.share * (np.repeat(base, chosen.sizes) // chosen.of)),
        base=freeze(base),
        parties=parties,
        roles=roles,
    )


def _first_largest(rank: Int64, start: Int64) -> Int64:
    """Find in each stretch the first row with the largest value."""
    if not len(rank):
        return np.empty(0, np.int64)
    best = np.repeat(np.maximum.reduceat(rank, start[:-1]), np.diff(start))
    place = np.where(rank == best, np.arange(len(rank)), len(rank))
    return np.minimum.reduceat(place, start[:-1])
