"""Balanced division where no rule binds: pools and scaling, dealing, counts, closing.

Branches are handled together: dealing and closing rounds run in lock-step, what is left is closed
branch by branch within the stated number of exchanges.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeAlias

import attrs
import numpy as np

from clientmgr.allocation.books import Books, deal_by_count, meet_quotas
from clientmgr.allocation.close import cell_weights, close_rounds
from clientmgr.allocation.deal import deal
from clientmgr.allocation.envy import repair_wefx, wefx
from clientmgr.allocation.even import deal_even, land
from clientmgr.allocation.order import largest_first
from clientmgr.allocation.refine import refine
from clientmgr.allocation.resplit import resplit
from clientmgr.allocation.targets import fill_cells, share_out
from clientmgr.tables import AnyArray, Codes, Flags, Floats, Int64

__all__ = ["STEP_ORDER", "Effort", "Lot", "divide_balanced"]

EXACT = 2.0**53
REPAIRS = 64
CHUNK = 1 << 16  # rows scaled at once, so that they stay in cache

Progress: TypeAlias = Callable[[int, int], None]


@attrs.frozen
class Effort:
    """How much closing is done: lock-step rounds, further exchanges a branch, and what is near enough."""

    rounds: int
    exchanges: int
    within: float


@attrs.frozen(eq=False)
class Lot:
    """Clients of some branches and their managers; clients in id order, managers by branch and id.

    Attributes:
        branch: of each client, from 0 without gaps.
        values: measures of clients, int64 or float64, not negative.
        importance: the weight of each measure.
        counts: which of the measures is the number of clients, or None.
        starts: border of each branch among the managers.
        weights: exact weights of the managers.
        shares: the same as parts of a branch.
    """

    branch: Int64
    values: tuple[AnyArray, ...]
    importance: Floats
    counts: int | None
    starts: Int64
    weights: tuple[int, ...]
    shares: Floats

    @property
    def branches(self) -> int:
        """The number of branches."""
        return len(self.starts) - 1

    @property
    def money(self) -> list[int]:
        """The measures that are not the number of clients."""
        return [k for k in range(len(self.values)) if k != self.counts]


@attrs.define(eq=False)
class _Work:
    """A division under way: clients by branch, largest first."""

    lot: Lot
    order: Codes
    client_starts: Int64
    scaled: AnyArray
    quotas: Int64
    owner: Codes
    step: AnyArray

    def note(self, before: Codes, code: int) -> None:
        """Write down by which step clients came to another owner."""
        self.step[self.owner != before] = code

    def clients(self, branch: int) -> slice:
        """Give the places of the clients of a branch."""
        return slice(int(self.client_starts[branch]), int(self.client_starts[branch + 1]))

    def managers(self, branch: int) -> slice:
        """Give the places of the managers of a branch."""
        return slice(int(self.lot.starts[branch]), int(self.lot.starts[branch + 1]))

    def values(self, measure: int, branch: int) -> AnyArray:
        """Give a measure of the clients of a branch."""
        return self.lot.values[measure][self.order[self.clients(branch)]]


DEALT, BY_COUNT, QUOTA, EXCHANGED, MENDED = 0, 1, 2, 3, 4
"""Steps by which a client comes to its owner, as places in `STEP_ORDER`."""

STEP_ORDER: Final = ("dealt", "by count", "quota", "exchanged", "mended")


def divide_balanced(lot: Lot, effort: Effort, progress: Progress) -> tuple[Codes, AnyArray]:
    """Divide every branch of a lot.

    Returns:
        For each client its manager's place among all, and the step that gave it to him.
    """
    work = _prepare(lot)
    _deal(work)
    _level_counts(work)
    _close(work, effort, progress)
    owner = np.empty_like(work.owner)
    owner[work.order] = work.owner
    step = np.empty_like(work.step)
    step[work.order] = work.step
    return owner, step


def _prepare(lot: Lot) -> _Work:
    """Scale every measure to 1 over its branch and order the clients, the largest sum first."""
    sizes = np.bincount(lot.branch, minlength=lot.branches)
    scaled = np.empty((len(lot.values), len(lot.branch)), dtype=np.float32)
    for k, column in enumerate(lot.values):
        scale(column, lot.branch, lot.branches, into=scaled[k])
    # One measure is dealt by its own exact order: the promise of little envy rests on it.
    alone = len(lot.values) == 1
    key = lot.values[0].astype(np.float64) if alone else _joint_size(scaled, lot.importance)
    order = largest_first(lot.branch.astype(np.int32), key, lot.branches)
    starts = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    quotas = [
        share_out(int(size), lot.weights[begin:end])
        for size, begin, end in zip(sizes.tolist(), lot.starts[:-1], lot.starts[1:], strict=True)
    ]
    return _Work(
        lot,
        order,
        starts,
        np.ascontiguousarray(scaled[:, order]),
        np.array([quota for branch in quotas for quota in branch], dtype=np.int64),
        np.zeros(len(order), dtype=np.int32),
        np.zeros(len(order), dtype=np.int8),
    )


def _joint_size(scaled: AnyArray, importance: Floats) -> Floats:
    """Add the scaled measures of each client up by importance, measure by measure."""
    size = np.zeros(scaled.shape[1])
    for at in range(0, len(size), CHUNK):
        part = slice(at, at + CHUNK)
        for row, weight in zip(scaled, importance.tolist(), strict=True):
            size[part] += row[part] * weight
    return size


def scale(column: AnyArray, branch: AnyArray, branches: int, *, into: AnyArray | None = None) -> AnyArray:
    """Divide a measure by its total over each branch; whole numbers beyond 2^53 by their divisor first.

    Division, not multiplication by a reciprocal: a rounded quotient survives scaling of the
    measure.
    """
    total = np.zeros(branches, dtype=column.dtype)
    np.add.at(total, branch, column)
    if column.dtype.kind == "i" and (total >= EXACT).any():
        divisor = np.gcd.reduce(column) or 1
        column, total = column // divisor, total // divisor
    scaled = np.empty(len(column)) if into is None else into
    divisors = np.where(total > 0, total, 1).astype(np.float64)
    for at in range(0, len(column), CHUNK):
        part = slice(at, at + CHUNK)
        scaled[part] = column[part] / divisors[branch[part]]
    return scaled


def _deal(work: _Work) -> None:
    """Deal all clients, the largest first."""
    lot = work.lot
    if len(lot.values) == 1:
        values = lot.values[0][work.order]
        work.owner = deal_even(values, work.client_starts, lot.starts, lot.shares)
        return
    weighted = work.scaled
    if (lot.importance != 1).any():
        weighted = weighted * lot.importance[:, None].astype(np.float32)
    work.owner = deal(weighted, work.client_starts, lot.starts, lot.shares)


def _level_counts(work: _Work) -> None:
    """Bring counts to their quotas where they are measured; else deal by count what is worth nothing."""
    before = work.owner.copy()
    if work.lot.counts is not None:
        meet_quotas(work.owner, work.quotas)
        work.note(before, QUOTA)
        return
    worthless = (work.scaled == 0).all(axis=0)
    if not worthless.any():
        return
    branch = np.repeat(np.arange(work.lot.branches), np.diff(work.client_starts))
    for place in np.unique(branch[worthless]).tolist():
        _deal_worthless(work, place, worthless)
    work.step[worthless] = BY_COUNT


def _deal_worthless(work: _Work, branch: int, worthless: Flags) -> None:
    """Deal the clients of a branch that are worth nothing in any measure by number."""
    span, managers = work.clients(branch), work.managers(branch)
    rows = np.flatnonzero(worthless[span]) + span.start
    held = work.owner[span][~worthless[span]] - managers.start
    counts = np.bincount(held, minlength=managers.stop - managers.start)
    given = deal_by_count(counts, list(work.lot.weights[managers]), len(rows))
    work.owner[rows] = np.repeat(np.arange(managers.start, managers.stop, dtype=np.int32), given)


def _close(work: _Work, effort: Effort, progress: Progress) -> None:
    """Close what is still apart: rounds over all branches, then each branch by itself."""
    money = work.lot.money
    before = work.owner.copy()
    if effort.rounds and len(money) + (work.lot.counts is not None) > 1 and money:
        _close_jointly(work, effort)
    work.note(before, EXCHANGED)
    for branch in range(work.lot.branches):
        if effort.exchanges and money and work.client_starts[branch] < work.client_starts[branch + 1]:
            _close_branch(work, branch, effort)
        progress(branch + 1, work.lot.branches)


def _close_jointly(work: _Work, effort: Effort) -> None:
    """Run the lock-step rounds on the money measures."""
    lot, money = work.lot, work.lot.money
    values = work.scaled if lot.counts is None else work.scaled[money]
    books = Books.of(work.owner, len(lot.shares))
    targets, free = _targets(values, work.owner, lot.shares, lot.starts)
    weights = cell_weights(targets, free, lot.importance[money])
    close_rounds(values, books, lot.starts, targets, weights, rounds=effort.rounds)
    work.owner = books.owner()


def _targets(values: AnyArray, owner: Codes, shares: Floats, starts: Int64) -> tuple[Floats, Flags]:
    """Water-fill the targets of scaled measures around clients larger than a fair book."""
    loads = np.array([np.bincount(owner, row, len(shares)) for row in values])
    largest = np.zeros(loads.shape, dtype=values.dtype)
    place = owner.astype(np.intp)
    for k, row in enumerate(values):
        np.maximum.at(largest[k], place, row)
    totals = np.array([np.add.reduceat(row, starts[:-1]) for row in loads])
    branch = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return fill_cells(shares * totals[:, branch], shares, loads, largest, starts)


def _close_branch(work: _Work, branch: int, effort: Effort) -> None:
    """Close one branch by itself."""
    span, managers = work.clients(branch), work.managers(branch)
    money = work.lot.money
    owner = work.owner[span] - np.int32(managers.start)
    before = owner.copy()
    mended = False
    if len(money) == 1:
        mended = _land(work, branch, owner, effort)
    else:
        _refine(work, branch, owner, effort)
    work.step[span][owner != before] = MENDED if mended else EXCHANGED
    work.owner[span] = owner + np.int32(managers.start)


def _refine(work: _Work, branch: int, owner: Codes, effort: Effort) -> None:
    """Refine several money measures of a branch."""
    span, managers, lot = work.clients(branch), work.managers(branch), work.lot
    zero = np.zeros(span.stop - span.start, dtype=np.int64)
    values = np.array([scale(work.values(k, branch), zero, 1) for k in lot.money])
    shares = lot.shares[managers]
    targets, free = _targets(values, owner, shares, np.array([0, len(shares)]))
    weights = cell_weights(targets, free, lot.importance[lot.money])
    refine(values, owner, targets, weights, exchanges=effort.exchanges, within=effort.within)


def _land(work: _Work, branch: int, owner: Codes, effort: Effort) -> bool:
    """Close one measure of a branch exactly; where no count is measured, keep or mend WEFX. True if mended."""
    (measure,) = work.lot.money
    values = work.values(measure, branch)
    weights = work.lot.weights[work.managers(branch)]
    dealt = owner.copy()
    targets, tolerance = whole_targets(values, owner, weights)
    counted = work.lot.counts is not None
    made = land(
        values,
        owner,
        targets,
        exchanges=effort.exchanges,
        counts_stay=counted,
        tolerance=tolerance,
    )
    if not counted and values.dtype.kind == "i":
        resplit(values, owner, targets, weights, exchanges=effort.exchanges - made)
    if counted or wefx(values, owner, weights).holds:
        return False
    if not repair_wefx(values, owner, weights, steps=REPAIRS):
        owner[:] = dealt
    return True


def whole_targets(values: AnyArray, owner: Codes, weights: tuple[int, ...]) -> tuple[AnyArray, float]:
    """Give one measure's targets of one branch around clients larger than a fair book, and what counts as on target.

    Whole numbers get whole targets by the largest remainder, to be met exactly.
    """
    loads = np.zeros(len(weights), dtype=values.dtype)
    np.add.at(loads, owner, values)
    largest = np.zeros_like(loads)
    np.maximum.at(largest, owner, values)
    free = np.zeros(len(weights), dtype=bool)
    total, base = Fraction(loads.sum().item()), 0
    while True:
        left = total - sum(Fraction(load.item()) for load in loads[free])
        base = sum(weight for weight, out in zip(weights, free, strict=True) if not out)
        due = [left * weight / base if base else Fraction(0) for weight in weights]
        over = np.array([Fraction(big.item()) > t for big, t in zip(largest, due, strict=True)])
        if not (over & ~free).any():
            break
        free |= over
    if values.dtype.kind == "f":
        targets = np.array([float(one) for one in due])
        return np.where(free, loads, targets), 1e-12 * float(total)
    whole = share_out(int(left), [0 if out else w for w, out in zip(weights, free, strict=True)])
    return np.where(free, loads, np.array(whole, dtype=np.int64)), 0.0
