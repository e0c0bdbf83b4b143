"""`Items`: what a measure is made of, one row a record that counts."""

import attrs
import numpy as np
from numpy.typing import ArrayLike

from clientmgr.tables import AnyArray, Coded, Id, Int64, Result

__all__ = ["Items"]


@attrs.frozen(eq=False, repr=False, slots=False)
class Items(Result):
    """The records behind a measure; a manager's measure is the sum of the amounts of his items.

    Attributes:
        source: the table that the records come from.
        key: the id of each record in that table (the client where the table has no ids).
        manager: whose measure it counts in; missing for nobody's.
        amount: what it adds: fen for money, else whole units.
    """

    source: str
    key: Coded
    manager: Coded
    amount: Int64

    @classmethod
    def of(cls, source: str, key: Coded, manager: Coded, amount: ArrayLike = 1) -> "Items":
        """Make the items of some records; one amount stands for all."""
        amounts = np.broadcast_to(np.asarray(amount, np.int64), (len(key),))
        return cls(source, key, manager, amounts.copy())

    def per_manager(self, managers: Coded) -> Int64:
        """Add the amounts up for each manager of another column, exactly."""
        place = self.manager.recode(managers)
        code_sum = np.zeros(len(managers.vocabulary) + 1, np.int64)
        kept = place >= 0
        np.add.at(code_sum, place[kept], self.amount[kept])
        sums: Int64 = code_sum[managers.codes]
        return sums

    def of_manager(self, manager: Id) -> "Items":
        """Give the items of one manager."""
        rows = np.flatnonzero(self.manager == manager)
        return Items(self.source, self.key[rows], self.manager[rows], self.amount[rows])

    def __len__(self) -> int:
        """Count the items."""
        return len(self.amount)

    def __repr__(self) -> str:
        """Name the source, the count and the sum."""
        return f"Items({len(self):,} of {self.source}, sum {int(self.amount.sum()):,})"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the items as columns."""
        return {
            "source": np.full(len(self), self.source),
            "key": np.asarray(self.key),
            "manager": np.asarray(self.manager),
            "amount": self.amount,
        }
