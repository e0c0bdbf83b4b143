"""What a method hands back: receivers, steps, and what it can prove beyond loads and bounds."""

from typing import Any

import attrs
import numpy as np

from clientmgr.allocation.problem import Problem
from clientmgr.allocation.steps import STEP_WORDS
from clientmgr.tables import AnyArray, Codes, Floats, Int64, freeze

__all__ = ["Outcome", "step_code"]


OWN = ("place", "step", "paid")  # what is no field of a certificate


@attrs.define(eq=False)
class Outcome:
    """A division under way.

    Attributes:
        place: the receiver of each divided client.
        step: the place of its step in `STEP_WORDS`.
        moves: clients who change hands, by branch.
        moves_bound: moves that no division can do without, by branch.
        worst: the worst relative deviation from targets around fixed clients, where rules bind.
        dual: no division under the rules can do better.
        prices: multipliers that prove `dual`, measures x receivers.
        affinity: the sum of fits by branch; NaN for other methods.
        affinity_bound: no assignment within the capacities has a larger sum.
        room_prices: what an hour, or place, of each receiver costs; they prove `affinity_bound`.
        slack: by which part some buyer of an auction sees more value for money elsewhere; NaN for
            other methods.
        paid: what each client cost in an auction; None for other methods.
    """

    place: Codes
    step: AnyArray
    moves: Int64
    moves_bound: Int64
    worst: Floats
    dual: Floats
    prices: Floats
    affinity: Floats
    affinity_bound: Floats
    room_prices: Floats
    slack: Floats
    paid: Floats | None = None

    @classmethod
    def empty(cls, problem: Problem) -> "Outcome":
        """Begin with nobody placed."""
        return cls(
            np.full(len(problem), -1, dtype=np.int32),
            np.zeros(len(problem), dtype=np.int8),
            np.zeros(problem.branches, dtype=np.int64),
            np.zeros(problem.branches, dtype=np.int64),
            np.full(problem.branches, np.nan),
            np.full(problem.branches, np.nan),
            np.zeros((len(problem.values), len(problem.receivers))),
            np.full(problem.branches, np.nan),
            np.full(problem.branches, np.nan),
            np.zeros(len(problem.receivers)),
            np.full(problem.branches, np.nan),
        )

    def evidence(self) -> dict[str, Any]:
        """Give the fields that a certificate takes over."""
        names = [field.name for field in attrs.fields(type(self))]
        return {name: freeze(getattr(self, name)) for name in names if name not in OWN}


def step_code(word: str) -> int:
    """Give the place of a step."""
    return STEP_WORDS.index(word)
