"""Helpers propose the changes that a correction needs, and no others."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.errors import DataError
from clientmgr.ownership import Ledger, Owner, correct_role, end_changes, undo_batch
from clientmgr.testing.ownership import Change, PlainCalendars, histories, lone, to_table

M1, M2, M3 = (lone("manager", f"M{n}") for n in (1, 2, 3))


def day(number: int) -> dt.date:
    """Give a day of March."""
    return dt.date(2026, 3, number)


def both(developer: str, servicer: str) -> frozenset[tuple[str, str | int, str, int, int, bool]]:
    """Share a client between two managers, with an overlay."""
    return frozenset(
        {
            ("manager", developer, "developer", 2, 5, False),
            ("manager", servicer, "servicer", 3, 5, False),
            ("manager", "M9", "override", 1, 20, True),
        }
    )


def start(*changes: Change) -> Ledger:
    """Start a ledger."""
    return Ledger.start(to_table(changes), known="2026-03-01")


def told(ledger: Ledger, day_numbers: range) -> list[str | None]:
    """Say whose the client is on some days."""
    return [ledger.owners("C1", day(n)).manager[0] for n in day_numbers]


def test_a_cover_ends_and_everything_is_as_it_was() -> None:
    """Marks inside are withdrawn, and at the end the set that the ledger has there is stated again."""
    ledger = start(
        Change("C1", day(1), "allocated", M1),
        Change("C1", day(5), "transferred", M2),
        Change("C1", day(20), "transferred", M3),
    )
    cover = end_changes(ledger, to_table([Change("C1", day(3), "handed_over", M3)]), until=day(8))
    assert cover.kind.tolist() == ["handed_over", "withdrawn", "returned"]
    covered = ledger.append(cover, known="2026-03-02")
    assert told(covered, range(2, 10)) == ["M1", *["M3"] * 5, "M2", "M2"]
    assert told(covered, range(19, 21)) == ["M2", "M3"]


def test_nothing_is_restated_where_a_mark_stands_at_the_end() -> None:
    """A mark on the last day speaks for itself."""
    ledger = start(Change("C1", day(1), "allocated", M1), Change("C1", day(8), "transferred", M2))
    cover = end_changes(ledger, to_table([Change("C1", day(3), "handed_over", M3)]), until=day(8))
    assert cover.kind.tolist() == ["handed_over"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (Change("C1", day(8), "handed_over", M3), "a day before the stated end"),
        (Change("C2", day(3), "handed_over", M3), "a client that is open up to the stated end"),
        (Change("C9", day(3), "handed_over", M3), "a client that is open up to the stated end"),
    ],
)
def test_a_cover_of_who_is_not_open_is_refused(change: Change, match: str) -> None:
    """Neither a closed account nor an end before the start can be covered."""
    ledger = start(
        Change("C1", day(1), "allocated", M1),
        Change("C2", day(1), "allocated", M1),
        Change("C2", day(5), "closed"),
    )
    with pytest.raises(DataError, match=match):
        end_changes(ledger, to_table([change]), until=day(8))


def test_undoing_a_batch_restores_the_former_words() -> None:
    """What it said first is withdrawn, what it replaced comes back with its kind, later words stay."""
    ledger = start(Change("C1", day(1), "allocated", M1), Change("C2", day(1), "developed", M1))
    wrong = [
        Change("C1", day(1), "allocated", M2),
        Change("C1", day(4), "transferred", M3),
        Change("C2", day(1), "developed", M2),
    ]
    ledger = ledger.append(to_table(wrong), known="2026-03-02")
    ledger = ledger.append(to_table([Change("C2", day(1), "developed", M3)]), known="2026-03-03")
    undone = undo_batch(ledger, 1)
    assert list(zip(undone.client, undone.kind, undone.manager, strict=True)) == [
        ("C1", "allocated", "M1"),
        ("C1", "withdrawn", None),
    ]
    ledger = ledger.append(undone, known="2026-03-04")
    assert told(ledger, range(1, 6)) == ["M1"] * 5
    assert ledger.owners("C2", day(1)).manager.tolist() == ["M3"]


@given(histories(max_batches=5))
@settings(max_examples=25)
def test_undoing_the_last_batch_gives_the_calendars_before_it(batches: list[list[Change]]) -> None:
    """Every day has again the owners that it had."""
    if len(batches) < 2:
        return
    plain, ledger = PlainCalendars(), start()
    for batch in batches:
        plain.append(batch)
        ledger = ledger.append(to_table(batch), known="2026-03-01")
    last = len(batches) - 1
    undone = ledger.append(undo_batch(ledger, last), known="2026-03-01")
    for offset in range(-2, 16):
        on = dt.date(2026, 1, 30) + dt.timedelta(days=offset)
        now, then = undone.owners(ledger.clients, on), ledger.owners(ledger.clients, on, last - 1)
        assert now.owner_set.tolist() == [
            set_ if client in plain.after[last - 1] else now.owner_set.tolist()[at]
            for at, (client, set_) in enumerate(zip(ledger.clients, then.owner_set, strict=True))
        ]


@pytest.mark.parametrize("batch", [-1, 1])
def test_a_batch_that_does_not_exist_cannot_be_undone(batch: int) -> None:
    """Batches are numbered from 0."""
    with pytest.raises(DataError, match="there is no batch"):
        undo_batch(start(Change("C1", day(1), "allocated", M1)), batch)


def test_correcting_a_role_restates_later_marks_that_still_name_the_old_holder() -> None:
    """A later change of the servicer names the wrong developer, too; both are corrected, up to a real change."""
    ledger = start(
        Change("C1", day(1), "developed", both("M1", "M2")),
        Change("C1", day(5), "transferred", both("M1", "M3")),
        Change("C1", day(9), "transferred", both("M4", "M3")),
        Change("C1", day(12), "transferred", both("M1", "M3")),
    )
    changes = correct_role(ledger, "C1", role="developer", owner="M7", since=day(1))
    corrected = ledger.append(changes, known="2026-03-20")
    developers = [book.client.tolist() == ["C1"] for book in (corrected.book("M7", day(n)) for n in (1, 5, 9, 12))]
    assert developers == [True, True, False, False]
    assert corrected.history("C1").kind.tolist().count("developed") == 2
    assert corrected.origin("C1", day(5)) == "new"


def test_a_role_can_change_from_a_day_without_a_mark() -> None:
    """The change is a transfer on that day; a closing ends the correction."""
    ledger = start(Change("C1", day(1), "allocated", both("M1", "M2")), Change("C1", day(9), "closed"))
    changes = correct_role(ledger, "C1", role="servicer", owner=Owner("team", "T1"), since=day(4))
    assert set(changes.kind.tolist()) == {"transferred"}
    assert changes.team.tolist().count("T1") == 1
    assert set(changes.valid.astype(str).tolist()) == {"2026-03-04"}


def test_a_role_that_is_right_already_needs_no_correction() -> None:
    """Nothing is proposed."""
    ledger = start(Change("C1", day(1), "allocated", both("M1", "M2")))
    assert len(correct_role(ledger, "C1", role="servicer", owner="M2", since=day(1))) == 0


@pytest.mark.parametrize(
    ("client", "role", "match"),
    [
        ("C9", "servicer", "client 'C9' is not open on 2026-03-04"),
        ("C1", "banker", "one owner must have the role 'banker' to be corrected, got 0"),
    ],
)
def test_a_role_that_nobody_has_cannot_be_corrected(client: str, role: str, match: str) -> None:
    """The client must be open, and one owner must have the role."""
    ledger = start(Change("C1", day(1), "allocated", both("M1", "M2")))
    with pytest.raises(DataError, match=match):
        correct_role(ledger, client, role=role, owner="M5", since=day(4))


@given(st.integers(2, 27), st.integers(1, 20))
@settings(max_examples=20)
def test_a_cover_never_reaches_beyond_its_end(begin: int, length: int) -> None:
    """Outside of it every day has the owner that it had."""
    ledger = start(
        *(Change("C1", day(n), "allocated" if n == 1 else "transferred", (M1, M2)[n % 2]) for n in range(1, 28, 3))
    )
    until = day(begin) + dt.timedelta(days=length)
    cover = end_changes(ledger, to_table([Change("C1", day(begin), "handed_over", M3)]), until=until)
    covered = ledger.append(cover, known="2026-03-02")
    for offset in range(40):
        on = day(1) + dt.timedelta(days=offset)
        inside = day(begin) <= on < until
        expected = "M3" if inside else ledger.owners("C1", on).manager[0]
        assert covered.owners("C1", on).manager[0] == expected
