"""The certificate of a division: targets, loads and deviations, bounds that nothing can beat, and verdicts of envy.

Everything here is taken anew from the clients and their owners; nothing is carried over from the
search.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np

from clientmgr.allocation.bounds import measure_bounds
from clientmgr.allocation.envy import NEARLY, judge
from clientmgr.allocation.problem import Problem
from clientmgr.allocation.targets import DUST, clip, fill_cells
from clientmgr.tables import AnyArray, Coded, Codes, Flags, Floats, Result, freeze, text_table

__all__ = ["TIE_RULE", "BookRows", "BranchRows", "Certificate", "certify"]

TIE_RULE: Final = "clients by falling size, then by id; receivers by rising ratio, then by id"
SHOWN = 60  # cells that a certificate prints
SMALL_BRANCH = 50  # clients a manager up to which all clients serve the pigeon-hole bound


@attrs.frozen(eq=False, repr=False, slots=False)
class BookRows(Result):
    """One row for each receiver and measure.

    Attributes:
        branch, owner, measure: which cell.
        clients: clients in the book.
        target: what is due by weight, in the unit of the measure (fen, clients ...).
        filled: the same, within the limits on clients and water-filled around clients larger than
            a fair book.
        load: what the book holds; negative values count as 0 where the rule says so.
        deviation: `load / filled - 1`, in per cent; 0 where nothing is due.
        in_clients: `load - filled` in average clients of the branch.
        smallest, largest: the smallest client of positive value, and the largest.
        free: whether something indivisible overfills the cell, so that its target is its load.
    """

    branch: Coded
    owner: Coded
    measure: Coded
    clients: AnyArray
    target: Floats
    filled: Floats
    load: AnyArray
    deviation: Floats
    in_clients: Floats
    smallest: AnyArray
    largest: AnyArray
    free: Flags

    def __len__(self) -> int:
        """Count the cells."""
        return len(self.load)

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a cell."""
        return {f.name: np.asarray(getattr(self, f.name)) for f in attrs.fields(type(self))}

    def __repr__(self) -> str:
        """Count the cells and name the worst."""
        return f"BookRows({len(self)} cells, worst deviation {_worst(self):.2g} %)"


@attrs.frozen(eq=False, repr=False, slots=False)
class BranchRows(Result):
    """One row for each branch and measure; ratios are load / weight as parts of the branch's fair ratio.

    Attributes:
        branch, measure: which.
        total: of the measure.
        lowest, highest: the lowest and the highest ratio of a book.
        max_min: no division has a lowest ratio above this.
        min_max: no division has a highest ratio below this.
        wef1, wefx: whether nobody envies a book without its largest, or smallest positive, client.
        envier, envied: the pair that comes nearest to breaking WEFX.
        slack: by how much it does not (negative: it does), in fair ratios.
    """

    branch: Coded
    measure: Coded
    total: AnyArray
    lowest: Floats
    highest: Floats
    max_min: Floats
    min_max: Floats
    wef1: Flags
    wefx: Flags
    envier: Coded
    envied: Coded
    slack: Floats

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.total)

    @property
    def gap(self) -> Floats:
        """How far the lowest ratio lies below what is at best possible."""
        return self.max_min - self.lowest

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a branch and measure."""
        return {f.name: np.asarray(getattr(self, f.name)) for f in attrs.fields(type(self))}

    def __repr__(self) -> str:
        """Count the rows and the verdicts."""
        return f"BranchRows({len(self)} rows, WEFX in {int(self.wefx.sum())})"


@attrs.frozen(eq=False, repr=False, slots=False)
class Certificate(Result):
    """What a division can prove about itself; anyone can recompute it with `check.verify_allocation`.

    Attributes:
        books: per receiver and measure.
        branches: per branch and measure.
        clipped: clients whose value below zero counts as 0, by measure.
        moves: clients who change hands, by branch; 0 for a first division.
        moves_bound: no division within the same tolerance can do with fewer moves, by branch.
        worst: the worst relative deviation from targets around fixed clients, by branch where rules
            bind; else NaN.
        dual: no division under the rules can do better, by branch; NaN where no rule binds.
        prices: the multipliers that prove `dual`, measures x receivers; 0 where none.
        affinity: the sum of fits, by branch; NaN for other methods.
        affinity_bound: no assignment within the capacities has a larger sum, by branch.
        room_prices: what an hour, or place, of each receiver costs; they prove `affinity_bound`.
        slack: in an auction, by which part some buyer sees more value for money elsewhere, by
            branch.
        tie_rule: what decided between equals.
    """

    books: BookRows
    branches: BranchRows
    clipped: Mapping[str, int]
    moves: AnyArray
    moves_bound: AnyArray
    worst: Floats
    dual: Floats
    prices: Floats
    affinity: Floats
    affinity_bound: Floats
    room_prices: Floats
    slack: Floats
    tie_rule: str = TIE_RULE

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the cells, one row a receiver and measure."""
        return self.books.to_columns()

    def __repr__(self) -> str:
        """Say how near the books come."""
        return f"Certificate({len(self.books)} cells, worst deviation {_worst(self.books):.2g} %)"

    def __str__(self) -> str:
        """Lay the first cells out as a table."""
        books, first = self.books, slice(0, SHOWN)
        more = f"\n... {len(books) - SHOWN:,} more" if len(books) > SHOWN else ""
        table = text_table(
            {
                "branch": books.branch[first].tolist(),
                "owner": books.owner[first].tolist(),
                "measure": books.measure[first].tolist(),
                "clients": books.clients[first].tolist(),
                "target": books.filled[first].tolist(),
                "load": books.load[first].tolist(),
                "off %": books.deviation[first].tolist(),
            },
            formats={
                "target": "{:,.0f}".format,
                "load": "{:,.0f}".format,
                "off %": "{:+.4f}".format,
            },
        )
        return table + more


def certify(problem: Problem, names: tuple[Coded, Coded], owner: Codes, extra: Mapping[str, Any]) -> Certificate:
    """Prove what can be proved about a division.

    Args:
        problem: what was to be divided.
        names: the branches, and the receivers' ids.
        owner: the receiver of each client.
        extra: moves, bounds and prices that the method brings: the further fields of the
            certificate.

    Returns:
        The certificate. O(n d) and a little per branch.
    """
    receivers = problem.receivers
    place = owner.astype(np.intp)
    cells = [_Cells.of(problem, column, place) for column in problem.values]
    targets = np.array([cell.target for cell in cells])
    _clip_counts(problem, targets)
    loads = np.array([cell.load.astype(np.float64) for cell in cells])
    indivisible = np.array([_indivisible(problem, k, place) for k in range(len(cells))])
    filled, free = fill_cells(
        targets,
        receivers.shares,
        loads,
        indivisible,
        receivers.starts,
        totals=np.array([cell.total.astype(np.float64) for cell in cells]),
        dust=[0.0 if cell.column.dtype.kind == "i" else DUST for cell in cells],
    )
    counts = np.bincount(place, minlength=len(receivers))
    words = [measure.name for measure in problem.measures]
    return Certificate(
        books=_book_rows(problem, names, cells, filled, free, counts),
        branches=_branch_rows(problem, names, cells),
        clipped=dict(zip(words, problem.clipped, strict=True)),
        **extra,
    )


def _clip_counts(problem: Problem, targets: Floats) -> None:
    """Bring the targets of counts within the limits, in place."""
    most, least = problem.limits.clients, problem.limits.minimum
    names = [measure.name for measure in problem.measures]
    if "count" not in names or (most is None and not least):
        return
    receivers = problem.receivers
    clients = np.bincount(problem.branch, minlength=problem.branches)
    for branch in np.flatnonzero(clients).tolist():
        span = receivers.of_branch(branch)
        shares = receivers.shares[span]
        high = np.full(len(shares), float(clients[branch] if most is None else most))
        low = np.full(len(shares), float(least))
        targets[names.index("count"), span] = clip(float(clients[branch]), shares, low, high)


@attrs.frozen(eq=False)
class _Cells:
    """One measure over all receivers."""

    column: AnyArray
    total: AnyArray
    target: Floats
    load: AnyArray
    smallest: AnyArray
    largest: AnyArray

    @classmethod
    def of(cls, problem: Problem, column: AnyArray, place: AnyArray) -> "_Cells":
        """Add up a measure: whole numbers exactly, others in id order."""
        receivers = problem.receivers
        size = len(receivers)
        load = np.zeros(size, dtype=column.dtype)
        np.add.at(load, place, column)
        none = np.iinfo(np.int64).max if column.dtype.kind == "i" else np.inf
        smallest = np.full(size, none, dtype=column.dtype)
        positive = np.where(column > 0, column, column.dtype.type(none))
        np.minimum.at(smallest, place, positive)
        largest = np.zeros(size, dtype=column.dtype)
        np.maximum.at(largest, place, column)
        total = np.zeros(problem.branches, dtype=column.dtype)
        np.add.at(total, receivers.branch, load)
        smallest = np.where(smallest == none, column.dtype.type(0), smallest)
        target = total[receivers.branch] * receivers.shares
        return cls(column, total, target, load, smallest, largest)


def _indivisible(problem: Problem, measure: int, place: AnyArray) -> Floats:
    """Find the largest thing in each cell that cannot be split: a client, a family, all that is fixed."""
    column = problem.values[measure].astype(np.float64)
    size = len(problem.receivers)
    largest = np.zeros(size)
    np.maximum.at(largest, place, column)
    if problem.family is not None:
        together = problem.family >= 0
        family = problem.family[together].astype(np.int64)
        whole = np.bincount(family, column[together])
        np.maximum.at(largest, place[together], whole[family])
    fixed = problem.fixed >= 0
    return np.maximum(largest, np.bincount(place[fixed], column[fixed], size))


def _book_rows(
    problem: Problem,
    names: tuple[Coded, Coded],
    cells: list[_Cells],
    filled: Floats,
    free: Flags,
    counts: AnyArray,
) -> BookRows:
    """Lay the cells out, receiver by receiver."""
    receivers = problem.receivers
    measures = len(cells)
    load = _side_by_side([cell.load for cell in cells])
    due = filled.T.ravel()
    average = np.array(
        [cell.total / np.maximum(np.bincount(problem.branch, minlength=problem.branches), 1) for cell in cells]
    )[:, receivers.branch].T.ravel()
    off = load - due
    return BookRows(
        branch=names[0][np.repeat(receivers.branch, measures)],
        owner=names[1][np.repeat(np.arange(len(receivers)), measures)],
        measure=_measure_column(problem, len(receivers)),
        clients=freeze(np.repeat(counts, measures)),
        target=freeze(np.array([cell.target for cell in cells]).T.ravel()),
        filled=freeze(due),
        load=freeze(load),
        deviation=freeze(np.where(due > 0, 100 * off / np.where(due > 0, due, 1.0), 0.0)),
        in_clients=freeze(np.where(average > 0, off / np.where(average > 0, average, 1.0), 0.0)),
        smallest=freeze(_side_by_side([cell.smallest for cell in cells])),
        largest=freeze(_side_by_side([cell.largest for cell in cells])),
        free=freeze(free.T.ravel()),
    )


def _side_by_side(columns: list[AnyArray]) -> AnyArray:
    """Interleave columns; whole numbers stay whole if all are."""
    return np.array(columns).T.ravel()


def _measure_column(problem: Problem, times: int) -> Coded:
    """Repeat the names of the measures."""
    return Coded.of([measure.name for measure in problem.measures] * times)


def _branch_rows(problem: Problem, names: tuple[Coded, Coded], cells: list[_Cells]) -> BranchRows:
    """Judge each branch that has receivers, on each measure."""
    receivers = problem.receivers
    places = np.flatnonzero(np.diff(receivers.starts) > 0)
    judged = [_judge(problem, places, cell) for cell in cells]
    columns = [np.array(parts).T.ravel() for parts in zip(*judged, strict=True)]
    lowest, highest, max_min, min_max, slack = (freeze(columns[i].astype(np.float64)) for i in (0, 1, 2, 3, 8))
    envier, envied = (names[1][columns[i].astype(np.int64)] for i in (6, 7))
    return BranchRows(
        branch=names[0][np.repeat(places, len(cells))],
        measure=_measure_column(problem, len(places)),
        total=freeze(_side_by_side([cell.total[places] for cell in cells])),
        lowest=lowest,
        highest=highest,
        max_min=max_min,
        min_max=min_max,
        wef1=freeze(columns[4].astype(bool)),
        wefx=freeze(columns[5].astype(bool)),
        envier=envier,
        envied=envied,
        slack=slack,
    )


def _tops(problem: Problem, cell: _Cells) -> dict[int, AnyArray]:
    """Give for each branch the clients that can matter for its bounds, falling."""
    receivers = problem.receivers
    least = np.full(problem.branches, np.inf)
    np.minimum.at(least, receivers.branch, cell.target)
    clients = np.bincount(problem.branch, minlength=problem.branches)
    least[clients <= SMALL_BRANCH * np.diff(receivers.starts)] = -1.0
    rows = np.flatnonzero(cell.column > least[problem.branch])
    branch, value = problem.branch[rows], cell.column[rows]
    order = np.lexsort((-value, branch))
    borders = np.searchsorted(branch[order], np.arange(problem.branches + 1))
    return {b: value[order[borders[b] : borders[b + 1]]] for b in np.flatnonzero(np.diff(borders) > 0).tolist()}


def _judge(problem: Problem, places: AnyArray, cell: _Cells) -> tuple[AnyArray, ...]:
    """Give ratios, bounds and verdicts of one measure, branch by branch."""
    receivers = problem.receivers
    starts = receivers.starts[places]
    home = np.repeat(np.arange(len(places)), np.diff(receivers.starts)[places])
    total = cell.total[places].astype(np.float64)
    fair = np.where(total > 0, total, 1.0)[home]
    ratios = cell.load / receivers.shares / fair
    bounds = _bounds(problem, places, cell, total)
    one = _verdicts(problem, places, cell, (starts, home, ratios, fair), cell.largest)
    some = _verdicts(problem, places, cell, (starts, home, ratios, fair), cell.smallest)
    lowest = np.minimum.reduceat(ratios, starts) if len(places) else total
    highest = np.maximum.reduceat(ratios, starts) if len(places) else total
    return lowest, highest, bounds[0], bounds[1], one[0], some[0], some[1], some[2], some[3]


def _bounds(problem: Problem, places: AnyArray, cell: _Cells, total: Floats) -> tuple[Floats, Floats]:
    """Give max-min and min-max of each branch; trivial where no client exceeds the least target."""
    receivers, tops = problem.receivers, _tops(problem, cell)
    scale = np.where(total > 0, total, 1.0)
    low = high = np.where(total > 0, 1.0, 0.0)
    low, high = low.copy(), high.copy()
    for i, branch in enumerate(places.tolist()):
        if branch in tops:
            shares = receivers.shares[receivers.of_branch(branch)]
            found = measure_bounds(tops[branch].astype(np.float64), float(total[i]), shares)
            low[i], high[i] = found[0] / scale[i], found[1] / scale[i]
    return low, high


def _verdicts(
    problem: Problem,
    places: AnyArray,
    cell: _Cells,
    layout: tuple[AnyArray, AnyArray, Floats, Floats],
    removed: AnyArray,
) -> tuple[AnyArray, ...]:
    """Judge envy by floats where they decide, exactly where extremes are near each other."""
    starts, home, ratios, fair = layout
    if not len(places):
        return tuple(np.zeros(0) for _ in range(4))
    reduced = (cell.load - removed) / problem.receivers.shares / fair
    low, high = np.minimum.reduceat(ratios, starts), np.maximum.reduceat(reduced, starts)
    near_low = np.add.reduceat(ratios <= low[home] + NEARLY, starts)
    near_high = np.add.reduceat(reduced >= high[home] - NEARLY, starts)
    slack = low - high
    envier, envied = _first_at(ratios == low[home], starts), _first_at(reduced == high[home], starts)
    holds = slack >= 0
    unclear = (near_low > 1) | (near_high > 1) | (np.abs(slack) <= NEARLY)
    for i in np.flatnonzero(unclear).tolist():
        span = problem.receivers.of_branch(int(places[i]))
        verdict = judge(cell.load[span], problem.receivers.weights[span], removed[span])
        holds[i], slack[i] = verdict.holds, verdict.slack
        envier[i], envied[i] = span.start + verdict.envier, span.start + verdict.envied
    return holds, envier, envied, slack


def _first_at(marks: Flags, starts: AnyArray) -> AnyArray:
    """Find the first marked place of each branch."""
    places = np.flatnonzero(marks)
    return places[np.searchsorted(places, starts)]


def _worst(books: BookRows) -> float:
    """Give the worst deviation in per cent, free cells apart."""
    return float(np.abs(np.where(books.free, 0.0, books.deviation)).max(initial=0.0))
