"""Extra columns are read as what they are, and named row by row where they cannot be."""

import datetime as dt
import pickle
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.tables import Coded, Extra
from clientmgr.tables.extra import extra, read_extra

pd = pytest.importorskip("pandas")


def short(value: object) -> str:
    """Name a case after its value."""
    return " ".join(repr(value).split())[:70]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([1, 2], np.int16), np.int64),
        (np.array([1, 2], object), np.int64),
        (pd.Series([1, 2], dtype="Int64"), np.int64),
        ([1.5, 2], np.float64),
        (np.array([1, 2], np.float32), np.float64),
        ([Decimal("1.5"), 2], np.float64),
        ([True, False], np.bool_),
        (np.array([True, False], object), np.bool_),
        ([dt.date(2026, 1, 1), None], "datetime64[D]"),
        (np.array(["2026-01-01", "NaT"], "datetime64[D]"), "datetime64[D]"),
    ],
    ids=short,
)
def test_numbers_flags_and_days_keep_their_kind(values: Any, kind: Any) -> None:
    """Numbers can be balanced on, however they came."""
    assert Extra.of({"x": values})["x"].dtype == np.dtype(kind)


@pytest.mark.parametrize(
    "values",
    [["a", None], [1, None], pd.Series(["a", "b"], dtype="category"), [], Coded.of(["a"])],
    ids=short,
)
def test_words_and_ids_are_coded(values: Any) -> None:
    """Also integers with gaps, which no array of integers holds."""
    column = Extra.of({"x": values})["x"]
    assert isinstance(column, Coded) or not len(column)


@pytest.mark.parametrize(
    ("values", "row", "expected"),
    [
        ([1.0, np.nan], 1, "a finite number"),
        (np.array([2**63], np.uint64), 0, "64 bits"),
        (np.array(["2026-01-01T05"], "datetime64[h]"), 0, "a day without a time of day"),
        (np.array([1], "timedelta64[D]"), 0, "text or an integer"),
        (["a", 1], 1, "text, as the first value is"),
    ],
    ids=short,
)
def test_what_cannot_be_kept_is_named_with_column_row_and_id(values: Any, row: int, expected: str) -> None:
    """In the one error of the table, beside the faults of its other columns."""
    ids = [f"C{i}" for i in range(len(values))]
    with pytest.raises(DataError, match=expected) as caught:
        cm.Clients(id=ids, branch=None, extra={"x": values})  # type: ignore[arg-type]
    found = {finding.column: finding for finding in caught.value.findings}
    assert found["extra['x']"].row == row
    assert found["extra['x']"].id == ids[row]
    assert "branch" in found
    with pytest.raises(DataError, match="cannot keep the extra columns"):
        Extra.of({"x": values})


def test_extra_columns_are_as_long_as_the_table_or_one_value() -> None:
    """A single value stands for all rows, as in any column."""
    table = cm.Clients(id=["a", "b"], branch="B", extra={"hours": 1.5, "class": "A"})
    assert table.extra["hours"].tolist() == [1.5, 1.5]
    assert table.extra["class"].tolist() == ["A", "A"]
    with pytest.raises(DataError, match=r"extra\['x'\] row 1: got '1 row', expected 2 rows"):
        cm.Clients(id=["a", "b"], branch="B", extra={"x": [1]})


def test_an_extra_column_cannot_be_called_as_a_column_of_the_table() -> None:
    """There would be two truths under one name."""
    with pytest.raises(DataError, match="'assets' is a column of its own"):
        cm.Clients(id=["a"], branch="B", extra={"assets": [1]})


def test_extra_is_a_mapping_that_shows_its_names() -> None:
    """By name, by iteration, by count."""
    columns = Extra.of({"hours": [1.5], "class": ["A"]})
    assert list(columns) == ["hours", "class"]
    assert len(columns) == 2
    assert "hours" in columns
    assert repr(columns) == "Extra(hours, class)"
    with pytest.raises(KeyError, match="none"):
        columns["none"]


def test_extra_is_read_only_also_after_pickle() -> None:
    """As all columns are."""
    again = pickle.loads(pickle.dumps(Extra.of({"hours": [1.5], "class": ["A"]})))
    with pytest.raises(ValueError, match="read-only"):
        again["hours"][0] = 2
    with pytest.raises(ValueError, match="read-only"):
        again["class"].codes[0] = 0
    assert again.take([0, 0])["class"].tolist() == ["A", "A"]


def test_extra_columns_are_put_behind_one_another_by_name() -> None:
    """Tables whose extra columns differ cannot be joined."""
    one, two = Extra.of({"n": [1], "w": ["a"]}), Extra.of({"n": [2], "w": ["b"]})
    joined = Extra.concat([one, two])
    assert joined["n"].tolist() == [1, 2]
    assert joined["w"].tolist() == ["a", "b"]
    with pytest.raises(DataError, match=r"extra columns differ: \['n', 'w'\] and \['n'\]"):
        Extra.concat([one, Extra.of({"n": [1]})])


def test_what_has_been_read_is_not_read_again() -> None:
    """A table can be built from the extra columns of another."""
    columns = Extra.of({"n": [1]})
    assert read_extra(columns)["n"].values is columns["n"]
    assert extra(columns) is not columns
