"""Tests of which trades a correction looks at."""

from collections.abc import Callable

import numpy as np

from clientmgr.commission import CommissionPlan, TradeIndex, attribute, post
from clientmgr.commission.changes import changed_days, find_trade_changes, touched_clients, touched_rows
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated

OLD, NEW = CommissionPlan(), CommissionPlan(below_charges="zero")


def test_only_days_on_which_another_edition_is_in_force_differ() -> None:
    """Editions that agree on a day leave its trades alone."""
    old = Dated.always(OLD)
    new = Dated.of({"2026-01-01": OLD, "2026-07-11": NEW, "2026-07-21": OLD})
    days = [(str(a), str(b)) for a, b in changed_days(old, new, "2026-07")]
    assert days == [("2026-07-11", "2026-07-20")]
    assert changed_days(old, old, "2026-07") == []
    assert len(changed_days(Dated.of({"2026-07-05": OLD}), old, "2026-07")) == 1


def test_only_trades_whose_owners_are_others_are_touched(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A client of whom a later batch says the same, or something about other days, is left alone."""
    rows = [
        {"id": 1, "client": "C1", "date": "2026-07-01", "commission": 5},
        {"id": 2, "client": "C1", "date": "2026-07-20", "commission": 5},
        {"id": 3, "client": "C3", "date": "2026-07-20", "commission": 5},
    ]
    facts = make_facts(rows)
    posted = post(attribute(facts, ledger, OLD, period="2026-07"), period="2026-07")
    late = OwnershipChanges(
        client=["C1"], valid=np.array(["2026-06-30"], "M8[D]"), kind="transferred", manager="M3", branch="B1"
    )
    later = ledger.append(late, known="2026-11-01")
    touched = touched_clients(later, 0, 1)
    assert later.clients[touched].tolist() == ["C1"]
    index = TradeIndex(facts.trades)
    # The second trade's owners are the same; only the former owner, which a rule may read, is another.
    assert touched_rows(index, later, posted.stamps, 1).tolist() == [0, 1]
    assert touched_rows(index, later, posted.stamps, 0).tolist() == []


def test_rows_that_are_as_they_were_are_no_changes(ledger: Ledger, make_facts: Callable[..., Facts]) -> None:
    """A whole month brought as it was shows only what differs."""
    rows = [{"id": i, "client": "C1", "date": "2026-07-01", "commission": i} for i in (1, 2)]
    facts = make_facts(rows)
    posted = post(attribute(facts, ledger, OLD, period="2026-07"), period="2026-07")
    now = make_facts([rows[0], {**rows[1], "commission": 7}])
    changes = find_trade_changes(TradeIndex(now.trades), posted.stamps, facts.trades, None)
    assert changes.ids == {2}
    assert (changes.was.commission.tolist(), changes.now.commission.tolist()) == ([2], [7])
