"""`Extra`: the columns that a user brings beyond those that a table names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.tables.coded import Coded
from clientmgr.tables.readonly import freeze
from clientmgr.tables.types import AnyArray

__all__ = ["Extra", "extra"]


@attrs.frozen(eq=False, repr=False, slots=False)
class Extra(Mapping[str, Any]):
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
        return cls(tuple((str(name), _read(str(name), columns[name])) for name in columns))

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

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the columns read-only."""
        for _, column in state["_columns"]:
            if isinstance(column, np.ndarray):
                freeze(column)
        self.__dict__.update(state)

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
    return columns if isinstance(columns, Extra) else Extra.of(columns)


def _read(name: str, values: Any) -> Any:
    """Read one column as what it is."""
    if isinstance(values, Coded):
        return values
    array = np.asarray(values)
    kind = array.dtype.kind
    if kind in "UOTS":
        return Coded.of(values)
    if kind == "M":
        return freeze(array.astype("datetime64[D]"))
    if kind == "f" and not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array))[0])
        raise DataError(f"extra[{name!r}] row {row}: got {array[row]}, expected a finite number")
    if kind not in "iufb":
        raise DataError(f"extra[{name!r}]: cannot keep a column of {array.dtype}")
    wide = {"i": np.int64, "u": np.int64, "f": np.float64, "b": np.bool_}[kind]
    return freeze(array.astype(wide))


def _take(column: Any, rows: Any) -> Any:
    """Take rows of a column, read-only."""
    picked: AnyArray | Coded = column[rows]
    return picked if isinstance(picked, Coded) else freeze(picked.copy())


def _join(pieces: list[Any]) -> Any:
    """Put pieces of one column one behind the other."""
    return Coded.concat(pieces) if isinstance(pieces[0], Coded) else np.concatenate(pieces)
