"""Re-checks a division: who is held out, who may have whom, every number, bound and verdict.

Nothing of the search is used: loads, targets, bounds and envy are recomputed from facts and rule
with fractions, and each number of the certificate is compared. It raises at the first lie.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from clientmgr.allocation import AllocationRule, Division
from clientmgr.check.allocation_claims import Claims, need, same
from clientmgr.check.allocation_moves import check_affinity, check_auction, check_moves
from clientmgr.check.allocation_oracle import expected_pools, find_branches, measure_columns
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger
from clientmgr.tables import Id

__all__ = ["verify_allocation"]


def verify_allocation(
    facts: Facts,
    rule: AllocationRule,
    division: Division,
    *,
    dormant: Any = None,
    ledger: Ledger | None = None,
    totals: Mapping[str, Any] | None = None,
    fits: Mapping[Any, Any] | None = None,
) -> None:
    """Recompute everything that a division claims, and compare.

    Args:
        facts: what was divided.
        rule: the rule that it should have followed.
        division: the decision.
        dormant: as it was given to `allocate`.
        ledger: likewise.
        totals: likewise.
        fits: likewise.

    Raises:
        CheckError: something does not hold; the message says what. O(clients x receivers) at most.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.allocation import AllocationRule, allocate
        >>> from clientmgr.check.allocation import verify_allocation
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1", "C2", "C3"], branch="B1", assets=[300, 200, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> rule = AllocationRule(key=None)
        >>> verify_allocation(facts, rule, allocate(facts, rule, on="2026-07-01"))
    """
    mask = None if dormant is None else np.asarray(getattr(dormant, "dormant", dormant))
    on = division.on
    pools = expected_pools(facts, rule, on, mask)
    columns, hours = measure_columns(facts, rule, on, totals or {})
    claims = Claims(facts, rule, division, pools, columns, hours)
    claims.before = _owners_before(facts, division, ledger)
    claims.rule_and_pools()
    for i, branch in enumerate(find_branches(facts, rule, on, pools)):
        if branch.rows:
            need(bool(branch.receivers), f"branch {branch.id} has nobody to receive clients")
            claims.branch(i, branch)
        elif branch.receivers:
            claims.branch(i, branch)
    claims.nothing_more()
    _check_clipped(division, columns, pools)
    _check_changes(facts, division, pools, ledger)
    check_moves(claims, ledger)
    check_affinity(claims, fits or {})
    check_auction(claims, fits or {})


def _check_clipped(division: Division, columns: list[list[Any]], pools: list[str]) -> None:
    """Compare how many values below zero were counted as zero."""
    for measure, column in zip(division.rule.measures, columns, strict=True):
        below = sum(1 for value, pool in zip(column, pools, strict=True) if pool == "" and value < 0)
        same(division.certificate.clipped[measure.name], below, f"clipped values of {measure.name}")
        need(not below or measure.negative == "zero", f"{measure.name} has values below zero")


def _check_changes(facts: Facts, division: Division, pools: list[str], ledger: Ledger | None) -> None:
    """Compare the ownership changes with the decision: who changes, to whom, from when."""
    kind = "team" if division.rule.receivers == "teams" else "manager"
    wanted: dict[Id, tuple[Any, Any]] = {}
    owners = division.owner.tolist()
    before = None if ledger is None else ledger.owners(facts.clients.id, division.on)
    for row, pool in enumerate(pools):
        now = (owners[row], pool or None)
        if pool == "none":
            continue
        if before is not None and bool(before.is_owned[row]):
            old = (getattr(before, kind)[row], before.pool[row])
            if old == now and before.branch[row] == facts.clients.branch[row]:
                continue
        wanted[facts.clients.id[row]] = now
    found = {}
    for record in division.changes.to_records():
        found[record["client"]] = (record[kind], record["pool"])
        right = record["valid"] == division.on.item() and record["share"] == record["of"] == 1
        branch = facts.clients.branch[facts.clients.row(record["client"])]
        need(right and record["branch"] == branch, f"the change of {record['client']} is wrong")
    need(len(found) == len(division.changes), "a client changes twice")
    need(found == wanted, "the ownership changes are not what the division decides")


def _owners_before(facts: Facts, division: Division, ledger: Ledger | None) -> list[Any] | None:
    """Give who had each client before a re-division; None for a first division."""
    if ledger is None:
        return None
    owners = ledger.owners(facts.clients.id, division.on)
    column = owners.team if division.rule.receivers == "teams" else owners.manager
    return list(column.tolist())
