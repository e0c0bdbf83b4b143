"""Marks go back into tables."""

import datetime as dt

from hypothesis import given, settings

from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.ownership.rows import changes_of
from clientmgr.testing.ownership import Change, ledgers, lone, to_table

DAY = dt.date(2026, 3, 2)


@given(ledgers())
@settings(max_examples=20)
def test_the_log_only_grows(ledger: Ledger) -> None:
    """One more batch adds rows at the end, and changes none."""
    more = to_table([Change("Z", DAY, "opened", lone("pool", "unassigned"))])
    before, after = ledger.log(), ledger.append(more, known="2027-01-01").log()
    assert after.take(slice(0, len(before))).equals(before)
    assert after.take(slice(len(before), None)).client.tolist() == ["Z"]


@given(ledgers())
@settings(max_examples=20)
def test_marks_written_as_changes_are_the_rows_of_the_log(ledger: Ledger) -> None:
    """A batch spelled out from its marks is what was appended."""
    marks = ledger.marks
    for batch in range(len(ledger.recorded)):
        rows = marks.batch == batch
        table = changes_of(
            ledger.calendars,
            client=marks.client[rows],
            valid=marks.valid[rows],
            kind=marks.kind[rows],
            value=marks.value[rows],
            branch=marks.branch[rows],
        )
        log = ledger.log()
        names = OwnershipChanges.column_names()
        told = log.take(log.batch == batch).to_columns()
        assert table.equals(OwnershipChanges(**{name: told[name] for name in names}))
