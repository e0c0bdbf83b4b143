"""The laws of pay reach the hard cases, and notice what breaks them."""

import pytest
from hypothesis import Phase, find, settings

from clientmgr.errors import CheckError
from clientmgr.pay import Transition
from clientmgr.testing.pay import check_transition, ladders, pay_cases, pay_plans

# Reaching a case is enough here; making it small takes longer than the rest of the tests.
QUICK = settings(phases=[Phase.generate], max_examples=1_000, database=None)


@pytest.mark.parametrize(
    "reached",
    [
        lambda ladder: len(ladder.bands) > 1,
        lambda ladder: any(move.notice for move in ladder.moves),
        lambda ladder: ladder.watch is not None,
        lambda ladder: len(ladder.grades) == 1,
    ],
    ids=["worst of two", "notice", "watch", "one grade"],
)
def test_the_strategy_reaches_each_kind_of_ladder(reached: object) -> None:
    """A law that never sees them proves nothing."""
    assert find(ladders(), reached, settings=QUICK) is not None  # type: ignore[arg-type]


def test_cases_reach_nobody_and_several_periods() -> None:
    """And plans with a gate."""
    assert len(find(pay_cases(), lambda case: len(case.standings) == 0, settings=QUICK).standings) == 0
    assert len(find(pay_cases(), lambda case: len(case.measures) > 2, settings=QUICK).measures) > 2
    assert find(pay_plans(), lambda plan: any(p.gate for p in plan.payouts), settings=QUICK).payouts


def test_a_broken_law_is_named() -> None:
    """A rule that answers wrongly is found out."""

    class Late(Transition):
        """A transition that forgets its goal."""

        def schedule(self, gap: object) -> object:  # type: ignore[override]
            """Hold longer than it says."""
            protected, held, parts = super().schedule(gap)  # type: ignore[arg-type]
            return protected, held, parts * 0 + 1 if parts[0] else parts

    with pytest.raises(CheckError, match="no step of a transition is larger than stated"):
        check_transition(Late(step_down=1_00), 1_000_00, 0)
