"""Tables of changes accept what can be meant, and name every row that cannot."""

from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.ownership import OwnershipChanges, OwnershipLog
from clientmgr.testing import check_table

GOOD: dict[str, Any] = {
    "client": ["C2", "C1", "C1"],
    "valid": np.array(["2026-07-01"] * 3, "datetime64[D]"),
    "kind": "allocated",
    "manager": [None, "M1", "M2"],
    "pool": ["dormant", None, None],
    "branch": "B1",
    "role": ["", "developer", "servicer"],
    "share": [1, 40, 60],
    "of": [1, 100, 100],
}

BAD = {
    "kind is no word of the list": ({"kind": "sold"}, "one of allocated"),
    "no owner": ({"pool": None}, "exactly one of manager"),
    "two owners": ({"manager": ["M3", "M1", "M2"]}, "exactly one of manager"),
    "an owner of a closed account": ({"kind": "closed"}, "no manager, team or pool"),
    "a pool that is none": ({"pool": ["attic", None, None]}, "one of key, dormant, unassigned"),
    "shares below one": ({"share": [1, 40, 50]}, "add up to 1"),
    "shares above one": ({"share": [1, 60, 60]}, "add up to 1"),
    "a share of nothing": ({"share": [1, 0, 100]}, "above 0"),
    "more than all": ({"share": [1, 40, 160]}, "above 0, and at most 1"),
    "no denominator": ({"of": [1, 0, 100]}, "a denominator from 1"),
    "a denominator out of reach": ({"of": [1, 2**40, 100]}, "a denominator from 1"),
    "two kinds on one day": ({"kind": ["allocated", "allocated", "claimed"]}, "one set of owners"),
    "two branches on one day": ({"branch": ["B1", "B1", "B2"]}, "one set of owners"),
    "one owner and role twice": ({"manager": [None, "M1", "M1"], "role": "servicer"}, "each owner and role once"),
    "a day that is none": ({"valid": np.array(["2026-07-01", "NaT", "2026-07-01"], "datetime64[D]")}, "a day"),
    "text for days": ({"valid": ["2026-07-01"] * 3}, "from text use"),
    "floats for shares": ({"share": [1.0, 0.4, 0.6]}, "a whole number"),
}


def test_a_set_of_owners_is_one_change() -> None:
    """The rows of a client and day go together, in whatever order they come."""
    changes = OwnershipChanges(**GOOD)
    assert repr(changes) == "OwnershipChanges(3 rows)"
    assert changes.grouped.start.tolist() == [0, 2, 3]
    check_table(changes)


@pytest.mark.parametrize(("change", "match"), BAD.values(), ids=BAD.keys())
def test_rows_that_cannot_be_meant_are_refused(change: dict[str, Any], match: str) -> None:
    """Each fault names the column, the row and what was expected."""
    with pytest.raises(DataError, match=match) as caught:
        OwnershipChanges(**{**GOOD, **change})
    assert len(caught.value.findings) >= 1


def test_a_finding_names_the_client() -> None:
    """The client is the id of a bad row."""
    with pytest.raises(DataError, match="add up") as caught:
        OwnershipChanges(**{**GOOD, "share": [1, 40, 50]})
    assert [finding.id for finding in caught.value.findings] == ["C1", "C1"]
    assert caught.value.findings[0].table == "ownership_changes"


def test_two_closings_of_a_client_on_a_day_are_refused() -> None:
    """Ownerless changes are one row each."""
    days = np.array(["2026-07-01"] * 2, "datetime64[D]")
    with pytest.raises(DataError, match="one set of owners"):
        OwnershipChanges(client=["C1", "C1"], valid=days, kind="closed")


def test_overlays_stand_outside_the_sum() -> None:
    """A set adds up without its overlays, and cannot consist of them alone."""
    changes = OwnershipChanges(**{**GOOD, "share": [1, 1, 7], "of": [1, 1, 5], "overlay": [False, False, True]})
    assert changes.grouped.members.overlay.tolist() == [False, True, False]
    with pytest.raises(DataError, match="add up to 1"):
        OwnershipChanges(**{**GOOD, "overlay": True})


def test_shares_with_large_denominators_add_up_exactly() -> None:
    """Sums are exact where no common base fits; a set whose own base is out of reach is refused."""
    good = {**GOOD, "client": "C1", "manager": ["M1", "M2", "M3"], "pool": None, "role": ""}
    primes = [2_000_003, 999_983]
    table = {**good, "client": ["C1", "C1", "C2"], "share": [1, primes[0] - 1, 1], "of": [primes[0], primes[0], 1]}
    assert len(OwnershipChanges(**table)) == 3
    with pytest.raises(DataError, match="add up to 1"):
        OwnershipChanges(**{**good, "share": [1, 1, 1], "of": [*primes, 999_979]})


def test_nothing_is_a_table_of_changes() -> None:
    """A table without rows is allowed."""
    assert len(OwnershipChanges.none()) == 0


def log_with(**change: Any) -> OwnershipLog:
    """Make a log of three rows in two batches."""
    days = np.array(["2026-07-01", "2026-07-01", "2026-07-02"], "datetime64[D]")
    columns = {"client": ["C1", "C2", "C1"], "valid": days, "kind": "allocated", "manager": "M1"}
    return OwnershipLog(
        **{**columns, "batch": [0, 0, 1], "known": ["2026-07-01", "2026-07-01", "2026-07-02"], **change}
    )


def test_a_log_may_speak_of_a_day_again_in_another_batch() -> None:
    """Only rows of one batch make one set."""
    days = np.array(["2026-07-01"] * 3, "datetime64[D]")
    assert len(log_with(valid=days)) == 3


def test_a_log_without_batches_numbers_them_by_known_time() -> None:
    """The rank of the known time is the batch."""
    assert log_with(batch=None).batch.tolist() == [0, 0, 1]
    assert log_with(batch=None, known="2026-07-01T18:00").batch.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"batch": [0, 0, 2]}, "batches numbered 0, 1, 2"),
        ({"batch": [1, 1, 2]}, "batches numbered 0, 1, 2"),
        ({"known": ["2026-07-01", "2026-07-02", "2026-07-02"]}, "one known time for all rows"),
        ({"known": ["2026-07-03", "2026-07-03", "2026-07-02"]}, "not earlier than the batch before"),
        ({"known": ["2026-07-03", "2026-07-03", "soon"]}, "a time"),
        ({"known": np.array(["2026-07-01", "NaT", "2026-07-02"], "datetime64[s]")}, "a time"),
    ],
)
def test_a_log_whose_batches_do_not_rise_is_refused(change: dict[str, Any], match: str) -> None:
    """Batches are numbered without gaps, known times never fall."""
    with pytest.raises(DataError, match=match):
        log_with(**change)
