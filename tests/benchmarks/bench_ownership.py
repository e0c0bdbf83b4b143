"""The ledger: building and proving it, looking up owners, appending, by the million."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clientmgr.ownership import Ledger, OwnershipChanges, OwnershipLog
from tests.benchmarks.harness import Row, against_sorting, alone, race

CLIENTS, LATER, MANAGERS, DAYS = 500_000, 750_000, 5_000, 900
QUERIES = 10_000_000
START = np.datetime64("2024-01-01")
SHARES = ((1, 1, 1), (4, 6, 1), (2, 3, 5))
ROLES = np.array(["developer", "servicer", "team"])

Whole = NDArray[np.int64]


def bench() -> Iterator[Row]:
    """Give the rows of ownership."""
    rng = np.random.default_rng(7)
    columns = make_log(rng)
    log = OwnershipLog(**columns)
    yield alone("build the table of the log, 2.4 million rows", lambda: OwnershipLog(**columns), rounds=3)
    yield against_sorting(
        "build and prove a ledger of 500,000 clients, 1.25 million marks",
        lambda: Ledger.from_log(log.take(slice(None))),
        seconds_at_most=2,
        note="grouping of the rows included",
    )
    ledger = Ledger.from_log(log)
    yield from _look_ups(rng, ledger)
    yield from _appends(rng, ledger)
    yield _heavy_client(rng)
    yield alone("since when each owner has held each client", lambda: _spells(ledger), rounds=3)
    yield alone("the book of one manager", lambda: ledger.book(17, "2026-01-01"))


def make_log(rng: np.random.Generator) -> dict[str, Any]:
    """Make a log: every client allocated, then transferred now and then, one change in 25 told late; 1 to 3 owners."""
    client = np.concatenate([np.arange(CLIENTS), rng.integers(0, CLIENTS, LATER)])
    valid = np.concatenate([np.zeros(CLIENTS, np.int64), rng.integers(1, DAYS, LATER)])
    late = np.where(rng.random(LATER) < 0.04, rng.integers(30, 60, LATER), 0)
    batch = np.concatenate([np.zeros(CLIENTS, np.int64), 1 + np.minimum(valid[CLIENTS:] + late, DAYS - 1) // 30])
    _, first = np.unique((client * DAYS + valid) * 100 + batch, return_index=True)
    client, valid, batch = client[first], valid[first], batch[first]
    size = rng.choice([1, 2, 3], len(first), p=[0.4, 0.3, 0.3])
    change = np.repeat(np.arange(len(first)), size)
    nth = np.arange(len(change)) - np.repeat(np.cumsum(size) - size, size)
    manager = (rng.integers(0, MANAGERS, len(first))[change] + nth * 7) % MANAGERS
    order = rng.permutation(len(change))
    row = change[order]
    return {
        "client": client[row],
        "valid": START + valid[row],
        "kind": np.where(valid[row] == 0, "allocated", "transferred"),
        "manager": manager[order],
        "branch": "B1",
        "role": np.where(size[row] == 1, "", ROLES[nth[order]]),
        "share": np.array(SHARES)[size[row] - 1, nth[order]],
        "of": np.where(size[row] == 1, 1, 10),
        "batch": batch[row],
        "known": (START + (batch[row] + 1) * 31).astype("datetime64[s]"),
    }


def _look_ups(rng: np.random.Generator, ledger: Ledger) -> Iterator[Row]:
    """Give the rows of the look-up: latest, as known at one batch, as known at a batch a row."""
    codes = rng.integers(0, CLIENTS, QUERIES).astype(np.int32)
    days = (START.astype(np.int64) + rng.integers(0, DAYS, QUERIES)).astype(np.int32)
    known = rng.integers(0, len(ledger.recorded), QUERIES)
    marks = ledger.snapshot().marks
    packed = marks.client.astype(np.int64) << 32 | marks.valid
    yield race(
        "10 million look-ups, latest",
        lambda: ledger.look_up(codes, days),
        lambda: np.searchsorted(packed, codes.astype(np.int64) << 32 | days, side="right"),
        peer="np.searchsorted on packed keys",
        rounds=3,
        seconds_at_most=0.5,
    )

    def as_known_once() -> object:
        """Look up as known at one batch, the snapshot made anew."""
        ledger.calendars._snapshots.clear()
        return ledger.look_up(codes, days, known=15)

    yield against_sorting("the same, as known at one batch, its snapshot included", as_known_once, seconds_at_most=0.8)
    yield against_sorting(
        "the same, as known at a batch of each row", lambda: ledger.look_up(codes, days, known), seconds_at_most=1.2
    )


def _heavy_client(rng: np.random.Generator) -> Row:
    """Give the row of one client with 200,000 marks told in random order."""
    many = 200_000
    batch = np.concatenate([[0], 1 + rng.permutation(many - 1)])
    log = OwnershipLog(
        client=np.zeros(many, np.int64),
        valid=START + np.arange(many),
        kind=np.where(np.arange(many) == 0, "allocated", "transferred"),
        manager=rng.integers(0, MANAGERS, many),
        batch=batch,
        known=START.astype("datetime64[s]") + batch,
    )
    ledger = Ledger.from_log(log)
    codes = np.zeros(QUERIES // 10, np.int32)
    days = (START.astype(np.int64) + rng.integers(0, many, len(codes))).astype(np.int32)
    known = rng.integers(0, many, len(codes))
    return alone(
        "1 million look-ups as known a row, one client with 200,000 marks told in random order",
        lambda: ledger.look_up(codes, days, known),
        rounds=3,
    )


def _appends(rng: np.random.Generator, ledger: Ledger) -> Iterator[Row]:
    """Give the rows of appending, to few owner sets and to many."""
    changes = OwnershipChanges(
        client=rng.choice(CLIENTS, 5_000, replace=False),
        valid=START + DAYS + 50,
        kind="transferred",
        manager=rng.integers(0, MANAGERS, 5_000),
        branch="B1",
    )
    sets = f"{len(ledger.sets):,} owner sets"
    yield alone("append 5,000 changes and prove them", lambda: ledger.append(changes, known="2030-01-01"), note=sets)
    many = Ledger.from_log(OwnershipLog(**_many_sets(rng)))
    yield alone(
        "the same, to a ledger of as many owner sets as marks",
        lambda: many.append(changes, known="2030-01-01"),
        rounds=3,
        note=f"{len(many.sets):,} owner sets",
    )


def _many_sets(rng: np.random.Generator) -> dict[str, Any]:
    """Make a log in which hardly two owner sets are the same."""
    columns = make_log(rng)
    return {**columns, "manager": rng.integers(0, 1_000_000, len(columns["manager"]))}


def _spells(ledger: Ledger) -> object:
    """Follow all spells, on a snapshot made anew."""
    ledger.calendars._snapshots.clear()
    return ledger.snapshot().spells
