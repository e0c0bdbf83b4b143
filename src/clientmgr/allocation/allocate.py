"""`allocate`: divide the clients of every branch among its managers or teams."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from clientmgr.allocation.balanced import Effort, Lot, divide_balanced
from clientmgr.allocation.certificate import certify, no_moves
from clientmgr.allocation.division import Division, changes_of, conserve
from clientmgr.allocation.problem import DIVIDED, Problem, build_problem
from clientmgr.allocation.rules import AllocationRule, Balanced
from clientmgr.allocation.steps import STEP_WORDS
from clientmgr.allocation.targets import exact
from clientmgr.errors import DataError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger
from clientmgr.periods import day
from clientmgr.tables import AnyArray, Codes, Flags, freeze

__all__ = ["allocate"]

FEW_BRANCHES = 100
EXCHANGES = 160

Progress: TypeAlias = Callable[[int, int], None]


def allocate(
    facts: Facts,
    rule: AllocationRule,
    *,
    on: Any,
    dormant: Any = None,
    ledger: Ledger | None = None,
    totals: Mapping[str, Any] | None = None,
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
    problem = build_problem(facts, rule, asked, _dormant_mask(facts, dormant), dict(totals or {}))
    place, step = _divide(problem, rule, progress or _silent)
    conserve(problem, place)
    names = (facts.branches, problem.receivers.id)
    rows = np.flatnonzero(problem.pool >= DIVIDED)
    kinds = np.full(len(rows), "allocated")
    return Division(
        facts,
        rule,
        asked,
        problem,
        freeze(place),
        freeze(step),
        certify(problem, names, place, no_moves(problem)),
        changes_of(facts, problem, place, asked, kinds, rows),
    )


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


def _dormant_mask(facts: Facts, dormant: Any) -> Flags | None:
    """Read who is dormant: a mask, or a decision that has one."""
    if dormant is None:
        return None
    mask = np.asarray(getattr(dormant, "is_dormant", dormant))
    if mask.shape != (len(facts.clients),) or mask.dtype != np.bool_:
        raise DataError(
            f"dormant must mark each of {len(facts.clients)} clients, got {mask.dtype} {mask.shape}"
        )
    return mask


def _divide(problem: Problem, rule: AllocationRule, progress: Progress) -> tuple[Codes, AnyArray]:
    """Divide by the method of the rule: the receiver and the step of each client."""
    branches = np.flatnonzero(np.bincount(problem.branch, minlength=problem.branches))
    lot = _lot(problem, branches)
    method = rule.method if isinstance(rule.method, Balanced) else Balanced()
    owner, step = divide_balanced(lot, _effort(method, len(branches)), progress)
    place_of = np.concatenate(
        [np.arange(s.start, s.stop) for s in map(problem.receivers.of_branch, branches.tolist())]
        or [np.zeros(0, dtype=np.int64)]
    )
    words = np.array(
        [STEP_WORDS.index(w) for w in ("dealt", "by count", "quota", "exchanged", "mended")]
    )
    return place_of[owner].astype(np.int32), words[step].astype(np.int8)


def _lot(problem: Problem, branches: AnyArray) -> Lot:
    """Take the branches that have clients."""
    receivers = problem.receivers
    number = np.full(problem.branches, -1, dtype=np.int64)
    number[branches] = np.arange(len(branches))
    sizes = np.diff(receivers.starts)[branches]
    used = [receivers.of_branch(branch) for branch in branches.tolist()]
    names = [measure.name for measure in problem.measures]
    return Lot(
        number[problem.branch],
        problem.values,
        np.array([float(exact(measure.weight)) for measure in problem.measures]),
        names.index("count") if "count" in names else None,
        np.r_[0, np.cumsum(sizes)].astype(np.int64),
        tuple(weight for span in used for weight in receivers.weights[span]),
        np.concatenate([receivers.shares[span] for span in used] or [np.zeros(0)]),
    )


def _effort(method: Balanced, branches: int) -> Effort:
    """Fix the effort: a number of rounds and of exchanges."""
    exchanges = method.exchanges
    if exchanges is None:
        exchanges = EXCHANGES if branches <= FEW_BRANCHES else 0
    return Effort(method.rounds, exchanges, float(exact(method.within)))
