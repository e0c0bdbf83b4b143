"""Single credits of some trades, floor parts and odd fen apart: what corrections are reckoned from."""

from collections.abc import Iterator

import attrs
import numpy as np

from clientmgr.commission.accumulate import months_of, refuse_unless_conserved
from clientmgr.commission.overlays import overlay_amounts
from clientmgr.commission.reversals import Reversed, find_reversals
from clientmgr.commission.shares import share_parts
from clientmgr.commission.sources import Chunk, Source
from clientmgr.commission.work import Run, Worked
from clientmgr.facts import Trades
from clientmgr.tables import AnyArray, Int64

__all__ = ["Entries", "entries_of"]


@attrs.frozen(eq=False)
class Entries:
    """Credits one by one.

    Attributes:
        row: the trade's row in its table.
        line: the line credited.
        month: the source month, counted from January 1970.
        floor: the amount without the odd fen.
        odd: the odd fen: -1, 0 or 1 (of a reversal, the difference of two).
    """

    row: Int64
    line: Int64
    month: Int64
    floor: Int64
    odd: Int64


def entries_of(run: Run, table: Trades, wanted: AnyArray) -> Entries:
    """Work out the credits of the wanted trades of a small table that has all that they reverse.

    Each trade is worked by what its attribution month stands by in the run; one that cannot be credited has none.
    """
    blocks = [*_plain(run, table, wanted), *_backward(run, table, wanted)]
    columns = [np.concatenate([b[i] for b in blocks] or [np.empty(0, np.int64)]) for i in range(4)]
    row, line, floor, odd = (column.astype(np.int64) for column in columns)
    return Entries(row, line, months_of(table.date)[row], floor, odd)


Block = tuple[AnyArray, AnyArray, AnyArray, AnyArray]


def _plain(run: Run, table: Trades, wanted: AnyArray) -> Iterator[Block]:
    """Work plain trades."""
    rows = np.flatnonzero(wanted & table.reverses.missing)
    if not len(rows):
        return
    for part, plan, batch in run.pinned_parts(Chunk(table, rows)):
        for worked in run.work(part, plan, batch):
            if isinstance(worked, Worked):
                yield from _of_net(worked, worked.charged.net, worked.recipe, worked.chunk.numbers, 1)


def _backward(run: Run, table: Trades, wanted: AnyArray) -> Iterator[Block]:
    """Work reversals: what is left after each, less what was left before it."""
    rows = np.flatnonzero(wanted & ~table.reverses.missing)
    if not len(rows):
        return
    for each in find_reversals(run, [(table.take(rows), rows)], Source.of(table), None).reversed:
        yield from _of_reversed(each)


def _of_reversed(each: Reversed) -> Iterator[Block]:
    """Give the two states of some reversals."""
    for left, sign in ((each.after, 1), (each.before, -1)):
        net = each.state(left)[1]
        yield from _of_net(each.worked, net, each.recipe, each.number, sign)


def _of_net(worked: Worked, net: Int64, recipe: AnyArray, number: Int64, sign: int) -> Iterator[Block]:
    """Share some nets out, and give the credits on top of them."""
    inside = 0
    for part, odd in share_parts(net, recipe, worked.prepared.recipes):
        rows = np.arange(len(net)) if part.rows is None else part.rows
        inside += int(part.amount.sum())
        for line, amount, fen in zip(part.line, part.amount, odd, strict=True):
            yield number[rows], line, (amount - fen) * sign, fen * sign
    refuse_unless_conserved([("credits", inside)], ("net", int(net.sum())))
    which, line, amount = overlay_amounts(net, recipe, worked.prepared.overlays)
    yield number[which], line, amount * sign, np.zeros(len(which), np.int64)
