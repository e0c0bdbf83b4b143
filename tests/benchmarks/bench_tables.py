"""Tables: coding ids, building, meeting by id, and making data sets."""

from collections.abc import Iterator

import numpy as np

import clientmgr as cm
from clientmgr.datasets import make_branch
from clientmgr.datasets.names import number_ids
from clientmgr.tables import AnyArray, Coded
from tests.benchmarks.harness import Row, against_sorting, alone, race

N = 10_000_000
CLIENTS = 500_000
BRANCHES = 1_430
FIRST = np.datetime64("2025-01-01")


def bench() -> Iterator[Row]:
    """Give the rows of tables."""
    rng = np.random.default_rng(7)
    text = np.asarray(number_ids("C", N, digits=8))
    yield from _codings(text, rng)
    yield from _clients(text, rng)
    yield from _trades(text[:CLIENTS], rng)
    yield alone("make_branch: 7,000 clients, 13 managers, two years", lambda: make_branch(rng=7))


def _codings(text: AnyArray, rng: np.random.Generator) -> Iterator[Row]:
    """Give the rows of coding a column of ids."""
    shuffled = text[rng.permutation(N)]
    few = rng.integers(0, CLIENTS, N // 10)
    yield race(
        "code 1 million text ids of 500,000 clients",
        lambda: Coded.of(text[few]),
        lambda: np.unique(text[few], return_inverse=True),
        peer="np.unique",
        at_most=0.5,
    )
    yield against_sorting(
        "code 10 million shuffled distinct text ids",
        lambda: Coded.of(shuffled),
    )


def _clients(text: AnyArray, rng: np.random.Generator) -> Iterator[Row]:
    """Give the rows of building clients."""
    branch = np.array([f"B{i:04d}" for i in range(BRANCHES)])[rng.integers(0, BRANCHES, N)]
    assets = rng.integers(0, 10**9, N)
    shuffled = text[rng.permutation(N)]
    for name, ids in (("ascending", text), ("shuffled", shuffled)):
        yield against_sorting(
            f"build Clients of 10 million string ids, {name}",
            lambda ids=ids: cm.Clients(id=ids, branch=branch, assets=assets),  # type: ignore[misc]
            rounds=2,
            seconds_at_most=10,
        )


def _trades(text: AnyArray, rng: np.random.Generator) -> Iterator[Row]:
    """Give the rows of building trades and meeting their clients."""
    clients = cm.Clients(id=text, branch="B1")
    places = rng.integers(0, CLIENTS, N)
    days = FIRST + rng.integers(0, 700, N)
    paid = rng.integers(0, 10**5, N)
    ids = np.arange(N)

    def build(who: object) -> AnyArray:
        """Build the trades and find the row of each client."""
        trades = cm.Trades(id=ids, client=who, date=days, turnover=paid, commission=paid)  # type: ignore[arg-type]
        return clients.rows(trades.client)

    codes = Coded.from_codes(clients.id.vocabulary, places.astype(np.int32))
    names = text[places]
    yield against_sorting(
        "build 10 million Trades against 500,000 clients", lambda: build(names), rounds=2, seconds_at_most=3
    )
    yield against_sorting("the same, clients coded already", lambda: build(codes), rounds=2)
