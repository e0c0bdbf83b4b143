"""Values against those of colleagues."""

from fractions import Fraction
from typing import Any

import pytest

from clientmgr.facts import Measures
from clientmgr.scoring import Criterion
from clientmgr.scoring.peers import against_peers


def against(cells: list[Any], relative: Any, **more: Any) -> list[Fraction]:
    """Give the relative values."""
    values = {"visits": cells, **more}
    measures = Measures(manager=list(range(len(cells))), period="2026", values=values)
    peers = "branch" if more else ""
    criterion = Criterion("visits", 1, 1, relative=relative, peers=peers)
    found = against_peers(criterion, measures)
    return [found.at(row) for row in range(len(cells))]


def test_a_mean_is_that_of_the_others() -> None:
    """Nobody moves the own benchmark."""
    assert against([6, 3, 3], "mean") == [2, Fraction(2, 3), Fraction(2, 3)]


def test_a_percentile_counts_those_below_and_half_of_those_level() -> None:
    """Mid-rank for ties."""
    assert against([5, 7, 5, 1], "percentile") == [Fraction(1, 2), 1, Fraction(1, 2), 0]


@pytest.mark.parametrize(("relative", "par"), [("mean", 1), ("percentile", Fraction(1, 2))])
def test_who_has_no_peers_is_at_par(relative: str, par: Fraction) -> None:
    """Alone, or alone in the branch."""
    assert against([5], relative) == [par]
    assert against([5, 9, 9], relative, branch=["A", "B", "B"])[0] == par


def test_missing_rows_count_for_nobody() -> None:
    """They are in no mean and in no percentile."""
    assert against([6, None, 3], "mean")[0] == 2
    assert against([6, None, 3], "percentile")[0] == 1


def test_a_mean_of_nothing_or_less_is_no_standard() -> None:
    """Everybody is at par against it."""
    assert against([5, 0, 0], "mean")[0] == 1
