"""Money: splitting, rounding, and reading amounts, by the ten million."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from clientmgr.money import apply_rate, from_major, split
from tests.benchmarks.harness import Row, against_sorting, peak_bytes, race

N = 10_000_000
FEW = 200_000
FEN = Decimal(1)
STAMP_DUTY = "0.05%"

Whole = NDArray[np.int64]


def bench() -> Iterator[Row]:
    """Give the rows of money."""
    rng = np.random.default_rng(7)
    amounts = rng.integers(-(10**8), 10**8, N)
    yield from _splits(rng, amounts)
    yield from _rates(rng, amounts)
    yuan = amounts / 100
    yield race(
        "10 million float yuan to fen, each checked",
        lambda: from_major(yuan),
        lambda: np.rint(yuan * 100).astype(np.int64),
        peer="np.rint, unchecked",
    )
    text = np.array([f"{value:.2f}" for value in yuan[:FEW].tolist()])
    yield race(
        f"{FEW:,} text amounts to fen",
        lambda: from_major(text),
        lambda: [int(Decimal(value).scaleb(2)) for value in text.tolist()],
        peer="int(Decimal(text).scaleb(2)), unchecked",
    )


def _splits(rng: np.random.Generator, amounts: Whole) -> Iterator[Row]:
    """Give the rows of splitting."""
    weights = rng.integers(0, 10_000, (N, 3)) + np.array([1, 0, 0])
    peak = peak_bytes(lambda: split(amounts, weights)) - N * 3 * 8
    yield against_sorting(
        "split 10 million amounts three ways, weights by row",
        lambda: split(amounts, weights),
        at_most=1,
        seconds_at_most=1.5,
        note=f"{peak / 2**20:.0f} MiB beyond the shares",
    )
    shared = np.array([6_000, 3_000, 1_000])
    yield against_sorting("the same, one row of weights", lambda: split(amounts, shared))
    wide = rng.integers(-(2**62), 2**62, N)
    yield against_sorting("the same, by row, up to 2^62 fen", lambda: split(wide, weights))
    six = rng.integers(1, 10_000, (N // 2, 6))
    yield against_sorting("5 million six ways, by row", lambda: split(amounts[: N // 2], six))
    assert np.array_equal(_by_sorting(amounts[:FEW], weights[:FEW]), split(amounts, weights)[:FEW])
    yield race(
        "2 million three ways, by row",
        lambda: split(amounts[: 2 * 10**6], weights[: 2 * 10**6]),
        lambda: _by_sorting(amounts[: 2 * 10**6], weights[: 2 * 10**6]),
        peer="largest remainder by np.argsort",
        at_most=0.5,
    )


def _rates(rng: np.random.Generator, amounts: Whole) -> Iterator[Row]:
    """Give the rows of rates."""
    yield against_sorting("10 million amounts at 0.05%", lambda: apply_rate(amounts, STAMP_DUTY))
    rates = rng.integers(0, 10**7, N)
    yield against_sorting(
        "10 million amounts, each with a rate of nine decimals",
        lambda: apply_rate(amounts, (rates, 10**9)),
    )
    yield race(
        "10 million amounts at 0.05%, exactly",
        lambda: apply_rate(amounts, STAMP_DUTY),
        lambda: np.round(amounts * 0.0005),
        peer="np.round of floats, which is wrong on ties",
    )
    few = amounts[:FEW].tolist()
    rate = Decimal("0.0005")
    yield race(
        f"{FEW:,} amounts at 0.05%, exactly",
        lambda: apply_rate(amounts[:FEW], STAMP_DUTY),
        lambda: [int((amount * rate).quantize(FEN, ROUND_HALF_UP)) for amount in few],
        peer="Decimal.quantize, one by one",
        at_most=0.1,
    )


def _by_sorting(amounts: Whole, weights: Whole) -> Whole:
    """Split by the textbook: round down, sort the remainders of each row, hand out the rest."""
    base, magnitude = weights.sum(axis=1, keepdims=True), np.abs(amounts)[:, None]
    whole, rest = np.divmod(magnitude * weights, base)
    order = np.argsort(-rest, axis=1, kind="stable")
    left = magnitude - whole.sum(axis=1, keepdims=True)
    odd = np.zeros_like(whole)
    np.put_along_axis(odd, order, (np.arange(weights.shape[1]) < left).astype(np.int64), axis=1)
    return np.asarray((whole + odd) * np.sign(amounts)[:, None])
