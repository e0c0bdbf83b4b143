"""What the package decides can be sent to another process, and its rules can be written down."""

import datetime as dt
import pickle

import cattrs
import numpy as np
import pytest

import clientmgr as cm
from clientmgr.dormancy import (
    CSDC_2007,
    ClaimRule,
    DormancyRule,
    LeaverRule,
    WatchRule,
    find_dormant,
    hand_over_book,
    release_dormant,
    resolve_claims,
    watch,
)
from clientmgr.ownership import Ledger, register_accounts
from clientmgr.tables import Result
from clientmgr.testing.ownership import Change, lone, to_table

DAY = np.datetime64("2026-07-01")


def results() -> list[Result]:
    """Decide everything once about two clients."""
    clients = cm.Clients(id=["C1", "C2"], branch="B1", last_trade=[np.datetime64("2024-01-01"), DAY - 400])
    records = cm.ServiceRecords(id=[1], manager=["M1"], client=["C1"], date=[DAY + 1], kind="call")
    trades = cm.Trades(id=[1], client=["C1"], date=[DAY + 3])
    facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1", "M2"], branch="B1"), records=records)
    first = [Change(client, dt.date(2024, 1, 1), "allocated", lone("manager", "M1")) for client in ("C1", "C2")]
    ledger = Ledger.start(to_table(first), known="2024-01-01")
    dormant = find_dormant(facts, DormancyRule(), on=DAY)
    released = release_dormant(dormant, ledger)
    pooled = ledger.append(released.changes, known="2026-07-01")
    return [
        dormant,
        released,
        resolve_claims(records, trades, pooled, ClaimRule(), on=DAY + 9),
        hand_over_book(facts, ledger, LeaverRule(receiver="M2"), manager="M1", on=DAY),
        watch(facts, DormancyRule(), on=DAY),
        pooled.owners(clients.id, DAY),
        pooled.book("M1", DAY),
        pooled.history("C1"),
        register_accounts(facts, pooled, period="2026-07"),
    ]


@pytest.mark.parametrize("result", results(), ids=lambda result: type(result).__name__)
def test_every_result_survives_pickle(result: Result) -> None:
    """With its numbers, read-only as before."""
    again = pickle.loads(pickle.dumps(result))
    mine, other = result.to_columns(), again.to_columns()
    assert repr(again) == repr(result)
    assert {name: str(column.tolist()) for name, column in mine.items()} == {
        name: str(column.tolist()) for name, column in other.items()
    }
    arrays = [value for value in vars(again).values() if isinstance(value, np.ndarray)]
    assert not any(array.flags.writeable for array in arrays)


@pytest.mark.parametrize(
    "rule",
    [CSDC_2007, ClaimRule(wins="share", daily_limit=3), WatchRule(alive_below=0.25), LeaverRule(keeps=((0, 1, 2),))],
    ids=lambda rule: type(rule).__name__,
)
def test_rules_are_plain_values(rule: object) -> None:
    """They come back from plain dicts and lists, as JSON has them."""
    converter = cattrs.Converter()
    converter.register_structure_hook_func(lambda kind: kind == str | int | None, lambda value, _: value)
    plain = converter.unstructure(rule)
    assert converter.structure(plain, type(rule)) == rule
