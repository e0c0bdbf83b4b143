"""Drafts: common lengths, findings with ids, and single values given to all rows."""

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.tables.coded import Coded
from clientmgr.tables.drafts import (
    Draft,
    Fault,
    common_length,
    fault_where,
    findings_of,
    finish,
    from_objects,
    refuse_all,
    unreadable,
)


def fault(*rows: int) -> tuple[Fault, ...]:
    """Make the fault of some rows."""
    return (Fault(np.array(rows), [f"v{row}" for row in rows], "better"),)


def test_the_first_column_says_how_many_rows_there_are() -> None:
    """Each other one that has more or fewer is a finding at the first row where it shows."""
    drafts = {
        "id": Draft(Coded.of(["a", "b"])),
        "one": Draft(np.int64(5), scalar=True),
        "more": Draft(np.arange(3)),
        "fewer": Draft(np.arange(1)),
        "deep": Draft(np.zeros((2, 2))),
    }
    length, findings = common_length("clients", drafts)
    assert length == 2
    assert [str(finding) for finding in findings] == [
        "clients.deep row 0: got '2 dimensions', expected one dimension",
        "clients.more row 2: got '3 rows', expected 2 rows, as `id` has",
        "clients.fewer row 1: got '1 row', expected 2 rows, as `id` has",
    ]


def test_only_single_values_make_one_row() -> None:
    """A table may be written with scalars alone."""
    assert common_length("t", {"a": Draft(np.int64(1), scalar=True)})[0] == 1


def test_a_column_that_could_not_be_read_has_no_length() -> None:
    """It does not say that the others are too long."""
    drafts = {"id": Draft(Coded.of([]), faults=fault(3)), "n": Draft(np.arange(5))}
    length, findings = common_length("t", drafts)
    assert (length, len(findings)) == (5, 0)


def test_findings_name_the_id_of_each_row() -> None:
    """And none where the id itself could not be read."""
    drafts = {"id": Draft(Coded.of(["a", "b"])), "n": Draft(np.arange(2), faults=fault(1))}
    assert [f.id for f in findings_of("t", drafts)] == ["b"]
    assert [f.id for f in findings_of("t", {"n": drafts["n"]})] == [None]
    unread = {"id": Draft(Coded.of([]), faults=fault(0)), "n": drafts["n"]}
    assert [f.id for f in findings_of("t", unread)] == [None, None]


def test_a_finished_column_is_read_only_and_as_long_as_the_table() -> None:
    """A single value, coded or not, stands in all rows."""
    coded = finish(Draft(Coded.of(["a"]), scalar=True), 3)
    assert coded.tolist() == ["a", "a", "a"]
    number = finish(Draft(np.array(5), scalar=True), 3)
    assert number.tolist() == [5, 5, 5]
    with pytest.raises(ValueError, match="read-only"):
        number[0] = 1
    assert finish(Draft(np.arange(2)), 2).tolist() == [0, 1]


def test_faults_keep_python_values_and_show_dates_as_text() -> None:
    """What a person reads in the message is what was brought."""
    days = np.array(["2026-01-31"], "datetime64[D]")
    assert fault_where(np.array([True]), days, "x")[0].values == ["2026-01-31"]
    assert fault_where(np.array([True]), Coded.of(["a"]), "x")[0].values == ["a"]
    assert fault_where(np.array([False, True]), [1, 2], "x")[0].values == [2]
    assert fault_where(np.array([False]), [1], "x") == ()


def test_a_column_of_the_wrong_type_is_refused_row_by_row() -> None:
    """The type is named once, in what was expected."""
    draft = refuse_all(np.array([[1.5], [2.5]]), "a day")
    assert draft.faults[0].rows.tolist() == [0, 1]
    assert draft.faults[0].expected == "a day, not a float"
    assert refuse_all(np.array([None], object), "a day").faults[0].expected == "a day"
    assert refuse_all(np.array("x"), "a day").scalar


def test_objects_are_read_one_by_one() -> None:
    """The good ones only where all are good."""
    good = from_objects(np.array([1, 2], object), lambda v: v < 3, np.dtype(np.int64), "below 3")
    assert (good.values.tolist(), good.faults) == ([1, 2], ())
    bad = from_objects(np.array([1, 9], object), lambda v: v < 3, np.dtype(np.int64), "below 3")
    assert bad.faults[0].values == [9]


def test_the_refusal_of_a_coded_column_becomes_its_faults() -> None:
    """With rows where it has them, else as one fault of the whole column."""
    with pytest.raises(DataError, match="as the first value is") as caught:
        Coded.of(["a", 1])
    assert unreadable(caught.value).faults[0].rows.tolist() == [1]
    (whole,) = unreadable(DataError("no order")).faults
    assert (whole.values, whole.expected) == (["the whole column"], "no order")
