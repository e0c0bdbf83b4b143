"""From tables of changes to the sorted log of marks: at the start, and by merging at each append."""

from typing import Final

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.ownership.calendars import Calendars
from clientmgr.ownership.changes import Grouped, OwnershipChanges
from clientmgr.ownership.kinds import CLOSED, KINDS, WITHDRAWN
from clientmgr.ownership.lookup import last_on_or_before
from clientmgr.ownership.marks import Marks, merge_marks
from clientmgr.ownership.parties import Parties
from clientmgr.ownership.proof import REFUSALS, faulty_marks
from clientmgr.ownership.sets import Members, OwnerSets, add_sets, intern_sets
from clientmgr.tables import AnyArray, Coded, Codes, Int64, freeze

__all__ = ["add_batch", "build_calendars"]

FIRST_OWNERLESS: Final = KINDS.index("closed")


def build_calendars(table: OwnershipChanges, recorded: AnyArray) -> Calendars:
    """Build the calendars of a whole table and prove them. O(n log n) in its rows.

    Raises:
        DataError: some changes contradict the calendars that they meet.
    """
    grouped = table.grouped
    clients, branches, role = table.client.compact(), table.branch.compact(), table.role.compact()
    owned, members = _owned(grouped)
    members = members.renumber(np.arange(len(grouped.parties)), _places(table.role, role))
    sets, codes = intern_sets(members, grouped.parties, _words(role))
    value = _values(grouped, owned, codes)
    marks = _marks(grouped, clients.codes, branches.codes, value, len(clients.vocabulary))
    _refuse(grouped, *faulty_marks(marks))
    return Calendars(_words(clients), _words(branches), marks, sets, freeze(recorded))


def add_batch(calendars: Calendars, changes: OwnershipChanges, time: np.datetime64) -> Calendars:
    """Merge one more batch in and prove what it touches. O(marks + changes log changes).

    Raises:
        DataError: some changes contradict the calendars that they meet.
    """
    grouped, batch = changes.grouped, len(calendars.recorded)
    clients = _union(calendars.clients, changes.client)
    branches = _union(calendars.branches, changes.branch)
    sets, value = _joined_sets(calendars.sets, grouped)
    old = _renumbered(calendars.marks, calendars.clients.match(clients), calendars.branches.match(branches))
    old = old if len(clients) == len(calendars.clients) else Marks.of(len(clients), **old.columns())
    new = _marks(grouped, changes.client.recode(clients), changes.branch.recode(branches), value, len(clients))
    new = attrs.evolve(new, batch=np.full(len(new), batch, np.int32))
    marks, at = merge_marks(old, new, _places_in(old, new))
    _prove_touched(grouped, marks, at)
    recorded = freeze(np.append(calendars.recorded, time))
    return Calendars(clients, branches, marks, sets, recorded)


def _owned(grouped: Grouped) -> tuple[AnyArray, Members]:
    """Give the changes that name owners, and their member rows."""
    owned = np.flatnonzero(grouped.kinds[grouped.first] < FIRST_OWNERLESS)
    if len(owned) == len(grouped.first):
        return owned, grouped.members
    return owned, grouped.members.take(owned)


def _values(grouped: Grouped, owned: AnyArray, codes: Int64) -> AnyArray:
    """Give the value of the mark of each change."""
    kinds = grouped.kinds[grouped.first]
    value = np.where(kinds == FIRST_OWNERLESS, CLOSED, WITHDRAWN)
    value[owned] = codes
    return value


def _marks(grouped: Grouped, client: Codes, branch: Codes, value: AnyArray, clients: int) -> Marks:
    """Make the marks of grouped changes, which are in the order of the log."""
    table = grouped.table
    return Marks.of(
        clients,
        client=grouped.of_changes(client),
        valid=grouped.of_changes(table.valid).astype(np.int64).astype(np.int32),
        batch=grouped.of_changes(table.batches).astype(np.int32),
        value=value.astype(np.int32),
        kind=grouped.kinds[grouped.first],
        branch=grouped.of_changes(branch),
    )


def _places(old: Coded, new: Coded) -> Codes:
    """Give the new code of each word of an old vocabulary."""
    return np.append(old.match(new), np.int32(-1))


def _joined_sets(sets: OwnerSets, grouped: Grouped) -> tuple[OwnerSets, AnyArray]:
    """Add the sets of some changes to those of the ledger; give the value of each change."""
    role = grouped.table.role
    roles = _union(sets.roles, role)
    parties, (old_party, new_party) = Parties.union([sets.parties, grouped.parties])
    owned, members = _owned(grouped)
    joined, codes = add_sets(
        sets.renumber(old_party, sets.roles.match(roles), parties, roles),
        members.renumber(new_party, _places(role, roles)),
    )
    return joined, _values(grouped, owned, codes)


def _renumbered(marks: Marks, client: Codes, branch: Codes) -> Marks:
    """Give the marks with other numbers for clients and branches, in the same order."""
    if _is_identity(client) and _is_identity(branch):
        return marks
    return attrs.evolve(marks, client=client[marks.client], branch=branch[marks.branch])


def _is_identity(numbers: Codes) -> bool:
    """Say whether a numbering changes nothing."""
    return not len(numbers) or int(numbers[-1]) == len(numbers) - 1


def _places_in(old: Marks, new: Marks) -> AnyArray:
    """Find in front of which old mark each new one belongs: behind those of its client up to its day."""
    before = last_on_or_before(old.start, old.valid, new.client, new.valid)
    return np.where(before < 0, old.start[new.client], before + 1)


def _prove_touched(grouped: Grouped, marks: Marks, at: Int64) -> None:
    """Prove the new marks against the calendars of their clients alone."""
    touched = np.zeros(len(marks.start) - 1, bool)
    touched[marks.client[at]] = True
    rows = np.flatnonzero(touched[marks.client])
    rows_of_new = np.searchsorted(rows, at)
    bad, why = faulty_marks(marks.take(rows), rows_of_new)
    _refuse(grouped, np.searchsorted(rows_of_new, bad), why)


def _refuse(grouped: Grouped, changes: AnyArray, why: AnyArray) -> None:
    """Raise for the changes that contradict the calendars, with the first row of each."""
    if not len(changes):
        return
    first = grouped.start[changes]
    rows = first if grouped.order is None else grouped.order[first]
    table, findings = grouped.table, Findings()
    for reason in np.unique(why):
        picked = rows[why == reason]
        days = table.valid[picked].astype(str).tolist()
        findings += Findings.of(
            table="ownership_changes",
            column="kind",
            rows=picked,
            ids=table.client[picked].tolist(),
            values=[f"{k} on {d}" for k, d in zip(table.kind[picked], days, strict=True)],
            expected=REFUSALS[int(reason)],
        )
    raise DataError.of(findings, "cannot record the changes; the ledger stays as it was")


def _words(column: Coded) -> Coded:
    """Give the vocabulary of a column as a column."""
    return Coded.from_codes(column.vocabulary, np.arange(len(column.vocabulary), dtype=np.int32))


def _union(words: Coded, column: Coded) -> Coded:
    """Add the words of a column to a vocabulary; the same object if there is none to add."""
    new = column.compact()
    if (new.match(words) >= 0).all():
        return words
    return _words(Coded.concat([words, _words(new)]))
