"""`Facts`: tables that agree, and what history and snapshot answer about a day."""

import copy
import datetime as dt
import pickle
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.testing import branches, days, firms, shuffle_rows


def day(text: str) -> np.datetime64:
    """Read a day."""
    return np.datetime64(text, "D")


def facts(**tables: Any) -> cm.Facts:
    """Make facts of two clients and a manager, with further tables."""
    given_tables = {
        "clients": cm.Clients(
            id=["C1", "C2"],
            branch="B1",
            assets=[100, 200],
            last_trade=[day("2026-03-31"), None],
        ),
        "managers": cm.Managers(id=["M1"], branch="B1"),
        **tables,
    }
    return cm.Facts(**given_tables)


def trade(client: str, date: str, **columns: Any) -> cm.Trades:
    """Make one trade."""
    return cm.Trades(id=[1], client=[client], date=day(date), **columns)


def valuation(client: str, date: str, assets: int) -> cm.Valuations:
    """Make one valuation."""
    return cm.Valuations(client=[client], date=day(date), assets=[assets])


def test_only_clients_and_managers_are_needed() -> None:
    """All other tables are empty then, and the branches are those that occur."""
    made = facts()
    assert [len(getattr(made, name)) for name in made.TABLES] == [2, 1] + [0] * 7
    assert made.branches.tolist() == ["B1"]
    assert repr(made) == "Facts(2 clients, 1 managers, 1 branches)"
    assert repr(facts(trades=trade("C1", "2026-01-01"), as_of="2026-06-30")) == (
        "Facts(2 clients, 1 managers, 1 branches, 1 trades, as of 2026-06-30)"
    )


def test_one_error_names_every_row_that_points_at_nobody() -> None:
    """Of all tables: unknown clients, managers and branches."""
    date = day("2026-01-01")
    with pytest.raises(DataError, match="do not agree with one another: 9 bad rows") as caught:
        cm.Facts(
            clients=cm.Clients(id=["C1"], branch="B1", introducer=["M9"]),
            managers=cm.Managers(id=["M1"], branch="B2"),
            trades=trade("C9", "2026-01-01"),
            valuations=valuation("C9", "2026-01-01", 5),
            flows=cm.Flows(client=["C9"], date=date, amount=[5]),
            events=cm.AccountEvents(client=["C9"], date=date, kind="login"),
            memberships=cm.Memberships(team="T", manager=["M9"], since=date),
            records=cm.ServiceRecords(id=[1], manager=["M1"], client=["C9"], date=date, kind="call"),
            incidents=cm.Incidents(id=[1], manager=["M9"], client=["C1"], date=date, kind="x"),
            branches=["B2"],
        )
    assert [(f.table, f.column, f.value) for f in caught.value.findings] == [
        ("clients", "introducer", "M9"),
        ("trades", "client", "C9"),
        ("valuations", "client", "C9"),
        ("flows", "client", "C9"),
        ("events", "client", "C9"),
        ("memberships", "manager", "M9"),
        ("records", "client", "C9"),
        ("incidents", "manager", "M9"),
        ("clients", "branch", "B1"),
    ]


def test_integer_ids_against_text_ids_are_named_with_their_rows() -> None:
    """In every table that points at another, and between the branches of clients and managers."""
    with pytest.raises(DataError, match=r"trades.client row 0 \(1\): got 7, expected text, as fa"):
        facts(trades=cm.Trades(id=[1], client=[7], date=day("2026-01-01")))
    with pytest.raises(DataError, match=r"managers.branch row 0 \(M1\): got 1, expected text, as"):
        facts(managers=cm.Managers(id=["M1"], branch=1))
    with pytest.raises(DataError, match=r"managers.branch row 0 \(M1\): got 1, expected one of"):
        facts(managers=cm.Managers(id=["M1"], branch=1), branches=["B1"])


def test_a_missing_reference_points_at_nobody_on_purpose() -> None:
    """A walk-in has no introducer, study has no client."""
    facts(records=cm.ServiceRecords(id=[1], manager=["M1"], date=day("2026-01-01"), kind="study"))


def test_a_table_of_another_kind_is_refused() -> None:
    """Before anything is asked of it."""
    with pytest.raises(DataError, match=r"facts.trades is a Trades table, got dict"):
        facts(trades={"id": [1]})


def test_none_is_a_table_without_rows() -> None:
    """Only clients and managers have to be brought."""
    assert len(facts(trades=None).trades) == 0
    with pytest.raises(DataError, match=r"facts.managers is a Managers table, got NoneType"):
        facts(managers=None)


def test_branches_may_be_more_than_those_that_occur() -> None:
    """A branch without clients is a branch; each is there once, in the order of ids."""
    made = facts(branches=["B2", "B1", "B2"])
    assert made.branches.tolist() == ["B1", "B2"]
    assert made.branch_of_client().tolist() == [0, 0]
    assert made.branch_of_manager().tolist() == [0]
    assert made.branch_id(1) == "B2"
    with pytest.raises(DataError, match=r"facts.branches row 1: got None"):
        facts(branches=["B1", None])


def test_the_branches_that_occur_come_in_the_order_of_ids() -> None:
    """Those of clients and of managers; words that no row uses do not count."""
    clients = cm.Clients(id=[1, 2, 3], branch=["B9", "B2", "B5"]).take([0, 2])
    made = cm.Facts(clients=clients, managers=cm.Managers(id=[1], branch="B1"))
    assert made.branches.tolist() == ["B1", "B5", "B9"]
    assert made.branch_of_client().tolist() == [2, 1]


def test_who_is_a_client_on_a_day_opened_by_then_and_has_not_closed() -> None:
    """The day of opening is the first, the day of closing the first without."""
    clients = cm.Clients(
        id=[1, 2],
        branch="B",
        opened=[None, day("2026-02-01")],
        closed=[day("2026-03-01"), None],
    )
    made = cm.Facts(clients=clients, managers=cm.Managers(id=[1], branch="B"))
    answers = {on: made.open_clients(on).tolist() for on in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")}
    assert answers == {
        "2026-01-31": [True, False],
        "2026-02-01": [True, True],
        "2026-02-28": [True, True],
        "2026-03-01": [False, True],
    }


def test_who_is_at_work_on_a_day_joined_by_then_and_has_not_left() -> None:
    """As with clients."""
    managers = cm.Managers(
        id=[1, 2],
        branch="B",
        joined=[None, day("2026-02-01")],
        left=[day("2026-02-01"), None],
    )
    made = cm.Facts(clients=cm.Clients(id=[1], branch="B"), managers=managers)
    assert made.present_managers("2026-01-31").tolist() == [True, False]
    assert made.present_managers(dt.date(2026, 2, 1)).tolist() == [False, True]


def test_the_last_trade_is_that_of_history_up_to_the_day() -> None:
    """Later trades are not known yet, and those that the client did not order do not count."""
    trades = cm.Trades(
        id=[1, 2, 3, 4],
        client=["C1", "C1", "C1", "C2"],
        date=[day("2026-04-30"), day("2026-05-31"), day("2026-06-30"), day("2026-06-01")],
        initiated=[True, True, False, True],
    )
    made = facts(trades=trades, as_of="2026-12-31")
    assert made.last_trade("2026-06-15").astype(str).tolist() == ["2026-05-31", "2026-06-01"]
    assert made.last_trade("2026-07-01").astype(str).tolist() == ["2026-05-31", "2026-06-01"]
    every = made.last_trade("2026-07-01", initiated_only=False)
    assert every.astype(str).tolist() == ["2026-06-30", "2026-06-01"]
    assert np.isnat(made.last_trade("2026-05-31")[1])


def test_a_reversal_is_no_trade_that_wakes_a_client() -> None:
    """It corrects the books; the trade that it takes back was ordered all the same."""
    trades = cm.Trades(
        id=[1, 2],
        client="C1",
        date=[day("2026-01-05"), day("2026-05-05")],
        commission=[5, -5],
        reverses=[None, 1],
    )
    assert str(facts(trades=trades, as_of="2026-12-31").last_trade("2026-06-30")[0]) == "2026-01-05"


def test_a_snapshot_that_is_not_later_adds_to_history() -> None:
    """The later of the two is the last trade."""
    made = facts(trades=trade("C1", "2026-01-05"), as_of="2026-04-30")
    assert made.last_trade("2026-04-30").astype(str).tolist() == ["2026-03-31", "NaT"]
    assert made.last_trade("2026-04-29").astype(str).tolist() == ["2026-01-05", "NaT"]


def test_nothing_but_a_later_snapshot_answers_for_no_day() -> None:
    """The clients concerned are named; after `as_of` the snapshot answers."""
    made = facts(as_of="2026-04-30")
    assert made.last_trade("2026-04-30").astype(str).tolist() == ["2026-03-31", "NaT"]
    assert made.assets("2026-05-01").tolist() == [100, 200]
    with pytest.raises(DataError, match="cannot say last_trade on 2026-04-29: 2 bad rows") as caught:
        made.last_trade("2026-04-29")
    assert "this one is of 2026-04-30" in caught.value.findings[0].expected
    with pytest.raises(DataError, match=r"clients.assets row 1 \(C2\): got 200, expected history"):
        made.assets("2026-04-29")


def test_an_undated_snapshot_holds_until_it_shows_that_it_is_later() -> None:
    """A last trade behind the day asked for gives it away."""
    made = facts()
    assert made.last_trade("2026-03-31").astype(str).tolist() == ["2026-03-31", "NaT"]
    with pytest.raises(DataError, match="undated, with trades after it"):
        made.last_trade("2026-03-30")
    with pytest.raises(DataError, match="undated, with trades after it"):
        made.assets("2026-03-30")


def test_assets_are_those_of_the_last_valuation_up_to_the_day() -> None:
    """Else those of a snapshot that is not later; a later valuation is not known yet."""
    values = cm.Valuations(client=["C1", "C1"], date=[day("2026-01-31"), day("2026-02-28")], assets=[10, 20])
    made = facts(valuations=values, as_of="2026-02-15")
    assert made.assets("2026-02-27").tolist() == [10, 200]
    assert made.assets("2026-02-28").tolist() == [20, 200]
    with pytest.raises(DataError, match="cannot say assets on 2026-02-14: 1 bad row"):
        made.assets("2026-02-14")


def test_who_is_no_client_owns_nothing() -> None:
    """Neither before it opened nor after it closed, whatever was valued."""
    clients = cm.Clients(
        id=["C1", "C2"],
        branch="B1",
        assets=[100, 200],
        opened=[None, day("2026-06-01")],
        closed=[day("2026-05-01"), None],
    )
    made = facts(clients=clients, valuations=valuation("C1", "2026-01-31", 10), as_of="2026-06-30")
    assert made.assets("2026-04-30").tolist() == [10, 0]
    assert made.assets("2026-05-01").tolist() == [0, 0]
    assert made.assets("2026-06-30").tolist() == [0, 200]


def test_the_rows_of_clients_are_found_for_any_column() -> None:
    """And kept for the trades."""
    made = facts(trades=trade("C2", "2026-01-01"))
    assert made.rows_of_clients(cm.tables.Coded.of(["C2", "X"])).tolist() == [1, -1]
    assert made.trade_client_rows.tolist() == [1]


@pytest.mark.parametrize("carry", [lambda f: pickle.loads(pickle.dumps(f)), copy.deepcopy])
def test_facts_survive_pickle_and_copy_whole_and_read_only(carry: Any) -> None:
    """With every table and with the day of the snapshot."""
    made = facts(trades=trade("C1", "2026-01-01"), as_of="2026-06-30")
    assert made.trade_client_rows.tolist() == [0]
    again = carry(made)
    assert all(getattr(again, name).equals(getattr(made, name)) for name in made.TABLES)
    assert (again.as_of, again.currency) == (made.as_of, "CNY")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        again.currency = "USD"
    with pytest.raises(ValueError, match="read-only"):
        again.trade_client_rows[0] = 1


@given(branches(), days("2024-06-30", "2026-12-31"))
def test_history_answers_as_a_loop_over_its_rows_does(made: cm.Facts, on: np.datetime64) -> None:
    """The slow oracle: go through all rows, keep what is not later than the day."""
    assert made.as_of is not None
    on = min(on, made.as_of)
    last = dict.fromkeys(made.clients.id)
    for row in made.trades.to_records():
        if row["initiated"] and row["date"] <= on.item():
            last[row["client"]] = max(row["date"], last[row["client"]] or row["date"])
    assert made.last_trade(on).tolist() == list(last.values())
    value = dict.fromkeys(made.clients.id, (dt.date.min, 0))
    for row in made.valuations.to_records():
        if row["date"] <= on.item():
            value[row["client"]] = max(value[row["client"]], (row["date"], row["assets"]))
    open_now = made.open_clients(on).tolist()
    expected = [amount * there for (_, amount), there in zip(value.values(), open_now, strict=True)]
    assert made.assets(on).tolist() == expected


@given(firms(), st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(made: cm.Facts, seed: int) -> None:
    """The same facts, shuffled, answer the same for every client."""
    other = shuffle_rows(made, rng=seed)
    assert other.branches.tolist() == made.branches.tolist()
    place = other.clients.rows(made.clients.id)
    assert (other.assets(made.as_of)[place] == made.assets(made.as_of)).all()
    last, again = made.last_trade(made.as_of), other.last_trade(made.as_of)[place]
    assert ((last == again) | (np.isnat(last) & np.isnat(again))).all()
    assert (other.branch_of_client()[place] == made.branch_of_client()).all()
