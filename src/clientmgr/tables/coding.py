"""Kernels that code a column of ids: an ordered vocabulary and one int32 code a row.

No hash is involved. Text is packed, character column by character column in mixed radix, into
64-bit keys whose order is the order of the text by code point; keys of a narrow span are ranked
through a direct table, others by a sort. So 10 million short ids are coded in about the time of one
sort, and nothing but the values decides.
"""

import numpy as np

from clientmgr.tables.types import AnyArray, Codes, Int64

__all__ = ["code_integers", "code_text", "pack_text"]

CHUNK = 1 << 16
DIRECT = 4
LEAST_DIRECT = 1 << 16
KEY_LIMIT = 1 << 62


def code_text(text: AnyArray) -> tuple[AnyArray, Codes]:
    """Code a U array: (ascending distinct values, int32 code of each row).

    Complexity: one pass a character, then one direct table or sort a 64-bit word.
    """
    words = pack_text(text)
    keys, codes = code_integers(words[0])
    count = len(keys)
    for word in words[1:]:
        keys, further = code_integers(word)
        keys, codes = code_integers(codes.astype(np.int64) * len(keys) + further)
        count = len(keys)
    if count == len(text) and _ascends(codes):
        return text.copy(), codes
    representative = np.empty(count, np.int64)
    representative[codes] = np.arange(len(text))
    return text[representative], codes


def code_integers(values: Int64) -> tuple[Int64, Codes]:
    """Code an int64 array: (ascending distinct values, int32 code of each row)."""
    if not len(values):
        return values.copy(), np.empty(0, np.int32)
    if _ascends(values):
        return values.copy(), np.arange(len(values), dtype=np.int32)
    low, high = int(values.min()), int(values.max())
    if high - low < max(DIRECT * len(values), LEAST_DIRECT):
        return _code_directly(values, low, high - low + 1)
    return _code_by_sorting(values)


def _code_directly(values: Int64, low: int, span: int) -> tuple[Int64, Codes]:
    """Rank values of a narrow span through a table over the span."""
    present = np.zeros(span, bool)
    offset = values - low
    present[offset] = True
    rank = np.cumsum(present, dtype=np.int32)
    rank -= 1
    return np.flatnonzero(present) + low, rank[offset]


def _code_by_sorting(values: Int64) -> tuple[Int64, Codes]:
    """Rank values by sorting them."""
    order = np.argsort(values)
    ordered = values[order]
    first = np.empty(len(values), bool)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    codes = np.empty(len(values), np.int32)
    codes[order] = np.cumsum(first, dtype=np.int32) - 1
    return ordered[first], codes


def _ascends(values: AnyArray) -> bool:
    """Say whether the values rise strictly."""
    head, tail = values[:CHUNK], values[CHUNK - 1 :]
    return bool(np.all(head[1:] > head[:-1]) and np.all(tail[1:] > tail[:-1]))


def pack_text(text: AnyArray) -> list[Int64]:
    """Pack a U array into int64 keys, most significant word first, that order as the text does.

    A character column that is the same in all rows is left out; the others form digits whose radix
    is the span of the characters met in that column.
    """
    points = _code_points(text)
    if not points.size:
        return [np.zeros(len(text), np.int64)]
    low, high = _character_spans(points)
    groups = _group_columns(low, high)
    words = [np.zeros(len(text), np.int64) for _ in groups]
    radix = high.astype(np.int64) - low + 1
    for start in range(0, len(text), CHUNK):
        digits = np.array(points[start : start + CHUNK].T, order="C")
        digits -= low[:, None]
        for word, columns in zip(words, groups, strict=True):
            key = word[start : start + CHUNK]
            for column in columns:
                key *= radix[column]
                key += digits[column]
    return words


def _code_points(text: AnyArray) -> AnyArray:
    """See a U array as a matrix of code points, rows x characters."""
    native = np.ascontiguousarray(text, dtype=text.dtype.newbyteorder("="))
    width = native.dtype.itemsize // 4
    return native.view(np.uint32).reshape(len(native), width)


def _character_spans(points: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Find the least and the greatest code point of each character column."""
    starts = range(0, len(points), CHUNK)
    spans = []
    for start in starts:
        columns = np.ascontiguousarray(points[start : start + CHUNK].T)
        spans.append((columns.min(axis=1), columns.max(axis=1)))
    lows, highs = zip(*spans, strict=True)
    return np.min(lows, axis=0), np.max(highs, axis=0)


def _group_columns(low: AnyArray, high: AnyArray) -> list[list[int]]:
    """Put neighbouring character columns together while their key fits into 62 bits."""
    groups: list[list[int]] = [[]]
    span = 1
    for column in range(len(low)):
        radix = int(high[column]) - int(low[column]) + 1
        if radix == 1:
            continue
        if span * radix > KEY_LIMIT:
            groups.append([])
            span = 1
        groups[-1].append(column)
        span *= radix
    return groups
