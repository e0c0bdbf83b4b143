"""Tests of credits."""

import pickle
from collections.abc import Callable

import pytest

from clientmgr.commission import CommissionPlan, Credits, Deduction, attribute
from clientmgr.errors import RuleError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger

PLAN = CommissionPlan(deductions=[Deduction(name="fee", rates="10%", on="commission")])
ROWS = [
    {"id": 1, "client": "C3", "date": "2026-07-01", "commission": 1000},
    {"id": 2, "client": "C2", "date": "2026-07-01", "commission": 500},
    {"id": 3, "client": "C9", "date": "2026-07-01", "commission": 7},
]


@pytest.fixture
def made(ledger: Ledger, make_facts: Callable[..., Facts], make_trades: Callable[..., Trades]) -> Credits:
    """Give credits with a shared client, a pool, an overlay and a finding."""
    return attribute(make_facts([]), ledger, PLAN, trades=make_trades(ROWS), findings="keep")


def test_credits_show_how_the_gross_went(made: Credits) -> None:
    """`repr`, columns and HTML; no truth value."""
    assert repr(made) == "Credits(3 trades: gross 1,507 = deductions 150 + credits 1,350 + findings 7)"
    assert made.found == 7
    assert "<table>" in made._repr_html_()
    assert len(made.to_columns()["amount"]) == len(made.lines())
    with pytest.raises(TypeError, match="no truth value"):
        bool(made)


def test_lines_name_party_role_kind_origin_and_acquisition(made: Credits) -> None:
    """Pools and overlays have lines of their own."""
    rows = {(r["manager"], r["pool"], r["kind"]): r for r in made.lines().to_records()}
    assert rows[("M1", None, "share")]["amount"] == 360
    assert rows[("M3", None, "overlay")]["amount"] == 90
    assert rows[(None, "key", "share")]["branch"] == "B1"
    assert rows[("M2", None, "share")] | {"amount": 0} == {
        "manager": "M2",
        "team": None,
        "pool": None,
        "branch": "B1",
        "role": "servicer",
        "kind": "share",
        "funder": "",
        "treatment": "",
        "origin": "new",
        "acquired": "developed",
        "month": "2026-07",
        "amount": 0,
    }


def test_totals_are_of_what_is_conserved_unless_more_is_asked_for(made: Credits) -> None:
    """Overlays stand apart."""
    assert made.total(by=()).sum() == made.credited == 1350
    assert made.total(by="manager", of="overlays").to_records() == [{"manager": "M3", "amount": 90}]
    assert made.total(by="role", of="all").sum() == made.credited + made.overlaid


def test_keys_and_parts_that_are_none_are_refused(made: Credits) -> None:
    """The message names what there is."""
    with pytest.raises(RuleError, match=r"credits can be totalled by manager, .*; got 'day'"):
        made.total(by="day")
    with pytest.raises(RuleError, match="of must be one of conserved, overlays, all, got 'half'"):
        made.total(of="half")
    with pytest.raises(RuleError, match=r"deductions can be totalled by line, .*; got 'manager'"):
        made.total_deductions(by="manager")


def test_credits_survive_pickle_with_the_way_back_to_their_trades(made: Credits) -> None:
    """What was pickled can still replay a trade."""
    back = pickle.loads(pickle.dumps(made))
    assert back.lines().equals(made.lines())
    assert back.trace(1).net == 900
    assert back.findings == made.findings


def test_a_trade_is_explained_in_words(made: Credits) -> None:
    """From the commission to each share, in yuan."""
    told = made.explain(1)
    assert "less fee" in told
    assert "manager M1" in told
    assert "3.60" in told
