"""What one colleague less would change: the leave-one-out report for relative criteria."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.facts import Measures
from clientmgr.scoring.card import Scorecard
from clientmgr.scoring.compute import score
from clientmgr.scoring.levels import read_number
from clientmgr.tables import AnyArray, Coded, Int64, Result, freeze

__all__ = ["Stability", "leave_one_out"]


@attrs.frozen(eq=False, repr=False, slots=False)
class Stability(Result):
    """For each colleague taken away: how many of the others change band, or change places.

    Attributes:
        removed: who was taken away.
        band_changes: others whose band changed.
        order_changes: pairs of others whose order by printed score turned round.
    """

    removed: Coded
    band_changes: Int64
    order_changes: Int64

    @property
    def share(self) -> Fraction:
        """The share of removals that change somebody's band or the order of two others."""
        some = int(((self.band_changes > 0) | (self.order_changes > 0)).sum())
        return Fraction(some, max(len(self.removed), 1))

    def __repr__(self) -> str:
        """Say how many removals change something."""
        return f"Stability({len(self.removed)} removals, {float(self.share):.0%} change something)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a removal."""
        return {
            "removed": np.asarray(self.removed),
            "band_changes": self.band_changes,
            "order_changes": self.order_changes,
        }


def leave_one_out(measures: Measures, card: Scorecard, edges: Iterable[Any] = ()) -> Stability:
    """Score everybody again without each colleague in turn, and see what changes for the others.

    An absolute card never changes anything. O(rows^2 log rows) per criterion.

    Args:
        measures: the measures of one period.
        card: the scorecard.
        edges: band edges in points; an edge belongs to the band above it.

    Example:
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, leave_one_out
        >>> card = Scorecard(
        ...     name="c",
        ...     criteria=(Criterion("visits", "100%", 1, relative="mean"),),
        ...     allow_relative=True,
        ... )
        >>> half = Measures(manager=["A", "B", "C"], period="2026H2", values={"visits": [9, 5, 3]})
        >>> leave_one_out(half, card, ["60"]).band_changes.tolist()
        [1, 0, 1]
    """
    goals = np.array([read_number(edge) * 10**card.places for edge in edges], object)
    whole = score(measures, card).units
    bands, turns = [], []
    for row in range(len(measures)):
        rest = np.delete(np.arange(len(measures)), row)
        now = score(measures.take(rest), card).units
        bands.append(int((_band(whole[rest], goals) != _band(now, goals)).sum()))
        turns.append(_turned(whole[rest], now))
    return Stability(measures.manager, freeze(np.array(bands, np.int64)), freeze(np.array(turns, np.int64)))


def _band(units: Int64, goals: AnyArray) -> Int64:
    """Number the band of each score."""
    bands: Int64 = (units[:, None] >= goals[None, :]).sum(axis=1).astype(np.int64)
    return bands


def _turned(before: Int64, after: Int64) -> int:
    """Count the pairs whose strict order turned round."""
    one = np.sign(before[:, None] - before[None, :])
    other = np.sign(after[:, None] - after[None, :])
    return int((one * other < 0).sum()) // 2
