"""Tests of corrections."""

import os
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.commission import (
    CommissionPlan,
    Crediting,
    Deduction,
    Posted,
    TradeIndex,
    attribute,
    correct,
    post,
)
from clientmgr.errors import DataError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated
from clientmgr.testing.commission import CommissionCase, cases, check_corrections, plans

FEE = CommissionPlan(deductions=[Deduction(name="fee", rates="10%", on="commission")])
ROWS = [
    {"id": 1, "client": "C1", "date": "2026-07-01", "commission": 1000},
    {"id": 2, "client": "C3", "date": "2026-07-02", "commission": 1000},
    {"id": 3, "client": "C1", "date": "2026-07-03", "commission": -400, "reverses": 1},
]
EVERY_BIT = st.integers(0, 255)


@settings(max_examples=10)
@given(cases(), plans(), st.booleans())
def test_a_correction_brings_what_was_posted_to_what_is_known_now(
    case: CommissionCase, plan: Dated[CommissionPlan], retro: bool
) -> None:
    """Owners told late and another plan: all postings together equal attribution, and a second run posts nothing."""
    check_corrections(case, plan, retro=retro)


@settings(max_examples=8)
@given(cases(faulty=True), plans(), EVERY_BIT, EVERY_BIT, st.booleans())
def test_late_and_changed_trades_are_corrected_too(
    case: CommissionCase, plan: Dated[CommissionPlan], late: int, dearer: int, retro: bool
) -> None:
    """Trades that came late or were booked at another price, reversals among them."""
    check_corrections(case, plan, late=late, dearer=dearer, retro=retro)


@pytest.fixture
def posted(ledger: Ledger, make_facts: Callable[..., Facts]) -> Posted:
    """Give July as posted in August."""
    return post(attribute(make_facts(ROWS), ledger, FEE, period="2026-07"), period="2026-08")


def tell_late(ledger: Any, manager: Any = "M3") -> Any:
    """Say that the first client had another owner since June."""
    late = OwnershipChanges(
        client=["C1"], valid=np.array(["2026-06-01"], "M8[D]"), kind="transferred", manager=[manager], branch="B1"
    )
    return ledger.append(late, known="2026-11-01")


def test_an_owner_told_late_moves_the_credit_and_its_reversal(
    ledger: Ledger, make_facts: Callable[..., Facts], posted: Posted
) -> None:
    """Nothing else is worked out again, nothing closed changes, and the net of the firm stays."""
    fix = correct(posted, make_facts(ROWS), tell_late(ledger), FEE, period="2026-09")
    moved = fix.postings.by("manager", "month", "posted", "cause").to_records()
    assert [tuple(row.values()) for row in moved] == [
        ("M1", "2026-07", "2026-09", "owner", -540),
        ("M3", "2026-07", "2026-09", "owner", 540),
    ]
    assert fix.trades == 2
    assert fix.posted.lines.where(posted="2026-08").equals(posted.lines)
    assert repr(fix) == "Correction(2 trades: 2 lines move 540 fen, net 0; refused 0)"
    assert "540" in fix.explain("M3")
    assert fix.explain("M9") == "nothing changes for M9"
    assert len(fix.to_columns()["amount"]) == 2


def test_other_deductions_are_told_as_rate_and_other_shares_as_share(
    ledger: Ledger, make_facts: Callable[..., Facts], posted: Posted
) -> None:
    """Causes are told apart line by line, and add up to the change of each line."""
    plan = CommissionPlan(
        deductions=[Deduction(name="fee", rates="20%", on="commission")],
        crediting=Crediting(roles={"developer": 1, "servicer": 1}),
    )
    facts = make_facts(ROWS)
    fix = correct(posted, facts, ledger, plan, period="2026-09")
    causes = fix.postings.where(role="developer").by("cause").to_records()
    assert {row["cause"]: row["amount"] for row in causes} == {"rate": -40, "share": 80}
    due = attribute(facts, ledger, plan, period="2026-07")
    assert fix.posted.balance().equals(due.lines())


def test_the_retro_limit_keeps_old_months_and_reports_the_rest(
    ledger: Ledger, make_facts: Callable[..., Facts], posted: Posted
) -> None:
    """A month before the limit keeps its stamp, and what it would have changed is told."""
    fix = correct(posted, make_facts(ROWS), tell_late(ledger), FEE, period="2026-09", retro="2026-08")
    assert not len(fix.postings)
    assert fix.refused.by("manager").to_records() == [
        {"manager": "M1", "amount": -540},
        {"manager": "M3", "amount": 540},
    ]
    assert fix.posted.stamps == posted.stamps


def test_a_correction_and_its_counter_correction_leave_nothing(
    ledger: Ledger, make_facts: Callable[..., Facts], posted: Posted
) -> None:
    """Told late and taken back: both postings add up to nothing."""
    facts = make_facts(ROWS)
    wrong = tell_late(ledger)
    fix = correct(posted, facts, wrong, FEE, period="2026-09")
    back = OwnershipChanges(client=["C1"], valid=np.array(["2026-06-01"], "M8[D]"), kind="withdrawn", branch="B1")
    again = correct(fix.posted, facts, wrong.append(back, known="2026-12-01"), FEE, period="2026-10")
    assert len(again.postings)
    assert again.posted.balance().equals(posted.balance())


def test_trades_that_differ_must_be_explained(
    ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades], posted: Posted
) -> None:
    """A changed month without its before image is an error; with it the difference is posted."""
    rows = [{**ROWS[0], "commission": 2000}, *ROWS[1:], {**ROWS[1], "id": 4}]
    facts = make_facts(rows)
    with pytest.raises(DataError, match="the trades of 2026-07 are not those that were posted"):
        correct(posted, facts, ledger, FEE, period="2026-09")
    with pytest.raises(DataError, match="are not those that were posted"):
        correct(posted, facts, ledger, FEE, period="2026-09", late=[4])
    was = make_trades(ROWS)
    for brought in ({"before": was.take([0]), "late": [4]}, {"before": was}):
        fix = correct(posted, facts, ledger, FEE, period="2026-09", **brought)
        assert fix.postings.by("cause").to_records() == [{"cause": "trade", "amount": 1890}]
        assert fix.posted.balance().equals(attribute(facts, ledger, FEE).lines())


def test_other_memberships_must_be_explained(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Facts that the plan reads are stamped: their change needs the facts as they were."""
    plan = CommissionPlan(crediting=Crediting(teams="members"))
    facts = make_facts([{"id": 1, "client": "C4", "date": "2026-07-01", "commission": 900}])
    posted = post(attribute(facts, ledger, plan, period="2026-07"), period="2026-08")
    members = facts.memberships
    other = attrs.evolve(facts, memberships=members.take([0]))
    with pytest.raises(DataError, match="have changed since 2026-07 was posted; bring them"):
        correct(posted, other, ledger, plan, period="2026-09")
    with pytest.raises(DataError, match="the facts brought are not those either"):
        correct(posted, other, ledger, plan, period="2026-09", before=other)
    fix = correct(posted, other, ledger, plan, period="2026-09", before=facts)
    assert fix.postings.by("manager").to_records() == [
        {"manager": "M1", "amount": 300},
        {"manager": "M2", "amount": -300},
    ]


def test_differences_are_booked_in_an_open_month_only(
    ledger: Ledger, make_facts: Callable[..., Facts], posted: Posted
) -> None:
    """A period that is no month, or lies before what it corrects, is refused."""
    facts = make_facts(ROWS)
    with pytest.raises(DataError, match="corrections are posted in a month, got 2026"):
        correct(posted, facts, ledger, FEE, period="2026")
    with pytest.raises(DataError, match="2026-07 cannot be corrected in 2026-06"):
        correct(posted, facts, ledger, FEE, period="2026-06")


def test_an_index_spares_the_scan_and_changes_nothing(
    ledger: Ledger, make_facts: Callable[..., Facts], posted: Posted
) -> None:
    """By index and by scan the same trades are found."""
    facts, later = make_facts(ROWS), tell_late(ledger)
    index = TradeIndex(facts.trades)
    assert len(index.rows_by_client[1]) == 3
    plain = correct(posted, facts, later, FEE, period="2026-09")
    fast = correct(posted, facts, later, FEE, period="2026-09", trades=index)
    assert fast.postings.equals(plain.postings)


@pytest.mark.skipif("CLIENTMGR_DATA" not in os.environ, reason="needs the folder of real records")
def test_a_hundred_ownership_changes_told_late_are_reconciled(purchases: tuple[Facts, Ledger, CommissionPlan]) -> None:
    """The real purchases are posted month by month, then corrected, and add up to attribution as now known."""
    facts, ledger, plan = purchases
    posted = post(attribute(facts, ledger, plan), period="1998-07")
    ids = np.unique(np.asarray(facts.trades.client))[7::200][:100]
    late = OwnershipChanges(
        client=ids, valid=np.datetime64("1997-03-15"), kind="transferred", manager="M03", branch="B1"
    )
    later = ledger.append(late, known="1998-07-15")
    fix = correct(posted, facts, later, plan, period="1998-08")
    due = attribute(facts, later, plan)
    assert len(ids) == 100
    assert len(fix.postings)
    assert fix.posted.balance().equals(due.lines())
    assert fix.postings.sum() == 0
    assert fix.trades < 2_000
    assert not len(correct(fix.posted, facts, later, plan, period="1998-09").postings)
    assert isinstance(facts.trades, Trades)
