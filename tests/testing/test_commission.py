"""Tests of the laws of commission: they refuse what breaks them."""

from typing import Any

import attrs
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
)

# Found is found: shrinking would only take time.
QUICK = settings(max_examples=1_000, database=None, phases=[Phase.generate])


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
