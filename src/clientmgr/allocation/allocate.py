"""`allocate`: divide the clients of every branch among its managers or teams."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clientmgr.allocation.again import rebalance, with_current, write_changes
from clientmgr.allocation.certificate import certify
from clientmgr.allocation.dispatch import Wishes, divide
from clientmgr.allocation.division import Division, conserve
from clientmgr.allocation.methods import Progress
from clientmgr.allocation.problem import Problem, build_problem, column_of
from clientmgr.allocation.rules import AllocationRule, Balanced
from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import day
from clientmgr.tables import Flags, Floats, freeze

__all__ = ["allocate"]


def allocate(
    facts: Facts,
    rule: AllocationRule,
    *,
    on: Any,
    dormant: Any = None,
    ledger: Ledger | None = None,
    totals: Mapping[str, Any] | None = None,
    rankings: Mapping[Any, Sequence[Any]] | None = None,
    fits: Mapping[Any, Any] | None = None,
    progress: Progress | None = None,
) -> Division:
    """Divide the clients of every branch among those who may receive them.

    Key clients and dormant ones are held out, unless their branch decides otherwise. Every other
    client gets exactly one manager (or team) of its branch. The same facts in another row order
    give the same decision.

    Args:
        facts: clients and managers; memberships where teams receive.
        rule: who may receive, what is balanced, what binds, and the method.
        on: the day from which the division holds.
        dormant: the decision of `find_dormant`, or a mask of `facts.clients`; None if nobody is
            dormant.
        ledger: who has whom so far; with it only what must move moves.
        totals: further per-client totals to balance on, by name, each in the order of
            `facts.clients`.
        rankings: for a draft, the clients that a manager (or team) wants, best first, by its id;
            whoever brings none ranks by the measure of the rule.
        fits: for a manager (or team), by its id, how well each client fits it (affinity), or what
            it would pay for it in proportion (auction), in the order of `facts.clients`.
        progress: called with branches done and branches in all.

    Returns:
        The division, with its certificate and the ownership changes that it asks for.

    Raises:
        DataError: a branch with clients but nobody to receive them, a measure below zero, unknown
            ids.
        RuleError: a measure or column that is not there.
        InfeasibleError: the limits are proved to leave no division; the reason is irreducible.
        UndecidedError: families or hours make it bin packing, and nothing was found.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.allocation import AllocationRule, allocate
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1", "C2", "C3"], branch="B1", assets=[300, 200, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> rule = AllocationRule(measures=("assets",), key=None)
        >>> allocate(facts, rule, on="2026-07-01")
        Division(3 clients among 2 managers on 2026-07-01, 0 key, 0 dormant)
    """
    asked = day(on)
    problem = build_problem(facts, rule, asked, _dormant_mask(facts, dormant, asked), dict(totals or {}))
    told = progress or _silent
    changes: OwnershipChanges | None = None
    if ledger is None:
        outcome = divide(facts, problem, rule, told, Wishes(dict(rankings or {}), dict(fits or {})))
    else:
        owners = ledger.owners(facts.clients.id, asked)
        problem = with_current(problem, owners)
        costs = _costs(facts, problem, rule, asked, dict(totals or {}))
        outcome = rebalance(facts, problem, rule, told, costs)
        changes = write_changes(facts, problem, outcome.place, asked, ledger, owners)
    conserve(problem, outcome.place)
    names = (facts.branches, problem.receivers.id)
    return Division(
        facts,
        rule,
        asked,
        problem,
        freeze(outcome.place),
        freeze(outcome.step),
        certify(problem, names, outcome.place, outcome.evidence()),
        changes,
        outcome.paid,
    )


def _costs(facts: Facts, problem: Problem, rule: AllocationRule, on: np.datetime64, totals: dict[str, Any]) -> Floats:
    """Take what the move of each divided client costs; only a balanced division can be redone."""
    if not isinstance(rule.method, Balanced):
        raise RuleError("a re-division keeps clients where they are: use Balanced", "$.method")
    if rule.moves.cost is None:
        return np.ones(len(problem))
    costs = column_of(facts, rule.moves.cost, "$.moves.cost", on, totals)[problem.rows]
    bad = np.flatnonzero(costs <= 0)
    if len(bad):
        findings = Findings.of(
            table="clients",
            column=rule.moves.cost,
            rows=problem.rows[bad],
            ids=facts.clients.id[problem.rows[bad]].tolist(),
            values=costs[bad],
            expected="a cost above zero",
        )
        raise DataError.of(findings, "cannot weigh moves")
    return costs.astype(np.float64)


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


def _dormant_mask(facts: Facts, dormant: Any, on: np.datetime64) -> Flags | None:
    """Read who is dormant: a decision of the same day about the same clients, or a mask."""
    if dormant is None:
        return None
    if hasattr(dormant, "dormant") and (dormant.on != on or len(dormant) != len(facts.clients)):
        raise DataError(
            f"dormant must be decided for {on} and {len(facts.clients)} clients, got {dormant.on} and {len(dormant)}"
        )
    mask = np.asarray(getattr(dormant, "dormant", dormant))
    if mask.shape != (len(facts.clients),) or mask.dtype != np.bool_:
        raise DataError(f"dormant must mark each of {len(facts.clients)} clients, got {mask.dtype} {mask.shape}")
    return mask
