"""`MeasureColumn`: one measure of everybody, in whole numbers of a stated unit, some missing."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.tables import AnyArray, Flags, Int64, ReadOnly, freeze

__all__ = ["STANDARD_KINDS", "MeasureColumn", "MeasureKind"]

MeasureKind = Literal["money", "count", "ratio", "points"]

RATIO_PLACES = 4
DECIMAL_KINDS = ("ratio", "points")
MOST_PLACES = 9
LIMIT = 1 << 62

STANDARD_KINDS: dict[str, MeasureKind] = {
    "net_commission": "money",
    "net_commission_existing": "money",
    "net_commission_new": "money",
    "turnover": "money",
    "turnover_existing": "money",
    "turnover_new": "money",
    "appreciation": "money",
    "appreciation_existing": "money",
    "assets": "money",
    "net_new_assets": "money",
    "coverage_existing": "ratio",
    "coverage_new": "ratio",
    "retention": "ratio",
    "return_rate": "ratio",
    "presence": "ratio",
    "score": "points",
}
"""The kinds of well-known measures, for columns that come as bare numbers."""

EXPECTED = {
    "money": "whole minor units (fen), or None where missing",
    "count": "a whole number, or None where missing",
    "ratio": "an exact number (int, Decimal, Fraction or text) or a float, None where missing",
    "points": "an exact number (int, Decimal, Fraction or text) or a float, None where missing",
}


@attrs.frozen(eq=False, repr=False, slots=False)
class MeasureColumn(ReadOnly):
    """One measure of many managers: whole numbers of 10^-places, some of them missing.

    Money is in minor units (fen) with no places; a count has no places; a ratio has as many as
    are declared, so that a band edge of 85.5 % is met exactly. NaN and infinity are missing
    data, never numbers.

    Attributes:
        kind: "money", "count", "ratio" (shown in per cent) or "points" (shown plainly).
        units: int64; the value is `units / 10**places` (in fen for money); 0 where missing.
        missing: the rows without a value.
        places: decimals of a unit.

    Example:
        >>> from clientmgr.facts import MeasureColumn
        >>> coverage = MeasureColumn.ratio(["81.25%", None, 1])
        >>> coverage.units.tolist(), coverage.missing.tolist(), coverage[0]
        ([8125, 0, 10000], [False, True, False], Fraction(13, 16))
    """

    kind: MeasureKind
    units: Int64
    missing: Flags
    places: int = 0

    @classmethod
    def money(cls, values: Any) -> "MeasureColumn":
        """Read amounts in fen: whole numbers, None where missing.

        Raises:
            DataError: floats, or other values that are not whole.
        """
        return read_measure("money", "money", values)

    @classmethod
    def count(cls, values: Any) -> "MeasureColumn":
        """Read whole numbers, None or NaN where missing.

        Raises:
            DataError: values that are not whole.
        """
        return read_measure("count", "count", values)

    @classmethod
    def ratio(cls, values: Any, *, places: int = RATIO_PLACES) -> "MeasureColumn":
        """Read ratios (1 is 100 %) to a number of decimals, half up; None, NaN, inf are missing.

        A float stands for the shortest decimal that reads back as it.

        Raises:
            DataError: values that are no numbers, or too large.
        """
        if not 0 <= places <= MOST_PLACES:
            raise DataError(f"a ratio has 0 to {MOST_PLACES} places, got {places}")
        return read_measure("ratio", "ratio", values, places=places)

    @property
    def unit(self) -> int:
        """How many units make one: 10 to the number of places."""
        return int(10**self.places)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.units)

    def __getitem__(self, row: int) -> Fraction | None:
        """Give one value exactly, in fen for money; None where it is missing."""
        return None if self.missing[row] else Fraction(int(self.units[row]), self.unit)

    def __repr__(self) -> str:
        """Name the kind and the size."""
        gaps = int(self.missing.sum())
        return f"MeasureColumn({self.kind}, {len(self)} rows{f', {gaps} missing' if gaps else ''})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:  # noqa: FBT001
        """Give the values: int64 where all are whole, else Python numbers, None where missing."""
        if copy is False:
            raise ValueError("a measure has to be decoded: it cannot be given without a copy")
        if not self.places and not self.missing.any():
            return self.units.astype(dtype or np.int64)
        made = np.empty(len(self), object)
        made[:] = self.tolist()
        return made if dtype is None else made.astype(dtype)

    def tolist(self) -> list[Any]:
        """Give the values as int (money, count) or Decimal (ratio), None where missing."""
        whole = self.units.tolist()
        values = [Decimal(unit).scaleb(-self.places) for unit in whole] if self.places else whole
        return [None if gap else v for v, gap in zip(values, self.missing.tolist(), strict=True)]

    def take(self, rows: Any) -> "MeasureColumn":
        """Give the column of some rows: a slice, a mask or row numbers."""
        picked = freeze(self.units[rows].copy()), freeze(self.missing[rows].copy())
        return MeasureColumn(self.kind, *picked, self.places)

    @staticmethod
    def concat(parts: list["MeasureColumn"]) -> "MeasureColumn":
        """Put columns of one kind and one number of places one behind the other.

        Raises:
            DataError: the kinds or the places differ.
        """
        shapes = list(dict.fromkeys((part.kind, part.places) for part in parts))
        if len(shapes) != 1:
            raise DataError(f"cannot join measures of different kinds or places: {shapes}")
        units = freeze(np.concatenate([part.units for part in parts]))
        missing = freeze(np.concatenate([part.missing for part in parts]))
        return MeasureColumn(parts[0].kind, units, missing, parts[0].places)


def read_measure(
    name: str, kind: MeasureKind, values: Any, *, places: int = RATIO_PLACES, ids: Any = None
) -> MeasureColumn:
    """Read a column of a kind; `name` and `ids` are those of the findings.

    Raises:
        DataError: rows that cannot be read; one error lists them all.
    """
    places = places if kind in DECIMAL_KINDS else 0
    array = _array_of(values)
    read = _read_floats if array.dtype.kind == "f" else _read_objects
    if array.dtype.kind == "i":
        units, missing, bad = _read_whole(array, 10**places)
    else:
        units, missing, bad = read(array.astype(object), kind, places)
    if bad.any():
        rows = np.flatnonzero(bad)
        findings = Findings.of(
            table="measures",
            column=name,
            rows=rows,
            values=array[rows].tolist(),
            ids=None if ids is None else [ids[row] for row in rows.tolist()],
            expected=EXPECTED[kind],
        )
        raise DataError.of(findings, f"cannot read the measure {name!r}")
    return MeasureColumn(kind, freeze(units), freeze(missing), places)


def _array_of(values: Any) -> AnyArray:
    """See a column as one-dimensional, without numpy making floats or text of what is mixed."""
    if isinstance(values, (list, tuple)):
        array = np.empty(len(values), object)
        array[:] = values
        return array
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError(f"a measure is one column, got {array.ndim} dimensions")
    return array


def _read_whole(array: AnyArray, unit: int) -> tuple[Int64, Flags, Flags]:
    """Read integers as units; those that leave the range are bad."""
    largest = LIMIT // unit
    bad = (array > largest) | (array < -largest)
    units = np.where(bad, 0, array).astype(np.int64) * unit
    return units, np.zeros(len(array), bool), bad


def _read_floats(array: AnyArray, kind: str, places: int) -> tuple[Int64, Flags, Flags]:
    """Read a column of floats: for money only its missing values are welcome."""
    units, missing, bad = _read_objects(array, kind, places)
    return units, missing, bad | (~missing & (kind == "money"))


def _read_objects(array: AnyArray, kind: str, places: int) -> tuple[Int64, Flags, Flags]:
    """Read a column value by value."""
    units = np.zeros(len(array), np.int64)
    missing, bad = np.zeros(len(array), bool), np.zeros(len(array), bool)
    for row, value in enumerate(array.tolist()):
        if _is_missing(value):
            missing[row] = True
            continue
        found = _units_of(value, kind, places)
        bad[row] = found is None
        units[row] = found or 0
    return units, missing, bad


def _is_missing(value: Any) -> bool:
    """Say whether a value is missing data: None, a frame's NA, NaN or infinity."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, (float, np.floating)):
        return not math.isfinite(value)
    return isinstance(value, Decimal) and not value.is_finite()


def _units_of(value: Any, kind: str, places: int) -> int | None:
    """Read one value as whole units; None if it cannot be."""
    exact = _exact(value)
    if exact is None or (kind == "money" and isinstance(value, (float, np.floating))):
        return None
    scaled = exact * 10**places
    if kind not in DECIMAL_KINDS and scaled.denominator != 1:
        return None
    whole = _half_up(scaled)
    return whole if abs(whole) < LIMIT else None


def _exact(value: Any) -> Fraction | None:
    """See one value as a fraction; None if it is no number."""
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (float, np.floating)):
        return Fraction(repr(float(value)))
    if isinstance(value, str):
        return _exact_of_text(value)
    if isinstance(value, (int, np.integer)):
        return Fraction(int(value))
    return Fraction(value) if isinstance(value, (Decimal, Fraction)) else None


def _exact_of_text(text: str) -> Fraction | None:
    """Read `0.8125` or `81.25%`."""
    body, scale = (text[:-1], 100) if text.endswith("%") else (text, 1)
    try:
        return Fraction(Decimal(body)) / scale
    except (ArithmeticError, ValueError):
        return None


def _half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole
