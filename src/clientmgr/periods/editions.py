"""A value with editions: what is in force from which day on, each with its source."""

import bisect
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, RuleError
from clientmgr.periods.dates import DayLike, as_days, day, refuse

__all__ = ["ALWAYS", "Dated", "Edition"]

T = TypeVar("T")

# The first day of what has always been in force.
ALWAYS = np.datetime64("0001-01-01", "D")


@attrs.frozen
class Edition(Generic[T]):
    """One edition of a dated value: in force from `start` until the next one starts.

    Attributes:
        start: the first day in force.
        value: what is in force.
        source: where it stands written, for people; may be empty.
    """

    start: np.datetime64 = attrs.field(converter=day)
    value: T
    source: str = ""


def _as_tuple(editions: Iterable[Any]) -> tuple[Any, ...]:
    """Keep editions so that they cannot change."""
    return tuple(editions)


@attrs.frozen(repr=False)
class Dated(Generic[T]):
    """A value with editions, each in force from its first day until the next one starts.

    There are no gaps: only before the first edition nothing is in force. Frozen; equal and hashable
    where the values are.

    Attributes:
        editions: in the order of their first days, which rise.

    Raises:
        RuleError: no edition, or two that start on one day, or not in order.

    Example:
        >>> from clientmgr.periods import Dated
        >>> base = Dated.of({"2026-07-01": 2_500, "2025-01-01": 2_000})
        >>> base.on("2026-06-30"), base.on("2026-07-01")
        (2000, 2500)
        >>> base.to_dict()
        {'2025-01-01': 2000, '2026-07-01': 2500}
    """

    editions: tuple[Edition[T], ...] = attrs.field(converter=_as_tuple)

    @editions.validator
    def _rise(self, _attribute: Any, editions: tuple[Edition[T], ...]) -> None:
        """Refuse no edition at all, and first days that do not rise."""
        if not editions:
            raise RuleError("a dated value needs at least one edition")
        for before, after in itertools.pairwise(editions):
            if not before.start < after.start:
                raise RuleError(f"editions start on rising days, got {before.start} and then {after.start}")

    @classmethod
    def of(
        cls,
        editions: Mapping[Any, T] | Iterable[tuple[Any, T]],
        *,
        sources: Mapping[Any, str] | None = None,
    ) -> "Dated[T]":
        """Make a dated value from first days and values, in any order.

        Args:
            editions: a mapping from first day to value, or pairs of them; days as `day` reads them.
            sources: for some of the first days, where the edition stands written.

        Raises:
            RuleError: two editions of one day, what is no day, or a source without an edition.
        """
        pairs = editions.items() if isinstance(editions, Mapping) else editions
        texts = {_first_day(start): text for start, text in (sources or {}).items()}
        read = [(_first_day(start), value) for start, value in pairs]
        if strange := sorted(set(texts) - {start for start, _ in read}):
            raise RuleError(f"a source for {strange[0]}, on which no edition starts")
        read.sort(key=operator.itemgetter(0))
        return cls(Edition(start, value, texts.get(start, "")) for start, value in read)

    @classmethod
    def always(cls, value: T, *, source: str = "") -> "Dated[T]":
        """Make a dated value of one edition, in force on every day from 0001-01-01 on."""
        return cls((Edition(ALWAYS, value, source),))

    @property
    def starts(self) -> NDArray[np.datetime64]:
        """The first days of the editions, rising, `datetime64[D]`."""
        return np.array([edition.start for edition in self.editions], dtype="datetime64[D]")

    @property
    def values(self) -> tuple[T, ...]:
        """The values, in the order of the first days."""
        return tuple(edition.value for edition in self.editions)

    @property
    def sources(self) -> dict[str, str]:
        """Where the editions stand written, by the ISO text of their first days, where it is said."""
        return {str(edition.start): edition.source for edition in self.editions if edition.source}

    def on(self, on: DayLike) -> T:
        """Give the value in force on a day.

        Raises:
            RuleError: the day is before the first edition.
            DataError: it is no day.
        """
        return self.edition_on(on).value

    def edition_on(self, on: DayLike) -> Edition[T]:
        """Give the edition in force on a day, with its first day and its source.

        Raises:
            RuleError: the day is before the first edition.
            DataError: it is no day.
        """
        asked = day(on)
        place = bisect.bisect_right(self.editions, asked, key=lambda edition: edition.start)
        if place == 0:
            first = self.editions[0].start
            raise RuleError(f"nothing is in force on {asked}: the first edition starts {first}")
        return self.editions[place - 1]

    @overload
    def edition_index(self, days: DayLike) -> int: ...
    @overload
    def edition_index(self, days: NDArray[np.datetime64]) -> NDArray[np.int64]: ...
    def edition_index(self, days: NDArray[np.datetime64] | DayLike) -> NDArray[np.int64] | int:
        """Give the number of the edition in force on each day, counted from 0.

        Returns:
            int64 in the shape of the days, to index `editions` or `values` with.

        Raises:
            DataError: NaT or days before the first edition, row by row; text columns.
        """
        column = as_days(days, table="edition_index", column="days")
        places = np.asarray(np.searchsorted(self.starts, column, side="right") - 1, dtype=np.int64)
        bad = (places < 0) | np.isnat(column)
        expected = f"a day from {self.editions[0].start} on, when the first edition starts"
        refuse(column, bad, table="edition_index", column="days", expected=expected)
        return places if places.ndim else int(places)

    def to_dict(self) -> dict[str, T]:
        """Give the values by the ISO text of their first days, for JSON.

        `Dated.of(value.to_dict(), sources=value.sources)` is the same value again.
        """
        return {str(edition.start): edition.value for edition in self.editions}

    def __iter__(self) -> Iterator[Edition[T]]:
        """Go through the editions in the order of their first days."""
        return iter(self.editions)

    def __len__(self) -> int:
        """Count the editions; there is one at least."""
        return len(self.editions)

    def __repr__(self) -> str:
        """Show the values by their first days."""
        return f"Dated({self.to_dict()!r})"


def _first_day(start: Any) -> np.datetime64:
    """Read the first day of an edition, which is part of a rule."""
    try:
        return day(start)
    except DataError as error:
        raise RuleError(f"an edition starts on a day: {error}") from error
