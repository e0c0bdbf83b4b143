"""Prices that prove how near to its targets a division under eligibility can come at best."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from clientmgr.allocation.bounds import dual_bound
from clientmgr.allocation.case import Case

__all__ = ["find_prices", "worst_deviation"]

STEPS = 300
PATIENCE = 15  # idle steps until the step is shortened

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


def worst_deviation(case: Case, owner: Ints) -> float:
    """Give the largest relative deviation of a cell from the case's targets."""
    loads = np.array([np.bincount(owner, row, len(case.shares)) for row in case.values])
    due = case.targets > 0
    off = np.abs(loads - case.targets) / np.where(due, case.targets, 1.0)
    return float(np.where(due, off, 0.0).max(initial=0.0))


def find_prices(case: Case, *, steps: int = STEPS) -> tuple[Floats, float]:
    """Climb to prices with a high dual bound: receivers that must get too much become dear.

    Prices are units of deviation per part of a measure; any prices prove a bound, better ones a
    higher one.

    Returns:
        Prices (measures x receivers, scaled so that `sum |P| T = 1`) and their bound; zeros where
        nothing is bound to deviate. O(steps * units * measures * receivers).
    """
    allowed, targets = case.allowed, case.targets
    best, bound = np.zeros_like(targets), 0.0
    if bool(allowed.all()):
        return best, bound
    safe = np.where(targets > 0, targets, np.inf)
    prices, step, idle = np.zeros_like(targets), 1.0, 0
    for _ in range(steps):
        cost = np.where(allowed, case.values.T @ prices, np.inf)
        loads = _cheapest_loads(case, cost)
        size = float((np.abs(prices) * targets).sum())
        here = dual_bound(case.values, allowed, targets, prices) if size else 0.0
        if here > bound * (1 + 1e-9):
            best, bound, idle = prices / size, here, 0
        else:
            idle += 1
            step *= 0.7 if idle % PATIENCE == 0 else 1.0
        slope = (loads - targets) / safe**2
        norm = float(np.sqrt(((slope * np.where(targets > 0, targets, 0.0)) ** 2).sum())) or 1.0
        prices = (prices / size if size else prices) + step * slope / norm
    return best, bound


def _cheapest_loads(case: Case, cost: Floats) -> Floats:
    """Load the receivers as if each unit went where it is cheapest, split where several are."""
    lowest = cost.min(axis=1, keepdims=True)
    near = cost <= lowest + 1e-12 * np.abs(lowest) + 1e-300
    parts = near * case.shares
    parts /= parts.sum(axis=1, keepdims=True)
    loads: Floats = case.values @ parts
    return loads
