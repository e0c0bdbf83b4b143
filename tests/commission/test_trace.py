"""Tests of traces."""

import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from clientmgr.commission import CommissionPlan, Crediting, Credits, Deduction, attribute
from clientmgr.errors import DataError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger
from clientmgr.testing.commission import CommissionCase, cases

PLAN = CommissionPlan(deductions=[Deduction(name="fee", rates="1%")], name="house plan")
ROWS = [
    {"id": 1, "client": "C3", "date": "2026-07-01", "commission": 101},
    {"id": 2, "client": "C3", "date": "2026-08-01", "commission": -50, "reverses": 1},
    {"id": 3, "client": "C9", "date": "2026-07-01", "commission": 5},
    {"id": 4, "client": "C1", "date": "2026-07-01", "commission": -5, "reverses": 9},
    {"id": 5, "client": "C2", "date": "2026-07-01", "commission": 7},
]


@pytest.fixture
def made(ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades]) -> Credits:
    """Give credits of good and of bad trades."""
    return attribute(make_facts([]), ledger, PLAN, trades=make_trades(ROWS), findings="keep")


@settings(max_examples=15)
@given(cases())
def test_a_replayed_trade_equals_what_was_credited(case: CommissionCase) -> None:
    """For every trade the trace sums to its net, and to its total."""
    made = case.attribute()
    by_trade, on_top = made.total(by="trade"), made.total(by="trade", of="overlays")
    for trade in case.facts.trades.id.tolist():
        trace = made.trace(trade)
        conserved = [c for c in trace.credits if c.kind in {"share", "declining", "withheld"}]
        assert sum(c.amount for c in conserved) == trace.net == by_trade.get(trade=trade)
        assert sum(c.share for c in conserved) == 1
        assert sum(c.amount for c in trace.credits) == trace.net + on_top.get(trade=trade)
        assert trace.gross == trace.net + sum(amount for _, amount in trace.deductions)


def test_a_trace_shows_who_got_the_odd_fen(made: Credits) -> None:
    """101 fen by two fifths and three fifths: the larger remainder gets the odd fen."""
    trace = made.trace(1)
    assert [(c.manager, c.share, c.amount, c.odd) for c in trace.credits] == [
        ("M1", Fraction(2, 5), 40, 0),
        ("M2", Fraction(3, 5), 61, 1),
        ("M3", Fraction(1, 10), 10, 0),
    ]
    assert repr(trace) == "Trace(1: gross 101, net 101, 3 credits)"
    assert trace.to_columns()["amount"].tolist() == [40, 61, 10]
    assert pickle.loads(pickle.dumps(trace)).credits == trace.credits
    words = [" ".join(line.split()) for line in str(trace).splitlines()]
    assert words == [
        "trade 1 of client C3 on 2026-07-01",
        "step amount",
        "commission 1.01",
        "less fee 0.00",
        "net commission 1.01",
        "owners since 2026-03-01 (developed), as known at batch 0",
        "who as share amount odd fen",
        "manager M1 developer share 2/5 0.40",
        "manager M2 servicer share 3/5 0.61 +1",
        "manager M3 adviser overlay 1/10 0.10",
    ]


def test_a_reversal_is_traced_as_what_it_changes(made: Credits) -> None:
    """It names its original, and takes the odd fen back where it goes."""
    trace = made.trace(2)
    assert (trace.reverses, trace.net, trace.plan) == (1, -50, "house plan")
    assert "reversing 1" in str(trace)
    assert sum(c.amount for c in trace.credits if c.kind == "share") == -50


@pytest.mark.parametrize(
    ("trade", "told"),
    [
        (77, "cannot trace 77: .*\n.*expected a trade that was attributed"),
        (3, "trade 3 was not credited: .*\n.*a client that the ledger knows"),
        (4, "trade 4 was not credited: .*\n.*the id of a trade that is there"),
    ],
)
def test_a_trade_that_was_not_credited_cannot_be_traced(made: Credits, trade: Any, told: str) -> None:
    """The reason is given."""
    with pytest.raises(DataError, match=told):
        made.trace(trade)


def test_pools_teams_and_the_house_are_named(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Words for every kind of party."""
    rows = [ROWS[4], {"id": 6, "client": "C4", "date": "2026-07-01", "commission": 9}]
    facts = make_facts(rows)
    plain = attribute(facts, ledger, CommissionPlan())
    assert "pool key of B1" in str(plain.trace(5))
    assert "team T1" in str(plain.trace(6))
    rule = Crediting(teams="members", pools={"key": "house"})
    other = attribute(facts, ledger, CommissionPlan(crediting=rule))
    assert "pool house " in str(other.trace(5))
    assert "manager M1 through team T1" in str(other.trace(6))
