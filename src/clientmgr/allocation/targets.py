"""Targets: exact weights of managers, what is due to each, and the water-filling around what cannot be split.

A weight joins an equal part and an ability part. All weights of a branch are whole numbers without
a common divisor, so that nothing depends on how an ability was written; a decimal such as 0.7 means
seven tenths.
"""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "DUST",
    "clip",
    "exact",
    "fill_cells",
    "level",
    "share_out",
    "weigh",
]

DUST = 1e-12  # what rounding leaves of a total is nothing

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


def weigh(abilities: Iterable[object], equal: object = 0) -> list[int]:
    """Join equal part and ability part to whole-number weights of one branch, without common divisor.

    The share of manager j is `equal / m + (1 - equal) * ability_j / sum(ability)`, exactly.

    Example:
        >>> from clientmgr.allocation.targets import weigh
        >>> weigh([0.5, 1.0, 1.5]), weigh([0.5, 1.5], equal="0.5")
        ([1, 2, 3], [3, 5])
    """
    shares = [exact(ability) for ability in abilities]
    base = math.lcm(*(share.denominator for share in shares))
    whole = [share.numerator * (base // share.denominator) for share in shares]
    part = exact(equal)
    level_part = part.numerator * sum(whole)
    steep = (part.denominator - part.numerator) * len(whole)
    weights = [level_part + steep * one for one in whole]
    divisor = math.gcd(*weights) or 1
    return [weight // divisor for weight in weights]


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole total by whole weights with the largest remainder; ties go to the earlier one.

    Example:
        >>> from clientmgr.allocation.targets import share_out
        >>> share_out(10, [1, 1, 1])
        [4, 3, 3]
    """
    base = sum(weights)
    if base == 0:
        return [0] * len(weights)
    parts = [divmod(total * weight, base) for weight in weights]
    floors = [floor for floor, _ in parts]
    by_rest = sorted(range(len(weights)), key=lambda j: (-parts[j][1], j))
    for j in by_rest[: total - sum(floors)]:
        floors[j] += 1
    return floors


def level(total: float, weights: Floats, floors: Floats) -> Floats:
    """Water-fill: raise everyone to `rate * weight` but keep who stands above it, so that all adds up.

    `total` is at least the sum of `floors`; the result is at least `floors` and sums to `total`.
    O(m log m).

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.targets import level
        >>> level(9.0, np.ones(3), np.array([5.0, 0.0, 1.0])).tolist()
        [5.0, 2.0, 2.0]
    """
    order = np.argsort(floors / weights, kind="stable")
    filled = np.cumsum(weights[order])
    above = floors[order][::-1].cumsum()[::-1] - floors[order]
    rates = (total - above) / filled
    # The right rate is the one at which the next manager stands above the water: the lowest of all.
    raised: Floats = np.maximum(floors, rates.min() * weights)
    return raised


def clip(total: float, weights: Floats, low: Floats, high: Floats) -> Floats:
    """Share a total by weight, but nobody less than `low` and nobody more than `high`.

    Where the limits cannot hold the total, what remains is shared by weight all the same.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.targets import clip
        >>> clip(12.0, np.array([1.0, 2.0, 3.0]), np.full(3, 3.0), np.full(3, 5.0)).tolist()
        [3.0, 4.0, 5.0]
    """
    if not low.sum() <= total <= high.sum():
        return np.asarray(total * weights / weights.sum())
    rates = np.sort(np.concatenate((low / weights, high / weights)))
    filled = np.clip(rates[:, None] * weights, low, high).sum(axis=1)
    after = int(np.searchsorted(filled, total))
    rate = rates[after]
    if after and filled[after] > total:
        part = (total - filled[after - 1]) / (filled[after] - filled[after - 1])
        rate = rates[after - 1] + part * (rates[after] - rates[after - 1])
    return np.asarray(np.clip(rate * weights, low, high))


def fill_cells(
    targets: Floats,
    weights: Floats,
    loads: Floats,
    largest: Floats,
    starts: Ints,
    *,
    totals: Floats | None = None,
    dust: Sequence[float] | None = None,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Free every cell that something indivisible overfills, and share the rest of its measure anew.

    All arrays are measures x managers, but `weights` (managers) and `starts` (branches + 1, the
    border of each branch among the managers). A cell whose `largest` client (or whole fixed load)
    exceeds its target becomes free: its target is its load. What remains of the measure is
    re-shared by weight; repeated until nothing changes.

    Args:
        targets: what is due by weight.
        weights: of the managers.
        loads: what each cell holds.
        largest: the largest thing in each cell that cannot be split.
        starts: border of each branch among the managers.
        totals: measures x branches, where known exactly; else the sums of `targets`.
        dust: the part of a total, by measure, up to which a remainder counts as nothing.

    Returns:
        The targets and the mask of free cells.
    """
    owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    if totals is None:
        totals = np.array([np.bincount(owner, row, len(starts) - 1) for row in targets])
    given = np.full(len(targets), DUST) if dust is None else np.asarray(dust)
    nothing = given[:, None] * totals
    free = np.zeros(targets.shape, dtype=bool)
    filled = targets
    while True:
        over = ~free & (largest > filled * (1 + DUST))
        if not over.any():
            return filled, free
        free |= over
        filled = _reshare(targets, weights, loads, free, owner, totals, nothing)


def _reshare(
    targets: Floats,
    weights: Floats,
    loads: Floats,
    free: npt.NDArray[np.bool_],
    owner: npt.NDArray[np.intp],
    totals: Floats,
    nothing: Floats,
) -> Floats:
    """Give each free cell its load and share what its branch has left by weight."""
    branches = totals.shape[1]
    filled = np.empty_like(targets)
    for k, cells in enumerate(free):
        taken = np.bincount(owner, np.where(cells, loads[k], 0.0), branches)
        open_weight = np.bincount(owner, np.where(cells, 0.0, weights), branches)
        left = totals[k] - taken
        left[left <= nothing[k]] = 0.0
        rate = left / np.where(open_weight > 0, open_weight, 1.0)
        reshared = np.where(cells, loads[k], weights * rate[owner])
        touched = np.bincount(owner[cells], minlength=branches) > 0
        filled[k] = np.where(touched[owner], reshared, targets[k])
    return filled


@lru_cache(maxsize=65_536)
def exact(number: object) -> Fraction:
    """Read a number as the decimal that it is written as."""
    if isinstance(number, float):
        return Fraction(repr(float(number)))
    if isinstance(number, int | Fraction | Decimal):
        return Fraction(number)
    return Fraction(str(number))
