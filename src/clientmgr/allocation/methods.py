"""Dividing by the method of the rule: branches without binding rules together, others one by one."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from clientmgr.allocation.balanced import STEP_ORDER, Effort, Lot, divide_balanced
from clientmgr.allocation.case import Case, build_case
from clientmgr.allocation.outcome import Outcome, step_code
from clientmgr.allocation.prices import find_prices, worst_deviation
from clientmgr.allocation.problem import Problem
from clientmgr.allocation.ruled import Names, divide_case
from clientmgr.allocation.rules import AllocationRule, Balanced
from clientmgr.allocation.targets import exact
from clientmgr.facts import Facts
from clientmgr.tables import AnyArray, Flags, Int64

__all__ = ["Progress", "balance", "names_of"]

FEW_BRANCHES = 100
EXCHANGES = 160
EXCHANGES_UNDER_RULES = 12  # for each receiver, where rules bind

Progress: TypeAlias = Callable[[int, int], None]


def balance(facts: Facts, problem: Problem, rule: AllocationRule, method: Balanced, progress: Progress) -> Outcome:
    """Divide every branch in balance."""
    outcome = Outcome.empty(problem)
    bound = problem.bound_branches(rule)
    occupied = np.bincount(problem.branch, minlength=problem.branches) > 0
    free = np.flatnonzero(occupied & ~bound)
    total = int(occupied.sum())
    if len(free):
        rows = None if len(free) == total else _rows_of(problem, free)
        _together(problem, method, free, rows, outcome, lambda done, _: progress(done, total))
    if bound.any():
        under = np.flatnonzero(occupied & bound)
        for done, (branch, rows) in enumerate(rows_by_branch(problem, under), start=len(free) + 1):
            _under_rules(facts, problem, rule, method, branch, rows, outcome)
            progress(done, total)
    return outcome


def _together(
    problem: Problem,
    method: Balanced,
    branches: Int64,
    rows: Int64 | None,
    outcome: Outcome,
    progress: Progress,
) -> None:
    """Divide the branches in which nothing binds; `rows` are their clients, None for all."""
    lot = _lot(problem, branches, rows)
    owner, step = divide_balanced(lot, _effort(method, len(branches)), progress)
    spans = [problem.receivers.of_branch(branch) for branch in branches.tolist()]
    place = np.concatenate([np.arange(span.start, span.stop) for span in spans])
    chosen = slice(None) if rows is None else rows
    outcome.place[chosen] = place.astype(np.int32)[owner]
    outcome.step[chosen] = np.array([step_code(word) for word in STEP_ORDER], np.int8)[step]


def _rows_of(problem: Problem, branches: Int64) -> Int64:
    """Find the clients of some branches."""
    chosen = np.zeros(problem.branches, dtype=bool)
    chosen[branches] = True
    return np.flatnonzero(chosen[problem.branch])


def rows_by_branch(problem: Problem, branches: Int64) -> list[tuple[int, Int64]]:
    """List the clients of each of some branches, in id order."""
    order = np.argsort(problem.branch, kind="stable")
    borders = np.searchsorted(problem.branch[order], np.arange(problem.branches + 1))
    return [(b, order[borders[b] : borders[b + 1]]) for b in branches.tolist()]


def _lot(problem: Problem, branches: Int64, rows: Int64 | None) -> Lot:
    """Take some branches out of a problem; None takes all rows as they are."""
    receivers = problem.receivers
    number = np.full(problem.branches, -1, dtype=np.int64)
    number[branches] = np.arange(len(branches))
    spans = [receivers.of_branch(branch) for branch in branches.tolist()]
    names = [measure.name for measure in problem.measures]
    return Lot(
        number[problem.branch] if rows is None else number[problem.branch[rows]],
        problem.values if rows is None else tuple(column[rows] for column in problem.values),
        np.array([float(exact(measure.weight)) for measure in problem.measures]),
        names.index("count") if "count" in names else None,
        np.r_[0, np.cumsum(np.diff(receivers.starts)[branches])].astype(np.int64),
        tuple(weight for span in spans for weight in receivers.weights[span]),
        np.concatenate([receivers.shares[span] for span in spans]),
    )


def _effort(method: Balanced, branches: int) -> Effort:
    """Fix the effort: a number of rounds and of exchanges."""
    exchanges = method.exchanges
    if exchanges is None:
        exchanges = EXCHANGES if branches <= FEW_BRANCHES else 0
    return Effort(method.rounds, exchanges, float(exact(method.within)))


def _under_rules(
    facts: Facts,
    problem: Problem,
    rule: AllocationRule,
    method: Balanced,
    branch: int,
    rows: Int64,
    outcome: Outcome,
) -> None:
    """Divide one branch in which a rule binds, and prove how near any division could come."""
    case = build_case(problem, rule, branch, rows)
    exchanges = method.exchanges
    if exchanges is None:
        exchanges = EXCHANGES_UNDER_RULES * len(case.shares)
    owner = divide_case(case, names_of(facts, problem, branch), exchanges=exchanges)
    write(problem, branch, case, owner, outcome)
    outcome.step[case.members[case.spread(case.fixed) >= 0]] = step_code("named")
    prove(problem, branch, case, owner, outcome)


def write(problem: Problem, branch: int, case: Case, owner: Int64, outcome: Outcome) -> None:
    """Write the receivers of a branch's clients down."""
    outcome.place[case.members] = case.spread(owner) + problem.receivers.of_branch(branch).start


def prove(problem: Problem, branch: int, case: Case, owner: Int64, outcome: Outcome) -> None:
    """Add worst deviation, dual bound and prices of a branch."""
    prices, bound = find_prices(case)
    outcome.worst[branch] = worst_deviation(case, owner)
    outcome.dual[branch] = bound
    outcome.prices[:, problem.receivers.of_branch(branch)] = prices


def names_of(facts: Facts, problem: Problem, branch: int) -> Names:
    """Say how a branch, its clients and receivers are called."""
    ids = facts.clients.id

    def client(members: AnyArray | Flags) -> Any:
        """Name divided clients."""
        return ids[problem.rows[members]].tolist()

    span = problem.receivers.of_branch(branch)
    return Names(facts.branch_id(branch), client, problem.receivers.id[span].tolist())
