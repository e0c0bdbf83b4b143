"""Owners and their numbers, which break ties."""

import pytest

from clientmgr.errors import DataError
from clientmgr.ownership import Owner, Parties
from clientmgr.tables import Coded


def parties() -> Parties:
    """Number two managers, a team, and the dormant pool of two branches."""
    made, numbers = Parties.of(
        Coded.of(["M2", None, None, "M1", None]),
        Coded.of([None, "T1", None, None, None]),
        Coded.of([None, None, "dormant", None, "dormant"]),
        Coded.of(["B1", "B1", "B2", "B1", "B1"]),
    )
    assert numbers.tolist() == [1, 2, 4, 0, 3]
    return made


def test_numbers_follow_kind_and_id() -> None:
    """Managers by id, then teams, then pools by name and branch."""
    made = parties()
    assert [str(made[n]) for n in range(len(made))] == [
        "manager M1",
        "manager M2",
        "team T1",
        "pool dormant of B1",
        "pool dormant of B2",
    ]
    assert made.kinds.tolist() == [0, 0, 1, 2, 2]
    assert repr(made) == "Parties(2 managers, 1 teams, 2 pools)"


def test_owners_are_found_by_name() -> None:
    """A pool without a branch is that of every branch; a stranger has no number."""
    made = parties()
    assert made.numbers("M2").tolist() == [1]
    assert made.numbers(Owner("team", "T1")).tolist() == [2]
    assert made.numbers(Owner.pool("dormant", "B2")).tolist() == [4]
    assert made.numbers(Owner.pool("dormant")).tolist() == [3, 4]
    assert made.numbers("M9").tolist() == []


def test_joining_keeps_the_order_of_ties() -> None:
    """A manager who comes later can stand before the others."""
    early, _ = Parties.of(*(Coded.of(c) for c in (["M0"], [None], [None], ["B1"])))
    joined, (old, new) = Parties.union([parties(), early])
    assert (old.tolist(), new.tolist()) == ([1, 2, 3, 4, 5], [0])
    assert str(joined[5]) == "pool dormant of B2"


def test_a_number_out_of_range_is_no_party() -> None:
    """Numbers end where the parties do."""
    with pytest.raises(IndexError):
        parties()[5]


@pytest.mark.parametrize(
    ("kind", "name", "branch", "match"),
    [
        ("desk", "D1", None, "an owner is a manager, team, pool"),
        ("pool", "attic", "B1", "a pool is one of"),
        ("manager", "M1", "B1", "only a pool is named with its branch"),
    ],
)
def test_what_is_no_owner_is_refused(kind: str, name: str, branch: str | None, match: str) -> None:
    """An owner is a manager, a team, or a pool by its name."""
    with pytest.raises(DataError, match=match):
        Owner(kind, name, branch)  # type: ignore[arg-type]


def test_a_bare_id_is_a_managers() -> None:
    """Whatever is an owner already stays one."""
    assert Owner.of("M1") == Owner("manager", "M1")
    assert Owner.of(Owner.pool("key")) == Owner("pool", "key")
    assert repr(Owner.pool("key")) == "Owner(kind='pool', id='key', branch=None)"
