"""Named periods: they tile the calendar, read back, and are ordered within their kind."""

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import DataError
from clientmgr.periods import Kind, Period
from clientmgr.testing.periods import KINDS, check_period_laws, civil_days, periods


@given(periods())
def test_periods_keep_the_published_laws(period: Period) -> None:
    """Neighbours and parts tile, days find back, the text reads back."""
    check_period_laws(period)


@pytest.mark.parametrize("kind", KINDS)
def test_every_day_from_1900_to_2200_is_in_exactly_one_period_of_a_kind(kind: Kind) -> None:
    """The whole calendar, day by day: no gap, no overlap."""
    row = Period.of_day("1900-01-01", kind).through(Period.of_day("2200-12-31", kind))
    days = np.arange("1900-01-01", "2201-01-01", dtype="datetime64[D]")
    tiles = np.concatenate([np.arange(one.start, one.end + 1) for one in row])
    assert (tiles == days).all()


@given(civil_days(), st.sampled_from(KINDS))
def test_a_day_is_in_its_period_and_in_no_neighbour(on: np.datetime64, kind: Kind) -> None:
    """`of_day` and `contains` agree."""
    period = Period.of_day(on, kind)
    assert period.contains(on) is True
    assert period.next().contains(on) is False
    assert period.previous().contains(on) is False


@given(periods(), periods())
def test_periods_are_ordered_within_their_kind_only(one: Period, other: Period) -> None:
    """As their first days; of two kinds, neither comes first."""
    if one.kind == other.kind:
        assert (one < other) == (one.start < other.start)
        assert (one <= other) == (one.start <= other.start)
        assert (one == other) == (one.start == other.start)
    else:
        assert one != other
        with pytest.raises(TypeError, match="'<' not supported between instances"):
            _ = one < other
        with pytest.raises(TypeError, match="'>=' not supported between instances"):
            _ = one >= other


@given(periods(), st.integers(-300, 300))
def test_shifting_back_undoes_shifting(period: Period, n: int) -> None:
    """Periods, unlike days, lose nothing."""
    assert period.shift(n).shift(-n) == period
    assert len(period.through(period.shift(n))) == max(n + 1, 0)


@pytest.mark.parametrize(
    ("text", "start", "end", "following"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2027"),
        ("2026H1", "2026-01-01", "2026-06-30", "2026H2"),
        ("2026H2", "2026-07-01", "2026-12-31", "2027H1"),
        ("2026Q1", "2026-01-01", "2026-03-31", "2026Q2"),
        ("2026Q4", "2026-10-01", "2026-12-31", "2027Q1"),
        ("2026-02", "2026-02-01", "2026-02-28", "2026-03"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-03"),
        ("1900-02", "1900-02-01", "1900-02-28", "1900-03"),
        ("2026-12", "2026-12-01", "2026-12-31", "2027-01"),
        ("0001", "0001-01-01", "0001-12-31", "0002"),
        ("9999-11", "9999-11-01", "9999-11-30", "9999-12"),
    ],
)
def test_known_periods(text: str, start: str, end: str, following: str) -> None:
    """First and last day, both included, and what comes next."""
    period = Period.of(text)
    assert (str(period.start), str(period.end)) == (start, end)
    assert str(period.next()) == following
    assert str(period) == text
    assert repr(period) == f"Period({text!r})"


def test_the_last_day_of_the_calendar_has_a_period() -> None:
    """The year 9999 ends without looking beyond."""
    assert str(Period.of("9999").end) == "9999-12-31"
    assert Period.of_day("9999-12-31", "quarter") == Period.of("9999Q4")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026H3",
        "2026H0",
        "2026Q5",
        "2026-13",
        "2026-00",
        "2026-7",
        "2026h1",
        "2026-07-01",
        " 2026",
        "２０２６",
        "2026Q",
        "20260",
    ],
)
def test_what_names_no_period_is_refused(text: str) -> None:
    """One way to write each."""
    with pytest.raises(DataError, match=r'a period reads like "2026", .*, got '):
        Period.of(text)


@pytest.mark.parametrize("value", [None, 2026, np.datetime64("2026-07")], ids=repr)
def test_only_text_names_a_period(value: Any) -> None:
    """A number might be anything."""
    with pytest.raises(DataError, match="a period reads like"):
        Period.of(value)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((0,), "the year of a year is 1 to 9999, got 0"),
        ((10_000,), "the year of a year is 1 to 9999, got 10000"),
        ((2026, "half", 3), "the number of a half is 1 to 2, got 3"),
        ((2026, "quarter", 5), "the number of a quarter is 1 to 4, got 5"),
        ((2026, "month", 0), "the number of a month is 1 to 12, got 0"),
        ((2026, "month", True), "the number of a month is 1 to 12, got True"),
        ((2026.0,), "got 2026.0"),
        ((2026, "week", 1), "a period is one of year, half, quarter, month, got 'week'"),
    ],
    ids=range(8),
)
def test_what_is_not_on_the_calendar_is_refused(parts: tuple[Any, ...], message: str) -> None:
    """Also when the parts are given one by one."""
    with pytest.raises(DataError, match=message):
        Period(*parts)


def test_the_calendar_has_ends() -> None:
    """Nothing comes before year 1 or after year 9999."""
    with pytest.raises(DataError, match="1 to 9999, got 10000"):
        Period.of("9999Q4").next()
    with pytest.raises(DataError, match="1 to 9999, got 0"):
        Period.of("0001-01").previous()
    with pytest.raises(DataError, match="1 to 9999, got 10000"):
        Period.of_day(np.datetime64("10000-01-01"), "year")


def test_a_period_is_made_of_shorter_ones() -> None:
    """A year of months, quarters and halves; a part of its own kind is itself."""
    year = Period.of("2026")
    assert [str(part) for part in year.halves()] == ["2026H1", "2026H2"]
    assert [str(part) for part in year.quarters()] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert len(year.months()) == 12
    assert Period.of("2026Q3").quarters() == (Period.of("2026Q3"),)
    assert [str(part) for part in Period.of("2026H2").months()][::5] == ["2026-07", "2026-12"]


def test_a_period_has_no_longer_parts() -> None:
    """A month has no quarters."""
    with pytest.raises(DataError, match="a month is not made of parts called 'quarter', got 2026-07"):
        Period.of("2026-07").quarters()
    with pytest.raises(DataError, match="a quarter is not made of parts called 'half'"):
        Period.of("2026Q1").halves()
    with pytest.raises(DataError, match="a year is not made of parts called 'week'"):
        Period.of("2026").parts("week")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="a period is one of"):
        Period.of_day("2026-07-01", "week")  # type: ignore[arg-type]


def test_a_row_of_periods_includes_both_ends() -> None:
    """Months of two years; backwards there are none; kinds do not mix."""
    row = Period.of("2025-11").through("2026-02")
    assert [str(one) for one in row] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert Period.of("2026-02").through("2025-11") == ()
    with pytest.raises(DataError, match="2026-01 through 2026Q2: a month and a quarter"):
        Period.of("2026-01").through("2026Q2")


def test_containing_looks_at_whole_columns() -> None:
    """NaT is in no period, text columns are refused."""
    days = np.array(["2026-06-30", "2026-07-01", "2026-07-31", "NaT"], dtype="M8[D]")
    assert Period.of("2026-07").contains(days).tolist() == [False, True, True, False]
    assert Period.of("2026-07").contains("2026-07-15") is True
    with pytest.raises(DataError, match=r"contains\.days must hold days"):
        Period.of("2026-07").contains(np.array(["2026-07-01"]))


@given(periods())
def test_a_period_is_a_value(period: Period) -> None:
    """Equal ones hash alike, also after pickle and copy; none can be changed."""
    again = [pickle.loads(pickle.dumps(period)), copy.deepcopy(period), Period.of(period)]
    assert {period, *again} == {period}
    with pytest.raises(AttributeError):
        period.year = 2000  # type: ignore[misc]


def test_periods_sort() -> None:
    """By time, not by text or number."""
    row = [Period.of(text) for text in ("2027-01", "2026-12", "2026-02")]
    assert [str(one) for one in sorted(row)] == ["2026-02", "2026-12", "2027-01"]
    assert all(one < other for one, other in itertools.pairwise(sorted(row)))
