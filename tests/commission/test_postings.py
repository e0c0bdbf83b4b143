"""Tests of postings."""

import pickle
from collections.abc import Callable

import pytest

from clientmgr.commission import CommissionPlan, attribute, post
from clientmgr.errors import DataError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, OwnershipChanges

ROWS = [
    {"id": 1, "client": "C1", "date": "2026-06-01", "commission": 100},
    {"id": 2, "client": "C1", "date": "2026-07-01", "commission": 200},
    {"id": 3, "client": "C1", "date": "2026-08-03", "commission": -50, "reverses": 2},
]


def test_each_source_month_keeps_a_stamp_and_its_lines(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Lines carry source month, posting period and cause; months without trades are stamped, too."""
    facts = make_facts(ROWS)
    posted = post(attribute(facts, ledger, CommissionPlan(), period="2026H1"), period="2026-07")
    assert posted.months == ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")
    assert [stamp.trades.count for stamp in posted.stamps] == [0, 0, 0, 0, 0, 1]
    more = post(attribute(facts, ledger, CommissionPlan(), period="2026-07"), period="2026-08", posted=posted)
    rows = more.total(by=("month", "posted", "cause")).to_records()
    assert [tuple(row.values()) for row in rows] == [
        ("2026-06", "2026-07", "attribution", 100),
        ("2026-07", "2026-08", "attribution", 200),
    ]
    assert more.balance().by("month").get(month="2026-07") == 200
    assert more.total(by="month", of="all").sum() == 300
    assert repr(more).startswith("Posted(2026-01 to 2026-07: 2 lines, 300 fen)")
    assert len(more.to_columns()["amount"]) == 2
    assert pickle.loads(pickle.dumps(more)).stamps == more.stamps


def test_a_reversal_takes_back_what_was_posted(
    ledger: Ledger, make_facts: Callable[..., Facts], make_changes: Callable[..., OwnershipChanges]
) -> None:
    """The original's month stands by its stamp, whatever the ledger says since."""
    facts = make_facts(ROWS)
    july = post(attribute(facts, ledger, CommissionPlan(), period="2026-07"), period="2026-08")
    late = {"client": "C1", "valid": "2026-06-15", "kind": "transferred", "manager": "M3"}
    later = ledger.append(make_changes([late]), known="2026-11-01")
    august = attribute(facts, later, CommissionPlan(), period="2026-08", posted=july)
    assert august.total(by="manager").to_records() == [{"manager": "M1", "amount": -50}]
    other = attribute(facts, later, CommissionPlan(), period="2026-08")
    assert other.total(by="manager").to_records() == [{"manager": "M3", "amount": -50}]


def test_nothing_is_posted_twice_or_before_its_month(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A posted month is corrected, not posted again."""
    facts = make_facts(ROWS)
    credits_ = attribute(facts, ledger, CommissionPlan(), period="2026-07")
    posted = post(credits_, period="2026-08")
    with pytest.raises(DataError, match="already posted: 2026-07; correct them instead"):
        post(credits_, period="2026-08", posted=posted)
    with pytest.raises(DataError, match="2026-07 cannot be posted in 2026-06"):
        post(credits_, period="2026-06")
    with pytest.raises(DataError, match="credits are posted in a month, got 2026Q3"):
        post(credits_, period="2026Q3")


def test_no_trades_post_nothing(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """Without a period and without trades there is nothing to stamp."""
    posted = post(attribute(make_facts([]), ledger, CommissionPlan()), period="2026-08")
    assert repr(posted) == "Posted(nothing: 0 lines, 0 fen)"
    assert posted.pins() == {}
