"""The claims of a division's certificate, each compared with what facts and rule say."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.allocation import AllocationRule, Division
from clientmgr.check.allocation_oracle import Branch
from clientmgr.errors import CheckError
from clientmgr.facts import Facts
from clientmgr.tables import Id

__all__ = ["Claims", "bound_ratios", "level_out", "need", "same", "still_due", "tightest_envy"]

DUST = 1e-12  # relative; what rounding leaves is nothing
NEAR = 1e-7  # relative; floats are summed in another order here


def need(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like assert
    """Raise unless something holds."""
    if not holds:
        raise CheckError(otherwise)


def same(found: Any, expected: Any, what: str) -> None:
    """Compare two values: whole numbers, words and flags exactly, others to a tolerance."""
    if isinstance(found, np.generic):
        found = found.item()
    if (
        isinstance(found, bool | str)
        or isinstance(expected, bool | str)
        or (isinstance(found, int) and isinstance(expected, int))
    ):
        good = found == expected
    else:
        a, b = float(found), float(expected)
        good = (a != a and b != b) or abs(a - b) <= NEAR * max(1.0, abs(a), abs(b))  # noqa: PLR0124
    need(good, f"{what} is {expected}, the certificate says {found}")


@attrs.define(eq=False)
class Claims:
    """A division, and how far its certificate has been read."""

    facts: Facts
    rule: AllocationRule
    division: Division
    pools: list[str]
    columns: list[list[Any]]
    hours: list[Any] | None
    cell: int = 0
    line: int = 0
    seat: int = 0
    branches: list[tuple[int, Branch, int]] = attrs.field(factory=list)
    owners: list[Any] = attrs.field(factory=list)
    before: list[Any] | None = None

    def rule_and_pools(self) -> None:
        """Compare the rule and who is held out; read the owners."""
        division = self.division
        need(division.rule == self.rule, f"the division followed another rule: {division.rule}")
        self.owners = division.owner.tolist()
        for row, (pool, found) in enumerate(zip(self.pools, division.pool.tolist(), strict=True)):
            client = self.facts.clients.id[row]
            wanted = pool if pool in {"key", "dormant"} else None
            need(found == wanted, f"client {client} belongs to pool {wanted}, not {found}")
            need(
                (self.owners[row] is None) == (pool != ""),
                f"client {client} must have exactly one owner or pool, has {self.owners[row]}",
            )
            step = division.step[row]
            need(
                (step == pool) if wanted else ((step is None) == (pool == "none")),
                f"the step of client {client} cannot be {step}",
            )

    def value(self, measure: int, row: int) -> Any:
        """Give a measure of a client, zero where it is below."""
        return max(self.columns[measure][row], 0)

    def units(self, rows: Sequence[int]) -> list[list[int]]:
        """Group clients that must stay together."""
        if not self.rule.families:
            return [[row] for row in rows]
        groups: dict[Any, list[int]] = {}
        for row in rows:
            family = self.facts.clients.family[row]
            groups.setdefault(("alone", row) if family is None else family, []).append(row)
        return list(groups.values())

    def branch(self, place: int, branch: Branch) -> None:
        """Check one branch: who may have whom, and every number of the certificate."""
        self.branches.append((place, branch, self.seat))
        self._rules(branch)
        books: list[list[int]] = [[] for _ in branch.receivers]
        for row in branch.rows:
            books[branch.place[self.owners[row]]].append(row)
        for k in range(len(self.columns)):
            self._measure(branch, books, k)
        self._bound(place, branch)
        self.cell += len(books) * len(self.columns)
        self.line += len(self.columns)
        self.seat += len(books)

    def _rules(self, branch: Branch) -> None:
        """Check exceptions, needs, families and limits."""
        named = self.named(branch)
        for row in branch.rows:
            client, owner = self.facts.clients.id[row], self.owners[row]
            need(owner in branch.place, f"{owner} may receive no clients of {branch.id} ({client})")
            for asked in self.rule.needs:
                word = str(self.facts.clients.extra[asked.client][row] or "")
                held = branch.receivers[branch.place[owner]].words[asked.manager]
                fits = not word or word in held or named.get(client) == owner
                need(fits, f"client {client} needs {word!r}, which {owner} does not have")
            need(named.get(client, owner) == owner, f"client {client} is named for another owner")
        for one in self.rule.named:
            wrong = [r for r in branch.rows if self.facts.clients.id[r] == one.client and one.never]
            need(
                not any(self.owners[r] == one.owner for r in wrong),
                f"client {one.client} must never go to {one.owner}",
            )
        for unit in self.units(branch.rows):
            together = len({self.owners[row] for row in unit}) == 1
            need(together, f"the family of {self.facts.clients.id[unit[0]]} is torn")
        self._limits(branch)

    def named(self, branch: Branch) -> dict[Id, Id]:
        """Give the owner that each named client, and its family, must have."""
        musts = {one.client: one.owner for one in self.rule.named if not one.never}
        named = {}
        for unit in self.units(branch.rows):
            ids = [self.facts.clients.id[row] for row in unit]
            for owner in [musts[i] for i in ids if i in musts]:
                named.update(dict.fromkeys(ids, owner))
        return named

    def _limits(self, branch: Branch) -> None:
        """Check numbers and hours of each book."""
        limits = self.rule.limits
        if not branch.rows:
            return
        for receiver in branch.receivers:
            rows = [row for row in branch.rows if self.owners[row] == receiver.id]
            need(
                limits.minimum <= len(rows) and (limits.clients is None or len(rows) <= limits.clients),
                f"{receiver.id} has {len(rows)} clients, outside the limits",
            )
            if self.hours is not None:
                spent = sum(self.hours[row] for row in rows)
                need(spent <= receiver.hours + NEAR, f"{receiver.id} would need {spent} hours")

    def _measure(self, branch: Branch, books: list[list[int]], k: int) -> None:
        """Check one measure of one branch, cell by cell and as a whole."""
        rows = self.division.certificate.books
        values = [[self.value(k, row) for row in book] for book in books]
        loads = [sum(map(Fraction, book), Fraction(0)) for book in values]
        total = sum(loads, Fraction(0))
        due = [total * receiver.share for receiver in branch.receivers]
        filled, free = self._fill(branch, k, books, loads, due)
        name = self.rule.measures[k].name
        for j, receiver in enumerate(branch.receivers):
            at = self.cell + j * len(self.columns) + k
            what = f"{name} of {receiver.id}:"
            off = loads[j] - filled[j]
            positive = [v for v in values[j] if v > 0]
            same(rows.branch[at], branch.id, f"{what} branch")
            same(rows.owner[at], receiver.id, f"{what} owner")
            same(rows.measure[at], name, f"{what} measure")
            same(rows.clients[at], len(books[j]), f"{what} number of clients")
            same(rows.target[at], due[j], f"{what} target")
            same(rows.filled[at], filled[j], f"{what} filled target")
            same(rows.load[at], _plain(loads[j], values[j]), f"{what} load")
            same(rows.deviation[at], 100 * off / filled[j] if filled[j] else 0, f"{what} deviation")
            average = total / max(len(branch.rows), 1)
            same(rows.in_clients[at], off / average if total else 0, f"{what} deviation in clients")
            same(rows.smallest[at], min(positive, default=0), f"{what} smallest client")
            same(rows.largest[at], max(values[j], default=0), f"{what} largest client")
            same(rows.free[at], free[j], f"{what} free")
        self._verdicts(branch, k, values, loads)

    def _fill(
        self,
        branch: Branch,
        k: int,
        books: list[list[int]],
        loads: list[Fraction],
        due: list[Fraction],
    ) -> tuple[list[Fraction], list[bool]]:
        """Water-fill targets: within the limits on clients, around what cannot be split."""
        filled = self._clip(branch, due) if self.rule.measures[k].name == "count" else list(due)
        whole = sum(due, Fraction(0))
        exact = all(isinstance(self.value(k, row), int) for row in branch.rows)
        dust = Fraction(0) if exact else Fraction(DUST)
        named = self.named(branch)
        lumps = []
        for j, book in enumerate(books):
            units = [sum(Fraction(self.value(k, row)) for row in unit) for unit in self.units(book)]
            fixed = [r for r in book if named.get(self.facts.clients.id[r]) == branch.receivers[j].id]
            held = sum((Fraction(self.value(k, row)) for row in fixed), Fraction(0))
            lumps.append(max([held, *units], default=Fraction(0)))
        free = [False] * len(books)
        while True:
            over = [not free[j] and lump > filled[j] * (1 + Fraction(DUST)) for j, lump in enumerate(lumps)]
            if not any(over):
                return filled, free
            free = [a or b for a, b in zip(free, over, strict=True)]
            left = whole - sum(load for load, out in zip(loads, free, strict=True) if out)
            left = Fraction(0) if left <= dust * whole else left
            shares = [r.share for r in branch.receivers]
            base = sum(s for s, out in zip(shares, free, strict=True) if not out)
            filled = [
                loads[j] if free[j] else (left * shares[j] / base if base else Fraction(0)) for j in range(len(books))
            ]

    def _clip(self, branch: Branch, due: list[Fraction]) -> list[Fraction]:
        """Bring the targets of counts within the limits: clip, and share what is left by weight."""
        limits = self.rule.limits
        count = len(branch.rows)
        low = Fraction(limits.minimum)
        high = Fraction(count if limits.clients is None else limits.clients)
        seats = len(branch.receivers)
        if not low * seats <= count <= high * seats or (limits.clients is None and not low):
            return due
        shares = [receiver.share for receiver in branch.receivers]
        rates = sorted({edge / share for share in shares for edge in (low, high)})

        def held(rate: Fraction) -> Fraction:
            """Add up what everybody holds at a rate."""
            return sum((min(max(rate * share, low), high) for share in shares), Fraction(0))

        after = next(i for i, rate in enumerate(rates) if held(rate) >= count)
        rate = rates[after]
        if held(rate) > count:
            before = rates[after - 1]
            part = (count - held(before)) / (held(rate) - held(before))
            rate = before + part * (rate - before)
        return [min(max(rate * share, low), high) for share in shares]

    def _verdicts(self, branch: Branch, k: int, values: list[list[Any]], loads: list[Fraction]) -> None:
        """Check total, ratios, bounds and envy of one branch and measure."""
        rows, at = self.division.certificate.branches, self.line + k
        shares = [receiver.share for receiver in branch.receivers]
        total = sum(loads, Fraction(0))
        scale = total or Fraction(1)
        what = f"{self.rule.measures[k].name} of branch {branch.id}:"
        same(rows.branch[at], branch.id, f"{what} branch")
        same(rows.measure[at], self.rule.measures[k].name, f"{what} measure")
        same(rows.total[at], _plain(total, [v for book in values for v in book]), f"{what} total")
        ratios = [load / share / scale for load, share in zip(loads, shares, strict=True)]
        same(rows.lowest[at], min(ratios), f"{what} lowest ratio")
        same(rows.highest[at], max(ratios), f"{what} highest ratio")
        low, high = bound_ratios([v for book in values for v in book], shares)
        same(rows.max_min[at], low / scale, f"{what} max-min bound")
        same(rows.min_max[at], high / scale, f"{what} min-max bound")
        largest = [Fraction(max(book, default=0)) for book in values]
        least = [Fraction(min((v for v in book if v > 0), default=0)) for book in values]
        one, _, _ = tightest_envy(loads, shares, largest)
        some, envier, envied = tightest_envy(loads, shares, least)
        same(rows.wef1[at], one >= 0, f"{what} WEF1")
        same(rows.wefx[at], some >= 0, f"{what} WEFX")
        same(rows.envier[at], branch.receivers[envier].id, f"{what} envier")
        same(rows.envied[at], branch.receivers[envied].id, f"{what} envied")
        same(rows.slack[at], some / scale, f"{what} slack")

    def _bound(self, place: int, branch: Branch) -> None:
        """Check that the prices prove what they are said to prove."""
        certificate = self.division.certificate
        dual = float(certificate.dual[place])
        span = slice(self.seat, self.seat + len(branch.receivers))
        prices = certificate.prices[:, span]
        if dual != dual:  # noqa: PLR0124 - NaN: no rule binds here
            silent = not prices.any() and bool(np.isnan(certificate.worst[place]))
            need(silent, f"prices or a worst deviation of branch {branch.id} where no rule binds")
            return
        need(dual > 0 or not prices.any(), f"prices of branch {branch.id} that prove nothing")
        due, units, owner = self.scaled(branch)
        named = self.named(branch)
        allowed = [[self.may(receiver.id, unit[1], named) for receiver in branch.receivers] for unit in units]
        load = np.zeros_like(due)
        for (value, _), j in zip(units, owner, strict=True):
            load[:, j] += value
        off = np.abs(load - due) / np.where(due > 0, due, np.inf)
        same(certificate.worst[place], off.max(initial=0), f"worst deviation of {branch.id}")
        cheapest = sum(
            min(float(value @ prices[:, j]) for j, good in enumerate(may) if good)
            for (value, _), may in zip(units, allowed, strict=True)
        )
        proved = max(0.0, cheapest - float((prices * due).sum()))
        size = float((np.abs(prices) * due).sum())
        need(size <= 1 + NEAR, f"the prices of branch {branch.id} are not scaled")
        same(dual, proved, f"dual bound of {branch.id}")

    def may(self, owner: Id, unit: list[int], named: dict[Id, Id]) -> bool:
        """Say whether an owner may have a unit."""
        ids = [self.facts.clients.id[row] for row in unit]
        if ids[0] in named:
            return named[ids[0]] == owner
        if any(one.never and one.client in ids and one.owner == owner for one in self.rule.named):
            return False
        branch = next(b for _, b, _ in self.branches if unit[0] in set(b.rows))
        receiver = branch.receivers[branch.place[owner]]
        for asked in self.rule.needs:
            column = self.facts.clients.extra[asked.client]
            words = {str(column[row] or "") for row in unit} - {""}
            if not words <= receiver.words[asked.manager]:
                return False
        return True

    def scaled(self, branch: Branch) -> tuple[Any, list[tuple[Any, list[int]]], list[int]]:
        """Give targets around what is fixed, units with their scaled values, and their owners."""
        units = self.units(branch.rows)
        named = self.named(branch)
        totals = [sum(self.value(k, r) for r in branch.rows) or 1 for k in range(len(self.columns))]
        scaled = [
            np.array([float(sum(self.value(k, r) for r in unit)) / float(t) for k, t in enumerate(totals)])
            for unit in units
        ]
        owner = [branch.place[self.owners[unit[0]]] for unit in units]
        due = np.array([self._due(branch, k, units, scaled, named) for k in range(len(totals))])
        if self.before is not None:
            due = still_due(due, scaled, self.now(branch, units), branch)
        return due, list(zip(scaled, units, strict=True)), owner

    def now(self, branch: Branch, units: list[list[int]]) -> list[int]:
        """Give the place of who has each unit before; a family counts where its last place is."""
        had = self.before or []
        return [max((branch.place.get(had[row], -1) for row in unit), default=-1) for unit in units]

    def _due(self, branch: Branch, k: int, units: Any, scaled: Any, named: dict[Id, Id]) -> list[float]:
        """Give the targets of one scaled measure, raised where what is fixed exceeds the share."""
        shares = [float(receiver.share) for receiver in branch.receivers]
        floors = [0.0] * len(shares)
        for unit, value in zip(units, scaled, strict=True):
            owner = named.get(self.facts.clients.id[unit[0]])
            if owner is not None:
                floors[branch.place[owner]] += float(value[k])
        whole = float(sum(value[k] for value in scaled))
        if any(floors) or self.rule.measures[k].name != "count":
            return level_out(whole, shares, floors)
        exact = [len(branch.rows) * receiver.share for receiver in branch.receivers]
        return [float(one) / len(branch.rows) for one in self._clip(branch, exact)]

    def nothing_more(self) -> None:
        """Check that the certificate has no further rows."""
        certificate = self.division.certificate
        need(len(certificate.books) == self.cell, "the certificate has cells of nobody")
        need(len(certificate.branches) == self.line, "the certificate has rows of no branch")
        words = {"clients by falling size, then by id; receivers by rising ratio, then by id"}
        need(certificate.tie_rule in words, f"unknown tie rule {certificate.tie_rule!r}")


def _plain(load: Fraction, values: Sequence[Any]) -> int | float:
    """Give a sum as it is kept: whole if all parts are."""
    return int(load) if all(isinstance(v, int) for v in values) else float(load)


def level_out(total: float, shares: list[float], floors: list[float]) -> list[float]:
    """Raise everyone to one rate per share but keep who stands above it."""
    above: set[int] = set()
    while True:
        left = total - sum(floors[j] for j in above)
        base = sum(share for j, share in enumerate(shares) if j not in above)
        due = [floors[j] if j in above else left * s / base for j, s in enumerate(shares)]
        further = {j for j, one in enumerate(due) if j not in above and floors[j] > one * (1 + DUST)}
        if not further:
            return due
        above |= further


def bound_ratios(values: list[Any], shares: list[Fraction]) -> tuple[Fraction, Fraction]:
    """Bound the lowest and the highest load per share that any division can have."""
    largest = sorted((Fraction(v) for v in values), reverse=True)
    heavy = sorted(shares, reverse=True)
    total = sum(largest, Fraction(0))
    low = high = total / sum(heavy)
    clients = weight = Fraction(0)
    for k in range(min(len(largest), len(heavy) - 1)):
        clients, weight = clients + largest[k], weight + heavy[k]
        low = min(low, (total - clients) / (sum(heavy) - weight))
        high = max(high, clients / weight)
    if len(set(shares)) == 1 and len(values) <= 50 * len(shares):
        for k in range(1, (len(largest) - 1) // len(shares) + 1):
            last = k * len(shares)
            high = max(high, sum(largest[last - k : last + 1], Fraction(0)) / heavy[0])
    return low, high


def tightest_envy(loads: list[Fraction], shares: list[Fraction], removed: list[Fraction]) -> tuple[Fraction, int, int]:
    """Find the pair that comes nearest to envy: slack, envier, envied."""
    ratios = [load / share for load, share in zip(loads, shares, strict=True)]
    reduced = [(load - v) / s for load, v, s in zip(loads, removed, shares, strict=True)]
    envier = min(range(len(ratios)), key=lambda j: (ratios[j], j))
    envied = max(range(len(ratios)), key=lambda j: (reduced[j], -j))
    return ratios[envier] - reduced[envied], envier, envied


def still_due(due: Any, scaled: list[Any], now: list[int], branch: Branch) -> Any:
    """Fill targets around what overfills a book before anyone moves."""
    shares = [float(receiver.share) for receiver in branch.receivers]
    place, values = np.array(now), np.array(scaled).T
    filled = due.copy()
    for k, row in enumerate(values):
        lumps = [float(row[place == j].max(initial=0.0)) for j in range(len(shares))]
        loads = [float(row[place == j].sum()) for j in range(len(shares))]
        free: set[int] = set()
        while True:
            over = {j for j, v in enumerate(lumps) if v > filled[k, j] * (1 + DUST)} - free
            if not over:
                break
            free |= over
            left = due[k].sum() - sum(loads[j] for j in free)
            left = left if left > DUST * due[k].sum() else 0.0
            base = sum(share for j, share in enumerate(shares) if j not in free) or 1.0
            filled[k] = [loads[j] if j in free else left * s / base for j, s in enumerate(shares)]
    return filled
