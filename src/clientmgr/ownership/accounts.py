"""`register_accounts`: what the ledger has to learn about accounts opened and closed in a period."""

import attrs
import numpy as np

from clientmgr.facts import Facts
from clientmgr.ownership.changes import OwnershipChanges
from clientmgr.ownership.kinds import CLOSED, NOT_OPEN
from clientmgr.ownership.ledger import Ledger
from clientmgr.periods import Period
from clientmgr.tables import AnyArray, Coded, Days, Flags, Id, Result

__all__ = ["Registration", "register_accounts"]

ACTIONS = np.array(["closed", "developed", "opened", "reopened"])
CLOSING, DEVELOPED, OPENED, REOPENED = range(4)
UNASSIGNED = Coded.of(["unassigned"])
LAST_DAY = np.int32(np.iinfo(np.int32).max)


@attrs.frozen(eq=False, repr=False, slots=False)
class Registration(Result):
    """What a period's openings and closings mean for the ledger.

    Attributes:
        period: the period.
        changes: the marks to append, one row each.
        missing: clients open at the end of the period that neither the ledger nor these changes
            have an owner for, because they were opened before the period; they wait for an
            allocation.
    """

    period: Period
    changes: OwnershipChanges
    missing: Coded

    def __len__(self) -> int:
        """Count the changes."""
        return len(self.changes)

    def __repr__(self) -> str:
        """Count the changes of each kind."""
        kinds = [(kind, int((self.changes.kind == kind).sum())) for kind in ACTIONS.tolist()]
        told = ", ".join(f"{count:,} {kind}" for kind, count in kinds if count) or "nothing"
        return f"Registration({self.period}: {told}; {len(self.missing):,} missing)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the columns of the changes."""
        return self.changes.to_columns()

    def explain(self, client: Id) -> str:
        """Say what is proposed for a client, and why."""
        rows = self.changes.take(np.flatnonzero(self.changes.client == client)).to_records()
        if rows:
            return "; ".join(f"{client} {_said(row)}" for row in rows)
        if client in self.missing:
            return f"{client} was opened before {self.period} and has no owner: allocate it"
        return f"{client} was neither opened nor closed in {self.period}, or the ledger knows already"


def register_accounts(facts: Facts, ledger: Ledger, *, period: Period | str) -> Registration:
    """Propose the marks of the accounts opened and closed in a period, for those that the ledger does not have yet.

    Who was brought by an introducer is `developed` and begins in the introducer's book; a walk-in
    is `opened` into the unassigned pool of its branch, and so is a client whose introducer had left
    by then. A client that the ledger has as closed is `reopened`. The day of `Clients.closed` is
    the first without an owner.

    Args:
        facts: clients with `opened`, `closed` and `introducer`.
        ledger: what is known now; nothing is appended to it.
        period: such as "2026-07".

    Returns:
        The changes, and the open clients that have no owner. O(clients).

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.ownership import Ledger, OwnershipChanges, register_accounts
        >>> opened = np.array(["2026-07-02", "2026-07-20"], "datetime64[D]")
        >>> clients = cm.Clients(id=["C1", "C2"], branch="B1", opened=opened, introducer=["M1", None])
        >>> facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
        >>> ledger = Ledger.start(OwnershipChanges.none(), known="2026-07-01")
        >>> register_accounts(facts, ledger, period="2026-07")
        Registration(2026-07: 1 developed, 1 opened; 0 missing)
    """
    when, clients = Period.of(period), facts.clients
    codes = ledger.codes(clients.id)
    opening = _happened(clients.opened, when) & ~(clients.closed <= clients.opened)
    before = _answers(ledger, codes, clients.opened)
    opening &= (before < 0) & (before == ledger.look_up(codes, np.full(len(codes), LAST_DAY)))
    closing = _happened(clients.closed, when) & ~(clients.closed <= clients.opened)
    open_then = _answers(ledger, codes, clients.closed - 1)
    closing &= (opening | (open_then >= 0)) & (_answers(ledger, codes, clients.closed) != CLOSED)
    changes = OwnershipChanges.concat([_openings(facts, opening, before), _closings(facts, closing)])
    return Registration(when, changes, _without_owner(facts, ledger, when, opening))


def _said(row: dict[str, object]) -> str:
    """Say one change in words."""
    if row["kind"] == "closed":
        return f"is closed from {row['valid']}"
    whose = f"manager {row['manager']}" if row["manager"] is not None else "the unassigned pool"
    return f"is {row['kind']} on {row['valid']} into {whose}"


def _happened(days: Days, period: Period) -> Flags:
    """Mark the days that lie in a period."""
    return (days >= period.start) & (days <= period.end)


def _answers(ledger: Ledger, codes: AnyArray, days: Days) -> AnyArray:
    """Look each client up on a day of its own; NOT_OPEN where there is no day."""
    known = ~np.isnat(days)
    number = np.where(known, days.view(np.int64), 0).astype(np.int32)
    return np.where(known, ledger.look_up(codes, number), NOT_OPEN)


def _openings(facts: Facts, opening: Flags, before: AnyArray) -> OwnershipChanges:
    """Write the first marks of new clients."""
    row, clients, managers = np.flatnonzero(opening), facts.clients, facts.managers
    introducer = clients.introducer[row]
    place = managers.rows(introducer)
    opened = clients.opened[row]
    left, joined = (np.append(days, np.datetime64("NaT"))[place] for days in (managers.left, managers.joined))
    there = (place >= 0) & ~(left <= opened) & ~(joined > opened)
    kind = np.where(there, DEVELOPED, OPENED)
    kind[before[row] == CLOSED] = REOPENED
    return OwnershipChanges(
        client=clients.id[row],
        valid=opened,
        kind=Coded.from_codes(ACTIONS, kind),
        manager=Coded.from_codes(introducer.vocabulary, np.where(there, introducer.codes, -1)),
        pool=Coded.from_codes(UNASSIGNED.vocabulary, np.where(there, -1, 0)),
        branch=clients.branch[row],
    )


def _closings(facts: Facts, closing: Flags) -> OwnershipChanges:
    """Write the marks that end an account."""
    row = np.flatnonzero(closing)
    clients = facts.clients
    return OwnershipChanges(
        client=clients.id[row],
        valid=clients.closed[row],
        kind=Coded.from_codes(ACTIONS, np.full(len(row), CLOSING)),
        branch=clients.branch[row],
    )


def _without_owner(facts: Facts, ledger: Ledger, period: Period, opening: Flags) -> Coded:
    """List the clients open at the end of a period without an owner."""
    codes = ledger.codes(facts.clients.id)
    ends = np.full(len(codes), period.end, "datetime64[D]")
    answer = _answers(ledger, codes, ends)
    owned = (answer >= 0) | opening
    missing: Coded = facts.clients.id[facts.open_clients(period.end) & ~owned]
    return missing
