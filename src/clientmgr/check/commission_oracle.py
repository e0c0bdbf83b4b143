"""Attribution once more, one trade at a time, in exact fractions: shares no code with what it checks.

It reads the ledger's log as a table and replays it into one calendar a client; it knows nothing of chunks, codes,
recipes or tables of remainders. It is slow, and meant to be read beside the rules' documentation.
"""

import calendar as almanac
import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import attrs

from clientmgr.check.commission_charging import (
    FactsReader,
    OracleTrade,
    charge,
    half_up,
    to_fraction,
    within,
)
from clientmgr.commission.crediting import Crediting
from clientmgr.commission.rules import CommissionPlan

__all__ = ["Calendars", "Credit", "Verdict", "credit_all", "credit_trade"]


RANK = {"manager": 0, "team": 1, "pool": 2}


Owner = tuple[int, Any, Any]


Member = tuple[Owner, str, Fraction, bool]


@attrs.frozen
class Mark:
    """One word of the calendar: since when, why, whose branch, and the members of the owner set."""

    valid: dt.date
    kind: str
    branch: Any
    members: tuple[Member, ...]

    @property
    def conserved(self) -> list[Member]:
        """The members whose shares sum to one."""
        return [member for member in self.members if not member[3]]


class Calendars:
    """The calendar of each client as known at a batch, replayed from the log row by row."""

    def __init__(self, ledger: Any, batch: int) -> None:
        """Replay the log: the later batch has the last word on a day, a withdrawal takes it back."""
        told: dict[Any, dict[dt.date, Mark]] = {}
        for (number, client, valid), rows in _changes(ledger).items():
            if number > batch:
                continue
            calendar = told.setdefault(client, {})
            if rows[0]["kind"] == "withdrawn":
                calendar.pop(valid, None)
            else:
                calendar[valid] = _mark(valid, rows)
        self.marks: dict[Any, list[Mark]] = {
            client: sorted(c.values(), key=lambda m: m.valid) for client, c in told.items()
        }

    def find(self, client: Any, day: dt.date) -> tuple[list[Mark], int] | str:
        """Give a client's marks and the place of the one in force, or why there is none."""
        if client not in self.marks:
            return "a client that the ledger knows"
        marks = self.marks[client]
        place = sum(mark.valid <= day for mark in marks) - 1
        if place < 0:
            return "a day on or after the client's opening"
        if marks[place].kind == "closed":
            return "a day before the client's account was closed"
        return marks, place


@attrs.frozen
class Credit:
    """One credit: the key of its line and the exact part of the net commission."""

    key: tuple[Any, ...]
    part: Fraction
    tie: tuple[Any, ...] = attrs.field(eq=False)
    on_top: bool = False


@attrs.frozen
class Verdict:
    """What one trade comes to: deduction lines, net, credits with their amounts; or why it was refused."""

    lines: dict[str, int]
    net: int
    credits: tuple[tuple[Credit, int], ...]
    refused: str | None = None
    below: bool = False


def credit_trade(
    trade: OracleTrade, calendars: Calendars, plan: CommissionPlan | None, facts: "FactsReader"
) -> Verdict:
    """Work one plain trade out."""
    if plan is None:
        return _refusal("a day on which an edition of the plan is in force")
    found = calendars.find(trade.client, trade.date)
    if isinstance(found, str):
        return _refusal(found)
    lines, below = charge(trade, plan, facts)
    if lines is None:
        return _refusal("a day on which every charge has a rate in force")
    if below and plan.below_charges == "refuse":
        return _refusal("a commission not below its charges")
    net = trade.commission - sum(lines.values())
    credits_ = who_is_credited(plan.crediting, *found, trade, facts)
    return Verdict(lines, net, share(net, credits_), None, below)


def credit_all(
    trades: Iterable[OracleTrade],
    every: Iterable[OracleTrade],
    calendars: Calendars,
    plan_on: Any,
    facts: "FactsReader",
) -> Iterator[tuple[OracleTrade, Verdict]]:
    """Work some trades out, reversals against `every` trade that there is."""
    known = {trade.id: trade for trade in every}
    backward: dict[Any, Verdict] = {}
    for original in {trade.reverses for trade in known.values() if trade.reverses is not None}:
        backward.update(_reverse(original, known, calendars, plan_on, facts))
    for trade in trades:
        if trade.reverses is None:
            yield trade, credit_trade(trade, calendars, plan_on(trade.date), facts)
        else:
            yield trade, backward[trade.id]


def who_is_credited(
    rule: Crediting, marks: list[Mark], place: int, trade: OracleTrade, facts: "FactsReader"
) -> list[Credit]:
    """Find everybody who is credited, with exact parts, in the order of ties."""
    mark, life = marks[place], life_start(marks, place)
    origin = "existing" if marks[life].kind == "allocated" else "new"
    acquired = marks[spell_start(marks, place, life)].kind
    former = former_members(marks, place, life)
    parts: list[list[Any]] = []
    kept = Fraction(0)
    step = next((each for each in rule.declining if mark.kind in each.kinds), None)
    if step is not None and former:
        stage = whole_months(mark.valid, trade.date) // step.every
        kept = to_fraction(step.shares[stage]) if stage < len(step.shares) else kept
    for owner, role, part in by_roles(rule, mark.conserved):
        parts.append([owner, role, "share", part * (1 - kept), None, ""])
    for owner, role, part in by_roles(rule, former) if kept else []:
        parts.append([owner, role, "declining", part * kept, None, ""])
    parts = [p for each in parts for p in _through_pool(rule, each, trade.date, facts)]
    parts = [p for each in parts for p in _through_team(rule, each, trade.date, facts)]
    name, treated = _treatment(rule, origin, acquired, marks, life, trade, facts)
    if treated is not None:
        for each in parts:
            each[3] *= treated
        parts.append([(2, "house", ""), "", "withheld", 1 - treated, None, ""])
    top = [[o, r, "overlay", share_, None, ""] for o, r, share_, over in mark.members if over]
    hand = rule.hand_over
    age = whole_months(mark.valid, trade.date)
    if hand is not None and mark.kind in hand.kinds and former and age < hand.months:
        top += [
            [o, r, "hand_over", part * to_fraction(hand.share), None, hand.funder]
            for o, r, part in by_roles(rule, former)
        ]
    top = [p for each in top for p in _through_team(rule, each, trade.date, facts)]
    for override in rule.overrides:
        receivers = _receivers(override.to, mark, trade.date, facts)
        top += [
            [(0, w, ""), override.name, "override", to_fraction(override.rate) / len(receivers), None, override.funder]
            for w in receivers
        ]
    facets = (mark.branch, name, origin, acquired)
    return _credits(parts, facets, on_top=False) + _credits(top, facets, on_top=True)


def share(net: int, credits_: list[Credit]) -> tuple[tuple[Credit, int], ...]:
    """Split a net commission by largest remainder on the absolute value; round what is on top half up."""
    inside = [credit for credit in credits_ if not credit.on_top]
    exact = [abs(net) * credit.part for credit in inside]
    amounts = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(inside)), key=lambda i: (amounts[i] - exact[i], i))
    for i in order[: abs(net) - sum(amounts)]:
        amounts[i] += 1
    sign = -1 if net < 0 else 1
    made = [(credit, sign * amount) for credit, amount in zip(inside, amounts, strict=True)]
    top = [credit for credit in credits_ if credit.on_top]
    return tuple(made + [(credit, half_up(net * credit.part)) for credit in top])


def life_start(marks: list[Mark], place: int) -> int:
    """Find the mark at which the life began."""
    while place > 0 and marks[place].kind != "reopened":
        place -= 1
    return place


def spell_start(marks: list[Mark], place: int, life: int) -> int:
    """Find the mark at which the responsible owner got the client."""
    members = marks[place].conserved
    serving = [m for m in members if m[1] == "servicer"] or members
    party = min(serving, key=lambda member: (-member[2], member[0]))[0]
    while place > life and any(member[0] == party for member in marks[place - 1].members):
        place -= 1
    return place


def former_members(marks: list[Mark], place: int, life: int) -> list[Member]:
    """Find the conserved members of the last set before, in this life, that held a person."""
    for mark in reversed(marks[life:place]):
        if any(member[0][0] != RANK["pool"] for member in mark.conserved):
            return mark.conserved
    return []


def by_roles(rule: Crediting, members: list[Member]) -> list[tuple[Owner, str, Fraction]]:
    """Weigh members by the rule's roles where it names them all."""
    weight = {role: to_fraction(rate) for role, rate in rule.roles}
    if not weight or any(role not in weight for _, role, _, _ in members):
        return [(owner, role, part) for owner, role, part, _ in members]
    within = {r: sum(p for _, role, p, _ in members if role == r) for _, r, _, _ in members}
    whole = sum(weight[role] for role in within)
    return [(o, r, weight[r] / whole * p / within[r]) for o, r, p, _ in members]


def whole_months(start: dt.date, end: dt.date) -> int:
    """Count the months that have been completed, each ending on the same day number or the month's last day."""
    months = (end.year - start.year) * 12 + end.month - start.month
    last = almanac.monthrange(end.year, end.month)[1]
    return months - (end.day < min(start.day, last))


def _reverse(
    original: Any, known: dict[Any, OracleTrade], calendars: Calendars, plan_on: Any, facts: FactsReader
) -> Iterator[tuple[Any, Verdict]]:
    """Work all reversals of one original out, in the order of (date, id)."""
    rows = [trade for trade in known.values() if trade.reverses == original]
    rows.sort(key=lambda trade: (trade.date, trade.id))
    source = known.get(original)
    reason = "the id of a trade that is there"
    verdict = None
    if source is not None and source.reverses is not None:
        reason = "the id of a trade that is no reversal itself"
    elif source is not None:
        verdict = credit_trade(source, calendars, plan_on(source.date), facts)
        reason = "the id of a trade that can be credited"
    if source is None or verdict is None or verdict.refused:
        yield from ((trade.id, _refusal(reason)) for trade in rows)
        return
    left = Fraction(1)
    for trade in rows:
        refused, after = _what_is_left(trade, source, left)
        if refused:
            yield trade.id, _refusal(refused)
        else:
            yield trade.id, _difference(verdict, source, left, after)
            left = after


def _what_is_left(trade: OracleTrade, source: OracleTrade, left: Fraction) -> tuple[str | None, Fraction]:
    """Say what a reversal leaves of its original, or why it is refused."""
    if trade.client != source.client:
        return "the client of the trade that it reverses", left
    if trade.date < source.date:
        return "a day not before that of the trade that it reverses", left
    if source.commission:
        taken = Fraction(-trade.commission, source.commission)
    else:
        taken = Fraction(-1 if trade.commission else 1)
    if not 0 <= taken <= left:
        return "the opposite of at most what is left of the trade that it reverses", left
    return None, left - taken


def _difference(verdict: Verdict, source: OracleTrade, before: Fraction, after: Fraction) -> Verdict:
    """Give what changes when less is left of an original."""
    states = [_when_left(verdict, source, left) for left in (before, after)]
    (lines0, net0, credits0), (lines1, net1, credits1) = states
    lines = {name: lines1[name] - lines0[name] for name in lines0}
    pairs = zip(credits0, credits1, strict=True)
    return Verdict(lines, net1 - net0, tuple((c, b - a) for (c, a), (_, b) in pairs))


def _when_left(
    verdict: Verdict, source: OracleTrade, left: Fraction
) -> tuple[dict[str, int], int, tuple[tuple[Credit, int], ...]]:
    """Give lines, net and credits when a part of an original is left."""
    lines = {name: half_up(amount * left) for name, amount in verdict.lines.items()}
    net = half_up(source.commission * left) - sum(lines.values())
    return lines, net, share(net, [credit for credit, _ in verdict.credits])


def _credits(parts: list[list[Any]], facets: tuple[Any, ...], *, on_top: bool) -> list[Credit]:
    """Add equal credits up, drop the empty ones, and sort by party, role, kind and team."""
    made: dict[tuple[Any, ...], list[Any]] = {}
    for owner, role, kind, part, team, funder in parts:
        rank, who, branch = owner
        manager = who if rank == RANK["manager"] else None
        through = who if rank == RANK["team"] else team
        pool = who if rank == RANK["pool"] else None
        key = (manager, through, pool, facets[0], role, kind, funder, *facets[1:])
        tie = (rank, who, branch, role, kind, team is not None, team or 0)
        made.setdefault((key, tie), [Fraction(0)])[0] += part
    kept = [Credit(key, part, tie, on_top) for (key, tie), (part,) in made.items() if part]
    return sorted(kept, key=lambda credit: credit.tie)


def _through_pool(rule: Crediting, part: list[Any], day: dt.date, facts: FactsReader) -> list[list[Any]]:
    """Send a pool's part where the rule wants it."""
    rank, name, branch = part[0]
    target = dict(rule.pools).get(name, "pool") if rank == RANK["pool"] else "pool"
    if target == "house":
        return [[(RANK["pool"], "house", ""), *part[1:]]]
    heads = facts.heads_of(branch, day) if target == "heads" else []
    if not heads:
        return [part]
    return [[(0, who, ""), *part[1:3], part[3] / len(heads), *part[4:]] for who in heads]


def _through_team(rule: Crediting, part: list[Any], day: dt.date, facts: FactsReader) -> list[list[Any]]:
    """Divide a team's part among its members of the day."""
    rank, team, _ = part[0]
    if rank != RANK["team"] or rule.teams != "members":
        return [part]
    members = facts.members_of(team, day)
    whole = sum(weight for _, weight, _ in members)
    return [
        [(0, who, ""), *part[1:3], part[3] * Fraction(weight, whole), team, part[5]] for who, weight, _ in members
    ] or [part]


def _treatment(
    rule: Crediting,
    origin: str,
    acquired: str,
    marks: list[Mark],
    life: int,
    trade: OracleTrade,
    facts: FactsReader,
) -> tuple[str, Fraction | None]:
    """Find the first treatment that fits: its name and share."""
    stated = facts.opened.get(trade.client)
    opened = stated if stated is not None and life == 0 else marks[life].valid
    months = whole_months(opened, trade.date)
    for each in rule.treatments:
        right = (not each.origin or origin in each.origin) and (not each.acquired or acquired in each.acquired)
        # Before the opening day no month is completed: such a trade counts as in the first month.
        inside = max(months, 0) >= each.months_from and (each.months_below is None or months < each.months_below)
        if right and inside:
            return each.name, to_fraction(each.share)
    return "", None


def _receivers(to: str, mark: Mark, day: dt.date, facts: FactsReader) -> list[Any]:
    """Name those whom an override goes to."""
    if to == "heads":
        return facts.heads_of(mark.branch, day)
    teams = {owner[1] for owner, *_ in mark.conserved if owner[0] == RANK["team"]}
    people = {owner[1] for owner, *_ in mark.conserved if owner[0] == RANK["manager"]}
    for row in facts.members:
        if row["manager"] in people and within(day, row["since"], row["until"]):
            teams.add(row["team"])
    return sorted({who for team in teams for who, _, lead in facts.members_of(team, day) if lead})


def _changes(ledger: Any) -> dict[tuple[int, Any, dt.date], list[dict[str, Any]]]:
    """Group the rows of the log into changes, in the order of batches."""
    found: dict[tuple[int, Any, dt.date], list[dict[str, Any]]] = {}
    for row in sorted(ledger.log().to_records(), key=lambda row: row["batch"]):
        found.setdefault((row["batch"], row["client"], row["valid"]), []).append(row)
    return found


def _mark(valid: dt.date, rows: list[dict[str, Any]]) -> Mark:
    """Make a mark of the rows of a change."""
    first = rows[0]
    members = [_member(row) for row in rows] if first["kind"] != "closed" else []
    return Mark(valid, first["kind"], first["branch"], tuple(sorted(members, key=lambda m: m[:2])))


def _member(row: dict[str, Any]) -> Member:
    """Read one member of an owner set."""
    kind = next(kind for kind in RANK if row[kind] is not None)
    branch = row["branch"] if kind == "pool" else ""
    share_ = Fraction(row["share"], row["of"])
    return (RANK[kind], row[kind], branch), row["role"], share_, row["overlay"]


def _refusal(expected: str) -> Verdict:
    """Make the verdict of a trade that cannot be credited."""
    return Verdict({}, 0, (), expected)
