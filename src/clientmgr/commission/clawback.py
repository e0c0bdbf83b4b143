"""Clawback: a credit taken back in part or in whole, on what remains of it, banded by the time since it was given."""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.arith import scale
from clientmgr.commission.rules import ROUNDINGS
from clientmgr.errors import DataError, RuleError
from clientmgr.money import Rate
from clientmgr.periods import months_between
from clientmgr.tables import (
    AnyArray,
    Coded,
    Days,
    Fen,
    Int64,
    KeyedTable,
    Result,
    days,
    fen,
    freeze,
    ids,
    refs,
)

__all__ = ["ClawbackBand", "ClawbackEvents", "ClawbackRule", "Clawbacks", "GivenCredits", "claw_back"]


def _to_rate(value: Any) -> Rate:
    """Read a rate."""
    return Rate.of(value)


@attrs.frozen(kw_only=True)
class ClawbackBand:
    """One band of a clawback: the part that is taken back up to the day before some months are completed.

    Attributes:
        months_below: whole months since the credit was given, counted forward.
        rate: of what remains of the credit.
    """

    months_below: int
    rate: Rate = attrs.field(converter=_to_rate)


def _to_bands(value: Iterable[Any]) -> tuple[ClawbackBand, ...]:
    """Read bands; a pair is months and rate."""
    return tuple(b if isinstance(b, ClawbackBand) else _band(*b) for b in value)


def _band(months_below: int, rate: Any) -> "ClawbackBand":
    """Make a band of a pair."""
    return ClawbackBand(months_below=months_below, rate=rate)


@attrs.frozen(kw_only=True)
class ClawbackRule:
    """How much of a credit an event takes back, by the time since the credit was given.

    Of several events the later works on what the earlier have left, so no more than the credit is ever taken.

    Attributes:
        bands: in the order of their months, which rise; after the last nothing is taken back.
        rounding: how rate x remainder becomes whole fen.

    Raises:
        RuleError: bands that do not rise, or rates beyond the whole.

    Example:
        >>> from clientmgr.commission import ClawbackRule
        >>> len(ClawbackRule(bands=[(12, "100%"), (24, "50%")]).bands)
        2
    """

    bands: tuple[ClawbackBand, ...] = attrs.field(converter=_to_bands)
    rounding: str = "half_up"

    def __attrs_post_init__(self) -> None:
        """Refuse bands out of order and rates beyond the whole."""
        limits = [band.months_below for band in self.bands]
        if limits != sorted(set(limits)) or (limits and limits[0] < 1):
            raise RuleError(f"months_below must rise from 1, got {limits}", path="$.bands")
        for i, band in enumerate(self.bands):
            if not 0 <= band.rate.numerator <= band.rate.denominator:
                told = f"rate must be between 0 and 1, got {band.rate}"
                raise RuleError(told, path=f"$.bands[{i}].rate")
        if self.rounding not in ROUNDINGS:
            raise RuleError(f"rounding must be one of {', '.join(ROUNDINGS)}, got {self.rounding!r}")


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class GivenCredits(KeyedTable):
    """Credits that may be clawed back, one row each.

    Attributes:
        id: unique.
        date: the day on which the credit was given.
        amount: fen; a negative one is clawed back by the same part with the other sign.
    """

    id: Coded = attrs.field(converter=ids)
    date: Days = attrs.field(converter=days)
    amount: Fen = attrs.field(converter=fen)


@attrs.frozen(eq=False, kw_only=True, repr=False, slots=False)
class ClawbackEvents(KeyedTable):
    """What has happened that takes credits back, such as a client's leaving; one row an event and credit.

    Attributes:
        id: unique; events of one day count in its order.
        credit: the credit that it bears on.
        date: the day.
    """

    id: Coded = attrs.field(converter=ids)
    credit: Coded = attrs.field(converter=refs)
    date: Days = attrs.field(converter=days)


@attrs.frozen(eq=False, repr=False, slots=False)
class Clawbacks(Result):
    """What each event takes back, in the order in which the events count: by (date, id).

    Attributes:
        event: the event.
        credit: the credit.
        before: what remained of the credit, fen.
        months: whole months since it was given.
        amount: what is taken back, fen, with the sign opposite to the credit's.
        after: what remains.
    """

    event: Coded
    credit: Coded
    before: Fen
    months: Int64
    amount: Fen
    after: Fen

    def __len__(self) -> int:
        """Count the events."""
        return len(self.amount)

    def __repr__(self) -> str:
        """Say how much is taken back."""
        return f"Clawbacks({len(self):,} events take back {int(self.amount.sum()):,} fen)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per event."""
        names = ("event", "credit", "before", "months", "amount", "after")
        return {name: np.asarray(getattr(self, name)) for name in names}

    def explain(self, credit: str | int) -> str:
        """Say event by event what became of one credit."""
        rows = np.flatnonzero(self.credit == credit)
        told = [
            f"{self.event[r]}: {int(self.amount[r]):,} of {int(self.before[r]):,} "
            f"after {int(self.months[r])} months, {int(self.after[r]):,} remain"
            for r in rows.tolist()
        ]
        return "\n".join(told) or f"nothing was taken back of {credit}"


def claw_back(credits: GivenCredits, rule: ClawbackRule, *, events: ClawbackEvents) -> Clawbacks:  # noqa: A002 - the word of the field
    """Work out what events take back of credits, each on what the earlier ones have left.

    Args:
        credits: what was given.
        rule: the bands.
        events: what has happened.

    Raises:
        DataError: events that bear on no credit or lie before it; one error lists them all.

    O(events log events).

    Example:
        >>> import numpy as np
        >>> from clientmgr.commission import ClawbackEvents, ClawbackRule, GivenCredits, claw_back
        >>> day = np.datetime64("2026-01-31")
        >>> given = GivenCredits(id=["K1"], date=[day], amount=[2_133_000_00])
        >>> events = ClawbackEvents(id=[1, 2], credit="K1", date=np.array([day + 40, day + 80]))
        >>> taken = claw_back(given, ClawbackRule(bands=[(12, "40%")]), events=events)
        >>> taken.amount.tolist(), taken.after.tolist()
        ([-85320000, -51192000], [127980000, 76788000])
    """
    row = _credit_rows(credits, events)
    order = np.lexsort((events.id.codes, events.date.astype(np.int64)))
    row = row[order]
    months = months_between(credits.date[row], events.date[order])
    above, below = _rates(rule, months)
    before, amount = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
    remains = credits.amount.copy()
    for nth in _rounds(row):
        mine = row[nth]
        before[nth] = remains[mine]
        amount[nth] = -scale(remains[mine], above[nth], below[nth], rule.rounding)
        remains[mine] += amount[nth]
    return Clawbacks(
        events.id[order],
        events.credit[order],
        *(freeze(column) for column in (before, months, amount, before + amount)),
    )


def _credit_rows(credits_: GivenCredits, events: ClawbackEvents) -> Int64:
    """Find the credit of each event."""
    row = credits_.rows(events.credit).astype(np.int64)
    findings = events.findings_where(row < 0, "credit", "an id of the credits")
    given = np.append(credits_.date, np.datetime64("NaT"))[row]
    early = (events.date < given) & (row >= 0)
    findings += events.findings_where(early, "date", "a day not before that of the credit")
    if len(findings):
        raise DataError.of(findings, "cannot claw back")
    return row


def _rates(rule: ClawbackRule, months: Int64) -> tuple[Int64, Int64]:
    """Find the rate of each number of months, as numerators and denominators."""
    limits = [band.months_below for band in rule.bands]
    band = np.searchsorted(limits, months, side="right")
    above = np.array([*(b.rate.numerator for b in rule.bands), 0])
    below = np.array([*(b.rate.denominator for b in rule.bands), 1])
    return above[band], below[band]


def _rounds(row: Int64) -> Iterable[Int64]:
    """Take the first event of every credit, then the second of every credit that has one, and so on."""
    order = np.argsort(row, kind="stable")
    ordered = row[order]
    first = np.append(True, ordered[1:] != ordered[:-1])[: len(row)]
    start = np.maximum.accumulate(np.where(first, np.arange(len(row)), 0)) if len(row) else row
    nth = np.arange(len(row)) - start
    return (order[nth == step] for step in range(int(nth.max(initial=-1)) + 1))
