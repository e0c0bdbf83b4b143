"""`Table`: equally long, read-only, validated columns; the base of all facts."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Self, cast

import attrs
import numpy as np

from clientmgr.errors import DataError, Finding, Findings
from clientmgr.tables.coded import Coded, Id
from clientmgr.tables.columns import seen_before
from clientmgr.tables.drafts import Draft, common_length, findings_of, finish
from clientmgr.tables.extra import Extra, named_extra
from clientmgr.tables.readonly import ReadOnly, freeze
from clientmgr.tables.render import html_table
from clientmgr.tables.types import AnyArray, Codes

__all__ = ["KeyedTable", "Table"]


class Table(ReadOnly):
    """Base of the tables: frozen attrs classes whose fields are columns.

    A subclass is decorated with `@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)`
    and gives each field a kind of `clientmgr.tables.columns` as its converter. Columns are copied,
    checked all at once and made read-only. A single value stands for all rows.

    Raises:
        DataError: some rows cannot be used; one error lists them all.
    """

    # How findings call the table, where it is not the name of the class in small letters.
    LABEL: ClassVar[str] = ""

    def __attrs_post_init__(self) -> None:
        """Check all columns together, then keep their arrays."""
        drafts = {name: self.__dict__[name] for name in self.column_names()}
        further = self._further()
        every = drafts | named_extra(further)
        length, findings = common_length(self._label(), every)
        findings += findings_of(self._label(), every)
        if not len(findings):
            for name, draft in drafts.items():
                self.__dict__[name] = finish(draft, length)
            if "extra" in self.__dict__:
                kept = tuple((name, finish(draft, length)) for name, draft in further.items())
                self.__dict__["extra"] = Extra(kept)
            findings = self.check_rows()
        if len(findings):
            raise DataError.of(findings, f"cannot build {type(self).__name__}")

    def _further(self) -> dict[str, Draft]:
        """Give the drafts of the extra columns.

        Raises:
            DataError: one of them is called as a column of the table is.
        """
        further: dict[str, Draft] = self.__dict__.get("extra", {})
        taken = [name for name in further if name in self.column_names()]
        if taken:
            raise DataError(
                f"cannot build {type(self).__name__}: {taken[0]!r} is a column of its own, "
                "it cannot be an extra one too"
            )
        return further

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """Name the columns in their order (`extra` apart)."""
        return tuple(f.name for f in _fields(cls) if f.name != "extra")

    def check_rows(self) -> Findings:
        """List rows that are each well typed but cannot be meant; a subclass says which."""
        return Findings()

    def findings_where(self, bad: AnyArray, column: str, expected: str, *, values: Any = None) -> Findings:
        """Make findings of the marked rows of one column, with the ids of the table."""
        rows = np.flatnonzero(bad)
        shown = self.__dict__[column] if values is None else values
        picked = shown[rows]
        dates = isinstance(picked, np.ndarray) and picked.dtype.kind == "M"
        key = self.__dict__.get("id")
        return Findings.of(
            table=self._label(),
            column=column,
            rows=rows,
            ids=None if key is None else key[rows].tolist(),
            values=picked.astype(str).tolist() if dates else picked.tolist(),
            expected=expected,
        )

    @classmethod
    def _label(cls) -> str:
        """Name the table as findings name it: as the field of facts that holds it."""
        if cls.LABEL:
            return cls.LABEL
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("_")

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.__dict__[self.column_names()[0]])

    def __bool__(self) -> bool:
        """Refuse to be a condition."""
        raise TypeError("a table has no truth value; ask len(table)")

    def __repr__(self) -> str:
        """Name the table and its size."""
        extra = self.__dict__.get("extra")
        more = f", extra {', '.join(extra)}" if extra else ""
        return f"{type(self).__name__}({len(self):,} rows{more})"

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        return html_table(self.take(slice(0, 10)).to_columns(), caption=repr(self))

    @classmethod
    def from_columns(cls, frame: Any, names: Mapping[str, str] | None = None, extra: Iterable[str] = ()) -> Self:
        """Build the table from anything with `frame[name]`.

        A dict will do, or a pandas, polars or pyarrow frame. Columns that the table does not know
        are ignored.

        Args:
            frame: the columns by name.
            names: for a column of the table the name that it has in the frame.
            extra: further columns of the frame to keep in `extra`.

        Raises:
            DataError: a column that is needed is not in the frame, or some rows cannot be used.
        """
        renamed = dict(names or {})
        there = _names_in(frame)
        _refuse_unknown(cls, renamed, there, extra)
        columns: dict[str, Any] = {}
        for field in _fields(cls):
            source = renamed.get(field.name, field.name)
            if field.name != "extra" and source in there:
                columns[field.name] = frame[source]
            elif field.default is attrs.NOTHING:
                raise DataError(f"{cls.__name__} needs a column {source!r}; the frame has {there}")
        kept = {name: frame[name] for name in extra}
        return cls(**columns, **({"extra": kept} if kept else {}))

    @classmethod
    def empty(cls) -> Self:
        """Build the table of no rows."""
        required = (f.name for f in _fields(cls) if f.default is attrs.NOTHING)
        return cls(**{name: [] for name in required})

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> Self:
        """Build the table from one mapping a row, all with the same keys.

        Raises:
            DataError: rows have different keys, an unknown key, or values that cannot be used.
        """
        rows = list(records)
        keys = list(rows[0]) if rows else list(cls.column_names())
        odd = [i for i, row in enumerate(rows) if list(row) != keys and set(row) != set(keys)]
        if odd:
            values = [sorted(map(str, rows[i])) for i in odd]
            raise DataError.of(
                Findings.of(table=cls._label(), column="*", rows=odd, values=values, expected=f"keys {keys}"),
                f"cannot build {cls.__name__} from records",
            )
        known = set(cls.column_names())
        return cls.from_columns(
            {key: [row[key] for row in rows] for key in keys},
            extra=[key for key in keys if key not in known],
        )

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the columns as arrays by name, extra ones behind; codes become values."""
        columns = {name: np.asarray(self.__dict__[name]) for name in self.column_names()}
        return columns | {name: np.asarray(c) for name, c in self.__dict__.get("extra", {}).items()}

    def to_records(self) -> list[dict[str, Any]]:
        """Give one dict of Python values a row; days become `datetime.date`."""
        columns = self.to_columns()
        lists = [column.tolist() for column in columns.values()]
        return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]

    def equals(self, other: object) -> bool:
        """Say whether another table has the same columns with the same values in the same order."""
        if type(self) is not type(other):
            return False
        mine, its = self.to_columns(), other.to_columns()
        return mine.keys() == its.keys() and all(_same(mine[k], its[k]) for k in mine)

    def take(self, rows: Any) -> Self:
        """Give the table of some rows: a slice, a mask or row numbers.

        Raises:
            DataError: a row is not there, or the mask is not as long as the table.
        """
        rows = _rows_to_take(rows, len(self))
        made = object.__new__(type(self))
        for name in self.column_names():
            column = self.__dict__[name][rows]
            made.__dict__[name] = column if isinstance(column, Coded) else freeze(column.copy())
        if "extra" in self.__dict__:
            made.__dict__["extra"] = self.__dict__["extra"].take(rows)
        return made

    @classmethod
    def concat(cls, tables: Iterable[Self]) -> Self:
        """Put tables one behind the other and check the whole."""
        parts = list(tables)
        if not parts:
            raise DataError("nothing to concatenate: give at least one table")
        strangers = [type(part).__name__ for part in parts if type(part) is not cls]
        if strangers:
            raise DataError(f"cannot concatenate {cls.__name__} with {strangers[0]}")
        columns: dict[str, Any] = {}
        for name in cls.column_names():
            pieces = [part.__dict__[name] for part in parts]
            coded = isinstance(pieces[0], Coded)
            columns[name] = Coded.concat(pieces) if coded else np.concatenate(pieces)
        if "extra" in parts[0].__dict__:
            columns["extra"] = Extra.concat([part.__dict__["extra"] for part in parts])
        return cls(**columns)


class KeyedTable(Table):
    """A table whose rows have ids of their own, so that other tables can point at them."""

    id: Coded

    def take(self, rows: Any) -> Self:
        """Give the table of some rows: a slice, a mask or row numbers, none of them twice.

        Raises:
            DataError: a row is not there or taken twice, or the mask is not as long as the table.
        """
        made = super().take(rows)
        if isinstance(rows, slice) or np.asarray(rows).dtype.kind == "b":
            return made
        twice = seen_before(np.asarray(rows) % max(len(self), 1))
        if twice.any():
            findings = made.findings_where(twice, "id", "a row that is taken once")
            raise DataError.of(findings, f"cannot take rows of {type(self).__name__}")
        return made

    def rows(self, refs: Coded) -> Codes:
        """Find the row of each id of another table's column: int32, -1 where unknown or missing.

        Raises:
            DataError: text ids are compared with integer ids.
        """
        self._refuse_other_kind(refs)
        place = refs.match(self.id)
        row_of_word = np.where(place >= 0, self._row_of_code[place], -1)
        return np.append(row_of_word, np.int32(-1)).astype(np.int32)[refs.codes]

    def row(self, id: Id) -> int:
        """Find the row of one id.

        Raises:
            DataError: the id is not in the table.
        """
        code = self.id.code(id)
        if code < 0:
            finding = Finding(self._label(), "id", -1, id, id, f"an id of {self._label()}")
            hint = _kind_hint(self.id, asked_text=isinstance(id, str))
            block = Findings.of(
                table=finding.table,
                column="id",
                rows=[-1],
                ids=[id],
                values=[id],
                expected=finding.expected,
            )
            raise DataError(f"there is no {id!r} in {self._label()}{hint}", block)
        return int(self._row_of_code[code])

    @cached_property
    def _row_of_code(self) -> Codes:
        """Invert the codes of the ids, with one spare row for an empty table."""
        rows = np.full(len(self.id.vocabulary) + 1, -1, np.int32)
        rows[self.id.codes] = np.arange(len(self), dtype=np.int32)
        return rows

    def _refuse_other_kind(self, refs: Coded) -> None:
        """Refuse text ids where the table has integers, and the other way round."""
        if len(refs.vocabulary) and len(self.id.vocabulary) and refs.is_text != self.id.is_text:
            hint = _kind_hint(self.id, asked_text=refs.is_text)
            raise DataError(f"ids cannot be matched with {self._label()}{hint}")


def _kind_hint(ids: Coded, *, asked_text: bool) -> str:
    """Say which kind of id is meant, when the other was given."""
    if not len(ids.vocabulary) or ids.is_text == asked_text:
        return ""
    mine, other = ("text", "integers") if ids.is_text else ("integers", "text")
    return f": its ids are {mine}, got {other}; bring both as one kind"


def _fields(cls: type[Table]) -> tuple[Any, ...]:
    """Give the declared fields of a table class."""
    return tuple(attrs.fields(cast(Any, cls)))


def _rows_to_take(rows: Any, length: int) -> Any:
    """Read which rows are wanted: a slice, a mask or row numbers.

    Raises:
        DataError: it is none of these, or names a row that is not there.
    """
    if isinstance(rows, slice):
        return rows
    wanted = np.asarray(rows)
    if wanted.ndim != 1 or (wanted.dtype.kind not in "biu" and wanted.size):
        raise DataError(f"rows are taken by a slice, a mask or row numbers, got {rows!r}")
    if wanted.dtype.kind == "b":
        if len(wanted) != length:
            raise DataError(f"a mask of {len(wanted)} rows cannot take from a table of {length}")
        return wanted
    beyond = (wanted >= length) | (wanted < -length)
    if beyond.any():
        raise DataError(f"there is no row {wanted[beyond][0]} in a table of {length}")
    return wanted.astype(np.intp)


def _names_in(frame: Any) -> list[str]:
    """Name the columns that a frame has."""
    for attribute in ("column_names", "columns"):
        names = getattr(frame, attribute, None)
        if names is not None and not callable(names) and not _holds_columns(names):
            return [str(name) for name in names]
    if hasattr(frame, "keys"):
        return [str(name) for name in list(frame.keys())]
    if getattr(getattr(frame, "dtype", None), "names", None):
        return list(frame.dtype.names)
    raise DataError(f"cannot read columns from {type(frame).__name__}: bring a dict or a frame")


def _holds_columns(names: Any) -> bool:
    """Say whether what is called columns is the data themselves (pyarrow), not the names."""
    return isinstance(names, list) and bool(names) and not isinstance(names[0], (str, int))


def _refuse_unknown(cls: type[Table], renamed: dict[str, str], there: list[str], extra: Iterable[str]) -> None:
    """Refuse a renaming of no column, and names that the frame does not have."""
    fields = {f.name for f in _fields(cls)}
    for column, source in renamed.items():
        if column not in fields:
            raise DataError(f"{cls.__name__} has no column {column!r}; it has {cls.column_names()}")
        if source not in there:
            raise DataError(f"the frame has no column {source!r} (for {column!r}); it has {there}")
    for name in extra:
        if "extra" not in fields:
            raise DataError(f"{cls.__name__} keeps no extra columns, got {name!r}")
        if name not in there:
            raise DataError(f"the frame has no column {name!r} to keep as extra; it has {there}")


def _same(a: AnyArray, b: AnyArray) -> bool:
    """Compare two arrays value by value; a missing day equals a missing day."""
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fM"))
