"""The one split: largest remainder on the absolute amount, the sign after."""

import functools
import operator
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import ConservationError, DataError
from clientmgr.money.columns import ColumnLike, as_column, whole_numbers
from clientmgr.money.quotients import Lane, Operand, as_exact, divide, lanes, take
from clientmgr.money.weights import whole_weights

__all__ = ["Scratch", "conserve", "split", "split_rows"]

# Cells of one chunk: what its buffers hold stays in the processor's cache.
CELLS = 2**17

# Up to this many parties, comparing all pairs is faster than sorting each row.
PAIRWISE = 16


def split(
    amounts: ColumnLike | int | np.integer[Any],
    weights: ColumnLike,
    *,
    tie: ColumnLike | None = None,
) -> NDArray[np.int64]:
    """Split each amount among k parties so that the shares always add up to the amount.

    Every party gets its exact share rounded down on the absolute amount; the units left over go to
    the largest remainders, one each; the sign is applied after. So a reversal is split into the
    exact negative, every share is less than one unit from the exact one, scaling the weights
    changes nothing, and a weight of zero gets nothing. Equal remainders go to the earlier party, or
    to the one with the lower rank in `tie`.

    A correction upward by one unit may lower one party by one unit (the Alabama paradox of this
    method).

    Args:
        amounts: n amounts in minor units (fen), or one; ints.
        weights: k weights for all rows, or n rows of k. Whole numbers, or exact ones of any kind
            (`Decimal`, `Fraction`, `Rate`, text such as "33.3%"), which are brought to whole ones
            over a common base.
        tie: k ranks that decide equal remainders, lower first; equal ranks fall back on the order
            of the parties.

    Returns:
        int64 of shape (n, k) in minor units; (k,) for one amount.

    Exact for every int64 amount and weights of any size. O(n k) time and O(1) memory beyond the
    result; slower (Python ints) only for rows whose amount times sum of weights passes 2^63 while
    the sum is above some 3e9.

    Raises:
        DataError: amounts or weights that are floats, missing, negative (weights), all zero
            (weights), too large for int64 (amounts), or do not fit one another.
        ConservationError: the shares would not have added up; nothing is returned.

    The method is Hamilton's, also named after Hare and Niemeyer (Balinski and Young, Fair
    Representation, 1982).

    Example:
        >>> from clientmgr.money import split
        >>> split([100, -100, 5], [1, 1, 1]).tolist()
        [[34, 33, 33], [-34, -33, -33], [2, 2, 1]]
        >>> split(5, [7, 3]).tolist(), split(5, ["50%", "50%"], tie=[1, 0]).tolist()
        ([4, 1], [2, 3])
    """
    column = as_column(amounts, table="split", column="amounts")
    whole = whole_numbers(column, table="split", column="amounts")
    parts = whole_weights(weights, table="split", column="weights")
    if parts.ndim > 1 and parts.shape[0] != len(whole):
        raise DataError(f"split needs a row of weights per amount, got {len(parts)} for {len(whole)}")
    shares = np.empty((len(whole), parts.shape[-1]), dtype=np.int64)
    _split_chunks(whole, parts, _order(tie, parts.shape[-1]), shares)
    return shares[0] if column.ndim == 0 else shares


@attrs.frozen(eq=False)
class Scratch:
    """The buffers of one chunk, allocated once: a row per party where there is one per party."""

    magnitude: NDArray[Any]
    turns: NDArray[Any]
    left: NDArray[Any]
    spare: NDArray[Any]
    whole: NDArray[Any]
    rest: NDArray[Any]
    rank: NDArray[Any]
    flag: NDArray[np.bool_]

    @classmethod
    def of(cls, parties: int, rows: int, dtype: Any = np.int64) -> "Scratch":
        """Allocate buffers for chunks of at most `rows` rows."""
        return cls(
            magnitude=np.empty(rows, dtype),
            turns=np.empty(rows, dtype),
            left=np.empty(rows, dtype),
            spare=np.empty(rows, dtype),
            whole=np.empty((parties, rows), dtype),
            rest=np.empty((parties, rows), dtype),
            rank=np.empty((parties, rows), np.int8 if parties <= PAIRWISE else np.int64),
            flag=np.empty(rows, np.bool_),
        )

    def first(self, rows: int) -> "Scratch":
        """Give the buffers of a shorter chunk, as views."""
        names = (field.name for field in attrs.fields(Scratch))
        return Scratch(*(getattr(self, name)[..., :rows] for name in names))


def split_rows(
    amounts: NDArray[Any],
    weights: list[Operand],
    base: Operand,
    shares: list[NDArray[Any]],
    scratch: Scratch,
    *,
    two_step: bool = False,
) -> None:
    """Split the rows of one chunk, without any check: the kernel.

    Args:
        amounts: n amounts, of the type of the scratch.
        weights: per party a weight for all rows, or a column of n.
        base: the sum of the weights, for all rows or a column; never zero.
        shares: per party the column of n that is written. Equal remainders go to the earlier party.
        scratch: buffers of exactly n rows.
        two_step: whether a product of amount and base may pass the type; then base x base must not.
    """
    s = scratch
    np.absolute(amounts, out=s.magnitude)
    np.copyto(s.left, s.magnitude)
    if two_step:
        np.floor_divide(s.magnitude, base, out=s.turns)
        np.multiply(s.turns, base, out=s.spare)
        np.subtract(s.magnitude, s.spare, out=s.magnitude)
    turns = s.turns if two_step else None
    for weight, whole, rest in zip(weights, s.whole, s.rest, strict=True):
        divide(s.magnitude, weight, base, turns=turns, whole=whole, rest=rest, spare=s.spare)
        np.subtract(s.left, whole, out=s.left)
    _hand_out_odd_units(s)
    np.sign(amounts, out=s.spare)
    for whole, share in zip(s.whole, shares, strict=True):
        np.multiply(whole, s.spare, out=share)


def conserve(amounts: NDArray[Any], shares: NDArray[Any], *, first_row: int = 0) -> None:
    """Check that every row of shares (n, k) adds up to its amount.

    Raises:
        ConservationError: a row does not; it names the first, counted from `first_row`.
    """
    total = shares[:, 0].copy()
    for j in range(1, shares.shape[1]):
        total += shares[:, j]
    if not np.array_equal(total, amounts):
        i = int(np.flatnonzero(total != amounts)[0])
        raise ConservationError(f"the split of {amounts[i]} in row {first_row + i} adds up to {total[i]}")


def _order(tie: ColumnLike | None, parties: int) -> list[int]:
    """List the parties by their rank in ties, lowest first; without ranks, as they stand."""
    if tie is None:
        return list(range(parties))
    column = as_column(tie, table="split", column="tie")
    ranks = whole_numbers(column, table="split", column="tie", expected="a whole rank")
    if len(ranks) != parties:
        raise DataError(f"split needs a tie rank per party, got {len(ranks)} for {parties}")
    return [int(j) for j in np.argsort(ranks, kind="stable")]


def _split_chunks(
    amounts: NDArray[np.int64],
    weights: NDArray[Any],
    order: list[int],
    shares: NDArray[np.int64],
) -> None:
    """Split chunk by chunk, each row in its lane, and check each chunk's sums."""
    rows = max(1, CELLS // len(order))
    scratch = Scratch.of(len(order), min(rows, len(amounts)))
    for start in range(0, len(amounts), rows):
        part, into = amounts[start : start + rows], shares[start : start + rows]
        columns = [_column(weights, j, slice(start, start + rows)) for j in order]
        base = functools.reduce(operator.add, columns)
        for lane, chosen in lanes(part, base, base):
            taken = [take(column, chosen) for column in columns]
            found = _split_lane(lane, part[chosen], taken, take(base, chosen), scratch)
            for j, share in zip(order, found, strict=True):
                into[chosen, j] = share
        conserve(part, into, first_row=start)


def _column(weights: NDArray[Any], party: int, rows: slice) -> Operand:
    """Give the weights of a party for some rows, or its one weight."""
    return weights[rows, party] if weights.ndim > 1 else int(weights[party])


def _split_lane(
    lane: Lane,
    amounts: NDArray[Any],
    weights: list[Operand],
    base: Operand,
    scratch: Scratch,
) -> list[NDArray[Any]]:
    """Split the rows of one lane; a column of shares per party."""
    if lane is Lane.EXACT:
        amounts, base = amounts.astype(object), as_exact(base)
        weights = [as_exact(weight) for weight in weights]
        scratch = Scratch.of(len(weights), len(amounts), object)
    shares = [np.empty_like(amounts) for _ in weights]
    buffers = scratch.first(len(amounts))
    split_rows(amounts, weights, base, shares, buffers, two_step=lane is Lane.TWO_STEP)
    return shares


def _hand_out_odd_units(s: Scratch) -> None:
    """Give the units left of each row to the largest remainders, one each."""
    if len(s.rest) > PAIRWISE:
        order = np.argsort(-s.rest, axis=0, kind="stable")
        np.put_along_axis(s.rank, order, np.arange(len(order))[:, None], axis=0)
    else:
        _rank_by_pairs(s.rest, s.rank, s.flag)
    for whole, rank in zip(s.whole, s.rank, strict=True):
        np.less(rank, s.left, out=s.flag)
        np.add(whole, s.flag, out=whole)


def _rank_by_pairs(rest: NDArray[Any], rank: NDArray[np.int8], flag: NDArray[np.bool_]) -> None:
    """Count how many stand before each party: larger remainders, and equal ones to its left."""
    rank[:] = 0
    for i in range(len(rest)):
        for j in range(i + 1, len(rest)):
            np.greater(rest[j], rest[i], out=flag)
            rank[i] += flag
            np.logical_not(flag, out=flag)
            rank[j] += flag
