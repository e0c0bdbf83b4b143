"""Weighted envy between books: WEF1 and WEFX, the tightest pair, and the repair of WEFX.

Manager j does not envy i up to one client when `load_j / weight_j >= (load_i - v) / weight_i`,
where v is the largest client of i (WEF1) or the smallest one of positive value (WEFX). As all
measure clients alike, one comparison decides a branch: the lowest ratio against the highest reduced
ratio. Whole numbers are compared exactly.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["NEARLY", "Verdict", "judge", "repair_wefx", "wefx"]

NEARLY = 1e-9  # ratios this near are compared exactly

Values: TypeAlias = npt.NDArray[Any]
Rows: TypeAlias = npt.NDArray[np.int32]


@attrs.frozen
class Verdict:
    """Whether nobody envies, who comes nearest to it (managers' numbers), and by how much.

    `slack` is `load_j / weight_j - (load_i - v) / weight_i` of the tightest pair, in parts of the
    fair ratio; not negative exactly if the verdict holds.
    """

    holds: bool
    envier: int
    envied: int
    slack: float


def judge(loads: Values, weights: Sequence[int], removed: Values) -> Verdict:
    """Judge one branch: `loads` and the client `removed` from each book, by exact `weights` (above 0).

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.envy import judge
        >>> judge(np.array([6, 2]), [1, 1], np.array([4, 2]))
        Verdict(holds=True, envier=1, envied=0, slack=0.0)
    """
    weight = np.array([float(one) for one in weights])
    low = loads / weight
    high = (loads - removed) / weight
    j = _first(_near(low, low.min()), lambda k: _part(loads[k]) / weights[k])
    i = _first(_near(high, high.max()), lambda k: (_part(removed[k]) - _part(loads[k])) / weights[k])
    total = sum(loads.tolist())
    if loads.dtype.kind == "i":
        over = int(loads[j]) * weights[i] - (int(loads[i]) - int(removed[i])) * weights[j]
        slack = over * sum(weights) / (weights[j] * weights[i] * total) if total else 0.0
        return Verdict(over >= 0, j, i, slack)
    gap = _part(loads[j]) / weights[j] - (_part(loads[i]) - _part(removed[i])) / weights[i]
    return Verdict(gap >= 0, j, i, float(gap * sum(weights) / Fraction(total)) if total else 0.0)


def _part(value: Any) -> Fraction:
    """Read a number of an array exactly."""
    return Fraction(value.item())


def _first(near: list[int], key: Callable[[int], Fraction]) -> int:
    """Choose the least one, compared exactly where several are near, the earlier of equals."""
    return near[0] if len(near) == 1 else min(near, key=lambda k: (key(k), k))


def wefx(values: Values, owner: Rows, weights: Sequence[int]) -> Verdict:
    """Judge WEFX of one branch from its clients and their owners."""
    managers = len(weights)
    return judge(_loads(values, owner, managers), weights, _smallest(values, owner, managers))


def repair_wefx(values: Values, owner: Rows, weights: Sequence[int], *, steps: int) -> bool:
    """Mend WEFX in one branch, in place: the smallest client of the most envied book goes to the lowest ratio.

    Returns:
        Whether WEFX holds at the end; at most `steps` clients move.
    """
    for step in range(steps + 1):
        verdict = wefx(values, owner, weights)
        if verdict.holds or step == steps:
            return verdict.holds
        book = np.flatnonzero((owner == verdict.envied) & (values > 0))
        owner[book[values[book].argmin()]] = verdict.envier
    return False


def _loads(values: Values, owner: Rows, managers: int) -> Values:
    """Add up each book; whole numbers exactly."""
    loads = np.zeros(managers, dtype=values.dtype)
    np.add.at(loads, owner, values)
    return loads


def _smallest(values: Values, owner: Rows, managers: int) -> Values:
    """Give the smallest client of positive value of each book, 0 where there is none."""
    there = values > 0
    none = np.iinfo(np.int64).max if values.dtype.kind == "i" else np.inf
    smallest = np.full(managers, none, dtype=values.dtype)
    np.minimum.at(smallest, owner[there], values[there])
    return np.where(smallest == none, 0, smallest).astype(values.dtype)


def _near(ratios: npt.NDArray[np.float64], edge: float) -> list[int]:
    """Find the managers whose ratio may be the edge, for exact comparison."""
    near = np.abs(ratios - edge) <= NEARLY * max(abs(edge), float(np.abs(ratios).max()))
    return [int(k) for k in np.flatnonzero(near)]
