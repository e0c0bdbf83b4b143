"""`verify_measures`: the measures of a period counted record by record, by code of its own."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from clientmgr.check.commission_oracle import Calendars, Mark, life_start
from clientmgr.commission import Credits
from clientmgr.errors import CheckError
from clientmgr.facts import Facts, Measures
from clientmgr.measures import CATALOGUE, MeasureRules
from clientmgr.ownership import Ledger
from clientmgr.periods import Period

__all__ = ["verify_measures"]

DAY = dt.timedelta(days=1)
MANAGER, TEAM = 0, 1
EPOCH = dt.date(1970, 1, 1)


def verify_measures(
    facts: Facts,
    ledger: Ledger,
    credits: Credits | None,  # noqa: A002 - the word of the field
    rules: MeasureRules,
    measures: Measures,
    *,
    period: Period | str,
) -> None:
    """Count every measure of a period again, record by record, and raise at the first difference.

    Net commission is added up from the lines of the attribution, which `verify_credits` checks.
    Some thousand records a second.

    Args:
        facts: the facts.
        ledger: who answered for whom.
        credits: the attribution, or None.
        rules: which measures, and what counts.
        measures: what is to be checked.
        period: the period.

    Raises:
        CheckError: a number that cannot be reproduced.

    Example:
        >>> from clientmgr.check.measures import verify_measures
        >>> from clientmgr.datasets import make_branch
        >>> from clientmgr.measures import MeasureRules, measure_period
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> facts = make_branch(clients=30, managers=2, rng=7)
        >>> nobody = Ledger.start(OwnershipChanges.none(), known="2026-01-01")
        >>> rules = MeasureRules(names=("service_records", "presence"))
        >>> july = measure_period(facts, nobody, None, rules, period="2026-07")
        >>> verify_measures(facts, nobody, None, rules, july, period="2026-07")
    """
    counter = _Counter(facts, ledger, credits, rules, Period.of(period))
    there = counter.managers()
    if measures.manager.tolist() != there:
        raise CheckError(f"managers measured: found {measures.manager.tolist()}, expected {there}")
    for name in rules.names:
        above, below = counter.count(name)
        for who, found in zip(there, measures[name].tolist(), strict=True):
            wanted = _value(name, above[who], below, who, counter)
            if found != wanted:
                raise CheckError(f"{name} of {who}: found {found}, recomputed {wanted}")


def _value(name: str, above: int, below: Counter[Any] | None, who: Any, counter: Any) -> Any:
    """Give a sum, or a ratio rounded half up to four decimals; None for a ratio of nothing."""
    if below is None:
        return above
    floor = counter.rules.capital_floor * counter.days if name == "return_rate" else 1
    if below[who] < max(floor, 1):
        return None
    size = Fraction(abs(above), below[who]) * 10_000
    units = int(size + Fraction(1, 2))
    return Fraction(units if above >= 0 else -units, 10_000)


class _Counter:
    """Counts one measure at a time from plain records."""

    def __init__(
        self,
        facts: Facts,
        ledger: Ledger,
        credits_: Credits | None,
        rules: MeasureRules,
        period: Period,
    ) -> None:
        """Read everything as records."""
        self.facts, self.credits, self.rules, self.period = facts, credits_, rules, period
        self.start: dt.date = period.start.astype(object)
        self.end: dt.date = period.end.astype(object)
        self.days = (self.end - self.start).days + 1
        self.calendars = Calendars(ledger, ledger.batch())
        self.leads = [row for row in facts.memberships.to_records() if row["lead"]]
        ends = {row["since"] for row in self.leads} | {row["until"] for row in self.leads}
        self.lead_days: set[dt.date] = {day for day in ends if day is not None}
        self.clients = {row["id"]: row for row in facts.clients.to_records()}
        self.values: dict[Any, dict[dt.date, int]] = defaultdict(dict)
        for row in facts.valuations.to_records():
            self.values[row["client"]][row["date"]] = row["assets"]
        self._add_snapshot()
        days = (day for values in self.values.values() for day in values)
        self.first = min(days, default=None)
        self.flows: dict[Any, list[tuple[dt.date, int]]] = defaultdict(list)
        for row in facts.flows.to_records():
            self.flows[row["client"]].append((row["date"], row["amount"]))

    def managers(self) -> list[Any]:
        """Name the client managers who were there on some day."""
        return [
            row["id"]
            for row in self.facts.managers.to_records()
            if not row["head"]
            and (row["joined"] is None or row["joined"] <= self.end)
            and (row["left"] is None or row["left"] > self.start)
        ]

    def count(self, name: str) -> tuple[Counter[Any], Counter[Any] | None]:
        """Count a measure: its sums by manager, and those that they are divided by."""
        origin = next((o for o in ("existing", "new") if name.endswith(f"_{o}")), None)
        stem = name.removesuffix(f"_{origin}") if origin else name
        counted = getattr(self, f"_{stem}", None)
        if name not in CATALOGUE or counted is None:
            raise CheckError(f"there is no way to recount {name!r}")
        found = counted(origin)
        return found if isinstance(found, tuple) else (found, None)

    def _add_snapshot(self) -> None:
        """Take the dated snapshot as one more valuation of who is a client then."""
        if self.facts.as_of is None:
            return
        day: dt.date = self.facts.as_of.astype(object)
        for client, row in self.clients.items():
            if self._open(client, day) and day not in self.values[client]:
                self.values[client][day] = row["assets"]

    def _open(self, client: Any, day: dt.date) -> bool:
        """Say whether a client is one at the close of a day."""
        row = self.clients[client]
        opened, closed = row["opened"], row["closed"]
        return (opened is None or opened <= day) and (closed is None or closed > day)

    def _who(self, client: Any, day: dt.date) -> tuple[Any, str | None]:
        """Give the manager who answers for a client on a day, and the client's origin."""
        found = self.calendars.find(client, day)
        if isinstance(found, str):
            return None, None
        marks, place = found
        kind = marks[life_start(marks, place)].kind
        return self._answering(marks[place], day), "existing" if kind == "allocated" else "new"

    def _answering(self, mark: Mark, day: dt.date) -> Any:
        """Give the servicer of a set, else its largest member; for a team its first lead."""
        members = mark.conserved
        serving = [m for m in members if m[1] == "servicer"] or members
        party = min(serving, key=lambda m: (-m[2], m[0]))[0]
        if party[0] == MANAGER:
            return party[1]
        leads = [
            row["manager"]
            for row in self.leads
            if party[0] == TEAM
            and row["team"] == party[1]
            and row["since"] <= day
            and (row["until"] is None or row["until"] > day)
        ]
        return min(leads, default=None)

    def _inside(self, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Give the records of the period."""
        return (row for row in rows if self.start <= row["date"] <= self.end)

    def _book(self, day: dt.date, origin: str | None = None) -> Iterator[tuple[Any, Any]]:
        """List clients and managers on a day."""
        for client in self.calendars.marks:
            manager, born = self._who(client, day)
            if manager is not None and client in self.clients and origin in {None, born}:
                yield client, manager

    def _net_commission(self, origin: str | None) -> Counter[Any]:
        """Add the conserved credits up."""
        if self.credits is None:
            raise CheckError("net commission cannot be recounted without credits")
        months = {str(month) for month in self.period.months()}
        total: Counter[Any] = Counter()
        for line in self.credits.lines().to_records():
            conserved = line["kind"] in {"share", "declining", "withheld"}
            if conserved and line["month"] in months and origin in {None, line["origin"]}:
                total[line["manager"]] += line["amount"]
        return total

    def _turnover(self, origin: str | None) -> Counter[Any]:
        """Add the turnover of trades up."""
        return self._of_day(self.facts.trades.to_records(), "turnover", origin)

    def _net_new_assets(self, _origin: str | None) -> Counter[Any]:
        """Add flows up."""
        return self._of_day(self.facts.flows.to_records(), "amount", None)

    def _of_day(self, rows: list[dict[str, Any]], column: str, origin: str | None) -> Counter[Any]:
        """Add a column up by who answered on the day."""
        total: Counter[Any] = Counter()
        for row in self._inside(rows):
            manager, born = self._who(row["client"], row["date"])
            if origin in {None, born}:
                total[manager] += row[column]
        return total

    def _appreciation(self, origin: str | None) -> Counter[Any]:
        """Add gains up."""
        total: Counter[Any] = Counter()
        for manager, born, gain, _ in self._gains():
            if origin in {None, born}:
                total[manager] += gain
        return total

    def _return_rate(self, _origin: str | None) -> tuple[Counter[Any], Counter[Any]]:
        """Add gains x days, and capital x days."""
        gains: Counter[Any] = Counter()
        capital: Counter[Any] = Counter()
        for manager, _, gain, weighted in self._gains():
            gains[manager] += gain * self.days
            capital[manager] += weighted
        return gains, capital

    def _gains(self) -> Iterator[tuple[Any, str | None, int, int]]:
        """Give each piece: who answered, origin, gain, capital x days."""
        for client, marks in self.calendars.marks.items():
            if client not in self.clients:
                continue
            changes = {m.valid for m in marks} | self.lead_days
            days = [self.start, *sorted(d for d in changes if self.start < d <= self.end)]
            for first, following in zip(days, [*days[1:], self.end + DAY], strict=True):
                if isinstance(self.calendars.find(client, first), str):
                    continue
                manager, born = self._who(client, first)
                began, before = self._cut(client, first - DAY)
                ended, after = self._cut(client, following - DAY)
                moved = [(d, a) for d, a in self.flows[client] if began < d <= ended]
                gain = after - before - sum(amount for _, amount in moved)
                weighted = before * (ended - began).days
                weighted += sum(amount * (ended - d).days for d, amount in moved)
                yield manager, born, gain, weighted

    def _cut(self, client: Any, day: dt.date) -> tuple[dt.date, int]:
        """Give the last valuation up to a day; before the first one, what is known instead."""
        known = self.values[client]
        earlier = [d for d in known if d <= day]
        if earlier:
            return max(earlier), known[max(earlier)]
        opened = self.clients[client]["opened"]
        if self.first is not None and opened is not None and opened > self.first:
            return opened - DAY, 0
        return (min(known), known[min(known)]) if known else (EPOCH, 0)

    def _assets(self, _origin: str | None) -> Counter[Any]:
        """Add assets up."""
        assets = self.facts.assets(self.end)
        total: Counter[Any] = Counter()
        for client, manager in self._book(self.end):
            total[manager] += int(assets[self.facts.clients.row(client)])
        return total

    def _effective_accounts(self, _origin: str | None) -> Counter[Any]:
        """Count clients with assets enough."""
        assets = self.facts.assets(self.end)
        return Counter(
            manager
            for client, manager in self._book(self.end)
            if assets[self.facts.clients.row(client)] >= self.rules.effective_assets
        )

    def _clients(self, origin: str | None) -> Counter[Any]:
        """Count clients."""
        return Counter(manager for _, manager in self._book(self.end, origin))

    def _new_accounts(self, _origin: str | None) -> Counter[Any]:
        """Count clients developed."""
        return self._marked("developed")

    def _reactivations(self, _origin: str | None) -> Counter[Any]:
        """Count clients claimed."""
        return self._marked("claimed")

    def _marked(self, kind: str) -> Counter[Any]:
        """Count marks of a kind within the period."""
        return Counter(
            self._answering(mark, mark.valid)
            for marks in self.calendars.marks.values()
            for mark in marks
            if mark.kind == kind and self.start <= mark.valid <= self.end
        )

    def _lost_clients(self, _origin: str | None) -> Counter[Any]:
        """Count clients closed."""
        return Counter(
            self._who(client, row["closed"] - DAY)[0]
            for client, row in self.clients.items()
            if row["closed"] is not None and self.start <= row["closed"] <= self.end
        )

    def _retention(self, _origin: str | None) -> tuple[Counter[Any], Counter[Any]]:
        """Count the clients of the book before, and those of them that are still open."""
        before = list(self._book(self.start - DAY))
        kept = Counter(manager for client, manager in before if self._open(client, self.end))
        return kept, Counter(manager for _, manager in before)

    def _coverage(self, origin: str | None) -> tuple[Counter[Any], Counter[Any]]:
        """Count clients of an origin, and those of them that their manager contacted."""
        contacts = {
            (row["client"], row["manager"])
            for row in self._inside(self.facts.records.to_records())
            if row["kind"] in self.rules.contact_kinds
        }
        book = list(self._book(self.end, origin))
        return Counter(m for c, m in book if (c, m) in contacts), Counter(m for _, m in book)

    def _service_records(self, _origin: str | None) -> Counter[Any]:
        """Count records."""
        return Counter(row["manager"] for row in self._inside(self.facts.records.to_records()))

    def _calls(self, _origin: str | None) -> Counter[Any]:
        """Count calls."""
        return self._of_kind("call")

    def _visits(self, _origin: str | None) -> Counter[Any]:
        """Count visits."""
        return self._of_kind("visit")

    def _of_kind(self, kind: str) -> Counter[Any]:
        """Count records of a kind."""
        rows = self._inside(self.facts.records.to_records())
        return Counter(row["manager"] for row in rows if row["kind"] == kind)

    def _complaints(self, _origin: str | None) -> Counter[Any]:
        """Add the weights of complaints up."""
        return self._weighed(self.rules.complaint_kinds)

    def _breaches(self, _origin: str | None) -> Counter[Any]:
        """Add the weights of breaches up."""
        return self._weighed(self.rules.breach_kinds)

    def _weighed(self, kinds: tuple[str, ...]) -> Counter[Any]:
        """Add the weights of some kinds of incidents up."""
        total: Counter[Any] = Counter()
        for row in self._inside(self.facts.incidents.to_records()):
            total[row["manager"]] += row["weight"] * (row["kind"] in kinds)
        return total

    def _presence(self, _origin: str | None) -> tuple[Counter[Any], Counter[Any]]:
        """Count the days at work of each manager."""
        there: Counter[Any] = Counter()
        for row in self.facts.managers.to_records():
            first = max(row["joined"] or self.start, self.start)
            last = min((row["left"] or self.end + DAY) - DAY, self.end)
            there[row["id"]] = (last - first).days + 1
        return there, Counter(dict.fromkeys(there, self.days))
