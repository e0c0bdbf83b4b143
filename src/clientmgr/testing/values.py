"""Strategies for single values: ids, days that love the ends of months, amounts that tie."""

from collections.abc import Sequence

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.periods import day
from clientmgr.tables import AnyArray, Id

__all__ = ["amounts", "days", "id_lists"]

LARGEST = 10**14  # fen; sums of thousands of such amounts stay far below 2^62
ROUND = (1_00, 50_00, 10_000_00, 100_000_00)
LETTERS = "aB019-_é客户"


def id_lists(*, min_size: int = 0, max_size: int = 8, integer: bool | None = None) -> st.SearchStrategy[list[Id]]:
    """Draw distinct ids, all of them text or all integers.

    Text ids such as "9" and "10", whose order is not that of the numbers, and Chinese ones are
    among them; so are integers below zero.

    Args:
        min_size: at least so many.
        max_size: at most so many.
        integer: True for integers, False for text, None for either.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing import id_lists
        >>> find(id_lists(integer=True), lambda ids: len(ids) == 2)
        [0, 1]
    """
    whole: st.SearchStrategy[Id] = st.integers(-(2**40), 2**40)
    text: st.SearchStrategy[Id] = st.text(LETTERS, min_size=1, max_size=6)
    wanted = [whole] * (integer is not False) + [text] * (integer is not True)
    return st.one_of([st.lists(ids, min_size=min_size, max_size=max_size, unique=True) for ids in wanted])


def days(
    first: np.datetime64 | str,
    last: np.datetime64 | str,
    *,
    month_ends: bool = True,
    favoured: Sequence[np.datetime64] = (),
) -> st.SearchStrategy[np.datetime64]:
    """Draw a day of a span, both ends included.

    Args:
        first: the first day.
        last: the last day.
        month_ends: draw the last day of a month about half of the time.
        favoured: further days to draw often, where they are in the span.

    Example:
        >>> import numpy as np
        >>> from hypothesis import find
        >>> from clientmgr.testing import days
        >>> str(find(days("2026-01-01", "2026-12-31"), lambda day: day > np.datetime64("2026-02-10")))
        '2026-02-11'
    """
    start, end = day(first), day(last)
    every = np.arange(start, end + 1)
    ends = every[(every + 1).astype("datetime64[M]") > every.astype("datetime64[M]")]
    often = np.tile(ends, len(every) // max(len(ends), 1)) if month_ends else ends[:0]
    liked = [d for d in favoured if start <= d <= end] * max(1, len(every) // 5)
    table = np.concatenate([every, often, np.array(liked, "datetime64[D]")])
    return st.integers(0, len(table) - 1).map(_Pick(f"days {start} to {end}", table))


@attrs.frozen(eq=False, repr=False)
class _Pick:
    """Picks from a long list that nobody wants to see in the message of a failing test."""

    name: str
    values: AnyArray

    def __call__(self, place: int) -> np.datetime64:
        """Give the value at a place."""
        value: np.datetime64 = self.values[place]
        return value

    def __repr__(self) -> str:
        """Give the name."""
        return self.name


def amounts(
    *, ties: bool = True, zeros: bool = True, negative: bool = False, largest: int = LARGEST
) -> st.SearchStrategy[int]:
    """Draw an amount of money in fen.

    Args:
        ties: draw one of a few round amounts often.
        zeros: let it be zero.
        negative: let it be below zero.
        largest: the greatest amount on either side.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing import amounts
        >>> find(amounts(negative=True), lambda amount: amount < 0)
        -1
    """
    few = [amount for amount in ROUND if amount <= largest]
    kinds = [st.sampled_from([0, *few] if zeros else few)] if ties and few else []
    kinds.append(st.integers(0 if zeros else 1, largest))
    kinds += [st.integers(-largest, -1)] if negative else []
    return st.one_of(kinds)
