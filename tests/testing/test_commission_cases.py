"""Tests of the strategies of commission: they reach the hard cases."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, settings

from clientmgr.commission import CommissionPlan
from clientmgr.periods import Dated
from clientmgr.testing.commission_cases import CommissionCase, cases, plans

# Found is found: shrinking would only take time.
QUICK = settings(max_examples=1_000, database=None, phases=[Phase.generate])


@pytest.mark.parametrize(
    "hard",
    [
        lambda c: any(len(s) > 2 for s in np.split(c.ledger.sets.party, c.ledger.sets.start[1:-1])),
        lambda c: (c.facts.trades.commission == 0).any(),
        lambda c: (c.facts.trades.commission < 0).any() and not len(c.facts.trades.reverses.vocabulary),
        lambda c: (~c.facts.trades.reverses.missing).sum() > 1,
        lambda c: len(c.ledger.recorded) > 1,
        lambda c: not len(c.facts.trades),
        lambda c: (c.ledger.marks.valid == np.datetime64("2025-11-30", "D").astype(int)).any(),
        lambda c: c.facts.trades.id.is_text and len(c.facts.trades) > 2,
        lambda c: (c.ledger.marks.value == -3).any(),
    ],
    ids=["three owners", "free", "negative", "two reversals", "told late", "empty", "month end", "text", "closed"],
)
def test_the_strategy_reaches_hard_cases(hard: Any) -> None:
    """Each is found within a few thousand draws."""
    assert isinstance(find(cases(), hard, settings=QUICK), CommissionCase)


def credits_by(name: str) -> Callable[[Dated[CommissionPlan]], bool]:
    """Ask whether the first edition of a plan has a crediting rule of a kind."""
    return lambda plan: bool(getattr(plan.values[0].crediting, name))


def test_the_strategy_of_plans_reaches_every_rule() -> None:
    """Deductions, treatments, hand-overs, declining shares, overrides, pools and teams."""
    for name in ("treatments", "declining", "overrides", "pools", "hand_over"):
        assert find(plans(), credits_by(name), settings=QUICK)
    assert find(plans(), lambda p: len(p.values[0].deductions) > 2, settings=QUICK)


def test_a_case_is_spelled_out_row_by_row() -> None:
    """What fails can be read."""
    case = find(cases(), lambda c: len(c.facts.trades) > 0, settings=QUICK)
    assert repr(case).startswith("CommissionCase\ntrades:\n  {'id'")
    assert "plan: Dated" in repr(case)
