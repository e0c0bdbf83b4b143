"""Ledgers to test with, the plain calendars that they must agree with, and the laws between the two."""

import datetime as dt
import itertools
import pickle
from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.errors import CheckError
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.tables import Id

__all__ = [
    "Change",
    "PlainCalendars",
    "check_ledger",
    "check_past_unchanged",
    "check_round_trip",
    "histories",
    "ledgers",
    "lone",
    "to_table",
]

FIRST_DAY = dt.date(2026, 1, 30)
SPAN = 12
STARTS = ("allocated", "opened", "developed")
GOES_ON = ("allocated", "claimed", "transferred", "moved", "handed_over", "released", "returned")

Member = tuple[str, Id, str, int, int, bool]
Owners = frozenset[Member]


@attrs.frozen
class Change:
    """One change in plain values: who has a client from a day on, and why.

    Attributes:
        client: the client.
        valid: the day.
        kind: why.
        owners: (owner kind, id, role, share, of, overlay) of each owner; none for closed and
            withdrawn.
        branch: the branch.
    """

    client: Id
    valid: dt.date
    kind: str
    owners: Owners = frozenset()
    branch: Id = "B1"


@attrs.define
class PlainCalendars:
    """One dict of days per client, written in the order of the batches: the slow, obvious ledger.

    Attributes:
        after: the calendars after each batch; a calendar says which change stands on which day.

    Example:
        >>> import datetime as dt
        >>> from clientmgr.testing.ownership import Change, PlainCalendars
        >>> plain = PlainCalendars()
        >>> owner = frozenset({("manager", "M1", "", 1, 1, False)})
        >>> plain.append([Change("C1", dt.date(2026, 1, 5), "allocated", owner)])
        True
        >>> plain.append([Change("C1", dt.date(2026, 1, 6), "withdrawn")])
        False
        >>> plain.answer("C1", dt.date(2026, 2, 1), 0).kind
        'allocated'
    """

    after: list[dict[Id, dict[dt.date, Change]]] = attrs.Factory(list)

    @property
    def latest(self) -> dict[Id, dict[dt.date, Change]]:
        """The calendars after the last batch."""
        return self.after[-1] if self.after else {}

    def append(self, changes: Iterable[Change]) -> bool:
        """Write a batch, if every calendar makes sense afterwards; say whether it was written."""
        calendars = {client: dict(days) for client, days in self.latest.items()}
        for change in changes:
            days = calendars.setdefault(change.client, {})
            if change.kind != "withdrawn":
                days[change.valid] = change
            elif days.pop(change.valid, None) is None:
                return False
        if not all(_makes_sense(days) for days in calendars.values()):
            return False
        self.after.append(calendars)
        return True

    def answer(self, client: Id, on: dt.date, batch: int) -> Change | None:
        """Give the change that holds for a client on a day, as known after a batch; None for none."""
        days = self.after[batch].get(client, {}) if batch >= 0 else {}
        reached = [valid for valid in days if valid <= on]
        return days[max(reached)] if reached else None

    def is_open(self, client: Id, on: dt.date) -> bool:
        """Say whether somebody owns a client on a day, as known now."""
        found = self.answer(client, on, len(self.after) - 1)
        return found is not None and found.kind != "closed"

    def origin(self, client: Id, on: dt.date, batch: int) -> str | None:
        """Say how the life began that a day belongs to: existing or new; None where nobody owns the client."""
        life = self._life(client, on, batch)
        if not life:
            return None
        return "existing" if life[0].kind == "allocated" else "new"

    def acquired_as(self, client: Id, on: dt.date, batch: int) -> str | None:
        """Say by which kind of change the one who answers for a client on a day got it, without a gap since."""
        life = self._life(client, on, batch)
        if not life:
            return None
        held = answering(life[-1].owners)
        kind = life[-1].kind
        for change in reversed(life):
            if held not in {(owner[0], owner[1]) for owner in change.owners}:
                break
            kind = change.kind
        return kind

    def _life(self, client: Id, on: dt.date, batch: int) -> list[Change]:
        """List the changes of the life that a day belongs to, up to the day."""
        days = self.after[batch].get(client, {}) if batch >= 0 else {}
        life: list[Change] = []
        for valid in sorted(day for day in days if day <= on):
            life = [] if days[valid].kind in {"closed", "reopened"} else life
            life += [days[valid]] if days[valid].kind != "closed" else []
        return life


def answering(owners: Iterable[Member]) -> tuple[str, Id]:
    """Find who answers for a client: the servicer, else the largest share, then kind and id."""
    kinds = ("manager", "team", "pool")
    inside = [owner for owner in owners if not owner[5]]
    inside.sort(key=lambda o: (o[2] != "servicer", -o[3] / o[4], kinds.index(o[0]), o[1]))
    return inside[0][0], inside[0][1]


def lone(kind: str, name: Id) -> Owners:
    """Make the set of a lone owner."""
    return frozenset({(kind, name, "", 1, 1, False)})


def to_table(changes: Iterable[Change]) -> OwnershipChanges:
    """Write plain changes as a table."""
    rows: list[dict[str, Any]] = []
    for change in changes:
        head = {"client": change.client, "valid": change.valid, "kind": change.kind}
        head["branch"] = change.branch
        for kind, name, role, share, of, overlay in sorted(change.owners, key=str) or [_NOBODY]:
            named = {k: name if k == kind else None for k in ("manager", "team", "pool")}
            rows.append({**head, **named, "role": role, "share": share, "of": of, "overlay": overlay})
    return OwnershipChanges.from_records(rows) if rows else OwnershipChanges.none()


def check_ledger(ledger: Ledger, plain: PlainCalendars, *, batch: int | None = None) -> None:
    """Hold a ledger to give the answers of the plain calendars: on each day that matters, as known at each batch.

    Args:
        ledger: the ledger.
        plain: what was appended to it, in plain calendars.
        batch: ask only as known after this batch; by default after each.

    Raises:
        CheckError: an answer differs.
    """
    questions = _questions(plain, range(-1, len(plain.after)) if batch is None else [batch])
    if not questions:
        return
    clients, days, batches = zip(*questions, strict=True)
    known = np.array(batches, np.int64)
    owners = ledger.owners(list(clients), np.array(days, "datetime64[D]"), known=known)
    found = zip(owners.status, _owner_sets(owners), owners.origin, owners.acquired_as, strict=True)
    for question, got in zip(questions, found, strict=True):
        want = _expected(plain, *question)
        if got != want and got[0] != "unknown client":
            raise CheckError(f"{question}: the ledger answers {got}, the calendars {want}")


def check_past_unchanged(before: Ledger, after: Ledger) -> None:
    """Hold an append to leave every answer as known at an earlier batch as it was.

    Raises:
        CheckError: an answer has changed.
    """
    batch = len(before.recorded) - 1
    days = np.unique(after.marks.valid).astype(np.int64)
    days = np.union1d(days, days - 1).view("datetime64[D]")
    clients = np.repeat(np.arange(len(before.clients)), len(days))
    asked = before.clients[clients], np.tile(days, len(before.clients))
    old, new = (one.owners(*asked, batch) for one in (before, after))
    told = [{n: column.tolist() for n, column in a.to_columns().items()} for a in (old, new)]
    if told[0] != told[1] or _owner_sets(old) != _owner_sets(new):
        raise CheckError(f"what was known at batch {batch} has changed")


def check_round_trip(ledger: Ledger) -> None:
    """Hold a ledger to come back unchanged from its log, from JSON and from pickle.

    Raises:
        CheckError: one of them differs.
    """
    log = ledger.log()
    for again in (Ledger.from_log(log), Ledger.loads(ledger.dumps()), pickle.loads(pickle.dumps(ledger))):  # noqa: S301 - its own pickle
        if not again.log().equals(log):
            raise CheckError("the ledger comes back changed")


@st.composite
def histories(
    draw: st.DrawFn, *, max_clients: int = 3, max_batches: int = 8, shares: bool = True
) -> list[list[Change]]:
    """Draw batches of changes that can be appended one after the other.

    Told late, corrected, withdrawn, closed and reopened ones are among them, many on the same few
    days; batches that would contradict a calendar are left out.

    Args:
        draw: given by hypothesis.
        max_clients: at most so many clients.
        max_batches: at most so many batches.
        shares: also draw sets of several owners, with overlays.
    """
    plain, batches = PlainCalendars(), []
    clients = [f"C{number}" for number in range(draw(st.integers(1, max_clients)))]
    for _ in range(draw(st.integers(1, max_batches))):
        cells = draw(
            st.lists(st.tuples(st.sampled_from(clients), st.integers(0, SPAN)), min_size=1, max_size=4, unique=True)
        )
        batch = [_draw_change(draw, plain, client, offset, shares=shares) for client, offset in cells]
        if plain.append(batch):
            batches.append(batch)
    return batches


def ledgers(**options: Any) -> st.SearchStrategy[Ledger]:
    """Draw ledgers of several batches; options as for `histories`."""
    return histories(**options).map(_build)


def _build(batches: list[list[Change]]) -> Ledger:
    """Append batches to an empty ledger."""
    ledger = Ledger.start(OwnershipChanges.none(), known="2026-01-01")
    for number, batch in enumerate(batches):
        known = FIRST_DAY + dt.timedelta(days=number // 2)
        ledger = ledger.append(to_table(batch), known=known)
    return ledger


def _draw_change(draw: st.DrawFn, plain: PlainCalendars, client: str, offset: int, *, shares: bool) -> Change:
    """Draw a change that mostly makes sense where it falls."""
    valid = FIRST_DAY + dt.timedelta(days=offset)
    days = plain.latest.get(client, {})
    earlier = [day for day in days if day < valid]
    if valid in days and draw(st.booleans()):
        return Change(client, valid, "withdrawn", branch="")
    if not earlier:
        return Change(client, valid, draw(st.sampled_from(STARTS)), _draw_owners(draw, shares=shares))
    if days[max(earlier)].kind == "closed":
        return Change(client, valid, "reopened", _draw_owners(draw, shares=shares))
    if draw(st.integers(0, 4)) == 0:
        return Change(client, valid, "closed", branch="")
    return Change(client, valid, draw(st.sampled_from(GOES_ON)), _draw_owners(draw, shares=shares))


def _draw_owners(draw: st.DrawFn, *, shares: bool) -> Owners:
    """Draw an owner set: one owner, or two or three in roles, perhaps with an overlay."""
    one = draw(st.sampled_from([*ONE, *ONE, *SEVERAL] if shares else ONE))
    over = shares and draw(st.integers(0, 5)) == 0
    return one | {("manager", "M9", "override", 1, 20, True)} if over else one


ONE = [lone("manager", f"M{n}") for n in range(3)] + [lone("pool", "dormant"), lone("team", "T1")]
SEVERAL = [
    frozenset({("manager", "M1", "developer", 2, 5, False), ("manager", "M2", "servicer", 3, 5, False)}),
    frozenset({("manager", "M1", "developer", 1, 2, False), ("manager", "M1", "servicer", 1, 2, False)}),
    frozenset({(("manager"), f"M{n}", "", 1, 3, False) for n in range(3)}),
]
_NOBODY = ("", "", "", 1, 1, False)


def _makes_sense(days: dict[dt.date, Change]) -> bool:
    """Say whether a calendar starts with owners, and reopens after and only after a closing."""
    kinds = [days[valid].kind for valid in sorted(days)]
    pairs = itertools.pairwise(kinds)
    return (not kinds or kinds[0] in STARTS) and all((a == "closed") == (b == "reopened") for a, b in pairs)


def _questions(plain: PlainCalendars, batches: Iterable[int]) -> list[tuple[Id, dt.date, int]]:
    """List all clients on all days that matter, as known after some batches."""
    days = {day for calendars in plain.after for one in calendars.values() for day in one}
    days |= {day - dt.timedelta(days=1) for day in days}
    return [(c, day, k) for k in batches for c in sorted(plain.latest, key=str) for day in sorted(days)]


def _expected(plain: PlainCalendars, client: Id, on: dt.date, batch: int) -> tuple[Any, ...]:
    """Say what the plain calendars answer."""
    change = plain.answer(client, on, batch)
    if change is None or change.kind == "closed":
        return ("not open" if change is None else "closed"), frozenset(), None, None
    parts = (plain.origin(client, on, batch), plain.acquired_as(client, on, batch))
    return "owned", change.owners, *parts


def _owner_sets(owners: Any) -> list[frozenset[Any]]:
    """Read the owner set of each answer."""
    found: list[set[Any]] = [set() for _ in range(len(owners))]
    columns = {name: column.tolist() for name, column in owners.shares().items()}
    for at, question in enumerate(columns["question"]):
        for kind in ("manager", "team", "pool"):
            if columns[kind][at] is not None:
                rest = (columns[name][at] for name in ("role", "share", "of", "overlay"))
                found[question].add((kind, columns[kind][at], *rest))
    return [frozenset(one) for one in found]
