"""The laws of tables hold of good tables and tell bad ones."""

from typing import Any, Self

import attrs
import numpy as np
import pytest

import clientmgr as cm
from clientmgr.errors import CheckError
from clientmgr.tables import AnyArray, Fen, Table, fen
from clientmgr.testing import check_table
from clientmgr.testing.tables import (
    check_columns_round_trip,
    check_concat,
    check_permutation,
    check_pickle,
    check_read_only,
    check_records_round_trip,
)


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Amounts(Table):
    """A table of one column, whose faults the tests below switch on."""

    amount: Fen = attrs.field(converter=fen)


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Forgetful(Amounts):
    """A table whose columns, records and parts come out wrong."""

    def to_columns(self) -> dict[str, AnyArray]:
        """Give other numbers than there are."""
        return {"amount": self.amount + np.arange(len(self)) + len(self)}

    def to_records(self) -> list[dict[str, Any]]:
        """Lose the last row."""
        return super().to_records()[:-1]

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Come back without the guard of the arrays, and with other numbers."""
        self.__dict__.update({name: column * 2 for name, column in state.items()})

    @classmethod
    def concat(cls, tables: Any) -> Self:
        """Forget all parts but the first."""
        first: Self = next(iter(tables))
        return first


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Sorted(Amounts):
    """A table that sorts its rows when it is built."""

    def __attrs_post_init__(self) -> None:
        """Sort the column."""
        super().__attrs_post_init__()
        self.__dict__["amount"] = np.sort(self.amount)


def test_a_good_table_passes_all_laws() -> None:
    """With rows, without, with extra columns."""
    check_table(Amounts(amount=[3, 1, 2]))
    check_table(Amounts(amount=[]))
    check_table(cm.Clients(id=["b", "a"], branch="B", extra={"hours": [1.5, 2], "w": ["x", None]}))


@pytest.mark.parametrize(
    ("law", "table", "message"),
    [
        (check_columns_round_trip, Forgetful(amount=[1, 2]), "comes back changed from its columns"),
        (check_records_round_trip, Forgetful(amount=[1, 2]), "more or fewer records than rows"),
        (check_pickle, Forgetful(amount=[1, 2]), "does not survive pickle or deepcopy"),
        (lambda t: check_concat(t, 1), Forgetful(amount=[1, 2]), "not the sum of its parts"),
        (
            lambda t: check_permutation(t, np.array([1, 0])),
            Sorted(amount=[1, 2]),
            "depends on the order of its rows",
        ),
        (check_read_only, Sorted(amount=[1, 2]), "lets amount be written into"),
        (check_table, Forgetful(amount=[1, 2]), "does not survive"),
    ],
    ids=["columns", "records", "pickle", "concat", "permutation", "read only", "all"],
)
def test_a_bad_table_breaks_the_law_that_it_breaks(law: Any, table: Table, message: str) -> None:
    """The error names the table and the fault."""
    with pytest.raises(CheckError, match=message) as caught:
        law(table)
    assert repr(table) in str(caught.value)


def test_a_table_that_loses_rows_on_the_way_is_told() -> None:
    """A permutation that repeats a row loses another."""
    with pytest.raises(CheckError, match="loses rows when they are permuted"):
        check_permutation(Amounts(amount=[1, 2]), np.array([0, 0]))


def test_records_that_come_back_changed_are_told() -> None:
    """Also where their number is right."""

    class Rounded(Amounts):
        """A table whose records are rounded."""

        def to_records(self) -> list[dict[str, Any]]:
            """Round each amount down to tens."""
            return [{"amount": int(value) // 10 * 10} for value in self.amount]

    with pytest.raises(CheckError, match="comes back changed from its records"):
        check_records_round_trip(Rounded(amount=[11]))
