"""A small firm that the tests of commission share: two branches, a team, a ledger, a few trades."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clientmgr.commission import CommissionPlan, Deduction
from clientmgr.facts import Clients, Facts, Managers, Memberships, Trades, Valuations
from clientmgr.ownership import Ledger, OwnershipChanges


def to_days(*days: str) -> np.ndarray[Any, Any]:
    """Read days."""
    return np.array(days, "datetime64[D]")


def to_trades(rows: list[dict[str, Any]], extra: dict[str, Any] | None = None) -> Trades:
    """Make trades of short rows: id, client, date and whatever differs from a plain purchase."""
    plain = {"side": "buy", "market": "", "product": "", "quantity": 0, "turnover": 0, "commission": 0}
    full = [{**plain, "reverses": None, **row} for row in rows]
    if not full:
        return Trades(id=[], client=[], date=to_days(), extra=extra or {})
    columns: dict[str, Any] = {name: [row[name] for row in full] for name in full[0]}
    columns["date"] = to_days(*columns["date"])
    return Trades(**columns, extra=extra or {})


def to_changes(rows: list[dict[str, Any]]) -> OwnershipChanges:
    """Make changes of short rows: client, valid, kind and owner."""
    plain = {"manager": None, "team": None, "pool": None, "branch": "B1", "role": ""}
    full = [{**plain, "share": 1, "of": 1, "overlay": False, **row} for row in rows]
    columns: dict[str, Any] = {name: [row[name] for row in full] for name in full[0]}
    columns["valid"] = to_days(*columns["valid"])
    return OwnershipChanges(**columns)


CALENDARS: list[dict[str, Any]] = [
    {"client": "C1", "valid": "2026-01-01", "kind": "allocated", "manager": "M1"},
    {"client": "C1", "valid": "2026-07-15", "kind": "handed_over", "manager": "M2"},
    {"client": "C2", "valid": "2026-01-01", "kind": "allocated", "pool": "key"},
    {
        "client": "C3",
        "valid": "2026-03-01",
        "kind": "developed",
        "manager": "M1",
        "role": "developer",
        "share": 2,
        "of": 5,
    },
    {
        "client": "C3",
        "valid": "2026-03-01",
        "kind": "developed",
        "manager": "M2",
        "role": "servicer",
        "share": 3,
        "of": 5,
    },
    {
        "client": "C3",
        "valid": "2026-03-01",
        "kind": "developed",
        "manager": "M3",
        "role": "adviser",
        "share": 1,
        "of": 10,
        "overlay": True,
    },
    {"client": "C4", "valid": "2026-01-01", "kind": "allocated", "team": "T1"},
    {"client": "C4", "valid": "2026-09-01", "kind": "closed"},
]


@pytest.fixture
def ledger() -> Ledger:
    """Give a ledger of four clients: handed over, key, shared, and a team's that is closed later."""
    return Ledger.start(to_changes(CALENDARS), known="2026-10-01")


@pytest.fixture
def make_facts() -> Callable[..., Facts]:
    """Give the function that makes the firm with some trades."""

    def make(rows: list[dict[str, Any]], extra: dict[str, Any] | None = None) -> Facts:
        """Make the firm."""
        return Facts(
            clients=Clients(
                id=["C1", "C2", "C3", "C4"],
                branch="B1",
                opened=to_days("NaT", "NaT", "2026-02-28", "NaT"),
            ),
            managers=Managers(id=["H1", "M1", "M2", "M3"], branch="B1", head=[True, False, False, False]),
            memberships=Memberships(
                team="T1",
                manager=["M1", "M2"],
                share=[2, 1],
                lead=[True, False],
                since=to_days("2026-01-01")[0],
            ),
            trades=to_trades(rows, extra),
            valuations=Valuations(client=["C1"], date=to_days("2026-01-01"), assets=[500_00]),
        )

    return make


@pytest.fixture
def make_trades() -> Callable[..., Trades]:
    """Give the function that makes trades of short rows."""
    return to_trades


@pytest.fixture
def make_changes() -> Callable[..., OwnershipChanges]:
    """Give the function that makes changes of short rows."""
    return to_changes


def read_purchases(folder: str) -> Trades:
    """Read the purchases: a purchase is a trade, its row number the id, 0.3 % of its dollars the commission."""
    lines = (Path(folder) / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    cents = np.array([int(row[3].replace(".", "")) for row in rows])
    text = [f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}" for row in rows]
    return Trades(
        id=np.arange(len(rows)),
        client=[row[0] for row in rows],
        date=np.array(text, "M8[D]"),
        turnover=cents,
        commission=(cents * 3 + 500) // 1000,
    )


def make_divided_ledger(trades: Trades, managers: list[str]) -> Ledger:
    """Divide the clients, share some, and let others be claimed out of the dormant pool."""
    ids = trades.client.vocabulary
    place = np.arange(len(ids))
    start = np.datetime64("1997-01-01")
    pooled = place % 5 == 0
    first = OwnershipChanges(
        client=ids,
        valid=start,
        kind="allocated",
        manager=[None if p else managers[i % len(managers)] for i, p in enumerate(pooled.tolist())],
        pool=["dormant" if p else None for p in pooled.tolist()],
        branch="B1",
    )
    claimed = np.flatnonzero(pooled & (place % 10 == 0))
    claims = OwnershipChanges(
        client=np.repeat(ids[claimed], 2),
        valid=np.repeat(start + 60 + claimed % 300, 2),
        kind="claimed",
        manager=[managers[(i + k) % len(managers)] for i in claimed.tolist() for k in (1, 2)],
        branch="B1",
        role=["developer", "servicer"] * len(claimed),
        share=[1, 2] * len(claimed),
        of=3,
    )
    return Ledger.start(first, known="1997-01-01").append(claims, known="1998-07-01")


@pytest.fixture(scope="session")
def purchases() -> tuple[Facts, Ledger, CommissionPlan]:
    """Give the real purchases as trades, a ledger of divisions and claims, and a plan."""
    trades = read_purchases(os.environ["CLIENTMGR_DATA"])
    managers = [f"M{i:02}" for i in range(13)]
    facts = Facts(
        clients=Clients(id=trades.client.vocabulary, branch="B1"),
        managers=Managers(id=managers, branch="B1"),
        trades=trades,
    )
    lines = [Deduction(name="fee", rates="0.5‰"), Deduction(name="tax", rates="6%", on="net")]
    return facts, make_divided_ledger(trades, managers), CommissionPlan(deductions=lines)
