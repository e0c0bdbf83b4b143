"""`attribute`: every fen of every trade, once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.accumulate import MonthlySums, refuse_unless_conserved
from clientmgr.commission.postings import Posted
from clientmgr.commission.result import Credits
from clientmgr.commission.reversals import (
    Reversals,
    Reversed,
    find_reversals,
    refused_findings,
    reversal_mask,
)
from clientmgr.commission.rules import CommissionPlan, as_dated_plan
from clientmgr.commission.sources import Chunk, Source, TradesLike, small_table
from clientmgr.commission.work import EXPECTED, Refused, Run, Worked
from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.facts import Facts, Trades
from clientmgr.ownership import Ledger
from clientmgr.periods import Dated, Period
from clientmgr.tables import AnyArray, Int64

__all__ = ["attribute"]

WAYS = ("raise", "keep")


def attribute(
    facts: Facts,
    ledger: Ledger,
    plan: CommissionPlan | Dated[CommissionPlan],
    *,
    period: Period | str | None = None,
    trades: TradesLike | None = None,
    known: Any = None,
    originals: TradesLike | None = None,
    posted: Posted | None = None,
    findings: str = "raise",
) -> Credits:
    """Credit the net commission of every trade to those who were responsible for the client on its day.

    For each trade: the owner set that the ledger has for its client on its day, as known at `known`; the deductions of
    the plan's edition of that day, each rounded once; what remains split exactly among the owners (largest remainder
    on the absolute amount, ties in the order of party kind, id and role). A reversal takes back what its original was
    credited: it is attributed by the original's client, day and edition, in proportion to what is left of it, and is
    booked in the month of its own day; partial reversals in the order of (date, id) add up to the exact negative.

    Nothing is kept that can be replayed: the credits hold sums by line and month, and refer to facts, ledger and trades
    for everything else. Whatever way the trades are cut, the result is the same.

    Args:
        facts: clients, managers, memberships; its trades where `trades` is not given.
        ledger: who owned whom.
        plan: one plan, or editions by first day; the edition of each trade's day is used.
        period: only trades of these days (`"2026-07"`); all by default.
        trades: one table, a sequence of tables, or a callable that gives a fresh iterator of tables each time. A bare
            iterator is taken too, where no trade is a reversal or `originals` has all that is reversed.
        known: attribute as the ledger was known then: a batch number, a day or a time; all that it knows by default.
        originals: further trades in which reversed trades, and their earlier partial reversals, are looked for.
        posted: what has been posted for earlier months: a reversal of one of their trades takes back what was posted,
            by the plan and the batch that its month stands by.
        findings: `raise` when a trade cannot be credited, or `keep`: credit the good ones, and list the others with
            their amounts.

    Returns:
        The credits. gross = deductions + credits + findings holds to the fen, and is checked before they are given.

    Raises:
        DataError: trades of unknown clients, before their opening or after their closing, reversals of nothing or of
            more than is left, days without an edition; one error lists them all.
        RuleError: the plan cannot be used.
        ConservationError: a fen would have been lost or doubled.

    O(trades) time; memory O(chunk) beyond ledger and result.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.commission import CommissionPlan, Deduction, attribute
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> days = np.array(["2026-07-01", "2026-07-02"], "datetime64[D]")
        >>> trades = cm.Trades(id=[1, 2], client="C1", date=days, turnover=10_000_00, commission=30_00)
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1"], branch="B1"),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ...     trades=trades,
        ... )
        >>> changes = OwnershipChanges(
        ...     client="C1", valid=days, kind=["allocated", "transferred"], manager=["M1", "M2"], branch="B1"
        ... )
        >>> ledger = Ledger.start(changes, known="2026-07-02")
        >>> plan = CommissionPlan(deductions=[Deduction(name="handling", rates="0.0341‰")])
        >>> credits = attribute(facts, ledger, plan, period="2026-07")
        >>> credits
        Credits(2 trades: gross 6,000 = deductions 68 + credits 5,932 + findings 0)
        >>> print(credits.total(by=("manager", "month")))
        manager  month    amount
        M1       2026-07   2,966
        M2       2026-07   2,966
    """
    if findings not in WAYS:
        raise RuleError(f"findings must be one of {', '.join(WAYS)}, got {findings!r}")
    job = Job(
        facts=facts,
        ledger=ledger,
        plan=as_dated_plan(plan),
        period=None if period is None else Period.of(period),
        source=Source.of(facts.trades if trades is None else trades),
        originals=None if originals is None else Source.of(originals),
        batch=ledger.batch(known),
        pins={} if posted is None else posted.pins(),
    )
    credits_ = _Tally(job).run()
    if findings == "raise" and len(credits_.findings):
        raise DataError.of(credits_.findings, "some trades cannot be credited")
    return credits_


@attrs.frozen(eq=False)
class Job:
    """What an attribution was asked: enough to do it again.

    Attributes:
        facts, ledger, plan, period: as given.
        source: the trades.
        originals: where else originals are looked for.
        batch: the last batch of the ledger that counts.
        pins: plan and batch that the credits of posted months stand by.
    """

    facts: Facts
    ledger: Ledger
    plan: Dated[CommissionPlan]
    period: Period | None
    source: Source
    originals: Source | None
    batch: int
    pins: dict[int, tuple[Dated[CommissionPlan], int]]

    def start(self) -> Run:
        """Start a run."""
        return Run(self.facts, self.ledger, self.plan, self.batch, self.pins)

    def steps(self, run: Run) -> Iterator[Worked | Refused | Reversals]:
        """Go through all trades of the job: the plain ones chunk by chunk, the reversals at the end."""
        aside: list[tuple[Trades, Int64]] = []
        for chunk in self.source.chunks(self.period):
            backward = reversal_mask(chunk)
            if backward is None:
                yield from run.work(chunk, fast=True)
                continue
            aside.append(chunk.keep(backward).detached())
            if not backward.all():
                yield from run.work(chunk.keep(~backward), fast=True)
        if aside:
            yield find_reversals(run, aside, self.source, self.originals)


class _Tally:
    """Adds the steps of a job up, and proves that nothing was lost."""

    def __init__(self, job: Job) -> None:
        """Start with nothing."""
        self.job = job
        self.state = job.start()
        self.sums = MonthlySums(self.state.lines)
        self.trades = 0
        self.gross = 0
        self.credited = 0
        self.overlaid = 0
        self.deductions: dict[str, int] = {}
        self.refused: list[Findings] = []
        self.reported: list[Findings] = []

    def run(self) -> Credits:
        """Go through all steps."""
        for step in self.job.steps(self.state):
            if isinstance(step, Worked):
                self._add_worked(step)
            elif isinstance(step, Refused):
                self._count(step.chunk)
                self.refused.append(refused_findings([step], EXPECTED))
            else:
                self._add_reversals(step)
        return self._close()

    def _count(self, chunk: Chunk) -> int:
        """Count some trades and their gross commission."""
        gross = int(chunk.of(chunk.table.commission).sum())
        self.trades += len(chunk)
        self.gross += gross
        return gross

    def _add_worked(self, step: Worked) -> None:
        """Add plain trades up."""
        gross = self._count(step.chunk)
        net = int(step.charged.net.sum())
        taken = self._deduct(step, step.charged.lines)
        inside, on_top = self.sums.add(step)
        refuse_unless_conserved([("deductions", taken), ("net", net)], ("gross", gross))
        refuse_unless_conserved([("credits", inside)], ("net", net))
        self.credited += inside
        self.overlaid += on_top
        if step.charged.below.any():
            self.reported.append(_below_charges(step))

    def _deduct(self, step: Worked, lines: Sequence[AnyArray]) -> int:
        """Add the deduction lines up."""
        whole = 0
        for name, amount in zip(step.prepared.plan.lines, lines, strict=True):
            taken = int(amount.sum())
            self.deductions[name] = self.deductions.get(name, 0) + taken
            whole += taken
        return whole

    def _add_reversals(self, step: Reversals) -> None:
        """Add what reversals take back."""
        self.refused.append(step.findings)
        self.trades += len(step.findings)
        self.gross += sum(finding.amount or 0 for finding in step.findings)
        for each in step.reversed:
            gross = int(each.trades.commission.sum())
            self.trades += len(each.trades)
            self.gross += gross
            taken = self._deduct(each.worked, each.lines())
            inside = self._book(each, each.credits())
            self.overlaid += self._book(each, each.overlays())
            parts = [("deductions", taken), ("credits", inside)]
            refuse_unless_conserved(parts, ("gross of reversals", gross))
            self.credited += inside

    def _book(self, each: Reversed, credits_: Iterable[tuple[AnyArray, AnyArray, AnyArray]]) -> int:
        """Book credits of reversals in the months of their own days."""
        month = each.trades.date.astype("datetime64[M]").astype(np.int64)
        whole = 0
        for which, line, amount in credits_:
            self.sums.add_rows(line, month[which], amount)
            whole += int(amount.sum())
        return whole

    def _close(self) -> Credits:
        """Prove that the sums hold, and give the result."""
        findings = in_id_order(self.refused)
        found = sum(finding.amount or 0 for finding in findings)
        sums = self.sums.close()
        charged = sum(self.deductions.values())
        parts = [("deductions", charged), ("credits", self.credited), ("findings", found)]
        refuse_unless_conserved(parts, ("gross", self.gross))
        both = [("credits", self.credited), ("overlays", self.overlaid)]
        refuse_unless_conserved(both, ("the sum of all lines", int(sums.amount.sum())))
        return Credits(
            job=self.job,
            trades=self.trades,
            gross=self.gross,
            deductions=dict(sorted(self.deductions.items())),
            credited=self.credited,
            overlaid=self.overlaid,
            findings=findings,
            reported=in_id_order(self.reported),
            sums=sums,
        )


def in_id_order(parts: Iterable[Findings]) -> Findings:
    """Put findings together: by what was expected, then by id, so that no cut of the trades shows."""
    every = [finding for part in parts for finding in part]
    every.sort(key=lambda f: (f.column, f.expected, f.id))
    made = Findings()
    for (table, column, expected), group in groupby(every, lambda f: (f.table, f.column, f.expected)):
        rows = list(group)
        made += Findings.of(
            table=table,
            column=column,
            rows=[f.row for f in rows],
            ids=[f.id for f in rows],
            values=[f.value for f in rows],
            expected=expected,
            amounts=[f.amount or 0 for f in rows],
        )
    return made


def _below_charges(step: Worked) -> Findings:
    """List credited trades whose charges exceed their commission, with their net."""
    rows = np.flatnonzero(step.charged.below)
    chunk = step.chunk.keep(step.charged.below)
    table = small_table(chunk.table, chunk.rows)
    return Findings.of(
        table="trades",
        column="commission",
        rows=chunk.numbers + chunk.offset,
        ids=table.id.tolist(),
        values=table.commission,
        expected=EXPECTED["below"][1],
        amounts=step.charged.net[rows],
    )
