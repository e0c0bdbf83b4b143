"""`Trace`: one trade, replayed step by step."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from clientmgr.commission.lines import LINE_KEYS
from clientmgr.commission.overlays import overlay_amounts
from clientmgr.commission.reversals import Left, Reversed, find_reversals
from clientmgr.commission.shares import share_parts
from clientmgr.commission.sources import Chunk, small_table
from clientmgr.commission.work import EXPECTED, Refused, Run, Worked
from clientmgr.errors import DataError, Findings
from clientmgr.facts import Trades
from clientmgr.money import format_fen
from clientmgr.ownership import KINDS
from clientmgr.tables import AnyArray, Coded, Id, Result, text_table

if TYPE_CHECKING:
    from clientmgr.commission.attribution import Job

__all__ = ["Trace", "TracedCredit", "trace_trade"]


@attrs.frozen
class TracedCredit:
    """One credit of one trade.

    Attributes:
        manager, team, pool, branch, role, kind, funder, treatment, origin, acquired: the line that it is on.
        share: the exact part of the net commission.
        amount: fen.
        odd: -1, 0 or 1: what of the amount is an odd fen of the split; 0 for credits on top.
    """

    manager: Id | None
    team: Id | None
    pool: str | None
    branch: Id | None
    role: str
    kind: str
    funder: str
    treatment: str
    origin: str
    acquired: str
    share: Fraction
    amount: int
    odd: int

    @property
    def who(self) -> str:
        """Name the party in words."""
        if self.pool is not None:
            return f"pool {self.pool}" + (f" of {self.branch}" if self.pool != "house" else "")
        if self.manager is None:
            return f"team {self.team}"
        through = f" through team {self.team}" if self.team is not None else ""
        return f"manager {self.manager}{through}"


@attrs.frozen(eq=False, repr=False, slots=False)
class Trace(Result):
    """How one trade's commission went, from gross to each credit; amounts in fen.

    For a reversal the deductions, the net and the credits are what it changes, and the shares are its original's.

    Attributes:
        trade: its id.
        client: whose trade it is.
        date: its day.
        reverses: the original, for a reversal.
        gross: the commission.
        deductions: name and amount of each line, in order.
        net: what remains.
        credits: who got what; the conserved ones sum to the net exactly.
        since: the first day of the owner set in force.
        came_by: the kind of change that made it.
        plan: the name of the plan's edition.
        batch: the last batch of the ledger that counted.
    """

    trade: Id
    client: Id
    date: np.datetime64
    reverses: Id | None
    gross: int
    deductions: tuple[tuple[str, int], ...]
    net: int
    credits: tuple[TracedCredit, ...]
    since: np.datetime64
    came_by: str
    plan: str
    batch: int

    def __repr__(self) -> str:
        """Show the way from gross to net, and how many credits."""
        return f"Trace({self.trade!r}: gross {self.gross:,}, net {self.net:,}, {len(self.credits)} credits)"

    def __str__(self) -> str:
        """Tell the whole way in words."""
        what = "" if self.reverses is None else f", reversing {self.reverses}"
        head = f"trade {self.trade} of client {self.client} on {self.date}{what}"
        steps = [("commission", self.gross), *((f"less {n}", -a) for n, a in self.deductions)]
        steps.append(("net commission", self.net))
        way = text_table({"step": [name for name, _ in steps], "amount": [format_fen(a) for _, a in steps]}, indent=2)
        owners = f"owners since {self.since} ({self.came_by}), as known at batch {self.batch}"
        return f"{head}\n{way}\n{owners}\n{self._credits_in_words()}"

    def _credits_in_words(self) -> str:
        """Lay the credits out as text."""
        rows = self.credits
        return text_table(
            {
                "who": [row.who for row in rows],
                "as": [" ".join(filter(None, (row.role, row.kind))) for row in rows],
                "share": [str(row.share) for row in rows],
                "amount": [format_fen(row.amount) for row in rows],
                "odd fen": [f"{row.odd:+d}" if row.odd else "" for row in rows],
            },
            indent=2,
        )

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the credits as columns; shares as text."""
        names = [field.name for field in attrs.fields(TracedCredit)]
        columns = {n: [getattr(row, n) for row in self.credits] for n in names}
        columns["share"] = [str(share) for share in columns["share"]]
        coded = {name: np.asarray(Coded.of(columns[name])) for name in (*LINE_KEYS, "share")}
        return coded | {name: np.array(columns[name], np.int64) for name in ("amount", "odd")}


def trace_trade(job: "Job", trade: Id) -> Trace:
    """Find a trade of a job and replay it.

    Raises:
        DataError: it is not there, or could not be credited.
    """
    table = _find(job, trade)
    run = job.start()
    if table.reverses[0] is not None:
        found = find_reversals(run, [(table, np.zeros(1, np.int64))], job.source, job.originals)
        if len(found.findings):
            raise DataError.of(found.findings, f"trade {trade!r} was not credited")
        return _trace_reversal(run, found.reversed[0])
    for step in run.work(Chunk(table, slice(0, 1))):
        if isinstance(step, Worked):
            return _trace_plain(run, step)
        _refuse(step, trade)
    raise DataError(f"trade {trade!r} was not credited")


def _find(job: "Job", trade: Id) -> Trades:
    """Find the row of a trade, as a table of one row."""
    for table, _ in job.source.tables():
        code = table.id.code(trade)
        if code >= 0:
            row = small_table(table, np.flatnonzero(table.id.codes == code))
            if job.period is None or job.period.contains(row.date[0]):
                return row
    finding = Findings.of(
        table="trades", column="id", rows=[-1], values=[trade], expected="a trade that was attributed"
    )
    raise DataError.of(finding, f"cannot trace {trade!r}")


def _refuse(step: Refused, trade: Id) -> None:
    """Say why a trade was not credited."""
    column, expected = EXPECTED[step.reason]
    value = str(getattr(step.chunk.table, column)[0])
    finding = Findings.of(table="trades", column=column, rows=[-1], ids=[trade], values=[value], expected=expected)
    raise DataError.of(finding, f"trade {trade!r} was not credited")


def _trace_plain(run: Run, worked: Worked) -> Trace:
    """Spell out a plain trade."""
    table = worked.chunk.table
    (part, odd), *_ = share_parts(worked.charged.net, worked.recipe, worked.prepared.recipes)
    pairs = zip(part.line[:, 0].tolist(), part.amount[:, 0].tolist(), odd[:, 0].tolist(), strict=True)
    _, line, amount = worked.overlays()
    on_top = zip(line.tolist(), amount.tolist(), strict=True)
    return _spelled_out(
        run,
        worked,
        table,
        lines=[int(each[0]) for each in worked.charged.lines],
        net=int(worked.charged.net[0]),
        shares=list(pairs),
        on_top=list(on_top),
    )


def _trace_reversal(run: Run, each: Reversed) -> Trace:
    """Spell out a reversal: the difference of two states of its original."""
    states = [_state(each, left) for left in (each.before, each.after)]
    before, after = states
    odd = {line: o for line, _, o in before[0]}
    shares = [(n, a - b, o - odd[n]) for (n, a, o), (_, b, _) in zip(after[0], before[0], strict=True)]
    on_top = [(n, a - b) for (n, a), (_, b) in zip(after[1], before[1], strict=True)]
    return _spelled_out(
        run,
        each.worked,
        each.trades,
        lines=[int(line[0]) for line in each.lines()],
        net=each.state(each.after)[1].item() - each.state(each.before)[1].item(),
        shares=shares,
        on_top=on_top,
        place=int(each.place[0]),
    )


def _state(each: Reversed, left: Left) -> tuple[list[Any], list[Any]]:
    """Give shares (line, amount, odd) and overlays (line, amount) of a state of an original."""
    net = each.state(left)[1]
    (part, odd), *_ = share_parts(net, each.recipe, each.worked.prepared.recipes)
    _, line, amount = overlay_amounts(net, each.recipe, each.worked.prepared.overlays)
    shares = zip(part.line[:, 0].tolist(), part.amount[:, 0].tolist(), odd[:, 0].tolist(), strict=True)
    return list(shares), list(zip(line.tolist(), amount.tolist(), strict=True))


def _spelled_out(
    run: Run,
    worked: Worked,
    table: Trades,
    *,
    lines: list[int],
    net: int,
    shares: list[tuple[int, int, int]],
    on_top: list[tuple[int, int]],
    place: int = 0,
) -> Trace:
    """Put numbers and names together."""
    prepared, recipe = worked.prepared, int(worked.recipe[place])
    mark = int(prepared.owners.calendar.mark[worked.row[place]])
    names = run.lines.columns()
    parts = _exact_parts(worked, recipe)
    rates = _exact_rates(worked, recipe)
    every = [(*row, part) for row, part in zip(shares, parts, strict=True)]
    every += [(line, amount, 0, rate) for (line, amount), rate in zip(on_top, rates, strict=True)]
    return Trace(
        trade=table.id[0],
        client=worked.chunk.of(worked.chunk.table.client)[place],
        date=table.date[0],
        reverses=table.reverses[0],
        gross=int(table.commission[0]),
        deductions=tuple(zip(prepared.plan.lines, lines, strict=True)),
        net=net,
        credits=tuple(
            TracedCredit(**{k: names[k][n] for k in LINE_KEYS}, share=p, amount=a, odd=o) for n, a, o, p in every
        ),
        since=np.datetime64(int(prepared.owners.valid[mark]), "D"),
        came_by=KINDS[int(prepared.owners.kind[mark])],
        plan=prepared.plan.name,
        batch=prepared.owners.batch,
    )


def _exact_parts(worked: Worked, recipe: int) -> list[Fraction]:
    """Give the exact shares of a recipe."""
    recipes = worked.prepared.recipes
    rows = slice(int(recipes.start[recipe]), int(recipes.start[recipe + 1]))
    base = int(recipes.base[recipe])
    return [Fraction(weight, base) for weight in recipes.weight[rows].tolist()]


def _exact_rates(worked: Worked, recipe: int) -> list[Fraction]:
    """Give the exact overlay rates of a recipe."""
    overlays = worked.prepared.overlays
    rows = slice(int(overlays.start[recipe]), int(overlays.start[recipe + 1]))
    return [overlays.rates[rate] for rate in overlays.rate[rows].tolist()]
