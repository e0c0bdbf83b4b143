"""Tests of ready-made plans."""

from collections.abc import Callable
from typing import Any

import pytest

from clientmgr.commission import a_share_plan, attribute
from clientmgr.errors import DataError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, OwnershipChanges


@pytest.fixture
def old_ledger(make_changes: Callable[..., OwnershipChanges]) -> Ledger:
    """Give a ledger that begins early."""
    row = {"client": "C1", "valid": "2010-01-01", "kind": "allocated", "manager": "M1"}
    return Ledger.start(make_changes([row]), known="2026-01-01")


def sell(day: Any, market: Any = "SSE", product: Any = "stock") -> Any:
    """Make a sale of a million yuan for 300 yuan of commission."""
    row = {"id": 1, "client": "C1", "date": day, "turnover": 100_000_000, "commission": 300_00}
    return {**row, "side": "sell", "market": market, "product": product}


@pytest.mark.parametrize(
    ("day", "market", "expected"),
    [
        ("2015-08-03", "SZSE", (48_70, 20_00, 20_00, 1000_00)),
        ("2022-04-29", "SSE", (48_70, 20_00, 10_00, 1000_00)),
        ("2023-08-28", "SSE", (34_10, 20_00, 10_00, 500_00)),
        ("2022-11-30", "BSE", (500_00, 20_00, 10_00, 1000_00)),
        ("2022-12-01", "BSE", (250_00, 20_00, 10_00, 1000_00)),
        ("2023-08-28", "BSE", (125_00, 20_00, 10_00, 500_00)),
    ],
)
def test_charges_follow_the_day_and_the_exchange(
    old_ledger: Any, make_facts: Callable[..., Facts], day: str, market: str, expected: Any
) -> None:
    """Each published change counts from its day on."""
    made = attribute(make_facts([sell(day, market)]), old_ledger, a_share_plan(all_in=True))
    names = ("exchange handling", "regulatory fee", "transfer fee", "stamp duty")
    assert tuple(made.deductions[name] for name in names) == expected


def test_taxes_and_the_levy_come_off_what_is_left(old_ledger: Any, make_facts: Callable[..., Facts]) -> None:
    """Value-added tax is contained in the amount, with surcharges on it; then the fund's levy."""
    made = attribute(make_facts([sell("2026-01-05")]), old_ledger, a_share_plan())
    left = 300_00 - 34_10 - 20_00
    tax = round(left * 6 / 106 * 1.12)
    assert made.deductions["value-added tax"] == tax
    assert made.deductions["investor protection fund"] == round((left - tax) * 0.005)


def test_a_purchase_bears_no_stamp_duty_and_other_products_no_exchange_charges(
    old_ledger: Any, make_facts: Callable[..., Facts]
) -> None:
    """What the list does not name is not charged; a stock before the first rate is a finding."""
    plan = a_share_plan(all_in=True)
    bought = attribute(make_facts([{**sell("2026-01-05"), "side": "buy"}]), old_ledger, plan)
    assert bought.deductions["stamp duty"] == 0
    fund = attribute(make_facts([sell("2026-01-05", product="fund")]), old_ledger, plan)
    assert fund.deductions["exchange handling"] == 0
    with pytest.raises(DataError, match="every charge has a rate in force"):
        attribute(make_facts([sell("2015-07-31")]), old_ledger, plan)
