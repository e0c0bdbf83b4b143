"""The published cases about commission, read from their table."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clientmgr.commission import (
    ClawbackEvents,
    ClawbackRule,
    CommissionPlan,
    Crediting,
    Deduction,
    GivenCredits,
    Treatment,
    attribute,
    claw_back,
    correct,
    post,
)
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated

CASES = json.loads((Path(__file__).parents[1] / "cases" / "commission.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["largest remainder"], ids=lambda case: str(case["weights"]))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_commission_is_split_by_largest_remainder(
    make_facts: Callable[..., Facts], make_changes: Callable[..., OwnershipChanges], case: Any, sign: Any
) -> None:
    """A negative amount gives the exact negative of its positive."""
    of, managers = sum(case["weights"]), ["H1", "M1", "M2"]
    rows = [
        {"client": "C1", "valid": "2026-01-01", "kind": "allocated", "manager": who, "share": weight, "of": of}
        for who, weight in zip(managers, case["weights"], strict=False)
    ]
    ledger = Ledger.start(make_changes(rows), known="2026-01-01")
    trade = {"id": 1, "client": "C1", "date": "2026-07-01", "commission": sign * case["amount"]}
    made = attribute(make_facts([trade]), ledger, CommissionPlan())
    assert made.total(by="manager").amount.tolist() == [sign * part for part in case["expected"]]


@pytest.mark.parametrize("case", CASES["one trade"], ids=lambda case: case["name"])
def test_a_trade_is_credited_as_published(ledger: Ledger, make_facts: Callable[..., Facts], case: Any) -> None:
    """Rebates and baselines are deductions; the manager's part is a treatment, the rest stays with the house."""
    plan = CommissionPlan(
        deductions=[Deduction(name=n, rates=rate, on=on) for n, rate, on in case["deductions"]],
        crediting=Crediting(treatments=[Treatment(name="published", share=case["share"])]),
        below_charges="zero",
    )
    row = {"id": 1, "client": "C1", "date": "2026-07-01"}
    row |= {"commission": case["commission"], "turnover": case["turnover"]}
    facts = make_facts([row], extra={"rebate": np.array([case["rebate"]])})
    made = attribute(facts, ledger, plan)
    assert made.total(by="manager").get(manager="M1") == case["expected"]


def test_a_retroactive_rate_is_posted_where_it_becomes_known(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """The difference for the first period is posted in the second, which pays its own on top; the first stays."""
    case = CASES["retroactive rate"]
    rows = [{"id": i, "client": "C1", "date": f"2026-0{i + 1}-15", "commission": case["commission"]} for i in (1, 2)]
    facts = make_facts(rows)

    def plan(rate: Any) -> Any:
        """Make the plan of a rate."""
        return Dated.always(CommissionPlan(deductions=[Deduction(name="firm", rates=rate, on="commission")]))

    first = post(attribute(facts, ledger, plan(case["first"]), period="2026-02"), period="2026-02")
    fix = correct(first, facts, ledger, plan(case["corrected"]), period="2026-03")
    second = attribute(facts, ledger, plan(case["corrected"]), period="2026-03")
    posted = post(second, period="2026-03", posted=fix.posted)
    paid = posted.total(by=("manager", "posted"))
    assert paid.get(posted="2026-02") == case["first month"]
    assert fix.postings.by("cause").to_records() == [{"cause": "rate", "amount": case["posted in period 2"]}]
    assert paid.get(posted="2026-03") == case["period 2 pays"]


def test_a_second_clawback_works_on_what_the_first_has_left() -> None:
    """40 % of what remains, twice."""
    case = CASES["clawback"]
    day = np.datetime64("2026-01-31")
    given = GivenCredits(id=["K1"], date=[day], amount=[case["given"]])
    events = ClawbackEvents(id=[1, 2], credit="K1", date=np.array([day + 40, day + 80]))
    taken = claw_back(given, ClawbackRule(bands=[(12, case["rate"])]), events=events)
    assert taken.amount.tolist() == case["taken"]
    assert taken.after.tolist() == case["left"]
