"""Tests of the oracle of attribution."""

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.check.commission_charging import half_up
from clientmgr.check.commission_oracle import Calendars, Credit, share, whole_months
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import months_between


def changes(day: Any, kind: Any, manager: Any = None) -> Any:
    """Make one change of one client."""
    return OwnershipChanges(client="C1", valid=np.array([day], "M8[D]"), kind=kind, manager=[manager], branch="B1")


def test_the_log_is_replayed_as_the_worked_example_says() -> None:
    """Told late, withdrawn, told again, closed: each batch has its own answer."""
    ledger = Ledger.start(changes("2026-01-05", "allocated", "A"), known="2026-01-05")
    for day, kind, manager, known in (
        ("2026-04-01", "transferred", "B", "2026-04-02"),
        ("2026-02-01", "transferred", "C", "2026-05-10"),
        ("2026-04-01", "withdrawn", None, "2026-06-03"),
        ("2026-04-01", "transferred", "D", "2026-06-20"),
        ("2026-07-01", "closed", None, "2026-07-01"),
    ):
        ledger = ledger.append(changes(day, kind, manager), known=known)
    answers = {
        dt.date(2026, 2, 15): "AACCCC",
        dt.date(2026, 4, 10): "ABBCDD",
        dt.date(2026, 7, 1): "ABBCD",
    }
    for date, owners in answers.items():
        for batch, owner in enumerate(owners):
            found = Calendars(ledger, batch).find("C1", date)
            assert not isinstance(found, str)
            marks, place = found
            assert marks[place].members[0][0][1] == owner
    last = Calendars(ledger, 5)
    assert last.find("C1", dt.date(2026, 7, 1)) == "a day before the client's account was closed"
    assert last.find("C1", dt.date(2026, 1, 4)) == "a day on or after the client's opening"
    assert last.find("C2", dt.date(2026, 1, 4)) == "a client that the ledger knows"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)), st.integers(0, 4000))
def test_months_are_counted_as_the_calendar_counts_them(start: Any, days: Any) -> None:
    """The oracle's own count agrees with the library's."""
    end = start + dt.timedelta(days=days)
    assert whole_months(start, end) == months_between(start, end)


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(1, 99), min_size=1, max_size=6))
def test_shares_sum_to_the_net_and_lie_within_a_fen_of_the_exact(net: Any, weights: Any) -> None:
    """The quota bound of the largest remainder, and sign symmetry."""
    whole = sum(weights)
    credits_ = [Credit((i,), Fraction(w, whole), (i,)) for i, w in enumerate(weights)]
    made = [amount for _, amount in share(net, credits_)]
    assert sum(made) == net
    assert all(abs(amount - net * c.part) < 1 for amount, c in zip(made, credits_, strict=True))
    assert [amount for _, amount in share(-net, credits_)] == [-amount for amount in made]


def test_what_is_on_top_is_rounded_on_its_own() -> None:
    """An overlay takes nothing from the others."""
    credits_ = [Credit((0,), Fraction(1), (0,)), Credit((1,), Fraction(1, 2), (1,), on_top=True)]
    assert [amount for _, amount in share(5, credits_)] == [5, half_up(Fraction(5, 2))]
