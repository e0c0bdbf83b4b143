"""Tests of runs."""

from collections.abc import Callable

import numpy as np
import pytest

from clientmgr.commission import ChargeRate, CommissionPlan, Deduction, attribute
from clientmgr.commission.work import edition_of
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger
from clientmgr.periods import Dated

ROW = {"id": 1, "client": "C1", "date": "2026-07-01", "commission": 100}


def test_days_before_the_first_edition_have_none() -> None:
    """The edition in force is the last that has begun."""
    plan = Dated.of({"2026-07-01": CommissionPlan(), "2026-08-01": CommissionPlan(name="b")})
    days = np.array(["2026-06-30", "2026-07-01", "2026-08-01"], "M8[D]")
    assert edition_of(plan, days).tolist() == [-1, 0, 1]
    assert edition_of(Dated.always(CommissionPlan()), days).tolist() == [0, 0, 0]


def test_a_base_that_the_trades_do_not_have_is_a_fault_of_the_rule(
    ledger: Ledger, make_facts: Callable[..., Facts]
) -> None:
    """A deduction on an unknown column, or one that holds no fen, is named."""
    plan = CommissionPlan(deductions=[Deduction(name="gift", rates=1, on="gift")])
    with pytest.raises(RuleError, match=r"a deduction is on 'gift', .*they have none"):
        attribute(make_facts([ROW]), ledger, plan)
    with pytest.raises(RuleError, match="no extra column of whole fen of the trades; they have gift"):
        attribute(make_facts([ROW], extra={"gift": [0.5]}), ledger, plan)


def test_small_accounts_are_told_by_the_assets_of_the_day(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Assets are those of the trade's day; a client without any counts as small."""
    line = Deduction(name="small", rates=[ChargeRate(rate="50%", assets_below=500_00)], on="net")
    plan = CommissionPlan(deductions=[line])
    assert attribute(make_facts([ROW]), ledger, plan).credited == 100
    small = attribute(make_facts([{**ROW, "client": "C4"}]), ledger, plan)
    assert small.credited == 50


def test_text_ids_and_integer_ids_do_not_meet(
    ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades]
) -> None:
    """Trades whose clients are integers cannot be looked up in a ledger of text."""
    trades = make_trades([{**ROW, "client": 7}])
    with pytest.raises(DataError, match="ids cannot be matched with the ledger"):
        attribute(make_facts([]), ledger, CommissionPlan(), trades=trades)


def test_a_few_odd_trades_do_not_keep_the_others_from_the_fast_lane(
    ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades]
) -> None:
    """Free, negative and unknown trades among plain ones come out as they do alone."""
    rows = [{**ROW, "id": i, "commission": i * 7, "turnover": 1000} for i in range(1, 40)]
    rows += [{**ROW, "id": 50, "commission": 0}, {**ROW, "id": 51, "commission": -9}, {**ROW, "id": 52, "client": "C9"}]
    plan = CommissionPlan(deductions=[Deduction(name="fee", rates="1%"), Deduction(name="tax", rates="6%", on="net")])
    facts = make_facts([])
    whole = attribute(facts, ledger, plan, trades=make_trades(rows), findings="keep")
    alone = [attribute(facts, ledger, plan, trades=make_trades([row]), findings="keep") for row in rows]
    assert whole.credited == sum(each.credited for each in alone)
    assert whole.found == 100
