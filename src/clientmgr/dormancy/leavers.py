"""`hand_over_book`: what becomes of the clients of a manager who leaves."""

from fractions import Fraction
from typing import Any, get_args

import attrs
import numpy as np

from clientmgr.dormancy.leaver_rule import Claimants, LeaverRule
from clientmgr.errors import DataError
from clientmgr.facts import Facts
from clientmgr.ownership import OWNER_KINDS, Known, Ledger, Owner, OwnershipChanges
from clientmgr.periods import DayLike, add_months, day
from clientmgr.tables import AnyArray, Coded, Id, Result

__all__ = ["HandOver", "hand_over_book"]

FORMER = "former"
LATE = len(get_args(Claimants))


@attrs.frozen(eq=False, repr=False, slots=False)
class HandOver(Result):
    """What becomes of each client of a leaver's book.

    Attributes:
        manager: who leaves.
        on: the first day without the manager.
        client: the clients of the book, by id.
        taker: who has the client now, in words.
        state: handed over, in the pool, claimed, claimed late, or pending while a claim waits for
            the window's end.
        since: the day from which the taker has it.
        changes: the ownership changes to append; those that the ledger has already are left out.
    """

    manager: Id
    on: np.datetime64
    client: Coded
    taker: Coded
    state: Coded
    since: AnyArray
    changes: OwnershipChanges

    def __len__(self) -> int:
        """Count the clients."""
        return len(self.client)

    def __repr__(self) -> str:
        """Say how many clients go where."""
        words, counts = np.unique(np.asarray(self.state), return_counts=True)
        told = ", ".join(f"{n:,} {w}" for w, n in zip(words.tolist(), counts.tolist(), strict=True))
        return f"HandOver({self.manager!r} leaves on {self.on}: {told or 'no clients'})"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per client."""
        return {n: np.asarray(getattr(self, n)) for n in ("client", "taker", "state", "since")}

    def explain(self, client: Id) -> str:
        """Say what becomes of a client.

        Raises:
            DataError: the client is not of this book.
        """
        hit = np.flatnonzero(self.client == client)
        if not len(hit):
            raise DataError(f"client {client!r} was not in the book of {self.manager!r} on {self.on}")
        row = int(hit[0])
        return f"{client}: {self.state[row]}, {self.taker[row]} from {self.since[row]}"


def hand_over_book(
    facts: Facts,
    ledger: Ledger,
    rule: LeaverRule,
    *,
    manager: Id,
    on: DayLike,
    until: DayLike | None = None,
    known: Known = None,
) -> HandOver:
    """Decide what becomes of the clients that a leaving manager owns or shares.

    Only the leaver's own part changes hands, in its role; co-owners keep theirs. Marks of a
    declining share lie ahead of the leaving; where the ledger has a later word on a client, that
    word ends them.

    Args:
        facts: managers, teams, introducers, and the records of claims.
        ledger: who owns whom; nothing is appended to it.
        rule: who gets the book.
        manager: who leaves.
        on: the first day without the manager.
        until: claims are read up to this day; by default none.
        known: the ledger as it was known before the hand-over; by default all that is known. Give
            it when claims are decided later: what is recorded already is not proposed again.

    Raises:
        DataError: the receiver is not there on the day, or is the leaver.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.dormancy import LeaverRule, hand_over_book
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1"], branch="B1"),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> first = OwnershipChanges(
        ...     client=["C1"],
        ...     valid=[np.datetime64("2026-01-01")],
        ...     kind="allocated",
        ...     manager=["M1"],
        ...     branch="B1",
        ... )
        >>> ledger = Ledger.start(first, known="2026-01-01")
        >>> rule = LeaverRule(receiver="M2", keeps=[(0, 1, 2), (12, 0, 1)])
        >>> decided = hand_over_book(facts, ledger, rule, manager="M1", on="2026-07-01")
        >>> [(str(r["valid"]), r["manager"], r["share"], r["of"]) for r in decided.changes.to_records()]
        [('2026-07-01', 'M1', 1, 2), ('2026-07-01', 'M2', 1, 2), ('2027-07-01', 'M2', 1, 1)]
    """
    left = day(on)
    _refuse_receiver(facts, rule, manager, left)
    last = left - 1 if until is None else day(until)
    office = _Office(facts, ledger, rule, manager, left, last, _claims(facts, rule, left, last))
    batch = ledger.batch(known)
    book = ledger.book(manager, left, batch).client
    ids = book.vocabulary[np.unique(book.codes)].tolist()
    sets = _sets_on(ledger, ids, left, batch)
    settled = [office.settle(client, *sets[client]) for client in ids]
    rows = [row for each in settled for row in each.rows]
    return HandOver(
        manager=manager,
        on=left,
        client=Coded.of(ids),
        taker=Coded.of([each.taker for each in settled]),
        state=Coded.of([each.state for each in settled]),
        since=np.array([each.since for each in settled], "datetime64[D]"),
        changes=OwnershipChanges.from_records(rows) if rows else OwnershipChanges.none(),
    )


Member = tuple[Owner, str, Fraction, bool]


@attrs.frozen
class _Settled:
    """What was decided about one client."""

    taker: str
    state: str
    since: np.datetime64
    rows: list[dict[str, Any]]


@attrs.frozen
class _Claim:
    """The claim that wins a client, or would."""

    manager: Id
    date: np.datetime64
    late: bool
    decided: bool


@attrs.frozen(eq=False)
class _Office:
    """Settles the clients of one leaver, one after the other."""

    facts: Facts
    ledger: Ledger
    rule: LeaverRule
    manager: Id
    on: np.datetime64
    until: np.datetime64
    claims: dict[Id, list[int]]

    def settle(self, client: Id, branch: Id, members: list[Member]) -> _Settled:
        """Decide about one client whose owners are given."""
        claim = self._claim(client, members)
        first = self._receiver()
        state = "handed over" if self.rule.receiver is not None else "in the pool"
        if claim is None or not claim.decided:
            pending = "pending" if claim is not None else state
            return _Settled(str(first), pending, self.on, self._rows(client, branch, members, None))
        rows = self._rows(client, branch, members, claim)
        said = "claimed late" if claim.late else "claimed"
        return _Settled(str(Owner("manager", claim.manager)), said, claim.date, rows)

    def _receiver(self) -> Owner:
        """Name who has the leaver's part first."""
        if self.rule.receiver is not None:
            return Owner("manager", self.rule.receiver)
        return Owner.pool(self.rule.pool)

    def _rows(self, client: Id, branch: Id, members: list[Member], claim: _Claim | None) -> list[dict[str, Any]]:
        """Write the marks: at the leaving, at each step of the kept share, at the claim."""
        days = {self.on, *(add_months(str(self.on), months) for months, _, _ in self.rule.keeps)}
        days |= {claim.date} if claim is not None else set()
        rows: list[dict[str, Any]] = []
        for valid in sorted(date for date in days if not self._overtaken(client, date, days)):
            owners = self._owners(valid, members, claim)
            if not self._recorded(client, valid, owners):
                head = {"client": client, "valid": valid.item(), "kind": self._kind(valid, claim)}
                rows += [head | {"branch": branch} | _member_row(member) for member in owners]
        return rows

    def _kind(self, valid: np.datetime64, claim: _Claim | None) -> str:
        """Say why the set of a day holds."""
        if claim is not None and valid >= claim.date:
            return "claimed"
        return "handed_over" if self.rule.receiver is not None else "left_with_manager"

    def _owners(self, valid: np.datetime64, members: list[Member], claim: _Claim | None) -> list[Member]:
        """Share the leaver's part out as it stands on a day; co-owners keep theirs."""
        reached = [m for m, _, _ in self.rule.keeps if add_months(str(self.on), m) <= valid]
        kept = self.rule.kept(reached[-1]) if reached else Fraction(0)
        shared: dict[tuple[Owner, str, bool], Fraction] = {}
        for owner, role, share, overlay in members:
            parts = [(owner, role, share)]
            if owner == Owner("manager", self.manager):
                takers = self._takers(valid, claim)
                parts = [(owner, FORMER, share * kept)]
                parts += [(taker, role, share * (1 - kept) * part) for taker, part in takers]
            for who, what, part in parts:
                key = (who, what, overlay)
                shared[key] = shared.get(key, Fraction(0)) + part
        return [(who, what, part, over) for (who, what, over), part in shared.items() if part]

    def _takers(self, valid: np.datetime64, claim: _Claim | None) -> list[tuple[Owner, Fraction]]:
        """Say who takes the leaver's part on a day, and which part of it."""
        first = self._receiver()
        if claim is None or valid < claim.date:
            return [(first, Fraction(1))]
        part = Fraction(*self.rule.late) if claim.late and self.rule.late else Fraction(1)
        return [(Owner("manager", claim.manager), part), (first, 1 - part)]

    def _overtaken(self, client: Id, valid: np.datetime64, own: set[np.datetime64]) -> bool:
        """Say whether the ledger has a later word of its own on the client, up to a day."""
        history = self.ledger.history(client)
        later = history.valid[history.stands & (history.valid > self.on) & (history.valid <= valid)]
        return any(mark not in own for mark in later)

    def _recorded(self, client: Id, valid: np.datetime64, owners: list[Member]) -> bool:
        """Say whether the ledger has just this mark already."""
        found = self.ledger.owners(client, valid)
        if not found.is_owned[0] or found.since[0] != valid:
            return False
        return set(_members(found.shares())[0]) == set(owners)

    def _claim(self, client: Id, members: list[Member]) -> _Claim | None:
        """Find the claim that wins a client: the best class within the window, else the first after it."""
        records = self.facts.records
        ranked = [
            (rank, records.date[row], records.manager.codes[row], records.id.codes[row], row)
            for row in self.claims.get(client, [])
            if (rank := self._rank(client, records.manager[row], records.date[row], members)) is not None
        ]
        if not ranked:
            return None
        rank, date, _, _, row = min(ranked)
        decided = rank == LATE or bool(self.until >= self.on + self.rule.window_days)
        return _Claim(records.manager[row], date, rank == LATE, decided)

    def _rank(self, client: Id, claimant: Id, date: np.datetime64, members: list[Member]) -> int | None:
        """Give the class of a claim; a late one stands behind all classes; None where it does not count."""
        row = self.facts.managers.row(claimant)
        if claimant == self.manager or not self.facts.managers.licence[row]:
            return None
        if not self.facts.present_managers(date)[row]:
            return None
        late = date > self.on + self.rule.window_days
        for rank, word in enumerate(self.rule.claimants):
            if self._is_of(word, client, claimant, members):
                return (LATE if self.rule.late else None) if late else rank
        return None

    def _is_of(self, word: str, client: Id, claimant: Id, members: list[Member]) -> bool:
        """Say whether a claimant is of a class."""
        managers = self.facts.managers
        if word == "introducer":
            return bool(self.facts.clients.introducer[self.facts.clients.row(client)] == claimant)
        if word == "co_owner":
            return any(owner == Owner("manager", claimant) for owner, *_ in members)
        if word == "team":
            return bool(self._teams(claimant) & self._teams(self.manager))
        both = managers.branch[managers.row(claimant)], managers.branch[managers.row(self.manager)]
        return word == "any" or both[0] == both[1]

    def _teams(self, manager: Id) -> set[Id]:
        """Name the teams of a manager on the last day before the leaving."""
        teams, last = self.facts.memberships, self.on - 1
        there = (teams.since <= last) & ~(teams.until < last) & np.asarray(teams.manager == manager)
        return set(teams.team[np.flatnonzero(there)].tolist())


def _claims(facts: Facts, rule: LeaverRule, on: np.datetime64, until: np.datetime64) -> dict[Id, list[int]]:
    """List the records of claims on each client in a stretch of days."""
    records = facts.records
    fit = records.kind.isin(rule.claim_kinds) & ~records.client.missing
    fit &= (records.date >= on) & (records.date <= until)
    found: dict[Id, list[int]] = {}
    for row in np.flatnonzero(fit).tolist():
        found.setdefault(records.client[row], []).append(row)
    return found


def _sets_on(ledger: Ledger, ids: list[Id], on: np.datetime64, batch: int) -> dict[Id, tuple[Id, list[Member]]]:
    """Read the branch and the owners of some clients on a day."""
    owners = ledger.owners(Coded.of(ids), np.full(len(ids), on), batch)
    members = _members(owners.shares())
    return {client: (branch, members[at]) for at, (client, branch) in enumerate(zip(ids, owners.branch, strict=True))}


def _members(shares: dict[str, Any]) -> dict[int, list[Member]]:
    """Bring owner rows together by the question that they answer."""
    found: dict[int, list[Member]] = {}
    columns = {name: column.tolist() for name, column in shares.items()}
    for at, question in enumerate(columns["question"]):
        kind = next(k for k in OWNER_KINDS if columns[k][at] is not None)
        owner = Owner(kind, columns[kind][at])
        share = Fraction(columns["share"][at], columns["of"][at])
        member = (owner, columns["role"][at], share, columns["overlay"][at])
        found.setdefault(question, []).append(member)
    return found


def _member_row(member: Member) -> dict[str, Any]:
    """Write an owner as the columns of a table of changes."""
    owner, role, share, overlay = member
    named = {kind: owner.id if owner.kind == kind else None for kind in OWNER_KINDS}
    return named | {
        "role": role,
        "share": share.numerator,
        "of": share.denominator,
        "overlay": overlay,
    }


def _refuse_receiver(facts: Facts, rule: LeaverRule, manager: Id, on: np.datetime64) -> None:
    """Refuse a receiver who cannot take the book."""
    facts.managers.row(manager)
    if rule.receiver is None:
        return
    row = facts.managers.row(rule.receiver)
    if rule.receiver == manager or not facts.present_managers(on)[row]:
        raise DataError(f"the receiver {rule.receiver!r} must be another manager who is there on {on}")
