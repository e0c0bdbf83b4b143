"""What the book did and what the manager did; and ability for the next division from scores."""

from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, RuleError
from clientmgr.facts import MeasureColumn
from clientmgr.money import split
from clientmgr.scoring.curves import Curve
from clientmgr.scoring.exact import Exact
from clientmgr.scoring.scores import Scores
from clientmgr.tables import AnyArray, Coded, Fen, Floats, Id, Result, freeze, text_table

__all__ = ["BookAdjusted", "ability_from_scores", "adjust_for_book"]

PLACES = 4


@attrs.frozen(eq=False, repr=False, slots=False)
class BookAdjusted(Result):
    """What each manager's clients brought, against what the same clients would bring anywhere.

    Attributes:
        manager: each once, ascending.
        observed: what the clients brought, fen.
        expected: what they would have brought at the rates of their segments, fen; sums agree.
        prior: fen of expectation that pull every ratio toward 1.
    """

    manager: Coded
    observed: Fen
    expected: Fen
    prior: int

    @property
    def ratio(self) -> MeasureColumn:
        """(observed + prior) / (expected + prior), four decimals; missing where that is nothing."""
        below = self.expected + self.prior
        cells = [
            Fraction(above, under) if under > 0 else None
            for above, under in zip((self.observed + self.prior).tolist(), below.tolist(), strict=True)
        ]
        return MeasureColumn.ratio(cells, places=PLACES)

    def __len__(self) -> int:
        """Count the managers."""
        return len(self.observed)

    def __repr__(self) -> str:
        """Name the size and the sum that both sides share."""
        return f"BookAdjusted({len(self):,} managers, {int(self.observed.sum()):,} fen)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a manager."""
        return {
            "manager": np.asarray(self.manager),
            "observed": self.observed,
            "expected": self.expected,
            "ratio": np.asarray(self.ratio),
        }

    def explain(self, manager: Id) -> str:
        """Write the numbers of one manager."""
        rows = np.flatnonzero(self.manager == manager)
        return text_table({name: column[rows] for name, column in self.to_columns().items()})


def adjust_for_book(*, manager: Any, segment: Any, observed: Any, exposure: Any, prior: int = 0) -> BookAdjusted:
    """Compare what each book brought with what the same clients would bring elsewhere.

    This is indirect standardisation, shrunk toward par by a prior; one row a client. The observed
    sum of each segment is shared among all its clients by exposure (largest remainder), which is
    what each would bring at the segment's rate; so the expectations of all managers sum to what
    was observed, to the fen. A segment without exposure is expected to bring what it brought.

    Args:
        manager: who answers for the client.
        segment: the client's segment, such as branch and tier.
        observed: what it brought, fen.
        exposure: what it could bring it from, such as assets in fen; not below zero.
        prior: expectation in fen that is added on both sides: a small book cannot be far from par.

    Raises:
        DataError: columns of different lengths, exposures below zero.
        RuleError: a prior below zero.

    Example:
        >>> from clientmgr.scoring import adjust_for_book
        >>> found = adjust_for_book(
        ...     manager=["M1", "M1", "M2"],
        ...     segment=["A", "B", "A"],
        ...     observed=[60, 10, 20],
        ...     exposure=[100, 50, 100],
        ... )
        >>> found.expected.tolist(), [str(x) for x in found.ratio.tolist()]
        ([50, 40], ['1.4000', '0.5000'])
    """
    if prior < 0:
        raise RuleError(f"a prior is not below 0 fen, got {prior}", "$.prior")
    who, where = Coded.of(manager).compact(), Coded.of(segment)
    seen, could = np.asarray(observed, np.int64), np.asarray(exposure, np.int64)
    if len({len(who), len(where), len(seen), len(could)}) > 1:
        lengths = (len(who), len(where), len(seen), len(could))
        raise DataError(f"manager, segment, observed and exposure differ in length: {lengths}")
    if (could < 0).any():
        row = int(np.flatnonzero(could < 0)[0])
        raise DataError(f"exposure row {row}: got {could[row]}, expected nothing below zero")
    expected = seen.copy()
    for code in np.unique(where.codes).tolist():
        rows = np.flatnonzero(where.codes == code)
        if could[rows].any():
            expected[rows] = split(int(seen[rows].sum()), could[rows])
    everybody = np.arange(len(who.vocabulary), dtype=np.int32)
    sums = [np.zeros(len(everybody), np.int64) for _ in range(2)]
    for total, amounts in zip(sums, (seen, expected), strict=True):
        np.add.at(total, who.codes, amounts)
    names = Coded.from_codes(who.vocabulary, everybody)
    return BookAdjusted(names, freeze(sums[0]), freeze(sums[1]), prior)


def ability_from_scores(scores: Scores, curve: Curve | None = None) -> Floats:
    """Give the ability for the next division: a curve of the score, 1 at 100 points.

    Args:
        scores: the scores.
        curve: from score / 100 to ability; by default the straight line from 0.5 at nothing to
            2 at 200 points, flat outside.

    Raises:
        RuleError: the curve gives somebody no ability.

    Example:
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, ability_from_scores, score
        >>> card = Scorecard(name="c", criteria=(Criterion("visits", "100%", target=4),))
        >>> half = Measures(manager=["A", "B"], period="2026H2", values={"visits": [4, 2]})
        >>> ability_from_scores(score(half, card)).tolist()
        [1.0, 0.75]
    """
    made = curve or Curve.knots({0: "0.5", 1: 1, 2: 2})
    found: Floats = made.apply(Exact(scores.units, 100 * 10**scores.card.places)).floats()
    if (found <= 0).any():
        row = int(np.flatnonzero(found <= 0)[0])
        raise RuleError(f"the curve gives {scores.manager[row]!r} an ability of {found[row]}")
    return freeze(found)
