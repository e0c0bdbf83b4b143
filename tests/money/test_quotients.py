"""Quotients: every row takes a lane in which its products are exact."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.money.quotients import Lane, absolute, as_exact, divide, lanes, take
from clientmgr.testing.money import int64_amounts

HIGHEST, LOWEST = 2**63 - 1, -(2**63)

Row = tuple[int, int, int]
rows_of_any_size = st.lists(
    st.tuples(
        int64_amounts(),
        st.integers(0, 10_000) | st.integers(0, HIGHEST),
        st.integers(1, 10_000) | st.integers(1, HIGHEST),
    ),
    min_size=1,
    max_size=6,
)


@given(rows_of_any_size)
def test_every_row_has_one_lane_in_which_nothing_overflows(rows: list[Row]) -> None:
    """The lanes share the rows out, and each keeps what it promises, in Python ints."""
    amounts, factor, divisor = (np.array(column) for column in zip(*rows, strict=True))
    seen = []
    for lane, chosen in lanes(amounts, factor, divisor):
        for i in np.arange(len(rows))[chosen].tolist():
            seen.append(i)
            amount, times, by = abs(rows[i][0]), rows[i][1], rows[i][2]
            if lane is Lane.DIRECT:
                assert amount * times <= HIGHEST
            if lane is Lane.TWO_STEP:
                assert max(amount, amount % by * times, amount // by * times + times) <= HIGHEST
    assert sorted(seen) == list(range(len(rows)))


@given(rows_of_any_size)
def test_both_steps_give_what_python_gives(rows: list[Row]) -> None:
    """Quotient and remainder are those of unbounded integers, in every lane."""
    amounts, factor, divisor = (np.array(column) for column in zip(*rows, strict=True))
    for lane, chosen in lanes(amounts, factor, divisor):
        kind = object if lane is Lane.EXACT else np.int64
        by, times = divisor[chosen].astype(kind), factor[chosen].astype(kind)
        magnitude = np.absolute(amounts[chosen].astype(kind))
        turns = None
        if lane is Lane.TWO_STEP:
            turns, magnitude = magnitude // by, magnitude % by
        whole, rest, spare = (np.empty_like(magnitude) for _ in range(3))
        divide(magnitude, times, by, turns=turns, whole=whole, rest=rest, spare=spare)
        expected = [divmod(abs(rows[i][0]) * rows[i][1], rows[i][2]) for i in np.arange(len(rows))[chosen]]
        assert list(zip(whole.tolist(), rest.tolist(), strict=True)) == expected


def test_usual_rows_all_go_the_direct_way() -> None:
    """No row is looked at by itself where the largest one is safe."""
    assert list(lanes(np.array([10**11, -(10**11)]), 10_000, 10_000)) == [(Lane.DIRECT, slice(None))]


def test_the_lanes_reach_to_the_last_safe_row() -> None:
    """A product of exactly 2^63 - 1 is direct; one more takes two steps, or Python ints."""
    most = [HIGHEST // 7, HIGHEST // 7 + 1]  # 7 divides 2^63 - 1
    found = {lane: np.arange(2)[rows].tolist() for lane, rows in lanes(np.array(most), 7, 7)}
    assert found == {Lane.DIRECT: [0], Lane.TWO_STEP: [1]}
    assert [lane for lane, _ in lanes(np.array([HIGHEST]), 1, HIGHEST)] == [Lane.DIRECT]
    root = 3_037_000_499  # the largest whose square fits
    assert [lane for lane, _ in lanes(np.array([2**62]), root, root)] == [Lane.TWO_STEP]
    assert [lane for lane, _ in lanes(np.array([2**62]), root + 1, root + 1)] == [Lane.EXACT]


def test_each_lane_is_taken() -> None:
    """One column may need all three."""
    amounts = np.array([5, 2**62, LOWEST])
    found = [(lane, rows.tolist()) for lane, rows in lanes(amounts, 10**9, 10**9) if not isinstance(rows, slice)]
    assert found == [(Lane.DIRECT, [0]), (Lane.TWO_STEP, [1]), (Lane.EXACT, [2])]
    assert [lane for lane, _ in lanes(np.array([2**62, 2**61]), 10**9, 10**9)] == [Lane.TWO_STEP]
    assert [lane for lane, _ in lanes(np.array([1]), 2**63, 1)] == [Lane.EXACT]
    assert [lane for lane, _ in lanes(np.array([1]), 1, np.array([2**70], dtype=object))] == [Lane.EXACT]
    assert list(lanes(np.array([], dtype=np.int64), 1, 1)) == []


def test_one_number_serves_all_rows() -> None:
    """Taking rows, absolute values and Python ints leave a single number a number."""
    assert take(5, slice(0, 1)) == 5
    assert absolute(-(2**70)) == 2**70
    assert as_exact(5) == 5
    column = np.array([-1, 2])
    assert np.asarray(take(column, np.array([1]))).tolist() == [2]
    assert np.asarray(absolute(column)).tolist() == [1, 2]
    assert np.asarray(as_exact(column)).dtype == object
