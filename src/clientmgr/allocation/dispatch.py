"""Dividing by the method that the rule names: balance, draft, auction or affinity."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np

from clientmgr.allocation.case import Case, build_case
from clientmgr.allocation.fitting import fit
from clientmgr.allocation.market import Sale, auction, slackness
from clientmgr.allocation.methods import Progress, balance, names_of, prove, rows_by_branch, write
from clientmgr.allocation.outcome import Outcome, step_code
from clientmgr.allocation.paths import Seats, make_room, meet_minimum
from clientmgr.allocation.problem import Problem
from clientmgr.allocation.ruled import refuse_infeasible
from clientmgr.allocation.rules import Affinity, AllocationRule, Auction, Balanced, Draft
from clientmgr.allocation.targets import exact
from clientmgr.allocation.turns import draft
from clientmgr.errors import DataError, Findings, RuleError, UndecidedError
from clientmgr.facts import Facts
from clientmgr.tables import AnyArray, Floats, Id, Int64

__all__ = ["Wishes", "divide"]

Ints: TypeAlias = Int64


@attrs.frozen(eq=False)
class Wishes:
    """What receivers bring: rankings of clients, and numbers for how well clients fit them."""

    rankings: Mapping[Id, Sequence[Id]]
    fits: Mapping[Id, Any]


def divide(facts: Facts, problem: Problem, rule: AllocationRule, progress: Progress, wishes: Wishes) -> Outcome:
    """Divide every branch by the method of the rule.

    Raises:
        DataError: a ranking or fit of nobody, or of clients who are not there.
        InfeasibleError: the limits are proved to leave no division.
        UndecidedError: none was found, and none ruled out.
    """
    if isinstance(rule.method, Balanced):
        return balance(facts, problem, rule, rule.method, progress)
    _refuse_strangers(problem, wishes)
    outcome = Outcome.empty(problem)
    branches = np.flatnonzero(np.bincount(problem.branch, minlength=problem.branches))
    for done, (branch, rows) in enumerate(rows_by_branch(problem, branches), start=1):
        case = build_case(problem, rule, branch, rows)
        refuse_infeasible(case, names_of(facts, problem, branch))
        owner, word = _by_method(facts, problem, rule, branch, case, (wishes, outcome))
        write(problem, branch, case, owner, outcome)
        outcome.step[case.members] = step_code(word)
        outcome.step[case.members[case.spread(case.fixed) >= 0]] = step_code("named")
        prove(problem, branch, case, owner, outcome)
        progress(done, len(branches))
    return outcome


def _by_method(
    facts: Facts,
    problem: Problem,
    rule: AllocationRule,
    branch: int,
    case: Case,
    tools: tuple[Wishes, Outcome],
) -> tuple[Ints, str]:
    """Divide one branch by draft, auction or affinity: receivers, and the word for the step."""
    wishes, outcome = tools
    method = rule.method
    if isinstance(method, Draft):
        return _draft(facts, problem, branch, case, method, wishes), "picked"
    if isinstance(method, Auction):
        return _auction(facts, problem, branch, case, method, wishes, outcome), "bought"
    assert isinstance(method, Affinity)  # noqa: S101 - there is no fourth method
    return _affinity(facts, problem, branch, case, method, wishes, outcome), "fitted"


def _draft(facts: Facts, problem: Problem, branch: int, case: Case, method: Draft, wishes: Wishes) -> Ints:
    """Let the receivers of a branch pick in turn."""
    span = problem.receivers.of_branch(branch)
    seats = Seats.of(case)
    value = _measure(problem, case, method.ranking)
    common = np.argsort(-value, kind="stable")
    lists = [
        _wish_list(facts, problem, case, wishes.rankings.get(owner), common, place)
        for place, owner in enumerate(problem.receivers.id[span].tolist())
    ]

    def accepts(receiver: int, unit: int) -> bool:
        """Give the unit to the receiver if it has room."""
        if not seats.fits(case, unit)[receiver]:
            return False
        seats.counts[receiver] += case.counts[unit]
        if case.hours is not None:
            seats.hours[receiver] += case.hours[unit]
        return True

    draft(problem.receivers.weights[span], lists, method.sequence, seats.owner, accepts)
    return _complete(case, seats)


def _wish_list(
    facts: Facts,
    problem: Problem,
    case: Case,
    ranking: Sequence[Id] | None,
    common: Ints,
    place: int,
) -> list[int]:
    """List the units that a receiver may have: its own ranking first, then by the common one."""
    order = common.tolist()
    if ranking is not None:
        unit_of = _unit_of_row(facts, problem, case)
        own = [int(unit_of[facts.clients.row(client)]) for client in ranking]
        order = list(dict.fromkeys([unit for unit in own if unit >= 0] + order))
    may = case.eligible[:, place][case.kind]
    return [unit for unit in order if may[unit]]


def _unit_of_row(facts: Facts, problem: Problem, case: Case) -> Ints:
    """Say for each row of `facts.clients` which unit of the branch it belongs to, -1 for none."""
    unit = np.full(len(facts.clients), -1, dtype=np.int64)
    unit[problem.rows[case.members]] = case.spread(np.arange(len(case.counts)))
    return unit


def _auction(
    facts: Facts,
    problem: Problem,
    branch: int,
    case: Case,
    method: Auction,
    wishes: Wishes,
    outcome: Outcome,
) -> Ints:
    """Sell the clients of a branch to its receivers."""
    value = _measure(problem, case, method.value)
    worth = _fits(facts, problem, branch, case, wishes, value)
    worth = np.where(case.eligible[case.kind], np.maximum(worth, 0.0), 0.0)
    worth[case.fixed >= 0] = 0.0
    seats = Seats.of(case)
    sale = auction(worth, case.shares, float(exact(method.step)), case.high - seats.counts)
    sold = np.flatnonzero(sale.owner >= 0)
    for unit in sold.tolist():
        if seats.fits(case, unit)[sale.owner[unit]]:
            seats.give(case, unit, int(sale.owner[unit]))
    _deal_rest(case, seats, sale.left / case.shares)
    owner = _complete(case, seats)
    if outcome.paid is None:
        outcome.paid = np.zeros(len(problem))
    price = np.where(owner == sale.owner, sale.price, 0.0)
    outcome.paid[case.members] = case.spread(price / case.counts)
    left = case.shares - np.bincount(owner, price, len(case.shares))
    outcome.slack[branch] = slackness(Sale(owner, price, left), worth)
    return owner


def _deal_rest(case: Case, seats: Seats, left: Floats) -> None:
    """Give what nobody bought to whoever has most money and room left, by number."""
    for unit in np.flatnonzero(seats.owner < 0).tolist():
        fits = seats.fits(case, unit)
        if fits.any():
            ratio = np.where(fits, seats.counts / case.shares, np.inf)
            seats.give(case, unit, int(np.lexsort((-left, ratio))[0]))


def _affinity(
    facts: Facts,
    problem: Problem,
    branch: int,
    case: Case,
    method: Affinity,
    wishes: Wishes,
    outcome: Outcome,
) -> Ints:
    """Bring the clients of a branch to those whom they fit best, within hours or numbers."""
    fits = _fits(facts, problem, branch, case, wishes, np.zeros(len(case.counts)))
    gains = np.where(case.allowed, fits, -np.inf)
    if case.hours is None:
        takes, room = case.counts.astype(np.float64), case.high.astype(np.float64)
    else:
        takes, room = case.hours, case.room
    found = fit(
        gains,
        np.repeat(takes[:, None], len(room), axis=1),
        room,
        prices=method.prices,
        exchanges=method.exchanges,
    )
    if found.owner is None:
        raise UndecidedError(f"branch {facts.branch_id(branch)}: no assignment within the capacities was found")
    seats = Seats.of(case, found.owner.astype(np.int64))
    owner = _complete(case, seats)
    outcome.affinity[branch] = gains[np.arange(len(owner)), owner].sum()
    outcome.affinity_bound[branch] = found.bound
    outcome.room_prices[problem.receivers.of_branch(branch)] = found.prices
    return owner


def _complete(case: Case, seats: Seats) -> Ints:
    """Place whoever is left and meet the minimums."""
    if not (make_room(case, seats) and meet_minimum(case, seats)):
        raise UndecidedError("no division within the limits was found, and none was ruled out")
    return seats.owner


def _measure(problem: Problem, case: Case, name: str | None) -> Floats:
    """Give one measure of the units; by default the first one of the rule."""
    names = [measure.name for measure in problem.measures]
    if name is None:
        first: Floats = case.values[0]
        return first
    if name not in names:
        raise RuleError(f"{name!r} must be one of the rule's measures {names}", "$.method")
    found: Floats = case.values[names.index(name)]
    return found


def _fits(facts: Facts, problem: Problem, branch: int, case: Case, wishes: Wishes, default: Floats) -> Floats:
    """Lay out how units fit receivers: units x receivers; `default` for who brings nothing."""
    span = problem.receivers.of_branch(branch)
    columns = []
    for owner in problem.receivers.id[span].tolist():
        if owner not in wishes.fits:
            columns.append(default)
            continue
        column = _per_client(facts, owner, wishes.fits[owner])[problem.rows[case.members]]
        columns.append(np.add.reduceat(column, case.starts[:-1]))
    return np.array(columns).T


def _per_client(facts: Facts, owner: Id, column: Any) -> Floats:
    """Read one number for each client."""
    array: AnyArray = np.asarray(column)
    wanted = (len(facts.clients),)
    if array.shape != wanted or array.dtype.kind not in "iufb":
        raise DataError(f"fits of {owner!r} must be {wanted[0]} numbers, got {array.dtype}")
    bad = np.flatnonzero(~np.isfinite(array.astype(np.float64)))
    if len(bad):
        ids = facts.clients.id[bad].tolist()
        findings = Findings.of(
            table="fits",
            column=str(owner),
            rows=bad,
            ids=ids,
            values=array[bad],
            expected="a finite number",
        )
        raise DataError.of(findings, "cannot compare")
    return array.astype(np.float64)


def _refuse_strangers(problem: Problem, wishes: Wishes) -> None:
    """Refuse rankings and fits of somebody who receives no clients."""
    known = set(problem.receivers.id.tolist())
    for name, given in (("rankings", wishes.rankings), ("fits", wishes.fits)):
        strangers = [owner for owner in given if owner not in known]
        if strangers:
            raise DataError(f"{name} of {strangers[0]!r}, who receives no clients in this division")
