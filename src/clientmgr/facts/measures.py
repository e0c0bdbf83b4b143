"""`Measures`: what each manager did in a period, one column a measure."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Self

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.facts.measured import STANDARD_KINDS, MeasureColumn, MeasureKind, read_measure
from clientmgr.tables import AnyArray, Coded, Codes, Id, Table, labels, refs

__all__ = ["Measures", "row_of_each"]


def _as_given(values: Mapping[str, Any]) -> Mapping[str, MeasureColumn | Coded]:
    """Take the measures as they are given; the table reads them when it knows its managers."""
    return values


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Measures(Table):
    """One row a manager and period; for each, what was measured.

    A value of `values` is a `MeasureColumn`, a `Coded` column of words (a label such as the
    region or the grade, on which targets may depend), or bare numbers. Bare numbers are read as
    the kind that `kinds` or the well-known names say; else whole numbers are counts, words are
    labels, and other numbers are ratios of four decimals. NaN and infinity are missing data.

    Attributes:
        manager: whose numbers.
        period: the period as text: "2026-07", "2026Q3", "2026H2", "2026".
        values: the measures by name, in their order.

    Raises:
        DataError: two rows of one manager and period, numbers of the wrong kind, columns that
            differ in length; one error lists all rows.

    Example:
        >>> from clientmgr.facts import Measures
        >>> july = Measures(
        ...     manager=["M1", "M2"],
        ...     period="2026-07",
        ...     values={"net_commission": [1_200_00, 900_00], "visits": [12, None]},
        ... )
        >>> july["net_commission"].kind, july["visits"].tolist()
        ('money', [12, None])
    """

    manager: Coded = attrs.field(converter=refs)
    period: Coded = attrs.field(converter=labels)
    values: Mapping[str, MeasureColumn | Coded] = attrs.field(factory=dict, converter=_as_given)
    kinds: Mapping[str, MeasureKind] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Check managers and periods, then read the measures."""
        super().__attrs_post_init__()
        findings = Findings()
        read: dict[str, MeasureColumn | Coded] = {}
        for name, raw in self.values.items():
            try:
                read[name] = self._read(name, raw)
            except DataError as error:
                if not len(error.findings):
                    raise
                findings += error.findings
        if len(findings):
            raise DataError.of(findings, "cannot build Measures")
        self.__dict__["values"] = MappingProxyType(read)
        self.__dict__["kinds"] = MappingProxyType({})

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """Name the columns that every table of measures has."""
        return ("manager", "period")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the measures and labels, in their order."""
        return tuple(self.values)

    def check_rows(self) -> Findings:
        """List second rows of one manager and period."""
        words = max(len(self.period.vocabulary), 1)
        key = self.manager.codes.astype(np.int64) * words + self.period.codes
        _, first = np.unique(key, return_index=True)
        second = np.ones(len(key), bool)
        second[first] = False
        return self.findings_where(second, "manager", "one row a manager and period")

    def __getitem__(self, name: str) -> MeasureColumn:
        """Give one measure.

        Raises:
            DataError: there is no such measure, or it is a label.
        """
        column = self.values.get(name)
        if isinstance(column, MeasureColumn):
            return column
        what = "is a label, not a number" if column is not None else "is not measured"
        raise DataError(f"{name!r} {what}; there are {', '.join(self.names) or 'no measures'}")

    def label(self, name: str) -> Coded:
        """Give one column of words; `manager` and `period` are labels too.

        Raises:
            DataError: there is no such label.
        """
        column = getattr(self, name) if name in self.column_names() else self.values.get(name)
        if isinstance(column, Coded):
            return column
        raise DataError(f"there is no label {name!r}; there are {', '.join(self._labels())}")

    def of_period(self, period: object) -> Self:
        """Give the rows of one period."""
        return self.take(self.period == str(period))

    def row(self, manager: Id) -> int:
        """Find the row of a manager in a table of one period.

        Raises:
            DataError: the manager has no row, or several.
        """
        rows = np.flatnonzero(self.manager == manager)
        if len(rows) != 1:
            raise DataError(f"{manager!r} has {len(rows)} rows in these measures, expected one")
        return int(rows[0])

    def rows(self, managers: Coded) -> Codes:
        """Find the row of each manager of another column in a table of one period, -1 if none."""
        return row_of_each(managers, self.manager)

    def with_values(self, **values: Any) -> Self:
        """Give the table with further measures, or with others in their place."""
        return type(self)(manager=self.manager, period=self.period, values={**self.values, **values})

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the columns as arrays by name: int64 where all are whole numbers, else objects."""
        own = {name: np.asarray(getattr(self, name)) for name in self.column_names()}
        return own | {name: np.asarray(column) for name, column in self.values.items()}

    @classmethod
    def from_columns(cls, frame: Any, names: Mapping[str, str] | None = None, extra: Iterable[str] = ()) -> Self:
        """Build the table from a frame: `extra` names the columns that are measures.

        Where `extra` is empty and the frame is a mapping, all its other columns are.

        Raises:
            DataError: a column that is needed is not in the frame, or rows cannot be used.
        """
        source = {**{name: name for name in cls.column_names()}, **(names or {})}
        known = set(source.values())
        chosen = list(extra) or [n for n in _names_of(frame) if n not in known]
        try:
            own = {name: frame[source[name]] for name in cls.column_names()}
            values = {name: frame[name] for name in chosen}
        except (KeyError, ValueError) as error:
            raise DataError(f"{cls.__name__} finds no column {error} in the frame") from None
        return cls(**own, values=values)

    def take(self, rows: Any) -> Self:
        """Give the table of some rows: a slice, a mask or row numbers."""
        made = super().take(rows)
        picked = {name: _take(column, rows) for name, column in self.values.items()}
        made.__dict__["values"] = MappingProxyType(picked)
        made.__dict__["kinds"] = MappingProxyType({})
        return made

    @classmethod
    def concat(cls, tables: Iterable[Self]) -> Self:
        """Put tables with the same measures one behind the other.

        Raises:
            DataError: there is none, or their measures differ.
        """
        parts = list(tables)
        if not parts:
            raise DataError("nothing to concatenate: give at least one table")
        for part in parts[1:]:
            if part.names != parts[0].names:
                raise DataError(f"the measures differ: {parts[0].names} and {part.names}")
        return cls(
            manager=Coded.concat([part.manager for part in parts]),
            period=Coded.concat([part.period for part in parts]),
            values={name: _join([part.values[name] for part in parts]) for name in parts[0].names},
        )

    def __getstate__(self) -> dict[str, Any]:
        """Give the fields in a form that pickles."""
        return {**self.__dict__, "values": dict(self.values), "kinds": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the fields, read-only."""
        super().__setstate__(state)
        self.__dict__["values"] = MappingProxyType(state["values"])
        self.__dict__["kinds"] = MappingProxyType({})

    def _labels(self) -> list[str]:
        """Name the columns of words."""
        words = [name for name, column in self.values.items() if isinstance(column, Coded)]
        return [*self.column_names(), *words]

    def _read(self, name: str, raw: Any) -> MeasureColumn | Coded:
        """Read one measure and see that it is as long as the table."""
        ids = self.manager.tolist()
        column = _read_any(name, raw, self.kinds.get(name), ids)
        if len(column) != len(self):
            raise DataError(f"measure {name!r} has {len(column)} rows, the table has {len(self)}")
        return column


def row_of_each(refs: Coded, key: Coded) -> Codes:
    """Find for each id of one column the row of another in which it stands (its last), else -1."""
    row_of_word = np.full(len(key.vocabulary) + 1, -1, np.int32)
    present = key.codes >= 0
    row_of_word[key.codes[present]] = np.flatnonzero(present).astype(np.int32)
    places = refs.recode(key)
    return np.where(places >= 0, row_of_word[np.maximum(places, 0)], -1).astype(np.int32)


def _read_any(name: str, raw: Any, kind: MeasureKind | None, ids: list[Any]) -> MeasureColumn | Coded:
    """Read a column by its declared or well-known kind, else by what it holds."""
    if isinstance(raw, (MeasureColumn, Coded)):
        return raw
    kind = kind or STANDARD_KINDS.get(name)
    if kind is None:
        values = list(raw) if not isinstance(raw, np.ndarray) else raw.tolist()
        if values and all(isinstance(value, str) for value in values):
            return Coded.of(values)
        kind = "count" if all(_is_whole(value) for value in values) else "ratio"
    return read_measure(name, kind, raw, ids=ids)


def _is_whole(value: Any) -> bool:
    """Say whether a value is a whole number or missing."""
    if isinstance(value, float):
        return value != value  # noqa: PLR0124 - NaN is the one value that differs from itself
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _names_of(frame: Any) -> list[str]:
    """Name the columns of a mapping or of a frame with `columns`."""
    names = frame.keys() if isinstance(frame, Mapping) else getattr(frame, "columns", ())
    return [str(name) for name in names]


def _take(column: MeasureColumn | Coded, rows: Any) -> MeasureColumn | Coded:
    """Take rows of a measure or of a label."""
    if isinstance(column, MeasureColumn):
        return column.take(rows)
    picked: Coded = column[rows]
    return picked


def _join(parts: list[Any]) -> MeasureColumn | Coded:
    """Put pieces of one measure or label one behind the other.

    Raises:
        DataError: a measure is a number in one table and a label in another.
    """
    labels_too = {isinstance(part, Coded) for part in parts}
    if len(labels_too) > 1:
        raise DataError("cannot join a measure with a label of the same name")
    return Coded.concat(parts) if labels_too.pop() else MeasureColumn.concat(parts)
