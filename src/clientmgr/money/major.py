"""Yuan to fen and back: amounts in major units come in exactly or not at all."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError, RuleError
from clientmgr.money.columns import (
    HIGHEST,
    LOWEST,
    ColumnLike,
    as_column,
    is_whole,
    refuse,
    whole_numbers,
)

__all__ = ["format_fen", "from_major", "to_major"]

# With more decimals int64 would hold less than ten major units.
MOST_PLACES = 18

PLAIN = re.compile(r"\s*([+-]?[0-9]{1,40})(?:\.([0-9]{1,40}))?\s*")

# Below this many minor units, a float times the unit rounds to the whole number it stands for.
SURE = 2.0**51

# Decimals reach far beyond int64, and a huge exponent would only fill the memory.
LARGEST_EXPONENT = 40


@overload
def from_major(values: str | float | Decimal | Fraction, places: int = 2) -> int: ...
@overload
def from_major(values: ColumnLike, places: int = 2) -> NDArray[np.int64]: ...
def from_major(values: ColumnLike | float | Decimal | Fraction, places: int = 2) -> NDArray[np.int64] | int:
    """Turn amounts in major units (yuan) into int64 minor units (fen), exactly.

    Takes text (`"1234.56"`, no thousands separators or exponents), `Decimal`, `Fraction`, ints and
    floats: one, a list (also mixed), an array or a column of a data frame. What is off a minor unit
    is refused, never rounded. A float stands for the shortest decimal number that reads back as it,
    which is what it prints as: 0.29 is 29 fen, 0.1 + 0.2 is refused.

    Args:
        values: n amounts in major units, or one.
        places: decimals of the minor unit, 0 to 18: 2 for fen and cents, 0 for yen.

    Returns:
        int64 of shape (n,) in minor units; an int for one amount.

    Raises:
        DataError: amounts that are off a minor unit, missing, NaN, infinite, no numbers or beyond
            int64, row by row.
        RuleError: places out of range.

    Example:
        >>> from decimal import Decimal
        >>> from clientmgr.money import from_major
        >>> from_major(["1234.56", Decimal("-0.1"), 7, 0.29]).tolist()
        [123456, -10, 700, 29]
        >>> from_major("19.99"), from_major(1_000, places=0)
        (1999, 1000)
    """
    _check(places)
    column = as_column(values, table="from_major", column="values")
    if column.ndim > 1:
        raise DataError(f"from_major.values must be one column, got the shape {column.shape}")
    array = column.reshape(-1)
    amounts, bad = _convert(array, places)
    expected = f"an amount within int64 on a minor unit ({places} decimals)"
    refuse(array, bad, table="from_major", column="values", expected=expected)
    return int(amounts[0]) if column.ndim == 0 else amounts


@overload
def to_major(amounts: int | np.integer[Any], places: int = 2) -> Decimal: ...
@overload
def to_major(amounts: ColumnLike, places: int = 2) -> NDArray[np.object_]: ...
def to_major(amounts: ColumnLike | int | np.integer[Any], places: int = 2) -> NDArray[np.object_] | Decimal:
    """Turn minor units (fen) into exact `Decimal` amounts in major units (yuan).

    Args:
        amounts: n amounts in minor units, or one; ints.
        places: decimals of the minor unit, 0 to 18; every Decimal shows as many.

    Returns:
        Decimals, shape (n,); one `Decimal` for one amount. The decimal context has no say.

    Raises:
        DataError: amounts that are no whole numbers within int64.
        RuleError: places out of range.

    Example:
        >>> from clientmgr.money import to_major
        >>> to_major(-5), to_major([123456, 0]).tolist()
        (Decimal('-0.05'), [Decimal('1234.56'), Decimal('0.00')])
    """
    _check(places)
    column = as_column(amounts, table="to_major", column="amounts")
    whole = whole_numbers(column, table="to_major", column="amounts")
    decimals = np.empty(len(whole), dtype=object)
    decimals[:] = [Decimal(_text(amount, places, "")) for amount in whole.tolist()]
    return decimals[0] if column.ndim == 0 else decimals


def format_fen(amount: int | np.integer[Any], places: int = 2) -> str:
    """Write an amount of minor units (fen) for people: major units with thousands separators.

    Raises:
        DataError: the amount is no whole number.
        RuleError: places out of range.

    Example:
        >>> from clientmgr.money import format_fen
        >>> format_fen(123456), format_fen(-7), format_fen(1234, places=0)
        ('1,234.56', '-0.07', '1,234')
    """
    _check(places)
    if not is_whole(amount):
        raise DataError(f"format_fen needs whole minor units, got {amount!r}")
    return _text(int(amount), places, ",")


def _convert(array: NDArray[Any], places: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Convert a column by its kind; what cannot be converted is zero, and marked."""
    match array.dtype.kind:
        case "i" | "u":
            return _from_whole(array, 10**places)
        case "f" if array.dtype.itemsize == 8:  # noqa: PLR2004 - float64, in either byte order
            return _from_floats(array, places)
        case "O" | "U" | "T":
            return _from_values(array, places)
        case _:
            return np.zeros(len(array), dtype=np.int64), np.ones(len(array), dtype=bool)


def _from_whole(array: NDArray[Any], unit: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Multiply whole major units."""
    bad = (array > HIGHEST // unit) | (array < -(HIGHEST // unit))
    return np.where(bad, 0, array).astype(np.int64) * unit, bad


def _from_floats(array: NDArray[Any], places: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Convert floats: a whole number of minor units, divided by the unit, must give the float back.

    The division is correctly rounded, so it gives the float nearest to that decimal number, and no
    other amount on a minor unit is as near. Only floats that are off, or too large for the
    argument, are read by their digits.
    """
    unit = 10**places
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.rint(array * unit)
        sure = (np.absolute(scaled) < SURE) & (scaled / unit == array)
    amounts, bad = np.where(sure, scaled, 0).astype(np.int64), ~sure
    rows = np.flatnonzero(bad)
    amounts[rows], bad[rows] = _from_values(array[rows], places)
    return amounts, bad


def _from_values(array: NDArray[Any], places: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Convert values one by one, each by its own type."""
    read = [_minor(value, places) for value in array.tolist()]
    bad = [amount is None or not LOWEST <= amount <= HIGHEST for amount in read]
    amounts = [0 if wrong else amount for amount, wrong in zip(read, bad, strict=True)]
    return np.array(amounts, dtype=np.int64), np.array(bad, dtype=np.bool_)


def _minor(value: Any, places: int) -> int | None:
    """Give one amount in minor units; None if it is no number, or off a minor unit."""
    if isinstance(value, str):
        return _minor_of_text(value, places)
    if is_whole(value):
        return int(value) * int(10**places)
    if isinstance(value, float):
        value = Decimal(repr(float(value)))
    if isinstance(value, Decimal) and abs(value.adjusted()) > LARGEST_EXPONENT:
        return 0 if value == 0 else None
    if isinstance(value, Fraction) or (isinstance(value, Decimal) and value.is_finite()):
        ratio: tuple[int, int] = value.as_integer_ratio()
        amount, rest = divmod(ratio[0] * 10**places, ratio[1])
        return None if rest else amount
    return None


def _minor_of_text(text: str, places: int) -> int | None:
    """Give an amount written in plain decimals in minor units."""
    if not (number := PLAIN.fullmatch(text)):
        return None
    whole, part = number.groups(default="")
    if len(part) != places:
        if part[places:].strip("0"):
            return None
        part = part[:places].ljust(places, "0")
    return int(whole + part)


def _text(amount: int, places: int, separator: str) -> str:
    """Write minor units as major units."""
    whole, part = divmod(abs(amount), 10**places)
    sign = "-" if amount < 0 else ""
    end = f".{part:0{places}}" if places else ""
    return f"{sign}{whole:{separator}}{end}"


def _check(places: int) -> None:
    """Refuse decimals that int64 has no room for."""
    if not is_whole(places) or not 0 <= places <= MOST_PLACES:
        raise RuleError(f"places must be a whole number from 0 to {MOST_PLACES}, got {places!r}")
