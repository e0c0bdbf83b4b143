"""Scoring (考核): the scorecard, exact scores that explain themselves, and how firm they are.

`score(measures, card)` gives `Scores`. A score is absolute: 100 points are all targets met, and
no colleague moves it, unless the card asks for a relative criterion by name.
"""

from clientmgr.scoring.book import BookAdjusted, ability_from_scores, adjust_for_book
from clientmgr.scoring.card import Bonus, Criterion, Gate, Points, Scorecard
from clientmgr.scoring.compute import score
from clientmgr.scoring.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Is,
    Not,
    Running,
    above,
    at_least,
    at_most,
    below,
)
from clientmgr.scoring.curves import Curve
from clientmgr.scoring.intervals import (
    Distances,
    WeightIntervals,
    find_distances,
    weight_intervals,
)
from clientmgr.scoring.levels import By
from clientmgr.scoring.scores import Scores
from clientmgr.scoring.stability import Stability, leave_one_out

__all__ = [
    "AllOf",
    "AnyOf",
    "Bonus",
    "BookAdjusted",
    "By",
    "Comparison",
    "Condition",
    "Criterion",
    "Curve",
    "Distances",
    "Gate",
    "Is",
    "Not",
    "Points",
    "Running",
    "Scorecard",
    "Scores",
    "Stability",
    "WeightIntervals",
    "ability_from_scores",
    "above",
    "adjust_for_book",
    "at_least",
    "at_most",
    "below",
    "find_distances",
    "leave_one_out",
    "score",
    "weight_intervals",
]
