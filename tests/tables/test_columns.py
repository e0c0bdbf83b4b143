"""The kinds of column: what each reads, what it refuses, and how it says so."""

import datetime as dt
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pytest

from clientmgr.tables import columns
from clientmgr.tables.coded import Coded
from clientmgr.tables.columns import Draft, repeats, seen_before

pd = pytest.importorskip("pandas")

DAY = np.datetime64("2026-01-31")
NOON = dt.datetime(2026, 1, 31, 12)  # noqa: DTZ001 - a time without a zone is the case
ZONED = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def short(value: object) -> str:
    """Name a case after its value."""
    return " ".join(repr(value).split())[:70]


def read(kind: str, values: Any) -> Draft:
    """Read a column as a table does."""
    return cast(Draft, getattr(columns, kind)(values))


def faults(draft: Draft) -> list[tuple[list[int], str]]:
    """List the rows of each fault and what was expected there."""
    return [(fault.rows.tolist(), fault.expected) for fault in draft.faults]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("fen", [1, -2], [1, -2]),
        ("fen", np.array([1, 2], np.uint8), [1, 2]),
        ("fen", np.array([2**62 - 1], np.uint64), [2**62 - 1]),
        ("fen", np.array([1, 2], object), [1, 2]),
        ("fen", [], []),
        ("integers", [2**63 - 1, -(2**63) + 1], [2**63 - 1, -(2**63) + 1]),
        ("numbers", [1, 2.5], [1.0, 2.5]),
        ("numbers", [Decimal("1.5"), 2], [1.5, 2.0]),
        ("flags", [True, False], [True, False]),
        ("flags", np.array([True, np.False_], object), [True, False]),
        ("days", [DAY], [dt.date(2026, 1, 31)]),
        ("days", [dt.date(2026, 1, 31)], [dt.date(2026, 1, 31)]),
        ("days", pd.Series(pd.to_datetime(["2026-01-31"])), [dt.date(2026, 1, 31)]),
        ("optional_days", [DAY, None], [dt.date(2026, 1, 31), None]),
        ("optional_days", [dt.date(2026, 1, 31), float("nan")], [dt.date(2026, 1, 31), None]),
        ("optional_days", [pd.NaT, pd.Timestamp("2026-01-31")], [None, dt.date(2026, 1, 31)]),
        ("optional_days", np.array([np.nan, np.nan]), [None, None]),
        ("optional_days", [], []),
        ("refs", ["a", "a"], ["a", "a"]),
        ("optional_refs", ["a", "", None], ["a", None, None]),
        ("labels", ["a", ""], ["a", ""]),
        ("words", ["a", "", None], ["a", "", None]),
    ],
    ids=short,
)
def test_a_column_is_read_whole(kind: str, values: Any, expected: list[Any]) -> None:
    """Every form that says the same gives the same values."""
    draft = read(kind, values)
    assert draft.faults == ()
    assert not draft.scalar
    assert draft.values.tolist() == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("fen", 5, 5),
        ("fen", np.int64(5), 5),
        ("numbers", 1.5, 1.5),
        ("flags", True, True),
        ("days", DAY, dt.date(2026, 1, 31)),
        ("days", dt.date(2026, 1, 31), dt.date(2026, 1, 31)),
        ("optional_days", None, None),
        ("labels", "a", ["a"]),
        ("labels", np.array("a"), ["a"]),
        ("labels", 7, [7]),
        ("optional_refs", None, [None]),
        ("optional_labels", None, [""]),
    ],
    ids=short,
)
def test_a_single_value_stands_for_all_rows(kind: str, value: Any, expected: Any) -> None:
    """A scalar, of Python or of numpy, is marked as one."""
    draft = read(kind, value)
    assert draft.scalar
    assert draft.faults == ()
    assert draft.values.tolist() == expected


def test_an_id_stands_for_one_row_only() -> None:
    """A single id given to many rows would be the same id many times."""
    assert not read("ids", "C1").scalar


@pytest.mark.parametrize(
    ("kind", "values", "rows", "expected"),
    [
        ("fen", [1.0, 2.5], [0, 1], "from_major, not a float"),
        ("fen", [1, None], [1], "whole minor units"),
        ("fen", [1, Decimal(5)], [1], "whole minor units"),
        ("fen", [1, True], [1], "whole minor units"),
        ("fen", ["1"], [0], "not text"),
        ("fen", [True], [0], "not a flag"),
        ("fen", [2**62, -(2**62), 0], [0, 1], "below 2^62"),
        ("fen", [2**70, 1], [0], "below 2^62"),
        ("fen", np.array([2**63, 1], np.uint64), [0], "below 2^62"),
        ("integers", np.array([2**63], np.uint64), [0], "64 bits"),
        ("integers", [0.5], [0], "a whole number of 64 bits, not a float"),
        ("numbers", [1.0, np.nan, np.inf, -np.inf], [1, 2, 3], "a finite number"),
        ("numbers", ["1"], [0], "a finite number, not text"),
        ("numbers", [True], [0], "a finite number, not a flag"),
        ("numbers", [1j], [0], "not a complex number"),
        ("numbers", [None, 1.0, "x", Decimal("NaN"), 10**400], [0, 2, 3, 4], "a finite number"),
        ("flags", [1, 0], [0, 1], "True or False"),
        ("flags", [True, None], [1], "True or False"),
        ("days", ["2026-01-31"], [0], "from text use"),
        ("days", [DAY, "2026-01-31"], [1], "from text use"),
        ("days", [DAY, None], [1], "a day"),
        ("days", [20260131], [0], "a day"),
        ("days", [DAY, 20260131, 1.5], [1, 2], "a day"),
        ("days", [NOON], [0], "a day without a time of day"),
        ("days", [ZONED], [0], "a day"),
        ("days", pd.Series([ZONED]), [0], "a day"),
        ("days", np.array(["NaT", "2026-01-31"], "datetime64[s]"), [0], "a day"),
        ("days", np.array([1], "timedelta64[D]"), [0], "not a span of time"),
        ("ids", ["a", "b", "a", "a"], [2, 3], "a unique id"),
        ("ids", [1, None], [1], "a value"),
        ("ids", ["", "a"], [0], "a value that is not empty"),
        ("ids", ["a", 1], [1], "text, as the first value is"),
        ("refs", ["a", None], [1], "a value"),
        ("labels", ["a", None], [1], "a value"),
        ("optional_refs", [1.5, None], [0], "text or an integer"),
        ("labels", None, [0], "a value"),
        ("refs", 1.5, [0], "text or an integer"),
        ("ids", DAY, [0], "text or an integer"),
    ],
    ids=short,
)
def test_what_cannot_be_used_is_named_row_by_row(kind: str, values: Any, rows: list[int], expected: str) -> None:
    """Only the bad rows are listed, with what was expected there."""
    (fault,) = faults(read(kind, values))
    assert fault[0] == rows
    assert expected in fault[1]


def test_a_day_that_cannot_be_read_is_not_also_called_missing() -> None:
    """One row, one fault."""
    assert faults(read("days", [None, "x", NOON])) == [
        ([1], columns.DAY),
        ([2], "a day without a time of day"),
        ([0], "a day"),
    ]


def test_a_column_without_an_order_is_one_fault() -> None:
    """A set is refused as a whole."""
    (fault,) = read("refs", {"a"}).faults
    assert fault.values == ["the whole column"]
    assert "has an order" in fault.expected


def test_what_was_brought_is_copied() -> None:
    """Writing into it afterwards changes no table."""
    for kind, values in (
        ("fen", np.arange(3)),
        ("numbers", np.arange(3.0)),
        ("flags", np.zeros(3, bool)),
        ("days", np.arange(DAY, DAY + 3)),
    ):
        assert not np.shares_memory(read(kind, values).values, values)


def test_repeats_are_found_whatever_words_a_vocabulary_holds_beside() -> None:
    """Rows taken from another column keep its vocabulary, and may repeat all the same."""
    column = Coded.of(["a", "b"])
    assert repeats(column[[1, 1]]).tolist() == [False, True]
    assert repeats(Coded.of(["a", None, None, "a"])).tolist() == [False, False, False, True]
    assert seen_before(np.array([3, 1, 3, 3])).tolist() == [False, False, True, True]
    assert seen_before(np.empty(0, int)).tolist() == []
