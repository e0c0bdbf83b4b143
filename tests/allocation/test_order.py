"""The order in which clients are dealt."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation import order
from clientmgr.allocation.order import largest_first


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 1.0, 1.0 + 1e-12, 7.5]))))
def test_packed_words_and_three_keys_give_the_same_order(rows: Any) -> None:
    """Keys that agree in the bits kept are told apart all the same."""
    branch = np.array([b for b, _ in rows], dtype=np.int32)
    key = np.array([k for _, k in rows], dtype=float)
    plain = np.lexsort((np.arange(len(key)), -key, branch))
    kept, order.PACKED_FROM = order.PACKED_FROM, 0
    try:
        packed = largest_first(branch, key, 4)
    finally:
        order.PACKED_FROM = kept
    assert packed.tolist() == plain.tolist() == largest_first(branch, key, 4).tolist()
