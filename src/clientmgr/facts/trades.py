"""What clients traded, and what they paid for it."""

import attrs
import numpy as np

from clientmgr.errors import Findings
from clientmgr.tables import (
    Coded,
    Days,
    Extra,
    Fen,
    Flags,
    Int64,
    KeyedTable,
    days,
    extra,
    fen,
    flags,
    ids,
    integers,
    optional_labels,
    optional_refs,
    refs,
)

__all__ = ["Trades"]


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Trades(KeyedTable):
    """Executed trades, one row each, with the commission that the client paid.

    Attributes:
        id: unique; text or integers.
        client: who traded.
        date: the trade day.
        side, market, product, security: words that rates may depend on ("buy", "SH" ...); may be
            empty.
        quantity: units traded.
        turnover: traded value in fen.
        commission: what the client paid, in fen; negative on a reversal.
        initiated: whether the client itself gave the order; only such trades count against
            dormancy.
        reverses: the id of the trade that this one takes back, wholly or in part; missing for a
            plain trade.
        extra: any further columns.

    Raises:
        DataError: doubled ids, missing days, amounts that are not whole fen ...

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> day = np.datetime64("2026-06-30")
        >>> trades = cm.Trades(id=[1], client=["C1"], date=[day], turnover=[10_000_00], commission=[30_00])
        >>> trades.to_records()[0]["commission"]
        3000
    """

    id: Coded = attrs.field(converter=ids)
    client: Coded = attrs.field(converter=refs)
    date: Days = attrs.field(converter=days)
    side: Coded = attrs.field(default=None, converter=optional_labels)
    market: Coded = attrs.field(default=None, converter=optional_labels)
    product: Coded = attrs.field(default=None, converter=optional_labels)
    security: Coded = attrs.field(default=None, converter=optional_labels)
    quantity: Int64 = attrs.field(default=0, converter=integers)
    turnover: Fen = attrs.field(default=0, converter=fen)
    commission: Fen = attrs.field(default=0, converter=fen)
    initiated: Flags = attrs.field(default=True, converter=flags)
    reverses: Coded = attrs.field(default=None, converter=optional_refs)
    extra: Extra = attrs.field(factory=Extra, converter=extra)

    def check_rows(self) -> Findings:
        """List trades that reverse themselves."""
        if not len(self.reverses.vocabulary):
            return Findings()
        itself = (self.reverses.recode(self.id) == self.id.codes) & ~self.reverses.missing
        return self.findings_where(np.asarray(itself), "reverses", "the id of another trade")
