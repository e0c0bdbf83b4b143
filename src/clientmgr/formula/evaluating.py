"""`evaluate`: one formula tried on a few numbers, without declaring a set first."""

from collections.abc import Mapping
from typing import Any

from clientmgr.errors import RuleError
from clientmgr.formula import build
from clientmgr.formula.base import Operand
from clientmgr.formula.declare import Declared, FormulaSet, ItemTable
from clientmgr.formula.figures import Figures
from clientmgr.formula.inputs import Inputs
from clientmgr.periods import Period

__all__ = ["evaluate"]

Told = tuple[Any, Any]


def evaluate(
    formula: Operand,
    *,
    items: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] | None = None,
    managers: Any = None,
    period: str = "2026-01",
    number: int = 1,
    trading_days: int | None = None,
    exact: bool = True,
    **measures: Told,
) -> Figures:
    """Compute one formula for a few managers.

    Args:
        formula: any formula, or an exact number.
        items: for each item table its declared fields and its columns.
        managers: their ids; numbered from 1 if none are named.
        period: the period, whose form also says how long periods are.
        number: the number of the period, from 1.
        trading_days: of the period.
        exact: False computes in floats.
        measures: for each measure its kind and its column, money in fen: `net=("money", [100_000])`.

    Raises:
        RuleFaults: the formula is unsound.
        DataError: a column cannot be read.

    Example:
        >>> from clientmgr.formula import evaluate, measure
        >>> evaluate(measure("net") * "15%", net=("money", [100_000, 333]))
        Figures(result: 150.00, 0.4995)
    """
    kinds = {name: Declared.of(kind) for name, (kind, _) in measures.items()}
    tables = {name: ItemTable(fields=fields) for name, (fields, _) in (items or {}).items()}
    rules = FormulaSet(
        measures=kinds,
        items=tables,
        values={"result": build.as_formula(formula)},
        period=Period.of(period).kind,
    )
    columns = {name: column for name, (_, column) in measures.items()}
    inputs = Inputs.of(
        rules,
        managers=_managers(managers, columns),
        measures=columns,
        items={name: rows for name, (_, rows) in (items or {}).items()},
        period=period,
        number=number,
        trading_days=trading_days,
    )
    return rules.compile().run(inputs, exact=exact)["result"]


def _managers(managers: Any, columns: Mapping[str, Any]) -> Any:
    """Number the managers where they are not named."""
    if managers is not None:
        return managers
    if not columns:
        return ["M1"]
    counts = {len(column) for column in columns.values()}
    if len(counts) != 1:
        raise RuleError(f"the columns have different lengths: {sorted(counts)}")
    return [f"M{i + 1}" for i in range(counts.pop())]
