"""Strategies for the people of a branch: its managers and its clients."""

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.facts import Clients, Managers
from clientmgr.tables import Coded, Days, Id
from clientmgr.testing.dials import NEVER, Settings

__all__ = [
    "Client",
    "Manager",
    "Naming",
    "client_drafts",
    "make_clients",
    "make_managers",
    "manager_drafts",
    "namings",
    "staff_drafts",
    "to_days",
]

OLDEST = np.datetime64("2000-01-01")
MANY = 9_973  # a prime: i * step mod MANY visits every number once
NAMES: tuple[Callable[[int], Id], ...] = (
    lambda i: i,
    lambda i: i - MANY // 2,
    lambda i: f"{i}",  # in the order of text, not of numbers
    lambda i: f"客{i:04d}",
)
INTEGER_NAMES = 2  # the first so many give integers


@attrs.frozen
class Manager:
    """A manager before the table is made."""

    ability: float = 1.0
    joined: np.datetime64 = NEVER
    left: np.datetime64 = NEVER
    licence: bool = True
    head: bool = False


@attrs.frozen
class Client:
    """A client before the table is made.

    `traded` is brought into its time there, and `introducer` picks one of the managers possible.
    """

    assets: int
    opened: np.datetime64
    closed: np.datetime64
    traded: np.datetime64
    institution: bool
    introducer: int


@attrs.frozen
class Naming:
    """How rows are named: by which form of ids, and in which order beside that of the rows."""

    form: int = 0
    step: int = 1
    start: int = 0

    def ids(self, count: int) -> list[Id]:
        """Give so many distinct ids."""
        form = NAMES[self.form]
        return [form((self.start + i * self.step) % MANY) for i in range(count)]


def namings(dials: Settings) -> st.SearchStrategy[Naming]:
    """Draw how rows are named: a few choices name them all, so that what is found shrinks well."""
    first = INTEGER_NAMES if dials.integer_ids is False else 0
    last = INTEGER_NAMES - 1 if dials.integer_ids else len(NAMES) - 1
    form = st.integers(first, last)
    return st.builds(Naming, form, st.integers(1, MANY - 1), st.integers(0, MANY - 1))


def staff_drafts(dials: Settings) -> st.SearchStrategy[list[Manager]]:
    """Draw the staff of a branch: managers who are always there, people who move, heads."""
    least, most = dials.min_managers, dials.max_managers
    plain = st.lists(st.builds(Manager, dials.abilities), min_size=least, max_size=most)
    movers = st.lists(manager_drafts(dials), max_size=2 if dials.moves else 0)
    heads = st.lists(st.just(Manager(head=True)), max_size=2 if dials.heads else 0)
    return st.tuples(plain, movers, heads).map(lambda parts: [*parts[0], *parts[1], *parts[2]])


def manager_drafts(dials: Settings) -> st.SearchStrategy[Manager]:
    """Draw a manager who may join or leave at any time and may have no licence."""
    licence = st.sampled_from([True, False] if dials.moves else [True])
    return st.builds(_manager, dials.abilities, dials.moving_days, dials.moving_days, licence)


def client_drafts(dials: Settings) -> st.SearchStrategy[Client]:
    """Draw a client who may open and close at any time."""
    return st.builds(
        _client,
        dials.assets,
        dials.moving_days,
        dials.moving_days,
        dials.far_days,
        st.booleans(),
        st.integers(0, 3),
    )


def _manager(
    ability: float,
    joined: np.datetime64,
    left: np.datetime64,
    licence: bool,  # noqa: FBT001 - drawn by position
) -> Manager:
    """Let nobody leave before joining."""
    return Manager(ability, joined, NEVER if left < joined else left, licence)


def _client(assets: int, opened: np.datetime64, closed: np.datetime64, *rest: Any) -> Client:
    """Let nobody close before opening."""
    traded, institution, introducer = rest
    return Client(assets, opened, NEVER if closed <= opened else closed, traded, institution, introducer)


def make_managers(ids: Sequence[Id], branch: Sequence[Id], drafts: Sequence[Manager]) -> Managers:
    """Make the table of managers."""
    return Managers(
        id=Coded.of(ids),
        branch=Coded.of(branch),
        ability=np.array([draft.ability for draft in drafts], np.float64),
        joined=to_days([draft.joined for draft in drafts]),
        left=to_days([draft.left for draft in drafts]),
        licence=np.array([draft.licence for draft in drafts], bool),
        head=np.array([draft.head for draft in drafts], bool),
    )


def make_clients(
    ids: Sequence[Id],
    branch: Sequence[Id],
    drafts: Sequence[Client],
    *,
    until: np.datetime64,
    whale: int = 0,
    staff: Managers | None = None,
) -> Clients:
    """Make the table of clients.

    Args:
        ids: the id of each.
        branch: the branch of each.
        drafts: what was drawn of each.
        until: the last day on which they may have traded.
        whale: 1 for the first row, 2 for the second ... who is to own more than all others; 0 for
            nobody.
        staff: the managers who may have introduced them.
    """
    assets = [draft.assets for draft in drafts]
    if 0 < whale <= len(assets):
        assets[whale - 1] = 2 * sum(abs(amount) for amount in assets) + 1
    introducer = [_introducer(staff, place, draft) for place, draft in zip(branch, drafts, strict=True)]
    return Clients(
        id=Coded.of(ids),
        branch=Coded.of(branch),
        assets=np.array(assets, np.int64),
        last_trade=to_days([_last_trade(draft, until) for draft in drafts]),
        opened=to_days([draft.opened for draft in drafts]),
        closed=to_days([draft.closed for draft in drafts]),
        institution=np.array([draft.institution for draft in drafts], bool),
        introducer=Coded.of(introducer),
    )


def to_days(values: Sequence[np.datetime64]) -> Days:
    """Make a column of days, which may have no rows."""
    return np.array(values, "datetime64[D]")


def _introducer(staff: Managers | None, branch: Id, client: Client) -> Any:
    """Pick who brought a client: nobody, or a manager of the branch who was there that day."""
    if staff is None or not client.introducer or np.isnat(client.opened):
        return None
    there = ~(staff.joined > client.opened) & ~(staff.left <= client.opened) & ~staff.head
    rows = np.flatnonzero(there & (staff.branch == branch))
    return staff.id[rows[client.introducer % len(rows)]] if len(rows) else None


def _last_trade(client: Client, until: np.datetime64) -> np.datetime64:
    """Bring the last trade of a client into its time there; NaT where that has not begun."""
    last = np.fmin(until, client.closed - 1)
    if client.opened > last:
        return NEVER
    traded: np.datetime64 = np.minimum(np.maximum(client.traded, np.fmax(client.opened, OLDEST)), last)
    return traded
