"""Dividing clients: who is held out, that nobody is lost, and what is refused."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.allocation import (
    Affinity,
    AllocationRule,
    Auction,
    Balanced,
    Draft,
    Measure,
    Override,
    allocate,
)
from clientmgr.errors import DataError
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.ownership import Ledger
from clientmgr.segments import KeyClientRule
from clientmgr.testing import firms, shuffle_rows
from clientmgr.testing.allocation import allocation_rules, check_conserved

ON = "2026-07-01"
METHODS = (
    Balanced(),
    Balanced(rounds=0, exchanges=0),
    Draft(sequence="webster"),
    Auction(value="count"),
    Affinity(exchanges=20, prices=20),
)


def branch(clients: Any = 40, managers: Any = 3, **columns: Any) -> Any:
    """Make one branch with falling assets."""
    assets = columns.pop("assets", np.arange(clients, 0, -1) * 100)
    return Facts(
        clients=Clients(id=[f"C{i:03}" for i in range(clients)], branch="B1", assets=assets),
        managers=Managers(id=[f"M{i}" for i in range(managers)], branch="B1", **columns),
    )


def test_every_client_outside_the_pools_gets_exactly_one_manager_of_its_branch() -> None:
    """A client is in a book or in a pool, never in both or in none."""
    facts = branch()
    dormant = np.arange(40) % 7 == 0
    division = allocate(facts, AllocationRule(key=KeyClientRule(top=2)), on=ON, dormant=dormant)
    in_book = ~division.owner.missing
    in_pool = ~division.pool.missing
    assert (in_book ^ in_pool).all()
    assert (division.pool == "dormant").tolist() == dormant.tolist()
    assert facts.clients.id[division.pool == "key"].tolist() == ["C001", "C002"]


def test_a_branch_may_divide_its_held_out_clients_after_all() -> None:
    """An override gives a class away in its branch."""
    overrides = (Override(branch="B1", divide="key"), Override(branch="B1", divide="dormant"))
    rule = AllocationRule(key=KeyClientRule(top=2), overrides=overrides)
    division = allocate(branch(), rule, on=ON, dormant=np.ones(40, bool))
    assert not division.owner.missing.any()


def test_abler_managers_get_relatively_more() -> None:
    """Counts follow abilities to within one client."""
    rule = AllocationRule(measures=("count", "assets"), key=None)
    division = allocate(branch(ability=[1.0, 2.0, 1.0]), rule, on=ON)
    assert [len(division.book(f"M{i}")) for i in range(3)] == [10, 20, 10]


def test_one_measure_of_whole_numbers_lands_on_its_target() -> None:
    """Each book gets its largest-remainder share to the last fen."""
    facts = branch(400, 4, ability=[1.0, 1.5, 2.0, 0.7], assets=np.arange(400) ** 3 % 9973)
    division = allocate(facts, AllocationRule(measures=("assets",), key=None), on=ON)
    books = division.certificate.books
    assert np.abs(books.load - books.target).max() < 1


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled facts give every client the same manager."""
    facts = branch(100, 4, ability=[1.0, 1.5, 2.0, 0.7])
    order = np.random.default_rng(3).permutation(100)
    shuffled = Facts(clients=facts.clients.take(order), managers=facts.managers.take(np.array([2, 0, 3, 1])))
    rule = AllocationRule(key=KeyClientRule(top=2))
    first, second = (allocate(one, rule, on=ON) for one in (facts, shuffled))
    assert first.owner[order].tolist() == second.owner.tolist()


def test_an_empty_branch_is_an_empty_decision() -> None:
    """Nobody to divide is no error."""
    facts = Facts(clients=Clients.empty(), managers=Managers(id=["M1"], branch="B1"))
    division = allocate(facts, AllocationRule(), on=ON)
    assert len(division.changes) == 0
    assert repr(division) == "Division(0 clients among 1 managers on 2026-07-01, 0 key, 0 dormant)"


def test_clients_without_a_manager_in_their_branch_are_refused() -> None:
    """The branch is named."""
    facts = Facts(clients=Clients(id=["C1"], branch="B2"), managers=Managers(id=["M1"], branch="B1"))
    with pytest.raises(DataError, match="a branch with a manager who may receive clients"):
        allocate(facts, AllocationRule(key=None), on=ON)


def test_a_value_below_zero_is_refused_or_counted() -> None:
    """By default it is an error that names the client; told to, it counts as zero."""
    facts = branch(4, 2, assets=[5, -3, 2, 1])
    with pytest.raises(DataError, match=r"assets row 1 \(C001\): got -3"):
        allocate(facts, AllocationRule(measures=("assets",), key=None), on=ON)
    rule = AllocationRule(measures=(Measure("assets", negative="zero"),), key=None)
    division = allocate(facts, rule, on=ON)
    assert division.certificate.clipped == {"assets": 1}


def test_the_ownership_changes_start_a_ledger() -> None:
    """Each client and pool is one allocated mark."""
    facts = branch()
    division = allocate(facts, AllocationRule(key=KeyClientRule(top=2)), on=ON)
    ledger = Ledger.start(division.changes, known=ON)
    owners = ledger.owners(facts.clients.id, ON)
    assert owners.manager.tolist() == division.owner.tolist()
    assert set(owners.origin.tolist()) == {"existing"}


@settings(max_examples=25)
@given(firms(max_clients=8, history=False), allocation_rules(), st.sampled_from(METHODS))
def test_drawn_firms_are_divided_alike_in_any_order_of_rows(facts: Any, rule: Any, method: Any) -> None:
    """Nobody is lost or doubled, and a shuffle changes nothing, whatever the method."""
    measures = (*rule.measures, *(() if "count" in [m.name for m in rule.measures] else (Measure("count"),)))
    rule = attrs.evolve(rule, method=method, measures=measures)
    try:
        division = allocate(facts, rule, on=facts.as_of)
    except DataError as error:
        assert "nobody to divide" in str(error)  # noqa: PT017 - some branches have nobody that day
        return
    check_conserved(division)
    mixed = shuffle_rows(facts, rng=3)
    again = allocate(mixed, rule, on=facts.as_of)
    found = dict(zip(mixed.clients.id, again.owner, strict=True))
    assert found == dict(zip(facts.clients.id, division.owner, strict=True))
