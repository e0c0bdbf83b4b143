"""Appending batch by batch gives the ledger that all rows at once give."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.errors import DataError
from clientmgr.ownership import Ledger, OwnershipLog
from clientmgr.ownership.build import add_batch, build_calendars
from clientmgr.testing.ownership import Change, ledgers, lone, to_table

DAY = dt.date(2026, 3, 2)
NOW = np.datetime64("2026-03-02T00:00:00")


@given(ledgers())
@settings(max_examples=25)
def test_merging_gives_what_sorting_gives(ledger: Ledger) -> None:
    """The log of a ledger that grew is the log of one built at once."""
    at_once = Ledger.from_log(ledger.log())
    for name in ("client", "valid", "batch", "kind", "branch", "start"):
        assert getattr(at_once.marks, name).tolist() == getattr(ledger.marks, name).tolist()


def test_sets_keep_their_numbers_when_others_come() -> None:
    """A batch adds to the owner sets, and never renumbers them."""
    first = build_calendars(to_table([Change("C1", DAY, "allocated", lone("manager", "M5"))]), np.array([NOW]))
    changes = [Change("C2", DAY, "allocated", lone("manager", name)) for name in ("M1",)]
    grown = add_batch(first, to_table(changes), NOW)
    assert [grown.sets.parties[int(p)].id for p in grown.sets.party] == ["M5", "M1"]
    assert len(grown.recorded) == 2


def test_a_log_that_contradicts_itself_is_refused() -> None:
    """Each row that is refused is named, in the order of the table."""
    days = np.array(["2026-03-09", "2026-03-02"], "datetime64[D]")
    log = OwnershipLog(
        client=["C1", "C1"], valid=days, kind=["claimed", "closed"], manager=["M1", None], batch=0, known="2026-03-02"
    )
    with pytest.raises(DataError, match="2 bad rows") as caught:
        Ledger.from_log(log)
    assert {finding.row for finding in caught.value.findings} == {0, 1}
    assert "closed on 2026-03-02" in str(caught.value)


def test_text_clients_do_not_mix_with_integers() -> None:
    """One ledger has one kind of client id."""
    ledger = Ledger.start(to_table([Change("C1", DAY, "allocated", lone("manager", "M1"))]), known="2026-03-02")
    with pytest.raises(DataError, match="text ids and integer ids"):
        ledger.append(to_table([Change(1, DAY, "allocated", lone("manager", "M1"))]), known="2026-03-02")
