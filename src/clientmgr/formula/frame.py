"""`Frame`: the rows over which steps are computed: the managers of one period, or of several behind one another."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import attrs
import numpy as np

from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, Reasons
from clientmgr.formula.kinds import Kind
from clientmgr.formula.numbers import Bools, Ints, Numbers
from clientmgr.formula.timeline import Timeline

if TYPE_CHECKING:
    from clientmgr.formula.machine import Machine

__all__ = ["Frame", "ItemRows", "Step", "Words"]


@attrs.frozen(eq=False)
class Step:
    """One step of a program: a node, the slots of what it needs, and the table in whose rows it is computed.

    `grain` is None for managers; `stateful` steps depend on carries or on earlier periods.
    """

    slot: int
    node: Formula
    args: tuple[int, ...]
    grain: str | None
    path: str
    stateful: bool
    spread: bool = False


@attrs.frozen(eq=False)
class ItemRows:
    """How many rows an item table has, and the row of each one's manager."""

    count: int
    owner: Ints


@lru_cache(maxsize=1024)
def _constant(numbers: type[Numbers], value: Fraction | int) -> Numbers:
    """Make a constant once; columns are never changed."""
    return numbers.constant(Fraction(value))


class Words:
    """The words of all labels by code, in the order in which they turned up."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Begin with some words."""
        self.listed: list[str] = []
        self._codes: dict[str, int] = {}
        for word in words:
            self.code(word)

    def code(self, word: str) -> int:
        """Give the code of a word; a new word gets the next."""
        if word not in self._codes:
            self._codes[word] = len(self.listed)
            self.listed.append(word)
        return self._codes[word]

    def find(self, word: str) -> int:
        """Give the code of a word, or -1."""
        return self._codes.get(word, -1)


@attrs.frozen(eq=False)
class Frame:
    """What a step may see beside its arguments."""

    numbers: type[Numbers]
    rows: int
    items: dict[str, ItemRows]
    timeline: Timeline
    period_of: Ints
    starts: Ints
    reasons: Reasons
    words: Words
    kinds: Mapping[str, Kind]
    machine: "Machine | None" = None

    def constant(self, value: Fraction | int) -> Numbers:
        """Make a constant of the frame's numbers."""
        return _constant(self.numbers, value)

    def whole(self, values: Ints) -> Column:
        """Make a column of whole numbers."""
        return Column(self.numbers.of_integers(values))

    def blank(self, name: str) -> Column:
        """Make something of a name's kind for rows that are undefined anyway."""
        kind = self.kinds[name].name
        if kind == "flag":
            return Column(np.zeros(1, dtype=np.bool_))
        return Column(np.zeros(1, dtype=np.int64) if kind == "label" else self.constant(0))

    def count(self, grain: str | None) -> int:
        """Count the rows of a grain."""
        return self.rows if grain is None else self.items[grain].count

    def period_rows(self, grain: str | None) -> Ints:
        """Give the period of each row of a grain."""
        return self.period_of if grain is None else self.period_of[self.items[grain].owner]

    def mark(self, step: Step, reason: str) -> int:
        """Give the mark of a reason at a step."""
        return self.reasons.code(reason, step.path)

    def refused(self, column: Column, mask: Bools, step: Step, reason: str) -> Column:
        """Mark the rows of a mask with a reason."""
        return column.marked(mask, self.mark(step, reason)) if mask.any() else column
