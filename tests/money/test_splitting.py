"""Splitting: every fen is given out, and to whom the definition says."""

import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.errors import ConservationError, DataError
from clientmgr.money import Rate, split, splitting
from clientmgr.money.splitting import Scratch, conserve, split_rows
from clientmgr.testing.money import (
    Splitting,
    check_split_laws,
    int64_amounts,
    oracle_split,
    splittings,
    weight_rows,
)

LOWEST = -(2**63)
TWO_STEP_BASE = 3_037_000_499  # the largest base whose square fits int64


@settings(max_examples=300)
@given(splittings())
def test_every_split_is_what_the_definition_says_in_fractions(case: Splitting) -> None:
    """The fast kernels and the Fraction oracle agree, ties included, anywhere in int64."""
    expected = [oracle_split(amount, row, case.tie) for amount, row in zip(case.amounts, case.rows(), strict=True)]
    assert split(case.amounts, case.weights, tie=case.tie).tolist() == expected


@settings(max_examples=100)
@given(splittings())
def test_every_split_obeys_the_published_laws(case: Splitting) -> None:
    """Sums, bounds, signs, scale, order of parties and independence of rows hold."""
    check_split_laws(case)


@settings(max_examples=30)
@given(st.data())
def test_more_parties_than_the_pairwise_ranks_take_are_split_by_sorting(
    data: st.DataObject,
) -> None:
    """Above the threshold each row is sorted, stably; the outcome is that of the definition."""
    parties = splitting.PAIRWISE + data.draw(st.integers(1, 8))
    row = data.draw(st.lists(st.integers(0, 3), min_size=parties, max_size=parties).filter(any))
    amounts = data.draw(st.lists(int64_amounts(), min_size=1, max_size=3))
    tie = data.draw(st.none() | st.permutations(range(parties)))
    expected = [oracle_split(amount, row, tie) for amount in amounts]
    assert split(amounts, row, tie=tie).tolist() == expected


def test_hundreds_of_parties_are_split_exactly() -> None:
    """A pool for a whole firm: more parties than a small rank could count."""
    row = [1] * 300
    assert split(299, row).tolist() == [1] * 299 + [0]
    assert split([-1, 601], row, tie=range(300, 0, -1)).tolist() == [
        [0] * 299 + [-1],
        [2] * 299 + [3],
    ]


@pytest.mark.parametrize("pairwise", [0, 16])
def test_sorting_and_comparing_pairs_rank_alike_on_every_small_case(
    pairwise: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows of three weights up to 4 and all amounts from -12 to 12, by either way."""
    monkeypatch.setattr(splitting, "PAIRWISE", pairwise)
    rows = [row for row in itertools.product(range(5), repeat=3) if any(row)]
    cases = list(itertools.product(range(-12, 13), rows))
    found = split([amount for amount, _ in cases], [row for _, row in cases])
    assert found.tolist() == [oracle_split(amount, row) for amount, row in cases]


def test_chunks_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Splitting in chunks of two rows gives what one chunk gives, whatever lane a row takes."""
    amounts = [100, -7, 2**62, LOWEST, 0, 5, 2**63 - 1]
    rows = [[1, 2], [3, 3], [TWO_STEP_BASE, 1], [1, 1], [0, 1], [2**62, 2**61], [1, 10**9]]
    whole = split(amounts, rows)
    monkeypatch.setattr(splitting, "CELLS", 4)
    assert split(amounts, rows).tolist() == whole.tolist()
    assert split(amounts, [2, 1]).tolist() == [oracle_split(amount, [2, 1]) for amount in amounts]


@pytest.mark.parametrize("base", [10_000, 10**6, 10**8, 10**9, TWO_STEP_BASE, TWO_STEP_BASE + 1])
@pytest.mark.parametrize("amount", [2**62 - 1, 2**62, -(2**62), 2**63 - 1, LOWEST, 1, 0, -1])
def test_amounts_at_the_edge_of_int64_are_split_exactly(amount: int, base: int) -> None:
    """The products need up to 126 bits; the shares are exact all the same, in every lane."""
    rows = [[1, base - 1], [base // 3, base - base // 3], [0, base], [base - 1, 1]]
    found = split([amount] * len(rows), rows)
    assert found.tolist() == [oracle_split(amount, row) for row in rows]


def test_many_rows_at_the_edges_add_up() -> None:
    """Random amounts below 2^62 over bases up to 3e9 conserve every fen and stay within a fen."""
    rng = np.random.default_rng(7)
    amounts = rng.integers(-(2**62), 2**62, 200_000)
    weights = rng.integers(0, 10**9, (200_000, 3)) + np.array([1, 0, 0])
    shares = split(amounts, weights)
    assert (shares.sum(axis=1) == amounts).all()
    assert (np.sign(shares) * np.sign(amounts)[:, None] >= 0).all()
    assert (split(-amounts, weights) == -shares).all()
    sample = rng.integers(0, len(amounts), 200)
    expected = [oracle_split(int(amounts[i]), weights[i].tolist()) for i in sample]
    assert shares[sample].tolist() == expected


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        (5, [7, 3], [4, 1]),
        (-5, [7, 3], [-4, -1]),
        (10, [6, 6, 2], [4, 4, 2]),
        (11, [6, 6, 2], [5, 5, 1]),
        (1, [1, 1], [1, 0]),
        (0, [1, 2], [0, 0]),
        (100, [3333, 3333, 3334], [33, 33, 34]),
        (10_001, [50, 50], [5001, 5000]),
        (2**62, [1], [2**62]),
        (7, [0, 1, 0], [0, 7, 0]),
    ],
)
def test_known_splits(amount: int, weights: list[int], expected: list[int]) -> None:
    """Cases from other libraries' defects: reversals, the Alabama paradox, thirds, odd fen."""
    assert split(amount, weights).tolist() == expected


@pytest.mark.parametrize(
    "weights",
    [
        [Decimal("0.6"), Decimal("0.3"), Decimal("0.1")],
        [Fraction(3, 5), Fraction(3, 10), Fraction(1, 10)],
        ["60%", "30%", "10%"],
        ["0.6", "3/10", "1000bp"],
        [Rate.of("60%"), "0.3", Decimal("0.1")],
        [6 * 10**30, 3 * 10**30, 10**30],
        np.array([6, 3, 1], dtype=np.int8),
        np.array([6, 3, 1], dtype=np.uint64),
        np.array([6, 3, 1], dtype=">i8"),
        (6, 3, 1),
    ],
)
def test_weights_of_every_exact_kind_split_alike(weights: object) -> None:
    """Only the proportions count, however they are written."""
    assert split([101, -101], weights).tolist() == split([101, -101], [6, 3, 1]).tolist()  # type: ignore[arg-type]


def test_one_amount_gives_one_row() -> None:
    """A scalar amount gives k shares, also with a row of weights of its own."""
    assert split(10, [1, 1]).shape == (2,)
    assert split(np.int64(10), [[1, 1]]).tolist() == [5, 5]


def test_no_amounts_give_no_rows() -> None:
    """Empty columns are split into k empty columns of int64."""
    columns: tuple[Any, ...] = ([], np.array([]), np.array([], dtype=np.int64))
    for empty in columns:
        shares = split(empty, [1, 2, 3])
        assert shares.shape == (0, 3)
        assert shares.dtype == np.int64
    assert split([], np.empty((0, 2), dtype=np.int64)).shape == (0, 2)


def test_what_is_given_is_not_changed_and_what_is_returned_is_its_own() -> None:
    """Arguments stay as they are, read-only ones are taken, and the shares can be written."""
    amounts, weights = np.array([100, -100]), np.array([[1, 2], [2, 1]])
    amounts.setflags(write=False)
    weights.setflags(write=False)
    shares = split(amounts, weights)
    shares += 1
    assert amounts.tolist() == [100, -100]
    assert weights.tolist() == [[1, 2], [2, 1]]


def test_the_lower_rank_wins_a_tie() -> None:
    """Ranks decide between equal remainders, and equal ranks leave it to the order."""
    assert split(2, [1, 1, 1], tie=[2, 0, 1]).tolist() == [0, 1, 1]
    assert split(1, [1, 1, 1], tie=[5, 5, -1]).tolist() == [0, 0, 1]
    assert split(1, [1, 1, 1], tie=[5, 5, 5]).tolist() == [1, 0, 0]


def test_a_wrong_number_of_tie_ranks_is_refused() -> None:
    """There is one rank per party."""
    with pytest.raises(DataError, match=r"tie rank per party, got 1 for 2"):
        split([1], [1, 1], tie=[0])
    with pytest.raises(DataError, match=r"split\.tie row 1: got 0\.5, expected a whole rank"):
        split([1], [1, 1], tie=[0, 0.5])


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ([1, 2.0], r"split\.amounts row 1: got 2\.0, expected whole minor units"),
        ([1, float("nan")], r"row 1: got nan"),
        (np.array([1.0, np.nan, np.inf]), r"2 bad rows\n.*row 1: got nan.*\n.*row 2: got inf"),
        (np.array([1.0, 2.0]), r"row 0: got 1\.0"),
        ([1, "2"], r"row 1: got '2'"),
        ([1, None], r"row 1: got None"),
        ([True], r"row 0: got True"),
        (np.array([True]), r"row 0: got True"),
        ([1, 2**63], r"row 1: got 9223372036854775808"),
        (np.array([2**63], dtype=np.uint64), r"row 0: got 9223372036854775808"),
        (np.ma.masked_array([1, 2], mask=[False, True]), r"row 1: got None, expected .* masked"),
        ([[1, 2]], r"split\.amounts must be one column, got the shape \(1, 2\)"),
        (np.array(["2026-01-01"], dtype="M8[D]"), r"row 0: got 2026-01-01"),
        ([np.timedelta64(1, "D")], r"row 0: got 1 days"),
    ],
)
def test_amounts_that_are_no_fen_are_refused_by_row(amounts: object, message: str) -> None:
    """The error names every bad row and its value; nothing is converted silently."""
    with pytest.raises(DataError, match=message):
        split(amounts, [1, 1])  # type: ignore[arg-type]


def test_weights_for_other_rows_are_refused() -> None:
    """Rows of weights and amounts are as many."""
    with pytest.raises(DataError, match=r"a row of weights per amount, got 1 for 2"):
        split([1, 2], [[1, 1]])


def test_a_split_that_does_not_add_up_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums are checked after the arithmetic, whatever it did."""
    monkeypatch.setattr(splitting, "_hand_out_odd_units", lambda _: None)
    monkeypatch.setattr(splitting, "CELLS", 2)
    with pytest.raises(ConservationError, match=r"the split of 3 in row 1 adds up to 2"):
        split([2, 3], [1, 1])


def test_conserve_names_the_first_row_that_does_not_add_up() -> None:
    """Rows are counted from where the chunk starts, by default from 0."""
    with pytest.raises(ConservationError, match=r"the split of 4 in row 0 adds up to 5"):
        conserve(np.array([4]), np.array([[2, 3]]))
    conserve(np.array([3, 4]), np.array([[1, 2], [2, 2]]), first_row=10)
    with pytest.raises(ConservationError, match=r"the split of 4 in row 11 adds up to 5"):
        conserve(np.array([3, 4]), np.array([[1, 2], [2, 3]]), first_row=10)


@settings(max_examples=30)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6), weight_rows(3))
def test_the_bare_kernel_splits_int64_and_python_ints_alike(amounts: list[int], row: list[int]) -> None:
    """The kernel is generic in the type of its arrays; Python ints never overflow."""
    base = sum(row)
    exact = [np.empty(len(amounts), dtype=object) for _ in row]
    scratch = Scratch.of(3, len(amounts), object)
    split_rows(np.array(amounts, dtype=object), list(row), base, exact, scratch)
    found = np.array(exact, dtype=object).T.tolist()
    assert found == [oracle_split(amount, row) for amount in amounts]
