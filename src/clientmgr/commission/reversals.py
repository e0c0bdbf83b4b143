"""Reversals: each takes back what its original was credited, in proportion to what is left of it.

L(x) is what the original's lines would be if only the gross amount x of it were left: each deduction in proportion,
net by difference, shares split anew by the original's own recipe. A reversal from x to y books L(y) - L(x), so any
complete sequence of partial reversals adds up to the exact negative. Rules never run on a reversal itself. One line of
a partial reversal can have the other sign by a fen: that is the price of each part adding up to its own amount.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import numpy as np

from clientmgr.commission.arith import scale
from clientmgr.commission.overlays import overlay_amounts
from clientmgr.commission.shares import share_out
from clientmgr.commission.sources import Chunk, Source, small_table
from clientmgr.commission.work import Refused, Run, Worked
from clientmgr.errors import Findings
from clientmgr.facts import Trades
from clientmgr.tables import AnyArray, Coded, Flags, Id, Int64

__all__ = ["Left", "Reversals", "Reversed", "find_reversals", "reversal_mask"]

MISSING = ("reverses", "the id of a trade that is there")
CHAIN = ("reverses", "the id of a trade that is no reversal itself")
BAD_ORIGINAL = ("reverses", "the id of a trade that can be credited")
TOO_EARLY = ("date", "a day not before that of the trade that it reverses")
OTHER_CLIENT = ("client", "the client of the trade that it reverses")
TOO_MUCH = ("commission", "the opposite of at most what is left of the trade that it reverses")


@attrs.frozen(eq=False)
class Left:
    """What is left of each of some originals: the fraction `part / whole` of its gross."""

    part: Int64
    whole: Int64

    def of(self, amounts: Int64) -> Int64:
        """Give this fraction of some amounts, rounded half up on the absolute value."""
        return scale(amounts, self.part, self.whole, "half_up")


@attrs.frozen(eq=False)
class Reversed:
    """Reversals whose originals were worked together.

    Attributes:
        trades: the reversals.
        worked: the originals.
        place: each reversal's original among them.
        before, after: what was left of the original before the reversal and after it.
        number: the row of each reversal among the trades.
    """

    trades: Trades
    worked: Worked
    place: Int64
    before: Left
    after: Left
    number: Int64

    @property
    def recipe(self) -> AnyArray:
        """The recipe of each original."""
        return self.worked.recipe[self.place]

    def state(self, left: Left) -> tuple[list[Int64], Int64]:
        """Give deduction lines and net when only a part of each original is left."""
        charged = self.worked.charged
        chunk = self.worked.chunk
        gross = left.of(chunk.of(chunk.table.commission)[self.place])
        lines = [left.of(line[self.place]) for line in charged.lines]
        return lines, gross - sum(lines, np.zeros(len(gross), np.int64))

    def lines(self) -> list[Int64]:
        """Give what each reversal changes on each deduction line."""
        before, after = self.state(self.before)[0], self.state(self.after)[0]
        return [later - sooner for sooner, later in zip(before, after, strict=True)]

    def credits(self) -> Iterator[tuple[Int64, AnyArray, Int64]]:
        """Give the conserved credits: which reversal, line, amount."""
        for net, sign in self._nets():
            for part in share_out(net, self.recipe, self.worked.prepared.recipes):
                rows = np.arange(len(net)) if part.rows is None else part.rows
                for line, amount in zip(part.line, part.amount, strict=True):
                    yield rows, line, amount * sign

    def overlays(self) -> Iterator[tuple[Int64, AnyArray, Int64]]:
        """Give the credits on top: which reversal, line, amount."""
        for net, sign in self._nets():
            which, line, amount = overlay_amounts(net, self.recipe, self.worked.prepared.overlays)
            yield which, line, amount * sign

    def _nets(self) -> Iterator[tuple[Int64, int]]:
        """Give the net after each reversal, and the net before it to be taken away."""
        yield self.state(self.after)[1], 1
        yield self.state(self.before)[1], -1

    def take(self, rows: AnyArray) -> "Reversed":
        """Keep some of the reversals."""
        return Reversed(
            self.trades.take(rows),
            self.worked,
            self.place[rows],
            Left(self.before.part[rows], self.before.whole[rows]),
            Left(self.after.part[rows], self.after.whole[rows]),
            self.number[rows],
        )


@attrs.frozen(eq=False)
class Reversals:
    """All reversals of a run, resolved.

    Attributes:
        reversed: those that take something back, by the edition that worked their originals.
        findings: the others, with their amounts.
    """

    reversed: list[Reversed]
    findings: Findings


def reversal_mask(chunk: Chunk) -> Flags | None:
    """Mark the reversals among some trades; None where there are none."""
    column = chunk.table.reverses
    if not len(column.vocabulary):
        return None
    mask: Flags = chunk.of(column.codes) >= 0
    return mask if mask.any() else None


def find_reversals(run: Run, aside: list[tuple[Trades, Int64]], source: Source, originals: Source | None) -> Reversals:
    """Find the originals of some reversals and what earlier reversals have left of them.

    Args:
        run: the run.
        aside: the reversals, each table with the row numbers of its trades.
        source: all trades, gone through once more for originals and earlier reversals.
        originals: where else to look.
    """
    wanted = Coded.concat([table.reverses for table, _ in aside]).compact()
    places = [] if source.once else [source]
    places += [] if originals is None else [originals]
    siblings = _Siblings([table for table, _ in aside])
    found: dict[Id, tuple[Worked, int]] = {}
    known: set[Id] = set()
    for place in places:
        for table, _ in place.tables():
            siblings.add(small_table(table, _reversals_of(table, wanted)))
            rows = table.rows(Coded.from_codes(wanted.vocabulary, np.arange(len(wanted.vocabulary))))
            chunk = Chunk(small_table(table, np.sort(rows[rows >= 0])), slice(0, int((rows >= 0).sum())))
            _work_originals(run, chunk, found, known)
    return _resolve(aside, siblings, found, known)


def _reversals_of(table: Trades, wanted: Coded) -> Flags:
    """Mark the reversals of wanted trades."""
    return (table.reverses.recode(wanted) >= 0) & ~table.reverses.missing


def _work_originals(run: Run, chunk: Chunk, found: dict[Id, tuple[Worked, int]], known: set[Id]) -> None:
    """Work originals out anew, each by what it was credited by."""
    fresh = np.array([word not in known for word in chunk.of(chunk.table.id).tolist()], bool)
    if not fresh.any():
        return
    chunk = chunk.keep(fresh)
    known.update(chunk.of(chunk.table.id).tolist())
    backward = reversal_mask(chunk)
    plain = chunk if backward is None else chunk.keep(~backward)
    for part, plan, batch in run.pinned_parts(plain):
        for worked in run.work(part, plan, batch):
            if isinstance(worked, Worked):
                ids = worked.chunk.of(worked.chunk.table.id).tolist()
                found.update({word: (worked, i) for i, word in enumerate(ids)})


class _Siblings:
    """All reversals of the wanted originals, each once."""

    def __init__(self, tables: list[Trades]) -> None:
        """Start with the reversals at hand."""
        self.rows: dict[Id, tuple[Any, ...]] = {}
        for table in tables:
            self.add(table)

    def add(self, table: Trades) -> None:
        """Add the rows of a table that are not there yet."""
        columns = (table.id, table.reverses, table.date.view(np.int64), table.client, table.commission)
        for row in zip(*(column.tolist() for column in columns), strict=True):
            self.rows.setdefault(row[0], row)

    def by_original(self) -> dict[Id, list[tuple[Any, ...]]]:
        """Give the reversals of each original in the order of (date, id)."""
        found: dict[Id, list[tuple[Any, ...]]] = {}
        for row in sorted(self.rows.values(), key=lambda row: (row[2], row[0])):
            found.setdefault(row[1], []).append(row)
        return found


@attrs.frozen(eq=False)
class _Step:
    """One accepted reversal: its original's place, and what was left before and after."""

    worked: Worked
    place: int
    before: int
    after: int
    whole: int


def _resolve(
    aside: list[tuple[Trades, Int64]],
    siblings: _Siblings,
    found: dict[Id, tuple[Worked, int]],
    known: set[Id],
) -> Reversals:
    """Accept or refuse each reversal, original by original, and gather what is at hand."""
    steps: dict[Id, _Step | tuple[str, str]] = {}
    for original, rows in siblings.by_original().items():
        if original in found:
            steps.update(_walk(*found[original], rows))
        else:
            reason = MISSING if original not in known else BAD_ORIGINAL
            reason = CHAIN if original in siblings.rows else reason
            steps.update((row[0], reason) for row in rows)
    findings = Findings()
    made: list[Reversed] = []
    for table, number in aside:
        verdicts = [steps[word] for word in table.id.tolist()]
        findings += _refused(table, number, verdicts)
        made += _accepted(table, number, verdicts)
    return Reversals(made, findings)


def _walk(worked: Worked, place: int, rows: list[tuple[Any, ...]]) -> Iterator[tuple[Id, "_Step | tuple[str, str]"]]:
    """Go through the reversals of one original and keep count of what is left."""
    table, at = worked.chunk.table, int(worked.chunk.numbers[place])
    gross, date = int(table.commission[at]), int(table.date[at].astype(np.int64))
    client = table.client[at]
    left, whole = (abs(gross), abs(gross)) if gross else (1, 1)
    for word, _, day, who, commission in rows:
        taken = -commission if gross >= 0 else commission
        taken = taken if gross else 1 - (commission != 0) * 2
        if who != client:
            yield word, OTHER_CLIENT
        elif day < date:
            yield word, TOO_EARLY
        elif not 0 <= taken <= left:
            yield word, TOO_MUCH
        else:
            yield word, _Step(worked, place, left, left - taken, whole)
            left -= taken


def _refused(table: Trades, number: Int64, verdicts: list[_Step | tuple[str, str]]) -> Findings:
    """List the reversals that take nothing back."""
    findings = Findings()
    for reason in dict.fromkeys(v for v in verdicts if isinstance(v, tuple)):
        rows = np.array([i for i, v in enumerate(verdicts) if v == reason])
        findings += finding_rows(table.take(rows), number[rows], *reason)
    return findings


def _accepted(table: Trades, number: Int64, verdicts: list[_Step | tuple[str, str]]) -> list[Reversed]:
    """Gather the reversals that take something back by where their originals were worked."""
    groups: dict[int, list[int]] = {}
    for i, verdict in enumerate(verdicts):
        if isinstance(verdict, _Step):
            groups.setdefault(id(verdict.worked), []).append(i)
    return [_gather(table, number, np.array(rows), verdicts) for rows in groups.values()]


def _gather(table: Trades, number: Int64, rows: Int64, verdicts: list[Any]) -> Reversed:
    """Put the steps of some reversals into columns."""
    steps: list[_Step] = [verdicts[row] for row in rows.tolist()]
    column = {
        name: np.array([getattr(step, name) for step in steps], np.int64)
        for name in ("place", "before", "after", "whole")
    }
    return Reversed(
        trades=table.take(rows),
        worked=steps[0].worked,
        place=column["place"],
        before=Left(column["before"], column["whole"]),
        after=Left(column["after"], column["whole"]),
        number=number[rows],
    )


def finding_rows(table: Trades, number: Int64, column: str, expected: str) -> Findings:
    """List trades with their amounts, for one reason."""
    values: Any = getattr(table, column)
    shown = values.astype(str) if column == "date" else values
    return Findings.of(
        table="trades",
        column=column,
        rows=number,
        ids=table.id.tolist(),
        values=shown.tolist(),
        expected=expected,
        amounts=table.commission,
    )


def refused_findings(refused: Iterable[Refused], expected: dict[str, tuple[str, str]]) -> Findings:
    """List trades that could not be credited."""
    findings = Findings()
    for each in refused:
        numbers = each.chunk.numbers
        table = small_table(each.chunk.table, numbers)
        findings += finding_rows(table, numbers + each.chunk.offset, *expected[each.reason])
    return findings
