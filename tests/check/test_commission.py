"""Tests of the verifier of credits: it accepts what is right and refuses every single lie."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.check.commission import verify_credits
from clientmgr.commission import CommissionPlan, Deduction, attribute
from clientmgr.errors import CheckError
from clientmgr.facts import Clients, Facts, Managers, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated
from clientmgr.testing.commission import CommissionCase, cases

DAYS = np.array(["2026-07-01", "2026-07-02", "2026-08-01"], "M8[D]")
PLAN = CommissionPlan(deductions=[Deduction(name="fee", rates="10%", on="commission")])


@pytest.fixture
def firm() -> tuple[Facts, Ledger]:
    """Give facts and a ledger of one shared client, with a trade before its opening."""
    facts = Facts(
        clients=Clients(id=["C1"], branch="B1"),
        managers=Managers(id=["M1", "M2"], branch="B1"),
        trades=Trades(
            id=[1, 2, 3, 4],
            client="C1",
            date=np.append(DAYS, np.datetime64("2025-01-01")),
            commission=[1001, -5, 7, 9],
        ),
    )
    changes = OwnershipChanges(
        client="C1", valid=DAYS[0], kind="allocated", manager=["M1", "M2"], branch="B1", role=["a", "b"], share=1, of=2
    )
    return facts, Ledger.start(changes, known="2026-07-01")


@settings(max_examples=10)
@given(cases(faulty=True))
def test_right_credits_are_accepted_in_a_sample_too(case: CommissionCase) -> None:
    """Trade by trade against the traces, findings included."""
    made = case.attribute(findings="keep")
    verify_credits(case.facts, case.ledger, case.plan, made, sample=5)


def test_a_period_other_trades_and_editions_are_understood(firm: tuple[Facts, Ledger]) -> None:
    """The same arguments as for the attribution."""
    facts, ledger = firm
    plan = Dated.of({"2026-01-01": PLAN, "2026-08-01": CommissionPlan()})
    for period in ("2026", "2026H2", "2026Q3", "2026-07"):
        made = attribute(facts, ledger, plan, period=period)
        verify_credits(facts, ledger, plan, made, period=period)
    parts = [facts.trades.take([0]), facts.trades.take([1, 2, 3])]
    made = attribute(facts, ledger, plan, trades=lambda: iter(parts), originals=parts[0], findings="keep")
    verify_credits(facts, ledger, plan, made, trades=lambda: iter(parts), originals=parts[0])


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ({"trades": 3}, "trades: credits say 3, recomputed 4"),
        ({"gross": 1013}, "gross: credits say 1013, recomputed 1012"),
        ({"credited": 904}, "deductions \\+ credits \\+ findings"),
        ({"deductions": {"fee": 101}}, "deductions \\+ credits \\+ findings"),
        ({"deductions": {"fee": 99, "tax": 1}}, "deductions of fee: credits say 99, recomputed 100"),
        ({"overlaid": 1}, "the sum of all lines"),
    ],
)
def test_a_single_changed_number_is_refused(firm: tuple[Facts, Ledger], lie: Any, told: str) -> None:
    """Whatever is wrong is named with what is right."""
    facts, ledger = firm
    made = attribute(facts, ledger, PLAN, findings="keep")
    verify_credits(facts, ledger, PLAN, made)
    with pytest.raises(CheckError, match=told):
        verify_credits(facts, ledger, PLAN, attrs.evolve(made, **lie))


def test_a_fen_moved_from_one_line_to_another_is_refused(firm: tuple[Facts, Ledger]) -> None:
    """Sums that still add up do not hide it."""
    facts, ledger = firm
    made = attribute(facts, ledger, PLAN, findings="keep")
    amount = made.sums.amount.copy()
    amount[0] += 1
    amount[1] -= 1
    moved = attrs.evolve(made, sums=attrs.evolve(made.sums, amount=amount))
    with pytest.raises(CheckError, match="lines of \\('M1'"):
        verify_credits(facts, ledger, PLAN, moved)
    lost = attrs.evolve(made, sums=attrs.evolve(made.sums, amount=made.sums.amount + 1))
    with pytest.raises(CheckError, match="the sum of the conserved lines"):
        verify_credits(facts, ledger, PLAN, lost)


def test_credits_of_another_plan_or_ledger_are_refused(firm: tuple[Facts, Ledger]) -> None:
    """In full and in a sample."""
    facts, ledger = firm
    made = attribute(facts, ledger, PLAN, findings="keep")
    dearer = CommissionPlan(deductions=[Deduction(name="fee", rates="20%", on="commission")])
    with pytest.raises(CheckError, match="deductions of fee"):
        verify_credits(facts, ledger, dearer, made)
    with pytest.raises(CheckError, match="the deductions of trade 1"):
        verify_credits(facts, ledger, dearer, made, sample=4)
    late = OwnershipChanges(
        client="C1", valid=DAYS[0] - 900, kind="allocated", manager=["M1", "M2"], branch="B1", role=["a", "b"], of=2
    )
    other = Ledger.start(late, known="2026-07-01")
    with pytest.raises(CheckError, match="findings of 4"):
        verify_credits(facts, other, PLAN, made)
    with pytest.raises(CheckError, match="the finding of trade 4"):
        verify_credits(facts, other, PLAN, made, sample=9)
