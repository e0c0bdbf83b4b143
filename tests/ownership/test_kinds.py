"""The words of the ledger and their codes."""

import numpy as np

from clientmgr.ownership.kinds import KIND_COLUMN, KINDS, kind_codes


def test_every_kind_has_the_code_of_its_place() -> None:
    """A kind's code is its place in the list; other words have none."""
    words = np.array(sorted([*KINDS, "zzz", "aaa"]))
    expected = [KINDS.index(word) if word in KINDS else -1 for word in words.tolist()]
    assert kind_codes(words).tolist() == expected


def test_integers_are_no_kinds() -> None:
    """A column of integers has no kinds."""
    assert kind_codes(np.array([1, 2])).tolist() == [-1, -1]


def test_the_coded_column_spells_the_kinds() -> None:
    """Row k of the coded column is kind k."""
    assert KIND_COLUMN.tolist() == list(KINDS)
