"""Ids that read well and rise with the row: `C000001`, `M07`, `B01`."""

import numpy as np

from clientmgr.tables import AnyArray, Coded

__all__ = ["number_ids"]

ZERO = ord("0")


def number_ids(prefix: str, count: int, *, digits: int) -> Coded:
    """Number ids from one up: the prefix and at least so many digits, so that they ascend.

    Complexity: one pass a digit, without a Python string a row.
    """
    width = max(digits, len(str(count)))
    points = np.empty((count, len(prefix) + width), np.uint32)
    points[:, : len(prefix)] = [ord(letter) for letter in prefix]
    rest = np.arange(1, count + 1, dtype=np.int64)
    for place in range(points.shape[1] - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        points[:, place] = digit + ZERO
    return Coded.from_codes(_as_text(points), np.arange(count, dtype=np.int32))


def _as_text(points: AnyArray) -> AnyArray:
    """See rows of code points as text."""
    if not len(points):
        return np.empty(0, "U1")
    return points.view(f"U{points.shape[1]}").reshape(len(points))
