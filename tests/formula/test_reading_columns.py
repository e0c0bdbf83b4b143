"""Columns from outside, read by their declared kind."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.formula import Declared
from clientmgr.formula.exact import Exact
from clientmgr.formula.reading_columns import Told, read_column

PLACE = ("measures", "x")


def read(values: Any, spec: Any, count: int | None = None) -> Told:
    """Read a column."""
    return read_column(values, Declared.of(spec), PLACE, count, {"M1": 0, "M2": 1})


def numbers(told: Told) -> list[Any]:
    """List numbers, None where missing."""
    missing = [False] * len(told.data) if told.missing is None else told.missing.tolist()
    return [None if m else told.data.value(i) for i, m in enumerate(missing)]


@pytest.mark.parametrize(
    ("values", "spec", "wanted"),
    [
        (np.array([150, -1]), "money", [Fraction(3, 2), Fraction(-1, 100)]),
        ([150, None], "money", [Fraction(3, 2), None]),
        (np.array([1], dtype=np.uint64), "money", [Fraction(1, 100)]),
        ([5], {"money": "0.0001"}, [Fraction(5, 10000)]),
        (np.array([5]), {"money": "5"}, [Fraction(25)]),
        ([2, 3], "count", [2, 3]),
        (np.array([2.0, np.nan]), "count", [2, None]),
        ([0.5], {"count": "0.1"}, [Fraction(1, 2)]),
        ([2.0], "count", [2]),
        (np.array([0.1 + 0.2]), {"ratio": "0.0001"}, [Fraction(3, 10)]),
        (np.array([np.inf, 1.0]), {"ratio": "0.01"}, [None, 1]),
        (np.array([2]), {"ratio": "0.01"}, [2]),
        (["15%", Decimal("0.5"), Fraction(1, 3), 2], "ratio", [Fraction(3, 20), Fraction(1, 2), Fraction(1, 3), 2]),
        ([Decimal("NaN"), "1"], "ratio", [None, 1]),
        (np.array(["1/3", "0.5"]), "ratio", [Fraction(1, 3), Fraction(1, 2)]),
        ([2**70], "count", [2**70]),
        ([], "money", []),
        ([dt.date(1970, 1, 2), None], "date", [1, None]),
        (np.array(["1970-01-03", "NaT"], dtype="M8[D]"), "date", [2, None]),
        ([], "date", []),
    ],
    ids=str,
)  # fmt: skip
def test_numbers_and_days_are_read_exactly(values: Any, spec: Any, wanted: list[Any]) -> None:
    """Whatever exact form they come in."""
    told = read(values, spec)
    assert isinstance(told.data, Exact)
    assert numbers(told) == wanted


def test_flags_labels_and_managers_are_read() -> None:
    """With what is missing."""
    flags = read([True, None, False], "flag")
    assert flags.data.tolist() == [True, False, False]
    assert flags.missing is not None
    assert flags.missing.tolist() == [False, True, False]
    assert read(np.array([True]), "flag").missing is None
    labels = read(["B", None, "A"], "label")
    assert [labels.words[i] for i in labels.data[[0, 2]]] == ["B", "A"]
    assert read(np.array(["x", "y"]), "label").words == ("x", "y")
    managers = read(["M2", "M9", None], "manager")
    assert managers.data.tolist() == [1, 0, 0]
    assert managers.missing is not None
    assert managers.missing.tolist() == [False, True, True]


def test_coded_labels_pass_without_being_decoded() -> None:
    """-1 is missing."""

    class Coded:
        """A coded column."""

        codes = np.array([1, -1], dtype=np.int32)
        vocabulary = np.array(["A", "B"])

    told = read(Coded(), {"label": ["A", "B"]})
    assert told.words == ("A", "B")
    assert told.data.tolist() == [1, 0]
    assert told.missing is not None


@pytest.mark.parametrize(
    ("values", "spec", "message"),
    [
        (np.array([1.5]), "money", "money comes as whole fen"),
        ([Decimal("1.5")], "money", "expected whole fen"),
        (["1"], "money", "expected whole fen"),
        ([True], "money", "must hold numbers, got bool"),
        ([True, 1], "money", "expected whole fen"),
        ([True, 1], "count", "expected an exact number"),
        (np.array([0.5]), "ratio", "declare its decimals"),
        ([0.5], "ratio", "expected an exact number"),
        (["1000 CNY"], "ratio", "expected an exact number"),
        (["x", b"1", Decimal("1e99")], "ratio", "3 bad rows"),
        (np.array([1e300]), {"ratio": "0.01"}, "expected fewer digits"),
        (np.array([True]), "count", "must hold numbers, got bool"),
        ([1], "flag", r"expected yes or no \(a bool\)"),
        (["2026-01-01"], "date", "expected a day"),
        (np.array(["2026-01-01"]), "date", "dates come as datetime64"),
        (np.array([1.5]), "date", "must hold days, got float64"),
        (np.array(["2026-01-01T12"], dtype="M8[h]"), "date", "a day without a time"),
        ([1], "label", "expected a word"),
        (["Z"], {"label": ["A", "B"]}, "expected one of A, B"),
        (np.array(["A", "Z"]), {"label": ["A", "B"]}, "got 'Z', expected one of A, B"),
    ],
    ids=str,
)
def test_bad_rows_are_refused_together(values: Any, spec: Any, message: str) -> None:
    """Each with its row."""
    with pytest.raises(DataError, match=message):
        read(values, spec)


def test_floats_are_made_once() -> None:
    """Other data pass as they are."""
    told = read([150], "money")
    assert told.floats() is told.floats()
    flags = read([True], "flag")
    assert flags.floats() is flags.data
