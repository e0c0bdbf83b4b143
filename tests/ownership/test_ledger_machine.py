"""Whatever happens to clients, in whatever order, the ledger agrees with plain calendars."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clientmgr.errors import DataError
from clientmgr.ownership import Ledger, OwnershipChanges, end_changes, undo_batch
from clientmgr.testing.ownership import (
    Change,
    PlainCalendars,
    check_ledger,
    check_past_unchanged,
    check_round_trip,
    to_table,
)

FIRST = dt.date(2026, 1, 30)
days = st.integers(0, 20).map(lambda n: FIRST + dt.timedelta(days=n))
number = st.integers(0, 4)
Owners = frozenset[tuple[str, Any, str, int, int, bool]]


def lone(kind: str, name: str) -> Owners:
    """Make the set of a lone owner."""
    return frozenset({(kind, name, "", 1, 1, False)})


class LedgerMachine(RuleBasedStateMachine):
    """Opens, divides, moves, closes and corrects clients in any order."""

    def __init__(self) -> None:
        """Begin with an empty ledger and no calendars."""
        super().__init__()
        self.ledger = Ledger.start(OwnershipChanges.none(), known="2026-01-01")
        self.plain = PlainCalendars()
        self.managers = ["M1", "M2"]
        self.clients = 0

    def append(self, *changes: Change) -> bool:
        """Append to both; they accept or refuse the same, and the past stays as it was."""
        before = self.ledger
        if not changes:
            return False
        if self.plain.append(changes):
            self.ledger = before.append(to_table(changes), known="2026-01-01")
            check_past_unchanged(before, self.ledger)
            return True
        with pytest.raises(DataError, match="the ledger stays as it was"):
            before.append(to_table(changes), known="2026-01-01")
        return False

    def client(self, pick: int) -> str:
        """Pick one of the clients."""
        return f"C{pick % max(self.clients, 1)}"

    def manager(self, pick: int) -> Owners:
        """Pick one of the managers."""
        return lone("manager", self.managers[pick % len(self.managers)])

    @initialize(pick=number)
    def divide(self, pick: int) -> None:
        """Allocate two existing clients and hold one in the dormant pool."""
        self.clients = 3
        owners = [self.manager(pick), self.manager(pick + 1), lone("pool", "dormant")]
        self.append(*(Change(f"C{n}", FIRST, "allocated", o) for n, o in enumerate(owners)))

    @rule(valid=days, pick=number, kind=st.sampled_from(["opened", "developed"]))
    def open_account(self, valid: dt.date, pick: int, kind: str) -> None:
        """Open an account, as a walk-in or by an introducer."""
        owner = self.manager(pick) if kind == "developed" else lone("pool", "unassigned")
        self.append(Change(f"C{self.clients}", valid, kind, owner))
        self.clients += 1

    @rule(valid=days, pick=number, who=number)
    def transfer(self, valid: dt.date, pick: int, who: int) -> None:
        """Move a client to another manager, told early or late."""
        self.append(Change(self.client(pick), valid, "transferred", self.manager(who)))

    @rule(valid=days, pick=number, who=number)
    def claim(self, valid: dt.date, pick: int, who: int) -> None:
        """Give a client to who woke it."""
        self.append(Change(self.client(pick), valid, "claimed", self.manager(who)))

    @rule(valid=days, pick=number, who=number)
    def allocate_again(self, valid: dt.date, pick: int, who: int) -> None:
        """Divide a client anew, between a developer and a servicer."""
        mine, other = self.managers[who % len(self.managers)], self.managers[0]
        shared = frozenset({("manager", mine, "developer", 1, 3, False), ("manager", other, "servicer", 2, 3, False)})
        self.append(Change(self.client(pick), valid, "allocated", shared))

    @rule(valid=days, pick=number)
    def release(self, valid: dt.date, pick: int) -> None:
        """Release a client to the dormant pool."""
        self.append(Change(self.client(pick), valid, "released", lone("pool", "dormant")))

    @rule(valid=days, pick=number)
    def close(self, valid: dt.date, pick: int) -> None:
        """Close an account."""
        self.append(Change(self.client(pick), valid, "closed", branch=""))

    @rule(valid=days, pick=number, who=number)
    def reopen(self, valid: dt.date, pick: int, who: int) -> None:
        """Reopen a closed account."""
        self.append(Change(self.client(pick), valid, "reopened", self.manager(who)))

    @rule()
    def join(self) -> None:
        """A manager joins."""
        self.managers.append(f"M{len(self.managers) + 1}")

    @rule(valid=days, pick=number)
    @precondition(lambda self: len(self.managers) > 1)
    def leave(self, valid: dt.date, pick: int) -> None:
        """A manager leaves, and the book goes to the unassigned pool."""
        gone = self.managers.pop(pick % len(self.managers))
        book = self.ledger.book(gone, valid).client
        held = sorted(set(book.tolist()))
        pool = lone("pool", "unassigned")
        self.append(*(Change(client, valid, "left_with_manager", pool) for client in held))

    @rule(pick=number, place=number, who=number)
    def correct(self, pick: int, place: int, who: int) -> None:
        """Correct the owner of a mark; its kind stays."""
        calendar = self.plain.latest.get(self.client(pick), {})
        owned = [valid for valid in sorted(calendar) if calendar[valid].kind != "closed"]
        if owned:
            valid = owned[place % len(owned)]
            self.append(Change(self.client(pick), valid, calendar[valid].kind, self.manager(who)))

    @rule(pick=number, place=number)
    def withdraw(self, pick: int, place: int) -> None:
        """Take a word back, where the rest still makes sense."""
        calendar = self.plain.latest.get(self.client(pick), {})
        if calendar:
            valid = sorted(calendar)[place % len(calendar)]
            self.append(Change(self.client(pick), valid, "withdrawn", branch=""))

    @rule(pick=number, who=number, valid=days, length=st.integers(1, 6))
    def cover(self, pick: int, who: int, valid: dt.date, length: int) -> None:
        """Let somebody stand in for a while; before and after, all is as it was."""
        client, until = self.client(pick), valid + dt.timedelta(days=length)
        cover = to_table([Change(client, valid, "handed_over", self.manager(who))])
        closed = any(
            valid < day <= until and change.kind == "closed"
            for day, change in self.plain.latest.get(client, {}).items()
        )
        if closed or not self.plain.is_open(client, valid):
            with pytest.raises(DataError, match="cannot state an end"):
                end_changes(self.ledger, cover, until=until)
            return
        changes = end_changes(self.ledger, cover, until=until)
        later = self.ledger.owners(client, until)
        if self.append(*plain_changes(changes)):
            last = self.ledger.owners(client, until - dt.timedelta(days=1))
            assert last.kind.tolist() == ["handed_over"]
            assert self.ledger.owners(client, until).manager.tolist() == later.manager.tolist()

    @rule(back=number)
    @precondition(lambda self: len(self.plain.after) > 1)
    def undo(self, back: int) -> None:
        """Take a whole batch back, where the rest still makes sense."""
        batch = max(len(self.plain.after) - 1 - back, 0)
        self.append(*plain_changes(undo_batch(self.ledger, batch)))

    @invariant()
    def all_answers_agree(self) -> None:
        """Nobody is lost, nobody doubled: every client on every day has the owners of its calendar."""
        check_ledger(self.ledger, self.plain, batch=len(self.plain.after) - 1)

    @invariant()
    def books_and_pools_hold_every_open_client_once(self) -> None:
        """Conserved shares of all open clients add up to one client each."""
        on = np.datetime64(FIRST + dt.timedelta(days=10))
        owners = self.ledger.owners(self.ledger.clients, on)
        expected = sum(self.plain.is_open(c, on.item()) for c in self.plain.latest)
        assert int(owners.is_owned.sum()) == expected

    def teardown(self) -> None:
        """At the end all earlier batches are asked about, too, and everything is replayed from the log."""
        check_ledger(self.ledger, self.plain)
        check_round_trip(self.ledger)


def plain_changes(table: OwnershipChanges) -> list[Change]:
    """Read proposed changes as plain values."""
    found: dict[tuple[Any, dt.date], list[dict[str, Any]]] = {}
    for row in table.to_records():
        found.setdefault((row["client"], row["valid"]), []).append(row)
    return [
        Change(client, valid, rows[0]["kind"], frozenset(map(_owner, rows)) - {None}, rows[0]["branch"])
        for (client, valid), rows in found.items()
    ]


def _owner(row: dict[str, Any]) -> Any:
    """Read the owner of a row; None for an ownerless change."""
    for kind in ("manager", "team", "pool"):
        if row[kind] is not None:
            return kind, row[kind], row["role"], row["share"], row["of"], row["overlay"]
    return None


LedgerMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestLedger = LedgerMachine.TestCase
