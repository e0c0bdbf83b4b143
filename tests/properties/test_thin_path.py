"""The whole path on generated branches: nobody is lost, no fen is lost, and no order of rows decides."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.testing import firms, shuffle_rows

RULE = cm.AllocationRule(measures=(cm.Measure("assets", negative="zero"),), key=cm.KeyClientRule(), families=False)
DORMANCY = cm.DormancyRule(months=6, max_assets=50_000_00)
PLAN = cm.CommissionPlan(
    deductions=(
        cm.Deduction(name="handling", rates="0.0341‰"),
        cm.Deduction(name="tax", rates="6%", on="net"),
    )
)
ON = "2026-01-31"


def decide(facts: cm.Facts) -> tuple[cm.Dormancy, cm.Division, cm.Ledger]:
    """Hold out, divide and remember, as of one day."""
    dormant = cm.find_dormant(facts, DORMANCY, on=ON)
    division = cm.allocate(facts, RULE, on=ON, dormant=dormant)
    return dormant, division, cm.Ledger.start(division.changes, known=ON)


def divisible(facts: cm.Facts) -> bool:
    """Say whether every branch that has clients on the day has somebody who can receive them."""
    managers = facts.managers
    there = facts.present_managers(ON) & managers.licence & ~managers.head
    staffed = np.unique(facts.branch_of_manager()[there])
    needed = np.unique(facts.branch_of_client()[facts.open_clients(ON)])
    return bool(np.isin(needed, staffed).all())


@settings(max_examples=600)
@given(firms(max_branches=3).filter(divisible))
def test_every_client_and_every_fen_is_given_exactly_once(facts: cm.Facts) -> None:
    """Over more than a thousand branches a run: nobody lost or doubled, gross = deductions + credits + findings."""
    dormant, division, ledger = decide(facts)
    check_clients(facts, dormant, division, ledger)
    earned = cm.attribute(facts, ledger, PLAN, findings="keep")
    refused = sum(finding.amount or 0 for finding in earned.findings)
    credited = earned.total(by="month").sum()
    taken = earned.total_deductions(by="line").sum()
    assert int(facts.trades.commission.sum()) == credited + taken + refused


def check_clients(facts: cm.Facts, dormant: cm.Dormancy, division: cm.Division, ledger: cm.Ledger) -> None:
    """Hold that who is a client has one manager of its branch or one pool, and who is not has neither."""
    there = facts.open_clients(ON)
    owned, pooled = ~division.owner.missing, ~division.pool.missing
    assert (owned ^ pooled)[there].all()
    assert not (owned | pooled)[~there].any()
    assert not (owned & dormant.dormant).any()
    manager = facts.managers.rows(division.owner)
    same = facts.branch_of_manager()[manager[owned]] == facts.branch_of_client()[owned]
    assert same.all()
    said = ledger.owners(facts.clients.id[there], np.datetime64(ON))
    assert said.manager.tolist() == division.owner[there].tolist()
    assert said.pool.tolist() == division.pool[there].tolist()


@settings(max_examples=100)
@given(firms(max_branches=2).filter(divisible), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_decides_nothing(facts: cm.Facts, seed: int) -> None:
    """Shuffled tables give every client the same owner, pool and status, and everybody the same."""
    shuffled = shuffle_rows(facts, seed)
    here, there = decide(facts), decide(shuffled)
    rows = facts.clients.rows(shuffled.clients.id)
    for name in ("owner", "pool"):
        mine, its = getattr(here[1], name), getattr(there[1], name)
        assert mine[rows].tolist() == its.tolist()
    assert here[0].status[rows].tolist() == there[0].status.tolist()
    sums = [cm.attribute(f, d[2], PLAN, findings="keep").total() for f, d in ((facts, here), (shuffled, there))]
    assert sums[0].equals(sums[1])


YEAR = """
import hashlib, sys
import numpy as np
import clientmgr as cm
facts = cm.datasets.make_firm(3, clients=[400, 250, 90], rng=5)
if sys.argv[1] != "as made":
    from clientmgr.testing import shuffle_rows
    facts = shuffle_rows(facts, int(sys.argv[1]))
on = "2026-01-01"
dormant = cm.find_dormant(facts, cm.DormancyRule(months=18, max_assets=50_000_00), on=on)
rule = cm.AllocationRule(measures=("count", "assets"), equal="0.3")
division = cm.allocate(facts, rule, on=on, dormant=dormant)
ledger = cm.Ledger.start(division.changes, known=on)
opened = cm.register_accounts(facts, ledger, period="2026-01")
ledger = ledger.append(opened.changes, known="2026-02-01")
plan = cm.CommissionPlan(deductions=(cm.Deduction(name="handling", rates="0.0341‰"),))
earned = cm.attribute(facts, ledger, plan, period="2026-01")
did = cm.measure_period(facts, ledger, earned, cm.MeasureRules(), period="2026-01")
card = cm.Scorecard("c", (cm.Criterion("net_commission", "100%", target=900_000),))
ladder = cm.Ladder("l", (cm.Grade("a", 300_000), cm.Grade("b", 500_000)), (cm.Bands(["80"]),))
standings = cm.Standings.start(facts.managers, ladder, on=on)
scores = cm.score(did, card)
review = cm.review(did, scores, standings, ladder, period="2026-01")
pay = cm.PayPlan("p", (cm.Payout("payout", "net_commission", "15%"),))
payroll = cm.settle(did, standings, pay, period="2026-01")
order = np.argsort(facts.clients.id.codes)
told = [division.owner[order].tolist(), division.pool[order].tolist(), earned.total().to_records()]
told += [sorted(zip(payroll.manager, payroll.total.tolist(), strict=True))]
told += [sorted(zip(review.manager, review.grade, strict=True))]
print(hashlib.sha256(repr(told).encode()).hexdigest())
"""


def run_year(order: str, hash_seed: int) -> str:
    """Run the path in a fresh interpreter and take the fingerprint of all that it decided."""
    env = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    root = str(Path(cm.__file__).parents[1])
    env["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [env.get("PYTHONPATH")])])
    done = subprocess.run([sys.executable, "-c", YEAR, order], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_another_hash_seed_and_shuffled_rows_give_the_same_year() -> None:
    """Who gets whom, what is credited, graded and paid is a function of facts and rules alone."""
    assert run_year("as made", 0) == run_year("8", 4711) == run_year("9", 1)


def year_values() -> list[object]:
    """Make one value of each kind that the path gives."""
    facts = cm.datasets.make_branch(clients=150, managers=3, rng=3)
    dormant = cm.find_dormant(facts, DORMANCY, on=ON)
    division = cm.allocate(facts, RULE, on=ON, dormant=dormant)
    ledger = cm.Ledger.start(division.changes, known=ON)
    opened = cm.register_accounts(facts, ledger, period="2026-02")
    ledger = ledger.append(opened.changes, known="2026-03-01")
    earned = cm.attribute(facts, ledger, PLAN, period="2026-02")
    did = cm.measure_period(facts, ledger, earned, cm.MeasureRules(), period="2026-02")
    card = cm.Scorecard("c", (cm.Criterion("net_commission", "100%", target=900_000),))
    ladder = cm.Ladder("l", (cm.Grade("a", 300_000), cm.Grade("b", 500_000)), (cm.Bands(["80"]),))
    standings = cm.Standings.start(facts.managers, ladder, on=ON)
    scores = cm.score(did, card)
    review = cm.review(did, scores, standings, ladder, period="2026-02")
    payroll = cm.settle(did, standings, cm.PayPlan("p"), period="2026-02")
    return [facts, dormant, division, ledger, opened, earned, did, scores, review, payroll]


@pytest.mark.parametrize("value", year_values(), ids=lambda value: type(value).__name__)
def test_every_result_survives_pickle_with_its_values(value: object) -> None:
    """A result crosses the border of a worker: same columns, still read-only, no truth value."""
    back = pickle.loads(pickle.dumps(value))
    assert repr(back) == repr(value)
    if hasattr(value, "to_columns"):
        mine, its = value.to_columns(), back.to_columns()
        assert list(mine) == list(its)
        for name in mine:
            assert np.array_equal(np.asarray(mine[name]).astype(str), np.asarray(its[name]).astype(str))
    if not isinstance(value, (cm.Facts, cm.Ledger)):
        with pytest.raises(TypeError, match="truth value"):
            bool(value)


ERRORS = [getattr(cm.errors, name) for name in cm.errors.__all__ if name.endswith("Error")]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_public_exception_survives_pickle_with_its_values(kind: type[Exception]) -> None:
    """The real error, not a failure to load it, reaches the other side."""
    error = kind("what was wrong")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert str(back) == str(error)
    assert vars(back) == vars(error)
    assert issubclass(kind, cm.ClientMgrError)
