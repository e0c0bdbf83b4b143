"""Accounts opened and closed in a period find their way into the ledger."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings

import clientmgr as cm
from clientmgr.ownership import Ledger, register_accounts
from clientmgr.testing import branches
from clientmgr.testing.ownership import Change, lone, to_table

NAT = "NaT"


def days(*texts: str) -> np.ndarray:
    """Read a column of days."""
    return np.array(texts, "datetime64[D]")


def facts_with(**columns: object) -> cm.Facts:
    """Make facts of some clients and two managers, one of whom left on 10 July."""
    managers = cm.Managers(id=["M1", "M2"], branch="B1", left=days(NAT, "2026-07-10"))
    return cm.Facts(clients=cm.Clients(branch="B1", **columns), managers=managers)  # type: ignore[arg-type]


LEDGER = Ledger.start(
    to_table(
        [
            Change("C1", dt.date(2026, 7, 1), "allocated", lone("manager", "M1")),
            Change("C2", dt.date(2026, 7, 1), "allocated", lone("manager", "M1")),
            Change("C2", dt.date(2026, 7, 5), "closed"),
        ]
    ),
    known="2026-07-01",
)


def test_openings_and_closings_become_marks() -> None:
    """By an introducer who is there, as a walk-in, again after a closing; and closed."""
    facts = facts_with(
        id=["C1", "C2", "C3", "C4", "C5"],
        opened=days(NAT, "2026-07-20", "2026-07-02", "2026-07-31", "2026-07-15"),
        closed=days("2026-07-30", NAT, "2026-07-20", NAT, NAT),
        introducer=[None, None, "M2", None, "M2"],
    )
    found = register_accounts(facts, LEDGER, period="2026-07")
    told = [(r["client"], r["kind"], r["manager"], r["pool"]) for r in found.changes.to_records()]
    assert told == [
        ("C2", "reopened", None, "unassigned"),
        ("C3", "developed", "M2", None),
        ("C4", "opened", None, "unassigned"),
        ("C5", "opened", None, "unassigned"),
        ("C1", "closed", None, None),
        ("C3", "closed", None, None),
    ]
    grown = LEDGER.append(found.changes, known="2026-08-01", facts=facts)
    assert grown.owners(facts.clients.id, "2026-07-31").is_owned.tolist() == [False, True, False, True, True]
    assert len(register_accounts(facts, grown, period="2026-07")) == 0
    assert repr(found) == "Registration(2026-07: 2 closed, 1 developed, 2 opened, 1 reopened; 0 missing)"
    assert "client" in found.to_columns()


def test_what_was_opened_before_waits_for_an_allocation() -> None:
    """The ledger's first mark says whether a client is existing: an older one is not opened now."""
    facts = facts_with(id=["C1", "C7", "C8"], opened=days(NAT, "2026-06-01", NAT))
    found = register_accounts(facts, LEDGER, period="2026-07")
    assert (len(found), found.missing.tolist()) == (0, ["C7", "C8"])
    assert found.explain("C7") == "C7 was opened before 2026-07 and has no owner: allocate it"
    assert "neither opened nor closed" in found.explain("C1")
    assert repr(found) == "Registration(2026-07: nothing; 2 missing)"


def test_a_client_that_the_ledger_knows_from_a_later_day_keeps_its_origin() -> None:
    """An allocation on the first stays the first mark, though the account was opened before in that month."""
    first = Change("C1", dt.date(2026, 7, 20), "allocated", lone("manager", "M1"))
    ledger = Ledger.start(to_table([first]), known="2026-07-20")
    facts = facts_with(id=["C1"], opened=days("2026-07-03"))
    assert len(register_accounts(facts, ledger, period="2026-07")) == 0


def test_an_account_opened_and_closed_on_one_day_never_was() -> None:
    """It has no day on which somebody could own it."""
    facts = facts_with(id=["C9"], opened=days("2026-07-03"), closed=days("2026-07-03"))
    assert len(register_accounts(facts, LEDGER, period="2026-07")) == 0


@pytest.mark.parametrize(
    ("client", "said"),
    [
        ("C3", "C3 is developed on 2026-07-02 into manager M1; C3 is closed from 2026-07-09"),
        ("C4", "into the unassigned pool"),
    ],
)
def test_each_mark_says_why(client: str, said: str) -> None:
    """The explanation names the day and the book."""
    facts = facts_with(
        id=["C3", "C4"],
        opened=days("2026-07-02", "2026-07-03"),
        closed=days("2026-07-09", NAT),
        introducer=["M1", None],
    )
    assert said in register_accounts(facts, LEDGER, period="2026-07").explain(client)


@given(branches(max_clients=8))
@settings(max_examples=15)
def test_a_year_of_registrations_leaves_no_new_client_without_an_owner(facts: cm.Facts) -> None:
    """Month by month, whoever is open at the end of the year was either there before, or has an owner."""
    ledger = Ledger.start(to_table([]), known="2020-01-01")
    period = cm.periods.Period.of("2024")
    for month in period.months():
        found = register_accounts(facts, ledger, period=month)
        ledger = ledger.append(found.changes, known=month.end + 1)
    opened = facts.clients.opened
    new = facts.open_clients(period.end) & (opened >= period.start)
    assert ledger.owners(facts.clients.id[new], period.end).is_owned.all()
