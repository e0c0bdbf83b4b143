"""`Outcome`: what a program computed: figures by name, the next state, and why."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.formula.columns import Column, joined
from clientmgr.formula.figures import Figures
from clientmgr.formula.inputs import Inputs
from clientmgr.formula.memory import Memory

if TYPE_CHECKING:
    from clientmgr.formula.explain import Explanation
    from clientmgr.formula.program import Program

__all__ = ["Outcome"]

SHOWN = 20


@attrs.frozen(eq=False, repr=False)
class Outcome:
    """The figures of every name for every manager and period.

    `outcome["payout"]` gives one name; `memory` is what goes on to the next period.

    Example:
        >>> from clientmgr.formula import FormulaSet, Inputs, measure
        >>> rules = FormulaSet(measures={"net": "money"}, lines={"payout": measure("net") * "15%"})
        >>> july = Inputs.of(rules, managers=["M1", "M2"], measures={"net": [100_000, 333]})
        >>> outcome = rules.compile().run(july)
        >>> outcome["payout"].texts()
        ['150.00', '0.50']
    """

    program: "Program"
    inputs: Inputs
    stacked: Mapping[int, Column]
    by_period: Sequence[Mapping[int, Column]]
    reasons: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    memory: Memory

    @property
    def names(self) -> tuple[str, ...]:
        """Name all values and lines, in the order in which they were computed."""
        return self.program.order

    @property
    def managers(self) -> tuple[Any, ...]:
        """List the manager of each row; several periods stand one after another."""
        return tuple(manager for ids in self.inputs.managers for manager in ids)

    @property
    def periods(self) -> tuple[str, ...]:
        """List the period of each row."""
        names = self.inputs.timeline.names
        return tuple(name for name, ids in zip(names, self.inputs.managers, strict=True) for _ in ids)

    def __getitem__(self, name: str) -> Figures:
        """Give the figures of a value, a line or a looked-back measure.

        Raises:
            KeyError: there is no such name.
        """
        if name not in self.program.names:
            known = ", ".join(self.names)
            raise KeyError(f"no value or line is named {name!r}; there are {known}")
        column = self.column(self.program.names[name])
        return Figures(name, self.program.kinds[name], column, self.words, self.reasons, self.managers)

    def column(self, slot: int) -> Column:
        """Give the column of a slot over all rows of managers."""
        counts = [len(ids) for ids in self.inputs.managers]
        if slot in self.stacked:
            return self.stacked[slot].full(sum(counts))
        return joined([values[slot] for values in self.by_period], counts)

    def period_column(self, slot: int, period: int) -> Column:
        """Give the column of a slot in one period."""
        if slot in self.by_period[period]:
            return self.by_period[period][slot]
        column = self.stacked[slot]
        grain = self.program.steps[slot].grain
        starts = self.inputs.starts if grain is None else self.inputs.item_starts[grain]
        return column.take(slice(int(starts[period]), int(starts[period + 1])))

    def row(self, manager: Any, period: str | None = None) -> tuple[int, int]:
        """Find a manager: the number of the period (the last if none is named) and his row in it.

        Raises:
            DataError: there is no such manager or period.
        """
        names = self.inputs.timeline.names
        if period is not None and period not in names:
            raise DataError(f"there is no period {period!r}; there are {', '.join(names)}")
        t = len(names) - 1 if period is None else names.index(period)
        if manager not in self.inputs.managers[t]:
            raise DataError(f"there is no manager {manager!r} in {names[t]}")
        return t, self.inputs.managers[t].index(manager)

    def explain(
        self,
        manager: Any,
        *,
        period: str | None = None,
        names: Sequence[str] | None = None,
        items: int | None = 10,
    ) -> "Explanation":
        """Say how a manager's figures came about, line by line.

        Args:
            manager: his id.
            period: the last one if none is named.
            names: values or lines; all lines if none are named (all values where there is no line).
            items: how many item rows of a total are listed; None lists all.

        Raises:
            DataError: there is no such manager or period.
        """
        from clientmgr.formula.explain import explain_outcome  # noqa: PLC0415 - it needs this module

        return explain_outcome(self, manager, period, names, items)

    def to_columns(self) -> dict[str, Any]:
        """Give manager, period and every line as int64 fen; where there is no line, every value as floats."""
        lines = tuple(self.program.rules.lines)
        columns: dict[str, Any] = {
            "manager": np.array(self.managers),
            "period": np.array(self.periods),
        }
        for name in lines or self.names:
            figures = self[name]
            columns[name] = figures.minor() if lines else _plain(figures)
        return columns

    def __bool__(self) -> bool:
        """Refuse to be a condition."""
        raise TypeError("an Outcome has no truth value; ask one of its names")

    def __repr__(self) -> str:
        """Count names and rows."""
        return f"Outcome({len(self.names)} names, {len(self.managers)} rows)"

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        heads = "".join(f"<th>{escape(str(n))}</th>" for n in ("manager", "period", *self.names))
        figures = [self[name].texts()[:SHOWN] for name in self.names]
        rows = zip(self.managers, self.periods, *figures, strict=False)
        body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _plain(figures: Figures) -> Any:
    """Give figures as an array: numbers as floats, other kinds as they are."""
    if figures.kind.is_number or figures.kind.name == "flag":
        return figures.floats()
    return np.array(figures.to_list(), dtype=object)
