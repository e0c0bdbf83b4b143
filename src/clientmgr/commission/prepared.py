"""One edition of a plan made ready to run on one state of the ledger."""

import math
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from clientmgr.commission.charges import Charges
from clientmgr.commission.lane import Lane
from clientmgr.commission.lines import LINE_KEYS, LineBook, constant, key_of_entry
from clientmgr.commission.overlays import Overlays
from clientmgr.commission.owners import Owners
from clientmgr.commission.people import People
from clientmgr.commission.resolve import Case, Entry, Resolver
from clientmgr.commission.rules import CommissionPlan
from clientmgr.commission.shares import Recipes
from clientmgr.commission.sources import CHUNK
from clientmgr.errors import RuleError
from clientmgr.facts import Facts
from clientmgr.ownership import KINDS
from clientmgr.ownership.packing import dense_codes
from clientmgr.periods import add_months
from clientmgr.tables import AnyArray, Coded, Codes, Int64

__all__ = ["CLOSED", "NOT_OPEN", "Prepared"]

NOT_OPEN = -1
CLOSED = -2
ORIGINS = np.array(["existing", "new"])
KIND_WORDS = np.array(KINDS)
WIDEST_BASE = 1 << 62


class Prepared:
    """Charges and recipes of one plan edition over one state of the ledger.

    Recipes are found by calendar row alone where the rule asks for nothing that changes between the marks of a client
    (the usual case), else by case: row, months since opening, months since the change, memberships of the day.
    """

    def __init__(self, owners: Owners, plan: CommissionPlan, facts: Facts, lines: LineBook) -> None:
        """Lay out what can be laid out before the trades are seen."""
        self.owners = owners
        self.plan = plan
        self.lines = lines
        self.charges: Charges = Charges(plan)
        self.recipes: Recipes = Recipes.empty()
        self.overlays: Overlays = Overlays.empty()
        self._by_row: Codes | None = None
        self._cases: _Cases | None = None
        self.lane: Lane | None = None
        if plan.crediting.is_plain:
            self._by_row = self._lay_out_plain()
            if owners.only is None and Lane.serves(self.recipes) and not len(self.overlays.line):
                self.lane = Lane(self._by_row, self.recipes, CHUNK)
        else:
            self._cases = _Cases(owners, plan, facts)
            self._keys = np.empty(0, np.int64)
            self._recipe_of_key = np.empty(0, np.int64)
            self._line_of: dict[tuple[object, ...], int] = {}

    def recipe(self, row: AnyArray, day: AnyArray) -> AnyArray:
        """Find the recipe of each calendar row and day; NOT_OPEN or CLOSED where there is none."""
        if self._by_row is not None:
            return self._by_row.take(row)
        return self._by_case(row, day)

    def _lay_out_plain(self) -> Codes:
        """Make one recipe for each distinct owner set, origin, way of acquisition and branch."""
        owners, sets = self.owners, self.owners.sets
        held = np.flatnonzero(owners.value >= 0)
        facets = (owners.value, owners.existing, owners.acquired, owners.branch)
        # The small facets first: a dense number of theirs keeps the joint keys in reach of a direct table.
        facet, count = dense_codes([column[held] for column in facets[1:]])
        context, many = dense_codes([owners.value[held].astype(np.int64) * max(count, 1) + facet])
        first = np.zeros(many, np.int64)
        first[context[::-1]] = held[::-1]
        which, member = sets.rows_of(owners.value[first])
        outside = sets.overlay[member]
        keys = (sets.party[member], sets.role[member], outside.astype(np.int8))
        line = self._plain_lines([*keys, *(column[first][which] for column in facets[1:])])
        self.recipes = Recipes(
            _starts(which[~outside], many),
            line[~outside],
            sets.share[member[~outside]],
            sets.base[owners.value[first]],
        )
        rates = self._overlay_rates(member[outside])
        self.overlays = Overlays(_starts(which[outside], many), line[outside], *rates)
        by_mark = np.full(len(owners.value), CLOSED, np.int32)
        by_mark[held] = context
        return np.append(by_mark, np.int32(NOT_OPEN))[owners.calendar.mark]

    def _plain_lines(self, columns: list[AnyArray]) -> Codes:
        """Enter the distinct lines of member rows, and give each row's line."""
        number, many = dense_codes(columns)
        first = np.zeros(many, np.int64)
        first[number[::-1]] = np.arange(len(number))[::-1]
        party, role, outside, existing, acquired, branch = (column[first] for column in columns)
        sets = self.owners.sets
        made = dict(sets.parties.columns(party))
        made["branch"] = Coded.from_codes(self.owners.branches.vocabulary, branch)
        made["role"] = sets.roles[role]
        made["kind"] = Coded.from_codes(np.array(["overlay", "share"]), 1 - outside)
        made["funder"] = made["treatment"] = constant("", many)
        made["origin"] = Coded.from_codes(ORIGINS, 1 - existing.astype(np.int32))
        made["acquired"] = Coded.of(KIND_WORDS[acquired])
        return (number + self.lines.add({name: made[name] for name in LINE_KEYS})).astype(np.int32)

    def _overlay_rates(self, member: Int64) -> tuple[Codes, tuple[Fraction, ...]]:
        """Find the distinct rates of some overlay members."""
        sets = self.owners.sets
        owner = np.searchsorted(sets.start, member, side="right") - 1
        share, base = sets.share[member], sets.base[owner]
        number, many = dense_codes([share, base])
        first = np.zeros(many, np.int64)
        first[number[::-1]] = np.arange(len(number))[::-1]
        pairs = zip(share[first].tolist(), base[first].tolist(), strict=True)
        return number.astype(np.int32), tuple(Fraction(a, b) for a, b in pairs)

    def _by_case(self, row: AnyArray, day: AnyArray) -> AnyArray:
        """Find recipes by case, working out the cases that are new."""
        cases = self._cases
        assert cases is not None  # noqa: S101 - set wherever rows do not decide
        keys, place = np.unique(cases.keys(row, day), return_inverse=True)
        known = np.searchsorted(self._keys, keys).clip(max=max(len(self._keys) - 1, 0))
        new = keys[self._keys[known] != keys] if len(self._keys) else keys
        if len(new):
            self._work_out(cases, new)
        return self._recipe_of_key[np.searchsorted(self._keys, keys)][place]

    def _work_out(self, cases: "_Cases", new: Int64) -> None:
        """Resolve new cases into recipes."""
        number = np.where(new < 0, new, 0)
        inside: list[list[tuple[int, Fraction]]] = []
        outside: list[list[tuple[int, Fraction]]] = []
        wanted: dict[tuple[object, ...], None] = {}
        drafts = []
        for key in new[new >= 0].tolist():
            case, branch = cases.case(key)
            entries, treatment = cases.resolver.conserved(case)
            facets = (branch, treatment, case.origin, case.acquired)
            drafts.append((_keyed(entries, facets), _keyed(cases.resolver.overlays(case), facets)))
            wanted.update((k, None) for draft in drafts[-1] for k, _ in draft)
        fresh = [key for key in wanted if key not in self._line_of]
        first = self.lines.add_keys(fresh)
        self._line_of.update({key: first + i for i, key in enumerate(fresh)})
        for conserved, overlays in drafts:
            inside.append([(self._line_of[key], part) for key, part in conserved])
            outside.append([(self._line_of[key], part) for key, part in overlays])
        number[new >= 0] = len(self.recipes) + np.arange(len(drafts))
        self.recipes = self.recipes.added(_of_fractions(inside))
        self.overlays = self.overlays.added(Overlays.of(outside))
        keys = np.concatenate([self._keys, new])
        order = np.argsort(keys)
        self._keys = keys[order]
        self._recipe_of_key = np.concatenate([self._recipe_of_key, number])[order]


class _Cases:
    """Numbers the cases of a rule: one key for all that decides who is credited with a trade."""

    def __init__(self, owners: Owners, plan: CommissionPlan, facts: Facts) -> None:
        """Find the thresholds of the rule, and for each mark the days on which it passes them."""
        rule = plan.crediting
        self.owners = owners
        needs_heads = any(target == "heads" for _, target in rule.pools)
        needs_heads |= any(each.to == "heads" for each in rule.overrides)
        needs_teams = rule.teams == "members" or any(each.to == "leads" for each in rule.overrides)
        self.resolver = Resolver(rule, People.of(facts, teams=needs_teams, heads=needs_heads))
        self.months = _month_thresholds(plan)
        self.ages = _age_thresholds(plan)
        self.past_kinds = _kinds_that_look_back(plan)
        opened = _opened(owners, facts) if self.months else owners.valid
        self.month_days = _passing_days(opened, self.months)
        self.age_days = _passing_days(owners.valid, self.ages)
        self.context, self.first = self._contexts()

    def keys(self, row: AnyArray, day: AnyArray) -> Int64:
        """Give the key of each calendar row and day; NOT_OPEN and CLOSED stand for themselves."""
        mark = self.owners.calendar.mark[row]
        key = self.context[mark].astype(np.int64)
        people = self.resolver.people.changes
        for days, size in ((self.month_days, len(self.months)), (self.age_days, len(self.ages))):
            key *= size + 1
            for threshold in days:
                key += day >= threshold[mark]
        key *= len(people) + 1
        key += np.searchsorted(people, day, side="right")
        value = np.append(self.owners.value, 0)[mark]
        return np.where(mark < 0, NOT_OPEN, np.where(value < 0, CLOSED, key))

    def case(self, key: int) -> tuple[Case, object]:
        """Give the case of a key, and the branch of its mark."""
        people = self.resolver.people.changes
        key, epoch = divmod(key, len(people) + 1)
        key, age = divmod(key, len(self.ages) + 1)
        context, month = divmod(key, len(self.months) + 1)
        mark = int(self.first[context])
        owners = self.owners
        now, overlays = owners.members(int(owners.value[mark]))
        former = int(owners.former[mark]) if int(owners.kind[mark]) in self.past_kinds else -1
        branch = owners.branches[int(owners.branch[mark])]
        made = Case(
            owners=now,
            overlays=overlays,
            former=owners.members(int(owners.value[former]))[0] if former >= 0 else (),
            kind=KINDS[int(owners.kind[mark])],
            age=self.ages[age - 1] if age else 0,
            origin="existing" if owners.existing[mark] else "new",
            acquired=KINDS[int(owners.acquired[mark])],
            months=self.months[month - 1] if month else 0,
            day=int(people[epoch - 1]) if epoch else -(2**31),
            branch="" if branch is None else branch,
        )
        return made, branch

    def _contexts(self) -> tuple[AnyArray, Int64]:
        """Number what a mark alone decides: owner set, former set, kind, origin, acquisition, branch."""
        owners = self.owners
        looks_back = np.isin(owners.kind, list(self.past_kinds))
        former = np.where(looks_back & (owners.former >= 0), owners.value[owners.former], -1)
        kind = np.where(looks_back, owners.kind, -1)
        facets = [owners.value, former, kind, owners.existing, owners.acquired, owners.branch]
        number, many = dense_codes(facets)
        first = np.zeros(many, np.int64)
        first[number[::-1]] = np.arange(len(number))[::-1]
        return np.append(number, 0), first


def _keyed(entries: Iterable[Entry], facets: tuple[object, str, str, str]) -> list[tuple[tuple[object, ...], Fraction]]:
    """Give the line key and the part of each entry."""
    return [(key_of_entry(entry, *facets), entry.part) for entry in entries]


def _month_thresholds(plan: CommissionPlan) -> list[int]:
    """List the months since opening at which some treatment begins or ends."""
    every = {each.months_from for each in plan.crediting.treatments}
    every |= {each.months_below or 0 for each in plan.crediting.treatments}
    return sorted(every - {0})


def _age_thresholds(plan: CommissionPlan) -> list[int]:
    """List the months since a change at which a declining share steps or a hand-over ends."""
    rule = plan.crediting
    every = {each.every * (i + 1) for each in rule.declining for i in range(len(each.shares))}
    return sorted(every | ({rule.hand_over.months} if rule.hand_over else set()))


def _kinds_that_look_back(plan: CommissionPlan) -> set[int]:
    """List the kinds of change for which the former owners matter."""
    rule = plan.crediting
    words = [kind for each in rule.declining for kind in each.kinds]
    words += list(rule.hand_over.kinds) if rule.hand_over else []
    for word in words:
        if word not in KINDS:
            raise RuleError(f"kinds are {', '.join(KINDS)}, got {word!r}", path="$.crediting")
    return {KINDS.index(word) for word in words}


def _opened(owners: Owners, facts: Facts) -> AnyArray:
    """Give the opening day behind each mark: the client's own in its first life, else the life's first day."""
    row = facts.clients.rows(owners.clients)
    opened = np.append(facts.clients.opened, np.datetime64("NaT"))[row]
    stated = opened[owners.snapshot.marks.client]
    known = ~np.isnat(stated) & owners.first_life
    return np.where(known, stated.astype(np.int64), owners.life_start)


def _passing_days(since: AnyArray, months: list[int]) -> list[AnyArray]:
    """Give for each number of months the days on which it is completed, one spare row behind."""
    days = since.astype(np.int64).astype("datetime64[D]")
    return [np.append(add_months(days, n).astype(np.int64), 2**40) for n in months]


def _starts(which: Int64, many: int) -> Int64:
    """Find where the entries of each recipe begin, when they come in the order of their recipes."""
    return np.concatenate([[0], np.cumsum(np.bincount(which, minlength=many))])


def _of_fractions(lists: list[list[tuple[int, Fraction]]]) -> Recipes:
    """Lay out recipes of exact parts that sum to one."""
    start = np.concatenate([[0], np.cumsum([len(each) for each in lists], dtype=np.int64)])
    base = [math.lcm(*(part.denominator for _, part in each)) for each in lists]
    if max(base, default=0) >= WIDEST_BASE:
        raise RuleError("the shares of a case need a base beyond 2^62; use rounder shares")
    weight = [int(part * b) for each, b in zip(lists, base, strict=True) for _, part in each]
    line = [line for each in lists for line, _ in each]
    return Recipes(start, np.array(line, np.int32), np.array(weight, np.int64), np.array(base, np.int64))
