"""Dormancy and claims, by the million."""

from collections.abc import Iterator

import numpy as np

import clientmgr as cm
from clientmgr.dormancy import ClaimRule, find_dormant, fit_alive, house_rule, resolve_claims
from clientmgr.dormancy.due import due_days
from clientmgr.facts import ServiceRecords, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from tests.benchmarks.harness import Row, against_sorting, alone, race

CLIENTS, CUSTOMERS = 10_000_000, 23_570
POOLED, CONTACTS, WAKINGS, MANAGERS, DAYS = 300_000, 1_000_000, 100_000, 5_000, 730
START = np.datetime64("2024-01-01")


def bench() -> Iterator[Row]:
    """Give the rows of dormancy and claims."""
    rng = np.random.default_rng(7)
    yield from _statuses(rng)
    yield from _claims(rng)
    repeats, recency = _histories(rng)
    age = np.full(CUSTOMERS, 200.0)
    yield alone("fit the chance to be alive to 23,570 histories", lambda: fit_alive(repeats, recency, age), rounds=3)


def _histories(rng: np.random.Generator) -> tuple[list[int], list[float]]:
    """Let customers buy and drop out as the model says, for 200 days."""
    repeats, recency = [], []
    for rate, drop in zip(rng.gamma(0.6, 1 / 50, CUSTOMERS), rng.beta(0.8, 1.2, CUSTOMERS), strict=True):
        count, last, now = 0, 0.0, 0.0
        while rng.random() > drop and (now := now + rng.exponential(1 / rate)) <= 200:
            count, last = count + 1, now
        repeats.append(count)
        recency.append(last)
    return repeats, recency


def _statuses(rng: np.random.Generator) -> Iterator[Row]:
    """Give the rows of the status of all clients."""
    last = START - rng.integers(0, 2_000, CLIENTS)
    clients = cm.Clients(id=np.arange(CLIENTS), branch="B1", assets=rng.integers(0, 10**7, CLIENTS), last_trade=last)
    facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
    rule = house_rule(5_000_00)
    yield against_sorting(
        "status and due day of 10 million clients", lambda: find_dormant(facts, rule, on=START), seconds_at_most=1
    )
    yield race(
        "10 million due days through a table over days",
        lambda: due_days(last, 18),
        lambda: cm.periods.add_months(last, 18),
        peer="adding months to each day",
        rounds=3,
    )


def _claims(rng: np.random.Generator) -> Iterator[Row]:
    """Give the row of claims."""
    pool = OwnershipChanges(
        client=np.arange(POOLED),
        valid=np.full(POOLED, START),
        kind="allocated",
        pool=["dormant"] * POOLED,
        branch="B1",
    )
    ledger = Ledger.start(pool, known="2024-01-01")
    contacts = ServiceRecords(
        id=rng.permutation(CONTACTS),
        manager=rng.integers(0, MANAGERS, CONTACTS),
        client=rng.integers(0, POOLED, CONTACTS),
        date=START + rng.integers(1, DAYS, CONTACTS),
        kind="call",
    )
    trades = Trades(
        id=np.arange(WAKINGS),
        client=rng.choice(POOLED, WAKINGS, replace=False),
        date=START + rng.integers(1, DAYS, WAKINGS),
    )
    rule = ClaimRule(daily_limit=5, open_limit=50, idle_days=60)
    yield against_sorting(
        "resolve 1 million contacts of 5,000 managers, 100,000 clients waking",
        lambda: resolve_claims(contacts, trades, ledger, rule, on=START + DAYS),
        seconds_at_most=2,
    )
