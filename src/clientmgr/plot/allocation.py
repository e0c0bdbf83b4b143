"""Loads of books against their targets, before and after a re-division."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clientmgr.allocation import Division
from clientmgr.errors import DataError
from clientmgr.tables import AnyArray, Id

__all__ = ["plot_loads"]

MILLION = 100_000_000  # in fen
BEFORE, AFTER, TARGET = "#c9b79c", "#2f6f8f", "#b3282d"


def plot_loads(
    division: Division,
    measure: str,
    *,
    branch: Id | None = None,
    before: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each book of a branch holds of a measure, against its target.

    Assets are drawn in millions of the currency, other measures in their own unit.

    Args:
        division: the decision.
        measure: one of the rule's measures.
        branch: which branch; the first one by default.
        before: who had each row of `facts.clients` before, such as `ledger.owners(...).manager`;
            drawn beside the new loads. None leaves it out.
        ax: where to draw; a new figure by default.

    Returns:
        The axis.

    Raises:
        DataError: no such measure or branch in the division.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.allocation import AllocationRule, allocate
        >>> from clientmgr.plot import plot_loads
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1", "C2", "C3"], branch="B1", assets=[300, 200, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> division = allocate(facts, AllocationRule(key=None), on="2026-07-01")
        >>> plot_loads(division, "assets").get_title("left")
        'assets of B1'
    """
    books = division.certificate.books
    where = books.branch[0] if branch is None and len(books) else branch
    rows = np.flatnonzero((books.measure == measure) & (books.branch == where))
    if not len(rows):
        raise DataError(f"the division has no {measure!r} of branch {where!r}")
    axis = Figure(figsize=(8.0, 3.6), layout="constrained").add_subplot() if ax is None else ax
    place = np.arange(len(rows))
    owners = books.owner[rows].tolist()
    width = 0.8 if before is None else 0.4
    shift = 0.0 if before is None else width / 2
    unit = MILLION if measure == "assets" else 1
    if before is not None:
        held = _held(division, measure, before, owners)
        axis.bar(place - shift, held / unit, width, color=BEFORE, label="before")
    axis.bar(place + shift, books.load[rows] / unit, width, color=AFTER, label="load")
    due = books.filled[rows] / unit
    axis.hlines(due, place - 0.45, place + 0.45, color=TARGET, label="target")
    axis.set_xticks(place, [str(owner) for owner in owners])
    axis.set_title(f"{measure} of {where}", loc="left")
    axis.set_ylim(bottom=0)
    axis.yaxis.set_major_formatter("{x:,.0f}")
    axis.set_ylabel(f"{division.facts.currency} million" if measure == "assets" else "")
    # Above the axis, where no bar can stand behind it.
    axis.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    axis.spines[["top", "right"]].set_visible(False)
    return axis


def _held(division: Division, measure: str, before: Any, owners: list[Any]) -> AnyArray:
    """Add up what each owner held before of the clients that are divided now."""
    names = [one.name for one in division.problem.measures]
    column = division.problem.values[names.index(measure)]
    had = np.asarray(before, dtype=object)[division.problem.rows]
    return np.array([column[had == owner].sum() for owner in owners])
