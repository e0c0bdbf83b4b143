"""The published strategies and laws of the calendar: what they draw, and what they refuse."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import attrs
import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from clientmgr.errors import CheckError
from clientmgr.periods import Calendar, Dated, Edition, Period, add_months, day
from clientmgr.testing.periods import (
    KINDS,
    calendars,
    check_calendar_laws,
    check_dated_laws,
    check_month_laws,
    check_period_laws,
    civil_days,
    dated,
    oracle_add_months,
    oracle_business_days,
    periods,
)

T = TypeVar("T")


def reach(strategy: st.SearchStrategy[T], hard: Callable[[T], bool]) -> T:
    """Draw until a hard case comes, without looking for the simplest one, which takes long."""
    quick = settings(phases=[Phase.generate], max_examples=2_000, database=None)
    return find(strategy, hard, settings=quick)


def is_month_end(on: np.datetime64) -> bool:
    """Tell the last day of a month."""
    return bool((on + 1).astype("M8[M]") != on.astype("M8[M]"))


def test_days_reach_the_ends_of_months_and_leap_days() -> None:
    """Where month arithmetic goes wrong."""
    assert is_month_end(reach(civil_days(), is_month_end))
    assert "-02-29" in str(reach(civil_days(), lambda on: str(on).endswith("-02-29")))


@pytest.mark.parametrize("kind", KINDS)
def test_periods_of_each_kind_are_drawn(kind: Any) -> None:
    """Asked for, or by chance."""
    assert reach(periods(kind), lambda _: True).kind == kind
    assert reach(periods(), lambda period: period.kind == kind).kind == kind


def test_dated_values_have_one_or_several_editions() -> None:
    """Also ones that start at the end of a month."""
    values = dated(st.integers())
    assert len(reach(values, lambda value: len(value) == 4)) == 4
    assert is_month_end(reach(values, lambda value: is_month_end(value.starts[0])).starts[0])


@pytest.mark.parametrize(
    "hard",
    [
        lambda calendar: len(calendar.weekend) == 7,
        lambda calendar: not calendar.weekend,
        lambda calendar: len(calendar.holidays) > 2,
        lambda calendar: len(calendar.extra) > 2,
    ],
    ids=["no weekday worked", "no weekend", "holidays", "make-up days"],
)
def test_calendars_reach_every_hard_case(hard: Callable[[Calendar], bool]) -> None:
    """Hypothesis finds an example of each."""
    assert hard(reach(calendars(), hard))


@given(calendars())
def test_no_day_is_both_worked_and_not_worked(calendar: Calendar) -> None:
    """What is drawn is a calendar."""
    assert not set(calendar.holidays) & set(calendar.extra)


def test_the_oracles_say_what_the_wall_calendar_says() -> None:
    """A handful of cases by hand, so that the oracles are not only compared with the library."""
    assert str(oracle_add_months(day("2024-08-31"), 18)) == "2026-02-28"
    assert str(oracle_add_months(day("2024-03-31"), -1)) == "2024-02-29"
    rule = Calendar(holidays=["2026-07-03"], extra=["2026-07-04"])
    found = oracle_business_days(rule, day("2026-07-02"), day("2026-07-06"))
    assert found == [dt.date(2026, 7, 2), dt.date(2026, 7, 4), dt.date(2026, 7, 6)]


def overflows(on: Any, n: int) -> Any:
    """Add months as spreadsheets do that run over the end of a short month."""
    month = on.astype("M8[M]")
    return (month + n).astype("M8[D]") + (on - month.astype("M8[D]"))


def sticks(on: Any, n: int) -> Any:
    """Add months so that the end of a month stays the end of a month."""
    due = add_months(on, n)
    end = (due.astype("M8[M]") + 1).astype("M8[D]") - 1
    return np.datetime64(end if is_month_end(on) else due, "D")


def thirty_days(on: Any, n: int) -> Any:
    """Take a month for thirty days."""
    return on + 30 * n


def early(on: Any, n: int) -> Any:
    """Go to the first of the month where the day number is missing."""
    due = add_months(on, n)
    return due if (due - due.astype("M8[M]")) == (on - on.astype("M8[M]")) else due - 1


@pytest.mark.parametrize(
    ("wrong", "start", "n", "message"),
    [
        (overflows, "2024-08-31", 18, "2024-08-31 and 18 months is 2026-03-03, in another month"),
        (thirty_days, "2024-08-01", 1, "2024-08-01 and 1 months is 2024-08-31, in another month"),
        (sticks, "2025-02-28", 18, "2025-02-28 and 18 months is 2026-08-31"),
        (early, "2024-08-31", 18, "2024-08-31 and 18 months is 2026-02-27"),
    ],
)
def test_month_arithmetic_that_breaks_a_law_is_refused(
    wrong: Callable[..., Any], start: str, n: int, message: str
) -> None:
    """The rules of spreadsheets, bond markets and thirty-day months."""
    with pytest.raises(CheckError, match=message):
        check_month_laws(day(start), n, add_months=wrong)


def drifts(on: Any, n: int) -> Any:
    """Lose a day also when no month is added, or when the day is the 2nd."""
    return add_months(on, n) if n else on - 1


def turns(on: Any, n: int) -> Any:
    """Be right on the 1st, and a month early on the 2nd."""
    return add_months(on, n) if on.item().day == 1 else add_months(on, n - 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (drifts, "2026-01-01 and no months is 2025-12-31"),
        (turns, "2026-01-01 is due after the day that follows it"),
    ],
)
def test_month_arithmetic_that_contradicts_itself_is_refused(wrong: Callable[..., Any], message: str) -> None:
    """It is looked at around the day, too."""
    with pytest.raises(CheckError, match=message):
        check_month_laws(day("2026-01-01"), 3, add_months=wrong)


class LateQuarter(Period):
    """A period whose first day is a day late."""

    @property
    def start(self) -> np.datetime64:
        """The second day, wrongly."""
        return super().start + np.timedelta64(1, "D")


def test_a_period_that_leaves_a_gap_is_refused() -> None:
    """The laws look at the neighbours."""
    check_period_laws(Period(2026, "quarter", 3))
    with pytest.raises(CheckError, match="2026Q3 does not start where 2026Q2 ends"):
        check_period_laws(LateQuarter(2026, "quarter", 3))


@attrs.frozen
class Forgetful(Dated[int]):
    """A dated value that always says what its first edition says."""

    def on(self, on: Any) -> int:
        """Give the first value, wrongly."""
        _ = on
        return self.values[0]


def test_a_dated_value_that_forgets_an_edition_is_refused() -> None:
    """The latest edition up to the day has the word."""
    value = Forgetful([Edition("2025-01-01", 1), Edition("2026-01-01", 2)])
    with pytest.raises(CheckError, match="1 is in force on 2026-07-01"):
        check_dated_laws(value, day("2026-07-01"))


@attrs.frozen
class Careless(Calendar):
    """A calendar that forgets its weekends when it steps."""

    def add(self, days: Any, n: Any) -> Any:
        """Add plain days, wrongly."""
        return days + n


def test_a_calendar_that_forgets_the_weekend_is_refused() -> None:
    """Adding is counting."""
    with pytest.raises(CheckError, match="2026-07-03 and 1 business days is 2026-07-04, which is none"):
        check_calendar_laws(Careless(), day("2026-07-03"), 1)
    with pytest.raises(CheckError, match="3 business days do not lie in 2026-07-03 to 2026-07-06"):
        check_calendar_laws(Careless(), day("2026-07-03"), 3)
