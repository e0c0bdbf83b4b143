"""`Machine`: the state while periods are run one after another: look-backs, runs, carries.

State is kept for all managers ever seen, in the order in which they turned up: a leaver keeps what he has, a joiner
begins without history.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from clientmgr.formula.columns import Column, first_mark
from clientmgr.formula.numbers import Bools, Ints, Numbers

__all__ = ["Kept", "Machine", "Past"]


@attrs.frozen(eq=False)
class Kept:
    """A column over all managers, and for which of them it is known; None means all."""

    column: Column
    known: Bools | None = None

    def of(self, rows: Any) -> "Kept":
        """Give it for some managers; None means all."""
        if rows is None:
            return self
        return Kept(self.column.take(rows), None if self.known is None else self.known[rows])

    def grown(self, before: int, after: int) -> "Kept":
        """Make room for managers of whom nothing is known."""
        index = np.concatenate([np.arange(before), np.zeros(after - before, dtype=np.int64)])
        known = np.zeros(after, dtype=np.bool_)
        known[:before] = True if self.known is None else self.known
        return Kept.only(self.column.full(before).take(index) if before else self.column, known)

    @classmethod
    def only(cls, column: Column, known: Bools) -> "Kept":
        """Keep a column that is known for some; the others' rows are filled with anything, unmarked."""
        mark = None if column.mark is None else np.where(known, column.mark, 0).astype(np.int32)
        return cls(Column(column.data, mark), known)


@attrs.frozen(eq=False)
class Past:
    """What a name was in an earlier period."""

    ordinal: int
    kept: Kept


class Machine:
    """Keeps the state of looked-back names, of runs and of carries."""

    def __init__(self, managers: Sequence[Any] = ()) -> None:
        """Begin with nothing known of some managers."""
        self.managers: tuple[Any, ...] = tuple(managers)
        self.past: dict[str, list[Past]] = {}
        self.runs: dict[str, Kept] = {}
        self.carries: dict[str, Kept] = {}
        self.ordinal: int | None = None
        self.rows: Ints | None = None
        self.count: int = len(self.managers)

    def enter(self, managers: tuple[Any, ...], ordinal: int) -> None:
        """Turn to the managers of the next period; a period left out breaks the runs."""
        self.count = len(managers)
        if self.ordinal is not None and ordinal != self.ordinal + 1:
            self.runs = {}
        self.ordinal = ordinal
        if not self.managers:
            self.managers = managers
        if managers is self.managers or managers == self.managers:
            self.rows = None
            return
        place = {manager: i for i, manager in enumerate(self.managers)}
        new = [manager for manager in managers if manager not in place]
        if new:
            self._grow(new)
            place.update({m: len(place) + i for i, m in enumerate(new)})
        self.rows = np.array([place[manager] for manager in managers], dtype=np.int64)

    def _grow(self, new: list[Any]) -> None:
        """Make room for new managers."""
        before, after = len(self.managers), len(self.managers) + len(new)
        self.managers = (*self.managers, *new)
        for name, pasts in self.past.items():
            self.past[name] = [Past(p.ordinal, p.kept.grown(before, after)) for p in pasts]
        self.runs = {name: kept.grown(before, after) for name, kept in self.runs.items()}
        self.carries = {name: kept.grown(before, after) for name, kept in self.carries.items()}

    def history(self, name: str, first: int, last: int) -> list[Past]:
        """Give what is known of a name from one ordinal to another, oldest first."""
        return [
            Past(past.ordinal, past.kept.of(self.rows))
            for past in self.past.get(name, ())
            if first <= past.ordinal <= last
        ]

    def run(self, name: str) -> Kept | None:
        """Give the lengths of a run before this period."""
        return self.runs[name].of(self.rows) if name in self.runs else None

    def carry(self, name: str) -> Kept | None:
        """Give a carry's stored balances."""
        return self.carries[name].of(self.rows) if name in self.carries else None

    def keep(self, name: str, column: Column, depth: int) -> None:
        """Remember a name for later periods, as far back as it is ever asked for."""
        now = self.ordinal or 0
        kept = [past for past in self.past.get(name, ()) if past.ordinal > now - depth]
        if self.count:
            kept.append(Past(now, self._everyone(column)))
        self.past[name] = kept

    def keep_run(self, name: str, column: Column) -> None:
        """Remember the length of a run; who is absent has none."""
        if not self.count:
            self.runs.pop(name, None)
            return
        kept = self._everyone(column)
        if kept.known is not None:
            nothing = Column(np.zeros(1, dtype=np.int64))
            kept = Kept(kept.column.where(kept.known, nothing))
        self.runs[name] = kept

    def keep_carry(self, name: str, column: Column) -> None:
        """Remember a closing balance; who is absent keeps what he had."""
        if not self.count:
            return
        kept, old = self._everyone(column), self.carries.get(name)
        if old is not None and kept.known is not None:
            known = kept.known | (True if old.known is None else old.known)
            kept = Kept(kept.column.where(kept.known, old.column), known)
        self.carries[name] = kept

    def _everyone(self, column: Column) -> Kept:
        """Lay a column of this period's managers out over all."""
        if self.rows is None:
            return Kept(column)
        index = np.zeros(len(self.managers), dtype=np.int64)
        index[self.rows] = np.arange(self.count)
        known = np.zeros(len(self.managers), dtype=np.bool_)
        known[self.rows] = True
        return Kept.only(column.full(self.count).take(index), known)


def longer_run(before: Kept | None, flag: Column) -> Column:
    """Give the length of a run up to and with this period.

    An unknown flag leaves the length unknown until a sure no ends it.
    """
    yes = flag.flags
    if before is None:
        return Column(yes.astype(np.int64), flag.mark)
    known = True if before.known is None else before.known
    length = np.where(yes, np.where(known, before.column.codes, 0) + 1, 0)
    old = before.column.mark
    if old is not None:
        old = np.where(yes & known, old, 0).astype(np.int32)
    return Column(length, first_mark([flag.mark, old]))


def zero_where(column: Column, known: Bools | None, zero: Numbers) -> Column:
    """Replace what is not known by zero, unmarked."""
    return column if known is None else column.where(known, Column(zero))
