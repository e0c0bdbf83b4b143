"""Many days within few years: what depends on the day alone is worked out once for each day."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["by_table"]

# Below this many days, looking for their span costs more than it saves.
FEWEST = 1_000

NEVER = np.datetime64("NaT", "D")


def by_table(function: Callable[[NDArray[np.datetime64]], NDArray[Any]], days: NDArray[np.datetime64]) -> NDArray[Any]:
    """Give function(days), for a function of each day by itself that takes NaT, too.

    Where the days are many and lie close together, the function is called with every day of their
    span instead, and its results are looked up. Neither way changes the outcome.

    Args:
        function: from days to a column as long; it raises for no day of the span.
        days: `datetime64[D]` of any shape.
    """
    if days.size < FEWEST:
        return function(days)
    first, last = np.fmin.reduce(days, axis=None), np.fmax.reduce(days, axis=None)
    if np.isnat(first) or (last - first).astype(np.int64) >= days.size // 2:
        return function(days)
    table = function(np.append(np.arange(first, last + 1), NEVER))
    places = (days - first).astype(np.int64)
    places[np.isnat(days)] = -1
    found: NDArray[Any] = table[places]
    return found
