"""The dials of the strategies: how many, and which hard cases are drawn."""

from functools import cached_property
from typing import TypedDict

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.testing.values import amounts, days

__all__ = ["AS_OF", "FIRST", "NEVER", "Dials", "Settings"]

NEVER = np.datetime64("NaT", "D")
FIRST = np.datetime64("2024-06-30")  # history begins here: 18 months before the first `as_of`
AS_OF = (np.datetime64("2026-01-01"), np.datetime64("2026-12-31"))

CLIPPED = tuple(np.array(["2026-02-28", "2024-08-29", "2024-08-30", "2024-08-31"], "datetime64[D]"))


class Dials(TypedDict, total=False):
    """What `branches` and `firms` may draw; numbers of clients and managers are of each branch.

    Attributes:
        min_clients: at least so many clients (0).
        max_clients: at most so many (6).
        min_managers: at least so many managers who may have books on every day (1).
        max_managers: at most so many such managers (4).
        max_trades: at most so many trades in all within history (8).
        integer_ids: True for integer ids, False for text, None for either (None).
        month_ends: let many days be the last ones of their months (True).
        ties: let many amounts and abilities be equal (True).
        zeros: let amounts be zero (True).
        negative: let assets be below zero (True).
        whales: let a client own more than a fair book, which is all assets / managers (True).
        heads: let there be a branch manager and a deputy (True).
        moves: let clients open and close, managers join and leave, some without licence (True).
        history: draw trades, valuations, flows, events, records and incidents too (True).
        reversals: let trades take others back, wholly or in part (False).
    """

    min_clients: int
    max_clients: int
    min_managers: int
    max_managers: int
    max_trades: int
    integer_ids: bool | None
    month_ends: bool
    ties: bool
    zeros: bool
    negative: bool
    whales: bool
    heads: bool
    moves: bool
    history: bool
    reversals: bool


@attrs.frozen(kw_only=True, slots=False)
class Settings:
    """The dials, each at what was asked for or at its default; see `Dials`."""

    min_clients: int = 0
    max_clients: int = 6
    min_managers: int = 1
    max_managers: int = 4
    max_trades: int = 8
    integer_ids: bool | None = None
    month_ends: bool = True
    ties: bool = True
    zeros: bool = True
    negative: bool = True
    whales: bool = True
    heads: bool = True
    moves: bool = True
    history: bool = True
    reversals: bool = False

    @cached_property
    def assets(self) -> st.SearchStrategy[int]:
        """What a client owns, in fen."""
        return amounts(ties=self.ties, zeros=self.zeros, negative=self.negative)

    @cached_property
    def fees(self) -> st.SearchStrategy[int]:
        """An amount in fen that is not below zero."""
        return amounts(ties=self.ties, zeros=self.zeros)

    @cached_property
    def dates(self) -> st.SearchStrategy[np.datetime64]:
        """The day that facts are as of."""
        return days(*AS_OF, month_ends=self.month_ends, favoured=self._clipped[:1] * 3)

    @cached_property
    def days(self) -> st.SearchStrategy[np.datetime64]:
        """A day of history."""
        favoured = self._clipped[1:]
        return days(FIRST, AS_OF[1], month_ends=self.month_ends, favoured=favoured)

    @cached_property
    def far_days(self) -> st.SearchStrategy[np.datetime64]:
        """NaT, or a day from years before history to months behind it."""
        ends, favoured = self.month_ends, self._clipped[1:]
        far = days(FIRST - 1_000, AS_OF[1] + 90, month_ends=ends, favoured=favoured)
        return st.just(NEVER) | far

    @property
    def _clipped(self) -> tuple[np.datetime64, ...]:
        """A short month's end, and the days of which it is 18 months later."""
        return CLIPPED if self.month_ends else ()

    @cached_property
    def moving_days(self) -> st.SearchStrategy[np.datetime64]:
        """As `far_days`, but only NaT where nobody moves."""
        return self.far_days if self.moves else st.just(NEVER)

    @cached_property
    def abilities(self) -> st.SearchStrategy[float]:
        """An ability between 0.5 and 2."""
        hundredths = st.sampled_from([100, 50, 200]) if self.ties else st.nothing()
        return (hundredths | st.integers(50, 200)).map(lambda number: number / 100)
