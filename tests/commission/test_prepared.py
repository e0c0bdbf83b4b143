"""Tests of an edition made ready."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.commission import CommissionPlan, Crediting, Declining, HandOver, attribute
from clientmgr.commission.lines import LineBook
from clientmgr.commission.owners import Owners
from clientmgr.commission.prepared import CLOSED, NOT_OPEN, Prepared
from clientmgr.errors import RuleError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing.commission import CommissionCase, cases


@settings(max_examples=20)
@given(cases(faulty=True))
def test_recipes_by_row_and_by_case_give_the_same_credits(case: CommissionCase) -> None:
    """A rule that changes nothing, but is looked up case by case, credits as the plain one does."""
    same = Crediting(hand_over=HandOver(months=1, share=0))
    plain = attribute(case.facts, case.ledger, CommissionPlan(), findings="keep")
    by_case = attribute(case.facts, case.ledger, CommissionPlan(crediting=same), findings="keep")
    assert by_case.lines().equals(plain.lines())
    assert len(by_case.findings) == len(plain.findings)


@pytest.mark.parametrize("crediting", [Crediting(), Crediting(teams="members")])
def test_days_without_an_owner_have_no_recipe(ledger: Ledger, make_facts: Callable[..., Facts], crediting: Any) -> None:
    """Before the opening and after the closing a negative answer stands for a recipe."""
    owners = Owners.of(ledger, None)
    plan = CommissionPlan(crediting=crediting)
    ready = Prepared(owners, plan, make_facts([]), LineBook())
    client = np.full(3, ledger.clients.code("C4"), np.int32)
    day = np.array(["2025-12-31", "2026-01-01", "2026-09-01"], "M8[D]").astype(np.int32)
    recipe = ready.recipe(owners.calendar.find(client, day), day).tolist()
    assert (recipe[0], recipe[2]) == (NOT_OPEN, CLOSED)
    assert recipe[1] >= 0


def test_kinds_that_are_none_are_refused(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A rule that names an unknown kind of change cannot be meant."""
    row = {"id": 1, "client": "C1", "date": "2026-07-01", "commission": 1}
    rule = Crediting(declining=[Declining(kinds="sold", shares=["50%"])])
    with pytest.raises(RuleError, match=r"kinds are allocated, .*, got 'sold'"):
        attribute(make_facts([row]), ledger, CommissionPlan(crediting=rule))


def test_shares_beyond_sixty_two_bits_are_refused(
    make_facts: Callable[..., Facts], make_changes: Callable[..., OwnershipChanges]
) -> None:
    """Shares whose product needs too fine a base are an error, never a wrong result."""
    rows = [
        {"client": "C1", "valid": "2026-01-01", "kind": "allocated", "manager": who, "share": share, "of": of}
        for who, share, of in (("M1", 1, 2**31 - 1), ("M2", 2**31 - 2, 2**31 - 1))
    ]
    rows.append({"client": "C1", "valid": "2026-02-01", "kind": "transferred", "manager": "M3"})
    ledger = Ledger.start(make_changes(rows), known="2026-02-01")
    trade = {"id": 1, "client": "C1", "date": "2026-07-01", "commission": 1}
    rule = Crediting(declining=[Declining(kinds="transferred", shares=[f"1/{2**31 + 11}"], every=99)])
    with pytest.raises(RuleError, match="the shares of a case need a base beyond 2\\^62"):
        attribute(make_facts([trade]), ledger, CommissionPlan(crediting=rule))
