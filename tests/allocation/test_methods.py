"""Balance with and without rules in one call."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, Balanced, Limits, Named, Need, allocate
from clientmgr.allocation.feasible import Reason
from clientmgr.errors import InfeasibleError
from clientmgr.facts import Clients, Facts, Managers

ON = "2026-07-01"


def firm(seed: Any = 1, clients: Any = 90) -> Any:
    """Make three branches with languages and hours."""
    rng = np.random.default_rng(seed)
    return Facts(
        clients=Clients(
            id=np.arange(clients),
            branch=[f"B{i % 3}" for i in range(clients)],
            assets=rng.integers(1, 9999, clients),
            extra={
                "speaks": rng.choice(["", "yue"], clients, p=[0.8, 0.2]).tolist(),
                "hours": rng.random(clients),
            },
        ),
        managers=Managers(
            id=[f"M{i}" for i in range(9)],
            branch=[f"B{i % 3}" for i in range(9)],
            hours=12,
            extra={"speaks": ["yue"] * 6 + [""] * 3},
        ),
    )


def test_branches_in_which_nothing_binds_are_divided_as_ever() -> None:
    """An exception in one branch leaves the others as they are."""
    facts = firm()
    plain = allocate(facts, AllocationRule(key=None), on=ON)
    rule = AllocationRule(key=None, named=(Named(client=0, owner="M3"),))
    named = allocate(facts, rule, on=ON)
    elsewhere = facts.clients.branch != "B0"
    assert plain.owner[elsewhere].tolist() == named.owner[elsewhere].tolist()
    assert named.owner[0] == "M3"
    assert named.step[0] == "named"
    assert np.isnan(named.certificate.dual).tolist() == [False, True, True]


def test_needs_and_limits_are_kept() -> None:
    """Language, numbers and hours together."""
    facts = firm()
    rule = AllocationRule(
        key=None,
        needs=(Need(client="speaks", manager="speaks"),),
        limits=Limits(clients=12, minimum=8, hours="hours"),
    )
    division = allocate(facts, rule, on=ON)
    counts = [len(division.book(f"M{i}")) for i in range(9)]
    assert min(counts) >= 8
    assert max(counts) <= 12
    needy = facts.clients.extra["speaks"] == "yue"
    assert not division.owner[needy].isin(["M6", "M7", "M8"]).any()


def test_progress_is_told_of_every_branch() -> None:
    """Done and in all, branch by branch."""
    seen = []
    rule = AllocationRule(key=None, named=(Named(client=0, owner="M3"),))
    allocate(firm(), rule, on=ON, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_effort_is_a_number_of_exchanges_and_more_of_it_is_no_worse() -> None:
    """No exchange and no round leaves the dealing as it is."""
    facts = firm(clients=300)
    worst = []
    for method in (Balanced(rounds=0, exchanges=0), Balanced(), Balanced(exchanges=300)):
        rule = AllocationRule(key=None, method=method)
        division = allocate(facts, rule, on=ON)
        assert method != Balanced(rounds=0, exchanges=0) or not (division.step == "exchanged").any()
        worst.append(np.abs(division.certificate.books.deviation).max())
    assert worst[0] >= worst[1] >= worst[2]


def test_what_cannot_be_is_proved_with_names() -> None:
    """Clients, owners and branch are those of the facts."""
    rule = AllocationRule(key=None, limits=Limits(clients=9))
    with pytest.raises(InfeasibleError, match=r"in branch B0, 30 clients .* room for 27") as error:
        allocate(firm(), rule, on=ON)
    assert isinstance(error.value.reason, Reason)
    assert error.value.reason.owners == ("M0", "M3", "M6")
