"""Several small columns seen as one key."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.ownership.packing import ascending_order, dense_codes, pack, sort_order, spread_ranges

NARROW = st.integers(-3, 3)
WIDE = st.integers(-(2**40), 2**40)


@given(st.lists(st.tuples(st.one_of(NARROW, WIDE), st.one_of(NARROW, WIDE)), min_size=1))
def test_dense_codes_number_rows_in_their_order(rows: list[tuple[int, int]]) -> None:
    """Equal rows have equal numbers, and the numbers rise as the rows do, through whichever path."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    codes, many = dense_codes(columns)
    ranks = {row: place for place, row in enumerate(sorted(set(rows)))}
    assert codes.tolist() == [ranks[row] for row in rows]
    assert many == len(ranks)


@given(st.lists(st.tuples(st.one_of(NARROW, WIDE), st.one_of(NARROW, WIDE))))
def test_sorting_by_a_packed_key_is_sorting_by_the_columns(rows: list[tuple[int, int]]) -> None:
    """The order is that of the tuples, equal rows staying in their order."""
    columns = [np.array([row[side] for row in rows], np.int64) for side in (0, 1)]
    order = sort_order(columns)
    assert order.tolist() == sorted(range(len(rows)), key=lambda place: rows[place])


def test_columns_too_wide_for_one_key_are_not_packed() -> None:
    """More than 62 bits do not fit."""
    wide = np.array([0, 2**40])
    assert pack([wide, wide]) is None
    assert pack([wide, np.array([1, 1])]) is not None
    assert dense_codes([wide, wide])[0].tolist() == [0, 1]


def test_rows_in_order_need_no_sorting() -> None:
    """None says that the rows are sorted already."""
    assert ascending_order([np.array([1, 1, 2])]) is None


@pytest.mark.parametrize("columns", [[np.empty(0, np.int64)], [np.empty(0, np.int64)] * 2])
def test_no_rows_are_no_rows(columns: list[np.ndarray]) -> None:
    """Empty columns pack, sort and code to nothing."""
    assert dense_codes(columns)[1] == 0
    assert len(sort_order(columns)) == 0


def test_ranges_are_spread_into_rows() -> None:
    """Each stretch gives its rows, an empty one none."""
    which, rows = spread_ranges(np.array([5, 9, 0]), np.array([2, 0, 1]))
    assert (which.tolist(), rows.tolist()) == ([0, 0, 2], [5, 6, 0])
