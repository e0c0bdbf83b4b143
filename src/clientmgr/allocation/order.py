"""The order in which clients are dealt: branch by branch, largest first, ties by id.

Rows come in id order, so the row number is the tie rule. Millions of rows are sorted as one packed
64-bit word (branch, inverted key, row), which groups and orders at once and is mended where keys
agree in the bits kept.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["largest_first"]

PACKED_FROM = 1 << 16
CHUNK = 1 << 18
LEAST_BITS = 24  # of the key, for packing to be worth its while

Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.int32]


def largest_first(branch: Rows, key: npt.NDArray[np.float64], branches: int) -> Rows:
    """Order rows by branch, then by falling key (not negative), then by row.

    One sort of 64-bit words where they fit, O(n log n); else a three-key sort.

    Example:
        >>> import numpy as np
        >>> from clientmgr.allocation.order import largest_first
        >>> largest_first(np.array([1, 0, 1], np.int32), np.array([2.0, 1.0, 3.0]), 2).tolist()
        [1, 2, 0]
    """
    rows = len(key)
    spare = 64 - max(branches - 1, 1).bit_length() - max(rows - 1, 1).bit_length()
    if rows < PACKED_FROM or spare < LEAST_BITS:
        return np.lexsort((-key, branch)).astype(np.int32)
    key_bits = min(spare, 31)
    row_bits = max(rows - 1, 1).bit_length()
    packed = _pack(branch, key, key_bits, row_bits)
    packed.sort()
    order = _rows(packed, row_bits)
    _mend(order, packed >> np.uint64(row_bits), key)
    return order


def _pack(branch: Rows, key: npt.NDArray[np.float64], key_bits: int, row_bits: int) -> npt.NDArray[np.uint64]:
    """Put branch, inverted key and row into one word; a float's bits rise with its value."""
    packed = np.empty(len(key), dtype=np.uint64)
    for at in range(0, len(key), CHUNK):
        part = slice(at, at + CHUNK)
        bits = key[part].astype(np.float32).view(np.int32).astype(np.int64)
        word = (0x7FFFFFFF - bits) >> (31 - key_bits)
        word |= branch[part].astype(np.int64) << key_bits
        word <<= row_bits
        word |= np.arange(at, at + len(bits))
        packed[part] = word.view(np.uint64)
    return packed


def _rows(packed: npt.NDArray[np.uint64], row_bits: int) -> Rows:
    """Take the row numbers out of sorted words."""
    order = np.empty(len(packed), dtype=np.int32)
    mask = np.uint64((1 << row_bits) - 1)
    for at in range(0, len(packed), CHUNK):
        order[at : at + CHUNK] = packed[at : at + CHUNK] & mask
    return order


def _mend(order: Rows, head: npt.NDArray[np.uint64], key: npt.NDArray[np.float64]) -> None:
    """Re-sort the runs whose words agree but for the row, where the full keys differ."""
    same = head[1:] == head[:-1]
    places = np.flatnonzero(np.r_[False, same] | np.r_[same, False])
    if not len(places):
        return
    rows = order[places]
    order[places] = rows[np.lexsort((rows, -key[rows], head[places]))]
