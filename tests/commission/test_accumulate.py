"""Tests of sums by line and month."""

import numpy as np
import pytest

from clientmgr.commission.accumulate import MonthlySums, month_names, months_of, refuse_unless_conserved
from clientmgr.commission.lines import LINE_KEYS, LineBook
from clientmgr.errors import ConservationError


def test_months_are_counted_and_named() -> None:
    """Days fall into months, and months have names."""
    days = np.array(["1969-12-31", "1970-01-01", "2026-07-31"], "M8[D]")
    assert months_of(days).tolist() == [-1, 0, 678]
    assert month_names(np.array([678, 0, 678])).tolist() == ["2026-07", "1970-01", "2026-07"]
    assert month_names(np.empty(0, np.int64)).tolist() == []


def test_sums_grow_with_lines_and_months_in_any_order() -> None:
    """Earlier months, later months and new lines keep what was added before."""
    lines = LineBook()
    sums = MonthlySums(lines)
    for manager, month, amount in (("M1", 678, 5), ("M2", 670, 7), ("M1", 690, 9), ("M3", 678, 0)):
        first = lines.add_keys([(manager, *[""] * (len(LINE_KEYS) - 1))])
        sums.add_rows(np.array([first]), np.array([month]), np.array([amount]))
    sums.add_rows(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
    made = sums.close().by(("manager", "month")).to_records()
    assert [tuple(row.values()) for row in made] == [
        ("M1", "2026-07", 5),
        ("M1", "2027-07", 9),
        ("M2", "2025-11", 7),
    ]


def test_a_fen_that_is_missing_is_an_error() -> None:
    """Sums that do not add up give no result."""
    refuse_unless_conserved([("credits", 3), ("findings", 4)], ("gross", 7))
    with pytest.raises(ConservationError, match="gross 8 is not credits 3 \\+ findings 4"):
        refuse_unless_conserved([("credits", 3), ("findings", 4)], ("gross", 8))
