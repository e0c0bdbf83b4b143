"""The chance that a client is still alive, by the MBG/NBD model: closed form and fit."""

import math
from collections.abc import Callable
from typing import Final

import attrs
import numpy as np
from numpy.typing import ArrayLike

from clientmgr.errors import DataError, RuleError, UndecidedError
from clientmgr.tables import AnyArray, Floats

__all__ = ["AliveModel", "fit_alive"]

MOST_STEPS: Final = 1_000
CLOSE: Final = 1e-11
SMALLEST: Final = 1e-8
FARTHEST: Final = 18.0


@attrs.frozen
class AliveModel:
    """The MBG/NBD model of repeated trading: clients trade at rates of their own until they drop out.

    A client trades at a Poisson rate that is gamma distributed over clients (shape `r`, rate
    `alpha`), and after its first and after each further trade it drops out with a chance that is
    beta distributed (`a`, `b`). Other than in the BG/NBD model a client without a repeat trade may
    have dropped out, too; there its chance to be alive would be 1.

    Attributes:
        r: shape of the trading rates.
        alpha: their rate, in the unit of time of the histories.
        a: first parameter of the drop-out chances.
        b: second parameter of the drop-out chances.

    Source: E. P. Batislam, M. Denizel, A. Filiztekin, "Empirical validation and comparison of models for
    customer base analysis", International Journal of Research in Marketing 24 (2007), 201-209.

    Raises:
        RuleError: a parameter that is not above zero.

    Example:
        >>> from clientmgr.dormancy import AliveModel
        >>> model = AliveModel(r=0.525, alpha=6.183, a=0.891, b=1.614)
        >>> model.chance([0, 2, 5], [0, 30.43, 10], [38.86, 38.86, 30]).round(6).tolist()
        [0.389735, 0.706202, 0.080101]
    """

    r: float
    alpha: float
    a: float
    b: float

    def __attrs_post_init__(self) -> None:
        """Refuse parameters that are none."""
        for name, value in attrs.asdict(self).items():
            if not 0 < value < math.inf:
                raise RuleError(f"{name} must be above zero, got {value}", f"$.{name}")

    def chance(self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """Give the chance that each client is alive at its age; it falls while nothing happens.

        Args:
            repeats: number of trading days after the first.
            recency: time from the first to the last trading day; 0 without a repeat.
            age: time from the first trading day to now, or to a later day asked for.

        Returns:
            float64 chances from 0 to 1.

        Raises:
            DataError: negative numbers, a recency beyond the age, or one without a repeat.
        """
        x, last, now = _checked(repeats, recency, age)
        with np.errstate(over="ignore"):
            odds = self.a / (self.b + x) * ((self.alpha + now) / (self.alpha + last)) ** (self.r + x)
        chances: Floats = 1.0 / (1.0 + odds)
        return chances


def fit_alive(repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> AliveModel:
    """Fit the model to histories by maximum likelihood.

    The simplex search of Nelder and Mead over the logarithms of the parameters, from a fixed start
    and begun again from where it ends until that gains nothing: the same histories give the same
    model.

    Args:
        repeats: number of trading days after the first, per client.
        recency: time from the first to the last trading day.
        age: time from the first trading day to the end of the observation.

    Returns:
        The model, in the unit of time of the histories. O(distinct histories) a step.

    Raises:
        DataError: no histories, or some that are none.
        UndecidedError: the histories do not determine a model, such as those without any repeat.

    Example:
        >>> import numpy as np
        >>> from clientmgr.dormancy import fit_alive
        >>> repeats = np.repeat([0, 1, 2, 5, 12], [8, 4, 3, 2, 1])
        >>> recency = [0] * 8 + [5, 20, 60, 150, 20, 90, 180, 60, 190, 150]
        >>> model = fit_alive(repeats, recency, np.full(18, 200))
        >>> round(model.r, 3), round(model.alpha, 1)
        (0.775, 25.0)
    """
    x, last, now = _checked(repeats, recency, age)
    if not len(x):
        raise DataError("cannot fit a model to no histories")
    rows, weight = np.unique(np.stack([x, last, now]), axis=1, return_counts=True)
    x, last, now = rows[0].astype(np.int64), rows[1], rows[2]
    scale = max(float(now.max()), 1.0)

    def cost(logs: Floats) -> float:
        """Give the mean negative log-likelihood."""
        r, alpha, a, b = np.exp(logs.clip(-FARTHEST, FARTHEST))
        return -_log_likelihood(r, alpha * scale, a, b, x, last, now, weight) / float(weight.sum())

    best = _settle(cost, np.log([1.0, 0.1, 1.0, 1.0]))
    r, alpha, a, b = np.exp(best).tolist()
    return AliveModel(r, alpha * scale, a, b)


def _log_likelihood(
    r: float, alpha: float, a: float, b: float, x: AnyArray, last: Floats, now: Floats, weight: AnyArray
) -> float:
    """Sum the logarithms of the likelihoods; ratios of gamma functions are sums, as x is whole."""
    steps = np.arange(int(x.max()) + 1)
    trades = np.concatenate([[0.0], np.cumsum(np.log(r + steps))])[x]
    stays = np.cumsum(np.log((b + steps) / (a + b + steps)))[x]
    kept = trades + r * math.log(alpha) + stays - (r + x) * np.log(alpha + now)
    gone = math.log(a) - np.log(b + x) + (r + x) * (np.log(alpha + now) - np.log(alpha + last))
    return float(np.dot(weight, kept + np.logaddexp(0.0, gone)))


def _checked(repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Read histories and refuse those that cannot be."""
    x, last, now = (np.asarray(column, np.float64) for column in (repeats, recency, age))
    if not x.shape == last.shape == now.shape or x.ndim != 1:
        raise DataError("repeats, recency and age are columns of one length")
    finite = np.isfinite(x) & np.isfinite(last) & np.isfinite(now)
    good = finite & (x >= 0) & (x == np.floor(x)) & (last >= 0) & (last <= now)
    good &= (x > 0) | (last == 0)
    if not good.all():
        row = int(good.argmin())
        raise DataError(
            f"row {row} is no history: {x[row]:g} repeats, recency {last[row]:g}, age {now[row]:g}; "
            "expected 0 <= recency <= age, and recency 0 without a repeat"
        )
    return x, last, now


def _settle(cost: Callable[[Floats], float], start: Floats) -> Floats:
    """Search again from where a search ended, until that gains nothing."""
    point, value = _nelder_mead(cost, start)
    while np.abs(point).max() < FARTHEST - 1:
        again, better = _nelder_mead(cost, point)
        if value - better < CLOSE * max(abs(value), 1.0):
            return again
        point, value = again, better
    raise UndecidedError("these histories do not determine a model; bring more, with repeats")


def _nelder_mead(cost: Callable[[Floats], float], start: Floats) -> tuple[Floats, float]:
    """Minimise by the simplex search of Nelder and Mead (Computer Journal 7 (1965), 308-313)."""
    points = np.vstack([start, start + 0.25 * np.eye(len(start))])
    values = np.array([cost(point) for point in points])
    for _ in range(MOST_STEPS):
        order = np.argsort(values, kind="stable")
        points, values = points[order], values[order]
        flat = values[-1] - values[0] < CLOSE * max(abs(values[0]), 1.0)
        if flat and np.abs(points - points[0]).max() < SMALLEST:
            break
        points, values = _move(cost, points, values)
    best = int(values.argmin())
    return points[best], float(values[best])


def _move(cost: Callable[[Floats], float], points: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Replace the worst point of the ordered simplex, or shrink it towards the best."""
    centre = points[:-1].mean(axis=0)
    mirrored, value = _try(cost, centre, points[-1], 1.0)
    if value < values[0]:
        further, better = _try(cost, centre, points[-1], 2.0)
        mirrored, value = (further, better) if better < value else (mirrored, value)
    elif value >= values[-2]:
        factor = 0.5 if value < values[-1] else -0.5
        mirrored, value = _try(cost, centre, points[-1], factor)
    if value < values[-1]:
        points[-1], values[-1] = mirrored, value
        return points, values
    points[1:] = (points[1:] + points[0]) / 2
    values[1:] = [cost(point) for point in points[1:]]
    return points, values


def _try(cost: Callable[[Floats], float], centre: Floats, worst: Floats, factor: float) -> tuple[Floats, float]:
    """Try the point on the line from the worst one through the centre."""
    point = centre + factor * (centre - worst)
    return point, cost(point)
