"""Laws of tables: they go out and come back unchanged, and nothing can write into them."""

import copy
import pickle
from collections.abc import Iterator

import numpy as np

from clientmgr.errors import CheckError
from clientmgr.tables import AnyArray, Coded, Table

__all__ = [
    "check_columns_round_trip",
    "check_concat",
    "check_permutation",
    "check_pickle",
    "check_read_only",
    "check_records_round_trip",
    "check_table",
]


def check_table(table: Table) -> None:
    """Hold a table to all the laws of this module.

    Raises:
        CheckError: one of them does not hold.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.testing import check_table
        >>> check_table(cm.Clients(id=["C1", "C2"], branch="B1", assets=[1, -1]))
    """
    check_read_only(table)
    check_pickle(table)
    check_columns_round_trip(table)
    check_records_round_trip(table)
    check_concat(table, len(table) // 2)
    check_permutation(table, np.arange(len(table))[::-1])


def check_columns_round_trip(table: Table) -> None:
    """Hold a table to be built again from its own columns.

    Raises:
        CheckError: the second table differs.
    """
    again = type(table).from_columns(table.to_columns(), extra=_extra_names(table))
    _hold(table.equals(again), table, "comes back changed from its columns")


def check_records_round_trip(table: Table) -> None:
    """Hold a table to be built again from its own records; one without rows has no records.

    Raises:
        CheckError: the second table differs.
    """
    records = table.to_records()
    _hold(len(records) == len(table), table, "gives more or fewer records than rows")
    if records:
        again = type(table).from_records(records)
        _hold(table.equals(again), table, "comes back changed from its records")


def check_pickle(table: Table) -> None:
    """Hold a table to survive pickle and deepcopy with its values, and read-only.

    Raises:
        CheckError: a copy differs, or can be written into.
    """
    for again in (pickle.loads(pickle.dumps(table)), copy.deepcopy(table)):  # noqa: S301 - our own
        _hold(table.equals(again), table, "does not survive pickle or deepcopy")
        check_read_only(again)


def check_read_only(table: Table) -> None:
    """Hold every array of a table to refuse to be written into.

    Raises:
        CheckError: a column can be written into.
    """
    for name, array in _arrays(table):
        _hold(not array.flags.writeable, table, f"lets {name} be written into")


def check_permutation(table: Table, order: AnyArray) -> None:
    """Hold the rows of a table, taken in another order and back, to be the same rows.

    Args:
        table: any table.
        order: its row numbers in any order.

    Raises:
        CheckError: a row has changed on its way.
    """
    there = table.take(order)
    _hold(there.take(np.argsort(order)).equals(table), table, "loses rows when they are permuted")
    rebuilt = type(table).from_columns(there.to_columns(), extra=_extra_names(table))
    _hold(rebuilt.equals(there), table, "depends on the order of its rows")


def check_concat(table: Table, cut: int) -> None:
    """Hold a table, cut in two and put together, to be the same table.

    Raises:
        CheckError: the whole differs from its parts.
    """
    parts = [table.take(slice(0, cut)), table.take(slice(cut, None))]
    _hold(type(table).concat(parts).equals(table), table, "is not the sum of its parts")


def _extra_names(table: Table) -> list[str]:
    """Name the further columns of a table."""
    return list(table.__dict__.get("extra", ()))


def _arrays(table: Table) -> Iterator[tuple[str, AnyArray]]:
    """Go through the arrays that a table holds, also inside its coded columns."""
    fields = {name: table.__dict__[name] for name in table.column_names()}
    for name, column in {**fields, **table.__dict__.get("extra", {})}.items():
        if isinstance(column, Coded):
            yield f"{name}.vocabulary", column.vocabulary
            yield f"{name}.codes", column.codes
        else:
            yield name, column


def _hold(holds: bool, table: Table, fault: str) -> None:  # noqa: FBT001 - a law and its fault
    """Raise where a law does not hold."""
    if not holds:
        raise CheckError(f"{table!r} {fault}")
