"""The oracle's walk over item rows, other managers and earlier periods."""

import datetime as dt
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from clientmgr.formula import rows
from clientmgr.formula.base import Formula
from clientmgr.testing.formula.told import MONTHS, Spot, Undefined

if TYPE_CHECKING:
    from clientmgr.testing.formula.oracle import Oracle

__all__ = ["ROW_WALKS", "decide"]


def decide(values: Iterable[Any], decisive: bool) -> Any:  # noqa: FBT001
    """Let one sure answer decide, else an undefined one."""
    listed = list(values)
    if any(value is decisive for value in listed):
        return decisive
    return next((v for v in listed if isinstance(v, Undefined)), not decisive)


def _field(oracle: "Oracle", node: rows.Field, at: Spot) -> Any:
    """Read a field of the item row."""
    value = oracle.periods[at.t].items[str(at.table)][int(at.item or 0)][node.name]
    return Undefined(f"the field {node.name!r} is missing") if value is None else value


def _total(oracle: "Oracle", node: rows.Total, at: Spot) -> Any:
    """Fold the manager's own item rows."""
    owner = oracle.rules.items[node.table].owner
    items = oracle.periods[at.t].items[node.table]
    spots = [Spot(at.t, at.manager, node.table, i) for i, item in enumerate(items) if item[owner] == at.manager]
    wanted = [True if node.where is None else oracle.of(node.where, spot) for spot in spots]
    doubt = next((flag for flag in wanted if isinstance(flag, Undefined)), None)
    if doubt is not None:
        return doubt
    spots = [spot for spot, flag in zip(spots, wanted, strict=True) if flag]
    if node.take is None:
        return Fraction(len(spots))
    values = [oracle.of(node.take, spot) for spot in spots]
    return _folded(node.how, values)


def _folded(how: str, values: list[Any]) -> Any:
    """Fold values."""
    doubt = next((value for value in values if isinstance(value, Undefined)), None)
    if doubt is not None:
        return doubt
    if how == "sum":
        return sum(values, Fraction(0))
    if not values:
        return Undefined("no row")
    if how == "mean":
        return Fraction(sum(values)) / len(values)
    return max(values) if how == "max" else min(values)


def _at(oracle: "Oracle", node: rows.At, at: Spot) -> Any:
    """Read a figure of another manager."""
    who = oracle.of(node.pointer, at)
    return who if isinstance(who, Undefined) else oracle.of(node.take, Spot(at.t, who))


def _reads_field(node: Formula) -> bool:
    """Say whether a formula reads a field of the item row around it."""
    if isinstance(node, rows.Field):
        return True
    if isinstance(node, rows.Total):
        return False
    parts = [node.pointer] if isinstance(node, rows.At) else [part for _, part in node.parts()]
    return any(_reads_field(part) for part in parts)


def _peers(oracle: "Oracle", node: rows.Peers, at: Spot) -> Any:
    """Compare with the group: with item rows only where a field is read, else with managers."""
    if not any(_reads_field(part) for _, part in node.parts()):
        # A figure of managers is the same wherever it stands, so that naming it changes nothing.
        at = Spot(at.t, at.manager)
    if at.table is None:
        everyone = [Spot(at.t, m) for m in oracle.periods[at.t].managers]
    else:
        owner = oracle.rules.items[at.table].owner
        items = oracle.periods[at.t].items[at.table]
        everyone = [Spot(at.t, item[owner], at.table, i) for i, item in enumerate(items)]
    own = [oracle.of(part, at) for part in node.within]
    for value in own:
        if isinstance(value, Undefined):
            return value
    group = [spot for spot in everyone if [oracle.of(p, spot) for p in node.within] == own]
    admitted = _admitted(oracle, node, group)
    if isinstance(admitted, Undefined):
        return admitted
    return _peer_figure(oracle, node, admitted, at)


def _admitted(oracle: "Oracle", node: rows.Peers, group: list[Spot]) -> Any:
    """Find who of a group counts; one undefined member spoils it."""
    if node.where is not None:
        flags = [oracle.of(node.where, spot) for spot in group]
        doubt = next((flag for flag in flags if isinstance(flag, Undefined)), None)
        if doubt is not None:
            return doubt
        group = [spot for spot, flag in zip(group, flags, strict=True) if flag]
    needed = [node.of] if node.tie is None else [node.of, node.tie]
    for spot in group:
        values = oracle.all_of(needed, spot)
        if isinstance(values, Undefined):
            return values
    return group


def _peer_figure(oracle: "Oracle", node: rows.Peers, group: list[Spot], at: Spot) -> Any:
    """Compute the figure of a group."""
    values = [oracle.of(node.of, spot) for spot in group]
    if node.take == "count":
        return Fraction(sum(value is not False for value in values))
    if node.take == "rank":
        return _rank(oracle, node, group, at)
    plain = [Fraction(v) if isinstance(v, bool) else v for v in values]
    return _folded(node.take, plain)


def _rank(oracle: "Oracle", node: rows.Peers, group: list[Spot], at: Spot) -> Any:
    """Count who is ahead."""
    if at not in group:
        return Undefined("left out of its peers")

    def ahead(one: Spot, other: Spot) -> bool:
        """Say whether one is ahead of the other."""
        a, b = oracle.of(node.of, one), oracle.of(node.of, other)
        if a != b:
            return bool(a > b) if node.order == "largest" else bool(a < b)
        return node.tie is not None and bool(oracle.of(node.tie, one) > oracle.of(node.tie, other))

    return Fraction(1 + sum(ahead(spot, at) for spot in group))


def _wanted(oracle: "Oracle", node: rows.Back, t: int) -> range:
    """List the periods of a look-back."""
    now = oracle.now(t)
    if node.last is not None:
        return range(now - node.skip - node.last + 1, now - node.skip + 1)
    year = 12 // MONTHS[oracle.rules.period]
    if node.window == "last_year":
        return range((now // year - 1) * year, now // year * year)
    months = {"year": 12, "half": 6, "quarter": 3}[str(node.window)]
    size = max(months // MONTHS[oracle.rules.period], 1)
    return range(now // size * size, now - node.skip + 1)


def _back(oracle: "Oracle", node: rows.Back, at: Spot) -> Any:
    """Fold a name over periods."""
    wanted = _wanted(oracle, node, at.t)
    seen = [
        oracle.figure(node.name, t, at.manager)
        for t in range(at.t + 1)
        if oracle.now(t) in wanted and at.manager in oracle.periods[t].managers
    ]
    missing = len(wanted) - len(seen)
    result = _over_time(node, seen, missing, flag=oracle.is_flag(node.name))
    if isinstance(result, Undefined):
        return result
    if node.short == "refuse" and missing:
        return Undefined("history too short")
    return result


def _over_time(node: rows.Back, seen: list[Any], missing: int, *, flag: bool) -> Any:
    """Fold what is known of the wanted periods."""
    zeros = missing if node.short == "zero" else 0
    if node.take in ("all", "any"):
        return decide([*seen, *([False] * zeros)], decisive=node.take == "any")
    if node.take == "count":
        if flag:
            return _folded("sum", [v if isinstance(v, Undefined) else Fraction(v) for v in seen])
        return Fraction(sum(not isinstance(value, Undefined) for value in seen))
    if node.take == "latest":
        return _latest(seen, zeros)
    doubt = next((value for value in seen if isinstance(value, Undefined)), None)
    if doubt is not None:
        return doubt
    folded = _folded(node.take, [*seen, *([Fraction(0)] * zeros)])
    return Undefined("history too short") if isinstance(folded, Undefined) else folded


def _latest(seen: list[Any], zeros: int) -> Any:
    """Take the latest that is known."""
    if seen:
        return seen[-1]
    return Fraction(0) if zeros else Undefined("history too short")


def _run(oracle: "Oracle", node: rows.Run, at: Spot) -> Any:
    """Give the length of a run."""
    length = oracle.run_length(node.name, at.t, at.manager)
    if isinstance(length, Undefined) or node.since is None:
        return length if isinstance(length, Undefined) else Fraction(length)
    since = oracle.figure(node.since, at.t, at.manager)
    if isinstance(since, Undefined):
        return since
    begun = 0
    while begun < length and _first_day(oracle, oracle.now(at.t) - begun) >= since:
        begun += 1
    return Fraction(begun)


def _first_day(oracle: "Oracle", ordinal: int) -> dt.date:
    """Find the first day of a period by its number."""
    months = ordinal * MONTHS[oracle.rules.period]
    return dt.date(1970 + months // 12, months % 12 + 1, 1)


ROW_WALKS: dict[type[Formula], Callable[[Any, Any, Spot], Any]] = {
    rows.Field: _field,
    rows.Total: _total,
    rows.At: _at,
    rows.Peers: _peers,
    rows.Back: _back,
    rows.Run: _run,
}
