"""Re-division of all branches against a ledger: who has whom, what must move, what changes."""

from typing import Any

import attrs
import numpy as np

from clientmgr.allocation.case import Case, build_case
from clientmgr.allocation.division import changes_of
from clientmgr.allocation.methods import Progress, names_of, prove, rows_by_branch, write
from clientmgr.allocation.outcome import Outcome, step_code
from clientmgr.allocation.problem import DIVIDED, DORMANT, KEY, Problem
from clientmgr.allocation.rebalance import count_moves, divide_again, moves_bound
from clientmgr.allocation.ruled import refuse_infeasible
from clientmgr.allocation.rules import AllocationRule
from clientmgr.allocation.targets import exact, fill_cells
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, Owners, OwnershipChanges
from clientmgr.tables import AnyArray, Coded, Codes, Flags, Floats

__all__ = ["rebalance", "with_current", "write_changes"]


def with_current(problem: Problem, owners: Owners) -> Problem:
    """Add who has whom: a receiver of the client's own branch, or nobody."""
    receivers = problem.receivers
    column = owners.manager if receivers.kind == "manager" else owners.team
    codes = column[problem.rows].recode(receivers.id)
    place_of = np.full(len(receivers.id.vocabulary) + 2, -1, dtype=np.int64)
    place_of[receivers.id.codes] = np.arange(len(receivers))
    place = place_of[codes]
    place[(place >= 0) & (receivers.branch[place] != problem.branch)] = -1
    return attrs.evolve(problem, current=place.astype(np.int32))


def rebalance(facts: Facts, problem: Problem, rule: AllocationRule, progress: Progress, costs: Any) -> Outcome:
    """Divide every branch again, moving as few clients as it can.

    Args:
        facts: whose clients.
        problem: with `current`.
        rule: the tolerance, budget and who is kept.
        progress: told of branches done.
        costs: what the move of each divided client costs.
    """
    outcome = Outcome.empty(problem)
    branches = np.flatnonzero(np.bincount(problem.branch, minlength=problem.branches))
    stay = _kept(facts, problem, rule)
    for done, (branch, rows) in enumerate(rows_by_branch(problem, branches), start=1):
        case = build_case(problem, rule, branch, rows)
        case = attrs.evolve(case, targets=still_targets(case))
        refuse_infeasible(case, names_of(facts, problem, branch))
        _again(problem, rule, branch, case, outcome, (stay, costs))
        progress(done, len(branches))
    return outcome


def still_targets(case: Case) -> Floats:
    """Water-fill the targets around clients who now overfill a book, before anyone moves."""
    owned = case.current >= 0
    place, seats = case.current[owned], len(case.shares)
    loads = np.array([np.bincount(place, row[owned], seats) for row in case.values])
    largest = np.zeros_like(loads)
    for k, row in enumerate(case.values):
        np.maximum.at(largest[k], place, row[owned])
    borders = np.array([0, seats])
    filled, _ = fill_cells(case.targets, case.shares, loads, largest, borders)
    return filled


def _again(
    problem: Problem,
    rule: AllocationRule,
    branch: int,
    case: Case,
    outcome: Outcome,
    per_client: tuple[Flags, Floats],
) -> None:
    """Divide one branch again and write down moves and their bound."""
    stay = np.logical_or.reduceat(per_client[0][case.members], case.starts[:-1])
    cost = np.add.reduceat(per_client[1][case.members], case.starts[:-1])
    within = float(exact(rule.moves.within))
    owner = divide_again(case, within=within, budget=rule.moves.budget, cost=cost, stay=stay)
    write(problem, branch, case, owner, outcome)
    step = np.where(owner == case.current, step_code("kept"), step_code("moved"))
    step[case.current < 0] = step_code("placed")
    step[case.fixed >= 0] = step_code("named")
    outcome.step[case.members] = case.spread(step)
    outcome.moves[branch] = count_moves(case, owner)
    outcome.moves_bound[branch] = moves_bound(case, within=within)
    prove(problem, branch, case, owner, outcome)


def _kept(facts: Facts, problem: Problem, rule: AllocationRule) -> Flags:
    """Mark the divided clients that must not move."""
    kept = np.zeros(len(facts.clients), dtype=bool)
    for i, client in enumerate(rule.moves.keep):
        try:
            kept[facts.clients.row(client)] = True
        except DataError as error:
            raise RuleError(f"there is no client {client!r}", f"$.moves.keep[{i}]") from error
    return kept[problem.rows]


def write_changes(
    facts: Facts, problem: Problem, place: Codes, on: np.datetime64, ledger: Ledger, owners: Owners
) -> OwnershipChanges:
    """Write down the clients whose owner or pool changes, and why.

    A client that the ledger has never heard of is allocated, or opened if it came after the ledger
    began. From a pool to a book is allocated, from book to book transferred, from another branch
    moved, into a pool released.
    """
    receivers = problem.receivers
    new = np.full(len(problem.pool), -1, dtype=np.int32)
    new[problem.rows] = receivers.id.codes[place]
    column = owners.manager if receivers.kind == "manager" else owners.team
    old = column.recode(receivers.id)
    old = np.where(column.missing, -1, old)
    pool = np.select([problem.pool == KEY, problem.pool == DORMANT], ["key", "dormant"], "")
    pool_before = np.array([word or "" for word in owners.pool.tolist()], dtype=np.str_)
    elsewhere = owners.is_owned & (owners.branch != facts.clients.branch)
    changed = (new != old) | (pool != pool_before) | elsewhere | ~owners.is_owned
    rows = np.flatnonzero((problem.pool >= DIVIDED) & changed)
    kinds = _kinds(facts, ledger, owners, rows, pool[rows] != "", elsewhere[rows])
    return changes_of(facts, problem, place, on, kinds, rows)


def _kinds(facts: Facts, ledger: Ledger, owners: Owners, rows: AnyArray, into_pool: Flags, away: Flags) -> Coded:
    """Say why each of some clients changes its owner."""
    held = ~owners.pool.missing[rows]
    unknown = ~owners.is_owned[rows]
    began = ledger.marks.valid.min() if len(ledger.marks) else None
    later = np.zeros(len(rows), dtype=bool)
    if began is not None:
        later = facts.clients.opened[rows].astype(np.int64) > int(began)
        later &= ~np.isnat(facts.clients.opened[rows])
    kinds = np.select(
        [unknown & later, unknown, away, into_pool, held],
        ["opened", "allocated", "moved", "released", "allocated"],
        "transferred",
    )
    return Coded.of(kinds)
