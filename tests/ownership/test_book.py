"""The book of an owner on a day."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings

from clientmgr.ownership import Ledger, Owner
from clientmgr.testing.ownership import Change, ledgers, lone, to_table

DAY = dt.date(2026, 3, 2)
BOTH = frozenset({("manager", "M1", "developer", 1, 2, False), ("manager", "M1", "servicer", 1, 2, False)})


@pytest.fixture
def ledger() -> Ledger:
    """Give one manager two clients, one of them in two roles, and put two into pools."""
    changes = [
        Change("C2", DAY, "allocated", lone("manager", "M1")),
        Change("C1", DAY, "developed", BOTH),
        Change("C3", DAY, "allocated", lone("pool", "dormant"), "B1"),
        Change("C4", DAY, "allocated", lone("pool", "dormant"), "B2"),
        Change("C2", dt.date(2026, 3, 9), "closed", branch=""),
    ]
    return Ledger.start(to_table(changes), known="2026-03-02")


def test_a_book_lists_clients_by_id(ledger: Ledger) -> None:
    """Twice where the owner has two roles."""
    book = ledger.book("M1", "2026-03-05")
    assert book.client.tolist() == ["C1", "C1", "C2"]
    assert book.role.tolist() == ["developer", "servicer", ""]
    assert book.origin.tolist() == ["new", "new", "existing"]
    assert book.acquired_as.tolist() == ["developed", "developed", "allocated"]
    assert repr(book) == "Book(manager M1, 2 clients on 2026-03-05)"
    assert len(book.to_columns()["since"]) == len(book) == 3


def test_a_closed_client_is_in_no_book(ledger: Ledger) -> None:
    """From the closing day on."""
    assert ledger.book("M1", "2026-03-09").client.tolist() == ["C1", "C1"]


def test_a_pool_is_that_of_one_branch_or_of_all(ledger: Ledger) -> None:
    """A pool named without a branch is every branch's."""
    assert ledger.book(Owner.pool("dormant", "B2"), DAY).client.tolist() == ["C4"]
    assert ledger.book(Owner.pool("dormant"), DAY).client.tolist() == ["C3", "C4"]
    assert len(ledger.book("M9", DAY)) == 0


@given(ledgers(max_batches=5))
@settings(max_examples=15)
def test_books_hold_every_owned_client_in_whole(made: Ledger) -> None:
    """Conserved shares over all books add up to one for each owned client, to nothing for others."""
    on = "2026-02-05"
    owned = made.owners(made.clients, on).is_owned
    total: dict[Any, float] = {}
    parties = made.sets.parties
    for owner in (parties[number] for number in range(len(parties))):
        book = made.book(owner, on)
        for client, share, of, overlay in zip(book.client, book.share, book.of, book.overlay, strict=True):
            total[client] = total.get(client, 0) + (0 if overlay else share / of)
    expected = [client for client, there in zip(made.clients, owned, strict=True) if there]
    assert sorted(total) == expected
    assert all(abs(share - 1) < 1e-12 for share in total.values())
