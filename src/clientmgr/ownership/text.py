"""The log of a ledger as JSON text: one list per column, days and times as ISO text."""

import json
from typing import Any

import numpy as np

from clientmgr.errors import DataError
from clientmgr.ownership.changes import OwnershipLog
from clientmgr.tables import AnyArray

__all__ = ["read_log", "write_log"]

FORMAT = "clientmgr.ownership/1"
DATES = {"valid": "datetime64[D]", "known": "datetime64[s]"}


def write_log(log: OwnershipLog) -> str:
    """Write a log as JSON text; the same log gives the same text."""
    columns = {name: _listed(column) for name, column in log.to_columns().items()}
    return json.dumps({"format": FORMAT, "columns": columns}, ensure_ascii=False, sort_keys=True)


def read_log(text: str) -> OwnershipLog:
    """Read a log from JSON text.

    Raises:
        DataError: the text is no such log, or some rows cannot be used.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise DataError(f"a ledger's text is JSON: {error}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise DataError(f"a ledger's text says format {FORMAT!r}")
    columns = found.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(c, list) for c in columns.values()):
        raise DataError("a ledger's text has columns, each a list")
    return OwnershipLog.from_columns({name: _column(name, c) for name, c in columns.items()})


def _listed(column: AnyArray) -> list[Any]:
    """Give a column as plain values."""
    values: list[Any] = column.astype(str).tolist() if column.dtype.kind == "M" else column.tolist()
    return values


def _column(name: str, values: list[Any]) -> Any:
    """Read a column; dates are text in JSON."""
    if name not in DATES:
        return values
    try:
        return np.array(values, DATES[name])
    except (TypeError, ValueError) as error:
        raise DataError(f"column {name!r} of a ledger's text: {error}") from None
