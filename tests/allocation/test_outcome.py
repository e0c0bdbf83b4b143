"""What a method hands back."""

import numpy as np

from clientmgr.allocation import AllocationRule
from clientmgr.allocation.outcome import Outcome, step_code
from clientmgr.allocation.problem import build_problem
from clientmgr.facts import Clients, Facts, Managers


def test_an_outcome_begins_with_nobody_placed() -> None:
    """Its evidence is read-only and says nothing yet."""
    facts = Facts(clients=Clients(id=["C1"], branch="B1"), managers=Managers(id=["M1"], branch="B1"))
    problem = build_problem(facts, AllocationRule(key=None), np.datetime64("2026-07-01"), None, {})
    outcome = Outcome.empty(problem)
    assert outcome.place.tolist() == [-1]
    evidence = outcome.evidence()
    assert evidence["moves"].tolist() == [0]
    assert np.isnan(evidence["dual"]).all()
    assert not evidence["prices"].flags.writeable
    assert "paid" not in evidence


def test_steps_have_places() -> None:
    """By their words."""
    assert step_code("dealt") == 0
