"""The decision as a value."""

import pickle
from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, allocate
from clientmgr.allocation.division import conserve
from clientmgr.errors import ConservationError, DataError
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.segments import KeyClientRule


def division() -> Any:
    """Divide one branch with a key client and a dormant one."""
    facts = Facts(
        clients=Clients(id=["C1", "C2", "C3", "C4"], branch="B1", assets=[9, 1, 4, 4]),
        managers=Managers(id=["M1", "M2"], branch="B1"),
    )
    rule = AllocationRule(key=KeyClientRule(top=1))
    dormant = np.array([False, True, False, False])
    return allocate(facts, rule, on="2026-07-01", dormant=dormant)


def test_it_shows_itself() -> None:
    """A short line, one row a client, a table in a notebook."""
    one = division()
    assert repr(one) == "Division(2 clients among 2 managers on 2026-07-01, 1 key, 1 dormant)"
    columns = one.to_columns()
    assert columns["manager"].tolist() == [None, None, "M1", "M2"]
    assert columns["pool"].tolist() == ["key", "dormant", None, None]
    assert columns["step"].tolist() == ["key", "dormant", "dealt", "dealt"]
    assert one._repr_html_().startswith("<table>")


def test_it_has_no_truth_value() -> None:
    """It must be asked a question."""
    with pytest.raises(TypeError, match="no truth value"):
        bool(division())


def test_it_survives_pickle_read_only() -> None:
    """With its values; arrays stay frozen."""
    one = division()
    again = pickle.loads(pickle.dumps(one))
    assert again.owner.tolist() == one.owner.tolist()
    with pytest.raises(ValueError, match="read-only"):
        again.place[0] = 1


def test_a_book_is_listed_and_a_stranger_refused() -> None:
    """By the manager's id."""
    assert division().book("M1").tolist() == ["C3"]
    with pytest.raises(DataError, match="'M9' receives no clients"):
        division().book("M9")


def test_a_lost_client_is_never_returned() -> None:
    """A wrong place is caught before anybody sees it."""
    problem = division().problem
    for place in ([0], [0, 5], [0, -1]):
        with pytest.raises(ConservationError, match="nothing is returned"):
            conserve(problem, np.array(place))
