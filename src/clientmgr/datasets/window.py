"""The window of time that a data set covers: whole months, their ends, their business days."""

from functools import cached_property
from typing import Any, Self

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.tables import Days, Floats, Int64

__all__ = ["OLDEST", "Window"]

OLDEST = np.datetime64("1992-01-01")  # no account of a data set is older


@attrs.frozen(eq=False, slots=False)
class Window:
    """Whole months from `first` on.

    Business days are Mondays to Fridays but 1 January, 1 May and 1 to 7 October; feasts of the
    lunar calendar are left out.

    Attributes:
        first: the first day of the first month.
        months: how many months.
    """

    first: np.datetime64
    months: int

    @classmethod
    def of(cls, start: Any, months: int) -> Self:
        """Read a window.

        Raises:
            RuleError: the start is not the first day of a month, or there is no month.
        """
        first = np.datetime64(start, "D")
        if np.isnat(first) or first != first.astype("datetime64[M]").astype("datetime64[D]"):
            raise RuleError(f"start must be the first day of a month, got {start!r}")
        if months < 1:
            raise RuleError(f"months must be at least 1, got {months}")
        return cls(first, months)

    @cached_property
    def firsts(self) -> Days:
        """The first day of each month, and of the month behind the last."""
        month = self.first.astype("datetime64[M]")
        firsts: Days = (month + np.arange(self.months + 1)).astype("datetime64[D]")
        return firsts

    @property
    def lasts(self) -> Days:
        """The last day of each month."""
        return self.firsts[1:] - 1

    @property
    def end(self) -> np.datetime64:
        """The last day of the window."""
        last: np.datetime64 = self.lasts[-1]
        return last

    @cached_property
    def business(self) -> Days:
        """The business days of the window."""
        every = np.arange(self.first, self.firsts[-1])
        days: Days = every[np.is_busday(every, busdaycal=self.calendar)]
        return days

    @cached_property
    def calendar(self) -> np.busdaycalendar:
        """The business days of the window and of the decades before it."""
        years = np.arange(OLDEST.astype("datetime64[Y]"), self.end.astype("datetime64[Y]") + 1)
        days = [years.astype("datetime64[D]"), *(_each_year(years, 9, day) for day in range(7))]
        return np.busdaycalendar(holidays=np.concatenate([*days, _each_year(years, 4, 0)]))

    def business_day_before(self, days: Days) -> Days:
        """Give each day, or the last business day before it; NaT stays NaT."""
        return np.busday_offset(days, 0, roll="backward", busdaycal=self.calendar)

    def month_of(self, days: Days) -> Int64:
        """Give the number of the month of each day, the first month being 0."""
        month = days.astype("datetime64[M]").astype(np.int64)
        passed: Int64 = month - self.first.astype("datetime64[M]").astype(np.int64)
        return passed

    def pick_business(self, since: Days, until: Days, chance: Floats) -> Days:
        """Pick a business day in each span of days, both ends included.

        Args:
            since: the first day of each span.
            until: the last day of each span.
            chance: in [0, 1) for each span, which of its business days.

        Returns:
            A day for each span, NaT for one without a business day in the window.
        """
        low = np.searchsorted(self.business, since)
        high = np.searchsorted(self.business, until, side="right")
        place = low + np.floor(chance * (high - low)).astype(np.int64)
        place = np.minimum(place, len(self.business) - 1)
        return np.where(high > low, self.business[place], np.datetime64("NaT", "D"))


def _each_year(years: Days, month: int, day: int) -> Days:
    """Give one day of each year; months and days count from 0."""
    return (years.astype("datetime64[M]") + month).astype("datetime64[D]") + day
