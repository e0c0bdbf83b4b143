"""All faults of a rule together."""

import pickle

import pytest

from clientmgr.formula.faults import Fault, RuleFaults, raise_faults


def test_one_fault_reads_as_a_single_error() -> None:
    """Message and path."""
    error = RuleFaults([Fault("unknown name 'x'", "$.values.a")])
    assert str(error) == "unknown name 'x' @ $.values.a"
    assert error.path == "$.values.a"


def test_several_faults_are_spelled_out_line_by_line() -> None:
    """At most twenty of them, the rest counted."""
    error = RuleFaults([Fault("bad", f"$.a{i}") for i in range(25)])
    assert str(error).splitlines()[:2] == ["25 faults:", "  bad @ $.a0"]
    assert str(error).endswith("... and 5 more (see .faults)")
    assert error.path == "$.a0"


def test_faults_survive_pickle() -> None:
    """They cross a worker's border."""
    error = RuleFaults([Fault("a", "$"), Fault("b", "$.b")])
    again = pickle.loads(pickle.dumps(error))
    assert again.faults == error.faults
    assert str(again) == str(error)


def test_no_fault_raises_nothing_and_the_same_fault_counts_once() -> None:
    """Repetition says nothing new."""
    raise_faults([])
    with pytest.raises(RuleFaults, match=r"^bad @ \$$"):
        raise_faults([Fault("bad", "$"), Fault("bad", "$")])
