"""Tables: one error for all bad rows, ways in and out, rows by id, and nothing that changes."""

import copy
import datetime as dt
import pickle
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.tables import Coded, KeyedTable
from clientmgr.testing import check_table, clients, managers

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

DAY = np.datetime64("2026-06-30")
COLUMNS: dict[str, list[Any]] = {
    "id": ["C2", "C1"],
    "branch": ["B1", "B2"],
    "assets": [120_000_00, -5],
    "opened": [dt.date(2026, 1, 31), None],
    "institution": [True, False],
    "introducer": [None, "M1"],
    "hours": [1.5, 2.5],
    "colour": ["red", "green"],
}


def few() -> cm.Clients:
    """Make two clients."""
    return cm.Clients.from_columns(COLUMNS, extra=["hours"])


@given(clients(["B1", "B2", "B1", "B1"]))
def test_a_table_of_clients_obeys_the_laws_of_tables(table: cm.Clients) -> None:
    """Out and in, cut and joined, mixed and sorted, pickled and copied."""
    check_table(table)


@given(managers(["B1", "B2"]))
def test_a_table_of_managers_obeys_the_laws_of_tables(table: cm.Managers) -> None:
    """The same of a table with numbers and flags."""
    check_table(table)


def test_one_error_lists_all_bad_rows_of_all_columns() -> None:
    """Each with table, column, row, id, value and what was expected; nothing is built."""
    with pytest.raises(DataError, match="cannot build Clients: 5 bad rows") as caught:
        cm.Clients(
            id=["C1", "C2", "C1"],
            branch=["B", None, "B"],
            assets=[1, None, 3],
            opened=["2026-01-01", None, DAY],
            institution=[True, False, 1],
        )
    assert [(f.column, f.row, f.id, f.value) for f in caught.value.findings] == [
        ("id", 2, "C1", "C1"),
        ("branch", 1, "C2", None),
        ("assets", 1, "C2", None),
        ("opened", 0, "C1", "2026-01-01"),
        ("institution", 2, "C1", 1),
    ]
    assert {finding.table for finding in caught.value.findings} == {"clients"}


@pytest.mark.parametrize(
    "frame",
    [dict, pd.DataFrame, pl.DataFrame, pa.table],
    ids=["dict", "pandas", "polars", "pyarrow"],
)
def test_every_frame_gives_the_same_table(frame: Any) -> None:
    """Columns that were not asked for are ignored; numbers, days, flags and gaps arrive."""
    table = cm.Clients.from_columns(frame(COLUMNS), extra=("hours",))
    assert table.equals(few())
    assert table.to_records()[0] == {
        "id": "C2",
        "branch": "B1",
        "assets": 120_000_00,
        "last_trade": None,
        "opened": dt.date(2026, 1, 31),
        "closed": None,
        "institution": True,
        "family": None,
        "introducer": None,
        "hours": 1.5,
    }


def test_a_structured_array_is_a_frame_too() -> None:
    """Anything with names and `frame[name]` will do."""
    frame = np.array([("C1", "B1", 5)], dtype=[("id", "U2"), ("branch", "U2"), ("assets", "i8")])
    assert cm.Clients.from_columns(frame).assets.tolist() == [5]


def test_columns_may_have_other_names_in_the_frame() -> None:
    """As in the firm's own database."""
    frame = {"khh": ["C1"], "yyb": ["B1"], "id": ["not this"]}
    table = cm.Clients.from_columns(frame, names={"id": "khh", "branch": "yyb"})
    assert table.id.tolist() == ["C1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame": {"id": [1]}}, "Clients needs a column 'branch'; the frame has"),
        ({"frame": COLUMNS, "names": {"x": "id"}}, "Clients has no column 'x'; it has"),
        ({"frame": COLUMNS, "names": {"id": "khh"}}, "the frame has no column 'khh'"),
        ({"frame": COLUMNS, "extra": ["nothing"]}, "no column 'nothing' to keep as extra"),
        ({"frame": 5}, "cannot read columns from int: bring a dict or a frame"),
    ],
    ids=["missing", "no such column", "no such name", "no such extra", "no frame"],
)
def test_a_frame_that_does_not_fit_is_refused(arguments: dict[str, Any], message: str) -> None:
    """The message says what there is."""
    with pytest.raises(DataError, match=message):
        cm.Clients.from_columns(**arguments)


def test_a_table_without_extra_columns_keeps_none() -> None:
    """Flows are what they are."""
    frame = {"client": ["C1"], "date": [DAY], "amount": [1], "more": [1]}
    with pytest.raises(DataError, match="Flows keeps no extra columns, got 'more'"):
        cm.Flows.from_columns(frame, extra=["more"])


def test_records_become_a_table_and_a_table_records() -> None:
    """Keys beyond the columns are kept as extra ones."""
    table = few()
    assert cm.Clients.from_records(table.to_records()).equals(table)
    assert len(cm.Clients.from_records([])) == 0
    with pytest.raises(DataError, match=r"from records: 1 bad row\n  clients\.\* row 1"):
        cm.Clients.from_records([{"id": 1, "branch": "B"}, {"id": 2}])


def test_a_table_without_rows_is_a_table() -> None:
    """An empty branch is no error."""
    for table in (cm.Clients(id=[], branch=[]), cm.Flows(client=[], date=[], amount=[])):
        assert len(table) == 0
        check_table(table)


def test_scalars_alone_make_a_table_of_one_row() -> None:
    """The smallest table is short to write."""
    assert len(cm.Clients(id="C1", branch="B1")) == 1
    with pytest.raises(DataError, match=r"branch row 1: got '2 rows', expected 1 row, as `id` has"):
        cm.Clients(id="C1", branch=["B1", "B1"])


def test_a_table_cannot_be_changed() -> None:
    """Neither a field nor a value in it, and what was brought is not touched."""
    assets = np.array([1, 2])
    table = cm.Clients(id=["a", "b"], branch="B", assets=assets)
    assets[0] = 99
    assert table.assets.tolist() == [1, 2]
    for again in (table, pickle.loads(pickle.dumps(table)), copy.deepcopy(table), table.take([1])):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            again.assets = assets  # type: ignore[misc]
        with pytest.raises(ValueError, match="read-only"):
            again.assets[0] = 5
        with pytest.raises(ValueError, match="read-only"):
            again.id.codes[0] = 0


def test_a_table_is_no_condition() -> None:
    """Whether it has rows is another question than whether it is there."""
    with pytest.raises(TypeError, match=r"no truth value; ask len\(table\)"):
        bool(few())


def test_a_table_is_shown_short_and_as_html() -> None:
    """Its size, its extra columns; in a notebook its first rows."""
    assert repr(few()) == "Clients(2 rows, extra hours)"
    assert repr(cm.Clients(id=["a"], branch="B")) == "Clients(1 rows)"
    assert "<caption>Clients(2 rows, extra hours)</caption>" in few()._repr_html_()


def test_tables_are_equal_by_value_in_order() -> None:
    """The same rows in another order are another table, and so is another kind of table."""
    table = few()
    assert table.equals(few())
    assert not table.equals(table.take([1, 0]))
    assert not table.equals(table.take([0]))
    assert not table.equals(cm.Clients.from_columns(COLUMNS))
    assert not table.equals("something else")


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        ([1, 0], ["C1", "C2"]),
        ([-1], ["C1"]),
        ([], []),
        (slice(1, None), ["C1"]),
        ([True, False], ["C2"]),
        (np.array([False, False]), []),
        (np.array([1], np.uint8), ["C1"]),
    ],
    ids=str,
)
def test_rows_are_taken_by_number_slice_and_mask(rows: Any, ids: list[str]) -> None:
    """With all their columns, the extra ones too."""
    taken = few().take(rows)
    assert taken.id.tolist() == ids
    assert len(taken.extra["hours"]) == len(ids)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([5], "there is no row 5 in a table of 2"),
        ([-3], "there is no row -3"),
        ([True], "a mask of 1 rows cannot take from a table of 2"),
        (1, "by a slice, a mask or row numbers, got 1"),
        ([0.5], "by a slice, a mask or row numbers"),
        (["C1"], "by a slice, a mask or row numbers"),
        ([0, 0], r"clients.id row 1 \(C2\): got 'C2', expected a row that is taken once"),
        ([1, -1], "expected a row that is taken once"),
    ],
    ids=str,
)
def test_rows_that_cannot_be_taken_are_refused(rows: Any, message: str) -> None:
    """A row that is not there; a row twice, which would make its id stand twice."""
    with pytest.raises(DataError, match=message):
        few().take(rows)


def test_a_table_without_ids_may_repeat_its_rows() -> None:
    """Two equal flows are two flows."""
    flows = cm.Flows(client=["C1"], date=[DAY], amount=[5])
    assert flows.take([0, 0]).amount.tolist() == [5, 5]


def test_tables_are_put_behind_one_another_and_checked_as_a_whole() -> None:
    """An id that stands in two of them is doubled."""
    one, two = few().take([0]), few().take([1])
    assert cm.Clients.concat([one, two]).equals(few())
    with pytest.raises(DataError, match=r"clients.id row 2 \(C2\): got 'C2', expected a unique id"):
        cm.Clients.concat([few(), one])
    with pytest.raises(DataError, match="nothing to concatenate"):
        cm.Clients.concat([])
    with pytest.raises(DataError, match="cannot concatenate Clients with Flows"):
        cm.Clients.concat([one, cm.Flows(client=[], date=[], amount=[])])  # type: ignore[list-item]


def test_the_rows_of_ids_are_found_through_the_vocabularies() -> None:
    """A missing id and an unknown one have no row; the order of ids is not that of rows."""
    refs = Coded.of(["C1", "X", None, "C2", "C1"])
    assert few().rows(refs).tolist() == [1, -1, -1, 0, 1]
    assert few().rows(refs).dtype == np.int32
    assert few().rows(Coded.of([])).tolist() == []
    empty = cm.Clients(id=[], branch=[])
    assert empty.rows(refs).tolist() == [-1] * 5
    taken = few().take([1])
    assert taken.rows(refs).tolist() == [0, -1, -1, -1, 0]


def test_the_row_of_one_id_is_found_or_refused() -> None:
    """With a hint where the other kind of id was given."""
    assert few().row("C1") == 1
    with pytest.raises(DataError, match=r"there is no 'C9' in clients$") as caught:
        few().row("C9")
    assert caught.value.findings[0].value == "C9"
    with pytest.raises(DataError, match="its ids are text, got integers; bring both as one kind"):
        few().row(1)
    with pytest.raises(DataError, match="ids cannot be matched with clients: its ids are text"):
        few().rows(Coded.of([1]))


def test_findings_name_a_table_as_facts_does() -> None:
    """By the field that holds it."""
    assert {kind._label() for kind in (cm.ServiceRecords, cm.AccountEvents, cm.Clients)} == {
        "records",
        "events",
        "clients",
    }
    assert cm.Memberships._label() == "memberships"
    assert issubclass(cm.Trades, KeyedTable)
