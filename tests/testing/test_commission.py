"""Tests of the strategies and laws of commission: they reach the hard cases, and refuse what breaks a law."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import Phase, find, settings

from clientmgr.commission import attribute
from clientmgr.testing.commission import (
    CommissionCase,
    cases,
    check_conserved,
    check_cut_free,
    check_reversals_net_to_zero,
    check_row_order_free,
    plans,
)

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
        lambda c: ((c.facts.trades.date + 1).astype("M8[M]") > c.facts.trades.date.astype("M8[M]")).any(),
        lambda c: c.facts.trades.id.is_text and len(c.facts.trades) > 2,
        lambda c: (c.ledger.marks.value == -3).any(),
    ],
    ids=["three owners", "free", "negative", "two reversals", "told late", "empty", "month end", "text", "closed"],
)
def test_the_strategy_reaches_hard_cases(hard: Any) -> None:
    """Each is found within a few thousand draws."""
    assert isinstance(find(cases(), hard, settings=QUICK), CommissionCase)


def test_the_strategy_of_plans_reaches_every_rule() -> None:
    """Deductions, treatments, hand-overs, declining shares, overrides, pools and teams."""
    rule = "crediting"
    for name in ("treatments", "declining", "overrides", "pools", "hand_over"):
        assert find(plans(), lambda p, n=name: bool(getattr(getattr(p.values[0], rule), n)), settings=QUICK)
    assert find(plans(), lambda p: len(p.values[0].deductions) > 2, settings=QUICK)


def test_a_case_is_spelled_out_row_by_row() -> None:
    """What fails can be read."""
    case = find(cases(), lambda c: len(c.facts.trades) > 0, settings=QUICK)
    assert repr(case).startswith("CommissionCase\ntrades:\n  {'id'")
    assert "plan: Dated" in repr(case)


def test_laws_refuse_what_breaks_them() -> None:
    """A changed number, and credits that depend on the order of rows, are told."""
    case = find(
        cases(reversals=False),
        lambda c: len(c.facts.trades) > 1 and c.facts.trades.commission.sum() > 9,
        settings=QUICK,
    )
    made = case.attribute()
    check_conserved(made)
    with pytest.raises(AssertionError, match="gross is not deductions"):
        check_conserved(attrs.evolve(made, gross=made.gross + 1))

    class Shifting(CommissionCase):
        """A case that forgets its first trade whenever it is given other trades."""

        def with_trades(self, trades: Any) -> Any:
            """Lose a trade."""
            return CommissionCase.with_trades(self, trades.take(slice(1, None)))

        def attribute(self, **options: Any) -> Any:
            """Lose a trade of a cut, too."""
            options.pop("trades", None)
            return attribute(self.facts, self.ledger, self.plan, **options)

    shifting = Shifting(case.facts, case.ledger, case.plan)
    with pytest.raises(AssertionError, match=r"the (credits|deductions|sums) differ"):
        check_row_order_free(shifting, list(range(len(case.facts.trades))))
    with pytest.raises(AssertionError, match="the totals of the parts do not add up"):
        check_cut_free(shifting, [1])
    check_reversals_net_to_zero(case, [1])
