"""Coded columns behave as the arrays that they stand for, and keep the order of ids."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import DataError
from clientmgr.tables import Coded
from clientmgr.testing import id_lists

WORDS = st.lists(st.sampled_from(["", "a", "b", "10", "9", "客", None]), max_size=20)
NUMBERS = st.lists(st.sampled_from([-3, 0, 7, 2**40, None]), max_size=20)


@given(st.one_of(WORDS, NUMBERS))
def test_a_column_gives_back_what_it_was_made_of(values: list[Any]) -> None:
    """By list, by iteration, by row and by array, missing values being None."""
    column = Coded.of(values)
    assert column.tolist() == values
    assert list(column) == values
    assert [column[i] for i in range(len(values))] == values
    assert np.asarray(column).tolist() == values
    assert column.missing.tolist() == [value is None for value in values]
    assert column.vocabulary.tolist() == sorted({v for v in values if v is not None})


@given(id_lists(max_size=12))
def test_the_order_of_codes_is_the_order_of_ids(ids: list[str | int]) -> None:
    """Text goes by code point, integers by number."""
    column = Coded.of(ids)
    order = np.argsort(column.codes)
    assert [ids[i] for i in order] == sorted(ids)
    assert column.is_text == (not ids or isinstance(ids[0], str))


@given(WORDS, WORDS)
def test_two_columns_are_matched_by_words_and_not_by_codes(a: list[Any], b: list[Any]) -> None:
    """Recoding gives the place of each value in the other vocabulary, or says that it has none."""
    one, other = Coded.of(a), Coded.of(b)
    words = other.vocabulary.tolist()
    expected = [-1 if v is None else words.index(v) if v in words else -2 for v in a]
    assert one.recode(other).tolist() == expected
    assert one.match(other).tolist() == [words.index(v) if v in words else -1 for v in one.vocabulary.tolist()]


@given(WORDS, st.lists(st.integers(0, 19)))
def test_rows_are_taken_by_slice_mask_and_number(values: list[Any], picks: list[int]) -> None:
    """As of an array, over the same vocabulary."""
    column = Coded.of(values)
    rows = [i for i in picks if i < len(values)]
    assert column[np.array(rows, int)].tolist() == [values[i] for i in rows]
    assert column[1:5].tolist() == values[1:5]
    mask = np.array([v == "a" for v in values], bool)
    assert column[mask].tolist() == [v for v in values if v == "a"]
    assert column[mask].compact().vocabulary.tolist() == ["a"] * bool(mask.any())


@given(st.lists(WORDS, max_size=4))
def test_columns_are_put_behind_one_another_over_one_vocabulary(parts: list[list[Any]]) -> None:
    """Nothing at all is a column too."""
    whole = Coded.concat([Coded.of(part) for part in parts])
    assert whole.tolist() == [value for part in parts for value in part]


@given(WORDS)
def test_comparing_with_a_value_or_a_column_goes_row_by_row(values: list[Any]) -> None:
    """A missing value equals a missing value only."""
    column = Coded.of(values)
    assert (column == "a").tolist() == [v == "a" for v in values]
    assert (column != "a").tolist() == [v != "a" for v in values]
    assert (column == None).tolist() == [v is None for v in values]  # noqa: E711 - elementwise
    assert (column == Coded.of(values)).all()
    assert (column == values).all()
    assert (column == 7).tolist() == [False] * len(values)
    assert ("a" in column) == ("a" in values)
    assert column.isin(["a", "10"]).tolist() == [v in {"a", "10"} for v in values]
    assert column.isin([]).tolist() == [False] * len(values)
    assert column.isin([1]).tolist() == [False] * len(values)


def test_a_column_looks_like_an_array_of_one_dimension() -> None:
    """So that numpy and frames can ask it what they ask an array."""
    column = Coded.of(["a", None])
    assert (column.shape, column.size, column.ndim) == ((2,), 2, 1)
    assert column.dtype == np.dtype(object)
    assert Coded.of(["ab"]).dtype == np.dtype("U2")
    assert np.asarray(Coded.of([1, 2])).dtype == np.int64
    assert np.array(Coded.of([1, 2]), dtype=float).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="cannot be given without a copy"):
        np.array(column, copy=False)


def test_a_column_is_shown_short() -> None:
    """The first five values, the rows, the distinct values."""
    assert repr(Coded.of(["a", "b"])) == "Coded(['a', 'b'], 2 rows, 2 distinct)"
    assert repr(Coded.of(list(range(9)))) == "Coded([0, 1, 2, 3, 4, ...], 9 rows, 9 distinct)"


@pytest.mark.parametrize("carry", [lambda c: pickle.loads(pickle.dumps(c)), copy.deepcopy])
def test_a_column_cannot_be_written_into(carry: Any) -> None:
    """Neither itself nor its arrays, also after pickle and deepcopy."""
    column = carry(Coded.of(["a", None]))
    with pytest.raises(ValueError, match="read-only"):
        column[0] = "b"
    for array in (column.codes, column.vocabulary):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]
    assert column.tolist() == ["a", None]


def test_a_column_is_no_condition_and_has_no_hash() -> None:
    """As an array is none and has none."""
    with pytest.raises(TypeError, match="no truth value"):
        bool(Coded.of(["a"]))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Coded.of(["a"]))


def test_text_and_integers_never_mix() -> None:
    """Putting them into one column is an error; comparing them finds nothing."""
    with pytest.raises(DataError, match="text ids and integer ids"):
        Coded.concat([Coded.of(["1"]), Coded.of([1])])
    assert Coded.of(["1"]).match(Coded.of([1])).tolist() == [-1]
    assert not (Coded.of(["1"]) == Coded.of([1])).any()
    assert Coded.of([1]).code("1") == -2
    assert Coded.of([1]).code(2**70) == -2
    assert Coded.of(["a"]).code("a\0") == -2


def test_a_column_of_another_column_is_that_column() -> None:
    """Coding once is enough."""
    column = Coded.of(["a"])
    assert Coded.of(column) is column
    assert column.compact() is column
