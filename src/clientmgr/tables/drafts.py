"""A column between what the user brought and what the table keeps: values, and what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.tables.coded import Coded
from clientmgr.tables.readonly import freeze
from clientmgr.tables.types import AnyArray, Flags, Int64

__all__ = [
    "Draft",
    "Fault",
    "common_length",
    "fault_where",
    "findings_of",
    "finish",
    "from_objects",
    "refuse_all",
    "unreadable",
]

KINDS = {
    "f": "a float",
    "U": "text",
    "S": "bytes",
    "T": "text",
    "b": "a flag",
    "M": "a date",
    "m": "a span of time",
    "c": "a complex number",
}


@attrs.frozen(eq=False)
class Fault:
    """Rows of one column that have the same thing wrong with them."""

    rows: Int64
    values: list[Any]
    expected: str


@attrs.frozen(eq=False)
class Draft:
    """A column as it was read: its values, whether one value stands for all rows, its faults."""

    values: Any
    scalar: bool = False
    faults: tuple[Fault, ...] = ()


def fault_where(bad: Flags, values: Any, expected: str) -> tuple[Fault, ...]:
    """Make the fault of the marked rows, if there are any."""
    rows = np.flatnonzero(bad)
    if not len(rows):
        return ()
    if isinstance(values, list):
        return (Fault(rows, [values[row] for row in rows.tolist()], expected),)
    picked = values[rows] if isinstance(values, Coded) else np.reshape(values, -1)[rows]
    shown = [str(v) for v in picked] if _is_dates(picked) else picked.tolist()
    return (Fault(rows, shown, expected),)


def from_objects(array: AnyArray, good: Callable[[Any], bool], dtype: np.dtype[Any], expected: str) -> Draft:
    """Read an array of objects value by value: `good` says which can be used."""
    rows = array.reshape(-1).tolist()
    bad = np.fromiter((not good(row) for row in rows), bool, len(rows))
    faults = fault_where(bad, rows, expected)
    read = np.zeros(array.shape, dtype) if faults else np.array(rows, dtype).reshape(array.shape)
    return Draft(read, array.ndim == 0, faults)


def refuse_all(array: AnyArray, expected: str, dtype: Any = np.int64) -> Draft:
    """Refuse a column of the wrong type as a whole, row by row."""
    kind = KINDS.get(array.dtype.kind)
    wanted = f"{expected}, not {kind}" if kind else expected
    faults = fault_where(np.ones(array.size, bool), array, wanted)
    return Draft(np.zeros(array.shape, dtype), array.ndim == 0, faults)


def unreadable(error: DataError) -> Draft:
    """Turn the refusal of a coded column into faults of this column."""
    if len(error.findings):
        rows = np.array([finding.row for finding in error.findings], np.int64)
        values = [finding.value for finding in error.findings]
        return Draft(Coded.of([]), faults=(Fault(rows, values, error.findings[0].expected),))
    fault = Fault(np.zeros(1, np.int64), ["the whole column"], str(error))
    return Draft(Coded.of([]), faults=(fault,))


def common_length(label: str, drafts: Mapping[str, Draft]) -> tuple[int, Findings]:
    """Find how many rows there are, and the columns that have more or fewer, or no rows at all.

    The first column that could be read says how many; single values have no length of their own.
    """
    findings = Findings()
    counts: dict[str, int] = {}
    for column, draft in drafts.items():
        if np.ndim(draft.values) > 1:
            shape = f"{np.ndim(draft.values)} dimensions"
            findings += _whole_column(label, column, 0, shape, "one dimension")
        elif not draft.scalar and not (draft.faults and not len(draft.values)):
            counts[column] = len(draft.values)
    first = next(iter(counts), "")
    length = counts.get(first, 1)
    for column, count in counts.items():
        if count != length:
            wanted = f"{_rows(length)}, as `{first}` has"
            findings += _whole_column(label, column, min(count, length), _rows(count), wanted)
    return length, findings


def findings_of(label: str, drafts: Mapping[str, Draft]) -> Findings:
    """Gather the faults of all columns, each row with its id."""
    faulty = [(column, fault) for column, draft in drafts.items() for fault in draft.faults]
    key = drafts.get("id")
    words = key.values.tolist() if key is not None and faulty else None
    findings = Findings()
    for column, fault in faulty:
        findings += Findings.of(
            table=label,
            column=column,
            rows=fault.rows,
            ids=_ids_at(words, fault),
            values=fault.values,
            expected=fault.expected,
        )
    return findings


def finish(draft: Draft, length: int) -> Any:
    """Give one value to all rows, and make the column read-only."""
    values = draft.values
    if isinstance(values, Coded):
        codes = np.repeat(values.codes, length) if draft.scalar else values.codes
        return Coded.from_codes(values.vocabulary, codes) if draft.scalar else values
    return freeze(np.full(length, values.reshape(())) if draft.scalar else values)


def _rows(count: int) -> str:
    """Write a number of rows."""
    return "1 row" if count == 1 else f"{count:,} rows"


def _whole_column(label: str, column: str, row: int, value: str, expected: str) -> Findings:
    """Make the finding of a column of the wrong shape, at the first row where it shows."""
    return Findings.of(table=label, column=column, rows=[row], values=[value], expected=expected)


def _ids_at(words: list[Any] | None, fault: Fault) -> list[Any] | None:
    """Give the ids of the rows of a fault, None where the id itself could not be read."""
    if words is None:
        return None
    return [words[row] if row < len(words) else None for row in fault.rows.tolist()]


def _is_dates(values: Any) -> bool:
    """Say whether values are dates, which read better as text."""
    return isinstance(values, np.ndarray) and values.dtype.kind in "Mm"
