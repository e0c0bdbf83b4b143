"""Re-checks claims: one record after the other, with dicts, as a clerk would decide them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.check.ownership import Calendar, answer_on, replay_log
from clientmgr.dormancy import ClaimResolution, ClaimRule
from clientmgr.errors import CheckError
from clientmgr.facts import ServiceRecords, Trades
from clientmgr.ownership import Ledger
from clientmgr.tables import Id

__all__ = ["verify_claims"]

DAY = dt.timedelta(days=1)
SHOWN = 5

Stay = tuple[Id, dt.date]
Row = dict[str, Any]


def verify_claims(
    records: ServiceRecords,
    trades: Trades,
    ledger: Ledger,
    rule: ClaimRule,
    resolution: ClaimResolution,
    *,
    batch: int | None = None,
    barred: Iterable[Id] = (),
) -> None:
    """Decide all claims again, record by record, and compare verdicts, outcomes and ownership changes.

    Args:
        records: what the decision was made from.
        trades: what the decision was made from.
        ledger: what the decision was made from.
        rule: the rule that it should have followed.
        resolution: the decision.
        batch: the last batch of the ledger that counted; by default all.
        barred: clients that only their owner can wake.

    Raises:
        CheckError: a claim, an outcome, a waking or a change is another. O(days x open claims).
    """
    on = _date(resolution.on)
    last = len(ledger.recorded) - 1 if batch is None else batch
    pool = _Pool(_calendars(ledger, last), rule.pool)
    clerk = _Clerk(rule, pool, on, _wakings(trades, pool, rule, on), set(barred))
    contacts = [r for r in records.to_records() if _is_contact(r, rule, on)]
    clerk.work(sorted(contacts, key=lambda r: (r["date"], r["manager"], r["id"])))
    expected = _decide(clerk, records.to_records())
    _same("claims", expected.claims, _claims_found(resolution))
    _same("outcomes", _outcomes_expected(clerk, records, rule, on), resolution.outcome.tolist())
    _same("wakings", expected.wakings, _wakings_found(resolution))
    _same("changes", expected.changes, _changes_found(resolution))


@attrs.define
class _Claim:
    """One claim while it is worked on."""

    client: Id
    manager: Id
    stay: Stay
    opened: dt.date
    last: dt.date
    verdict: str = "open"
    competes: bool = False
    woke: dt.date | None = None


@attrs.frozen
class _Pool:
    """Who is in the pool when."""

    calendars: dict[Id, Calendar]
    name: str

    def stay(self, client: Id | None, on: dt.date) -> Stay | None:
        """Name the stay of a client in the pool on a day, by its first day."""
        calendar = self.calendars.get(client, {}) if client is not None else {}
        valids = sorted(valid for valid in calendar if valid <= on)
        first = None
        while valids and self._inside(calendar[valids[-1]]):
            first = valids.pop()
        return None if first is None or client is None else (client, first)

    def branch(self, client: Id, on: dt.date) -> Id:
        """Give the branch whose pool a client is in."""
        word = answer_on(self.calendars[client], on)
        return "" if word is None else word[2]

    def _inside(self, word: tuple[str, frozenset[Any], Id]) -> bool:
        """Say whether a word puts the client into the pool: the pool answers for it."""
        inside = [party for party in word[1] if not party[4]]
        answering = sorted(inside, key=_rank)[:1]
        return bool(answering) and answering[0][:2] == ("pool", self.name)


def _rank(party: Any) -> tuple[Any, ...]:
    """Order owners by who answers first: the servicer, the largest share, then kind and id."""
    kind, name, role, share, _ = party
    return role != "servicer", -share, ("manager", "team", "pool").index(kind), name


@attrs.define
class _Clerk:
    """Works through the days."""

    rule: ClaimRule
    pool: _Pool
    on: dt.date
    wakings: dict[Stay, Row]
    barred: set[Id]
    claims: list[_Claim] = attrs.Factory(list)
    outcomes: dict[Id, str] = attrs.Factory(dict)

    def work(self, contacts: list[Row]) -> None:
        """Go through all days from the first contact on."""
        if not contacts:
            return
        day = contacts[0]["date"]
        while day <= self.on:
            self._lapse(day)
            freed = [] if self.rule.same_day else self._wake(day)
            opened: dict[Id, int] = {}
            for record in (r for r in contacts if r["date"] == day):
                self.outcomes[record["id"]] = self._contact(record, opened, freed)
            if self.rule.same_day:
                self._wake(day)
            day += DAY

    def _open(self) -> Iterator[_Claim]:
        """Go through the open claims."""
        return (claim for claim in self.claims if claim.verdict == "open")

    def _lapse(self, day: dt.date) -> None:
        """End what went without contact for too long."""
        for claim in self._open():
            if (day - claim.last).days > self.rule.idle_days:
                claim.verdict = "lapsed"

    def _wake(self, day: dt.date) -> list[Id]:
        """End the claims on who wakes today; name the managers whose slots are free tomorrow."""
        ended = []
        for claim in self._open():
            trade = self.wakings.get(claim.stay)
            if trade is not None and trade["date"] == day:
                claim.verdict, claim.woke = "woken", day
                claim.competes = (day - claim.last).days <= self.rule.window_days
                ended.append(claim.manager)
        return ended

    def _contact(self, record: Row, opened: dict[Id, int], freed: list[Id]) -> str:
        """Decide what one contact does."""
        manager, day = record["manager"], record["date"]
        stay = self.pool.stay(record["client"], day)
        if stay is None:
            return "not in the pool"
        trade = self.wakings.get(stay)
        if trade is not None and (trade["date"] < day or (trade["date"] == day and not self.rule.same_day)):
            return "already awake"
        if record["client"] in self.barred:
            return "only the owner can wake it"
        mine = [claim for claim in self._open() if claim.manager == manager]
        for claim in mine:
            if claim.stay == stay:
                claim.last = day
                return "renewed"
        used = len(mine) + freed.count(manager)
        return self._try_to_open(record, stay, opened, used)

    def _try_to_open(self, record: Row, stay: Stay, opened: dict[Id, int], used: int) -> str:
        """Open a claim, if the limits allow it."""
        manager = record["manager"]
        today = opened.get(manager, 0)
        daily, at_once = self.rule.daily_limit, self.rule.open_limit
        room = None if at_once is None else at_once - (used - today)
        if daily is not None and today >= daily and (room is None or room >= daily):
            return "daily limit reached"
        if room is not None and today >= room:
            return "open limit reached"
        opened[manager] = today + 1
        self.claims.append(_Claim(record["client"], manager, stay, record["date"], record["date"]))
        return "opened"


@attrs.frozen
class _Expected:
    """What the decision should be."""

    claims: list[tuple[Any, ...]]
    wakings: list[tuple[Any, ...]]
    changes: list[tuple[Any, ...]]


def _decide(clerk: _Clerk, records: list[Row]) -> _Expected:
    """Give every claim its verdict, and every waking what came of it."""
    wakings, changes = [], []
    for stay, trade in clerk.wakings.items():
        claims = [claim for claim in clerk.claims if claim.stay == stay and claim.woke is not None]
        state, winners = _decide_stay(clerk, claims, trade, records)
        wakings.append((stay[0], trade["date"], trade["id"], state))
        changes += _changes_of(clerk, stay, trade, state, winners)
    told = [(c.client, c.manager, c.opened, c.last, c.woke, c.verdict) for c in clerk.claims]
    return _Expected(_ordered(list(told)), _ordered(wakings), _ordered(changes))


def _decide_stay(clerk: _Clerk, claims: list[_Claim], trade: Row, records: list[Row]) -> tuple[str, list[_Claim]]:
    """Decide between the claims on one waking."""
    rule, on = clerk.rule, clerk.on
    waits = trade["date"] + DAY * rule.holding_days > on
    for claim in claims:
        claim.verdict = "open" if claim.competes else "lost"
    if rule.confirmation_kind:
        waits |= _confirm(claims, trade, records, rule, on)
    if rule.review_kind:
        waits |= _review(claims, trade, records, rule, on)
    running = [claim for claim in claims if claim.verdict == "open"]
    winners = [] if waits else _winners(running, rule)
    for claim in running:
        claim.verdict = "pending" if waits else "lost"
    for claim in winners:
        claim.verdict = "shared" if rule.wins == "share" else "won"
    if winners:
        return "claimed", winners
    holding = trade["date"] + DAY * rule.holding_days > on
    return ("pending" if running or holding else "woke by itself"), []


def _confirm(claims: list[_Claim], trade: Row, records: list[Row], rule: ClaimRule, on: dt.date) -> bool:
    """Fail whom the client did not confirm in time; say whether somebody may still be confirmed."""
    deadline = trade["date"] + DAY * rule.confirmation_days
    waits = False
    for claim in claims:
        confirmed = any(
            (r["kind"], r["client"], r["manager"]) == (rule.confirmation_kind, claim.client, claim.manager)
            and trade["date"] <= r["date"] <= min(deadline, on)
            for r in records
        )
        if claim.verdict == "open" and not confirmed:
            claim.verdict = "failed" if deadline < on else "open"
            waits |= deadline >= on
    return waits


def _review(claims: list[_Claim], trade: Row, records: list[Row], rule: ClaimRule, on: dt.date) -> bool:
    """Fail all if the branch's first review does not approve; say whether there is none yet."""
    reviews = [
        (r["date"], r["id"], r["outcome"])
        for r in records
        if r["kind"] == rule.review_kind and r["client"] == trade["client"]
        if trade["date"] <= r["date"] <= on
    ]
    running = [claim for claim in claims if claim.verdict == "open"]
    if not reviews:
        return bool(running)
    if min(reviews)[2] != "approved":
        for claim in running:
            claim.verdict = "failed"
    return False


def _winners(running: list[_Claim], rule: ClaimRule) -> list[_Claim]:
    """Pick who wins."""
    if rule.wins == "share" or not running:
        return running
    if rule.wins == "last":
        return [min(running, key=lambda c: (-c.last.toordinal(), c.opened, c.manager))]
    return [min(running, key=lambda c: (c.opened, -c.last.toordinal(), c.manager))]


def _changes_of(clerk: _Clerk, stay: Stay, trade: Row, state: str, winners: list[_Claim]) -> list[tuple[Any, ...]]:
    """Say which ownership changes follow."""
    branch = clerk.pool.branch(stay[0], trade["date"])
    head = (stay[0], trade["date"])
    if state == "woke by itself" and clerk.rule.self_woken == "unassigned":
        return [(*head, "returned", None, "unassigned", branch, Fraction(1))]
    share = Fraction(1, max(len(winners), 1))
    return [(*head, "claimed", claim.manager, None, branch, share) for claim in winners]


def _calendars(ledger: Ledger, last: int) -> dict[Id, Calendar]:
    """Replay the ledger's rows up to a batch."""
    calendars: dict[Id, Calendar] = {}
    for batch, changes in replay_log(ledger.log()):
        for (client, valid), word in changes.items() if batch <= last else ():
            calendar = calendars.setdefault(client, {})
            calendar[valid] = word
            if word[0] == "withdrawn":
                del calendar[valid]
    return calendars


def _wakings(trades: Trades, pool: _Pool, rule: ClaimRule, on: dt.date) -> dict[Stay, Row]:
    """Find the first trade of each stay that wakes."""
    rows = [r for r in trades.to_records() if r["date"] <= on and r["reverses"] is None]
    wakings: dict[Stay, Row] = {}
    for row in sorted(rows, key=lambda r: (r["date"], r["id"])):
        large = row["turnover"] >= rule.min_turnover and row["commission"] >= rule.min_commission
        stay = pool.stay(row["client"], row["date"])
        asleep = stay is not None and stay[1] < row["date"]
        if stay is not None and asleep and row["initiated"] and large and not _washed(row, rows, rule):
            wakings.setdefault(stay, row)
    return wakings


def _washed(row: Row, rows: list[Row], rule: ClaimRule) -> bool:
    """Say whether a purchase was sold again within the holding time."""
    if not rule.holding_days or row["side"] != "buy":
        return False
    return any(
        other["side"] == "sell"
        and (other["client"], other["security"]) == (row["client"], row["security"])
        and 0 <= (other["date"] - row["date"]).days <= rule.holding_days
        for other in rows
    )


def _is_contact(row: Row, rule: ClaimRule, on: dt.date) -> bool:
    """Say whether a record is a contact up to the day."""
    return row["kind"] in rule.contact_kinds and row["client"] is not None and row["date"] <= on


def _outcomes_expected(clerk: _Clerk, records: ServiceRecords, rule: ClaimRule, on: dt.date) -> list[str]:
    """Say of each record what it did."""
    rows = records.to_records()
    late = ("no contact", "after the day")
    return [clerk.outcomes[r["id"]] if _is_contact(r, rule, on) else late[r["date"] > on] for r in rows]


def _claims_found(resolution: ClaimResolution) -> list[tuple[Any, ...]]:
    """Read the claims of the decision."""
    names = ("client", "manager", "opened", "last_contact", "woke", "verdict")
    columns = [resolution.to_columns()[name].tolist() for name in names]
    return _ordered(list(zip(*columns, strict=True)))


def _wakings_found(resolution: ClaimResolution) -> list[tuple[Any, ...]]:
    """Read the wakings of the decision."""
    columns = (
        resolution.waking_client,
        resolution.waking_day.tolist(),
        resolution.waking_trade,
        resolution.waking_state,
    )
    return _ordered(list(zip(*columns, strict=True)))


def _changes_found(resolution: ClaimResolution) -> list[tuple[Any, ...]]:
    """Read the ownership changes of the decision."""
    return _ordered(
        [
            (
                *(row[name] for name in ("client", "valid", "kind", "manager", "pool", "branch")),
                Fraction(row["share"], row["of"]),
            )
            for row in resolution.changes.to_records()
        ]
    )


def _ordered(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Sort rows whatever they hold, so that only their set counts."""
    return sorted(rows, key=repr)


def _date(day: np.datetime64) -> dt.date:
    """Give a day as a date."""
    found: Any = day.item()
    return dt.date(found.year, found.month, found.day)


def _same(what: str, expected: list[Any], found: list[Any]) -> None:
    """Raise unless two lists are equal."""
    if expected != found:
        pairs = [f"expected {e}, got {f}" for e, f in zip(expected, found, strict=False) if e != f]
        sizes = f"{len(found)} for {len(expected)}"
        raise CheckError(f"{what} differ ({sizes}): " + "; ".join(pairs[:SHOWN]))
