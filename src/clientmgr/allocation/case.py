"""One branch with rules, as arrays: units that move together, who may have whom, and limits."""

from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from clientmgr.allocation.problem import Problem
from clientmgr.allocation.rules import AllocationRule
from clientmgr.allocation.targets import clip, exact, level
from clientmgr.errors import RuleError

__all__ = ["Case", "build_case"]

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Case:
    """Units (clients, or families that stay together) and receivers of one branch.

    Attributes:
        members: the divided clients of the branch, sorted by unit.
        starts: border of each unit among `members`.
        values: measures x units, scaled to 1 over the branch.
        counts: clients of each unit.
        hours: of each unit, and of each receiver; None where hours do not bind.
        kind: the class of each unit.
        eligible: classes x receivers.
        fixed: the receiver that a unit must have, -1 for none.
        current: the receiver that a unit has now, -1 for none.
        stay: units that must not move from the current receiver.
        shares: what is due to each receiver.
        targets: measures x receivers, water-filled around what is fixed.
        importance: weight of each measure.
        low, high: least and largest number of clients of each receiver.
    """

    members: Ints
    starts: Ints
    values: Floats
    counts: Ints
    hours: Floats | None
    room: Floats
    kind: Ints
    eligible: Bools
    fixed: Ints
    current: Ints
    shares: Floats
    targets: Floats
    importance: Floats
    low: Ints
    high: Ints

    @property
    def allowed(self) -> Bools:
        """Units x receivers: who may have whom, what is fixed included."""
        allowed = self.eligible[self.kind]
        held = np.flatnonzero(self.fixed >= 0)
        allowed[held] = False
        allowed[held, self.fixed[held]] = True
        return allowed

    def spread(self, owner: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give the receiver of each member of `members`."""
        return np.repeat(owner, np.diff(self.starts))


def build_case(problem: Problem, rule: AllocationRule, branch: int, rows: Ints) -> Case:
    """Take one branch out of a problem; `rows` are its clients, in id order."""
    span = problem.receivers.of_branch(branch)
    unit = _units(problem, rows)
    order = np.argsort(unit, kind="stable")
    members = rows[order]
    starts = np.r_[np.flatnonzero(np.r_[True, np.diff(unit[order]) > 0]), len(rows)]
    values = np.array([_scaled(np.add.reduceat(column[members], starts[:-1])) for column in problem.values])
    kind, eligible = _classes(problem, members, starts, span)
    counts = np.diff(starts)
    fixed = _one_of_unit(problem.fixed[members], starts, span.start)
    _refuse_torn(problem.fixed[members], starts)
    current = np.full(len(counts), -1)
    if problem.current is not None:
        current = _one_of_unit(problem.current[members], starts, span.start)
    shares = problem.receivers.shares[span]
    seats = len(shares)
    most = len(rows) if rule.limits.clients is None else rule.limits.clients
    hours = None
    if problem.hours is not None:
        hours = np.add.reduceat(problem.hours[members].astype(np.float64), starts[:-1])
    targets = _targets(values, fixed, shares)
    low, high = np.full(seats, rule.limits.minimum), np.full(seats, most)
    for k, measure in enumerate(problem.measures):
        if measure.name == "count":
            due = clip(float(len(rows)), shares, low.astype(float), high.astype(float))
            targets[k] = np.maximum(due / len(rows), 0) if not (fixed >= 0).any() else targets[k]
    return Case(
        members,
        starts,
        values,
        counts,
        hours,
        problem.receivers.hours[span],
        kind,
        eligible,
        fixed,
        current,
        shares,
        targets,
        np.array([float(exact(measure.weight)) for measure in problem.measures]),
        low,
        high,
    )


def _units(problem: Problem, rows: Ints) -> Ints:
    """Number units by their first client: families together, others alone."""
    own = np.arange(len(rows))
    if problem.family is None:
        return own
    family = problem.family[rows]
    together = family >= 0
    _, first, back = np.unique(family[together], return_index=True, return_inverse=True)
    own[together] = np.flatnonzero(together)[first][back]
    return own


def _scaled(column: npt.NDArray[np.generic]) -> Floats:
    """Divide by the total; a measure that is zero throughout stays zero."""
    values = column.astype(np.float64)
    total = values.sum()
    scaled: Floats = values / (total if total > 0 else 1.0)
    return scaled


def _one_of_unit(column: npt.NDArray[np.int32], starts: Ints, first: int) -> Ints:
    """Give each unit the receiver that some member has; the largest place decides if several do."""
    most = np.maximum.reduceat(column, starts[:-1]).astype(np.int64)
    return np.where(most >= 0, most - first, -1)


def _refuse_torn(fixed: npt.NDArray[np.int32], starts: Ints) -> None:
    """Refuse exceptions that send members of one family to different receivers."""
    most = np.maximum.reduceat(fixed, starts[:-1])
    least = np.minimum.reduceat(np.where(fixed < 0, most.max(initial=0) + 1, fixed), starts[:-1])
    if ((most >= 0) & (least < most)).any():
        raise RuleError("named exceptions send members of one family to different owners", "$.named")


def _classes(problem: Problem, members: Ints, starts: Ints, span: slice) -> tuple[Ints, Bools]:
    """Group units by who may have them: all of a unit's members must be eligible."""
    allowed = np.ones((len(members), span.stop - span.start), dtype=bool)
    for codes, fulfil in zip(problem.words, problem.needs, strict=True):
        word = codes[members]
        needy = np.flatnonzero(word >= 0)
        allowed[needy] &= fulfil[span][:, word[needy]].T
    place = {int(client): i for i, client in enumerate(members.tolist())} if problem.barred else {}
    for client, receiver in problem.barred:
        if client in place:
            allowed[place[client], receiver - span.start] = False
    of_unit = np.logical_and.reduceat(allowed, starts[:-1], axis=0)
    eligible, kind = np.unique(of_unit, axis=0, return_inverse=True)
    return kind.reshape(-1).astype(np.int64), eligible


def _targets(values: Floats, fixed: Ints, shares: Floats) -> Floats:
    """Share each measure by weight, raised where what is fixed exceeds the share."""
    held = fixed >= 0
    targets = np.empty((len(values), len(shares)))
    for k, row in enumerate(values):
        floors = np.bincount(fixed[held], row[held], len(shares)).astype(np.float64)
        targets[k] = level(row.sum(), shares, floors)
    return targets
