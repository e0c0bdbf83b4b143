"""Tests of totals by keys of single trades."""

from collections.abc import Callable

from hypothesis import given, settings

from clientmgr.commission import CommissionPlan, attribute
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger
from clientmgr.testing.commission import CommissionCase, cases


@settings(max_examples=8)
@given(cases(faulty=True))
def test_every_total_has_the_same_sum_and_months_agree(case: CommissionCase) -> None:
    """By client, day, market and the others, with reversals and findings about."""
    made = case.attribute(findings="keep")
    for key in ("client", "date", "market", "product", "side", "security", "trade"):
        assert made.total(by=key).sum() == made.credited
        assert made.total(by=key, of="overlays").sum() == made.overlaid
    assert made.total(by=("trade", "month", "manager")).by("manager", "month").equals(made.total())
    lines = made.total_deductions(by="line")
    assert {row["line"]: row["amount"] for row in lines.to_records()} == {
        name: amount for name, amount in made.deductions.items() if amount
    }
    assert made.total_deductions(by=("client", "month")).sum() == sum(made.deductions.values())


def test_no_trades_have_empty_totals(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Nothing to replay gives nothing."""
    made = attribute(make_facts([]), ledger, CommissionPlan())
    assert len(made.total(by="client")) == 0
    assert len(made.total_deductions()) == 0
