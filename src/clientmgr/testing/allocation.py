"""Strategies and laws for divisions: small hard lots, brute-force oracles, and what must hold."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.allocation import AllocationRule, Division, Limits, Measure
from clientmgr.allocation.case import Case
from clientmgr.segments import KeyClientRule

__all__ = [
    "Puzzle",
    "allocation_rules",
    "best_ratios",
    "check_conserved",
    "check_envy_free_up_to_any",
    "has_division",
    "lots",
    "make_case",
    "puzzles",
]


@attrs.frozen
class Puzzle:
    """Clients, who may have each, and how many each receiver may and must have."""

    eligible: tuple[tuple[bool, ...], ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


def lots(*, max_clients: int = 12, max_managers: int = 4) -> st.SearchStrategy[tuple[list[int], list[int]]]:
    """Draw whole values of clients, falling, and whole weights of managers.

    Hard cases are drawn often: nobody, zeros, ties, one manager, a client larger than a fair book.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing.allocation import lots
        >>> @settings(max_examples=5, database=None)
        ... @given(lots())
        ... def test_values_fall(lot):
        ...     assert sorted(lot[0], reverse=True) == lot[0]
        >>> test_values_fall()
    """
    value = st.one_of(st.integers(0, 5), st.integers(0, 1000), st.just(0), st.integers(0, 10**12))
    values = st.lists(value, max_size=max_clients).map(lambda some: sorted(some, reverse=True))
    weights = st.lists(st.integers(1, 9), min_size=1, max_size=max_managers)
    return st.tuples(values, weights)


def puzzles(*, max_clients: int = 6, max_receivers: int = 3) -> st.SearchStrategy[Puzzle]:
    """Draw small questions of who may have whom, feasible or not.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing.allocation import puzzles
        >>> @settings(max_examples=5, database=None)
        ... @given(puzzles())
        ... def test_limits_are_ordered(puzzle):
        ...     assert all(a <= b for a, b in zip(puzzle.low, puzzle.high))
        >>> test_limits_are_ordered()
    """

    @st.composite
    def draw_puzzle(draw: st.DrawFn) -> Puzzle:
        """Draw receivers first, then clients."""
        seats = draw(st.integers(1, max_receivers))
        row = st.tuples(*[st.booleans()] * seats)
        eligible = draw(st.lists(row, min_size=1, max_size=max_clients))
        high = draw(st.tuples(*[st.integers(0, max_clients)] * seats))
        low = tuple(draw(st.integers(0, most)) for most in high)
        return Puzzle(tuple(eligible), low, high)

    return draw_puzzle()


def allocation_rules(*, measures: Sequence[str] = ("count", "assets")) -> st.SearchStrategy[AllocationRule]:
    """Draw rules that leave a division: some measures, fair against efficient, who is key.

    Example:
        >>> from hypothesis import given, settings
        >>> from clientmgr.testing.allocation import allocation_rules
        >>> @settings(max_examples=5, database=None)
        ... @given(allocation_rules())
        ... def test_something_is_measured(rule):
        ...     assert rule.measures
        >>> test_something_is_measured()
    """
    chosen = st.lists(st.sampled_from(list(measures)), min_size=1, unique=True)
    read = chosen.map(lambda names: tuple(Measure(name, negative="zero") for name in names))
    key = st.none() | st.builds(KeyClientRule, top=st.integers(0, 3), limit=st.integers(0, 4))
    return st.builds(
        AllocationRule,
        measures=read,
        equal=st.sampled_from(["0", "0.25", "0.5", "1"]),
        key=key,
        families=st.booleans(),
        limits=st.just(Limits()),
    )


def make_case(values: Any, receivers: int, **changes: Any) -> Case:
    """Make one branch of single clients without any rule, and then change what is named.

    Args:
        values: measures x clients, or one measure; scaled to 1.
        receivers: how many, all due the same.
        changes: fields of `Case` that are to be other.

    Example:
        >>> from clientmgr.testing.allocation import make_case
        >>> make_case([3, 1], 2).values.tolist()
        [[0.75, 0.25]]
    """
    table = np.atleast_2d(np.asarray(values, dtype=np.float64))
    units = table.shape[1]
    fields: dict[str, Any] = {
        "members": np.arange(units),
        "starts": np.arange(units + 1),
        "values": table / np.maximum(table.sum(axis=1, keepdims=True), 1e-300),
        "counts": np.ones(units, np.int64),
        "hours": None,
        "room": np.full(receivers, np.inf),
        "kind": np.arange(units),
        "eligible": np.ones((units, receivers), bool),
        "fixed": np.full(units, -1),
        "current": np.full(units, -1),
        "shares": np.full(receivers, 1 / receivers),
        "targets": np.full((len(table), receivers), 1 / receivers),
        "importance": np.ones(len(table)),
        "low": np.zeros(receivers, np.int64),
        "high": np.full(receivers, units),
    }
    return Case(**(fields | changes))


def check_conserved(division: Division) -> None:
    """Check that every client is in exactly one book or pool, and no other branch's.

    Raises:
        AssertionError: a client is lost, doubled, or with a manager of another branch.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.allocation import AllocationRule, allocate
        >>> from clientmgr.testing.allocation import check_conserved
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1"], branch="B1"),
        ...     managers=cm.Managers(id=["M1"], branch="B1"),
        ... )
        >>> check_conserved(allocate(facts, AllocationRule(key=None), on="2026-07-01"))
    """
    facts, there = division.facts, division.facts.open_clients(division.on)
    booked, pooled = ~division.owner.missing, ~division.pool.missing
    _hold(bool(((booked ^ pooled) == there).all()), "a client is lost or doubled")
    _hold(not (booked & pooled).any(), "a client is in a book and in a pool")
    if division.problem.receivers.kind == "manager":
        rows = facts.managers.rows(division.owner[booked])
        home = facts.branch_of_manager()[rows] == facts.branch_of_client()[booked]
        _hold(bool(home.all()), "a client went to another branch")
    sizes = [len(division.book(owner)) for owner in division.problem.receivers.id]
    _hold(sum(sizes) == int(booked.sum()), "the books do not add up")


def check_envy_free_up_to_any(values: Sequence[Any], weights: Sequence[int], owner: Sequence[int]) -> None:
    """Check WEFX pair by pair with fractions: the client removed is the smallest of positive value.

    Raises:
        AssertionError: some manager envies another one.

    Example:
        >>> from clientmgr.testing.allocation import check_envy_free_up_to_any
        >>> check_envy_free_up_to_any([3, 2, 2], [1, 1], [0, 1, 1])
    """
    books: list[list[Fraction]] = [[] for _ in weights]
    for value, manager in zip(values, owner, strict=True):
        books[manager].append(Fraction(value))
    for j, mine in enumerate(books):
        for i, other in enumerate(books):
            removed = min((value for value in other if value > 0), default=Fraction(0))
            envied = (sum(other, Fraction(0)) - removed) / weights[i]
            _hold(sum(mine, Fraction(0)) / weights[j] >= envied, f"{j} envies {i}")


def best_ratios(values: Sequence[int], weights: Sequence[int]) -> tuple[Fraction, Fraction]:
    """Find by trying everything the best lowest and the best highest load per weight; m^n steps.

    Example:
        >>> from clientmgr.testing.allocation import best_ratios
        >>> [int(ratio) for ratio in best_ratios([3, 2, 2], [1, 1])]
        [3, 4]
    """
    lowest, highest = Fraction(-1), None
    for owner in product(range(len(weights)), repeat=len(values)):
        loads = [0] * len(weights)
        for value, manager in zip(values, owner, strict=True):
            loads[manager] += value
        ratios = [Fraction(load, weight) for load, weight in zip(loads, weights, strict=True)]
        lowest = max(lowest, min(ratios))
        highest = max(ratios) if highest is None else min(highest, max(ratios))
    return lowest, highest if highest is not None else Fraction(0)


def has_division(puzzle: Puzzle) -> bool:
    """Say by trying everything whether some division keeps the rules; m^n steps.

    Example:
        >>> from clientmgr.testing.allocation import Puzzle, has_division
        >>> has_division(Puzzle(eligible=((True,), (True,)), low=(0,), high=(1,)))
        False
    """
    choices = [[j for j, good in enumerate(row) if good] for row in puzzle.eligible]
    for owner in product(*choices):
        counts = np.bincount(np.array(owner, dtype=np.int64), minlength=len(puzzle.low))
        if (counts >= puzzle.low).all() and (counts <= puzzle.high).all():
            return True
    return False


def _hold(good: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like assert
    """Raise unless something holds."""
    if not good:
        raise AssertionError(otherwise)
