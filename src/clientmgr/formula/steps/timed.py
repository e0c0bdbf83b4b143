"""Steps over time: the calendar, ages, look-backs, runs, carries."""

from collections.abc import Callable, Sequence

import numpy as np

from clientmgr.formula import nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column, first_mark
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.machine import Machine, longer_run, zero_where
from clientmgr.formula.numbers import Bools, Ints, Numbers
from clientmgr.formula.steps.plain import all_hold, any_holds
from clientmgr.formula.timeline import ordinals, window_length
from clientmgr.periods import add_months

__all__ = ["FUNCTIONS", "bounds", "depth"]

Args = Sequence[Column]
SHORT = "history too short"
YEAR_MONTHS = 12


def _calendar(step: Step, _args: Args, frame: Frame) -> Column:
    """Give a fact of each row's period."""
    node: nodes.Calendar = step.node  # type: ignore[assignment]
    fact = frame.timeline.fact(node.what)
    each = fact if len(fact) == 1 else fact[frame.period_rows(step.grain)]
    if node.what.endswith("_end"):
        return Column(each == 1)
    column = frame.whole(each)
    if node.what != "trading_days":
        return column
    return frame.refused(column, each < 0, step, "the trading days were not told")


def _age(step: Step, args: Args, frame: Frame) -> Column:
    """Count from a day to the period's end, or to another day."""
    node: nodes.Age = step.node  # type: ignore[assignment]
    since = _days(args[0])
    if node.until is None:
        end = frame.timeline.end
        until = end if len(end) == 1 else end[frame.period_rows(step.grain)]
    else:
        until = _days(args[1])
    since, until = np.broadcast_arrays(since, until)
    result = Column(frame.whole(_count(node, since, until, frame)).data, first_mark([arg.mark for arg in args]))
    return frame.refused(result, since > until, step, "the date lies after the day counted to")


def _count(node: nodes.Age, since: Ints, until: Ints, frame: Frame) -> Ints:
    """Count days, whole months or periods."""
    if node.unit == "days":
        return until - since
    if node.unit == "periods":
        kind = frame.timeline.kind
        passed = ordinals(until, kind) - ordinals(since, kind)
        return passed + (node.entry == "counted")
    begun = (until.astype("M8[D]").astype("M8[M]") - since.astype("M8[D]").astype("M8[M]")).astype(np.int64)
    reached = add_months(since.astype("M8[D]"), begun).astype(np.int64)
    return np.asarray(begun - (reached > until))


def _days(column: Column) -> Ints:
    """Give days as integers; an undefined one as the first day of 1970."""
    days = np.rint(column.numbers.floats()).astype(np.int64)
    return days if column.mark is None else np.where(column.mark == 0, days, 0)


def _carry(step: Step, args: Args, frame: Frame) -> Column:
    """Give the opening balance: what is stored, or how the carry opens for a newcomer."""
    node: nodes.Carry = step.node  # type: ignore[assignment]
    stored = _machine(frame).carry(node.name)
    if stored is None:
        return args[0]
    return stored.column if stored.known is None else stored.column.where(stored.known, args[0])


def _run(step: Step, args: Args, frame: Frame) -> Column:
    """Give the length of a run, of which periods begun before `since` do not count."""
    node: rows.Run = step.node  # type: ignore[assignment]
    length = longer_run(_machine(frame).run(node.name), args[0])
    if node.since is None:
        return Column(frame.numbers.of_integers(length.codes), length.mark)
    since, now = _days(args[1]), int(frame.timeline.ordinal[0])
    # The first period that begins on the day or later is the one after that of the day before.
    first = ordinals(since - 1, frame.timeline.kind) + 1
    counted = np.minimum(length.codes, np.maximum(now - first + 1, 0))
    return Column(frame.numbers.of_integers(counted), first_mark([length.mark, args[1].mark]))


def _machine(frame: Frame) -> Machine:
    """Give the state, which every frame of a single period has."""
    if frame.machine is None:  # pragma: no cover - stateful steps run in single periods only
        raise AssertionError("a stateful step was run without state")
    return frame.machine


def depth(node: rows.Back, kind_months: int) -> int:
    """Say over how many earlier periods a look-back reaches."""
    if node.last is not None:
        return node.last + node.skip - 1
    months = {"quarter": 3, "half": 6, "year": 12, "last_year": 24}[str(node.window)]
    return max(months // kind_months, 1) + node.skip


def bounds(node: rows.Back, kind: str, now: int) -> tuple[int, int]:
    """Give the first and the last ordinal of a look-back."""
    if node.last is not None:
        return now - node.skip - node.last + 1, now - node.skip
    first, last = window_length(str(node.window), kind, now)
    return first, last if node.window == "last_year" else last - node.skip


def _back(step: Step, args: Args, frame: Frame) -> Column:
    """Fold a name over periods."""
    node: rows.Back = step.node  # type: ignore[assignment]
    now = int(frame.timeline.ordinal[0])
    first, last = bounds(node, frame.timeline.kind, now)
    machine = _machine(frame)
    found = [(past.kept.column, past.kept.known) for past in machine.history(node.name, first, last)]
    if args and first <= now <= last:
        found.append((args[0], None))
    wanted = max(last - first + 1, 0)
    return _fold(step, found, wanted, frame)


Found = list[tuple[Column, Bools | None]]


def _fold(step: Step, found: Found, wanted: int, frame: Frame) -> Column:
    """Fold what was found of the wanted periods."""
    node: rows.Back = step.node  # type: ignore[assignment]
    seen: Ints = np.zeros(1, dtype=np.int64)
    for _, known in found:
        seen = seen + (1 if known is None else known)
    result = _FOLDS[node.take](found, seen, wanted, node.short, frame)
    empty = result is None
    result = frame.blank(node.name) if result is None else result
    none = (seen == 0) | empty
    if node.short == "refuse":
        result = frame.refused(result, seen < wanted, step, SHORT)
    if node.take in ("mean", "max", "min", "latest") and (node.short != "zero" or wanted == 0):
        result = frame.refused(result, none, step, SHORT)
    return result


def _summed(found: Found, _seen: Ints, _wanted: int, _short: str, frame: Frame) -> Column | None:
    """Add up what is known."""
    parts = [zero_where(column, known, frame.constant(0)) for column, known in found]
    if not parts:
        return Column(frame.constant(0))
    total = parts[0].numbers
    for part in parts[1:]:
        total = total.plus(part.numbers)
    return Column(total, first_mark([part.mark for part in parts]))


def _meant(found: Found, seen: Ints, wanted: int, short: str, frame: Frame) -> Column | None:
    """Take the mean over what is known, or over all that was wanted."""
    total = _summed(found, seen, wanted, short, frame)
    by = seen if short == "partial" else np.array([wanted])
    if total is None or not found:
        return None if short != "zero" else total
    data, _ = total.numbers.over(frame.numbers.of_integers(np.maximum(by, 1)))
    return Column(data, total.mark)


def _extreme(method: str) -> Callable[[Found, Ints, int, str, Frame], Column | None]:
    """Make the fold that takes the largest or the smallest."""

    def fold(found: Found, seen: Ints, wanted: int, short: str, frame: Frame) -> Column | None:
        """Take the extreme of what is known; a missing period is 0 if it says so."""
        best: Column | None = None
        had: Bools = np.zeros(1, dtype=np.bool_)
        for column, known in found:
            best = column if best is None else _better(best, column, known, had, method)
            had = had | (True if known is None else known)
        if best is not None and short == "zero":
            with_zero = getattr(best.numbers, method)(frame.constant(0))
            none = Column(frame.constant(0))
            best = none.where(seen == 0, Column(with_zero, best.mark).where(seen < wanted, best))
        return best

    return fold


def _better(best: Column, column: Column, known: Bools | None, seen: Bools, method: str) -> Column:
    """Take the better of the best so far and one more period."""
    both = Column(getattr(best.numbers, method)(column.numbers), first_mark([best.mark, column.mark]))
    both = both.where(seen, column)
    return both if known is None else both.where(known, best)


def _counted(found: Found, _seen: Ints, _wanted: int, _short: str, frame: Frame) -> Column | None:
    """Count the yes of a flag, or the periods in which another name was defined."""
    total, marks = np.zeros(1, dtype=np.int64), []
    for column, known in found:
        if isinstance(column.data, Numbers) or column.data.dtype != np.bool_:
            here = np.ones(1, dtype=np.bool_) if column.mark is None else column.mark == 0
        else:
            here = column.flags
            if column.mark is not None:
                marks.append(column.mark if known is None else np.where(known, column.mark, 0))
        total = total + (here if known is None else here & known)
    return Column(frame.numbers.of_integers(total), first_mark(marks))


def _flagged(*, every: bool) -> Callable[[Found, Ints, int, str, Frame], Column | None]:
    """Make the fold that says whether a flag was yes in all periods, or in any."""

    def fold(found: Found, seen: Ints, wanted: int, short: str, _frame: Frame) -> Column | None:
        """Ask all known periods; a missing one is no if it says so."""
        neutral = Column(np.array([every]))
        flags = [neutral]
        for column, known in found:
            flags.append(column if known is None else column.where(known, neutral))
        if every and short == "zero":
            flags.append(Column(seen >= wanted))
        return all_hold(flags) if every else any_holds(flags)

    return fold


def _latest(found: Found, seen: Ints, _wanted: int, short: str, frame: Frame) -> Column | None:
    """Take the latest that is known."""
    if not found:
        return None
    result = found[0][0]
    for column, known in found[1:]:
        result = column if known is None else column.where(known, result)
    return Column(frame.constant(0)).where(seen == 0, result) if short == "zero" else result


_FOLDS = {
    "sum": _summed,
    "mean": _meant,
    "max": _extreme("larger"),
    "min": _extreme("smaller"),
    "count": _counted,
    "all": _flagged(every=True),
    "any": _flagged(every=False),
    "latest": _latest,
}

FUNCTIONS: dict[type[Formula], Callable[[Step, Args, Frame], Column]] = {
    nodes.Calendar: _calendar,
    nodes.Age: _age,
    nodes.Carry: _carry,
    rows.Back: _back,
    rows.Run: _run,
}
