"""An exact rate: a fraction that is written as people write it (`0.3%`, `2bp`, `1/3`)."""

import functools
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.money.columns import is_whole

__all__ = ["Rate", "RateLike", "read_rate"]

# What each unit divides by. The full-width sign is what a Chinese keyboard writes.
UNITS = {"": 1, "%": 100, "％": 100, "‰": 1_000, "‱": 10_000, "bp": 10_000}
NUMBER = re.compile(r"([+-]?)([0-9]{1,1000})(?:\.([0-9]{1,1000}))? ?(%|％|‰|‱|bp|)")
RATIO = re.compile(r"([+-]?[0-9]{1,1000})/([0-9]{1,1000})")

# Far more than any rate has: a bound, since a short text such as 1e999999999 could fill the memory.
MOST_DIGITS = 1_000
TOO_LARGE = 10**MOST_DIGITS

# Past this many decimals of a per cent a fraction is easier to read.
READABLE_DECIMALS = 12


@functools.total_ordering
@attrs.frozen(init=False, order=False, repr=False)
class Rate:
    """An exact rate, a fraction in its lowest terms.

    Rates of one value are equal and hash alike however they were written. The text (`str(rate)`)
    reads back with `Rate.of` and is what stands in JSON: per cent where its decimals end, else a
    fraction.

    Raises:
        RuleError: a part is no whole number, or the denominator is not positive.

    Example:
        >>> from clientmgr.money import Rate
        >>> rate = Rate.of("3‰")
        >>> rate, rate.numerator, rate.denominator
        (Rate('0.3%'), 3, 1000)
        >>> rate == Rate(30, 10_000), rate < Rate.of("50bp"), str(Rate(1, 3))
        (True, True, '1/3')
    """

    numerator: int
    denominator: int

    def __init__(self, numerator: int, denominator: int = 1) -> None:
        """Reduce the fraction to its lowest terms."""
        above, below = _whole(numerator), _whole(denominator)
        if below <= 0:
            raise RuleError(f"the denominator of a rate must be positive, got {above}/{below}")
        shared = math.gcd(above, below)
        object.__setattr__(self, "numerator", above // shared)
        object.__setattr__(self, "denominator", below // shared)

    @classmethod
    def of(cls, value: "RateLike") -> Self:
        """Read a rate from text, an int, a `Decimal`, a `Fraction`, a pair of ints or a rate.

        Text is a decimal number with or without a unit (`%`, `‰`, `‱`, `bp`), or a fraction:
        `"0.3%"`, `"3‰"`, `"2bp"`, `"0.00341%"`, `"0.003"`, `"1/3"`. An int is the rate itself: 1 is
        100 %.

        Raises:
            RuleError: anything else; a float is refused with the text to write instead.
        """
        return cls(*read_rate(value))

    @property
    def fraction(self) -> Fraction:
        """The same number as a `Fraction`, to calculate with."""
        return Fraction(self.numerator, self.denominator)

    def __lt__(self, other: object) -> bool:
        """Compare exactly, with another rate only."""
        if not isinstance(other, Rate):
            return NotImplemented
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __str__(self) -> str:
        """Write per cent where its decimals end soon, else a fraction."""
        places = _decimals_of_per_cent(self.denominator)
        if places is None:
            return f"{self.numerator}/{self.denominator}"
        units = abs(self.numerator) * 100 * 10**places // self.denominator
        whole, part = divmod(units, 10**places)
        sign = "-" if self.numerator < 0 else ""
        return f"{sign}{whole}.{part:0{places}}%" if places else f"{sign}{whole}%"

    def __repr__(self) -> str:
        """Show the text that reads back."""
        return f"Rate({str(self)!r})"


RateLike = Rate | Fraction | Decimal | int | str | tuple[int, int]


def read_rate(value: Any) -> tuple[int, int]:
    """Give a rate as numerator and positive denominator, not always in lowest terms.

    Raises:
        RuleError: the value is no exact rate.
    """
    match value:
        case str():
            return _read_text(value)
        case Rate() | Fraction():
            return value.numerator, value.denominator
        case Decimal():
            return _read_decimal(value)
        case float() | np.floating():
            return _refuse_float(float(str(value)))  # float32 would show digits it does not have
        case (above, below) if isinstance(value, tuple):
            return read_rate(Rate(above, below))
        case _ if is_whole(value):
            return int(value), 1
        case _:
            raise RuleError(f'a rate is text such as "0.3%", a Decimal or Fraction, got {value!r}')


def _read_text(text: str) -> tuple[int, int]:
    """Read `0.3%` or `1/3`."""
    if ratio := RATIO.fullmatch(text):
        return read_rate((int(ratio[1]), int(ratio[2])))
    if not (number := NUMBER.fullmatch(text)):
        raise RuleError(f'a rate reads like "0.3%", "3‰", "2bp", "0.003" or "1/3", got {text!r}')
    sign, whole, part, unit = number.groups(default="")
    return int(sign + whole + part), 10 ** len(part) * UNITS[unit]


def _read_decimal(value: Decimal) -> tuple[int, int]:
    """Read a decimal number of sane size."""
    if not value.is_finite():
        raise RuleError(f"a rate must be finite, got {value}")
    if abs(value.adjusted()) > MOST_DIGITS:
        raise RuleError(f"the parts of a rate have at most {MOST_DIGITS} digits, got {value}")
    return value.as_integer_ratio()


def _refuse_float(value: float) -> tuple[int, int]:
    """Say what to write instead of a float."""
    if not math.isfinite(value):
        raise RuleError(f"a rate must be finite, got {value}")
    exact = Decimal(repr(value))
    per_cent = str(Rate(*exact.as_integer_ratio()))
    write = f'"{exact:f}" or "{per_cent}"' if per_cent.endswith("%") else f'"{exact:f}"'
    raise RuleError(f"a rate must be exact, got the float {value!r}: write {write}")


def _whole(value: Any) -> int:
    """Take a part of a fraction, which must be a whole number."""
    if not is_whole(value):
        raise RuleError(f"the parts of a rate are whole numbers, got {value!r}")
    if abs(value) >= TOO_LARGE:
        raise RuleError(f"the parts of a rate have at most {MOST_DIGITS} digits")
    return int(value)


def _decimals_of_per_cent(denominator: int) -> int | None:
    """Count the decimals of such a rate in per cent; None if they do not end soon."""
    places = range(READABLE_DECIMALS + 1)
    return next((n for n in places if 100 * 10**n % denominator == 0), None)
