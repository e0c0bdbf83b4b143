"""What is drawn as history agrees with the people it is about."""

import numpy as np
from hypothesis import given

import clientmgr as cm
from clientmgr.testing import clients, managers
from clientmgr.testing.dials import Settings
from clientmgr.testing.history import History, histories, make_history

AS_OF = np.datetime64("2026-05-31")
HISTORIES = histories(Settings(max_trades=3, reversals=True))


@given(HISTORIES, clients(["B", "B"], moves=False), managers(["B"], moves=False))
def test_history_is_of_the_people_given(history: History, people: cm.Clients, staff: cm.Managers) -> None:
    """The clients come back with their last trades; all else is about them, up to the day."""
    early = cm.Clients(id=people.id, branch="B", assets=people.assets)
    made = make_history(history, early, staff, AS_OF)
    facts = cm.Facts(managers=staff, as_of=AS_OF, **made)
    assert facts.clients.id.tolist() == people.id.tolist()
    assert (facts.assets(AS_OF) == people.assets).all()
    own = facts.trades.take(facts.trades.reverses.missing)
    assert 1 <= len(own) <= 3
    for name in ("trades", "flows", "events", "records", "incidents", "valuations"):
        assert not (getattr(facts, name).date > AS_OF).any()


@given(HISTORIES)
def test_history_without_clients_is_what_managers_did(history: History) -> None:
    """Nothing is traded, valued or paid in."""
    nobody = cm.Clients(id=[], branch=[])
    made = make_history(history, nobody, cm.Managers(id=["M"], branch="B"), AS_OF)
    assert not sum(len(made[name]) for name in ("trades", "flows", "events", "valuations"))


@given(HISTORIES)
def test_a_last_trade_before_history_is_one_of_the_trades(history: History) -> None:
    """So that history answers by itself."""
    early = cm.Clients(id=["C"], branch="B", last_trade=[np.datetime64("2024-01-31")])
    staff = cm.Managers(id=["M"], branch="B")
    facts = cm.Facts(managers=staff, as_of=AS_OF, **make_history(history, early, staff, AS_OF))
    assert str(facts.last_trade("2024-06-29")[0]) == "2024-01-31"
