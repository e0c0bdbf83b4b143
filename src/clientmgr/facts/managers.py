"""What is known of client managers: who they are, where, how able; their teams, their work."""

from typing import ClassVar

import attrs

from clientmgr.errors import Findings
from clientmgr.tables import (
    Coded,
    Days,
    Extra,
    Flags,
    Floats,
    Int64,
    KeyedTable,
    Table,
    days,
    extra,
    flags,
    ids,
    integers,
    labels,
    numbers,
    optional_days,
    optional_labels,
    optional_refs,
    refs,
)

__all__ = ["Incidents", "Managers", "Memberships", "ServiceRecords"]


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Managers(KeyedTable):
    """The client managers (客户经理), one row each.

    Attributes:
        id: unique; text or integers.
        branch: the branch (营业部) that the manager works in.
        ability: a positive number; twice the number means twice the ability.
        joined: first day at work; missing if there before all records.
        left: first day on which the manager is gone; missing while there.
        licence: whether the manager may receive clients at all.
        head: whether this is the branch's manager or a deputy, who serve the key clients and get no
            book.
        hours: working hours a month that can go to clients.
        extra: any further columns, such as skills or languages.

    Raises:
        DataError: doubled ids, abilities or hours that are not above zero, left before joined ...

    Example:
        >>> import clientmgr as cm
        >>> cm.Managers(id=["M1", "M2"], branch="B1", ability=[1.0, 1.5]).ability.tolist()
        [1.0, 1.5]
    """

    id: Coded = attrs.field(converter=ids)
    branch: Coded = attrs.field(converter=labels)
    ability: Floats = attrs.field(default=1.0, converter=numbers)
    joined: Days = attrs.field(default=None, converter=optional_days)
    left: Days = attrs.field(default=None, converter=optional_days)
    licence: Flags = attrs.field(default=True, converter=flags)
    head: Flags = attrs.field(default=False, converter=flags)
    hours: Floats = attrs.field(default=160.0, converter=numbers)
    extra: Extra = attrs.field(factory=Extra, converter=extra)

    def check_rows(self) -> Findings:
        """List abilities and hours not above zero, and managers who left before they joined."""
        return (
            self.findings_where(self.ability <= 0, "ability", "an ability above zero")
            + self.findings_where(self.hours <= 0, "hours", "hours above zero")
            + self.findings_where(self.left < self.joined, "left", "a day not before `joined`")
        )


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Memberships(Table):
    """Who belongs to which team from when to when, and with what share of its credit.

    Attributes:
        team: the team.
        manager: the member.
        share: a whole number; the members of a day share in proportion to theirs.
        lead: whether the member leads the team, and so is responsible for its clients.
        since: first day in the team.
        until: first day no longer in it; missing while in it.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> start = np.datetime64("2026-01-01")
        >>> cm.Memberships(team="T1", manager=["M1", "M2"], share=[2, 1], lead=[True, False], since=start)
        Memberships(2 rows)
    """

    team: Coded = attrs.field(converter=refs)
    manager: Coded = attrs.field(converter=refs)
    share: Int64 = attrs.field(default=1, converter=integers)
    lead: Flags = attrs.field(default=False, converter=flags)
    since: Days = attrs.field(converter=days)
    until: Days = attrs.field(default=None, converter=optional_days)

    def check_rows(self) -> Findings:
        """List shares that are not above zero and memberships that end before they begin."""
        return self.findings_where(self.share <= 0, "share", "a whole number above zero") + (
            self.findings_where(self.until < self.since, "until", "a day not before `since`")
        )


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class ServiceRecords(KeyedTable):
    """Acts of service that left a record: who did what for which client, when, by which channel.

    Attributes:
        id: unique; text or integers.
        manager: who did it.
        client: for whom; missing for work without a client, such as study.
        date: the day.
        kind: a word such as "call", "visit", "message", "meeting", "study", "reactivation".
        channel: a word such as "telephone", "sms", "email"; may be empty.
        minutes: time spent.
        outcome: a word such as "reached" or "declined"; may be empty.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> day = np.datetime64("2026-06-30")
        >>> cm.ServiceRecords(id=[1], manager=["M1"], client=["C1"], date=[day], kind="call")
        ServiceRecords(1 rows)
    """

    LABEL: ClassVar[str] = "records"

    id: Coded = attrs.field(converter=ids)
    manager: Coded = attrs.field(converter=refs)
    client: Coded = attrs.field(default=None, converter=optional_refs)
    date: Days = attrs.field(converter=days)
    kind: Coded = attrs.field(converter=labels)
    channel: Coded = attrs.field(default=None, converter=optional_labels)
    minutes: Int64 = attrs.field(default=0, converter=integers)
    outcome: Coded = attrs.field(default=None, converter=optional_labels)

    def check_rows(self) -> Findings:
        """List records of negative length."""
        return self.findings_where(self.minutes < 0, "minutes", "minutes not below zero")


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class Incidents(KeyedTable):
    """Complaints and breaches of compliance, by manager.

    Attributes:
        id: unique; text or integers.
        manager: whose conduct.
        date: the day.
        kind: a word such as "complaint" or "compliance".
        client: who complained; missing where no client did.
        weight: a whole number; how grave it is.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> day = np.datetime64("2026-06-30")
        >>> cm.Incidents(id=[1], manager=["M1"], date=[day], kind="complaint")
        Incidents(1 rows)
    """

    id: Coded = attrs.field(converter=ids)
    manager: Coded = attrs.field(converter=refs)
    date: Days = attrs.field(converter=days)
    kind: Coded = attrs.field(converter=labels)
    client: Coded = attrs.field(default=None, converter=optional_refs)
    weight: Int64 = attrs.field(default=1, converter=integers)

    def check_rows(self) -> Findings:
        """List incidents whose weight is not above zero."""
        return self.findings_where(self.weight <= 0, "weight", "a whole number above zero")
