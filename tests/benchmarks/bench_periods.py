"""Periods: month arithmetic and business days, by the ten million."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from clientmgr.periods import Calendar, add_months
from tests.benchmarks.harness import Row, against_sorting, race

N = 10_000_000
FEW = 1_000_000


def bench() -> Iterator[Row]:
    """Give the rows of periods."""
    rng = np.random.default_rng(7)
    days = np.datetime64("2020-01-01") + rng.integers(0, 2_400, N)
    yield against_sorting("add 18 months to 10 million days", lambda: add_months(days, 18))
    few = pd.Series(days[:FEW])
    offset = pd.DateOffset(months=18)
    assert np.array_equal((few + offset).to_numpy().astype("M8[D]"), add_months(days[:FEW], 18))
    yield race(
        "add 18 months to 1 million days",
        lambda: add_months(days[:FEW], 18),
        lambda: few + offset,
        peer="pandas DateOffset",
    )
    holidays = np.array(["2024-10-01", "2025-10-01"], dtype="M8[D]")
    calendar = Calendar(holidays.tolist())
    yield race(
        "the 5th business day after 1 million days",
        lambda: calendar.add(days[:FEW], 5),
        lambda: np.busday_offset(days[:FEW], 5, roll="preceding", holidays=holidays),
        peer="np.busday_offset, without make-up days",
    )
