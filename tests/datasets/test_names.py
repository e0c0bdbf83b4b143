"""Numbered ids."""

import numpy as np
import pytest

from clientmgr.datasets.names import number_ids
from clientmgr.tables import Coded


@pytest.mark.parametrize("count", [0, 1, 9, 100, 1_234])
def test_ids_are_numbered_from_one_and_ascend(count: int) -> None:
    """As formatting each of them would give."""
    expected = [f"C{i:03d}" for i in range(1, count + 1)] if count < 1_000 else None
    ids = number_ids("C", count, digits=3)
    if expected is not None:
        assert ids.tolist() == expected
    assert ids.codes.tolist() == list(range(count))
    assert ids.vocabulary.tolist() == sorted(ids.vocabulary.tolist())


def test_ids_grow_wider_together() -> None:
    """So that the order of text is the order of numbers."""
    ids = number_ids("C", 1_000, digits=2)
    assert ids[0] == "C0001"
    assert ids[999] == "C1000"


def test_ids_are_what_coding_them_would_give() -> None:
    """The short cut past the coding changes nothing."""
    ids = number_ids("M", 120, digits=2)
    again = Coded.of(np.asarray(ids))
    assert (again.codes == ids.codes).all()
    assert (again.vocabulary == ids.vocabulary).all()
