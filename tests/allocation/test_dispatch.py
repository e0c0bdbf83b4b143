"""Draft, auction and affinity through the public function."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import Affinity, AllocationRule, Auction, Draft, Limits, Measure, allocate
from clientmgr.check.allocation import verify_allocation
from clientmgr.errors import DataError, RuleError, UndecidedError
from clientmgr.facts import Clients, Facts, Managers

ON = "2026-07-01"


def branch(clients: Any = 12, managers: Any = 3) -> Any:
    """Make one branch with falling assets."""
    return Facts(
        clients=Clients(
            id=[f"C{i:02}" for i in range(clients)],
            branch="B1",
            assets=np.arange(clients, 0, -1),
            extra={"hours": np.full(clients, 2.0)},
        ),
        managers=Managers(id=[f"M{i}" for i in range(managers)], branch="B1", ability=[1, 1, 2], hours=17),
    )


def test_managers_pick_by_their_own_rankings_and_then_by_the_common_one() -> None:
    """M1 wants the last clients first."""
    rule = AllocationRule(measures=("assets",), key=None, method=Draft())
    wishes = {"M1": ["C11", "C10"]}
    division = allocate(branch(), rule, on=ON, rankings=wishes)
    assert division.book("M2").tolist()[0] == "C00"
    assert {"C10", "C11"} <= set(division.book("M1").tolist())
    assert set(division.step.tolist()) == {"picked"}


def test_a_draft_keeps_limits() -> None:
    """Whoever is full leaves; nobody is lost."""
    rule = AllocationRule(measures=("assets",), key=None, method=Draft(), limits=Limits(clients=5, hours="hours"))
    division = allocate(branch(), rule, on=ON)
    assert max(len(division.book(f"M{i}")) for i in range(3)) <= 5


def test_an_auction_has_prices_and_little_slack() -> None:
    """What a client cost is told; no manager sees a much better bargain."""
    rule = AllocationRule(measures=("assets",), key=None, method=Auction(step=0.01))
    facts = branch()
    fits = {"M0": np.arange(12.0) + 1, "M1": np.ones(12), "M2": np.arange(12.0, 0, -1)}
    division = allocate(facts, rule, on=ON, fits=fits)
    assert division.prices is not None
    assert division.prices.min() >= 0
    assert "of a budget of 1" in division.explain("C00")
    verify_allocation(facts, rule, division, fits=fits)


def test_affinity_has_a_bound_that_is_never_beaten() -> None:
    """The best fit within hours."""
    rule = AllocationRule(measures=("assets",), key=None, method=Affinity(exchanges=200), limits=Limits(hours="hours"))
    rng = np.random.default_rng(0)
    fits = {f"M{i}": rng.random(12) for i in range(3)}
    division = allocate(branch(), rule, on=ON, fits=fits)
    assert division.certificate.affinity[0] <= division.certificate.affinity_bound[0] + 1e-9
    verify_allocation(branch(), rule, division, fits=fits)
    assert max(len(division.book(f"M{i}")) for i in range(3)) <= 8


@pytest.mark.parametrize(
    ("method", "given", "error", "message"),
    [
        (Draft(), {"rankings": {"M9": []}}, DataError, "rankings of 'M9', who receives no"),
        (Auction(), {"fits": {"M9": []}}, DataError, "fits of 'M9', who receives no clients"),
        (Auction(), {"fits": {"M0": [1.0]}}, DataError, "fits of 'M0' must be 12 numbers"),
        (Auction(), {"fits": {"M0": [np.nan] * 12}}, DataError, "expected a finite number"),
        (Auction(value="fees"), {}, RuleError, "'fees' must be one of the rule's measures"),
        (Draft(), {"rankings": {"M0": ["C99"]}}, DataError, "no 'C99'"),
    ],
)
def test_what_nobody_can_mean_is_refused(method: Any, given: Any, error: Any, message: Any) -> None:
    """Strangers, wrong lengths, NaN, unknown measures."""
    rule = AllocationRule(measures=(Measure("assets"),), key=None, method=method)
    with pytest.raises(error, match=message):
        allocate(branch(), rule, on=ON, **given)


def test_hours_that_cannot_be_packed_are_undecided() -> None:
    """No assignment was found, none was ruled out."""
    facts = Facts(
        clients=Clients(id=[1, 2, 3], branch="B1", extra={"hours": [4.0, 4.0, 4.0]}),
        managers=Managers(id=["M1", "M2"], branch="B1", hours=6),
    )
    for method in (Affinity(exchanges=20), Draft()):
        rule = AllocationRule(key=None, method=method, limits=Limits(hours="hours"))
        with pytest.raises(UndecidedError, match=r"no (assignment|division) within"):
            allocate(facts, rule, on=ON)
