"""Tests of totals."""

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.commission import Totals
from clientmgr.errors import DataError

ROWS = st.lists(st.tuples(st.sampled_from(["M1", "M2", None]), st.integers(1, 3), st.integers(-9, 9)))


def make(rows: Any) -> Any:
    """Add some rows up."""
    who, month, amount = zip(*rows, strict=True) if rows else ((), (), ())
    return Totals.of({"manager": list(who), "month": list(month)}, list(amount))


@given(ROWS, ROWS)
def test_totals_of_parts_add_up_to_the_totals_of_the_whole(one: Any, other: Any) -> None:
    """Whatever the cut, `+` gives the whole, and `-` takes it away again."""
    assert (make(one) + make(other)).equals(make(one + other))
    assert (make(one + other) - make(other)).equals(make(one))


@given(ROWS)
def test_rows_of_amount_zero_are_left_out_and_keys_are_unique(rows: Any) -> None:
    """Every combination of keys comes once, with an amount."""
    totals = make(rows)
    keys = [(row["manager"], row["month"]) for row in totals.to_records()]
    assert len(set(keys)) == len(keys)
    assert (totals.amount != 0).all()
    assert totals.sum() == sum(amount for *_, amount in rows)


def test_amounts_are_found_by_key() -> None:
    """`get`, `where` and `by` read the same numbers."""
    totals = make([("M1", 1, 5), ("M1", 2, 7), (None, 1, 3)])
    assert totals.get(manager="M1") == 12
    assert totals.get(manager=None, month=1) == 3
    assert totals.where(month=1).sum() == 8
    assert totals.by("month").to_records() == [{"month": 1, "amount": 8}, {"month": 2, "amount": 7}]
    assert totals.by().sum() == 15


def test_totals_show_themselves() -> None:
    """`repr` names keys and sum; text shows the first rows and counts the others."""
    totals = make([("M1", 1, 5)])
    assert repr(totals) == "Totals(by manager, month: 1 rows, 5 fen)"
    assert str(totals) == "manager  month  amount\nM1           1       5"
    assert "and 8 more" in str(Totals.of({"k": list(range(20))}, [1] * 20))
    assert "<table>" in totals._repr_html_()


def test_totals_have_no_truth_value_and_survive_pickle() -> None:
    """A result is no condition, and crosses a worker's border read-only."""
    totals = make([("M1", 1, 5)])
    with pytest.raises(TypeError, match="no truth value"):
        bool(totals)
    back = pickle.loads(pickle.dumps(totals))
    assert back.equals(totals)
    assert not back.amount.flags.writeable


def test_unequal_keys_do_not_add_up() -> None:
    """Totals by other keys, unknown keys and columns of other lengths are refused."""
    totals = make([("M1", 1, 5)])
    with pytest.raises(DataError, match="do not add up"):
        totals + totals.by("month")
    with pytest.raises(DataError, match="not by 'team'"):
        totals.get(team="T1")
    with pytest.raises(DataError, match="differ in length: k 2, amount 1"):
        Totals.of({"k": [1, 2]}, [1])
    with pytest.raises(TypeError):
        totals + 1
    assert not totals.equals(1)
