"""`Extra`: the columns that a user brings beyond those that a table names."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from numbers import Number
from typing import Any, cast

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.tables.coded import Coded
from clientmgr.tables.columns import flags, integers, numbers, optional_days, words
from clientmgr.tables.drafts import Draft, findings_of, finish
from clientmgr.tables.reading import is_missing, read_array
from clientmgr.tables.readonly import ReadOnly, freeze
from clientmgr.tables.types import AnyArray

__all__ = ["Extra", "extra", "named_extra", "read_extra"]

READERS: Mapping[str, Callable[[Any], Any]] = {
    "i": integers,
    "u": integers,
    "f": numbers,
    "b": flags,
    "M": optional_days,
}


@attrs.frozen(eq=False, repr=False, slots=False)
class Extra(ReadOnly, Mapping[str, Any]):
    """Further read-only columns by name: whole or finite numbers, flags, days, or coded text.

    Example:
        >>> from clientmgr.tables import Extra
        >>> Extra.of({"hours": [1.5, 2.0]})["hours"].tolist()
        [1.5, 2.0]
    """

    _columns: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> "Extra":
        """Read some columns.

        Raises:
            DataError: a column holds numbers that are not finite, or values of no one kind.
        """
        drafts = read_extra(columns)
        findings = findings_of("table", named_extra(drafts))
        if len(findings):
            raise DataError.of(findings, "cannot keep the extra columns")
        return cls(tuple((name, finish(draft, 1)) for name, draft in drafts.items()))

    def __getitem__(self, name: str) -> Any:
        """Give one column."""
        for known, column in self._columns:
            if known == name:
                return column
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return (name for name, _ in self._columns)

    def __len__(self) -> int:
        """Count the columns."""
        return len(self._columns)

    def __repr__(self) -> str:
        """Name the columns."""
        return f"Extra({', '.join(self)})"

    def take(self, rows: Any) -> "Extra":
        """Give the columns of some rows."""
        return Extra(tuple((name, _take(column, rows)) for name, column in self._columns))

    @staticmethod
    def concat(parts: Iterable["Extra"]) -> "Extra":
        """Put the columns of several tables one behind the other; all must have the same names."""
        every = list(parts)
        names = list(every[0])
        for part in every[1:]:
            if list(part) != names:
                raise DataError(f"extra columns differ: {names} and {list(part)}")
        return Extra.of({name: _join([part[name] for part in every]) for name in names})


def extra(columns: Mapping[str, Any] | Extra) -> Extra:
    """Read the extra columns of a table; the converter of its field."""
    return cast(Extra, read_extra(columns))


def read_extra(columns: Mapping[str, Any]) -> dict[str, Draft]:
    """Read each column as what it is; what has been read before is kept as it is."""
    if isinstance(columns, Extra):
        return {name: Draft(column) for name, column in columns.items()}
    return {str(name): _read(columns[name]) for name in columns}


def named_extra(drafts: Mapping[str, Draft]) -> dict[str, Draft]:
    """Name the columns as a finding names them."""
    return {f"extra[{name!r}]": draft for name, draft in drafts.items()}


def _read(values: Any) -> Draft:
    """Read one column: whole numbers, finite numbers, flags, days, or words."""
    if isinstance(values, (Coded, str)):
        return cast(Draft, words(values))
    array = read_array(values)
    kind = array.dtype.kind if array.dtype.kind != "O" else _kind_of_objects(array)
    reader = READERS.get(kind)
    return cast(Draft, words(values) if reader is None else reader(values))


def _kind_of_objects(array: AnyArray) -> str:
    """Say which kind of array some objects would make, "O" where they have gaps or are words."""
    rows = array.reshape(-1).tolist()
    present = [row for row in rows if not is_missing(row)]
    if present and all(isinstance(row, (date, np.datetime64)) for row in present):
        return "M"
    if len(present) < len(rows) or not rows:
        return "O"
    kinds = (("b", (bool, np.bool_)), ("i", (int, np.integer)), ("f", (Number,)))
    return next((kind for kind, of in kinds if all(isinstance(row, of) for row in rows)), "O")


def _take(column: Any, rows: Any) -> Any:
    """Take rows of a column, read-only."""
    picked: AnyArray | Coded = column[rows]
    return picked if isinstance(picked, Coded) else freeze(picked.copy())


def _join(pieces: list[Any]) -> Any:
    """Put pieces of one column one behind the other."""
    return Coded.concat(pieces) if isinstance(pieces[0], Coded) else np.concatenate(pieces)
