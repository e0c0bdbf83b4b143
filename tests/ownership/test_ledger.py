"""The ledger gives one answer for each client, day and batch."""

import datetime as dt
import pickle
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.ownership import CLOSED, NOT_OPEN, UNKNOWN_CLIENT, Ledger, Owner, OwnershipChanges
from clientmgr.tables import Coded
from clientmgr.testing.ownership import (
    Change,
    PlainCalendars,
    check_ledger,
    check_past_unchanged,
    check_round_trip,
    histories,
    lone,
    to_table,
)

DAY = dt.date(2026, 3, 2)
M1, M2, POOL = lone("manager", "M1"), lone("manager", "M2"), lone("pool", "dormant")

WORKED = {
    "2026-01-04": ["not open"] * 6,
    "2026-02-15": ["A", "A", "C", "C", "C", "C"],
    "2026-04-10": ["A", "B", "B", "C", "D", "D"],
    "2026-07-01": ["A", "B", "B", "C", "D", "closed"],
}


def start(*changes: Change) -> Ledger:
    """Start a ledger."""
    return Ledger.start(to_table(changes), known="2026-03-02")


@pytest.mark.parametrize(("day", "answers"), WORKED.items())
def test_the_worked_table_holds_batch_by_batch(told_late: Ledger, day: str, answers: list[str]) -> None:
    """Each answer of the worked table comes out, asked one batch at a time."""
    for batch, answer in enumerate(answers):
        owners = told_late.owners("X", day, known=batch)
        assert (owners.manager[0] or owners.status[0]) == answer


@pytest.mark.parametrize(("day", "answers"), WORKED.items())
def test_the_worked_table_holds_with_a_batch_a_row(told_late: Ledger, day: str, answers: list[str]) -> None:
    """The same answers come out when every row asks as known at its own batch."""
    dates = np.array([day] * 6, "datetime64[D]")
    owners = told_late.owners(["X"] * 6, dates, known=np.arange(6))
    found = [m or s for m, s in zip(owners.manager, owners.status, strict=True)]
    assert found == answers


def test_known_may_be_a_day_or_a_time(told_late: Ledger) -> None:
    """A day means all that was recorded up to its end, a time all up to that second."""
    ask = [told_late.owners("X", "2026-04-10", known=k).manager[0] for k in ("2026-06-03", "2026-06-02")]
    assert ask == ["C", "B"]
    before = told_late.owners("X", "2026-04-10", known=np.datetime64("2026-06-02T23:59:59"))
    assert before.manager.tolist() == ["B"]
    assert told_late.owners("X", "2026-04-10", known="2026-01-04").status.tolist() == ["not open"]


def test_an_unknown_client_is_not_one_that_is_not_open(told_late: Ledger) -> None:
    """Whom the ledger never heard of has a status of its own, and no owner."""
    owners = told_late.owners(["Y", "X"], "2026-01-01")
    assert owners.row.tolist() == [UNKNOWN_CLIENT, NOT_OPEN]
    assert owners.status.tolist() == ["unknown client", "not open"]
    assert told_late.owners("X", "2026-08-01").row.tolist() == [CLOSED]


def test_integer_clients_and_managers_work_as_well() -> None:
    """Ids may be integers throughout."""
    changes = OwnershipChanges(client=[7, 3], valid=[np.datetime64("2026-03-02")] * 2, kind="allocated", manager=[1, 2])
    ledger = Ledger.start(changes, known="2026-03-02")
    assert ledger.owners([3, 7], "2026-03-02").manager.tolist() == [2, 1]
    with pytest.raises(DataError, match="both as text, or both as integers"):
        ledger.owners(["3"], "2026-03-02")


def test_appending_gives_a_new_ledger() -> None:
    """The old ledger stays as it was, also where the new one learns of clients, owners and branches before its own."""
    old = start(Change("C5", DAY, "allocated", M2, "B5"))
    new = old.append(to_table([Change("C1", DAY, "allocated", M1, "B1")]), known="2026-03-02")
    assert (len(old.clients), len(new.clients)) == (1, 2)
    assert new.owners(["C1", "C5"], DAY).manager.tolist() == ["M1", "M2"]
    assert new.owners(["C1", "C5"], DAY).branch.tolist() == ["B1", "B5"]
    check_past_unchanged(old, new)


def test_an_append_of_nothing_is_no_batch() -> None:
    """Nothing to record leaves the ledger as it is."""
    ledger = start(Change("C1", DAY, "allocated", M1))
    assert ledger.append(OwnershipChanges.none(), known="2026-04-01") is ledger


def test_a_known_time_that_falls_is_refused(told_late: Ledger) -> None:
    """A batch cannot be known earlier than the one before."""
    with pytest.raises(DataError, match="known must not fall"):
        told_late.append(to_table([Change("Y", DAY, "opened", M1)]), known="2026-06-30")


def test_several_batches_may_share_a_day(told_late: Ledger) -> None:
    """A bare day that is the last batch's is taken as its time."""
    timed = told_late.append(to_table([Change("Y", DAY, "opened", M1)]), known="2026-07-01T18:30")
    again = timed.append(to_table([Change("Z", DAY, "opened", M1)]), known="2026-07-01")
    assert again.recorded[-1] == np.datetime64("2026-07-01T18:30:00")


REFUSED = {
    "a client never opened": (Change("C9", DAY, "transferred", M1), "an open client"),
    "a day before the first mark": (
        Change("C1", dt.date(2026, 3, 1), "transferred", M1),
        "an open client",
    ),
    "a closed account": (Change("C2", dt.date(2026, 3, 9), "claimed", M1), "reopened first"),
    "a reopening of what is open": (
        Change("C1", dt.date(2026, 3, 9), "reopened", M1),
        "a closed account to reopen",
    ),
    "a withdrawal of nothing": (Change("C1", dt.date(2026, 3, 9), "withdrawn"), "an earlier word"),
    "the first mark taken away": (Change("C3", DAY, "withdrawn"), "would follow no owner"),
    "a closing before later marks": (
        Change("C3", dt.date(2026, 3, 3), "closed"),
        "after a closing only a reopening",
    ),
    "a closing taken from under a reopening": (
        Change("C4", dt.date(2026, 3, 5), "withdrawn"),
        "nothing would be closed before it",
    ),
}


@pytest.mark.parametrize(("change", "match"), REFUSED.values(), ids=REFUSED.keys())
def test_a_change_that_contradicts_a_calendar_is_refused(change: Change, match: str) -> None:
    """The error names the row, and the ledger stays as it was."""
    later = dt.date(2026, 3, 5)
    ledger = start(
        *(Change(f"C{n}", DAY, "allocated", M1) for n in range(1, 5)),
        Change("C2", later, "closed"),
        Change("C3", later, "transferred", M2),
        Change("C4", later, "closed"),
        Change("C4", dt.date(2026, 3, 8), "reopened", M2),
    )
    with pytest.raises(DataError, match=match) as caught:
        ledger.append(to_table([change]), known="2026-03-09")
    assert (caught.value.findings[0].row, caught.value.findings[0].id) == (0, change.client)


def test_one_error_lists_every_row_that_is_refused() -> None:
    """All faults of a batch come together, each with its row."""
    changes = [Change("C8", DAY, "claimed", M1), Change("C1", DAY, "allocated", M1), Change("C9", DAY, "closed")]
    with pytest.raises(DataError, match="2 bad rows") as caught:
        start(*changes)
    assert [finding.row for finding in caught.value.findings] == [0, 2]


def test_an_unknown_owner_is_refused_where_facts_are_given() -> None:
    """Clients, managers, teams and branches must be those of the facts."""
    facts = cm.Facts(clients=cm.Clients(id=["C1"], branch="B1"), managers=cm.Managers(id=["M1"], branch="B1"))
    good = to_table([Change("C1", DAY, "allocated", M1)])
    ledger = Ledger.start(good, known="2026-03-02", facts=facts)
    bad = to_table([Change("C2", DAY, "allocated", M2, "B2"), Change("C1", DAY, "moved", lone("team", "T1"))])
    with pytest.raises(DataError, match="stays as it was") as caught:
        ledger.append(bad, known="2026-03-03", facts=facts)
    assert {f.column for f in caught.value.findings} == {"client", "manager", "team", "branch"}


@pytest.mark.parametrize(
    ("dates", "match"),
    [
        (["2026-03-02"], "a column of dates is datetime64"),
        (np.array(["2026-03-02"] * 3, "datetime64[D]"), "3 dates for 2 clients"),
        (np.array(["2026-03-02", "NaT"], "datetime64[D]"), "row 1 of dates is no day"),
    ],
)
def test_dates_that_cannot_be_meant_are_refused(dates: object, match: str) -> None:
    """Dates are a day each, or one day for all."""
    with pytest.raises(DataError, match=match):
        start(Change("C1", DAY, "allocated", M1)).owners(["C1", "C1"], dates)  # type: ignore[arg-type]


def test_as_many_batches_as_rows_are_needed(told_late: Ledger) -> None:
    """A column of known batches is as long as the clients."""
    with pytest.raises(DataError, match="known has 2 rows, expected one or 1"):
        told_late.owners("X", "2026-03-02", known=np.array([0, 1]))


def test_origin_belongs_to_the_life_and_acquisition_to_the_spell() -> None:
    """Neither is changed by a later event; a reopening begins a new life."""
    ledger = start(
        Change("C1", DAY, "allocated", POOL),
        Change("C1", dt.date(2026, 3, 5), "claimed", M1),
        Change("C1", dt.date(2026, 3, 7), "moved", M1, "B2"),
        Change("C1", dt.date(2026, 3, 9), "closed"),
        Change("C1", dt.date(2026, 3, 12), "reopened", M1),
        Change("C2", DAY, "developed", M2),
    )
    assert [ledger.origin("C1", f"2026-03-{d:02}") for d in (1, 2, 8, 9, 12)] == [
        None,
        "existing",
        "existing",
        None,
        "new",
    ]
    assert [ledger.acquired_as("C1", f"2026-03-{d:02}") for d in (4, 8, 10, 13)] == [
        "allocated",
        "claimed",
        None,
        "reopened",
    ]
    assert (ledger.origin("C2", DAY), ledger.acquired_as("C2", DAY)) == ("new", "developed")


def test_the_kernel_look_up_agrees_with_owners(told_late: Ledger) -> None:
    """Codes and day numbers go in, rows of the log come out."""
    codes = told_late.codes(Coded.of(["X", "Y", None]))
    assert codes.tolist() == [0, -1, -1]
    days = np.full(3, np.datetime64("2026-04-10").astype(int), np.int32)
    row = told_late.look_up(codes, days)
    assert told_late.owners(["X"], "2026-04-10").row[0] == row[0]
    value = told_late.marks.value[row[0]]
    assert told_late.sets.parties[int(told_late.sets.party[told_late.sets.start[value]])] == Owner("manager", "D")
    snapshot = told_late.snapshot(2)
    assert (snapshot.batch, len(snapshot.marks)) == (2, 3)


def test_the_repr_counts() -> None:
    """The repr says how much there is and up to when."""
    assert repr(start(Change("C1", DAY, "allocated", M1))) == (
        "Ledger(1 clients, 1 marks, 1 batches, known up to 2026-03-02T00:00:00)"
    )
    assert repr(start()) == "Ledger(0 clients, 0 marks, 0 batches)"


def test_an_empty_ledger_answers() -> None:
    """Nobody is known to a ledger without marks; it can grow."""
    ledger = start()
    assert ledger.owners(["C1"], DAY).status.tolist() == ["unknown client"]
    assert len(ledger.book("M1", DAY)) == len(ledger.history("C1")) == 0
    grown = ledger.append(to_table([Change("C1", DAY, "allocated", M1)]), known="2026-03-02")
    assert grown.owners("C1", DAY).manager.tolist() == ["M1"]


def test_arrays_stay_read_only_after_pickle_and_deepcopy(told_late: Ledger) -> None:
    """Nothing can write into a ledger."""
    for ledger in (told_late, pickle.loads(pickle.dumps(told_late)), deepcopy(told_late)):
        with pytest.raises(ValueError, match="read-only"):
            ledger.marks.value[0] = 1
        with pytest.raises(ValueError, match="read-only"):
            ledger.recorded[0] = ledger.recorded[1]


@given(histories())
@settings(max_examples=25)
def test_any_history_agrees_with_plain_calendars(batches: list[list[Change]]) -> None:
    """Owners, origins and acquisitions are those of the plain calendars on every day, as known at every batch."""
    plain = PlainCalendars()
    ledger = start()
    for batch in batches:
        assert plain.append(batch)
        ledger = ledger.append(to_table(batch), known="2026-03-02")
    check_ledger(ledger, plain)
    check_round_trip(ledger)


def test_the_row_order_of_changes_decides_nothing() -> None:
    """The same changes in another order give the same ledger."""
    changes = [Change(f"C{n}", DAY, "allocated", M1 if n % 2 else M2) for n in range(6)]
    assert start(*changes).log().equals(start(*changes[::-1]).log())
