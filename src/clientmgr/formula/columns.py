"""`Column`: what a node computes for all rows: data, and a mark for each row that is undefined.

Numbers and dates are `Numbers` (a date counts its days from 1970), flags are booleans, labels and managers int64 codes.
One row broadcasts against any number of rows: a constant, or the only manager.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from clientmgr.formula.numbers import AnyIndex, Bools, Ints, Numbers

__all__ = ["Column", "Marks", "Reasons", "first_mark", "joined"]

Marks = NDArray[np.int32]
Data = Numbers | NDArray[Any]


class Column:
    """Data and marks of equally many rows; `mark` is None where everything is defined, else 0 for a defined row."""

    __slots__ = ("data", "mark")

    def __init__(self, data: Data, mark: Marks | None = None) -> None:
        """Keep data and marks."""
        self.data: Data = data
        self.mark: Marks | None = mark

    @property
    def numbers(self) -> Numbers:
        """Give the data as numbers."""
        return cast("Numbers", self.data)

    @property
    def flags(self) -> Bools:
        """Give the data as flags."""
        return cast("Bools", self.data)

    @property
    def codes(self) -> Ints:
        """Give the data as codes."""
        return cast("Ints", self.data)

    def __len__(self) -> int:
        """Count the rows, 1 for what broadcasts."""
        return max(len(self.data), 1 if self.mark is None else len(self.mark))

    def take(self, index: AnyIndex) -> "Column":
        """Take some rows; a single row stands for all."""
        data, mark = self.data, self.mark
        if len(data) != 1:
            data = data.take(index) if isinstance(data, Numbers) else data[index]
        if mark is not None and len(mark) != 1:
            mark = mark[index]
        return Column(data, mark)

    def full(self, rows: int) -> "Column":
        """Repeat a single row until there are so many."""
        every = np.zeros(rows, dtype=np.int64)
        data, mark = self.data, self.mark
        if len(data) == 1:
            data = data.take(every) if isinstance(data, Numbers) else data[every]
        if mark is not None and len(mark) == 1:
            mark = mark[every]
        return Column(data, mark)

    def where(self, mask: Bools, other: "Column") -> "Column":
        """Take this where the mask says yes, else the other, each with its mark."""
        mine, theirs = self.data, other.data
        if isinstance(mine, Numbers):
            data: Data = mine.where(mask, cast("Any", theirs))
        else:
            data = np.where(mask, mine, cast("Any", theirs))
        if self.mark is None and other.mark is None:
            return Column(data)
        a, b = (0 if mark is None else mark for mark in (self.mark, other.mark))
        return Column(data, np.where(mask, a, b).astype(np.int32))

    def marked(self, mask: Bools, code: int) -> "Column":
        """Mark the rows of a mask that are not marked yet."""
        if not mask.any():
            return self
        return Column(self.data, first_mark([self.mark, np.where(mask, code, 0).astype(np.int32)]))


class Reasons:
    """Why rows are undefined: each mark stands for a reason and the path of a node."""

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        """Begin with reasons that are known; 0 means defined."""
        self.listed: list[tuple[str, str]] = [("", ""), *known]
        self._codes = {reason: code for code, reason in enumerate(self.listed)}

    def code(self, reason: str, path: str) -> int:
        """Give the mark of a reason at a path."""
        key = (reason, path)
        if key not in self._codes:
            self._codes[key] = len(self.listed)
            self.listed.append(key)
        return self._codes[key]


def first_mark(marks: Sequence[Marks | None]) -> Marks | None:
    """Combine marks: the first one that a row carries stays."""
    present = [mark for mark in marks if mark is not None]
    if not present:
        return None
    result = present[-1]
    for mark in present[-2::-1]:
        result = np.where(mark != 0, mark, result)
    return result


def joined(columns: Sequence[Column], counts: Sequence[int]) -> Column:
    """Put columns of so many rows behind one another."""
    full = [column.full(rows) for column, rows in zip(columns, counts, strict=True)]
    first = full[0].data
    if isinstance(first, Numbers):
        data: Data = type(first).concat([cast("Any", column.data) for column in full])
    else:
        data = np.concatenate([cast("Any", column.data) for column in full])
    if all(column.mark is None for column in full):
        return Column(data)
    marks = [
        np.zeros(rows, dtype=np.int32) if column.mark is None else column.mark
        for column, rows in zip(full, counts, strict=True)
    ]
    return Column(data, np.concatenate(marks))
