"""Reasons in words."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, allocate
from clientmgr.errors import DataError
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.segments import KeyClientRule


def division(managers: Any = 2) -> Any:
    """Divide a branch with a key, a dormant and a closed client."""
    closed = np.array(["NaT", "NaT", "NaT", "NaT", "2026-01-01"], "datetime64[D]")
    facts = Facts(
        clients=Clients(id=["C1", "C2", "C3", "C4", "C5"], branch="B1", assets=[900, 1, 300, 200, 5], closed=closed),
        managers=Managers(id=[f"M{i}" for i in range(managers)], branch="B1"),
    )
    rule = AllocationRule(measures=("assets",), key=KeyClientRule(top=1))
    dormant = np.array([False, True, False, False, False])
    return allocate(facts, rule, on="2026-07-01", dormant=dormant)


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("C1", "C1 of B1 is a key client and held out for the branch's manager."),
        ("C2", "C2 of B1 is dormant and held out, so that all may try."),
        ("C5", "C5 is no client on 2026-07-01."),
    ],
)
def test_who_is_held_out_is_told_why(client: Any, words: Any) -> None:
    """One sentence."""
    assert division().explain(client) == words


def test_the_runner_up_is_named_with_what_it_would_have_meant() -> None:
    """Both books against their targets, with and without."""
    text = division().explain("C3")
    assert text.startswith("C3 of B1 goes to M0: it was dealt, the larger clients first")
    assert "The runner-up is M1." in text
    assert "the client is 3.00 CNY" in text


def test_a_lone_manager_has_no_runner_up() -> None:
    """Nobody else may receive."""
    assert "Nobody else may receive clients" in division(1).explain("C3")


def test_a_book_is_told_against_target_and_others() -> None:
    """Share, number, how they came, each measure with its rank."""
    text = division().explain_book("M1")
    assert text.startswith("M1 of B1 is due 50.00 % and has 1 clients (1 dealt).")
    assert "assets: 2.00 CNY of 2.00 CNY (+0.0000 %)" in text
    assert "2 of 2 by what it holds per weight" in text
    assert "cannot be split" in division().explain_book("M0")


def test_strangers_are_refused() -> None:
    """Clients and managers alike."""
    with pytest.raises(DataError, match="no 'C9'"):
        division().explain("C9")
    with pytest.raises(DataError, match="'M9' receives no clients"):
        division().explain_book("M9")
