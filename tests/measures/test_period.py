"""Measures of a period, on a made branch whose clients change hands."""

from functools import cache

import numpy as np
import pytest

from clientmgr.check.measures import verify_measures
from clientmgr.commission import CommissionPlan, Credits, attribute
from clientmgr.datasets import make_branch
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Facts, MeasureColumn, Measures
from clientmgr.measures import (
    CATALOGUE,
    MeasureRules,
    measure_items,
    measure_period,
    with_scores,
)
from clientmgr.ownership import Ledger, OwnershipChanges, register_accounts
from clientmgr.scoring import Criterion, Scorecard, score

RULES = MeasureRules(names=tuple(CATALOGUE), capital_floor=0)


@cache
def branch() -> tuple[Facts, Ledger, Credits]:
    """A branch with a division, accounts opened and closed since, and a hand-over in August."""
    facts = make_branch(clients=60, managers=2, rng=11)
    first = np.datetime64("2026-01-01")
    clients = facts.clients
    there = np.flatnonzero(facts.open_clients(first))
    own = facts.managers.id[np.flatnonzero(~facts.managers.head)]
    ledger = Ledger.start(
        OwnershipChanges(
            client=clients.id[there],
            valid=np.full(len(there), first),
            kind="allocated",
            manager=own[np.arange(len(there)) % len(own)],
            branch=clients.branch[there],
        ),
        known="2026-01-01",
    )
    for month in range(1, 13):
        opened = register_accounts(facts, ledger, period=f"2026-{month:02d}")
        ledger = ledger.append(opened.changes, known=f"2026-{month:02d}-28")
    moved = ledger.book(own[0], "2026-08-14").client[:10]
    closing = clients.closed[clients.rows(moved)]
    moved = moved[np.flatnonzero(np.isnat(closing))]
    handed = OwnershipChanges(
        client=moved,
        valid=np.full(len(moved), np.datetime64("2026-08-14")),
        kind="transferred",
        manager=[own[1]] * len(moved),
        branch="B01",
    )
    ledger = ledger.append(handed, known="2026-12-31")
    return facts, ledger, attribute(facts, ledger, CommissionPlan(), period="2026H2")


@cache
def half() -> Measures:
    """Every measure of the second half-year."""
    return measure_period(*branch(), RULES, period="2026H2")


@pytest.mark.parametrize("period", ["2026H2", "2026-08"])
def test_measures_are_those_of_the_verifier(period: str) -> None:
    """Record by record, by code of its own."""
    measures = measure_period(*branch(), RULES, period=period)
    verify_measures(*branch(), RULES, measures, period=period)


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - {"presence"}))
def test_each_number_is_the_sum_of_its_records(name: str) -> None:
    """Whoever disputes it can be shown them."""
    for row, manager in enumerate(half().manager.tolist()):
        items = measure_items(*branch(), RULES, period="2026H2", name=name, manager=manager)
        if CATALOGUE[name].whole is None:
            assert items.amount.sum() == half()[name].units[row]


def test_sums_of_months_are_those_of_the_half_year() -> None:
    """For everything that happens; what stands at an end does not add up."""
    names = ("net_commission", "turnover", "appreciation", "net_new_assets", "new_accounts", "calls")
    rules = MeasureRules(names=names)
    months = [measure_period(*branch(), rules, period=f"2026-{month:02d}") for month in range(7, 13)]
    for name in names:
        assert sum(m[name].units for m in months).tolist() == half()[name].units.tolist()  # type: ignore[union-attr]


def test_all_of_the_net_commission_is_somebodys_or_a_pools() -> None:
    """Existing and new clients make the whole."""
    both = half()["net_commission_existing"].units + half()["net_commission_new"].units
    assert both.tolist() == half()["net_commission"].units.tolist()


def test_net_commission_needs_its_credits() -> None:
    """And those of the period."""
    facts, ledger, credits_ = branch()
    rules = MeasureRules(names=("net_commission",))
    with pytest.raises(DataError, match="net commission comes from an attribution"):
        measure_period(facts, ledger, None, rules, period="2026-07")
    with pytest.raises(DataError, match="the credits are of 2026H2, the measures of 2026"):
        measure_period(facts, ledger, credits_, rules, period="2026")


def test_a_measure_that_is_not_in_the_catalogue_is_refused() -> None:
    """With those that are."""
    with pytest.raises(RuleError, match="no measure 'luck'; there are net_commission"):
        measure_period(*branch(), MeasureRules(names=("luck",)), period="2026-07")


def test_scores_become_a_measure() -> None:
    """So that grades and conditions can look at them."""
    card = Scorecard(name="c", criteria=(Criterion("service_records", 1, 100),))
    scored = with_scores(half(), score(half(), card))
    assert scored["score"].kind == "points"
    with pytest.raises(DataError, match="cannot join scores and measures"):
        with_scores(half(), score(half().take([0]), card))


def test_no_measure_depends_on_the_order_of_rows() -> None:
    """The same facts in another order give the same numbers."""
    facts, ledger, _ = branch()
    order = np.arange(len(facts.trades))[::-1]
    shuffled = Facts(
        clients=facts.clients.take(np.arange(len(facts.clients))[::-1]),
        managers=facts.managers,
        trades=facts.trades.take(order),
        valuations=facts.valuations.take(np.arange(len(facts.valuations))[::-1]),
        flows=facts.flows.take(np.arange(len(facts.flows))[::-1]),
        records=facts.records,
        incidents=facts.incidents,
        as_of=facts.as_of,
    )
    names = tuple(n for n in CATALOGUE if not n.startswith("net_commission"))
    rules = MeasureRules(names=names)
    one, other = (measure_period(f, ledger, None, rules, period="2026H2") for f in (facts, shuffled))
    assert one.equals(other)


def test_ratios_of_nothing_are_missing() -> None:
    """A manager without new clients has no coverage of them."""
    facts, ledger, _ = branch()
    rules = MeasureRules(names=("coverage_new", "return_rate"), capital_floor=10**15)
    january = measure_period(facts, ledger, None, rules, period="2025-01")
    assert isinstance(january["coverage_new"], MeasureColumn)
    assert january["coverage_new"].missing.all()
    assert january["return_rate"].missing.all()
