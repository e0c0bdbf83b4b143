"""Strategies for facts: small branches and firms that are valid, and hard where it matters.

Each strategy shrinks towards the plainest case: no client, one manager, zeros, nothing that
happened. The dials (`Dials`) are keyword arguments: what is switched off is never drawn, what is on
is drawn often.
"""

from collections.abc import Sequence
from typing import Any, TypeVar, Unpack

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.facts import Clients, Facts, Managers
from clientmgr.tables import Id
from clientmgr.testing.dials import AS_OF, FIRST, Dials, Settings
from clientmgr.testing.history import History, histories, make_history
from clientmgr.testing.people import (
    Client,
    Manager,
    Naming,
    client_drafts,
    make_clients,
    make_managers,
    manager_drafts,
    namings,
    staff_drafts,
)

__all__ = [
    "Dials",
    "branches",
    "clients",
    "firms",
    "managers",
    "register_strategies",
    "shuffle_rows",
]

T = TypeVar("T")


def branches(**dials: Unpack[Dials]) -> st.SearchStrategy[Facts]:
    """Draw the facts of one branch: clients, managers and two years of history.

    Args:
        dials: what may be drawn; see `Dials`.

    Returns:
        A strategy of `Facts` whose `as_of` is a day of 2026; with history every day from 30 June
        2024 to it can be asked for. It shrinks towards one manager and no client.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing import branches
        >>> @settings(max_examples=5, database=None)
        ... @given(branches(min_clients=1, negative=False))
        ... def test_assets_are_not_negative(facts):
        ...     assert facts.assets(facts.as_of).min() >= 0
        >>> test_assets_are_not_negative()
    """
    return _facts(1, 1, Settings(**dials))


def firms(*, min_branches: int = 1, max_branches: int = 3, **dials: Unpack[Dials]) -> st.SearchStrategy[Facts]:
    """Draw the facts of a firm of some branches, whose rows are mixed.

    Args:
        min_branches: at least so many branches.
        max_branches: at most so many.
        dials: what may be drawn; see `Dials`.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing import firms
        >>> @settings(max_examples=5, database=None)
        ... @given(firms(min_branches=2))
        ... def test_every_branch_has_a_manager(facts):
        ...     assert set(facts.branches) == set(facts.managers.branch)
        >>> test_every_branch_has_a_manager()
    """
    return _facts(min_branches, max_branches, Settings(**dials))


def shuffle_rows(facts: Facts, rng: int | np.random.Generator) -> Facts:
    """Give the same facts with the rows of every table in another order.

    A decision about them must be the same for every client and manager.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.testing import shuffle_rows
        >>> facts = cm.datasets.make_branch(clients=5, managers=1, rng=7)
        >>> sorted(shuffle_rows(facts, rng=1).clients.id) == sorted(facts.clients.id)
        True
    """
    draw = np.random.default_rng(rng)
    mixed: dict[str, Any] = {
        name: table.take(draw.permutation(len(table))) for name in facts.TABLES for table in [getattr(facts, name)]
    }
    return attrs.evolve(facts, **mixed)


def register_strategies() -> None:
    """Teach `hypothesis.strategies.from_type` to draw `Facts`.

    Example:
        >>> from hypothesis import strategies
        >>> import clientmgr as cm
        >>> from clientmgr.testing import register_strategies
        >>> register_strategies()
        >>> strategies.from_type(cm.Facts).validate()
    """
    st.register_type_strategy(Facts, branches())


def clients(branch: Sequence[Id], **dials: Unpack[Dials]) -> st.SearchStrategy[Clients]:
    """Draw a client for each branch named, as of the last day of 2026.

    Args:
        branch: the branch of each client.
        dials: what may be drawn; see `Dials`.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing import clients
        >>> @settings(max_examples=5, database=None)
        ... @given(clients(["B1", "B1"]))
        ... def test_there_are_two(table):
        ...     assert len(table) == 2
        >>> test_there_are_two()
    """
    settings = Settings(**dials)
    places = list(branch)
    count = len(places)
    return st.builds(
        lambda naming, drafts, whale: make_clients(naming.ids(count), places, drafts, until=AS_OF[1], whale=whale),
        namings(settings),
        st.lists(client_drafts(settings), min_size=count, max_size=count),
        st.integers(0, count if settings.whales else 0),
    )


def managers(branch: Sequence[Id], **dials: Unpack[Dials]) -> st.SearchStrategy[Managers]:
    """Draw a manager for each branch named, who may join, leave or have no licence.

    Args:
        branch: the branch of each manager.
        dials: what may be drawn; see `Dials`. With `moves=False` all are there on every day.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing import managers
        >>> @settings(max_examples=5, database=None)
        ... @given(managers(["B1", "B1"], moves=False))
        ... def test_all_have_a_licence(table):
        ...     assert table.licence.all()
        >>> test_all_have_a_licence()
    """
    settings = Settings(**dials)
    places = list(branch)
    count = len(places)
    return st.builds(
        lambda naming, drafts: make_managers(naming.ids(count), places, drafts),
        namings(settings),
        st.lists(manager_drafts(settings), min_size=count, max_size=count),
    )


@attrs.frozen
class _Branch:
    """A branch before its tables are made."""

    staff: list[Manager]
    clients: list[Client]


@attrs.frozen
class _Firm:
    """A firm before its tables are made: its branches, and choices that hold for all of it.

    `mixing` brings the rows of the branches into another order, `whale` picks a client.
    """

    as_of: np.datetime64
    branches: list[_Branch]
    namings: tuple[Naming, Naming, Naming]
    mixing: int
    whale: int
    history: History | None


def _facts(least: int, most: int, dials: Settings) -> st.SearchStrategy[Facts]:
    """Draw branches, their people, and what these did."""
    crowd = st.lists(client_drafts(dials), min_size=dials.min_clients, max_size=dials.max_clients)
    branch = st.builds(_Branch, staff_drafts(dials), crowd)
    names = namings(dials)
    firm = st.builds(
        _Firm,
        dials.dates,
        st.lists(branch, min_size=least, max_size=most),
        st.tuples(names, names, names),
        st.integers(1, 3),
        st.integers(0, 2 * dials.max_clients if dials.whales else 0),
        histories(dials) if dials.history else st.none(),
    )
    return firm.map(_make_facts)


def _make_facts(firm: _Firm) -> Facts:
    """Make the tables of a firm."""
    branches = firm.namings[0].ids(len(firm.branches))
    pairs = list(zip(branches, firm.branches, strict=True))
    staff = _mix([(name, who) for name, branch in pairs for who in branch.staff], firm.mixing)
    crowd = _mix([(name, who) for name, branch in pairs for who in branch.clients], firm.mixing)
    managers = make_managers(firm.namings[1].ids(len(staff)), [name for name, _ in staff], [who for _, who in staff])
    clients = make_clients(
        firm.namings[2].ids(len(crowd)),
        [name for name, _ in crowd],
        [who for _, who in crowd],
        until=firm.as_of if firm.history is None else FIRST - 1,
        whale=firm.whale,
        staff=managers,
    )
    made: dict[str, Any] = {"clients": clients}
    if firm.history is not None:
        made = make_history(firm.history, clients, managers, firm.as_of)
    return Facts(managers=managers, branches=branches, as_of=firm.as_of, **made)


def _mix(rows: list[T], step: int) -> list[T]:
    """Bring rows into another order: every n-th of them, round and round."""
    return [rows[i] for start in range(step) for i in range(start, len(rows), step)]
