"""`Scores`: what `score` decided, with every contribution exact and printed."""

from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring.card import Criterion, Scorecard
from clientmgr.scoring.conditions import Judge
from clientmgr.scoring.exact import Exact
from clientmgr.scoring.levels import show, show_level
from clientmgr.tables import AnyArray, Coded, Id, Int64, Result, freeze, text_table

__all__ = ["Scores"]

GAPS = {
    "raise": "refused",
    "floor": "counts as the lowest attainment",
    "neutral": "counts as the target met",
    "reweigh": "its weight goes to the others in proportion",
}


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Scores(Result):
    """The scores of some managers: exact contributions, printed ones, and ranks.

    Attributes:
        card: the scorecard.
        measures: what was scored.
        lines: the names of the contributions: one a criterion, then bonuses, events, limits.
        parts: the exact contributions in points, one column a line.
        attained: the exact attainments, one column a criterion.
        units: the rounded score in units of 10^-places points, int64; grades go by it.
        printed: (rows, lines) printed contributions in the same units; they add up to `units`.

    Example:
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, Scores, score
        >>> card = Scorecard("calls", (Criterion("calls", "100%", target=40),))
        >>> scores = score(Measures(manager=["M1"], period="2026-07", values={"calls": [30]}), card)
        >>> isinstance(scores, Scores), str(scores.exact("M1"))
        (True, '75')
    """

    card: Scorecard
    measures: Measures
    lines: tuple[str, ...]
    parts: tuple[Exact, ...]
    attained: tuple[Exact, ...]
    units: Int64
    printed: Int64

    @property
    def manager(self) -> Coded:
        """Whose scores."""
        return self.measures.manager

    @property
    def period(self) -> Coded:
        """The period of each row."""
        return self.measures.period

    @cached_property
    def score(self) -> AnyArray:
        """The scores as printed: Decimals with the places of the card."""
        return freeze(_decimals(self.units, self.card.places))

    @cached_property
    def rank(self) -> Int64:
        """The rank by printed score within the period, from 1; equal scores share the better."""
        order = np.lexsort((-self.units, self.period.codes))
        return freeze(_ranks(order, [self.period.codes[order]], [self.units[order]]))

    @cached_property
    def untied_rank(self) -> Int64:
        """The rank with ties broken: by the printed contributions in their order, then by id."""
        keys = [self.manager.codes, *(-self.printed[:, ::-1].T), -self.units, self.period.codes]
        order = np.lexsort(keys)
        return freeze(_ranks(order, [self.period.codes[order]], [np.arange(len(order))]))

    def column(self) -> MeasureColumn:
        """Give the scores as a measure, for `Measures.with_values(score=...)`."""
        none = freeze(np.zeros(len(self.units), bool))
        return MeasureColumn("points", self.units, none, self.card.places)

    def rows_for(self, measures: Measures) -> Int64:
        """Find the row of each manager and period of some measures.

        Raises:
            DataError: a manager and period without a score.
        """
        place = {key: i for i, key in enumerate(_keys(self.measures))}
        keys = _keys(measures)
        lost = [i for i, key in enumerate(keys) if key not in place]
        if lost:
            findings = Findings.of(
                table="scores",
                column="manager",
                rows=lost,
                ids=[keys[i][0] for i in lost],
                values=["no score"] * len(lost),
                expected="a score of every manager in the period",
            )
            raise DataError.of(findings, "cannot join scores and measures")
        return np.array([place[key] for key in keys], np.int64)

    def exact(self, manager: Id) -> Fraction:
        """Give the score of one manager before rounding."""
        return sum(self.contributions(manager).values(), Fraction(0))

    def contributions(self, manager: Id) -> dict[str, Fraction]:
        """Give the exact contributions of one manager, by line."""
        row = self.measures.row(manager)
        return {name: part.at(row) for name, part in zip(self.lines, self.parts, strict=True)}

    def to_columns(self) -> dict[str, AnyArray]:
        """Give manager, period, printed contributions, score and ranks."""
        parts = {name: _decimals(self.printed[:, k], self.card.places) for k, name in enumerate(self.lines)}
        return {
            "manager": np.asarray(self.manager),
            "period": np.asarray(self.period),
            **parts,
            "score": self.score,
            "rank": self.rank,
            "untied_rank": self.untied_rank,
        }

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.units)

    def __repr__(self) -> str:
        """Name the card, the size and the range."""
        if not len(self):
            return f"Scores({self.card.name!r}, nobody)"
        low, high = (self.score[f(self.units)] for f in (np.argmin, np.argmax))
        return f"Scores({self.card.name!r}, {len(self):,} rows, {low} to {high})"

    def explain(self, manager: Id) -> str:
        """Write the sheet of one manager: every number from which the score can be recomputed.

        Points are printed so that they add up to the printed score; `~` marks a number shown
        rounded, which is calculated with exactly.
        """
        row = self.measures.row(manager)
        head = f"{self.card.name}: score of {manager} in {self.period[row]}"
        columns = [self._criterion_cells(i, row) for i in range(len(self.card.criteria))]
        columns += [self._other_cells(k, row) for k in range(len(columns), len(self.lines))]
        heads = ("measure", "value", "floor", "target", "attained", "weight", "points")
        cells = {name: [cell[i] for cell in columns] for i, name in enumerate(heads)}
        right = dict.fromkeys(heads[1:], str)
        body = text_table(cells, formats=right, indent=2)
        return "\n".join([head, body, *self._notes(row), self._verdict(row)])

    def _criterion_cells(self, i: int, row: int) -> tuple[str, ...]:
        """Write the row of one criterion."""
        criterion = self.card.criteria[i]
        column = self.measures[criterion.measure]
        value = column[row]
        share = self.attained[i].at(row)
        levels = (
            (show(x, "ratio") for x in (criterion.floor, criterion.target))  # type: ignore[arg-type]
            if criterion.relative
            else (show_level(x, self.measures, column, row) for x in (criterion.floor, criterion.target))
        )
        return (
            criterion.measure,
            "missing" if value is None else show(value, column.kind),
            *levels,
            _rounded(share * 100, 2) + "%",
            show(criterion.weight, "ratio"),
            str(_decimal(self.printed[row, i], self.card.places)),
        )

    def _other_cells(self, k: int, row: int) -> tuple[str, ...]:
        """Write the row of a bonus, of events or of limits."""
        name = self.lines[k]
        value = ""
        if name.endswith(" events"):
            column = self.measures[name.removesuffix(" events")]
            value = show(column[row] or Fraction(0), column.kind)
        points = str(_decimal(self.printed[row, k], self.card.places))
        return (name, value, "", "", "", "", points)

    def _notes(self, row: int) -> list[str]:
        """Write what else the points depend on: curves, proration, parents, gates."""
        notes = [note for criterion in self.card.criteria for note in _notes_on(criterion)]
        for criterion in self.card.criteria:
            notes += self._scales(criterion, row) + self._gap(criterion, row)
        notes += _limits_on(self.card)
        judge = Judge(self.measures.take([row]))
        for gate in self.card.gates:
            shut = bool(judge.decide(gate.when)[0])
            state = f"shut, at most {show(gate.at_most)}" if shut else "open"
            notes.append(f"gate {gate.name} ({gate.when}): {state}")
        return [f"  {note}" for note in notes]

    def _gap(self, criterion: Criterion, row: int) -> list[str]:
        """Write what a missing measure counted as."""
        names = [criterion.measure, *(["presence"] * criterion.prorate), criterion.elastic]
        there = all(self.measures[name][row] is not None for name in names if name)
        return [] if there else [f"{criterion.measure}: missing, {GAPS[criterion.missing]}"]

    def _scales(self, criterion: Criterion, row: int) -> list[str]:
        """Write what shrinks or stretches a target."""
        names = ["presence"] * criterion.prorate + [criterion.elastic] * bool(criterion.elastic)
        scales = [(name, self.measures[name][row]) for name in names]
        return [
            f"{criterion.measure}: floor and target x {name} {show(scale, 'ratio')}"
            for name, scale in scales
            if scale is not None
        ]

    def _verdict(self, row: int) -> str:
        """Write the score and the rank."""
        whole = sum((part.at(row) for part in self.parts), Fraction(0))
        exact = _rounded(whole, self.card.places + 4)
        peers = int((self.period.codes == self.period.codes[row]).sum())
        return f"  score {self.score[row]} ({exact} rounded {self.card.rounding}), rank {self.rank[row]} of {peers}"


def _keys(measures: Measures) -> list[tuple[Id, str]]:
    """Give manager and period of each row."""
    return list(zip(measures.manager.tolist(), measures.period.tolist(), strict=True))


def _ranks(order: Int64, groups: list[AnyArray], values: list[AnyArray]) -> Int64:
    """Number sorted rows within groups; rows of equal values share the first number."""
    count = len(order)
    fresh = np.ones(count, bool)
    fresh[1:] = np.any([g[1:] != g[:-1] for g in groups], axis=0)
    new = fresh.copy()
    new[1:] |= np.any([v[1:] != v[:-1] for v in values], axis=0)
    place = np.arange(count)
    start = np.maximum.accumulate(np.where(fresh, place, 0))
    first = np.maximum.accumulate(np.where(new, place, 0))
    ranks = np.empty(count, np.int64)
    ranks[order] = first - start + 1
    return ranks


def _limits_on(card: Scorecard) -> list[str]:
    """Write what is added and taken beside the criteria, and between what the score is held."""
    notes = []
    for rule in card.points:
        most = "" if rule.most is None else f", {show(rule.most)} points at most"
        notes.append(f"{rule.measure}: {show(rule.each)} points for each{most}")
    if card.bonus_cap is not None:
        notes.append(f"all bonuses together: {show(card.bonus_cap)} points at most")
    if card.highest is not None:
        notes.append(f"the score is at most {show(card.highest)}")
    if card.lowest:
        notes.append(f"the score is at least {show(card.lowest)}")
    return notes


def _notes_on(criterion: Criterion) -> list[str]:
    """Write what a criterion depends on besides value and target."""
    notes = []
    if criterion.curve.kind != "linear":
        notes.append(f"curve {criterion.curve}")
    if criterion.cap != 1 or criterion.lowest != 0:
        notes.append(f"attained from {show(criterion.lowest, 'ratio')} to {show(criterion.cap, 'ratio')}")
    if criterion.bonus is not None:
        each, most = show(criterion.bonus.each), show(criterion.bonus.most)
        notes.append(f"bonus of {each} points for each 1% beyond the target, {most} at most")
    if criterion.parent:
        notes.append(f"at most what {criterion.parent} attained")
    if criterion.relative:
        among = f" of one {criterion.peers}" if criterion.peers else ""
        notes.append(f"seen as {criterion.relative} against colleagues{among}")
    return [f"{criterion.measure}: {note}" for note in notes]


def _decimal(units: Any, places: int) -> Decimal:
    """Give a whole number of units as a decimal."""
    return Decimal(int(units)).scaleb(-places)


def _decimals(units: Int64, places: int) -> AnyArray:
    """Give whole numbers of units as decimals."""
    made = np.empty(len(units), object)
    made[:] = [_decimal(unit, places) for unit in units.tolist()]
    return made


def _rounded(number: Fraction, places: int) -> str:
    """Write a number with some decimals, `~` before it where that is not all of it."""
    scaled = number * 10**places
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    mark = "" if scaled.denominator == 1 else "~"
    body = Decimal(whole if number >= 0 else -whole).scaleb(-places)
    return f"{mark}{body:f}"
