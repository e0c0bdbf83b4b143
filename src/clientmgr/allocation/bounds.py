"""Bounds that no division can beat, whatever the method.

For one measure and any weights: with P_k the k largest clients and W_k the k largest weights, at
most k managers hold the k largest clients, so some other one has at most `(A - P_k) / (W - W_k)`
per weight (max-min), and some holder has at least `P_k / W_k` (min-max). For several measures, and
where rules say who may have whom, any multipliers give a bound on the worst relative deviation by
weak duality.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["dual_bound", "measure_bounds", "pigeon_hole"]

Floats: TypeAlias = npt.NDArray[np.float64]


def measure_bounds(largest: Floats, total: float, weights: Floats) -> tuple[float, float]:
    """Bound one measure of one branch: no lowest ratio above the first, no highest below the second.

    Args:
        largest: the largest clients, falling (those above the lowest target suffice).
        total: of the measure.
        weights: of the managers, above 0.

    Returns:
        Max-min and min-max, both in units per weight. O(m log m).

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.bounds import measure_bounds
        >>> measure_bounds(np.array([8.0, 1.0]), 10.0, np.ones(2))
        (2.0, 8.0)
    """
    heavy = -np.sort(-weights)
    count = min(len(largest), len(heavy) - 1)
    whole = weights.sum()
    clients = np.cumsum(largest[:count])
    held = np.cumsum(heavy[:count])
    fair = total / whole
    lowest = min(fair, ((total - clients) / (whole - held)).min(initial=np.inf))
    highest = max(fair, (clients / held).max(initial=0.0))
    if len(largest) > count == len(heavy) - 1 and equal_weights(heavy):
        highest = max(highest, pigeon_hole(largest, len(heavy)) / float(heavy[0]))
    return float(lowest), float(highest)


def pigeon_hole(largest: npt.NDArray[np.generic], managers: int) -> float:
    """Bound the largest of equal books: of k m + 1 clients, some book has k + 1.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.bounds import pigeon_hole
        >>> pigeon_hole(np.array([5, 4, 3]), 2)
        7.0
    """
    best = 0.0
    for k in range(1, (len(largest) - 1) // managers + 1):
        last = k * managers
        best = max(best, float(largest[last - k : last + 1].sum()))
    return best


def equal_weights(weights: Floats) -> bool:
    """Say whether all weights are the same."""
    return bool((weights == weights[0]).all())


def dual_bound(values: Floats, eligible: npt.NDArray[np.bool_], targets: Floats, multipliers: Floats) -> float:
    """Bound the worst relative deviation from below by weak duality; valid for any multipliers.

    Args:
        values: measures x clients.
        eligible: clients x managers.
        targets: measures x managers.
        multipliers: measures x managers, prices P = up - down; scaled here so that `sum |P| T = 1`.

    Returns:
        The bound `sum_i min_j sum_k a_ik P_jk - sum_jk P_jk T_jk`, never negative. O(n m d).
    """
    size = float((np.abs(multipliers) * targets).sum())
    if size == 0:
        return 0.0
    prices = multipliers / size
    cheapest = np.where(eligible, values.T @ prices, np.inf).min(axis=1)
    return max(0.0, float(cheapest.sum() - (prices * targets).sum()))
