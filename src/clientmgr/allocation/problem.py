"""From facts and rule to plain arrays: who is divided, among whom, measured by what, under which rules."""

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from clientmgr.allocation.receivers import Receivers, find_receivers, refuse_nobody
from clientmgr.allocation.rules import AllocationRule, Limits, Measure
from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.facts import Facts
from clientmgr.segments import find_key_clients
from clientmgr.tables import AnyArray, Coded, Codes, Flags, Int64, freeze

__all__ = ["DIVIDED", "DORMANT", "KEY", "NO_CLIENT", "Problem", "build_problem", "column_of"]

NO_CLIENT, DIVIDED, KEY, DORMANT = -1, 0, 1, 2
"""What a client is to a division, as `Problem.pool` has it."""


@attrs.frozen(eq=False)
class Problem:
    """What is to be divided, as arrays; clients in id order.

    Attributes:
        rows: row in `facts.clients` of each client that is divided.
        branch: its branch.
        pool: for every row of `facts.clients`: no client, divided, key, dormant.
        receivers: who receives.
        measures: the rule's measures.
        values: measures of clients, int64 or float64, not negative.
        clipped: how many clients had a value below zero, by measure.
        limits: how much one receiver may and must get.
        fixed: the receiver that a named exception demands, -1 for none.
        barred: pairs (client, receiver) that a named exception forbids.
        words: for each need the word that a client needs, as a code; -1 for none.
        needs: for each need, the receivers x words that fulfil it.
        family: number of the family inside its branch, -1 for a client alone.
        hours: hours a month that a client takes; None where hours do not bind.
        current: the receiver that the client has now, -1 for none; None for a first division.
    """

    rows: Int64
    branch: Int64
    pool: AnyArray
    receivers: Receivers
    measures: tuple[Measure, ...]
    values: tuple[AnyArray, ...]
    clipped: tuple[int, ...]
    limits: Limits
    fixed: Codes
    barred: tuple[tuple[int, int], ...]
    words: tuple[Codes, ...]
    needs: tuple[Flags, ...]
    family: Codes | None
    hours: AnyArray | None
    current: Codes | None = None

    def __len__(self) -> int:
        """Count the clients that are divided."""
        return len(self.rows)

    @property
    def branches(self) -> int:
        """The number of branches, empty ones included."""
        return len(self.receivers.starts) - 1

    def bound_branches(self, rule: AllocationRule) -> Flags:
        """Mark the branches in which some rule binds: exceptions, needs, limits, families."""
        limited = rule.limits.clients is not None or rule.limits.minimum or self.hours is not None
        bound = np.full(self.branches, bool(limited))
        bound[self.branch[self.fixed >= 0]] = True
        bound[self.branch[[client for client, _ in self.barred]]] = True
        for codes in (*self.words, *(() if self.family is None else (self.family,))):
            bound[self.branch[codes >= 0]] = True
        return bound


def build_problem(
    facts: Facts,
    rule: AllocationRule,
    on: np.datetime64,
    dormant: Flags | None,
    totals: Mapping[str, Any],
) -> Problem:
    """Turn facts and rule into arrays.

    Raises:
        DataError: nobody to receive clients, a value below zero, unknown ids in exceptions.
        RuleError: a measure or column that is not there.
    """
    pool = _pools(facts, rule, on, dormant)
    rows = np.flatnonzero(pool == DIVIDED)
    codes = facts.clients.id.codes[rows]
    ordered = not len(codes) or bool((codes[1:] > codes[:-1]).all())
    if not ordered:
        rows = rows[np.argsort(codes, kind="stable")]
    # All rows in their order are a view: nothing is copied.
    picked = slice(None) if ordered and len(rows) == len(pool) else rows
    branch = facts.branch_of_client()[picked].astype(np.int64)
    receivers = find_receivers(facts, rule, on)
    refuse_nobody(facts, receivers, rows, branch)
    values, clipped = _values(facts, rule, on, (rows, picked), totals)
    place = np.full(len(facts.clients), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    fixed, barred = _exceptions(facts, rule, receivers, place, branch)
    words, needs = _needs(facts, rule, receivers, rows)
    hours = None
    if rule.limits.hours is not None:
        hours = column_of(facts, rule.limits.hours, "$.limits.hours", on, totals)[rows]
    family = facts.clients.family.codes[rows] if rule.families else None
    return Problem(
        rows,
        branch,
        freeze(pool),
        receivers,
        rule.measures,
        values,
        clipped,
        rule.limits,
        fixed,
        barred,
        words,
        needs,
        _alone(family, branch),
        hours,
    )


def _pools(facts: Facts, rule: AllocationRule, on: np.datetime64, dormant: Flags | None) -> AnyArray:
    """Say of every client whether it is divided, key, dormant, or no client on the day."""
    pool = np.where(facts.open_clients(on), DIVIDED, NO_CLIENT).astype(np.int8)
    branch = facts.branch_of_client()
    given = {word: _overriding(facts, rule, word)[branch] for word in ("key", "dormant")}
    if dormant is not None:
        pool[(pool == DIVIDED) & dormant & ~given["dormant"]] = DORMANT
    if rule.key is not None:
        candidates = pool == DIVIDED
        key = find_key_clients(facts, rule.key, on=on, among=candidates)
        pool[key & ~given["key"]] = KEY
    return pool


def _overriding(facts: Facts, rule: AllocationRule, word: str) -> Flags:
    """Mark the branches that divide a held-out class after all."""
    marks = np.zeros(len(facts.branches.vocabulary), dtype=bool)
    for override in rule.overrides:
        place = facts.branches.code(override.branch)
        if place < 0:
            raise RuleError(f"there is no branch {override.branch!r}", "$.overrides")
        if override.divide == word:
            marks[place] = True
    return marks


def _values(
    facts: Facts,
    rule: AllocationRule,
    on: np.datetime64,
    chosen: tuple[AnyArray, Any],
    totals: Mapping[str, Any],
) -> tuple[tuple[AnyArray, ...], tuple[int, ...]]:
    """Take each measure of the divided clients; what lies below zero raises or is counted."""
    rows, picked = chosen
    values, clipped = [], []
    findings = Findings()
    for i, measure in enumerate(rule.measures):
        column = column_of(facts, measure.name, f"$.measures[{i}].name", on, totals)[picked]
        lowest = column.min(initial=0)
        below = column < 0 if lowest < 0 else np.zeros(0, dtype=bool)
        count = int(np.count_nonzero(below))
        if count and measure.negative == "raise":
            findings += Findings.of(
                table="clients",
                column=measure.name,
                rows=rows[below],
                ids=facts.clients.id[rows[below]].tolist(),
                values=column[below],
                expected='a value not below zero (or negative="zero" in the rule)',
            )
        values.append(np.where(below, column.dtype.type(0), column) if count else column)
        clipped.append(count)
    if len(findings):
        raise DataError.of(findings, "cannot balance")
    return tuple(values), tuple(clipped)


def column_of(facts: Facts, name: str, path: str, on: np.datetime64, totals: Mapping[str, Any]) -> AnyArray:
    """Find a numeric column of all clients: count, assets, a total of the caller, an extra column."""
    if name == "count":
        return np.ones(len(facts.clients), dtype=np.int64)
    if name == "assets":
        return facts.assets(on)
    column = totals[name] if name in totals else facts.clients.extra.get(name)
    if column is None:
        there = ["count", "assets", *totals, *facts.clients.extra]
        raise RuleError(f"there is no measure {name!r}; there are {', '.join(there)}", path)
    array = np.asarray(column)
    if array.shape != (len(facts.clients),) or array.dtype.kind not in "iufb":
        raise DataError(
            f"{name!r} must be one number for each of {len(facts.clients)} clients, got {array.dtype} {array.shape}"
        )
    if array.dtype.kind == "f":
        _refuse_not_finite(facts, name, array)
        return array.astype(np.float64)
    return array.astype(np.int64)


def _refuse_not_finite(facts: Facts, name: str, array: AnyArray) -> None:
    """Raise for NaN and infinities in a column that the caller brings."""
    bad = np.flatnonzero(~np.isfinite(array))
    if len(bad):
        findings = Findings.of(
            table="clients",
            column=name,
            rows=bad,
            ids=facts.clients.id[bad].tolist(),
            values=array[bad],
            expected="a finite number",
        )
        raise DataError.of(findings, "cannot balance")


def _exceptions(
    facts: Facts, rule: AllocationRule, receivers: Receivers, place: AnyArray, branch: AnyArray
) -> tuple[Codes, tuple[tuple[int, int], ...]]:
    """Read named exceptions as places; one whose client is not divided has no effect."""
    fixed = np.full(len(branch), -1, dtype=np.int32)
    barred = []
    for i, one in enumerate(rule.named):
        client = int(place[facts.clients.row(one.client)])
        if client < 0:
            continue
        owner = _receiver(receivers, one.owner, int(branch[client]))
        if owner < 0 and not one.never:
            raise RuleError(
                f"{one.owner!r} may receive no clients in the branch of {one.client!r}",
                f"$.named[{i}].owner",
            )
        if one.never and owner >= 0:
            barred.append((client, owner))
        elif not one.never:
            fixed[client] = owner
    return fixed, tuple(sorted(set(barred)))


def _receiver(receivers: Receivers, owner: Any, branch: int) -> int:
    """Find the place of a receiver of a branch by its id, -1 if it is none."""
    span = receivers.of_branch(branch)
    found = np.flatnonzero(receivers.id[span] == owner)
    return int(found[0]) + span.start if len(found) else -1


def _needs(
    facts: Facts, rule: AllocationRule, receivers: Receivers, rows: AnyArray
) -> tuple[tuple[Codes, ...], tuple[Flags, ...]]:
    """Read what clients need as codes, and who fulfils each word."""
    words, fulfil = [], []
    for i, need in enumerate(rule.needs):
        column = facts.clients.extra.get(need.client)
        if not isinstance(column, Coded):
            raise RuleError(
                f"a need asks for a text column {need.client!r} of clients.extra, which has"
                f" {list(facts.clients.extra)}",
                f"$.needs[{i}].client",
            )
        vocabulary = [str(word) for word in column.vocabulary.tolist()]
        needs_nothing = np.array([word == "" for word in vocabulary] + [True])
        codes = column.codes[rows]
        words.append(np.where(needs_nothing[codes], -1, codes).astype(np.int32))
        held = receivers.words[need.manager]
        fulfil.append(np.array([[w in h for w in vocabulary] for h in held], dtype=bool))
    return tuple(words), tuple(fulfil)


def _alone(family: Codes | None, branch: Int64) -> Codes | None:
    """Number the families inside each branch, -1 for who is alone there; None if no family is left."""
    if family is None or not (family >= 0).any():
        return None
    together = np.flatnonzero(family >= 0)
    key = branch[together] * (int(family.max()) + 1) + family[together]
    _, number, size = np.unique(key, return_inverse=True, return_counts=True)
    kept = np.full(len(family), -1, dtype=np.int32)
    kept[together] = np.where(size[number] > 1, number, -1)
    return kept if (kept >= 0).any() else None
