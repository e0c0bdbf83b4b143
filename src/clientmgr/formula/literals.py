"""Exact numbers as text: `0.25`, `1/3`, `15%`, `1.3‰`, `2bp`, `1000 CNY`."""

import re
from fractions import Fraction

from clientmgr.errors import RuleError

__all__ = ["RATIO_UNITS", "decimal_text", "number_text", "parse_number"]

RATIO_UNITS = {"%": Fraction(1, 100), "‰": Fraction(1, 1_000), "bp": Fraction(1, 10_000)}
EXAMPLES = "'0.25', '1/3', '15%', '1.3‰', '2bp' or '1000 CNY'"

# Bounded digits: a hostile text costs bounded time.
_NUMBER = re.compile(r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|[0-9]{1,40}/[0-9]{1,40})) ?(%|‰|bp|[A-Z]{3})?")


def parse_number(text: str) -> tuple[Fraction, str]:
    """Read an exact number and its unit; a ratio unit is already multiplied in.

    The unit is empty, `%`, `‰`, `bp`, or a currency of three capital letters (an amount in major units). A number has
    at most forty digits before the point, behind it, and in each part of a fraction.

    Raises:
        RuleError: the text is not an exact number.

    Example:
        >>> from clientmgr.formula.literals import parse_number
        >>> parse_number("15%"), parse_number("1000 CNY")
        ((Fraction(3, 20), '%'), (Fraction(1000, 1), 'CNY'))
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None or found[1].endswith(("/0", "/00")):
        raise RuleError(f"{text[:60]!r} is not an exact number such as {EXAMPLES}")
    try:
        value = Fraction(found[1])
    except ZeroDivisionError:
        raise RuleError(f"{text[:60]!r} divides by zero") from None
    unit = found[2] or ""
    return value * RATIO_UNITS.get(unit, 1), unit


def number_text(value: Fraction, unit: str = "") -> str:
    """Write an exact number with its unit, so that `parse_number` reads it back.

    Example:
        >>> from fractions import Fraction
        >>> from clientmgr.formula.literals import number_text
        >>> number_text(Fraction(3, 20), "%"), number_text(Fraction(1, 3))
        ('15%', '1/3')
    """
    bare = value / RATIO_UNITS.get(unit, 1)
    text = decimal_text(bare) or f"{bare.numerator}/{bare.denominator}"
    return f"{text} {unit}" if unit.isalpha() and unit != "bp" else f"{text}{unit}"


def decimal_text(value: Fraction) -> str | None:
    """Write an exact number as a decimal, or give None where its decimals never end."""
    places, rest = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        return None
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
