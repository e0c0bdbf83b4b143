"""Every client has a status and a due day on any day."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.check.dormancy import verify_dormancy
from clientmgr.dormancy import DormancyRule, find_dormant, house_rule
from clientmgr.errors import DataError
from clientmgr.testing import branches, shuffle_rows
from clientmgr.testing.dormancy import check_dormancy_needs_no_future, dormancy_rules

DATA = os.environ.get("CLIENTMGR_DATA")
NAT = "NaT"


def days(*texts: str) -> np.ndarray:
    """Read a column of days."""
    return np.array(texts, "datetime64[D]")


def facts_with(*, tables: dict[str, Any] | None = None, **columns: Any) -> cm.Facts:
    """Make facts of some clients and one manager."""
    clients = cm.Clients(**{"branch": "B1", **columns})
    return cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"), **(tables or {}))


def test_both_halves_of_the_definition_are_exact() -> None:
    """18 months to the day, and assets not above the limit: neither a day nor a fen off."""
    facts = facts_with(
        id=["a", "b", "c", "d"],
        last_trade=days("2024-08-31", "2024-08-31", "2024-09-01", "2024-08-31"),
        assets=[5_000_00, 5_000_01, 0, -1],
    )
    found = find_dormant(facts, house_rule(5_000_00), on="2026-02-28")
    assert found.status.tolist() == ["dormant", "idle", "active", "dormant"]
    before = find_dormant(facts, house_rule(5_000_00), on="2026-02-27")
    assert set(before.status.tolist()) == {"active"}
    assert found.counts() == {"active": 1, "dormant": 2, "idle": 1, "not open": 0}
    assert found.ids.tolist() == ["a", "d"]
    assert repr(found) == "Dormancy(2 of 4 clients dormant on 2026-02-28)"


def test_the_due_day_may_count_or_not() -> None:
    """An exclusive rule begins on the day after."""
    facts = facts_with(id=["a"], last_trade=days("2024-08-31"))
    rule = DormancyRule(inclusive=False)
    assert find_dormant(facts, rule, on="2026-02-28").status.tolist() == ["active"]
    assert find_dormant(facts, rule, on="2026-03-01").status.tolist() == ["dormant"]


def test_who_never_traded_counts_from_its_opening() -> None:
    """Who was there before all records is due; who is not open yet or closed has no other status."""
    facts = facts_with(
        id=["new", "old", "ancient", "later", "gone"],
        opened=days("2025-01-01", "2024-01-01", NAT, "2026-06-01", NAT),
        closed=days(NAT, NAT, NAT, NAT, "2026-01-01"),
    )
    found = find_dormant(facts, DormancyRule(), on="2026-01-01")
    assert found.status.tolist() == ["active", "dormant", "dormant", "not open", "not open"]
    assert found.due.astype(str).tolist()[:3] == ["2026-07-01", "2025-07-01", NAT]


def test_only_what_the_client_caused_counts() -> None:
    """Interest, automatic trades and other kinds of event do not keep a client awake."""
    late = np.datetime64("2026-01-01")
    events = cm.AccountEvents(
        client=["a", "b", "c"], date=[late] * 3, kind=["login", "interest", "enquiry"], initiated=[True, False, True]
    )
    trades = cm.Trades(id=[1], client=["d"], date=[late], initiated=[False])
    facts = facts_with(
        tables={"events": events, "trades": trades}, id=["a", "b", "c", "d"], opened=days(*["2020-01-01"] * 4)
    )
    told = {
        counts: find_dormant(facts, DormancyRule(counts=counts), on="2026-02-01").status.tolist()
        for counts in (("trade",), ("login",), ("any",))
    }
    assert told[("trade",)] == ["dormant"] * 4
    assert told[("login",)] == ["active", *["dormant"] * 3]
    assert told[("any",)] == ["active", "dormant", "active", "dormant"]


def test_a_reversal_is_no_activity() -> None:
    """Taking a trade back is the firm's booking, not the client's doing; the verifier sees it so, too."""
    trades = cm.Trades(id=[1, 2], client="a", date=days("2024-01-01", "2026-01-01"), reverses=[None, 1])
    facts = facts_with(tables={"trades": trades}, id=["a"])
    found = find_dormant(facts, DormancyRule(), on="2026-02-01")
    assert found.last.astype(str).tolist() == ["2024-01-01"]
    verify_dormancy(facts, DormancyRule(), found)


@pytest.mark.parametrize(
    ("test", "status"), [("as_of", "dormant"), ("month_ends", "idle"), ("average", "dormant"), ("maximum", "idle")]
)
def test_the_asset_test_decides_what_a_price_fall_does(test: Any, status: str) -> None:
    """Assets that were large at one month end only: each test says something else."""
    valuations = cm.Valuations(
        client=["a"] * 3, date=days("2024-01-01", "2025-10-31", "2025-11-01"), assets=[100, 900, 100]
    )
    facts = facts_with(tables={"valuations": valuations}, id=["a"], opened=days("2020-01-01"))
    rule = DormancyRule(months=12, max_assets=500, assets_test=test)
    found = find_dormant(facts, rule, on="2026-02-01")
    assert found.status.tolist() == [status]


def test_without_valuations_a_window_is_the_assets_of_the_day() -> None:
    """The snapshot answers, where it is not later than the day."""
    facts = facts_with(tables={"as_of": "2025-12-31"}, id=["a"], opened=days("2020-01-01"), assets=[100])
    rule = DormancyRule(max_assets=100, assets_test="maximum")
    assert find_dormant(facts, rule, on="2026-02-01").tested.tolist() == [100]
    with pytest.raises(DataError, match="a snapshot not later"):
        find_dormant(facts, rule, on="2025-12-01")


def test_further_limits_need_their_columns() -> None:
    """A limit on a column that the facts lack, or only have later, is an error."""
    rule = DormancyRule(also_at_most=(("securities", 0),))
    with pytest.raises(DataError, match="which the facts do not have"):
        find_dormant(facts_with(id=["a"]), rule, on="2026-02-01")
    facts = facts_with(
        tables={"as_of": "2026-03-01", "trades": cm.Trades(id=[1], client=["a"], date=days("2025-01-01"))},
        id=["a"],
        extra={"securities": [0]},
    )
    with pytest.raises(DataError, match="a snapshot of 2026-03-01, later than 2026-02-01"):
        find_dormant(facts, rule, on="2026-02-01")


@pytest.mark.parametrize(
    ("client", "said"),
    [
        ("a", "a is dormant on 2026-02-28: last active 2024-08-31, due on 2026-02-28 (18 months); assets 1.00 (as_of)"),
        ("b", "b is dormant on 2026-02-28: never active, and there before all records"),
        ("c", "c is not open on 2026-02-28"),
    ],
)
def test_each_status_says_why(client: str, said: str) -> None:
    """The explanation names both halves of the definition."""
    facts = facts_with(
        id=["a", "b", "c"],
        last_trade=days("2024-08-31", NAT, NAT),
        opened=days(NAT, NAT, "2026-05-01"),
        assets=[100, 0, 0],
    )
    assert find_dormant(facts, house_rule(500), on="2026-02-28").explain(client).startswith(said)
    unlimited = find_dormant(facts, DormancyRule(inclusive=False), on="2026-02-28").explain("a")
    assert unlimited.endswith("due after 2026-02-28 (18 months); assets 1.00 (as_of), no limit")


def test_an_unknown_client_has_no_status() -> None:
    """Asking for a stranger is an error."""
    with pytest.raises(DataError, match="there is no client 'z'"):
        find_dormant(facts_with(id=["a"]), DormancyRule(), on="2026-02-28").explain("z")


@given(branches(max_clients=6), dormancy_rules(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_neither_the_future_nor_the_order_of_rows_matters(facts: cm.Facts, rule: DormancyRule, random: Any) -> None:
    """Trades and events after the day, and shuffled tables, leave every status as it is."""
    on = np.datetime64("2026-01-15")
    try:
        found = find_dormant(facts, rule, on=on)
    except DataError:
        return
    check_dormancy_needs_no_future(facts, rule, on)
    shuffled = find_dormant(shuffle_rows(facts, np.random.default_rng(random.randrange(99))), rule, on=on)
    told = [dict(zip(one.client, one.status, strict=True)) for one in (found, shuffled)]
    assert told[0] == told[1]


@pytest.mark.skipif(DATA is None, reason="needs the folder of real records")
@pytest.mark.parametrize(
    ("on", "expected", "backward"), [("1998-06-30", 18_196, 18_189), ("1998-02-28", 17_613, 17_554)]
)
def test_dormant_customers_of_cdnow_are_counted_by_the_forward_rule(on: str, expected: int, backward: int) -> None:
    """Six months, due day included; dateutil agrees on every due day, the backward rule gives other numbers."""
    facts = cdnow()
    found = find_dormant(facts, DormancyRule(months=6), on=on)
    assert int(found.dormant.sum()) == expected
    cut = cm.periods.add_months(on, -6)
    assert int((found.last <= cut).sum()) == backward
    due = [last + relativedelta(months=6) for last in np.unique(found.last).tolist()]
    assert np.unique(found.due).tolist() == sorted(set(due))


def cdnow() -> cm.Facts:
    """Read the purchases: each is a trade."""
    path = Path(str(DATA)) / "cdnow" / "CDNOW_master.txt"
    rows = [line.split() for line in path.read_text().splitlines()[1:]]
    client = np.array([int(row[0]) for row in rows])
    date = np.array([f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}" for row in rows], "datetime64[D]")
    clients = cm.Clients(id=np.unique(client), branch="B1")
    trades = cm.Trades(id=np.arange(len(date)), client=client, date=date)
    return cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"), trades=trades)


@pytest.mark.skipif(DATA is None, reason="needs the folder of real records")
def test_every_month_end_of_cdnow_agrees_with_dateutil_and_never_looks_ahead() -> None:
    """At each of eighteen month ends, with six and twelve months, from purchases up to that day alone."""
    facts = cdnow()
    ends = np.arange("1997-02", "1998-08", dtype="datetime64[M]").astype("datetime64[D]") - 1
    for on in ends:
        past = facts.trades.take(facts.trades.date <= on)
        last: dict[int, Any] = {}
        for client, date in zip(past.client.tolist(), past.date.tolist(), strict=True):
            last[client] = max(date, last.get(client, date))
        for months in (6, 12):
            step = relativedelta(months=months)
            due = {day: day + step <= on.item() for day in set(last.values())}
            expected = {client for client, day in last.items() if due[day]}
            found = find_dormant(facts, DormancyRule(months=months), on=on)
            traded = ~np.isnat(found.last)
            assert set(found.client[found.dormant & traded].tolist()) == expected
