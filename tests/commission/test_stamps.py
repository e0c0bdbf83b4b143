"""Tests of stamps and fingerprints."""

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.commission import CommissionPlan, Crediting, Deduction, Fingerprint, Override, TradeIndex, Treatment
from clientmgr.commission.rules import ChargeRate
from clientmgr.commission.stamps import extra_bases, fingerprints_of, side_hash
from clientmgr.errors import DataError
from clientmgr.facts import Facts, Trades
from clientmgr.periods import Dated
from clientmgr.testing.commission import CommissionCase, cases


@settings(max_examples=20)
@given(cases(), st.randoms(use_true_random=False), st.integers(0, 8))
def test_order_and_cut_do_not_show_in_a_fingerprint(case: CommissionCase, random: Random, cut: Any) -> None:
    """Shuffled and cut trades have the same fingerprint, whatever the width of their ids."""
    trades = case.facts.trades
    order = list(range(len(trades)))
    random.shuffle(order)
    mixed = trades.take(order)
    parts = [mixed.take(slice(0, cut)), mixed.take(slice(cut, None))]
    rebuilt = [Trades.from_records(p.to_records()) if len(p) else p for p in parts]
    assert fingerprints_of(rebuilt, ("rebate",)) == fingerprints_of([trades], ("rebate",))


@pytest.mark.parametrize(
    "change",
    [
        {"id": [9]},
        {"client": ["C2"]},
        {"side": ["sell"]},
        {"market": ["SSE"]},
        {"product": ["x"]},
        {"security": ["x"]},
        {"quantity": [1]},
        {"turnover": [1]},
        {"commission": [6]},
        {"reverses": [8]},
        {"date": np.array(["2026-07-02"], "M8[D]")},
    ],
)
def test_every_column_that_counts_shows_in_a_fingerprint(change: Any) -> None:
    """One changed value is another fingerprint."""
    plain = {"id": [1], "client": ["C1"], "date": np.array(["2026-07-01"], "M8[D]"), "commission": [5]}
    both: tuple[dict[str, Any], ...] = (plain, {**plain, **change})
    marks = [TradeIndex(Trades(**columns)).fingerprints()["2026-07"] for columns in both]
    assert marks[0] != marks[1]


def test_fingerprints_add_and_subtract() -> None:
    """What is added can be taken away again."""
    one, other = Fingerprint(2, 30, 2**64 - 1), Fingerprint(1, -5, 7)
    assert one + other == Fingerprint(3, 25, 6)
    assert one + other - other == one


def test_an_extra_column_that_a_plan_reads_counts() -> None:
    """Named columns count, others do not; a named one must be there."""
    day = np.array(["2026-07-01"], "M8[D]")
    index = TradeIndex(Trades(id=[1], client="C1", date=day, extra={"rebate": [3]}))
    assert index.fingerprints() != index.fingerprints(("rebate",))
    assert index.fingerprints(("rebate",)) is index.fingerprints(("rebate",))
    with pytest.raises(DataError, match="a deduction is on 'gift', which the trades do not have"):
        index.fingerprints(("gift",))
    plan = Dated.always(CommissionPlan(deductions=[Deduction(name="r", rates=1, on="rebate")]))
    assert extra_bases(plan) == ("rebate",)


def test_rows_are_found_by_index_as_by_scan() -> None:
    """Marked clients give the same rows either way, ascending."""
    rng = np.random.default_rng(3)
    trades = Trades(id=np.arange(200), client=rng.integers(0, 30, 200), date=np.datetime64("2026-07-01"))
    touched = np.zeros(len(trades.client.vocabulary), bool)
    touched[::7] = True
    index = TradeIndex(trades)
    scanned = index.rows_of(touched).tolist()
    assert len(index.rows_by_client[1]) == 200
    assert index.rows_of(touched).tolist() == scanned


def test_what_a_plan_reads_of_the_facts_is_stamped(make_facts: Callable[..., Facts]) -> None:
    """Only what bears on the month, and only what some rule reads."""
    facts = make_facts([])
    plain = Dated.always(CommissionPlan())
    assert side_hash(facts, plan=plain, month="2026-07") == 0
    rules = (
        Crediting(treatments=[Treatment(name="new", months_below=12)]),
        Crediting(teams="members"),
        Crediting(overrides=[Override(name="h", to="heads", rate="1%")]),
    )
    hashes = [side_hash(facts, Dated.always(CommissionPlan(crediting=rule)), "2026-07") for rule in rules]
    small = Deduction(name="s", rates=[ChargeRate(rate=1, assets_below=5)], on="net")
    hashes.append(side_hash(facts, Dated.always(CommissionPlan(deductions=[small])), "2026-07"))
    assert len({*hashes, 0}) == 5
    opened = Dated.always(CommissionPlan(crediting=rules[0]))
    assert side_hash(facts, opened, "2026-01") == 0
