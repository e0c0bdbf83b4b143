"""The published oracles and laws of money: what they draw, and what they refuse."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from clientmgr.errors import CheckError
from clientmgr.money import Rate, apply_rate, split
from clientmgr.money.quotients import Lane, lanes
from clientmgr.money.rounding import ROUNDINGS
from clientmgr.testing.money import (
    Splitting,
    check_rate_laws,
    check_shares,
    check_split_laws,
    int64_amounts,
    oracle_rate,
    oracle_split,
    rates,
    roundings,
    splittings,
    weight_rows,
)

LOWEST, HIGHEST = -(2**63), 2**63 - 1

T = TypeVar("T")


def reach(strategy: st.SearchStrategy[T], hard: Callable[[T], bool]) -> T:
    """Draw until a hard case comes, without looking for the simplest one, which takes long."""
    quick = settings(phases=[Phase.generate], max_examples=2_000, database=None)
    return find(strategy, hard, settings=quick)


def ties(case: Splitting) -> bool:
    """Tell whether the order of the parties decides about a unit."""
    row, amounts = case.rows()[0] if case.amounts else [], case.amounts
    return bool(amounts) and oracle_split(amounts[0], row) != oracle_split(amounts[0], row[::-1])[::-1]


@pytest.mark.parametrize(
    "hard",
    [
        lambda case: not case.amounts,
        lambda case: len(case.rows()) > 1 and case.rows()[0] != case.rows()[1],
        lambda case: LOWEST in case.amounts,
        lambda case: HIGHEST in case.amounts,
        lambda case: 2**62 in case.amounts,
        lambda case: any(amount < 0 for amount in case.amounts),
        lambda case: 0 in case.amounts,
        lambda case: any(0 in row for row in case.rows()),
        lambda case: any(len(row) == 1 for row in case.rows()),
        lambda case: any(sum(row) > HIGHEST for row in case.rows()),
        lambda case: case.tie is not None and case.tie != sorted(case.tie),
        ties,
    ],
    ids=[
        "no amounts",
        "rows of their own",
        "lowest",
        "highest",
        "2^62",
        "negative",
        "zero",
        "zero weight",
        "one party",
        "weights beyond int64",
        "ranks out of order",
        "tie",
    ],
)
def test_splittings_reach_every_hard_case(hard: Callable[[Splitting], bool]) -> None:
    """Hypothesis finds an example of each."""
    assert hard(reach(splittings(), hard))


@pytest.mark.parametrize("lane", list(Lane))
def test_splittings_reach_every_lane(lane: Lane) -> None:
    """No way through the arithmetic is left untested."""

    def takes(case: Splitting) -> bool:
        """Tell whether a row of the case takes the lane."""
        return any(
            lane in [one for one, _ in lanes(np.array([amount]), sum(row), sum(row))]
            for amount, row in zip(case.amounts, case.rows(), strict=True)
        )

    assert takes(reach(splittings(), takes))


@given(int64_amounts())
def test_amounts_are_within_int64(amount: int) -> None:
    """Neither edge is passed."""
    assert LOWEST <= amount <= HIGHEST


@given(weight_rows(3))
def test_weights_are_never_all_zero(row: list[int]) -> None:
    """Three weights, none negative, one above zero."""
    assert len(row) == 3
    assert min(row) >= 0 < max(row)


@given(rates(negative=False))
def test_rates_can_be_kept_from_going_below_zero(rate: Rate) -> None:
    """The dial holds for every kind of rate."""
    assert rate >= Rate(0)


def test_rates_and_modes_reach_what_matters() -> None:
    """Nine decimals, thirds, huge bases, rates below zero and every mode are drawn."""
    assert reach(rates(), lambda rate: rate < Rate(0)) < Rate(0)
    assert reach(rates(), lambda rate: rate.denominator == 3).denominator == 3
    assert reach(rates(), lambda rate: rate.denominator > HIGHEST).denominator > HIGHEST
    assert reach(st.sets(roundings()), lambda modes: len(modes) == 6) == set(ROUNDINGS)


def test_the_oracles_say_what_the_textbook_says() -> None:
    """A handful of cases by hand, so that the oracles are not only compared with the library."""
    assert oracle_split(100, [1, 1, 1]) == [34, 33, 33]
    assert oracle_split(-5, [7, 3]) == [-4, -1]
    assert oracle_split(11, [6, 6, 2]) == [5, 5, 1]
    assert oracle_split(1, [1, 1], tie=[1, 0]) == [0, 1]
    half, third = Rate(1, 2), Rate(1, 3)
    assert [oracle_rate(-5, half, mode) for mode in ("half_up", "half_even")] == [-3, -2]
    assert [oracle_rate(-5, half, mode) for mode in ("down", "up")] == [-2, -3]
    assert [oracle_rate(-5, third, mode) for mode in ("floor", "ceil")] == [-2, -1]


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([50, 49], r"the shares of 100 add up to 99"),
        ([51, 49], r"a share of 100 is 51, a unit or more off 50"),
    ],
)
def test_dishonest_shares_are_refused(shares: list[int], message: str) -> None:
    """A fen lost, or a fen too many for one."""
    with pytest.raises(CheckError, match=message):
        check_shares(100, [1, 1], shares)


def test_a_share_without_weight_is_refused() -> None:
    """Not even less than a unit goes to a party of weight zero."""
    check_shares(1, [1, 1, 0], [1, 0, 0])
    with pytest.raises(CheckError, match=r"a unit or more off 0"):
        check_shares(1, [1, 1, 0], [0, 0, 1])


def first_takes_the_rest(amounts: Any, weights: Any, **_: Any) -> Any:
    """Split as many do: all but the first party rounded down, the first takes what is left."""
    shares = np.array([[a * w // sum(row) for w in row] for a, row in _rows(amounts, weights)], dtype=np.int64)
    shares[:, 0] += np.array(amounts) - shares.sum(axis=1)
    return shares


def odd_to_the_last(amounts: Any, weights: Any, **_: Any) -> Any:
    """Split in favour of the last party in ties, whatever the ranks."""
    return split(amounts, weights, tie=odd_ranks(weights))


def favours_small_weights(amounts: Any, weights: Any, tie: Any = None) -> Any:
    """Split otherwise when the weights are large numbers."""
    large = max(_rows(amounts, weights)[0][1]) > 10
    return split(amounts, weights, tie=odd_ranks(weights) if large else tie)


def odd_ranks(weights: Any) -> list[int]:
    """Rank the parties from the last to the first."""
    return list(range(len(np.atleast_2d(weights)[0])))[::-1]


def remembers(amounts: Any, weights: Any, tie: Any = None) -> Any:
    """Split a single amount otherwise than one among others."""
    return split(amounts, weights, tie=odd_ranks(weights) if len(amounts) == 1 else tie)


def _rows(amounts: Any, weights: Any) -> list[tuple[int, list[int]]]:
    """Pair the amounts with their rows of weights."""
    rows = weights if isinstance(weights[0], list) else [weights] * len(amounts)
    return list(zip(amounts, rows, strict=True))


@pytest.mark.parametrize(
    ("wrong", "case", "message"),
    [
        (first_takes_the_rest, Splitting([-5], [7, 3]), r"reversal of -5 is split \[4, 1\], not"),
        (first_takes_the_rest, Splitting([8], [1, 1, 1, 1, 1, 4]), r"a unit or more off"),
        (
            odd_to_the_last,
            Splitting([1], [1, 1]),
            r"parties of 1 in reverse get \[1, 0\], not \[0, 1\]",
        ),
        (favours_small_weights, Splitting([1], [9, 9]), r"three times as large split 1 otherwise"),
        (remembers, Splitting([1, 1], [1, 1]), r"1 is split otherwise when it is alone"),
    ],
)
def test_a_split_that_breaks_a_law_is_refused(wrong: Callable[..., Any], case: Splitting, message: str) -> None:
    """Each law has a split of the kind found in the wild that breaks it."""
    with pytest.raises(CheckError, match=message):
        check_split_laws(case, split=wrong)


def test_a_split_that_looks_at_the_order_without_ranks_is_refused() -> None:
    """Who gets the odd units may turn with the order only where remainders are equal."""

    def rotten(amounts: Any, weights: Any, tie: Any = None) -> Any:
        """Give the odd unit to the first party where there are no ranks."""
        return split(amounts, weights, tie=tie) if tie else np.array([[1, 2]])

    with pytest.raises(CheckError, match="in reverse differ beyond ties"):
        check_split_laws(Splitting([3], [1, 3], [0, 1]), split=rotten)


def nothing(*_: Any, **__: Any) -> int:
    """Pay nothing."""
    return 0


def floors(amount: int, rate: Rate, **_: Any) -> int:
    """Round down, whatever the mode."""
    return apply_rate(amount, rate, rounding="floor")


def cuts(amount: int, rate: Rate, rounding: Any) -> int:
    """Take floor and ceil for rounding towards zero."""
    return apply_rate(amount, rate, rounding="down" if rounding in {"floor", "ceil"} else rounding)


def swells(amount: int, rate: Rate, rounding: Any) -> int:
    """Take down for rounding away from zero."""
    return apply_rate(amount, rate, rounding="up" if rounding == "down" else rounding)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (nothing, r"half_up gives 0 for 5/2"),
        (floors, r"half_up of 5 and half_up of -5 do not mirror"),
        (cuts, r"half_up leaves floor and ceil: 3"),
        (swells, r"down and up miss 5/2"),
    ],
)
def test_rounding_that_breaks_a_law_is_refused(wrong: Callable[..., int], message: str) -> None:
    """Each law has a rounding that breaks it."""
    with pytest.raises(CheckError, match=message):
        check_rate_laws(5, Rate(1, 2), apply_rate=wrong)
