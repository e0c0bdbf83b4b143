"""Re-checks a division: who is held out, who may have whom, every number, bound and verdict.

Nothing of the search is used: loads, targets, bounds and envy are recomputed from facts and rule
with fractions, and each number of the certificate is compared. It raises at the first lie.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.allocation import AllocationRule, Division
from clientmgr.check.allocation_oracle import (
    Branch,
    expected_pools,
    find_branches,
    measure_columns,
    number,
)
from clientmgr.errors import CheckError
from clientmgr.facts import Facts
from clientmgr.ownership import Ledger
from clientmgr.tables import Id

__all__ = ["verify_allocation"]

DUST = 1e-12  # relative; what rounding leaves is nothing
NEAR = 1e-7  # relative; floats are summed in another order here


def verify_allocation(
    facts: Facts,
    rule: AllocationRule,
    division: Division,
    *,
    dormant: Any = None,
    ledger: Ledger | None = None,
    totals: Mapping[str, Any] | None = None,
    fits: Mapping[Any, Any] | None = None,
) -> None:
    """Recompute everything that a division claims, and compare.

    Args:
        facts: what was divided.
        rule: the rule that it should have followed.
        division: the decision.
        dormant: as it was given to `allocate`.
        ledger: likewise.
        totals: likewise.
        fits: likewise.

    Raises:
        CheckError: something does not hold; the message says what. O(clients x receivers) at most.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.allocation import AllocationRule, allocate
        >>> from clientmgr.check.allocation import verify_allocation
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1", "C2", "C3"], branch="B1", assets=[300, 200, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> rule = AllocationRule(key=None)
        >>> verify_allocation(facts, rule, allocate(facts, rule, on="2026-07-01"))
    """
    mask = None if dormant is None else np.asarray(getattr(dormant, "dormant", dormant))
    on = division.on
    pools = expected_pools(facts, rule, on, mask)
    columns, hours = measure_columns(facts, rule, on, totals or {})
    claims = _Claims(facts, rule, division, pools, columns, hours)
    claims.before = _owners_before(facts, division, ledger)
    claims.rule_and_pools()
    for i, branch in enumerate(find_branches(facts, rule, on, pools)):
        if branch.rows:
            _need(bool(branch.receivers), f"branch {branch.id} has nobody to receive clients")
            claims.branch(i, branch)
        elif branch.receivers:
            claims.branch(i, branch)
    claims.nothing_more()
    _check_clipped(division, columns, pools)
    _check_changes(facts, division, pools, ledger)
    _check_moves(claims, ledger)
    _check_affinity(claims, fits or {})
    _check_auction(claims, fits or {})


def _need(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like assert
    """Raise unless something holds."""
    if not holds:
        raise CheckError(otherwise)


def _same(found: Any, expected: Any, what: str) -> None:
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
    _need(good, f"{what} is {expected}, the certificate says {found}")


@attrs.define(eq=False)
class _Claims:
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
        _need(division.rule == self.rule, f"the division followed another rule: {division.rule}")
        self.owners = division.owner.tolist()
        for row, (pool, found) in enumerate(zip(self.pools, division.pool.tolist(), strict=True)):
            client = self.facts.clients.id[row]
            wanted = pool if pool in {"key", "dormant"} else None
            _need(found == wanted, f"client {client} belongs to pool {wanted}, not {found}")
            _need(
                (self.owners[row] is None) == (pool != ""),
                f"client {client} must have exactly one owner or pool, has {self.owners[row]}",
            )
            step = division.step[row]
            _need(
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
            _need(owner in branch.place, f"{owner} may receive no clients of {branch.id} ({client})")
            for need in self.rule.needs:
                word = str(self.facts.clients.extra[need.client][row] or "")
                held = branch.receivers[branch.place[owner]].words[need.manager]
                fits = not word or word in held or named.get(client) == owner
                _need(fits, f"client {client} needs {word!r}, which {owner} does not have")
            _need(named.get(client, owner) == owner, f"client {client} is named for another owner")
        for one in self.rule.named:
            wrong = [r for r in branch.rows if self.facts.clients.id[r] == one.client and one.never]
            _need(
                not any(self.owners[r] == one.owner for r in wrong),
                f"client {one.client} must never go to {one.owner}",
            )
        for unit in self.units(branch.rows):
            together = len({self.owners[row] for row in unit}) == 1
            _need(together, f"the family of {self.facts.clients.id[unit[0]]} is torn")
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
            _need(
                limits.minimum <= len(rows) and (limits.clients is None or len(rows) <= limits.clients),
                f"{receiver.id} has {len(rows)} clients, outside the limits",
            )
            if self.hours is not None:
                spent = sum(self.hours[row] for row in rows)
                _need(spent <= receiver.hours + NEAR, f"{receiver.id} would need {spent} hours")

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
            _same(rows.branch[at], branch.id, f"{what} branch")
            _same(rows.owner[at], receiver.id, f"{what} owner")
            _same(rows.measure[at], name, f"{what} measure")
            _same(rows.clients[at], len(books[j]), f"{what} number of clients")
            _same(rows.target[at], due[j], f"{what} target")
            _same(rows.filled[at], filled[j], f"{what} filled target")
            _same(rows.load[at], _plain(loads[j], values[j]), f"{what} load")
            _same(rows.deviation[at], 100 * off / filled[j] if filled[j] else 0, f"{what} deviation")
            average = total / max(len(branch.rows), 1)
            _same(rows.in_clients[at], off / average if total else 0, f"{what} deviation in clients")
            _same(rows.smallest[at], min(positive, default=0), f"{what} smallest client")
            _same(rows.largest[at], max(values[j], default=0), f"{what} largest client")
            _same(rows.free[at], free[j], f"{what} free")
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
        _same(rows.branch[at], branch.id, f"{what} branch")
        _same(rows.measure[at], self.rule.measures[k].name, f"{what} measure")
        _same(rows.total[at], _plain(total, [v for book in values for v in book]), f"{what} total")
        ratios = [load / share / scale for load, share in zip(loads, shares, strict=True)]
        _same(rows.lowest[at], min(ratios), f"{what} lowest ratio")
        _same(rows.highest[at], max(ratios), f"{what} highest ratio")
        low, high = _bounds([v for book in values for v in book], shares)
        _same(rows.max_min[at], low / scale, f"{what} max-min bound")
        _same(rows.min_max[at], high / scale, f"{what} min-max bound")
        largest = [Fraction(max(book, default=0)) for book in values]
        least = [Fraction(min((v for v in book if v > 0), default=0)) for book in values]
        one, _, _ = _envy(loads, shares, largest)
        some, envier, envied = _envy(loads, shares, least)
        _same(rows.wef1[at], one >= 0, f"{what} WEF1")
        _same(rows.wefx[at], some >= 0, f"{what} WEFX")
        _same(rows.envier[at], branch.receivers[envier].id, f"{what} envier")
        _same(rows.envied[at], branch.receivers[envied].id, f"{what} envied")
        _same(rows.slack[at], some / scale, f"{what} slack")

    def _bound(self, place: int, branch: Branch) -> None:
        """Check that the prices prove what they are said to prove."""
        certificate = self.division.certificate
        dual = float(certificate.dual[place])
        span = slice(self.seat, self.seat + len(branch.receivers))
        prices = certificate.prices[:, span]
        if dual != dual:  # noqa: PLR0124 - NaN: no rule binds here
            silent = not prices.any() and bool(np.isnan(certificate.worst[place]))
            _need(silent, f"prices or a worst deviation of branch {branch.id} where no rule binds")
            return
        _need(dual > 0 or not prices.any(), f"prices of branch {branch.id} that prove nothing")
        due, units, owner = self.scaled(branch)
        named = self.named(branch)
        allowed = [[self.may(receiver.id, unit[1], named) for receiver in branch.receivers] for unit in units]
        load = np.zeros_like(due)
        for (value, _), j in zip(units, owner, strict=True):
            load[:, j] += value
        off = np.abs(load - due) / np.where(due > 0, due, np.inf)
        _same(certificate.worst[place], off.max(initial=0), f"worst deviation of {branch.id}")
        cheapest = sum(
            min(float(value @ prices[:, j]) for j, good in enumerate(may) if good)
            for (value, _), may in zip(units, allowed, strict=True)
        )
        proved = max(0.0, cheapest - float((prices * due).sum()))
        size = float((np.abs(prices) * due).sum())
        _need(size <= 1 + NEAR, f"the prices of branch {branch.id} are not scaled")
        _same(dual, proved, f"dual bound of {branch.id}")

    def may(self, owner: Id, unit: list[int], named: dict[Id, Id]) -> bool:
        """Say whether an owner may have a unit."""
        ids = [self.facts.clients.id[row] for row in unit]
        if ids[0] in named:
            return named[ids[0]] == owner
        if any(one.never and one.client in ids and one.owner == owner for one in self.rule.named):
            return False
        branch = next(b for _, b, _ in self.branches if unit[0] in set(b.rows))
        receiver = branch.receivers[branch.place[owner]]
        for need in self.rule.needs:
            column = self.facts.clients.extra[need.client]
            words = {str(column[row] or "") for row in unit} - {""}
            if not words <= receiver.words[need.manager]:
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
            due = _still(due, scaled, self.now(branch, units), branch)
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
            return _level(whole, shares, floors)
        exact = [len(branch.rows) * receiver.share for receiver in branch.receivers]
        return [float(one) / len(branch.rows) for one in self._clip(branch, exact)]

    def nothing_more(self) -> None:
        """Check that the certificate has no further rows."""
        certificate = self.division.certificate
        _need(len(certificate.books) == self.cell, "the certificate has cells of nobody")
        _need(len(certificate.branches) == self.line, "the certificate has rows of no branch")
        words = {"clients by falling size, then by id; receivers by rising ratio, then by id"}
        _need(certificate.tie_rule in words, f"unknown tie rule {certificate.tie_rule!r}")


def _plain(load: Fraction, values: Sequence[Any]) -> int | float:
    """Give a sum as it is kept: whole if all parts are."""
    return int(load) if all(isinstance(v, int) for v in values) else float(load)


def _level(total: float, shares: list[float], floors: list[float]) -> list[float]:
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


def _bounds(values: list[Any], shares: list[Fraction]) -> tuple[Fraction, Fraction]:
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


def _envy(loads: list[Fraction], shares: list[Fraction], removed: list[Fraction]) -> tuple[Fraction, int, int]:
    """Find the pair that comes nearest to envy: slack, envier, envied."""
    ratios = [load / share for load, share in zip(loads, shares, strict=True)]
    reduced = [(load - v) / s for load, v, s in zip(loads, removed, shares, strict=True)]
    envier = min(range(len(ratios)), key=lambda j: (ratios[j], j))
    envied = max(range(len(ratios)), key=lambda j: (reduced[j], -j))
    return ratios[envier] - reduced[envied], envier, envied


def _check_clipped(division: Division, columns: list[list[Any]], pools: list[str]) -> None:
    """Compare how many values below zero were counted as zero."""
    for measure, column in zip(division.rule.measures, columns, strict=True):
        below = sum(1 for value, pool in zip(column, pools, strict=True) if pool == "" and value < 0)
        _same(division.certificate.clipped[measure.name], below, f"clipped values of {measure.name}")
        _need(not below or measure.negative == "zero", f"{measure.name} has values below zero")


def _check_changes(facts: Facts, division: Division, pools: list[str], ledger: Ledger | None) -> None:
    """Compare the ownership changes with the decision: who changes, to whom, from when."""
    kind = "team" if division.rule.receivers == "teams" else "manager"
    wanted: dict[Id, tuple[Any, Any]] = {}
    owners = division.owner.tolist()
    before = None if ledger is None else ledger.owners(facts.clients.id, division.on)
    for row, pool in enumerate(pools):
        now = (owners[row], pool or None)
        if pool == "none":
            continue
        if before is not None and bool(before.is_owned[row]):
            old = (getattr(before, kind)[row], before.pool[row])
            if old == now and before.branch[row] == facts.clients.branch[row]:
                continue
        wanted[facts.clients.id[row]] = now
    found = {}
    for record in division.changes.to_records():
        found[record["client"]] = (record[kind], record["pool"])
        right = record["valid"] == division.on.item() and record["share"] == record["of"] == 1
        branch = facts.clients.branch[facts.clients.row(record["client"])]
        _need(right and record["branch"] == branch, f"the change of {record['client']} is wrong")
    _need(len(found) == len(division.changes), "a client changes twice")
    _need(found == wanted, "the ownership changes are not what the division decides")


def _check_moves(claims: _Claims, ledger: Ledger | None) -> None:
    """Count the clients who change hands, and recompute the bound on them."""
    certificate = claims.division.certificate
    if ledger is None:
        _need(not certificate.moves.any(), "moves in a first division")
        _need(not certificate.moves_bound.any(), "a bound on moves in a first division")
        return
    before = claims.before or []
    for place, branch, _ in claims.branches:
        had = [row for row in branch.rows if before[row] in branch.place]
        moved = sum(1 for row in had if claims.owners[row] != before[row])
        _same(certificate.moves[place], moved, f"moves in branch {branch.id}")
        bound = _moves_bound(claims, branch) if branch.rows else 0
        _same(certificate.moves_bound[place], bound, f"bound on moves in branch {branch.id}")


def _owners_before(facts: Facts, division: Division, ledger: Ledger | None) -> list[Any] | None:
    """Give who had each client before a re-division; None for a first division."""
    if ledger is None:
        return None
    owners = ledger.owners(facts.clients.id, division.on)
    column = owners.team if division.rule.receivers == "teams" else owners.manager
    return list(column.tolist())


def _moves_bound(claims: _Claims, branch: Branch) -> int:
    """Bound the units that must change hands, receiver by receiver."""
    within = float(number(claims.rule.moves.within))
    due, pairs, _ = claims.scaled(branch)
    now = np.array(claims.now(branch, [unit for _, unit in pairs]))
    values = np.array([value for value, _ in pairs]).T
    gives = takes = 0
    for j in range(len(branch.receivers)):
        mine = now == j
        load = values[:, mine].sum(axis=1)
        gives += _least(values[:, mine], load - (1 + within) * due[:, j], due[:, j])
        takes += _least(values[:, ~mine], (1 - within) * due[:, j] - load, due[:, j])
    return max(gives, takes - int((now < 0).sum()), 0)


def _still(due: Any, scaled: list[Any], now: list[int], branch: Branch) -> Any:
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


def _least(values: Any, excess: Any, due: Any) -> int:
    """Count the largest units that an excess takes, for the mix of measures that needs most."""
    measures = len(excess)
    safe = np.where(due > 0, due, np.inf)
    mixes = [np.eye(measures)[k] for k in range(measures)]
    if measures > 1:
        roots = [(k + 2.25) ** 0.5 for k in range(measures)]
        mixes += [np.array([step * root % 1.0 for root in roots]) for step in range(1, 41)]
    least = 0
    for mix in mixes:
        need = float(mix @ (excess / safe))
        if need <= DUST:
            continue
        total, count = 0.0, 0
        for part in sorted((mix @ (values / safe[:, None])).tolist(), reverse=True):
            if total >= need * (1 - DUST):
                break
            total, count = total + part, count + 1
        least = max(least, count if total >= need * (1 - DUST) else count + 1)
    return least


def _gains(fits: Mapping[Id, Any], unit: list[int], owner: Id) -> float:
    """Add up how the clients of a unit fit an owner."""
    return float(sum(fits[owner][row] for row in unit)) if owner in fits else 0.0


def _check_affinity(claims: _Claims, fits: Mapping[Id, Any]) -> None:
    """Recompute the sum of fits, and the bound that the prices of hours or places prove."""
    certificate = claims.division.certificate
    wanted = claims.rule.method.kind == "affinity"
    for place, branch, seat in claims.branches:
        if not wanted or not branch.rows:
            nothing = np.isnan(certificate.affinity[place]) and np.isnan(certificate.affinity_bound[place])
            _need(bool(nothing), f"an affinity of branch {branch.id} that nobody asked for")
            continue
        prices = certificate.room_prices[seat : seat + len(branch.receivers)].tolist()
        named = claims.named(branch)
        value = bound = 0.0
        for unit in claims.units(branch.rows):
            takes = len(unit) if claims.hours is None else sum(claims.hours[row] for row in unit)
            value += _gains(fits, unit, claims.owners[unit[0]])
            bound += max(
                _gains(fits, unit, receiver.id) - price * takes
                for receiver, price in zip(branch.receivers, prices, strict=True)
                if claims.may(receiver.id, unit, named)
            )
        most = claims.rule.limits.clients
        for receiver, price in zip(branch.receivers, prices, strict=True):
            _need(price >= 0, f"the price of {receiver.id} is below zero")
            full = len(branch.rows) if most is None else most
            bound += price * (full if claims.hours is None else receiver.hours)
        _same(certificate.affinity[place], value, f"affinity of branch {branch.id}")
        _same(certificate.affinity_bound[place], bound, f"bound on the affinity of {branch.id}")


def _check_auction(claims: _Claims, fits: Mapping[Id, Any]) -> None:
    """Recompute by which part some buyer sees more value for money elsewhere."""
    certificate, division = claims.division.certificate, claims.division
    if claims.rule.method.kind != "auction":
        _need(division.prices is None, "prices without an auction")
        _need(bool(np.isnan(certificate.slack).all()), "slackness without an auction")
        return
    _need(division.prices is not None, "an auction without prices")
    paid = dict(zip(division.problem.rows.tolist(), division.prices.tolist(), strict=True))  # type: ignore[union-attr]
    for place, branch, _ in claims.branches:
        if branch.rows:
            slack = _slack(claims, branch, fits, paid)
            _same(certificate.slack[place], slack, f"slackness of branch {branch.id}")


def _slack(claims: _Claims, branch: Branch, fits: Mapping[Id, Any], paid: dict[int, float]) -> float:
    """Compare, for each buyer, its clients with all that it could have paid for."""
    name = claims.rule.method.value  # type: ignore[union-attr]
    k = [measure.name for measure in claims.rule.measures].index(name)
    named = claims.named(branch)
    units = [u for u in claims.units(branch.rows) if claims.facts.clients.id[u[0]] not in named]
    price = [sum(paid[row] for row in unit) for unit in units]
    total = sum(claims.value(k, row) for row in branch.rows) or 1
    worst = 0.0
    for receiver in branch.receivers:
        worth = [
            _worth(claims, fits, unit, receiver.id, (k, total)) / p if p > 0 else 0.0
            for unit, p in zip(units, price, strict=True)
        ]
        mine = [i for i, u in enumerate(units) if claims.owners[u[0]] == receiver.id]
        left = float(receiver.share) - sum(price[i] for i in mine)
        others = sorted(set(range(len(units))) - set(mine))
        for i in mine:
            if price[i] > 0 and worth[i] > 0:
                payable = [worth[o] for o in others if price[o] <= left + price[i]]
                worst = max(worst, max(payable, default=0.0) / worth[i] - 1.0)
    return worst


def _worth(claims: _Claims, fits: Mapping[Id, Any], unit: list[int], owner: Id, measure: tuple[int, Any]) -> float:
    """Say what a unit is worth to a buyer: nothing where it may not have it."""
    if not claims.may(owner, unit, {}):
        return 0.0
    if owner in fits:
        return max(0.0, float(sum(fits[owner][row] for row in unit)))
    return float(sum(claims.value(measure[0], row) for row in unit)) / float(measure[1])
