"""Strategies for amounts, weights and rates, slow exact oracles, and the laws of money.

The laws take the function that they hold to account, so that a firm can hold its own to them.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from clientmgr.errors import CheckError
from clientmgr.money import Rate, Rounding, apply_rate, split
from clientmgr.money.rounding import ROUNDINGS

__all__ = [
    "Splitting",
    "check_rate_laws",
    "check_shares",
    "check_split_laws",
    "int64_amounts",
    "oracle_rate",
    "oracle_split",
    "rates",
    "roundings",
    "splittings",
    "weight_rows",
]

# Amounts and sums of weights at which the arithmetic changes its ways, and their neighbours.
CORNERS = (0, 1, 2**31, 2**53, 2**62, 2**63 - 1)
TWO_STEP_BASE = 3_037_000_499  # the largest base whose square fits int64

Split = Callable[..., NDArray[np.int64]]


@attrs.frozen
class Splitting:
    """What `splittings` draws: arguments of `split`.

    Attributes:
        amounts: n amounts in fen, anywhere in int64.
        weights: k weights, or n rows of k.
        tie: k distinct ranks, or None.
    """

    amounts: list[int]
    weights: list[Any]
    tie: list[int] | None = None

    def rows(self) -> list[list[int]]:
        """Give the weights of every amount, also where all share one row."""
        if self.weights and isinstance(self.weights[0], list):
            return self.weights
        return [self.weights] * len(self.amounts)


def int64_amounts() -> st.SearchStrategy[int]:
    """Draw an amount in fen anywhere in int64, often small, round or at a corner of the arithmetic.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.money import int64_amounts
        >>> find(int64_amounts(), lambda amount: amount < -(2**62))
        -4611686018427387905
    """
    corners = [c + d for c in CORNERS for d in (-1, 0, 1) if c + d < 2**63]
    lowest = -(2**63)
    return st.one_of(
        st.integers(0, 30),
        st.integers(-(10**11), 10**11),
        st.sampled_from([*corners, *(-c for c in corners), lowest]),
        st.integers(lowest, 2**63 - 1),
    )


def weight_rows(parties: int) -> st.SearchStrategy[list[int]]:
    """Draw a row of weights, not all zero: often equal, some zero, some far beyond int64.

    Args:
        parties: how many weights.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.money import weight_rows
        >>> find(weight_rows(3), lambda row: row[0] == row[1] == row[2])
        [1, 1, 1]
    """
    one = st.one_of(
        st.integers(0, 3),
        st.integers(0, 10_000),
        st.integers(TWO_STEP_BASE // parties - 2, TWO_STEP_BASE // parties + 2),
        st.integers(0, 2**62),
        st.integers(2**62, 2**70),
    )
    rows = st.lists(one, min_size=parties, max_size=parties)
    equal = st.builds(lambda weight: [weight] * parties, st.integers(1, 10_000))
    return (rows | equal).filter(any)


@st.composite
def splittings(draw: st.DrawFn, *, max_amounts: int = 5, max_parties: int = 5) -> Splitting:
    """Draw arguments of `split`: amounts, one row of weights or one per amount, tie ranks or none.

    Args:
        draw: given by hypothesis.
        max_amounts: at most so many amounts; none at all is drawn, too.
        max_parties: at most so many parties.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.money import splittings
        >>> find(splittings(), lambda case: case.tie and len(case.amounts) == 1)
        Splitting(amounts=[0], weights=[[1]], tie=[0])
    """
    parties = draw(st.integers(1, max_parties))
    amounts = draw(st.lists(int64_amounts(), max_size=max_amounts))
    shared = draw(st.booleans()) or not amounts
    rows = [draw(weight_rows(parties)) for _ in range(1 if shared else len(amounts))]
    tie = draw(st.none() | st.permutations(range(parties)))
    return Splitting(amounts, rows[0] if shared else rows, tie if tie is None else list(tie))


def rates(*, negative: bool = True) -> st.SearchStrategy[Rate]:
    """Draw an exact rate: of up to nine decimals, a simple fraction, zero, or one of a huge base.

    Args:
        negative: let it be below zero.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.money import rates
        >>> find(rates(), lambda rate: rate.denominator == 10**9)
        Rate('0.0000001%')
    """
    sides = 1 if negative else 0
    return st.one_of(
        st.builds(Rate, st.integers(-sides * 100, 100), st.integers(1, 100)),
        st.builds(Rate, st.integers(-sides * 10**9, 10**9), st.just(10**9)),
        st.builds(Rate, st.integers(-sides * 2**70, 2**70), st.integers(1, 2**70)),
    )


def roundings() -> st.SearchStrategy[Rounding]:
    """Draw a rounding mode.

    Example:
        >>> from hypothesis import find
        >>> from clientmgr.testing.money import roundings
        >>> find(roundings(), lambda rounding: True)
        'half_up'
    """
    return st.sampled_from(ROUNDINGS)


def oracle_split(amount: int, weights: Sequence[int | Fraction], tie: Sequence[int] | None = None) -> list[int]:
    """Split one amount by the definition, in fractions: slow, and nothing to go wrong.

    Args:
        amount: in fen.
        weights: not all zero.
        tie: ranks that decide equal remainders, lower first; by default the order of the parties.

    Example:
        >>> from clientmgr.testing.money import oracle_split
        >>> oracle_split(-100, [1, 1, 1])
        [-34, -33, -33]
    """
    ranks = range(len(weights)) if tie is None else tie
    exact = [Fraction(abs(amount)) * weight / sum(weights) for weight in weights]
    shares = [math.floor(share) for share in exact]
    queue = sorted(range(len(weights)), key=lambda j: (shares[j] - exact[j], ranks[j], j))
    for j in queue[: abs(amount) - sum(shares)]:
        shares[j] += 1
    return [share if amount >= 0 else -share for share in shares]


def oracle_rate(amount: int, rate: Rate, rounding: Rounding = "half_up") -> int:
    """Apply a rate to one amount by the definition, in fractions.

    Args:
        amount: in fen.
        rate: any.
        rounding: the mode.

    Example:
        >>> from clientmgr.money import Rate
        >>> from clientmgr.testing.money import oracle_rate
        >>> oracle_rate(-250, Rate.of("1%")), oracle_rate(-250, Rate.of("1%"), "half_even")
        (-3, -2)
    """
    exact = amount * rate.fraction
    rounded = {
        "half_up": math.floor(abs(exact) + Fraction(1, 2)),
        "half_even": round(abs(exact)),
        "down": math.floor(abs(exact)),
        "up": math.ceil(abs(exact)),
    }
    if rounding in rounded:
        return rounded[rounding] if exact >= 0 else -rounded[rounding]
    return math.floor(exact) if rounding == "floor" else math.ceil(exact)


def check_shares(amount: int, weights: Sequence[int | Fraction], shares: Sequence[int]) -> None:
    """Hold the shares of one amount to what any honest split must do.

    They add up to it, each is less than one unit from the exact share, and a weight of zero gets
    nothing.

    Args:
        amount: in fen.
        weights: not all zero.
        shares: in fen, one per weight.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> from clientmgr.testing.money import check_shares
        >>> check_shares(10, [1, 1, 1], [4, 3, 3])
    """
    _hold(sum(shares) == amount, f"the shares of {amount} add up to {sum(shares)}")
    for weight, share in zip(weights, shares, strict=True):
        exact = Fraction(amount) * weight / sum(weights)
        _hold(abs(share - exact) < 1, f"a share of {amount} is {share}, a unit or more off {exact}")
        _hold(share == 0 or weight != 0, f"a party without weight gets {share} of {amount}")


def check_split_laws(case: Splitting, *, split: Split = split) -> None:
    """Hold a split to the laws of `clientmgr.money.split`.

    Besides those of `check_shares`: a reversal gets the exact negative; scaling the weights changes
    nothing; parties in another order get the same if their ranks move along, and else differ only
    where remainders are equal; every row is split as if it were alone.

    Args:
        case: what to split.
        split: the function; called as `split(amounts, weights, tie=tie)`.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> from clientmgr.testing.money import Splitting, check_split_laws
        >>> check_split_laws(Splitting([100, -5], [7, 3]))
    """
    shares = split(case.amounts, case.weights, tie=case.tie).tolist()
    for amount, row, found in zip(case.amounts, case.rows(), shares, strict=True):
        check_shares(amount, row, found)
        alone = split([amount], [row], tie=case.tie).tolist()[0]
        _hold(alone == found, f"{amount} is split otherwise when it is alone: {alone}, not {found}")
        tripled = split([amount], [[3 * weight for weight in row]], tie=case.tie).tolist()[0]
        _hold(tripled == found, f"weights three times as large split {amount} otherwise: {tripled}")
        _check_reversal(amount, row, found, case.tie, split)
        _check_order(amount, row, found, case.tie, split)


def check_rate_laws(
    amount: int,
    rate: Rate,
    *,
    apply_rate: Callable[..., int] = apply_rate,
) -> None:
    """Hold the rounding modes to one another, for one amount and rate.

    Each result is less than one unit from the exact product; `down` and `up` enclose the others, as
    do `floor` and `ceil`; the halves are off by half a unit at most; all but `floor` and `ceil` are
    odd functions of the amount, and those two are each other's mirror.

    Args:
        amount: in fen; amount and product within int64, and above its lowest value.
        rate: any.
        apply_rate: the function; called as `apply_rate(amount, rate, rounding=mode)`.

    Raises:
        CheckError: one of these does not hold.

    Example:
        >>> from clientmgr.money import Rate
        >>> from clientmgr.testing.money import check_rate_laws
        >>> check_rate_laws(250, Rate.of("1%"))
    """
    exact = amount * rate.fraction
    found = {mode: apply_rate(amount, rate, rounding=mode) for mode in ROUNDINGS}
    mirror = {mode: -apply_rate(-amount, rate, rounding=mode) for mode in ROUNDINGS}
    for mode, result in found.items():
        most = Fraction(1, 2) if mode.startswith("half") else Fraction(1)
        off = abs(result - exact)
        _hold(off <= most and off != 1, f"{mode} gives {result} for {exact}")
        same = {"floor": "ceil", "ceil": "floor"}.get(mode, mode)
        _hold(result == mirror[same], f"{mode} of {amount} and {same} of {-amount} do not mirror")  # type: ignore[index]
        _hold(found["floor"] <= result <= found["ceil"], f"{mode} leaves floor and ceil: {result}")
    _hold(abs(found["down"]) <= abs(exact) <= abs(found["up"]), f"down and up miss {exact}")


def _check_reversal(amount: int, row: list[int], found: list[int], tie: list[int] | None, split: Split) -> None:
    """Hold a split to give a reversal the exact negative; the lowest int64 has none."""
    if amount != -(2**63):
        back = split([-amount], [row], tie=tie).tolist()[0]
        negative = [-share for share in found]
        _hold(back == negative, f"the reversal of {amount} is split {back}, not {negative}")


def _check_order(amount: int, row: list[int], found: list[int], tie: list[int] | None, split: Split) -> None:
    """Hold a split to be about the parties, not about their order."""
    ranks = list(range(len(row))) if tie is None else tie
    turned, back = row[::-1], found[::-1]
    along = split([amount], [turned], tie=ranks[::-1]).tolist()[0]
    _hold(along == back, f"the parties of {amount} in reverse get {along[::-1]}, not {found}")
    free = split([amount], [turned]).tolist()[0]
    same = _remainders(amount, turned, free) == _remainders(amount, row, found)
    _hold(same, f"the parties of {amount} in reverse differ beyond ties: {free[::-1]}, not {found}")


def _remainders(amount: int, row: list[int], shares: list[int]) -> list[tuple[Fraction, int]]:
    """List the remainders with what each got beyond its whole units, whoever's they are."""
    exact = [Fraction(abs(amount)) * weight / sum(row) for weight in row]
    return sorted(
        (share - math.floor(share), abs(got) - math.floor(share)) for share, got in zip(exact, shares, strict=True)
    )


def _hold(holds: bool, message: str) -> None:  # noqa: FBT001 - a condition, as in assert
    """Raise what does not hold."""
    if not holds:
        raise CheckError(message)
