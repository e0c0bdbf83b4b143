"""What is known of clients: who they are, what they own, paid in and out, and did."""

from typing import ClassVar

import attrs
import numpy as np

from clientmgr.errors import Findings
from clientmgr.tables import (
    Coded,
    Days,
    Extra,
    Fen,
    Flags,
    KeyedTable,
    Table,
    days,
    extra,
    fen,
    flags,
    ids,
    labels,
    optional_days,
    optional_refs,
    refs,
)

__all__ = ["AccountEvents", "Clients", "Flows", "Valuations"]


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Clients(KeyedTable):
    """The account holders of the branches, one row each.

    Attributes:
        id: unique; text or integers.
        branch: the branch (营业部) of the client.
        assets: total assets in fen as of `Facts.as_of`; may be negative.
        last_trade: the day of the last trade that the client itself ordered, as known at
            `Facts.as_of`; missing if it never traded.
        opened: first day as a client; missing if it was there before all records.
        closed: first day on which it is a client no longer; missing while it is one.
        institution: whether it is an institution (机构).
        family: linked accounts share one family; missing if alone.
        introducer: the manager who brought the client; missing for a walk-in.
        extra: any further columns; numeric ones can be balanced on.

    Raises:
        DataError: doubled ids, amounts that are not whole fen, days that are text, closed before
            opened ...

    Example:
        >>> import clientmgr as cm
        >>> clients = cm.Clients(id=["C1", "C2"], branch="B1", assets=[120_000_00, 0])
        >>> clients.assets.tolist(), clients.branch.tolist()
        ([12000000, 0], ['B1', 'B1'])
    """

    id: Coded = attrs.field(converter=ids)
    branch: Coded = attrs.field(converter=labels)
    assets: Fen = attrs.field(default=0, converter=fen)
    last_trade: Days = attrs.field(default=None, converter=optional_days)
    opened: Days = attrs.field(default=None, converter=optional_days)
    closed: Days = attrs.field(default=None, converter=optional_days)
    institution: Flags = attrs.field(default=False, converter=flags)
    family: Coded = attrs.field(default=None, converter=optional_refs)
    introducer: Coded = attrs.field(default=None, converter=optional_refs)
    extra: Extra = attrs.field(factory=Extra, converter=extra)

    def check_rows(self) -> Findings:
        """List clients that closed before they opened."""
        closed_early = self.closed < self.opened
        return self.findings_where(closed_early, "closed", "a day not before `opened`")


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Valuations(Table):
    """Total assets of a client at the close of a day, in fen; one row a client and day.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> cm.Valuations(client=["C1"], date=[np.datetime64("2026-06-30")], assets=[100_00])
        Valuations(1 rows)
    """

    client: Coded = attrs.field(converter=refs)
    date: Days = attrs.field(converter=days)
    assets: Fen = attrs.field(converter=fen)

    def check_rows(self) -> Findings:
        """List second values of one client and day: no order of rows may decide between them."""
        second = _second_of_key(self.client, self.date)
        return self.findings_where(second, "date", "one valuation a client and day")


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Flows(Table):
    """Money paid in (positive) or out (negative) by a client on a day, in fen.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> cm.Flows(client=["C1"], date=[np.datetime64("2026-06-30")], amount=[-50_00])
        Flows(1 rows)
    """

    client: Coded = attrs.field(converter=refs)
    date: Days = attrs.field(converter=days)
    amount: Fen = attrs.field(converter=fen)


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class AccountEvents(Table):
    """What happened on an account besides trades: log-ins, deposits, interest, fees ...

    Attributes:
        client: whose account.
        date: the day.
        kind: a word such as "login", "deposit", "interest".
        initiated: whether the client itself caused it; only such events count against dormancy.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> day = np.datetime64("2026-06-30")
        >>> cm.AccountEvents(client=["C1"], date=[day], kind="interest", initiated=False)
        AccountEvents(1 rows)
    """

    LABEL: ClassVar[str] = "events"

    client: Coded = attrs.field(converter=refs)
    date: Days = attrs.field(converter=days)
    kind: Coded = attrs.field(converter=labels)
    initiated: Flags = attrs.field(default=True, converter=flags)


def _second_of_key(client: Coded, date: Days) -> Flags:
    """Mark rows whose (client, day) stands in another row too, all but one of them."""
    if not len(date):
        return np.zeros(0, bool)
    day = date.astype(np.int64)
    key = client.codes.astype(np.int64) * (int(day.max()) - int(day.min()) + 1) + (day - day.min())
    order = np.argsort(key, kind="stable")
    second = np.zeros(len(key), bool)
    second[order[1:]] = key[order[1:]] == key[order[:-1]]
    return second
