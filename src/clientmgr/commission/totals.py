"""`Totals`: amounts by keys, which add up with `+` however the trades were cut."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.ownership.packing import dense_codes
from clientmgr.tables import AnyArray, Coded, Fen, Result, freeze, text_table

__all__ = ["Totals", "add_up"]

SHOWN = 12


@attrs.frozen(eq=False, repr=False, slots=False)
class Totals(Result):
    """Amounts in fen by one or more keys: every combination once, in the order of the keys, none with amount zero.

    Totals of parts of the trades add up with `+` to the totals of the whole, whatever the cut.

    Attributes:
        keys: the key columns by name.
        amount: int64, fen.

    Example:
        >>> from clientmgr.commission import Totals
        >>> one = Totals.of({"manager": ["M1", "M2"]}, [30, 20])
        >>> both = one + Totals.of({"manager": ["M2"]}, [-20])
        >>> both.to_records(), both.get(manager="M1")
        ([{'manager': 'M1', 'amount': 30}], 30)
    """

    keys: dict[str, Coded]
    amount: Fen

    @classmethod
    def of(cls, keys: Mapping[str, Any], amount: Any) -> "Totals":
        """Add amounts up by some key columns; rows of equal keys become one.

        Raises:
            DataError: columns differ in length.
        """
        columns = {name: Coded.of(values) for name, values in keys.items()}
        amounts = np.asarray(amount, np.int64)
        if any(len(column) != len(amounts) for column in columns.values()):
            lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
            raise DataError(f"keys and amounts differ in length: {lengths}, amount {len(amounts)}")
        return add_up(columns, amounts)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.amount)

    def __add__(self, other: "Totals") -> "Totals":
        """Add the totals of other trades.

        Raises:
            DataError: the other totals are by other keys.
        """
        if not isinstance(other, Totals):
            return NotImplemented
        if list(self.keys) != list(other.keys):
            raise DataError(f"totals by {list(self.keys)} and by {list(other.keys)} do not add up")
        keys = {name: Coded.concat([self.keys[name], other.keys[name]]) for name in self.keys}
        return add_up(keys, np.concatenate([self.amount, other.amount]))

    def __neg__(self) -> "Totals":
        """Give the opposite amounts."""
        return Totals(self.keys, freeze(-self.amount))

    def __sub__(self, other: "Totals") -> "Totals":
        """Take the totals of other trades away."""
        return self + (-other)

    def __repr__(self) -> str:
        """Say by what, how many and how much."""
        return f"Totals(by {', '.join(self.keys)}: {len(self):,} rows, {self.sum():,} fen)"

    def __str__(self) -> str:
        """Lay the first rows out as text."""
        shown = {name: column[:SHOWN] for name, column in self.to_columns().items()}
        more = f"\n... and {len(self) - SHOWN:,} more" if len(self) > SHOWN else ""
        return text_table(shown) + more

    def sum(self) -> int:
        """Add all amounts up, in fen."""
        return int(self.amount.sum())

    def get(self, **keys: str | int | None) -> int:
        """Add up the amounts of the rows that have some keys, in fen; 0 where there are none.

        Raises:
            DataError: the totals are not by such a key.
        """
        return int(self.amount[self._hits(keys)].sum())

    def where(self, **keys: str | int | None) -> "Totals":
        """Keep the rows that have some keys.

        Raises:
            DataError: the totals are not by such a key.
        """
        hit = self._hits(keys)
        return Totals({name: column[hit] for name, column in self.keys.items()}, freeze(self.amount[hit]))

    def by(self, *names: str) -> "Totals":
        """Add up over all keys but some.

        Raises:
            DataError: the totals are not by such a key.
        """
        self._refuse_unknown(names)
        return add_up({name: self.keys[name] for name in names}, self.amount)

    def equals(self, other: object) -> bool:
        """Say whether other totals have the same keys and amounts."""
        if not isinstance(other, Totals) or list(self.keys) != list(other.keys):
            return False
        return len(self) == len(other) and not len(self - other)

    def to_columns(self) -> dict[str, AnyArray]:
        """Give keys and amounts as arrays by name."""
        return {name: np.asarray(column) for name, column in self.keys.items()} | {"amount": self.amount}

    def to_records(self) -> list[dict[str, Any]]:
        """Give one dict of Python values a row."""
        lists = [*(column.tolist() for column in self.keys.values()), self.amount.tolist()]
        names = [*self.keys, "amount"]
        return [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]

    def _hits(self, keys: Mapping[str, str | int | None]) -> AnyArray:
        """Mark the rows that have some keys."""
        self._refuse_unknown(keys)
        hit = np.ones(len(self), bool)
        for name, value in keys.items():
            hit &= self.keys[name] == value
        return hit

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        """Refuse keys that these totals are not by."""
        for name in names:
            if name not in self.keys:
                raise DataError(f"these totals are by {', '.join(self.keys)}, not by {name!r}")


def add_up(keys: Mapping[str, Coded], amount: AnyArray) -> Totals:
    """Add amounts up by key columns, exactly; O(n log n) at worst.

    Rows come out in the order of the keys, missing values first; rows of amount zero are left out.
    """
    if not keys:
        whole = amount.sum(keepdims=True)
        return Totals({}, freeze(whole[whole != 0]))
    number, many = dense_codes([column.codes for column in keys.values()])
    total = np.zeros(many, np.int64)
    np.add.at(total, number, amount)
    first = np.zeros(many, np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    first = first[total != 0]
    kept = {name: column[first].compact() for name, column in keys.items()}
    return Totals(kept, freeze(total[total != 0]))
