"""The verifier of scores notices what is wrong."""

from typing import Any

import attrs
import numpy as np
import pytest

from clientmgr.check.scoring import holds, score_by_hand, verify_scores
from clientmgr.errors import CheckError
from clientmgr.facts import Measures
from clientmgr.scoring import By, Criterion, Scorecard, Scores, at_least, score
from clientmgr.scoring.exact import Exact

CARD = Scorecard(name="c", criteria=(Criterion("a", "50%", 7), Criterion("b", "50%", 7)))


def measures() -> Measures:
    """Two managers."""
    return Measures(manager=["M1", "M2"], period="2026", values={"a": [3, 5], "b": [2, 6]})


def changed(name: str, row: int) -> Scores:
    """Give scores of which one number was changed."""
    scores = score(measures(), CARD)
    column = getattr(scores, name).copy()
    column[row] += 1
    return attrs.evolve(scores, **{name: column})


@pytest.mark.parametrize(
    ("name", "fault"),
    [("units", "score of M2 in 2026: found"), ("printed", "printed contributions of M2 in 2026")],
)
def test_a_changed_number_is_found(name: str, fault: str) -> None:
    """With the manager whose it is."""
    with pytest.raises(CheckError, match=fault):
        verify_scores(measures(), CARD, changed(name, 1))


def test_a_changed_contribution_is_found() -> None:
    """Exactly."""
    scores = score(measures(), CARD)
    parts = (Exact(np.array([1, 2]), 3), *scores.parts[1:])
    with pytest.raises(CheckError, match="a of M1 in 2026: found 1/3, recomputed 150/7"):
        verify_scores(measures(), CARD, attrs.evolve(scores, parts=parts))


@pytest.mark.parametrize("name", ["rank", "untied_rank"])
def test_a_changed_rank_is_found(name: str) -> None:
    """Both of them."""
    scores = score(measures(), CARD)
    scores.__dict__[name] = getattr(scores, name)[::-1]
    with pytest.raises(CheckError, match=f"{name.replace('_', ' ')} of M"):
        verify_scores(measures(), CARD, scores)


def test_scores_of_other_managers_are_found() -> None:
    """One row less."""
    scores = score(measures().take([0]), CARD)
    with pytest.raises(CheckError, match="2 rows of measures have 1 scores"):
        verify_scores(measures(), CARD, scores)


def test_a_label_without_a_level_is_found() -> None:
    """The verifier does not guess."""
    row: dict[str, Any] = {"manager": 1, "period": "2026", "a": 1, "region": "x"}
    level = By("region", {"first": 5})
    with pytest.raises(CheckError, match="no level for 'x'"):
        holds(at_least("a", level), row)
    card = Scorecard(name="c", criteria=(Criterion("a", 1, level),))
    with pytest.raises(CheckError, match="no level for 'x'"):
        score_by_hand(row, card, [row])
