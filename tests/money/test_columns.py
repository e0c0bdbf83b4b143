"""Columns: what is a whole number, and what is silently none."""

from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.money.columns import (
    as_column,
    find,
    is_whole,
    refuse,
    whole_numbers,
    wrong_type,
)

PLACE = {"table": "pay", "column": "amounts"}


@pytest.mark.parametrize("value", [0, -1, 2**70, np.int8(1), np.uint64(1)])
def test_ints_of_any_kind_are_whole(value: Any) -> None:
    """Size does not matter here."""
    assert is_whole(value)


@pytest.mark.parametrize("value", [1.0, "1", True, np.array([True])[0], None, np.timedelta64(1, "D")])
def test_what_only_looks_like_an_int_is_not_whole(value: Any) -> None:
    """Flags are ints to Python, and durations to numpy."""
    assert not is_whole(value)


def test_a_list_keeps_its_values_as_they_are() -> None:
    """Numpy by itself would make floats or text of them."""
    assert as_column([2**63, -1], **PLACE).tolist() == [2**63, -1]
    assert as_column((1, "a"), **PLACE).tolist() == [1, "a"]
    assert as_column(5, **PLACE).ndim == 0


def test_int64_columns_are_not_copied() -> None:
    """Nobody writes into them, so there is no need."""
    column = np.array([1, 2])
    assert whole_numbers(column, **PLACE).base is column
    assert whole_numbers(np.array([1, 2], dtype=object), **PLACE).tolist() == [1, 2]


def test_masked_rows_are_refused_also_in_tables() -> None:
    """A row of a table counts if anything in it is masked."""
    hidden = np.ma.masked_array([[1, 2], [3, 4]], mask=[[False, False], [False, True]])
    with pytest.raises(DataError, match=r"pay\.amounts row 1: got None, expected a value, not a"):
        as_column(hidden, **PLACE)


def test_nothing_marked_is_nothing_refused() -> None:
    """An empty mark passes, a marked row raises."""
    column = np.array([1.5, 2.5])
    refuse(column, np.array([False, False]), **PLACE, expected="fen")
    with pytest.raises(DataError, match=r"pay cannot use its amounts: 1 bad row\n  pay\.amounts row 1"):
        refuse(column, np.array([False, True]), **PLACE, expected="fen")
    assert [finding.value for finding in find(column, column > 2, **PLACE, expected="fen")] == [2.5]


def test_a_wrong_type_has_one_bad_row_at_least() -> None:
    """Fractions and NaN are named; if all are whole, the first row stands for the column."""
    assert wrong_type(np.array([1.0, np.nan, 2.5, np.inf])).tolist() == [False, True, True, True]
    assert wrong_type(np.array([1.0, 2.0])).tolist() == [True, False]
    assert wrong_type(np.array([])).tolist() == []


@pytest.mark.parametrize("column", [np.array([True]), np.array(["1"]), np.array([1j]), np.array([None])])
def test_other_types_are_refused(column: Any) -> None:
    """Flags, text, complex numbers and nothing are no whole numbers."""
    with pytest.raises(DataError, match=r"row 0: got .*, expected whole minor units"):
        whole_numbers(column, **PLACE)
