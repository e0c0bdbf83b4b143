"""`correct`: posted credits brought up to what is known now, without touching what was posted."""

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.accumulate import month_names, months_of
from clientmgr.commission.changes import (
    TradeChanges,
    changed_days,
    find_trade_changes,
    touched_rows,
)
from clientmgr.commission.entries import Entries, entries_of
from clientmgr.commission.lines import LINE_KEYS, LineBook
from clientmgr.commission.postings import (
    POSTING_KEYS,
    Posted,
    constant_column,
    month_number,
    with_words,
)
from clientmgr.commission.rules import CommissionPlan, as_dated_plan
from clientmgr.commission.sources import small_table
from clientmgr.commission.stamps import Fingerprint, Stamp, TradeIndex, extra_bases, side_hash
from clientmgr.commission.totals import Totals, add_up
from clientmgr.commission.work import Run
from clientmgr.errors import DataError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger
from clientmgr.ownership.packing import dense_codes
from clientmgr.periods import Dated, Period
from clientmgr.tables import AnyArray, Coded, Id, Int64, Result

__all__ = ["CAUSES", "Correction", "correct"]

CAUSES = ("trade", "rate", "share", "owner", "rounding")
PARTY_KEYS = ("manager", "team", "pool", "branch", "role")

Pins = dict[int, tuple[Dated[CommissionPlan], int]]


@attrs.frozen(eq=False, repr=False, slots=False)
class Correction(Result):
    """What has to be posted so that all postings together equal attribution as now known.

    Attributes:
        postings: the new lines only, by the keys of a posting; the cause is `trade` (trades came late, changed or
            went), `rate` (deductions changed), `owner` (a party came in or went out), `share` (it stayed, with another
            part) or `rounding` (the odd fen went elsewhere).
        posted: all postings with these behind them, and the new stamps.
        refused: what months before the retro limit would have changed, by line and month; they keep their stamps.
        trades: how many trades were worked out again.
    """

    postings: Totals
    posted: Posted
    refused: Totals
    trades: int

    def __repr__(self) -> str:
        """Say how much is posted and how much refused."""
        moved = int(np.abs(self.postings.amount).sum()) // 2
        return (
            f"Correction({self.trades:,} trades: {len(self.postings):,} lines move {moved:,} fen, "
            f"net {self.postings.sum():,}; refused {self.refused.sum():,})"
        )

    def explain(self, manager: Id) -> str:
        """Say what the correction means for one manager, month by month and cause by cause."""
        mine = self.postings.where(manager=manager)
        return str(mine.by("month", "cause")) if len(mine) else f"nothing changes for {manager}"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the new lines as columns."""
        return self.postings.to_columns()


def correct(
    posted: Posted,
    facts: Facts,
    ledger: Ledger,
    plan: CommissionPlan | Dated[CommissionPlan],
    *,
    period: str,
    trades: Trades | TradeIndex | None = None,
    known: Any = None,
    before: Trades | Facts | None = None,
    late: Iterable[Id] | None = None,
    retro: str | None = None,
) -> Correction:
    """Post the difference between the posted months as now known and as they were posted.

    Only trades that something bears on are worked out again: changed ones; those whose client's calendar says
    something else since the stamp's batch; those on days for which another edition is in force; and reversals whose
    original is one of these. The differences are booked in the first open period; closed periods never change. A
    second correction with the same knowledge posts nothing.

    Args:
        posted: what was posted.
        facts: the facts as they are.
        ledger: the ledger as it is; it continues the one that was used.
        plan: the plan as it is.
        period: the first open month, in which the differences are booked.
        trades: the trades as they are: a table, or its `TradeIndex`, which spares fingerprints (and, once its
            `rows_by_client` has been asked for, the scan) from correction to correction; those of the facts by default.
        known: correct to what the ledger knew then; to all that it knows by default.
        before: rows of trades as they were when posted, at least those that have changed or gone; or the whole facts as
            they were, where memberships, branch managers, openings or valuations that the plan reads have changed.
        late: the ids of trades that were not there.
        retro: the earliest source month that may still be reopened; what earlier ones would change is reported.

    Returns:
        The correction.

    Raises:
        DataError: trades or facts of a posted month differ and what was brought does not explain it, or the period is
            not after the corrected months.

    Example:
        `fix = correct(posted, facts, ledger, plan, period="2026-09")`, then keep `fix.posted`
    """
    index = _as_index(facts.trades if trades is None else trades)
    task = _Task(posted, facts, ledger, as_dated_plan(plan), ledger.batch(known), index, period, retro)
    old_facts = before if isinstance(before, Facts) else facts
    old_trades = before.trades if isinstance(before, Facts) else before
    task.refuse_other_facts(old_facts, brought=isinstance(before, Facts))
    changes = find_trade_changes(index, posted.stamps, old_trades, late)
    was, now, wanted = task.affected(changes, old_facts)
    lines = LineBook()
    limited = task.run_steps(was, now, wanted, old_facts, lines, task.reopened)
    postings = task.differences(limited, lines)
    refused = _no_lines()
    if retro is not None:
        wide = task.run_steps(was, now, wanted, old_facts, lines, set(posted.months))
        refused = _sums(wide[-1], lines) - _sums(limited[-1], lines)
    return Correction(postings, task.new_posted(postings), refused, len(wanted))


@attrs.frozen(eq=False)
class _Step:
    """One state of all inputs: the trades, the facts, and what each month stands by."""

    table: Trades
    entries: Entries


@attrs.frozen(eq=False)
class _Task:
    """A correction under way."""

    posted: Posted
    facts: Facts
    ledger: Ledger
    plan: Dated[CommissionPlan]
    batch: int
    index: TradeIndex
    period: str
    retro: str | None

    def __attrs_post_init__(self) -> None:
        """Refuse to book before the source."""
        if Period.of(self.period).kind != "month":
            raise DataError(f"corrections are posted in a month, got {self.period}")
        if self.posted.stamps and self.period < self.posted.stamps[-1].month:
            last = self.posted.stamps[-1].month
            raise DataError(f"{last} cannot be corrected in {self.period}, which lies before it")

    @property
    def reopened(self) -> set[str]:
        """The source months that may change."""
        return {month for month in self.posted.months if self.retro is None or month >= self.retro}

    def refuse_other_facts(self, old: Facts, *, brought: bool) -> None:
        """Refuse facts other than those that the stamps stand by."""
        bad = [s.month for s in self.posted.stamps if side_hash(old, s.plan, s.month) != s.side]
        if bad:
            hint = "the facts brought are not those either" if brought else "bring them: before=Facts"
            raise DataError(
                f"memberships, branch managers, openings or valuations have changed since {', '.join(bad)} "
                f"was posted; {hint}"
            )

    def affected(self, changes: TradeChanges, old_facts: Facts) -> tuple[Trades, Trades, set[Id]]:
        """Gather the trades that have to be worked out again, as they were and as they are, and name them."""
        trades = self.index.trades
        rows = touched_rows(self.index, self.ledger, self.posted.stamps, self.batch)
        rows = np.union1d(rows, self._rows_of_other_days(old_facts))
        differ = changes.ids
        ids = {*np.asarray(trades.id[rows]).tolist(), *differ}
        origins = {word for t in (changes.was, changes.now) for word in t.reverses.tolist()} - {None}
        groups = ids | origins
        related = _rows_of_groups(trades, groups)
        picked = small_table(trades, np.union1d(rows, related))
        now_here = np.array([word not in differ for word in picked.id.tolist()], bool)
        common = picked.take(now_here)
        was, now = common, common
        if differ:
            was, now = Trades.concat([common, changes.was]), Trades.concat([common, changes.now])
        # All reversals of one original hang together: one that comes in shifts what the others leave.
        wanted = ids | {
            word
            for table in (was, now)
            for word, origin in zip(table.id.tolist(), table.reverses.tolist(), strict=True)
            if origin in groups
        }
        return was, now, wanted

    def run_steps(
        self,
        was: Trades,
        now: Trades,
        wanted: set[Id],
        old_facts: Facts,
        lines: LineBook,
        reopened: set[str],
    ) -> list[_Step]:
        """Replace the inputs one after the other: trades, deductions, then owners with the crediting rule."""
        old = self.posted.pins()
        new: Pins = {
            month_number(s.month): (self.plan, self.batch) if s.month in reopened else (s.plan, s.batch)
            for s in self.posted.stamps
        }
        half: Pins = {m: (_hybrid(new[m][0], plan), batch) for m, (plan, batch) in old.items()}
        half = old if half == old else half
        now = _limited(was, now, {month_number(m) for m in reopened}, set(old))
        only = self._clients_of([was, now])
        steps: list[_Step] = []
        inputs = ((was, old_facts, old), (now, old_facts, old), (now, old_facts, half), (now, self.facts, new))
        for nth, (table, facts, pins) in enumerate(inputs):
            if nth and all(a is b for a, b in zip(inputs[nth], inputs[nth - 1], strict=True)):
                steps.append(steps[-1])
                continue
            run = Run(facts, self.ledger, self.plan, self.batch, pins, only=only, lines=lines)
            inside = np.isin(months_of(table.date), list(old))
            mine = np.array([word in wanted for word in table.id.tolist()], bool)
            steps.append(_Step(table, entries_of(run, table, inside & mine)))
        return steps

    def differences(self, steps: list[_Step], lines: LineBook) -> Totals:
        """Tell the differences of the steps apart by cause, line by line."""
        keys = {name: column.codes for name, column in lines.columns().items()}
        party, _ = dense_codes([keys[name] for name in PARTY_KEYS]) if len(lines) else (np.empty(0, np.int64), 0)
        first, second, third, last = steps
        numbers = _common_numbers(steps)
        parts = [
            *_signed("trade", second, first),
            *_signed("rate", third, second),
            *_by_presence(third, last, party, numbers),
            ("rounding", last.entries, last.entries.odd),
            ("rounding", first.entries, -first.entries.odd),
        ]
        pieces = [
            with_words(_keyed(entries, lines, amount), posted=self.period, cause=cause)
            for cause, entries, amount in parts
            if len(amount)
        ]
        return _summed(pieces)

    def new_posted(self, postings: Totals) -> Posted:
        """Put the postings behind the old ones and renew the stamps of the months that may change."""
        stamps = [self._restamped(s) if s.month in self.reopened else s for s in self.posted.stamps]
        return Posted(_summed([self.posted.lines, postings]), tuple(stamps))

    def _restamped(self, stamp: Stamp) -> Stamp:
        """Stamp a month by what is known now."""
        prints = self.index.fingerprints(extra_bases(self.plan))
        trades = prints.get(stamp.month, Fingerprint())
        side = side_hash(self.facts, self.plan, stamp.month)
        return Stamp(stamp.month, self.batch, self.plan, trades, side)

    def _rows_of_other_days(self, old_facts: Facts) -> Int64:
        """List the trades on days on which another edition is in force, or facts that the plan reads have changed."""
        date = self.index.trades.date
        hit = np.zeros(len(date), bool)
        for stamp in self.posted.stamps:
            stretches = changed_days(stamp.plan, self.plan, stamp.month)
            if self.facts is not old_facts:
                now = side_hash(self.facts, self.plan, stamp.month)
                whole = Period.of(stamp.month)
                stretches += [(whole.start, whole.end)] if now != stamp.side else []
            for start, end in stretches:
                hit |= (date >= start) & (date <= end)
        if self.posted.stamps:
            hit |= self._rows_before_all(date)
        return np.flatnonzero(hit)

    def _rows_before_all(self, date: AnyArray) -> AnyArray:
        """Mark the trades before the first posted month, if the plan that it stands by has changed."""
        first = self.posted.stamps[0]
        early = date < Period.of(first.month).start
        return early & (first.plan != self.plan)

    def _clients_of(self, tables: list[Trades]) -> Int64:
        """List the ledger's codes of the clients of some trades."""
        codes = np.concatenate([self.ledger.codes(table.client) for table in tables])
        return np.unique(codes[codes >= 0]).astype(np.int64)


def _as_index(trades: Trades | TradeIndex) -> TradeIndex:
    """Take an index as it is; else make one."""
    return TradeIndex(trades) if isinstance(trades, Trades) else trades


def _rows_of_groups(trades: Trades, groups: set[Id]) -> Int64:
    """List the rows of some originals and of all their reversals."""
    if not groups or not len(trades):
        return np.empty(0, np.int64)
    words = Coded.of(sorted(groups))
    own = trades.rows(words)
    backward = np.empty(0, np.int64)
    if len(trades.reverses.vocabulary):
        backward = np.flatnonzero((trades.reverses.recode(words) >= 0) & ~trades.reverses.missing)
    origins = trades.rows(small_table(trades, own[own >= 0]).reverses)
    return np.unique(np.concatenate([own[own >= 0], backward, origins[origins >= 0]]).astype(np.int64))


def _hybrid(deductions: Dated[CommissionPlan], crediting: Dated[CommissionPlan]) -> Dated[CommissionPlan]:
    """Make a plan of the deductions of one and the crediting rule of another."""
    if deductions == crediting:
        return crediting
    starts = sorted({*deductions.starts, *crediting.starts})
    both = [s for s in starts if s >= max(deductions.starts[0], crediting.starts[0])]
    return Dated.of({s: attrs.evolve(deductions.on(s), crediting=crediting.on(s).crediting) for s in both})


def _limited(was: Trades, now: Trades, reopened: set[int], stamped: set[int]) -> Trades:
    """Leave the trades of months that may not change as they were."""
    shut = list(stamped - reopened)
    if not shut:
        return now
    stays = np.isin(months_of(was.date), shut)
    moves = ~np.isin(months_of(now.date), shut)
    kept = set(was.id[stays].tolist())
    fresh = np.array([word not in kept for word in now.id.tolist()], bool)
    return Trades.concat([was.take(stays), now.take(moves & fresh)])


def _common_numbers(steps: list[_Step]) -> list[Int64]:
    """Number the trades of all steps alike."""
    joint = Coded.concat([step.table.id for step in steps])
    edges = np.cumsum([len(step.table) for step in steps])[:-1]
    return [part.astype(np.int64) for part in np.split(joint.codes, edges)]


def _signed(cause: str, later: _Step, sooner: _Step) -> Iterator[tuple[str, Entries, Int64]]:
    """Give the floor parts of one step less those of another; nothing where the steps are one."""
    if later is sooner:
        return
    yield cause, later.entries, later.entries.floor
    yield cause, sooner.entries, -sooner.entries.floor


def _by_presence(
    sooner: _Step, later: _Step, party: Int64, numbers: list[Int64]
) -> Iterator[tuple[str, Entries, Int64]]:
    """Tell a party that stays with another part from one that comes or goes, trade by trade."""
    wide = int(party.max(initial=0)) + 1
    keys = [
        numbers[place][step.entries.row] * wide + party[step.entries.line] for place, step in ((2, sooner), (3, later))
    ]
    for mine, other, step, sign in ((keys[0], keys[1], sooner, -1), (keys[1], keys[0], later, 1)):
        stays = np.isin(mine, other)
        amount = step.entries.floor * sign
        yield "share", step.entries, np.where(stays, amount, 0)
        yield "owner", step.entries, np.where(stays, 0, amount)


def _keyed(entries: Entries, lines: LineBook, amount: Int64) -> Totals:
    """Add some amounts of entries up by line and month."""
    columns = {name: column[entries.line] for name, column in lines.columns().items()}
    return add_up({**columns, "month": month_names(entries.month)}, amount)


def _sums(step: _Step, lines: LineBook) -> Totals:
    """Add the credits of a step up by line and month."""
    amount = step.entries.floor + step.entries.odd
    return _keyed(step.entries, lines, amount) if len(amount) else _no_lines()


def _no_lines() -> Totals:
    """Give no amounts by line and month."""
    return add_up({name: Coded.of([]) for name in (*LINE_KEYS, "month")}, np.zeros(0, np.int64))


def _summed(pieces: list[Totals]) -> Totals:
    """Add several totals by the keys of postings up at once."""
    if not pieces:
        none = {name: constant_column("", 0) for name in POSTING_KEYS}
        return add_up(none, np.zeros(0, np.int64))
    keys = {name: Coded.concat([piece.keys[name] for piece in pieces]) for name in POSTING_KEYS}
    return add_up(keys, np.concatenate([piece.amount for piece in pieces]))
