"""Postings: what was booked for which source month in which period, and what it stands by."""

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.lines import LINE_KEYS
from clientmgr.commission.result import CONSERVED, Credits
from clientmgr.commission.rules import CommissionPlan
from clientmgr.commission.stamps import (
    Fingerprint,
    Stamp,
    extra_bases,
    fingerprints_of,
    side_hash,
)
from clientmgr.commission.totals import Totals, add_up
from clientmgr.errors import DataError
from clientmgr.periods import Dated, Period
from clientmgr.tables import AnyArray, Coded, Result

__all__ = ["POSTING_KEYS", "Posted", "post"]

POSTING_KEYS = (*LINE_KEYS, "month", "posted", "cause")
FIRST_CAUSE = "attribution"


@attrs.frozen(eq=False, repr=False, slots=False)
class Posted(Result):
    """All postings so far, and the stamp of each source month.

    Nothing in here is ever changed: a later posting or correction gives a new value with more lines.

    Attributes:
        lines: amounts by the keys of a line, source `month`, posting period `posted`, and `cause`.
        stamps: one a source month, in the order of months.
    """

    lines: Totals
    stamps: tuple[Stamp, ...]

    def __repr__(self) -> str:
        """Say how much was posted for which months."""
        months = f"{self.stamps[0].month} to {self.stamps[-1].month}" if self.stamps else "nothing"
        return f"Posted({months}: {len(self.lines):,} lines, {self.lines.sum():,} fen)"

    @property
    def months(self) -> tuple[str, ...]:
        """The source months that have been posted."""
        return tuple(stamp.month for stamp in self.stamps)

    def balance(self) -> Totals:
        """Add all postings of each line and source month up: what has been credited for it by now."""
        return self.lines.by(*LINE_KEYS, "month")

    def total(self, *, by: str | Iterable[str], of: str = "conserved") -> Totals:
        """Add postings up by some keys of lines, `month`, `posted` and `cause`.

        Args:
            by: one key or several.
            of: `conserved` (the default) or `all`.

        Raises:
            DataError: an unknown key.
        """
        keys = (by,) if isinstance(by, str) else tuple(by)
        if of == "all":
            return self.lines.by(*keys)
        hit = self.lines.keys["kind"].isin(CONSERVED)
        kept = {name: column[hit] for name, column in self.lines.keys.items()}
        return Totals(kept, self.lines.amount[hit]).by(*keys)

    def pins(self) -> dict[int, tuple[Dated[CommissionPlan], int]]:
        """Give plan and batch by month, counted from January 1970, as reversals of posted trades need them."""
        return {month_number(stamp.month): (stamp.plan, stamp.batch) for stamp in self.stamps}

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the postings as columns."""
        return self.lines.to_columns()


def post(credits: Credits, *, period: str, posted: Posted | None = None) -> Posted:  # noqa: A002 - the word of the field
    """Post the credits of source months that have not been posted yet.

    Args:
        credits: an attribution of whole months: of a period, or of all trades.
        period: the month in which they are booked, `2026-08`.
        posted: what has been posted before; from the second posting on.

    Returns:
        The postings with these behind them, and a stamp for each source month, also for one without trades.

    Raises:
        DataError: a month has been posted already (correct it instead), or the period lies before a source month.

    Example:
        `posted = post(attribute(facts, ledger, plan, period="2026-07"), period="2026-08")`
    """
    job = credits.job
    booked = str(_month(period))
    extra = extra_bases(job.plan)
    prints = fingerprints_of((table for table, _ in job.source.tables()), extra)
    months = _months_of(job.period, prints)
    before = () if posted is None else posted.stamps
    _refuse_months(months, {stamp.month for stamp in before}, booked)
    stamps = [
        Stamp(
            month,
            job.batch,
            job.plan,
            prints.get(month, Fingerprint()),
            side_hash(job.facts, job.plan, month),
        )
        for month in months
    ]
    lines = with_words(credits.lines(), posted=booked, cause=FIRST_CAUSE)
    whole = lines if posted is None else posted.lines + lines
    return Posted(whole, tuple(sorted((*before, *stamps), key=lambda stamp: stamp.month)))


def with_words(totals: Totals, **words: str) -> Totals:
    """Give totals further keys that are one word for all rows."""
    size = len(totals.amount)
    keys = {name: constant_column(word, size) for name, word in words.items()}
    return add_up({**totals.keys, **keys}, totals.amount)


def constant_column(word: str, rows: int) -> Coded:
    """Make a column of one word; an empty one has no words."""
    return Coded.from_codes(np.array([word] if rows else [], np.str_), np.zeros(rows, np.int32))


def month_number(month: str) -> int:
    """Count a month from January 1970."""
    return int(np.datetime64(month, "M").astype(np.int64))


def _month(period: Any) -> Period:
    """Read a month."""
    month = Period.of(period)
    if month.kind != "month":
        raise DataError(f"credits are posted in a month, got {period}")
    return month


def _months_of(period: Period | None, prints: dict[str, Fingerprint]) -> list[str]:
    """List the source months of an attribution."""
    if period is not None:
        return [str(month) for month in period.months()]
    if not prints:
        return []
    numbers = range(month_number(min(prints)), month_number(max(prints)) + 1)
    return [str(np.datetime64(number, "M")) for number in numbers]


def _refuse_months(months: list[str], done: set[str], booked: str) -> None:
    """Refuse months that have been posted, and a period before its source."""
    again = [month for month in months if month in done]
    if again:
        raise DataError(f"already posted: {', '.join(again)}; correct them instead")
    late = [month for month in months if month > booked]
    if late:
        raise DataError(f"{late[0]} cannot be posted in {booked}, which lies before it")
