"""Measures as exact columns."""

import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.facts import MeasureColumn


def test_money_is_kept_in_fen() -> None:
    """Whole fen come back as they were."""
    column = MeasureColumn.money([120_00, None, -5])
    assert column.tolist() == [12_000, None, -5]
    assert column[0] == 12_000
    assert column[1] is None


def test_ratios_meet_their_band_edges_exactly() -> None:
    """A float stands for its shortest decimal, text and fractions for themselves."""
    column = MeasureColumn.ratio([0.855, "85.5%", Decimal("0.855"), Fraction(171, 200), 1])
    assert column.units.tolist() == [8550, 8550, 8550, 8550, 10_000]
    assert column[0] == Fraction(171, 200)


def test_ratios_are_rounded_half_up_to_their_places() -> None:
    """Halves go away from zero on both sides."""
    assert MeasureColumn.ratio(["0.125", "-0.125"], places=2).units.tolist() == [13, -13]


def test_nan_and_infinity_are_missing_data() -> None:
    """They are never numbers."""
    cells = [float("nan"), float("inf"), Decimal("NaN"), np.float64("-inf"), None]
    assert MeasureColumn.ratio(cells).missing.all()
    assert MeasureColumn.money(np.array([np.nan])).missing.all()


@pytest.mark.parametrize("cell", [1.0, True, "x", "1.5%%", Fraction(1, 2), object()])
def test_money_refuses_what_is_not_whole_fen(cell: object) -> None:
    """One error names column, row and value."""
    with pytest.raises(DataError, match=r"measures.money row 1.*expected whole minor units"):
        MeasureColumn.money([1, cell])


def test_money_refuses_a_column_of_floats() -> None:
    """Floats are refused where money is meant, even whole ones."""
    with pytest.raises(DataError, match=r"got 3.0, expected whole minor units"):
        MeasureColumn.money(np.array([np.nan, 3.0]))


def test_counts_take_whole_floats_and_refuse_parts() -> None:
    """A frame with gaps brings counts as floats."""
    assert MeasureColumn.count(np.array([3.0, np.nan])).tolist() == [3, None]
    with pytest.raises(DataError, match="a whole number, or None"):
        MeasureColumn.count([2.5])


def test_numbers_that_leave_64_bits_are_refused() -> None:
    """What cannot be held is an error, not a wrapped number."""
    with pytest.raises(DataError, match="whole minor units"):
        MeasureColumn.money([2**62])
    with pytest.raises(DataError, match="an exact number"):
        MeasureColumn.ratio(np.array([2**62]))


def test_places_are_few() -> None:
    """More than nine decimals would not leave room for the numbers."""
    with pytest.raises(DataError, match="0 to 9 places, got 10"):
        MeasureColumn.ratio([1], places=10)


def test_a_measure_is_one_column() -> None:
    """Two dimensions are refused."""
    with pytest.raises(DataError, match="one column, got 2 dimensions"):
        MeasureColumn.count(np.zeros((2, 2), int))


def test_columns_of_one_kind_join() -> None:
    """Joined columns keep kind, places and gaps."""
    one, other = MeasureColumn.ratio(["0.5", None]), MeasureColumn.ratio(["0.25"])
    joined = MeasureColumn.concat([one, other])
    assert joined.tolist() == [Decimal("0.5000"), None, Decimal("0.2500")]


def test_columns_of_different_kinds_do_not_join() -> None:
    """Money and ratios have no common unit."""
    with pytest.raises(DataError, match="different kinds or places"):
        MeasureColumn.concat([MeasureColumn.money([1]), MeasureColumn.ratio([1])])


def test_numpy_gets_whole_numbers_where_all_are_whole() -> None:
    """Counts are int64; ratios and gaps make objects."""
    assert np.asarray(MeasureColumn.count([1, 2])).dtype == np.int64
    assert np.asarray(MeasureColumn.count([1, None])).tolist() == [1, None]
    assert np.asarray(MeasureColumn.ratio(["0.5"]), float).tolist() == [0.5]
    with pytest.raises(ValueError, match="without a copy"):
        MeasureColumn.count([1]).__array__(copy=False)


def test_it_stays_read_only_after_pickle() -> None:
    """The arrays of a copy cannot be written into."""
    copy = pickle.loads(pickle.dumps(MeasureColumn.count([1, 2])))
    with pytest.raises(ValueError, match="read-only"):
        copy.units[0] = 9


def test_repr_names_kind_size_and_gaps() -> None:
    """A column is short to look at."""
    assert repr(MeasureColumn.money([1])) == "MeasureColumn(money, 1 rows)"
    assert repr(MeasureColumn.count([1, None])) == "MeasureColumn(count, 2 rows, 1 missing)"
