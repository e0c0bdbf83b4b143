"""The published strategies give valid facts and reach each hard case."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.periods import add_months
from clientmgr.testing import (
    branches,
    clients,
    firms,
    managers,
    register_strategies,
    shuffle_rows,
)

# A case is looked for, not shrunk; the same examples are tried each time.
SEARCH = settings(
    max_examples=1_500,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def last_day(facts: cm.Facts) -> np.datetime64:
    """Give the day that facts are of: drawn facts always have one."""
    assert facts.as_of is not None
    return facts.as_of


def books(facts: cm.Facts) -> int:
    """Count the managers who may have a book on the last day."""
    there = facts.present_managers(facts.as_of)
    return int((there & facts.managers.licence & ~facts.managers.head).sum())


def owned(facts: cm.Facts) -> np.ndarray:
    """Give what each client of the last day owns."""
    return facts.assets(facts.as_of)[facts.open_clients(facts.as_of)]


def has_whale(facts: cm.Facts) -> bool:
    """Say whether a client owns more than all assets / managers."""
    assets = owned(facts)
    fair = assets.sum() / books(facts)
    return books(facts) > 1 and len(assets) > 1 and assets.max(initial=0) > max(fair, 0)


def has_month_end(facts: cm.Facts) -> bool:
    """Say whether a client traded for the last time at the end of a month."""
    last = facts.clients.last_trade
    return bool(((last + 1).astype("datetime64[M]") > last.astype("datetime64[M]")).any())


def is_due_at_a_clipped_day(facts: cm.Facts) -> bool:
    """Say whether 18 months after a trade there is no such day number, and today is the day."""
    last = facts.last_trade(facts.as_of)
    last = last[~np.isnat(last)]
    number = last.astype("datetime64[D]") - last.astype("datetime64[M]")
    due = add_months(last, 18)
    clipped = due.astype("datetime64[D]") - due.astype("datetime64[M]") < number
    return bool((clipped & (due == facts.as_of)).any())


def has_tie(facts: cm.Facts) -> bool:
    """Say whether two clients own the same, and not nothing."""
    assets = owned(facts)
    assets = assets[assets != 0]
    return len(np.unique(assets)) < len(assets)


HARD_CASES: dict[str, Callable[[cm.Facts], Any]] = {
    "month end": has_month_end,
    "tie": has_tie,
    "tie of abilities": lambda f: len(np.unique(f.managers.ability)) < len(f.managers.ability),
    "zero": lambda f: (owned(f) == 0).any(),
    "negative": lambda f: (owned(f) < 0).any(),
    "empty": lambda f: len(f.clients) == 0,
    "one manager": lambda f: books(f) == 1 and len(f.clients) > 1,
    "client larger than a fair book": has_whale,
    "client who never traded": lambda f: np.isnat(f.clients.last_trade).any(),
    "closed client": lambda f: (f.clients.closed <= last_day(f)).any(),
    "client not yet open": lambda f: (f.clients.opened > last_day(f)).any(),
    "manager who has left": lambda f: (f.managers.left <= last_day(f)).any(),
    "manager without licence": lambda f: (~f.managers.licence).any(),
    "head": lambda f: f.managers.head.any(),
    "integer ids": lambda f: len(f.clients) > 1 and not f.clients.id.is_text,
    "text ids in another order than numbers": lambda f: (
        f.clients.id.is_text
        and len(f.clients) > 1
        and f.clients.id.vocabulary[0].isdecimal()
        and sorted(f.clients.id) != sorted(f.clients.id, key=int)
    ),
    "introducer": lambda f: (~f.clients.introducer.missing).any(),
    "trade that the client did not order": lambda f: (~f.trades.initiated).any(),
}


@pytest.mark.parametrize("case", HARD_CASES)
def test_the_branch_strategy_reaches_each_hard_case(case: str) -> None:
    """Hypothesis finds a branch of the kind."""
    assert find(branches(), HARD_CASES[case], settings=SEARCH) is not None


def test_the_branch_strategy_reaches_a_clipped_due_day_on_the_day_itself() -> None:
    """The rarest of the hard cases, where months are counted forward and not backward."""
    assert find(branches(min_clients=3, moves=False), is_due_at_a_clipped_day, settings=SEARCH) is not None


def test_the_branch_strategy_reaches_reversals_where_they_are_asked_for() -> None:
    """The whole of a trade, and two parts of one."""

    def has_parts(facts: cm.Facts) -> bool:
        """Say whether one trade is taken back twice."""
        codes = facts.trades.reverses.codes
        return bool((np.bincount(codes[codes >= 0], minlength=1) > 1).any())

    assert find(branches(reversals=True), has_parts, settings=SEARCH) is not None


@given(branches())
def test_a_drawn_branch_can_be_asked_about_every_day_of_its_history(facts: cm.Facts) -> None:
    """From the first day to the last, where the snapshot says the same as history."""
    assert facts.as_of is not None
    for on in ("2024-06-30", "2025-02-28", facts.as_of):
        facts.last_trade(on)
        facts.assets(on)
    there = facts.open_clients(facts.as_of)
    assert (facts.assets(facts.as_of) == np.where(there, facts.clients.assets, 0)).all()
    last = facts.last_trade(facts.as_of)
    assert (last == facts.clients.last_trade)[~np.isnat(last)].all()
    assert np.isnat(facts.clients.last_trade)[np.isnat(last)].all()


@given(branches())
def test_what_happens_in_a_drawn_branch_happens_while_people_are_there(facts: cm.Facts) -> None:
    """No trade, flow, event, valuation or record outside somebody's time, or after the last day."""
    for name in ("trades", "flows", "events", "valuations"):
        table = getattr(facts, name)
        row = facts.clients.rows(table.client)
        assert not (table.date < facts.clients.opened[row]).any()
        assert not (table.date >= facts.clients.closed[row]).any()
        assert not (table.date > facts.as_of).any()
    for name in ("records", "incidents"):
        table = getattr(facts, name)
        row = facts.managers.rows(table.manager)
        assert not (table.date < facts.managers.joined[row]).any()
        assert not (table.date >= facts.managers.left[row]).any()


@given(branches(reversals=True))
def test_a_reversal_follows_its_original_and_never_takes_back_more(facts: cm.Facts) -> None:
    """All parts together leave a commission that is not negative."""
    trades = facts.trades
    back = np.flatnonzero(~trades.reverses.missing)
    original = trades.rows(trades.reverses)[back]
    assert (trades.date[back] >= trades.date[original]).all()
    assert (trades.client[back] == trades.client[original]).all()
    left = trades.commission.copy()
    np.add.at(left, original, trades.commission[back])
    assert (left[trades.reverses.missing] >= 0).all()


@given(
    branches(
        min_clients=2,
        max_clients=3,
        min_managers=2,
        max_managers=2,
        negative=False,
        zeros=False,
        heads=False,
        moves=False,
        history=False,
        integer_ids=True,
    )
)
def test_what_a_dial_switches_off_is_never_drawn(facts: cm.Facts) -> None:
    """Numbers within their bounds, amounts above zero, nobody moving, no history."""
    assert 2 <= len(facts.clients) <= 3
    assert len(facts.managers) == books(facts) == 2
    assert (facts.clients.assets > 0).all()
    assert np.isnat(facts.clients.opened).all()
    assert np.isnat(facts.managers.left).all()
    assert not facts.managers.head.any()
    assert not facts.clients.id.is_text
    assert not sum(len(getattr(facts, name)) for name in facts.TABLES[2:])


@given(branches(whales=False, ties=False, month_ends=False, integer_ids=False, min_clients=1))
def test_the_other_dials_can_be_switched_off_too(facts: cm.Facts) -> None:
    """Text ids only; the strategy still gives facts."""
    assert facts.clients.id.is_text
    assert facts.managers.id.is_text


def test_a_dial_that_does_not_exist_is_refused() -> None:
    """A misspelt dial would otherwise switch nothing off."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'negativ'"):
        branches(negativ=False)  # type: ignore[call-arg]


@given(firms(min_branches=2, max_branches=3, max_clients=4, max_managers=2))
def test_the_rows_of_a_firm_s_branches_are_all_there(facts: cm.Facts) -> None:
    """Every branch has a manager who may have a book."""
    assert 2 <= len(facts.branches) <= 3
    able = facts.present_managers(facts.as_of) & facts.managers.licence & ~facts.managers.head
    assert set(facts.branch_of_manager()[able].tolist()) == set(range(len(facts.branches)))


def test_the_rows_of_a_firm_s_branches_are_mixed() -> None:
    """The branch of the rows does not always ascend."""

    def mixed(facts: cm.Facts) -> bool:
        """Say whether a row of an earlier branch follows one of a later branch."""
        rows = facts.clients.branch.codes
        return bool((np.diff(rows) < 0).any() and (np.diff(rows) > 0).any())

    assert find(firms(min_branches=2, min_clients=2, history=False), mixed, settings=SEARCH) is not None


@given(clients(["B1", "B2", "B1"], moves=False), managers(["B1"], moves=False))
def test_tables_can_be_drawn_alone(some: cm.Clients, one: cm.Managers) -> None:
    """A row for each branch named, in that order."""
    assert some.branch.tolist() == ["B1", "B2", "B1"]
    assert one.licence.all()


@given(branches(), st.integers(0, 9))
def test_shuffling_loses_no_row(facts: cm.Facts, seed: int) -> None:
    """Every table has the same rows; the same seed gives the same order."""
    other = shuffle_rows(facts, rng=seed)
    for name in facts.TABLES:
        one = [repr(row) for row in getattr(facts, name).to_records()]
        assert sorted(one) == sorted(repr(row) for row in getattr(other, name).to_records())
    assert shuffle_rows(facts, rng=seed).clients.equals(other.clients)
    assert (other.as_of, other.branches.tolist()) == (facts.as_of, facts.branches.tolist())


def test_facts_can_be_drawn_by_their_type_once_registered() -> None:
    """Registering is asked for, never done by importing."""
    register_strategies()
    drawn = find(st.from_type(cm.Facts), lambda facts: len(facts.clients) > 0, settings=SEARCH)
    assert isinstance(drawn, cm.Facts)
