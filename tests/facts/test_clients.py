"""Clients and what they own, pay in and out, and do."""

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.testing import check_table

DAY = np.datetime64("2026-06-30")


def test_the_smallest_table_of_clients_is_short_to_write() -> None:
    """An id and a branch are enough; all else has a default that says nothing."""
    record = cm.Clients(id=["C1"], branch="B1").to_records()[0]
    assert record == {
        "id": "C1",
        "branch": "B1",
        "assets": 0,
        "last_trade": None,
        "opened": None,
        "closed": None,
        "institution": False,
        "family": None,
        "introducer": None,
    }


def test_assets_may_be_negative_and_a_client_may_never_have_traded() -> None:
    """Real balances are overdrawn; a missing day is NaT."""
    clients = cm.Clients(id=[1, 2], branch="B", assets=[-5, 5], last_trade=[DAY, None])
    assert clients.assets.tolist() == [-5, 5]
    assert np.isnat(clients.last_trade).tolist() == [False, True]


def test_a_client_cannot_close_before_it_opens() -> None:
    """Closing on the day of opening is closing before it was a client; that is allowed."""
    with pytest.raises(DataError, match=r"clients.closed row 1 \(2\): got '2026-06-29'") as caught:
        cm.Clients(id=[1, 2], branch="B", opened=DAY, closed=[DAY, DAY - 1])
    assert caught.value.findings[0].expected == "a day not before `opened`"


def test_a_client_is_valued_once_a_day() -> None:
    """No order of rows may decide between two values."""
    day = [DAY, DAY - 1, DAY, DAY]
    with pytest.raises(DataError, match=r"1 bad row\n  valuations.date row 3: got '2026-06-30'"):
        cm.Valuations(client=["a", "a", "b", "a"], date=day, assets=[1, 2, 3, 4])
    cm.Valuations(client=["a", "a", "b"], date=day[:3], assets=[1, 2, 3])
    cm.Valuations(client=[], date=[], assets=[])


def test_flows_of_one_day_may_be_several() -> None:
    """Each stands for itself."""
    flows = cm.Flows(client=["a", "a"], date=DAY, amount=[5, -5])
    assert flows.amount.tolist() == [5, -5]
    check_table(flows)


def test_an_event_is_the_client_s_own_unless_it_says_otherwise() -> None:
    """Interest is paid without anybody asking for it."""
    events = cm.AccountEvents(client=["a", "a"], date=DAY, kind=["login", "interest"], initiated=[True, False])
    assert events.initiated.tolist() == [True, False]
    assert cm.AccountEvents(client=["a"], date=DAY, kind="login").initiated.all()
    check_table(events)


def test_tables_of_history_show_their_size() -> None:
    """The repr is one short line."""
    assert repr(cm.Valuations(client=["a"], date=DAY, assets=[1])) == "Valuations(1 rows)"
    assert repr(cm.Flows(client=["a"], date=DAY, amount=[1])) == "Flows(1 rows)"
    assert repr(cm.AccountEvents(client=["a"], date=DAY, kind="x")) == "AccountEvents(1 rows)"
