"""Columns from outside, read by their declared kind: exact numbers, flags, days, labels, managers."""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.formula.declare import Declared
from clientmgr.formula.exact import Exact
from clientmgr.formula.floats import Floats
from clientmgr.formula.literals import parse_number
from clientmgr.formula.numbers import Bools

__all__ = ["Told", "read_column"]

FEN = Fraction(1, 100)
MOST_DIGITS = 60


class Told:
    """A column as it was told: data by kind, which rows are missing, and the words of a label."""

    __slots__ = ("_floats", "data", "missing", "words")

    def __init__(self, data: Any, missing: Bools | None = None, words: tuple[str, ...] = ()) -> None:
        """Keep the data."""
        self.data: Any = data
        self.missing: Bools | None = missing if missing is not None and missing.any() else None
        self.words: tuple[str, ...] = words
        self._floats: Floats | None = None

    def floats(self) -> Any:
        """Give numbers as floats, made once; other data as they are."""
        if not isinstance(self.data, Exact):
            return self.data
        if self._floats is None:
            self._floats = Floats(self.data.floats())
        return self._floats

    @staticmethod
    def join(parts: Sequence["Told"]) -> "Told":
        """Put columns behind one another."""
        if len(parts) == 1:
            return parts[0]
        missing = [np.zeros(len(part.data), dtype=np.bool_) if part.missing is None else part.missing for part in parts]
        words = tuple(dict.fromkeys(word for part in parts for word in part.words))
        if isinstance(parts[0].data, Exact):
            data: Any = Exact.concat([part.data for part in parts])
        elif words:
            code = {word: i for i, word in enumerate(words)}
            maps = [np.array([code[word] for word in part.words] or [0]) for part in parts]
            data = np.concatenate([m[part.data] for m, part in zip(maps, parts, strict=True)])
        else:
            data = np.concatenate([part.data for part in parts])
        return Told(data, np.concatenate(missing), words)


Place = tuple[str, str]


def read_column(values: Any, declared: Declared, place: Place, count: int | None, managers: Mapping[Any, int]) -> Told:
    """Read a column of `count` rows by its declared kind.

    None, NaN, NaT and infinities are missing.

    Raises:
        DataError: the wrong length, or bad rows, all together.
    """
    if hasattr(values, "codes") and hasattr(values, "vocabulary") and declared.kind.name == "label":
        told = _coded_labels(values, declared, place)
    else:
        array = values if isinstance(values, np.ndarray) else _array(values)
        told = _READERS[declared.kind.name](array, declared, place, managers)
    if count is not None and len(told.data) != count:
        raise DataError(f"{place[0]}.{place[1]} has {len(told.data)} rows for {count} managers")
    return told


def _array(values: Any) -> NDArray[Any]:
    """Make an array without turning exact Python numbers into floats."""
    if isinstance(values, (list, tuple)):
        plain = np.empty(len(values), dtype=object)
        plain[:] = values
        if all(type(value) is int and abs(value) < 1 << 62 for value in values):
            return plain.astype(np.int64)
        return plain.astype(np.bool_) if values and all(type(v) is bool for v in values) else plain
    return np.asarray(values)


def _raise(rows: Sequence[int], values: NDArray[Any], place: Place, expected: str) -> None:
    """Refuse bad rows, all together."""
    if len(rows):
        findings = Findings.of(
            table=place[0],
            column=place[1],
            rows=rows,
            values=[values[i] for i in rows],
            expected=expected,
        )
        raise DataError.of(findings, f"{place[0]}.{place[1]} cannot be read")


def _numbers(array: NDArray[Any], declared: Declared, place: Place, _managers: Any) -> Told:
    """Read money, ratios and counts."""
    money = declared.kind.name == "money"
    unit = declared.unit or (FEN if money else Fraction(1))
    if array.dtype.kind in "iu":
        if money or declared.unit is None:
            return Told(_scaled(array, unit))
        return Told(_scaled(array, Fraction(1)))
    if array.dtype.kind == "f":
        return _of_floats(array, declared, place, unit)
    if array.dtype.kind in "OUT":
        return _of_objects(array.astype(object), declared, place, unit)
    if not array.size:
        return Told(_scaled(array.astype(np.int64), unit))
    raise DataError(f"{place[0]}.{place[1]} must hold numbers, got {array.dtype}")


def _scaled(array: NDArray[Any], unit: Fraction) -> Exact:
    """Make integers that count units exact."""
    whole = array.astype(np.int64) if array.dtype != np.uint64 else array.astype(object)
    column = Exact.of_integers(whole, unit.denominator)
    return column if unit.numerator == 1 else column.times(Exact.constant(Fraction(unit.numerator)))


def _of_floats(array: NDArray[Any], declared: Declared, place: Place, unit: Fraction) -> Told:
    """Read floats: ratios and counts of a stated unit, as the nearest multiple of it."""
    if declared.kind.name == "money":
        raise DataError(f"{place[0]}.{place[1]} holds floats; money comes as whole fen (int64), see money.from_major")
    finite = np.isfinite(array)
    known = np.where(finite, array, 0.0)
    if declared.unit is None:
        whole = known == np.rint(known)
        hint = f'declare its decimals, such as {{"{declared.kind.name}": "0.0001"}}'
        _raise(np.flatnonzero(~whole).tolist(), array, place, f"an exact number; for floats {hint}")
    scaled = np.rint(known * float(1 / unit))
    _raise(np.flatnonzero(abs(scaled) >= 1 << 53).tolist(), array, place, "fewer digits")
    return Told(_scaled(scaled.astype(np.int64), unit), ~finite)


def _of_objects(array: NDArray[Any], declared: Declared, place: Place, unit: Fraction) -> Told:
    """Read Python numbers and exact texts one by one."""
    found: list[Fraction] = []
    bad: list[int] = []
    missing = np.array([_is_missing(value) for value in array], dtype=np.bool_)
    for i, value in enumerate(array):
        number = Fraction(0) if missing[i] else _number(value, declared, unit)
        if number is None:
            bad.append(i)
        found.append(number or Fraction(0))
    expected = "whole fen" if declared.kind.name == "money" else "an exact number"
    _raise(bad, array, place, expected)
    return Told(Exact.of_fractions(found), missing)


def _is_missing(value: Any) -> bool:
    """Say whether a Python value stands for nothing."""
    if isinstance(value, (float, np.floating)):
        return not math.isfinite(value)
    if isinstance(value, Decimal):
        return not value.is_finite()
    return value is None or (isinstance(value, (np.datetime64, dt.date)) and bool(value != value))  # noqa: PLR0124


def _number(value: Any, declared: Declared, unit: Fraction) -> Fraction | None:
    """Read one exact number; None where it is not one."""
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value)) * (unit if declared.kind.name == "money" else 1)
    if declared.kind.name == "money":
        return None
    if isinstance(value, (float, np.floating)):
        if declared.unit is None:
            return Fraction(float(value)) if float(value).is_integer() else None
        return round(Fraction(float(value)) / unit) * unit
    return _exact_number(value)


def _exact_number(value: Any) -> Fraction | None:
    """Read a Decimal, a Fraction, or a text."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Decimal):
        power = value.as_tuple().exponent
        return Fraction(value) if isinstance(power, int) and abs(power) <= MOST_DIGITS else None
    if isinstance(value, str):
        try:
            number, unit = parse_number(value)
        except RuleError:
            return None
        return None if unit.isalpha() and unit != "bp" else number
    return None


def _flags(array: NDArray[Any], _declared: Declared, place: Place, _managers: Any) -> Told:
    """Read flags."""
    if array.dtype == np.bool_ or not array.size:
        return Told(array.astype(np.bool_))
    values = array.astype(object)
    missing = np.array([_is_missing(value) for value in values], dtype=np.bool_)
    good = [m or isinstance(v, (bool, np.bool_)) for v, m in zip(values, missing, strict=True)]
    _raise([i for i, ok in enumerate(good) if not ok], values, place, "yes or no (a bool)")
    return Told((values == np.True_) & ~missing, missing)


def _dates(array: NDArray[Any], _declared: Declared, place: Place, _managers: Any) -> Told:
    """Read days."""
    if array.dtype.kind in "UT":
        raise DataError(
            f"{place[0]}.{place[1]} holds text; dates come as datetime64[D] "
            '(np.array(texts, dtype="datetime64[D]") reads ISO text)'
        )
    if array.dtype.kind == "O":
        array = _day_objects(array, place)
    if not array.size:
        array = array.astype("M8[D]")
    if array.dtype.kind != "M":
        raise DataError(f"{place[0]}.{place[1]} must hold days, got {array.dtype}")
    days = array.astype("M8[D]")
    missing = np.isnat(days)
    _raise(np.flatnonzero((days != array) & ~missing).tolist(), array, place, "a day without a time")
    return Told(Exact.of_integers(np.where(missing, 0, days.astype(np.int64))), missing)


def _day_objects(array: NDArray[Any], place: Place) -> NDArray[Any]:
    """Read Python dates."""
    missing = np.array([_is_missing(value) for value in array], dtype=np.bool_)
    kinds = (dt.date, np.datetime64)
    bad = [i for i, v in enumerate(array) if not (missing[i] or isinstance(v, kinds))]
    _raise(bad, array, place, "a day (datetime64[D] or a date)")
    nothing = np.datetime64("NaT")
    return np.array([nothing if m else v for v, m in zip(array, missing, strict=True)], dtype="M8[us]")


def _labels(array: NDArray[Any], declared: Declared, place: Place, _managers: Any) -> Told:
    """Read labels, given as text."""
    if array.dtype.kind in "UT":
        words, codes = np.unique(array, return_inverse=True)
        missing = None
        listed = tuple(str(word) for word in words)
    else:
        values = array.astype(object)
        missing = np.array([_is_missing(value) for value in values], dtype=np.bool_)
        good = [m or isinstance(v, str) for v, m in zip(values, missing, strict=True)]
        _raise([i for i, ok in enumerate(good) if not ok], values, place, "a word")
        listed = tuple(sorted({v for v, m in zip(values, missing, strict=True) if not m}))
        code = {word: i for i, word in enumerate(listed)}
        codes = np.array([code.get(v, 0) if isinstance(v, str) else 0 for v in values], dtype=np.int64)
    return _within_list(codes.reshape(-1).astype(np.int64), missing, listed, declared, place)


def _coded_labels(values: Any, declared: Declared, place: Place) -> Told:
    """Read labels that are coded already, -1 being missing."""
    codes = np.asarray(values.codes, dtype=np.int64)
    words = tuple(str(word) for word in values.vocabulary)
    return _within_list(np.maximum(codes, 0), codes < 0, words, declared, place)


def _within_list(
    codes: NDArray[np.int64],
    missing: Bools | None,
    words: tuple[str, ...],
    declared: Declared,
    place: Place,
) -> Told:
    """Refuse words that are not in the declared list."""
    allowed = declared.kind.words
    if allowed is not None and words:
        unknown = np.array([word not in allowed for word in words])
        wrong = unknown[codes] if missing is None else unknown[codes] & ~missing
        texts = np.array(words, dtype=object)[codes] if wrong.any() else codes
        _raise(np.flatnonzero(wrong).tolist(), texts, place, f"one of {', '.join(allowed)}")
    return Told(codes, missing, words)


def _managers(array: NDArray[Any], _declared: Declared, _place: Place, managers: Mapping[Any, int]) -> Told:
    """Read manager ids as rows of the period's managers; an unknown id is missing."""
    rows = np.array([-1 if v is None else managers.get(v, -1) for v in array.tolist()], dtype=np.int64)
    return Told(np.maximum(rows, 0), rows < 0)


_READERS: dict[str, Callable[[NDArray[Any], Declared, Place, Any], Told]] = {
    "money": _numbers,
    "ratio": _numbers,
    "count": _numbers,
    "flag": _flags,
    "date": _dates,
    "label": _labels,
    "manager": _managers,
}
