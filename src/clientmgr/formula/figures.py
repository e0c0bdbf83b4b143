"""`Figures`: what one name came to, for every manager: exact, with a reason where it is undefined."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from clientmgr.errors import DataError
from clientmgr.formula.columns import Column
from clientmgr.formula.exact import Exact
from clientmgr.formula.kinds import Kind
from clientmgr.formula.literals import decimal_text
from clientmgr.formula.memory import python_value
from clientmgr.formula.numbers import Bools, Numbers

__all__ = ["Figures", "figure_text"]

SHOWN = 6
DIGITS = 6


@attrs.frozen(eq=False, repr=False)
class Figures:
    """The figures of one name, in the order of the managers; of several periods one after another.

    Numbers are exact fractions in major units (yuan). `figures[i]` and iteration give Python values, None where
    undefined.

    Example:
        >>> from clientmgr.formula import evaluate, measure
        >>> figures = evaluate(measure("score") / 800, score=("count", [720, 639]))
        >>> figures.texts()
        ['90%', '79.875%']
    """

    name: str
    kind: Kind
    column: Column
    words: Sequence[str] = ()
    listed: Sequence[tuple[str, str]] = (("", ""),)
    managers: Sequence[Any] = ()

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.column)

    def __getitem__(self, row: int) -> Any:
        """Give one row: a Fraction, a bool, a word or a day; None where it is undefined."""
        row = range(len(self))[row]
        if self.reason(row) is not None:
            return None
        value = python_value(self.column, row, self.words, self.kind)
        if self.kind.name == "manager":
            return self.managers[value] if value < len(self.managers) else None
        return value

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""
        return (self[row] for row in range(len(self)))

    def __bool__(self) -> bool:
        """Refuse to be a condition."""
        raise TypeError("Figures have no truth value; ask len() or one of the rows")

    @property
    def undefined(self) -> Bools:
        """Say which rows are undefined."""
        mark = self.column.mark
        return np.zeros(len(self), dtype=np.bool_) if mark is None else mark != 0

    def reason(self, row: int) -> tuple[str, str] | None:
        """Say why a row is undefined, and the path of the node where it became so."""
        mark = self.column.mark
        code = 0 if mark is None else int(mark[row])
        return self.listed[code] if code else None

    def to_list(self) -> list[Any]:
        """Give the rows as Python values."""
        return list(self)

    def texts(self) -> list[str]:
        """Write the rows for people: ratios in per cent, `~` before what is shown rounded."""
        return ["undefined" if value is None else figure_text(value, self.kind) for value in self]

    def floats(self) -> NDArray[np.float64]:
        """Give the rows as floats, NaN where undefined."""
        if not isinstance(self.column.data, Numbers):
            return np.where(self.undefined, np.nan, self.column.data.astype(np.float64))
        return np.where(self.undefined, np.nan, self.column.data.floats())

    def minor(self, places: int = 2) -> NDArray[np.int64]:
        """Give amounts of money as whole minor units (fen).

        Raises:
            DataError: a row is undefined, or lies off a minor unit: round it in its formula.
        """
        if self.undefined.any():
            raise DataError(f"{self.name!r} is undefined for some managers; see reason(row)")
        data = self.column.data
        scale = Fraction(10**places)
        if isinstance(data, Exact):
            whole = data.times(Exact.constant(scale)).tight()
            if whole.den != 1:
                raise DataError(f"{self.name!r} has amounts off a minor unit; round it in its formula")
            return np.asarray(whole.num, dtype=np.int64)
        return np.asarray(np.rint(self.floats() * float(scale)), dtype=np.int64)

    def __repr__(self) -> str:
        """Show the first figures."""
        few = ", ".join(self.texts()[:SHOWN]) + (", ..." if len(self) > SHOWN else "")
        return f"Figures({self.name}: {few})"


def figure_text(value: Any, kind: Kind | None) -> str:
    """Write one value for people: money with two decimals, a ratio in per cent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, Fraction)):
        return str(value)
    name = "plain" if kind is None else kind.name
    if name == "ratio":
        return _decimals(Fraction(value) * 100) + "%"
    return _decimals(Fraction(value), 2 if name == "money" else 0)


def _decimals(value: Fraction, least: int = 0) -> str:
    """Write at most six decimals and at least so many; `~` says that there are more."""
    rounded = Fraction(round(value * 10**DIGITS), 10**DIGITS)
    text = decimal_text(rounded) or ""
    whole, _, rest = text.partition(".")
    rest = rest.ljust(least, "0")
    grouped = f"{int(whole):,}" if whole != "-0" else "-0"
    shown = f"{grouped}.{rest}" if rest else grouped
    return shown if rounded == value else f"~{shown}"
