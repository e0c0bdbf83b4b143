"""The ledgers and laws that the library ships for testing hold what they promise."""

import datetime as dt

import pytest
from hypothesis import Phase, find, given, settings

from clientmgr.errors import CheckError
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.testing.ownership import (
    Change,
    PlainCalendars,
    check_ledger,
    check_past_unchanged,
    check_round_trip,
    histories,
    ledgers,
    to_table,
)

DAY = dt.date(2026, 1, 5)
M1 = frozenset({("manager", "M1", "", 1, 1, False)})
M2 = frozenset({("manager", "M2", "", 1, 1, False)})


def started(owners: frozenset[tuple[str, str | int, str, int, int, bool]]) -> Ledger:
    """Start a ledger in which one client is allocated."""
    return Ledger.start(to_table([Change("C1", DAY, "allocated", owners)]), known="2026-01-05")


@pytest.mark.parametrize("kind", ["withdrawn", "closed", "reopened"])
def test_the_strategy_reaches_every_kind_of_change(kind: str) -> None:
    """Corrections, closings and reopenings are among the batches drawn."""
    quick = settings(max_examples=500, phases=[Phase.generate], database=None)
    wanted = find(histories(), lambda all_: any(c.kind == kind for b in all_ for c in b), settings=quick)
    assert wanted


@given(ledgers(max_batches=4))
@settings(max_examples=10)
def test_drawn_ledgers_can_be_written_down(ledger: Ledger) -> None:
    """A drawn ledger comes back from its log."""
    check_round_trip(ledger)


def test_another_owner_is_noticed() -> None:
    """The law fails when the ledger and the calendars differ."""
    plain = PlainCalendars()
    assert plain.append([Change("C1", DAY, "allocated", M2)])
    with pytest.raises(CheckError, match="the ledger answers"):
        check_ledger(started(M1), plain)


def test_an_empty_history_asks_nothing() -> None:
    """Nothing appended, nothing to compare."""
    check_ledger(Ledger.start(OwnershipChanges.none(), known="2026-01-01"), PlainCalendars())


def test_a_rewritten_past_is_noticed() -> None:
    """The law fails when what was known at an earlier batch differs."""
    with pytest.raises(CheckError, match="has changed"):
        check_past_unchanged(started(M1), started(M2))


def test_a_changed_copy_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law fails when JSON gives another ledger back."""
    monkeypatch.setattr(Ledger, "loads", lambda _: started(M2))
    with pytest.raises(CheckError, match="comes back changed"):
        check_round_trip(started(M1))


def test_withdrawing_nothing_is_not_written() -> None:
    """The plain calendars refuse what the ledger refuses."""
    plain = PlainCalendars()
    assert not plain.append([Change("C1", DAY, "withdrawn")])
    assert not plain.append([Change("C1", DAY, "transferred", M1)])
    assert plain.answer("C1", DAY, -1) is None
    assert plain.origin("C1", DAY, -1) is None
    assert not plain.is_open("C1", DAY)
