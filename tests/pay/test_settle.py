"""Settlements: lines that add up."""

from typing import Any

import attrs
import pytest
from hypothesis import given

from clientmgr.check.pay import verify_settlement
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Managers, Measures, Standings
from clientmgr.pay import Grade, Ladder, Payout, PayPlan, Transition, settle
from clientmgr.periods import Period
from clientmgr.scoring import at_least
from clientmgr.testing.pay import PayCase, pay_cases

LADDER = Ladder(name="l", grades=(Grade("A", 2_000_01),), transition=Transition(taper=3, phase_in=3))
PLAN = PayPlan(
    name="2026",
    payouts=(
        Payout("existing", "net_commission_existing", "15%", at_least("coverage_existing", "60%"), "5%"),
        Payout("new", "net_commission_new", "25%"),
    ),
)


def standings(wage: int = 2_000_01) -> Standings:
    """Two managers."""
    staff = Managers(id=["M1", "M2"], branch="B1")
    wages = {"M1": wage, "M2": wage}
    return Standings.from_wages(staff, LADDER, wages, on="2026-07-01", grades=dict.fromkeys(wages, "A"))


def month(period: str = "2026-07", **more: Any) -> Measures:
    """The measures of a month."""
    values = {
        "net_commission_existing": [1_000_10, 1_000_10],
        "net_commission_new": [333_33, -333_33],
        "coverage_existing": ["60%", "59.99%"],
        **more,
    }
    return Measures(manager=["M1", "M2"], period=period, values=values)


@given(pay_cases())
def test_settlements_are_those_of_the_verifier(case: PayCase) -> None:
    """Over several half-years, with the state that goes from one to the next."""
    state, period = None, Period.of("2026H1")
    for measures in case.measures:
        paid = settle(measures, case.standings, case.plan, period=period, state=state)
        verify_settlement(measures, case.standings, case.plan, paid, period=period, state=state)
        assert (paid.amounts.sum(axis=1) == paid.total).all()
        state, period = paid.state, period.next()


def test_pay_is_base_salary_and_payouts_each_rounded_once() -> None:
    """Half a fen goes up; a reversal is paid back as it was paid."""
    paid = settle(month(), standings(), PLAN, period="2026-07")
    assert paid.line("base salary").tolist() == [2_000_01, 2_000_01]
    assert paid.line("existing").tolist() == [150_02, 50_01]
    assert paid.line("new").tolist() == [83_33, -83_33]
    assert paid.total.tolist() == [2_233_36, 1_966_69]


def test_neglecting_existing_clients_lowers_the_payout() -> None:
    """A coverage just below the gate earns the lower rate."""
    paid = settle(month(), standings(), PLAN, period="2026-07")
    assert "(coverage_existing >= 0.6: missed)" in paid.explain("M2")


def test_the_transition_is_a_line_of_its_own() -> None:
    """Month by month until it is gone."""
    state, amounts = None, []
    for i in range(7, 11):
        period = f"2026-{i:02d}"
        paid = settle(month(period), standings(3_000_01), PLAN, period=period, state=state)
        amounts.append(int(paid.line("smooth transition")[0]))
        state = paid.state
    assert amounts == [666_67, 333_33, 0, 0]


def test_a_quarter_pays_each_of_its_months() -> None:
    """Base salary and transition are monthly."""
    paid = settle(month("2026Q3"), standings(3_000_01), PLAN, period="2026Q3")
    assert paid.line("base salary")[0] == 3 * 2_000_01
    assert paid.line("smooth transition")[0] == 1_000_00


def test_who_was_there_for_a_part_is_paid_for_a_part() -> None:
    """By the share of days, rounded once."""
    plan = attrs.evolve(PLAN, prorate=True)
    july = month(presence=["50%", "33.33%"])
    paid = settle(july, standings(), plan, period="2026-07")
    assert paid.line("base salary").tolist() == [1_000_01, 666_60]
    assert "x presence 33.33%" in paid.explain("M2")


def test_a_period_is_settled_once_and_in_order() -> None:
    """The state knows which is next, and of which plan."""
    paid = settle(month(), standings(), PLAN, period="2026-07")
    with pytest.raises(RuleError, match="2026-07 was settled last, so 2026-08 is next, got 2026-07"):
        settle(month(), standings(), PLAN, period="2026-07", state=paid.state)
    other = attrs.evolve(PLAN, name="2027")
    with pytest.raises(RuleError, match="the state is that of the plan '2026', got '2027'"):
        settle(month("2026-08"), standings(), other, period="2026-08", state=paid.state)


def test_what_cannot_be_paid_is_named() -> None:
    """Missing or wrong measures, and managers without a standing."""
    with pytest.raises(DataError, match=r"\(M1\): got 'missing', expected a value for the line"):
        settle(month(net_commission_new=[None, 1]), standings(), PLAN, period="2026-07")
    plan = PayPlan(name="p", payouts=(Payout("odd", "coverage_existing", "1%"),))
    with pytest.raises(DataError, match="'odd' needs 'coverage_existing' as money, it is a ratio"):
        settle(month(), standings(), plan, period="2026-07")
    with pytest.raises(DataError, match=r"cannot settle 2026-07.*1 bad row"):
        settle(month(), standings().take([0]), PLAN, period="2026-07")
    with pytest.raises(DataError, match="expected a standing in force by 2026-06-30"):
        settle(month("2026-06"), standings(), PLAN, period="2026-06")


def test_tables_behind_the_measures_are_kept() -> None:
    """For who explains the settlement."""
    july = month()
    paid = settle(july, standings(), PLAN, period="2026-07", items={"measures": july})
    assert paid.items["measures"] is july
