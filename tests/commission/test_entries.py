"""Tests of single credits."""

import numpy as np
from hypothesis import given, settings

from clientmgr.commission.entries import entries_of
from clientmgr.commission.work import Run
from clientmgr.testing.commission import CommissionCase, cases


@settings(max_examples=20)
@given(cases())
def test_single_credits_add_up_to_the_attribution(case: CommissionCase) -> None:
    """Floor parts and odd fen of all trades are what the lines say, reversals too."""
    trades = case.facts.trades
    run = Run(case.facts, case.ledger, case.plan, None)
    entries = entries_of(run, trades, np.ones(len(trades), bool))
    made = case.attribute()
    assert int((entries.floor + entries.odd).sum()) == made.credited + made.overlaid
    assert set(np.abs(entries.odd).tolist()) <= {0, 1}


@settings(max_examples=10)
@given(cases())
def test_nothing_is_worked_out_that_is_not_wanted(case: CommissionCase) -> None:
    """No wanted trade, no entry."""
    trades = case.facts.trades
    run = Run(case.facts, case.ledger, case.plan, None)
    assert len(entries_of(run, trades, np.zeros(len(trades), bool)).row) == 0
