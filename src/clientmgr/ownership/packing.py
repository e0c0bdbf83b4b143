"""Several small integer columns seen as one: for sorting, grouping and giving dense numbers."""

from collections.abc import Sequence

import numpy as np

from clientmgr.tables import AnyArray, Int64

__all__ = ["ascending_order", "dense_codes", "pack", "sort_order", "spread_ranges"]

WIDEST = 62
"""Bits that a packed key may have, so that no key is ever negative."""

TABLE_SPAN = 4
"""A direct table is used where the keys span at most this many times their number."""


def pack(columns: Sequence[AnyArray]) -> Int64 | None:
    """Pack integer columns into one key that orders as they do, the first column foremost.

    None where their spans together need more than 62 bits.
    """
    if not len(columns[0]):
        return np.empty(0, np.int64)
    lows = [int(column.min()) for column in columns]
    bits = [(int(column.max()) - low).bit_length() for column, low in zip(columns, lows, strict=True)]
    if sum(bits) > WIDEST:
        return None
    key = columns[0].astype(np.int64) - lows[0]
    for column, low, width in zip(columns[1:], lows[1:], bits[1:], strict=True):
        if width:
            key <<= width
            key += column
            key -= low
    return key


def ascending_order(columns: Sequence[AnyArray]) -> AnyArray | None:
    """Find the order that sorts by all columns, the first foremost; None if they are in it.

    Equal rows keep their order. O(n log n); O(n) where the rows are sorted already.
    """
    key = pack(columns)
    if key is None:
        return np.lexsort(tuple(reversed(columns)))
    if bool((key[1:] >= key[:-1]).all()):
        return None
    return np.argsort(key, kind="stable")


def sort_order(columns: Sequence[AnyArray]) -> AnyArray:
    """Find the order that sorts by all columns, the first foremost; equal rows keep their order."""
    order = ascending_order(columns)
    return np.arange(len(columns[0])) if order is None else order


def dense_codes(columns: Sequence[AnyArray]) -> tuple[Int64, int]:
    """Number the distinct rows 0, 1, 2 ... in their order; give each row's number and how many.

    O(n) through a table where the values span little more than the rows, else O(n log n).
    """
    key = pack(columns)
    if key is None:
        head, many = dense_codes(columns[:-1])
        last, _ = dense_codes(columns[-1:])
        return dense_codes([head, last]) if many else (head, 0)
    if not len(key):
        return key, 0
    if int(key.max()) < TABLE_SPAN * len(key) + 1024:
        return _by_table(key)
    values, codes = np.unique(key, return_inverse=True)
    return codes.astype(np.int64, copy=False), len(values)


def spread_ranges(start: Int64, sizes: Int64) -> tuple[Int64, Int64]:
    """List the rows of several stretches: which stretch each belongs to, and which row it is."""
    which = np.repeat(np.arange(len(sizes)), sizes)
    end = np.cumsum(sizes)
    return which, np.arange(len(which)) + (start - (end - sizes))[which]


def _by_table(key: Int64) -> tuple[Int64, int]:
    """Number small keys by a direct table."""
    seen = np.zeros(int(key.max()) + 1, bool)
    seen[key] = True
    numbers = np.cumsum(seen, dtype=np.int64)
    return numbers[key] - 1, int(numbers[-1])
