"""The verifier of ledgers accepts what is right, and nothing else."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.check.ownership import replay_log, verify_ledger
from clientmgr.errors import CheckError
from clientmgr.ownership import Ledger, OwnershipLog
from clientmgr.testing.ownership import Change, ledgers, lone, to_table

DAY = dt.date(2026, 3, 2)


def start(manager: str = "M1") -> Ledger:
    """Start a ledger in which a client is allocated and closed again."""
    changes = [Change("C1", DAY, "allocated", lone("manager", manager)), Change("C1", dt.date(2026, 3, 5), "closed")]
    return Ledger.start(to_table(changes), known="2026-03-02")


@given(ledgers())
@settings(max_examples=20)
def test_every_ledger_holds(ledger: Ledger) -> None:
    """What was built batch by batch is what replaying its rows gives."""
    verify_ledger(ledger)


def test_an_answer_that_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger whose answers are not those of its rows does not pass."""
    other = start("M2").log()
    monkeypatch.setattr(Ledger, "log", lambda _: other)
    with pytest.raises(CheckError, match="answers differ"):
        verify_ledger(start())


def log_of(*kinds: str, days: tuple[int, ...], batch: tuple[int, ...]) -> OwnershipLog:
    """Make a log that a ledger would refuse."""
    owners = ["M1" if kind not in {"closed", "withdrawn"} else None for kind in kinds]
    return OwnershipLog(
        client=["C1"] * len(kinds),
        valid=np.array([f"2026-03-{d:02}" for d in days], "datetime64[D]"),
        kind=list(kinds),
        manager=owners,
        batch=np.array(batch),
        known="2026-03-02",
    )


@pytest.mark.parametrize(
    ("log", "match"),
    [
        (log_of("transferred", days=(2,), batch=(0,)), "no owner at the start"),
        (log_of("allocated", "reopened", days=(2, 3), batch=(0, 0)), "reopened follows allocated"),
        (log_of("allocated", "closed", "claimed", days=(2, 3, 4), batch=(0, 0, 0)), "claimed follows closed"),
        (log_of("allocated", "withdrawn", days=(2, 3), batch=(0, 1)), "withdraws nothing"),
    ],
)
def test_a_log_that_makes_no_sense_is_found(log: OwnershipLog, match: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The replay checks every calendar after every batch."""
    monkeypatch.setattr(Ledger, "log", lambda _: log)
    with pytest.raises(CheckError, match=match):
        verify_ledger(start())


class Rows:
    """A log that was not checked when it was made."""

    def __init__(self, **change: object) -> None:
        """Keep two rows of a shared client, with some columns changed."""
        row = {"client": "C1", "valid": DAY, "kind": "allocated", "manager": "M1", "team": None, "pool": None}
        row |= {"branch": "B1", "role": "a", "share": 1, "of": 2, "overlay": False, "batch": 0}
        self.rows = [row, row | {"role": "b"} | change]

    def to_records(self) -> list[dict[str, object]]:
        """Give the rows."""
        return self.rows


@pytest.mark.parametrize(
    ("change", "match"),
    [({"kind": "opened"}, "speaks twice"), ({"of": 3}, "add up to 5/6"), ({"share": 0}, "add up to 1/2")],
)
def test_shares_are_added_up_again(change: dict[str, object], match: str) -> None:
    """The replay trusts no sum."""
    with pytest.raises(CheckError, match=match):
        replay_log(Rows(**change))  # type: ignore[arg-type]
