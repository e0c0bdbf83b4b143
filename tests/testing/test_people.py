"""The drafts that people are drawn as."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.testing.dials import NEVER, Settings
from clientmgr.testing.people import (
    Client,
    Manager,
    Naming,
    client_drafts,
    make_clients,
    make_managers,
    manager_drafts,
    namings,
    staff_drafts,
    to_days,
)

DAY = np.datetime64("2026-01-31")


@given(namings(Settings(integer_ids=True)), namings(Settings(integer_ids=False)), st.integers(0, 30))
def test_ids_are_distinct_and_of_the_kind_asked_for(whole: Naming, text: Naming, count: int) -> None:
    """However many there are."""
    for naming, kind in ((whole, int), (text, str)):
        ids = naming.ids(count)
        assert len(set(ids)) == count
        assert all(isinstance(id_, kind) for id_ in ids)


@given(client_drafts(Settings()), manager_drafts(Settings()))
def test_nobody_goes_before_coming(client: Client, manager: Manager) -> None:
    """A draft is a valid row."""
    assert not client.closed <= client.opened
    assert not manager.left < manager.joined


@given(staff_drafts(Settings(min_managers=2, max_managers=3)))
def test_a_staff_has_the_managers_asked_for(staff: list[Manager]) -> None:
    """Heads and people who move come on top."""
    plain = [who for who in staff if who.licence and not who.head and np.isnat(who.left)]
    assert len(plain) >= 2
    assert len(staff) <= 3 + 2 + 2


@pytest.mark.parametrize(
    ("opened", "closed", "traded", "expected"),
    [
        (NEVER, NEVER, NEVER, "NaT"),
        (NEVER, NEVER, DAY - 5, str(DAY - 5)),
        (DAY - 2, NEVER, DAY - 5, str(DAY - 2)),
        (NEVER, DAY - 9, DAY - 5, str(DAY - 10)),
        (DAY + 1, NEVER, DAY + 2, "NaT"),
        (NEVER, NEVER, DAY + 9, str(DAY)),
    ],
)
def test_a_last_trade_is_brought_into_the_client_s_time(
    opened: np.datetime64, closed: np.datetime64, traded: np.datetime64, expected: str
) -> None:
    """Not before opening, not after closing, not after the day."""
    draft = Client(5, opened, closed, traded, institution=False, introducer=0)
    table = make_clients([1], ["B"], [draft], until=DAY)
    assert str(table.last_trade[0]) == expected


def test_a_whale_owns_more_than_all_others() -> None:
    """Even where these owe."""
    drafts = [Client(a, NEVER, NEVER, NEVER, False, 0) for a in (10, -50, 3)]  # noqa: FBT003
    table = make_clients([1, 2, 3], ["B"] * 3, drafts, until=DAY, whale=2)
    assert table.assets.tolist() == [10, 127, 3]
    assert make_clients([1], ["B"], drafts[:1], until=DAY, whale=2).assets.tolist() == [10]


def test_an_introducer_was_there_on_the_day() -> None:
    """A manager of the branch; nobody where there is none or the day is not known."""
    staff = make_managers(
        ["M1", "M2", "H"],
        ["B", "B", "B"],
        [Manager(), Manager(joined=DAY + 1), Manager(head=True)],
    )
    drafts = [Client(0, day, NEVER, NEVER, False, 1) for day in (DAY, NEVER)]  # noqa: FBT003
    table = make_clients([1, 2], ["B", "B"], drafts, until=DAY, staff=staff)
    assert table.introducer.tolist() == ["M1", None]
    elsewhere = make_clients([1], ["B9"], drafts[:1], until=DAY, staff=staff)
    assert elsewhere.introducer.tolist() == [None]


def test_a_column_of_no_days_is_one_of_days() -> None:
    """So that an empty table has the right type."""
    assert to_days([]).dtype == np.dtype("datetime64[D]")
