"""Named periods: a year, half-year, quarter or month, which together tile the calendar."""

import calendar
import datetime as dt
import functools
import re
from typing import Any, Literal, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError
from clientmgr.periods.dates import DayLike, as_days, day

__all__ = ["Kind", "Period"]

Kind = Literal["year", "half", "quarter", "month"]

MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
NAMED = re.compile(r"([0-9]{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?")
NUMBERED: tuple[Kind, ...] = ("half", "quarter", "month")
LAST_YEAR = 9999


@functools.total_ordering
@attrs.frozen(order=False, repr=False)
class Period:
    """A calendar period: `2026`, `2026H2`, `2026Q3` or `2026-07`, first and last day included.

    Periods of one kind tile the calendar without gap or overlap, and are ordered; two of different
    kinds are not. Equal periods hash alike, and the text reads back.

    Attributes:
        year: 1 to 9999.
        kind: `year`, `half`, `quarter` or `month`.
        number: which one of its year, from 1.

    Raises:
        DataError: no such period.

    Example:
        >>> from clientmgr.periods import Period
        >>> half = Period.of("2026H2")
        >>> str(half.start), str(half.end), str(half.next())
        ('2026-07-01', '2026-12-31', '2027H1')
        >>> [str(month) for month in half.quarters()[0].months()]
        ['2026-07', '2026-08', '2026-09']
        >>> half.contains("2026-12-31"), half < Period.of("2027H1")
        (True, True)
    """

    year: int
    kind: Kind = "year"
    number: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse what is not on the calendar."""
        if self.kind not in MONTHS:
            raise DataError(f"a period is one of {', '.join(MONTHS)}, got {self.kind!r}")
        for name, most in (("year", LAST_YEAR), ("number", 12 // MONTHS[self.kind])):
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise DataError(f"the {name} of a {self.kind} is 1 to {most}, got {value!r}")

    @classmethod
    def of(cls, value: "Period | str") -> "Period":
        """Read a period from its name; a period passes as it is.

        Raises:
            DataError: no such name.
        """
        if isinstance(value, Period):
            return value
        text: Any = value
        name = NAMED.fullmatch(text) if isinstance(text, str) else None
        if name is None:
            raise DataError(f'a period reads like "2026", "2026H2", "2026Q3" or "2026-07", got {value!r}')
        for kind, number in zip(NUMBERED, name.groups()[1:], strict=True):
            if number:
                return cls(int(name[1]), kind, int(number))
        return cls(int(name[1]))

    @classmethod
    def of_day(cls, on: DayLike, kind: Kind) -> "Period":
        """Give the period of a kind that a day belongs to.

        Raises:
            DataError: no day, or no such kind.
        """
        months = int(day(on).astype("datetime64[M]").astype(np.int64)) + 1970 * 12
        year, month = divmod(months, 12)
        return cls(year, kind, month // MONTHS.get(kind, 12) + 1)

    @property
    def start(self) -> np.datetime64:
        """The first day."""
        return np.datetime64(dt.date(self.year, self._last_month() - MONTHS[self.kind] + 1, 1), "D")

    @property
    def end(self) -> np.datetime64:
        """The last day, which belongs to the period."""
        month = self._last_month()
        _, length = calendar.monthrange(self.year, month)
        return np.datetime64(dt.date(self.year, month, length), "D")

    @overload
    def contains(self, days: DayLike) -> bool: ...
    @overload
    def contains(self, days: NDArray[np.datetime64]) -> NDArray[np.bool_]: ...
    def contains(self, days: NDArray[np.datetime64] | DayLike) -> NDArray[np.bool_] | bool:
        """Tell which days belong to the period; NaT does not.

        Raises:
            DataError: text columns or times of day.
        """
        column = as_days(days, table="contains", column="days")
        inside = np.asarray((column >= self.start) & (column <= self.end))
        return inside if inside.ndim else bool(inside)

    def shift(self, n: int) -> "Period":
        """Give the period of the same kind that comes n later (earlier, if n is negative).

        Raises:
            DataError: it would be outside the years 1 to 9999.
        """
        per_year = 12 // MONTHS[self.kind]
        year, number = divmod(self.year * per_year + self.number - 1 + n, per_year)
        return Period(year, self.kind, number + 1)

    def next(self) -> "Period":
        """Give the period of the same kind that follows without a gap."""
        return self.shift(1)

    def previous(self) -> "Period":
        """Give the period of the same kind that comes right before."""
        return self.shift(-1)

    def through(self, last: "Period | str") -> tuple["Period", ...]:
        """List this period and those that follow, up to and with `last`; none if that is earlier.

        Raises:
            DataError: `last` is of another kind.
        """
        stop = Period.of(last)
        if stop.kind != self.kind:
            raise DataError(f"{self} through {stop}: a {self.kind} and a {stop.kind}")
        per_year = 12 // MONTHS[self.kind]
        count = (stop.year - self.year) * per_year + stop.number - self.number + 1
        return tuple(self.shift(n) for n in range(count))

    def parts(self, kind: Kind) -> tuple["Period", ...]:
        """List the periods of a shorter kind (or the same) that make up this one.

        Raises:
            DataError: the kind is longer than this period, or no kind.
        """
        if MONTHS.get(kind, 13) > MONTHS[self.kind]:
            raise DataError(f"a {self.kind} is not made of parts called {kind!r}, got {self}")
        first, last = Period.of_day(self.start, kind), Period.of_day(self.end, kind)
        return first.through(last)

    def months(self) -> tuple["Period", ...]:
        """List the months of the period."""
        return self.parts("month")

    def quarters(self) -> tuple["Period", ...]:
        """List the quarters of the period; a month has none, which is a `DataError`."""
        return self.parts("quarter")

    def halves(self) -> tuple["Period", ...]:
        """List the half-years of the period; what is shorter has none, which is a `DataError`."""
        return self.parts("half")

    def __lt__(self, other: object) -> bool:
        """Compare with a period of the same kind; of two kinds, neither comes first."""
        if not isinstance(other, Period) or other.kind != self.kind:
            return NotImplemented
        return (self.year, self.number) < (other.year, other.number)

    def __str__(self) -> str:
        """Write the name that reads back."""
        signs = {"year": "", "half": f"H{self.number}", "quarter": f"Q{self.number}"}
        return f"{self.year:04}{signs.get(self.kind, f'-{self.number:02}')}"

    def __repr__(self) -> str:
        """Show the name."""
        return f"Period({str(self)!r})"

    def _last_month(self) -> int:
        """Give the number of the last month within its year, from 1."""
        return self.number * MONTHS[self.kind]
