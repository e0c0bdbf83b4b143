"""The verifier of measures notices what is wrong."""

import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.check.measures import verify_measures
from clientmgr.errors import CheckError
from clientmgr.facts import Clients, Facts, Managers, MeasureColumn, Measures, ServiceRecords
from clientmgr.measures import CATALOGUE, MeasureRules, measure_period
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing.commission import CommissionCase, cases

NAMES = tuple(name for name in CATALOGUE if name != "net_commission_existing")


@settings(max_examples=15)
@given(cases(reversals=False))
def test_drawn_firms_are_measured_as_the_verifier_counts(case: CommissionCase) -> None:
    """Teams, pools, shared owners, hand-overs, closings and reopenings."""
    rules = MeasureRules(names=NAMES, effective_assets=50, capital_floor=0)
    credits_ = case.attribute()
    found = measure_period(case.facts, case.ledger, credits_, rules, period="2026")
    verify_measures(case.facts, case.ledger, credits_, rules, found, period="2026")


def small() -> tuple[Facts, Ledger]:
    """One manager with one client and one call."""
    day = np.array(["2026-07-01"], "M8[D]")
    facts = Facts(
        clients=Clients(id=["C1"], branch="B1"),
        managers=Managers(id=["M1"], branch="B1"),
        records=ServiceRecords(id=[1], manager=["M1"], client=["C1"], date=day, kind="call"),
    )
    changes = OwnershipChanges(client=["C1"], valid=day, kind="allocated", manager=["M1"], branch="B1")
    return facts, Ledger.start(changes, known="2026-07-01")


def verify(measures: Measures, *names: str) -> None:
    """Verify the measures of July."""
    facts, ledger = small()
    verify_measures(facts, ledger, None, MeasureRules(names=names), measures, period="2026-07")


def test_a_changed_count_is_found() -> None:
    """With the manager whose it is."""
    wrong = Measures(manager=["M1"], period="2026-07", values={"calls": [2]})
    with pytest.raises(CheckError, match="calls of M1: found 2, recomputed 1"):
        verify(wrong, "calls")


def test_a_changed_ratio_is_found() -> None:
    """Also one that should be missing."""
    wrong = Measures(manager=["M1"], period="2026-07", values={"coverage_new": MeasureColumn.ratio([1])})
    with pytest.raises(CheckError, match=r"coverage_new of M1: found 1\.0000, recomputed None"):
        verify(wrong, "coverage_new")


def test_other_managers_are_found() -> None:
    """Nobody is left out."""
    with pytest.raises(CheckError, match=r"managers measured: found \['M9'\], expected \['M1'\]"):
        verify(Measures(manager=["M9"], period="2026-07"), "calls")


def test_net_commission_cannot_be_recounted_from_nothing() -> None:
    """Nor what the catalogue does not have."""
    measures = Measures(manager=["M1"], period="2026-07")
    with pytest.raises(CheckError, match="cannot be recounted without credits"):
        verify(measures, "net_commission")
    with pytest.raises(CheckError, match="no way to recount 'luck'"):
        verify(measures, "luck")
