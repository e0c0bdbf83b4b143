"""`Inputs`: the managers, measures and item rows of one period or several, converted once."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.formula.declare import Declared, FormulaSet
from clientmgr.formula.frame import ItemRows
from clientmgr.formula.kinds import MANAGER
from clientmgr.formula.names import Names
from clientmgr.formula.numbers import Bools, Ints
from clientmgr.formula.reading_columns import Told, read_column
from clientmgr.formula.timeline import Timeline
from clientmgr.periods import Period

__all__ = ["Inputs", "Items", "Layout"]


@attrs.frozen(eq=False)
class Items:
    """The rows of one item table: fields by name, and the row of each one's manager."""

    fields: Mapping[str, Told]
    owner: Ints
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """Count the rows."""
        return len(self.owner)


@attrs.frozen(eq=False)
class Layout:
    """How many managers and item rows a period has, or all periods together; whose each item row is."""

    rows: int
    items: dict[str, ItemRows]
    timeline: Timeline
    period_of: Ints
    starts: Ints


@attrs.frozen(eq=False, repr=False, slots=False)
class Inputs:
    """What formulas read: managers, their measures and their item rows, period by period.

    Build one period with `Inputs.of`, several with `Inputs.join`. Columns are converted when they are built, so that
    many programs over the same declarations can run on one `Inputs`.
    """

    timeline: Timeline
    managers: tuple[tuple[Any, ...], ...]
    measures: Mapping[str, Told]
    items: Mapping[str, Items]
    declared: Mapping[str, Declared]

    @classmethod
    def of(
        cls,
        rules: FormulaSet,
        *,
        managers: Iterable[str | int],
        measures: Any = None,
        items: Mapping[str, Any] | None = None,
        period: str | Period = "2026-01",
        number: int = 1,
        trading_days: int | None = None,
    ) -> "Inputs":
        """Read one period.

        Args:
            rules: declares the measures and item tables; columns that it does not declare are ignored.
            managers: their ids, each once.
            measures: a column for each measure, in the order of the managers: a dict or a frame. Money in fen.
            items: for each table its columns; the owner's column holds manager ids.
            period: `2026-07`, `2026Q3`, `2026H2` or `2026`.
            number: the number of the period since the scheme began, from 1.
            trading_days: of the period, where a formula asks for it.

        Raises:
            DataError: bad rows, all of one column together; a manager twice; an item row of an unknown manager.

        Example:
            >>> from clientmgr.formula import FormulaSet, Inputs, measure
            >>> rules = FormulaSet(measures={"net": "money"}, lines={"payout": measure("net") * "15%"})
            >>> july = Inputs.of(rules, managers=["M1"], measures={"net": [100_000]}, period="2026-07")
            >>> rules.compile().run(july)["payout"].minor().tolist()
            [15000]
        """
        ids = _ids(managers)
        place = {manager: i for i, manager in enumerate(ids)}
        named = str(Period.of(period))
        timeline = Timeline.of([named], [number], [trading_days])
        if timeline.kind != rules.period:
            raise RuleError(f"the rules are by {rules.period}, got the period {named}")
        told = _columns(rules.measures, _lookable(measures), "measures", len(ids), place)
        tables = {
            name: _items(name, rules, _lookable(table), place)
            for name, table in (items or {}).items()
            if name in rules.items
        }
        return cls(timeline, (ids,), told, tables, rules.measures)

    @classmethod
    def join(cls, parts: Sequence["Inputs"]) -> "Inputs":
        """Put periods behind one another; they must rise.

        Raises:
            RuleError: the periods do not rise, or one of them lacks a measure or a table that another has.
        """
        first = parts[0]
        line = Timeline.of(
            [name for part in parts for name in part.timeline.names],
            [int(n) for part in parts for n in part.timeline.number],
            [None if n < 0 else int(n) for part in parts for n in part.timeline.trading_days],
        )
        for part in parts:
            if set(part.measures) != set(first.measures) or set(part.items) != set(first.items):
                raise RuleError(f"{part.timeline.names[0]} has other measures or item tables")
        counts = [part.rows for part in parts]
        offsets = np.cumsum([0, *counts])
        return cls(
            line,
            _shared(tuple(ids for part in parts for ids in part.managers)),
            {name: Told.join([p.measures[name] for p in parts]) for name in first.measures},
            {name: _joined_items([part.items[name] for part in parts], offsets) for name in first.items},
            first.declared,
        )

    @property
    def rows(self) -> int:
        """Count the managers of all periods."""
        return sum(len(ids) for ids in self.managers)

    @cached_property
    def starts(self) -> Ints:
        """Give the first row of each period, and behind it the count of all rows."""
        return np.cumsum([0, *(len(ids) for ids in self.managers)])

    @cached_property
    def item_starts(self) -> Mapping[str, Ints]:
        """Give for each item table the first row of each period, and behind it the count of all rows."""
        return {name: np.cumsum([0, *items.counts]) for name, items in self.items.items()}

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """Give the layout of each period, and behind them that of all together."""
        each = [self._layout(t) for t in range(len(self.managers))]
        counts = np.diff(self.starts)
        whole = {name: ItemRows(items.count, items.owner) for name, items in self.items.items()}
        period_of = np.repeat(np.arange(len(counts)), counts)
        return (*each, Layout(self.rows, whole, self.timeline, period_of, self.starts[:-1]))

    def _layout(self, t: int) -> Layout:
        """Give the layout of one period."""
        first, count = int(self.starts[t]), len(self.managers[t])
        items = {}
        for name, table in self.items.items():
            low, high = self.item_starts[name][t : t + 2].tolist()
            items[name] = ItemRows(high - low, table.owner[low:high] - first)
        zeros = np.zeros(count, dtype=np.int64)
        return Layout(count, items, self.timeline.at(t), zeros, np.zeros(1, dtype=np.int64))

    def __repr__(self) -> str:
        """Say which periods and how many managers."""
        names = self.timeline.names
        span = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        return f"Inputs({span}, {self.rows} rows of managers, {len(self.measures)} measures)"


def _ids(managers: Iterable[str | int]) -> tuple[Any, ...]:
    """Read manager ids; one twice is refused."""
    ids = tuple(managers.tolist() if isinstance(managers, np.ndarray) else managers)
    ids = tuple(id.item() if isinstance(id, np.generic) else id for id in ids)
    if len(set(ids)) == len(ids):
        return ids
    seen: dict[Any, int] = {}
    twice = [i for i, id in enumerate(ids) if seen.setdefault(id, i) != i]
    findings = Findings.of(
        table="measures",
        column="manager",
        rows=twice,
        ids=[ids[i] for i in twice],
        values=[ids[i] for i in twice],
        expected="each manager once",
    )
    raise DataError.of(findings, "the managers of a period cannot be read")


def _shared(managers: tuple[tuple[Any, ...], ...]) -> tuple[tuple[Any, ...], ...]:
    """Let equal lists of managers be one object, so that periods compare at once."""
    known: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    return tuple(known.setdefault(ids, ids) for ids in managers)


def _lookable(table: Any) -> Any:
    """Take a frame, a dict, or a table of this library."""
    if table is None:
        return {}
    return table.to_columns() if hasattr(table, "to_columns") else table


def _has(table: Any, name: str) -> bool:
    """Say whether a table has a column."""
    if isinstance(table, Mapping):
        return name in table
    return name in getattr(table, "columns", ())


def _columns(
    declared: Names[Declared], table: Any, where: str, count: int | None, place: Mapping[Any, int]
) -> dict[str, Told]:
    """Read the declared columns that are there."""
    return {
        name: read_column(table[name], spec, (where, name), count, place)
        for name, spec in declared.items()
        if _has(table, name)
    }


def _items(name: str, rules: FormulaSet, table: Any, place: Mapping[Any, int]) -> Items:
    """Read one item table; every row belongs to a manager of the period."""
    spec = rules.items[name]
    if not _has(table, spec.owner):
        raise RuleError(f"the item table {name!r} has no column {spec.owner!r} of managers")
    owner = read_column(table[spec.owner], Declared(MANAGER), (name, spec.owner), None, place)
    _all_known(owner, table[spec.owner], name, spec.owner)
    fields = _columns(spec.fields, table, name, len(owner.data), place)
    fields[spec.owner] = owner
    return Items(fields, np.asarray(owner.data, dtype=np.int64), (len(owner.data),))


def _all_known(owner: Told, values: Any, table: str, column: str) -> None:
    """Refuse item rows of nobody, or of a manager who is not among those of the period."""
    missing: Bools | None = owner.missing
    if missing is None:
        return
    rows = np.flatnonzero(missing)
    listed = list(values)
    findings = Findings.of(
        table=table,
        column=column,
        rows=rows,
        values=[listed[i] for i in rows],
        expected="a manager of the period",
    )
    raise DataError.of(findings, f"item rows of {table} belong to nobody")


def _joined_items(parts: list[Items], offsets: Ints) -> Items:
    """Put the rows of one table behind one another."""
    fields = {name: Told.join([p.fields[name] for p in parts]) for name in parts[0].fields}
    owner = np.concatenate([part.owner + offsets[i] for i, part in enumerate(parts)])
    return Items(fields, owner, tuple(count for part in parts for count in part.counts))
