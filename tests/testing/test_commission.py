"""Tests of the laws of commission: they refuse what breaks them."""

from typing import Any

import attrs
import numpy as np
import pytest

from clientmgr.commission import CommissionPlan, attribute
from clientmgr.facts import Clients, Facts, Managers, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated
from clientmgr.testing.commission import (
    CommissionCase,
    check_conserved,
    check_cut_free,
    check_reversals_net_to_zero,
    check_row_order_free,
)


def test_laws_refuse_what_breaks_them() -> None:
    """A changed number, and credits that depend on the order of rows, are told."""
    day = np.array(["2026-01-01"], "M8[D]")
    facts = Facts(
        clients=Clients(id=["C1"], branch="B1"),
        managers=Managers(id=["M1"], branch="B1"),
        trades=Trades(id=[1, 2, 3], client="C1", date=day[0], commission=[10, 20, 40]),
    )
    changes = OwnershipChanges(client=["C1"], valid=day, kind="allocated", manager=["M1"], branch="B1")
    ledger = Ledger.start(changes, known="2026-01-01")
    case = CommissionCase(facts, ledger, Dated.always(CommissionPlan()))
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
