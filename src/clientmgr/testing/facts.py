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
from clientmgr.testing.history import draw_history
from clientmgr.testing.people import (
    client_drafts,
    draw_ids,
    make_clients,
    make_managers,
    manager_drafts,
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


def firms(
    *, min_branches: int = 1, max_branches: int = 3, **dials: Unpack[Dials]
) -> st.SearchStrategy[Facts]:
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
        name: table.take(draw.permutation(len(table)))
        for name in facts.TABLES
        for table in [getattr(facts, name)]
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
    return _clients(Settings(**dials), list(branch))


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
    return _managers(Settings(**dials), list(branch))


@st.composite
def _clients(draw: st.DrawFn, dials: Settings, branch: list[Id]) -> Clients:
    """Draw a client for each branch named."""
    drafts = [draw(client_drafts(dials)) for _ in branch]
    whale = draw(st.integers(0, len(branch))) if dials.whales else 0
    return make_clients(
        draw_ids(draw, dials, len(branch)), branch, drafts, until=AS_OF[1], whale=whale
    )


@st.composite
def _managers(draw: st.DrawFn, dials: Settings, branch: list[Id]) -> Managers:
    """Draw a manager for each branch named."""
    drafts = [draw(manager_drafts(dials)) for _ in branch]
    return make_managers(draw_ids(draw, dials, len(branch)), branch, drafts)


@st.composite
def _facts(draw: st.DrawFn, least: int, most: int, dials: Settings) -> Facts:
    """Draw branches, their people, and what these did."""
    as_of = draw(dials.dates)
    names = draw_ids(draw, dials, draw(st.integers(least, most)))
    staff = _draw_staff(draw, dials, names)
    people = _draw_people(draw, dials, names, staff, as_of)
    done = draw_history(draw, dials, people, staff, as_of) if dials.history else {"clients": people}
    return Facts(managers=staff, branches=names, as_of=as_of, **done)


def _draw_staff(draw: st.DrawFn, dials: Settings, names: list[Id]) -> Managers:
    """Draw the managers of all branches, in mixed rows."""
    team = staff_drafts(dials)
    rows = [(name, who) for name in names for who in draw(team)]
    rows = _mix(draw, rows)
    ids = draw_ids(draw, dials, len(rows))
    return make_managers(ids, [name for name, _ in rows], [who for _, who in rows])


def _draw_people(
    draw: st.DrawFn, dials: Settings, names: list[Id], staff: Managers, as_of: np.datetime64
) -> Clients:
    """Draw the clients of all branches, in mixed rows."""
    least, most = dials.min_clients, dials.max_clients
    crowd = st.lists(client_drafts(dials), min_size=least, max_size=most)
    rows = _mix(draw, [(name, who) for name in names for who in draw(crowd)])
    whale = draw(st.integers(0, len(rows))) if dials.whales else 0
    return make_clients(
        draw_ids(draw, dials, len(rows)),
        [name for name, _ in rows],
        [who for _, who in rows],
        until=FIRST - 1 if dials.history else as_of,
        whale=whale,
        staff=staff,
    )


def _mix(draw: st.DrawFn, rows: list[T]) -> list[T]:
    """Bring rows into another order by one choice: every n-th of them, round and round."""
    step = draw(st.integers(1, max(1, len(rows) - 1)))
    return [rows[i] for start in range(step) for i in range(start, len(rows), step)]
