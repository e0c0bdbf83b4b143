"""Columns with marks."""

from fractions import Fraction

import numpy as np

from clientmgr.formula.columns import Column, Marks, Reasons, first_mark, joined
from clientmgr.formula.exact import Exact


def marks(*codes: int) -> Marks:
    """Make marks."""
    return np.array(codes, dtype=np.int32)


def test_the_first_mark_of_a_row_stays() -> None:
    """Whatever comes behind it."""
    assert first_mark([None, None]) is None
    found = first_mark([marks(0, 1, 0), None, marks(2, 2, 0)])
    assert found is not None
    assert found.tolist() == [2, 1, 0]


def test_one_row_stands_for_all() -> None:
    """It is taken, repeated and joined as if it were many."""
    one = Column(Exact.constant(Fraction(3)), marks(0, 4))
    assert len(one) == 2
    assert one.take(np.array([1, 1, 0])).mark.tolist() == [4, 4, 0]  # type: ignore[union-attr]
    assert len(one.full(2).data) == 2
    both = joined([Column(np.array([True])), Column(np.array([False, True]), marks(1, 0))], [2, 2])
    assert both.flags.tolist() == [True, True, False, True]
    assert both.mark is not None
    assert both.mark.tolist() == [0, 0, 1, 0]
    assert joined([one.full(2), one.full(2)], [2, 2]).numbers.value(3) == 3


def test_a_choice_takes_the_mark_of_its_side() -> None:
    """And no other."""
    left = Column(np.array([1, 1]), marks(7, 7))
    right = Column(np.array([2, 2]))
    chosen = left.where(np.array([True, False]), right)
    assert chosen.codes.tolist() == [1, 2]
    assert chosen.mark is not None
    assert chosen.mark.tolist() == [7, 0]
    assert right.marked(np.array([False, False]), 3).mark is None


def test_a_reason_has_one_mark() -> None:
    """However often it turns up."""
    reasons = Reasons([("old", "$")])
    assert reasons.code("old", "$") == 1
    assert reasons.code("new", "$") == 2
    assert reasons.code("new", "$") == 2
    assert reasons.listed[2] == ("new", "$")
