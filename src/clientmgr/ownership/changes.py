"""`OwnershipChanges`: what a decision wants the ledger to record, one row per owner."""

from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import Findings
from clientmgr.ownership.kinds import KINDS, OWNERLESS_KINDS, POOLS, kind_codes
from clientmgr.ownership.known import times
from clientmgr.ownership.packing import ascending_order
from clientmgr.ownership.parties import Parties
from clientmgr.ownership.sets import BASE_LIMIT, Members, share_bases
from clientmgr.tables import (
    AnyArray,
    Coded,
    Days,
    Flags,
    Int64,
    Table,
    days,
    flags,
    integers,
    labels,
    optional_labels,
    optional_refs,
    refs,
)
from clientmgr.tables.columns import Draft

__all__ = ["Grouped", "OwnershipChanges", "OwnershipLog"]

ONE_SET = "one set of owners for a client on a day (a second change of the day is a later batch)"
SUM_TO_ONE = "shares of the client's owners that add up to 1 (a second change of the day is a later batch)"


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class OwnershipChanges(Table):
    """Changes of ownership, one row per owner: from the valid day on these owners share this client.

    The rows of one client and day together are one change and name all its owners: a change states the whole
    set, and it holds until the client's next change. The day of the change belongs to the new owners. Rows
    have no order.

    Attributes:
        client: the client.
        valid: the first day on which the set holds.
        kind: why: one of `KINDS` (allocated, opened, developed, claimed, transferred, moved,
            handed_over, released, returned, left_with_manager, reopened, closed, withdrawn). A
            correction keeps the kind of the event.
        manager: the owner, where it is a client manager.
        team: the owner, where it is a team.
        pool: the owner, where it is a pool: key, dormant or unassigned. Exactly one of the three is
            given; none for closed and withdrawn.
        branch: the branch whose book or pool it is; one per change.
        role: what the owner is to the client, such as developer or servicer; a lone owner needs
            none.
        share: numerator of the owner's share; the conserved shares of a change add up to 1 exactly.
        of: denominator of the share.
        overlay: whether the share stands outside the sum: a rate of its own, as an override has.

    Raises:
        DataError: an unknown kind or pool, an owner too many or missing, shares that do not add up, two
            changes of a client on one day ...; one error lists all rows.

    Example:
        >>> import numpy as np
        >>> from clientmgr.ownership import OwnershipChanges
        >>> OwnershipChanges(
        ...     client=["C1", "C1", "C2"],
        ...     valid=np.array(["2026-07-01"] * 3, "datetime64[D]"),
        ...     kind="allocated",
        ...     manager=["M1", "M2", None],
        ...     pool=[None, None, "dormant"],
        ...     branch="B1",
        ...     role=["developer", "servicer", ""],
        ...     share=[40, 60, 1],
        ...     of=[100, 100, 1],
        ... )
        OwnershipChanges(3 rows)
    """

    client: Coded = attrs.field(converter=refs)
    valid: Days = attrs.field(converter=days)
    kind: Coded = attrs.field(converter=labels)
    manager: Coded = attrs.field(default=None, converter=optional_refs)
    team: Coded = attrs.field(default=None, converter=optional_refs)
    pool: Coded = attrs.field(default=None, converter=optional_refs)
    branch: Coded = attrs.field(default=None, converter=optional_labels)
    role: Coded = attrs.field(default=None, converter=optional_labels)
    share: Int64 = attrs.field(default=1, converter=integers)
    of: Int64 = attrs.field(default=1, converter=integers)
    overlay: Flags = attrs.field(default=False, converter=flags)

    @classmethod
    def none(cls) -> "OwnershipChanges":
        """Make a table without changes."""
        return OwnershipChanges(client=[], valid=np.empty(0, "datetime64[D]"), kind=[])

    @property
    def batches(self) -> Int64:
        """Number the batch of each row: all of them one batch here."""
        return np.zeros(len(self), np.int64)

    @cached_property
    def grouped(self) -> "Grouped":
        """The rows brought together into changes, sorted by client, day and batch; computed once."""
        return Grouped.of(self)

    def findings_where(self, bad: AnyArray, column: str, expected: str, *, values: Any = None) -> Findings:
        """Make findings of the marked rows of one column, with the clients as their ids."""
        rows = np.flatnonzero(bad)
        if not len(rows):
            return Findings()
        shown = getattr(self, column) if values is None else values
        picked = shown[rows]
        dates = isinstance(picked, np.ndarray) and picked.dtype.kind == "M"
        return Findings.of(
            table="ownership_changes",
            column=column,
            rows=rows,
            ids=self.client[rows].tolist(),
            values=picked.astype(str).tolist() if dates else picked.tolist(),
            expected=expected,
        )

    def check_rows(self) -> Findings:
        """List the rows that cannot be meant."""
        findings = self._kind_findings() + self._owner_findings() + self._share_findings()
        return findings if len(findings) else self._set_findings()

    def _kind_findings(self) -> Findings:
        """List kinds that are none."""
        bad = (kind_codes(self.kind.vocabulary) < 0)[self.kind.codes]
        return self.findings_where(bad, "kind", f"one of {', '.join(KINDS)}")

    def _owner_findings(self) -> Findings:
        """List rows that do not name exactly one owner, and pools that are none."""
        named = sum((c.codes >= 0).astype(np.int8) for c in (self.manager, self.team, self.pool))
        ownerless = self.kind.isin(OWNERLESS_KINDS)
        kinds = self.kind
        return (
            self.findings_where(~ownerless & (named != 1), "kind", "exactly one of manager, team and pool with it")
            + self.findings_where(ownerless & (named != 0), "kind", "no manager, team or pool with it", values=kinds)
            + self.findings_where(~self.pool.isin(POOLS) & ~self.pool.missing, "pool", f"one of {', '.join(POOLS)}")
        )

    def _share_findings(self) -> Findings:
        """List shares that are no share."""
        good_of = (self.of >= 1) & (self.of <= BASE_LIMIT)
        too_much = ~self.overlay & (self.share > self.of)
        bad = good_of & ((self.share < 1) | (self.share > BASE_LIMIT) | too_much)
        return self.findings_where(~good_of, "of", f"a denominator from 1 to {BASE_LIMIT}") + self.findings_where(
            bad, "share", "a share above 0, and at most 1 if it is no overlay"
        )

    def _set_findings(self) -> Findings:
        """List changes whose rows do not make one set of owners."""
        grouped = self.grouped
        odd = grouped.odd_rows()
        findings = self.findings_where(odd, "client", ONE_SET)
        doubled = grouped.doubled_rows() & ~odd
        findings += self.findings_where(doubled, "role", "each owner and role once in a set")
        if len(findings):
            return findings
        return self.findings_where(grouped.uneven_rows(), "share", SUM_TO_ONE)


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class OwnershipLog(OwnershipChanges):
    """All that a ledger has recorded: its changes with the batch and the time at which each became known.

    Attributes:
        batch: the number of the append, from 0; by default the rank of the known time.
        known: when that append became known; the same for all rows of a batch, never falling.

    Raises:
        DataError: as `OwnershipChanges`; batches that are not numbered 0, 1, 2 ...; known times that fall or
            differ within a batch.

    Example:
        >>> import numpy as np
        >>> from clientmgr.ownership import OwnershipLog
        >>> OwnershipLog(
        ...     client=["C1"],
        ...     valid=np.array(["2026-07-01"], "datetime64[D]"),
        ...     kind="allocated",
        ...     manager=["M1"],
        ...     batch=0,
        ...     known="2026-07-01T18:00",
        ... )
        OwnershipLog(1 rows)
    """

    batch: Int64 = attrs.field(default=None, converter=attrs.converters.optional(integers))
    known: Days = attrs.field(converter=times)

    def __attrs_post_init__(self) -> None:
        """Number the batches by their known time, where no numbers are given."""
        if self.__dict__["batch"] is None:
            known: Draft = self.__dict__["known"]
            _, rank = np.unique(known.values, return_inverse=True)
            self.__dict__["batch"] = Draft(rank.reshape(known.values.shape), known.scalar)
        super().__attrs_post_init__()

    @property
    def batches(self) -> Int64:
        """Give the batch of each row."""
        return self.batch

    def check_rows(self) -> Findings:
        """List the rows that cannot be meant, those of the batches first."""
        findings = self._batch_findings()
        return findings if len(findings) else super().check_rows()

    def _batch_findings(self) -> Findings:
        """List batches out of number, and known times that differ within one or fall."""
        used = np.unique(self.batch)
        gap = used != np.arange(len(used))
        if gap.any():
            rows = self.batch == used[gap.argmax()]
            return self.findings_where(rows, "batch", "batches numbered 0, 1, 2 ... without a gap")
        time = np.zeros(len(used), "datetime64[s]")
        time[self.batch] = self.known
        findings = self.findings_where(
            self.known != time[self.batch], "known", "one known time for all rows of a batch"
        )
        falls = np.concatenate([[False], time[1:] < time[:-1]])[: len(time)]
        return findings + self.findings_where(falls[self.batch], "known", "a time not earlier than the batch before")


@attrs.frozen(eq=False)
class Grouped:
    """The rows of a table of changes in the order of client, day and batch, and where each change begins.

    Attributes:
        order: row of the table at each place; None if the table is in this order.
        start: (changes + 1) the place where each change begins.
        kinds: place in `KINDS` of each row's kind, in this order.
        members: all rows as members of sets, in this order; those of ownerless changes have party
            -1.
        parties: the owners that the table names.
        table: the table.
    """

    order: AnyArray | None
    start: Int64
    kinds: AnyArray
    members: Members
    parties: Parties
    table: OwnershipChanges

    @classmethod
    def of(cls, table: OwnershipChanges) -> "Grouped":
        """Sort the rows and find the changes. O(n log n); O(n) where they are sorted."""
        parties, party = Parties.of(table.manager, table.team, table.pool, table.branch)
        day = table.valid.astype(np.int64)
        key: list[AnyArray] = [table.client.codes, day, table.batches]
        inner: list[AnyArray] = [table.overlay, party, table.role.codes]
        order = ascending_order([*key, *inner])
        new = _starts([taken(column, order) for column in key])
        start = np.append(np.flatnonzero(new), len(table))
        divisor = np.gcd(table.share, table.of)
        members = Members(
            start,
            taken(party, order),
            taken(table.role.codes, order),
            taken(table.share // divisor, order),
            taken(table.of // divisor, order),
            taken(table.overlay, order),
        )
        kinds = kind_codes(table.kind.vocabulary)[taken(table.kind.codes, order)]
        return cls(order, start, kinds, members, parties, table)

    @property
    def first(self) -> Int64:
        """Give the place of the first row of each change."""
        return self.start[:-1]

    def of_changes(self, column: AnyArray) -> AnyArray:
        """Give the value of a column of the table for each change, from its first row."""
        return column[self.first] if self.order is None else column[self.order[self.first]]

    def to_rows(self, flags: Flags) -> Flags:
        """Bring flags from this order into the order of the table."""
        if self.order is None:
            return flags
        rows = np.empty(len(flags), bool)
        rows[self.order] = flags
        return rows

    def odd_rows(self) -> Flags:
        """Mark the rows that do not go with the first row of their change."""
        branch = taken(self.table.branch.codes, self.order)
        lead = np.repeat(self.first, np.diff(self.start))
        differs = (self.kinds != self.kinds[lead]) | (branch != branch[lead])
        second = (self.members.party < 0) & (np.arange(len(lead)) != lead)
        return self.to_rows(differs | second)

    def doubled_rows(self) -> Flags:
        """Mark the rows that name the owner and role of the row before again."""
        m = self.members
        same = np.zeros(len(m.party), bool)
        same[1:] = (m.party[1:] == m.party[:-1]) & (m.role[1:] == m.role[:-1])
        same[1:] &= m.overlay[1:] == m.overlay[:-1]
        same[self.first] = False
        return self.to_rows(same)

    def uneven_rows(self) -> Flags:
        """Mark the conserved rows of the changes whose shares do not add up to 1."""
        m, sizes = self.members, np.diff(self.start)
        base = share_bases(self.start, m.of)
        weight = np.where(m.overlay, 0, m.share * (np.repeat(base, sizes) // m.of))
        total = np.add.reduceat(weight, self.first) if len(sizes) else base
        uneven = (total != base) | (base == 0)
        owned = self.kinds[self.first] < KINDS.index("closed")
        return self.to_rows(np.repeat(uneven & owned, sizes))


def taken(column: Any, order: AnyArray | None) -> Any:
    """Bring a column into an order; None leaves it as it is."""
    return column if order is None else column[order]


def _starts(columns: list[AnyArray]) -> Flags:
    """Mark the rows that differ from the row before in any of some columns."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new
