"""For tests of formulas: random well-kinded formulas, a slow oracle, and the laws that hold for all."""

from clientmgr.testing.formula.laws import (
    check_against_oracle,
    check_explanation,
    check_json,
    check_together,
    inputs_of,
    recompute,
)
from clientmgr.testing.formula.oracle import Oracle
from clientmgr.testing.formula.strategies import formula_sets, formulas, periods_told, worlds
from clientmgr.testing.formula.told import Told, Undefined

__all__ = [
    "Oracle",
    "Told",
    "Undefined",
    "check_against_oracle",
    "check_explanation",
    "check_json",
    "check_together",
    "formula_sets",
    "formulas",
    "inputs_of",
    "periods_told",
    "recompute",
    "worlds",
]
