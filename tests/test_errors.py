"""Errors carry their values, go by meaning, and survive pickle; findings spell out bad rows."""

import copy
import pickle

import attrs
import numpy as np
import pytest

import clientmgr as cm
from clientmgr.errors import (
    CheckError,
    ClientMgrError,
    ConservationError,
    DataError,
    Finding,
    Findings,
    InfeasibleError,
    RuleError,
    UndecidedError,
)

ERRORS = [
    DataError("bad", Findings.of(table="t", column="c", rows=[1], values=["x"], expected="y")),
    DataError("plain"),
    RuleError("rate must be below 1, got 2", path="$.rate"),
    RuleError("no path"),
    InfeasibleError("no way", reason=("M1", "M2")),
    UndecidedError("not within 100 exchanges"),
    ConservationError("3 fen are lost"),
    CheckError("C1 is with M2, not with M1"),
]


def findings(count: int, column: str = "assets") -> Findings:
    """Make so many findings of one column."""
    return Findings.of(
        table="clients",
        column=column,
        rows=range(count),
        ids=[f"C{i}" for i in range(count)],
        values=[-i for i in range(count)],
        expected="an amount above zero",
    )


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_an_error_survives_pickle_and_copy_with_its_values(error: ClientMgrError) -> None:
    """Errors cross the border of a worker whole: message, kind and every field."""
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (DataError, ValueError),
        (RuleError, ValueError),
        (InfeasibleError, ValueError),
        (UndecidedError, RuntimeError),
        (ConservationError, ArithmeticError),
        (CheckError, AssertionError),
    ],
)
def test_an_error_can_be_caught_as_the_builtin_it_is(kind: type[ClientMgrError], builtin: type[Exception]) -> None:
    """Who does not know the library catches the builtin; who does catches the root."""
    with pytest.raises(builtin, match="because"):
        raise kind("because")
    assert issubclass(kind, ClientMgrError)
    assert repr(kind("because")).startswith(f"{kind.__name__}('because'")


def test_every_public_error_is_among_those_that_are_tested() -> None:
    """No kind of error is forgotten in the tests above."""
    public = {getattr(cm, name) for name in cm.__all__}
    kinds = {kind for kind in public if isinstance(kind, type) and issubclass(kind, ClientMgrError)}
    assert kinds - {ClientMgrError} == {type(error) for error in ERRORS}


def test_a_finding_is_spelled_out_in_one_line() -> None:
    """Text is quoted, numbers are not, and an id stands only where there is one."""
    assert str(Finding("t", "c", 3, "C4", "a b", "a word")) == ("t.c row 3 (C4): got 'a b', expected a word")
    assert str(Finding("t", "c", 0, None, 1.5, "whole fen")) == ("t.c row 0: got 1.5, expected whole fen")
    assert repr(Finding("t", "c", 0, 7, 1, "x", amount=5)).endswith("expected='x', amount=5)")


def test_a_finding_cannot_be_changed() -> None:
    """What was found is a value."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        findings(1)[0].row = 7  # type: ignore[misc]


def test_findings_are_a_sequence_over_all_their_columns() -> None:
    """They are indexed, sliced, counted and gone through in the order of finding."""
    both = findings(2) + findings(3, "flow")
    assert len(both) == 5
    assert [f.column for f in both] == ["assets", "assets", "flow", "flow", "flow"]
    assert both[-1] == both[4] == Finding("clients", "flow", 2, "C2", -2, "an amount above zero")
    assert [f.row for f in both[1:4]] == [1, 0, 1]
    assert both[0] in both
    with pytest.raises(IndexError, match="out of range"):
        both[5]


def test_findings_of_arrays_hold_python_values() -> None:
    """No numpy scalar leaks into messages, JSON or other processes."""
    made = Findings.of(
        table="t",
        column="c",
        rows=np.array([4]),
        ids=np.array(["a"]),
        values=np.array([2.5]),
        expected="x",
        amounts=np.array([100]),
    )
    kinds = {name: type(value) for name, value in attrs.asdict(made[0]).items()}
    assert kinds == {
        "table": str,
        "column": str,
        "row": int,
        "id": str,
        "value": float,
        "expected": str,
        "amount": int,
    }


def test_findings_compare_by_value_even_where_a_value_is_not_a_number() -> None:
    """A NaN found twice is the same finding, so that a pickled error equals itself."""
    nan = Findings.of(table="t", column="c", rows=[0], values=[float("nan")], expected="x")
    assert nan == pickle.loads(pickle.dumps(nan))
    assert nan != findings(1)
    assert (findings(1) == "something else") is False
    with pytest.raises(TypeError, match="unhashable"):
        hash(nan)


def test_findings_show_where_they_are_and_spell_out_the_first_ten() -> None:
    """A message stays readable however many rows are bad."""
    assert repr(findings(1) + findings(1, "flow")) == "Findings(2 in clients.assets, clients.flow)"
    assert repr(Findings()) == "Findings(0)"
    assert str(findings(12)).count("\n") == 10
    assert str(findings(12)).endswith("... and 2 more (see .findings)")


def test_findings_go_out_as_plain_records() -> None:
    """A service can answer with them as JSON."""
    assert findings(1).to_records() == [
        {
            "table": "clients",
            "column": "assets",
            "row": 0,
            "id": "C0",
            "value": 0,
            "expected": "an amount above zero",
            "amount": None,
        }
    ]


def test_no_findings_are_no_blocks() -> None:
    """An empty column of findings adds nothing."""
    none = Findings.of(table="t", column="c", rows=[], values=[], expected="x")
    assert not len(none)
    assert none == Findings()
    assert DataError("plain").findings == none


def test_a_data_error_says_what_could_not_be_done_and_counts_the_rows() -> None:
    """One row is singular, several are plural, and all of them are kept."""
    one = DataError.of(findings(1), "cannot build Clients")
    assert str(one).startswith("cannot build Clients: 1 bad row\n  clients.assets row 0 (C0)")
    assert "cannot build Clients: 3 bad rows\n" in str(DataError.of(findings(3), "cannot build Clients"))
    assert one.findings == findings(1)


def test_millions_of_findings_are_counted_without_being_made() -> None:
    """A table that is wrong in every row costs columns, not objects."""
    many = Findings.of(table="t", column="c", rows=range(10**6), values=np.zeros(10**6), expected="x")
    assert len(many) == 10**6
    assert many[10**6 - 1].row == 10**6 - 1
