"""`release_dormant`: booked clients that have fallen asleep go to the dormant pool of their branch."""

from collections.abc import Iterable

import attrs
import numpy as np

from clientmgr.dormancy.find import Dormancy
from clientmgr.ownership import Known, Ledger, Owners, OwnershipChanges
from clientmgr.tables import AnyArray, Coded, Id, Result

__all__ = ["Release", "release_dormant"]


@attrs.frozen(eq=False, repr=False, slots=False)
class Release(Result):
    """The dormant clients that leave their owners.

    Attributes:
        on: the day from which they are in the dormant pool.
        client: who is released, in the order of the facts.
        manager: whose book the client was in; missing where it was a team's or in the unassigned
            pool.
        team: the team whose book it was in.
        branch: the branch of the client's book.
        kept: dormant clients who stay, since their branch keeps such clients in the books.
        changes: the ownership changes to append.
    """

    on: np.datetime64
    client: Coded
    manager: Coded
    team: Coded
    branch: Coded
    kept: Coded
    changes: OwnershipChanges

    def __len__(self) -> int:
        """Count the clients released."""
        return len(self.client)

    def __repr__(self) -> str:
        """Say how many are released and how many stay."""
        return f"Release({len(self):,} clients on {self.on}, {len(self.kept):,} kept)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per client released."""
        names = ("client", "manager", "team", "branch")
        return {name: np.asarray(getattr(self, name)) for name in names}

    def explain(self, client: Id) -> str:
        """Say what becomes of a client."""
        if client in self.client:
            return f"{client} is dormant and goes to the dormant pool on {self.on}"
        if client in self.kept:
            return f"{client} is dormant, but its branch keeps such clients in the books"
        return f"{client} stays where it is: it is not dormant, or in a pool already"


def release_dormant(
    dormancy: Dormancy, ledger: Ledger, *, keep_in_books: Iterable[Id] = (), known: Known = None
) -> Release:
    """Propose that dormant clients leave their books for the dormant pool of their branch.

    A client that becomes due stays where it is until this is decided and appended. Key clients and
    clients in the dormant pool stay; those in the unassigned pool are moved, so that every manager
    may try them.

    Args:
        dormancy: who is dormant on which day.
        ledger: who owns whom; nothing is appended to it.
        keep_in_books: branches that leave dormant clients in their books.
        known: the ledger as it was known then; by default all that is known.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.dormancy import DormancyRule, find_dormant, release_dormant
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> clients = cm.Clients(id=["C1"], branch="B1", last_trade=[np.datetime64("2024-01-31")])
        >>> facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
        >>> first = OwnershipChanges(
        ...     client=["C1"],
        ...     valid=[np.datetime64("2024-01-01")],
        ...     kind="allocated",
        ...     manager=["M1"],
        ...     branch="B1",
        ... )
        >>> ledger = Ledger.start(first, known="2024-01-01")
        >>> release_dormant(find_dormant(facts, DormancyRule(), on="2025-08-01"), ledger)
        Release(1 clients on 2025-08-01, 0 kept)
    """
    asleep = np.flatnonzero(dormancy.dormant)
    owners = ledger.owners(dormancy.client[asleep], dormancy.on, known)
    booked = owners.is_owned & (owners.pool.missing | np.asarray(owners.pool == "unassigned"))
    kept = booked & owners.branch.isin(keep_in_books)
    rows = np.flatnonzero(booked & ~kept)
    return Release(
        on=dormancy.on,
        client=owners.client[rows],
        manager=owners.manager[rows],
        team=owners.team[rows],
        branch=owners.branch[rows],
        kept=owners.client[np.flatnonzero(kept)],
        changes=_changes(owners, rows),
    )


def _changes(owners: Owners, rows: AnyArray) -> OwnershipChanges:
    """Put some clients into the dormant pool of the branch that has them."""
    return OwnershipChanges(
        client=owners.client[rows],
        valid=owners.date[rows],
        kind="released",
        pool=np.full(len(rows), "dormant"),
        branch=owners.branch[rows],
    )
