"""`score`: the weighted sum of what each manager attained, exact, rounded once."""

from fractions import Fraction

import attrs
import numpy as np

from clientmgr.errors import ConservationError, DataError, Findings, RuleError
from clientmgr.facts import Measures
from clientmgr.scoring.card import Criterion, Scorecard
from clientmgr.scoring.conditions import Judge
from clientmgr.scoring.exact import Exact, round_sums
from clientmgr.scoring.levels import level_column
from clientmgr.scoring.peers import against_peers
from clientmgr.scoring.scores import Scores
from clientmgr.tables import Flags, Int64, freeze

__all__ = ["score"]

HUNDRED = 100
PRESENCE = "presence"


def score(measures: Measures, card: Scorecard) -> Scores:
    """Score every row of some measures on a card.

    Each criterion gives 100 x weight x attainment points, exactly. With bonuses, points by event
    and what limits take away they add up to the exact score, which is rounded once; the printed
    contributions are the largest-remainder split of the printed score. A score depends on no
    colleague, unless the card asks for it by name. O(rows x criteria).

    Args:
        measures: one row a manager and period.
        card: the scorecard.

    Raises:
        DataError: a measure that the card needs is not there, or missing under "raise"; too much
            weight missing under "reweigh"; a label without a target.
        RuleError: a target by label that coincides with its floor.

    Example:
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, score
        >>> card = Scorecard(
        ...     name="half-year",
        ...     criteria=(
        ...         Criterion("net_commission", "60%", target=30_000_00),
        ...         Criterion("visits", "40%", target=50),
        ...     ),
        ... )
        >>> measures = Measures(
        ...     manager=["M1", "M2"],
        ...     period="2026H2",
        ...     values={"net_commission": [20_000_00, 45_000_00], "visits": [50, 20]},
        ... )
        >>> [str(points) for points in score(measures, card).score]
        ['80.00', '76.00']
    """
    sheet = _Sheet.of(measures, card)
    lines = [*sheet.weighted(), *sheet.bonuses(), *sheet.points()]
    lines += sheet.limits([part for _, part in lines])
    parts = tuple(part.spread(len(measures)).frozen() for _, part in lines)
    units, printed = round_sums(parts, len(measures), 10**card.places, card.rounding)
    if not np.array_equal(printed.sum(axis=1), units):
        raise ConservationError("printed contributions do not add up to the printed score")
    return Scores(
        card=card,
        measures=measures,
        lines=tuple(name for name, _ in lines),
        parts=parts,
        attained=tuple(share.spread(len(measures)).frozen() for share in sheet.attained),
        units=freeze(units),
        printed=freeze(printed),
    )


@attrs.frozen(eq=False)
class _Sheet:
    """The card filled in: completions, attainments and effective weights of each criterion."""

    measures: Measures
    card: Scorecard
    completions: tuple[Exact, ...]
    attained: tuple[Exact, ...]
    weights: tuple[Exact | Fraction, ...]

    @classmethod
    def of(cls, measures: Measures, card: Scorecard) -> "_Sheet":
        """Fill the card in.

        Raises:
            DataError: what is missing may not be.
        """
        judged = [_completion(criterion, measures) for criterion in card.criteria]
        missing = [gap for _, gap in judged]
        _refuse_missing(card, measures, missing)
        completions = tuple(column.where(~gap, 0) if gap.any() else column for column, gap in judged)
        attained: list[Exact] = [Exact(0)] * len(judged)
        places = {criterion.measure: i for i, criterion in enumerate(card.criteria)}
        for i in card.in_order():
            criterion = card.criteria[i]
            attained[i] = _attainment(criterion, completions[i], missing[i])
            if criterion.parent:
                attained[i] = attained[i].least(attained[places[criterion.parent]])
        weights = _effective_weights(card, measures, missing)
        return cls(measures, card, completions, tuple(attained), weights)

    def weighted(self) -> list[tuple[str, Exact]]:
        """Give the points of each criterion."""
        return [
            (criterion.measure, share * weight * HUNDRED)
            for criterion, share, weight in zip(self.card.criteria, self.attained, self.weights, strict=True)
        ]

    def bonuses(self) -> list[tuple[str, Exact]]:
        """Give the points for going beyond targets, and what their common cap takes away."""
        made = []
        for criterion, completion in zip(self.card.criteria, self.completions, strict=True):
            if criterion.bonus is not None:
                per_cent = (completion - 1).greatest(0) * HUNDRED
                points = (per_cent * criterion.bonus.each).least(criterion.bonus.most)
                made.append((f"{criterion.measure} bonus", points))
        cap = self.card.bonus_cap
        if made and cap is not None:
            total = _sum([points for _, points in made])
            made.append(("bonus cap", (total - cap).greatest(0) * -1))
        return made

    def points(self) -> list[tuple[str, Exact]]:
        """Give the points for events."""
        made = []
        for rule in self.card.points:
            column = self.measures[rule.measure]
            points = Exact(column.units, column.unit) * rule.each
            if rule.most is not None:
                points = points.least(rule.most).greatest(-rule.most)
            made.append((f"{rule.measure} events", points))
        return made

    def limits(self, parts: list[Exact]) -> list[tuple[str, Exact]]:
        """Give what the limits of the score and the gates take away or add, where there are any."""
        total = _sum(parts)
        limited = total.greatest(self.card.lowest)
        if self.card.highest is not None:
            limited = limited.least(self.card.highest)
        judge = Judge(self.measures)
        for gate in self.card.gates:
            shut = judge.decide(gate.when)
            limited = limited.where(~shut, limited.least(gate.at_most))
        moved = limited - total
        return [("limits", moved)] if np.any(np.asarray(moved.num) != 0) else []


def _sum(parts: list[Exact]) -> Exact:
    """Add columns up."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _completion(criterion: Criterion, measures: Measures) -> tuple[Exact, Flags]:
    """Give the completion of a criterion, and where it is missing."""
    column = measures[criterion.measure]
    missing = np.array(column.missing)
    value = Exact(column.units, column.unit)
    if criterion.relative:
        value = against_peers(criterion, measures)
    target, floor = (level_column(x, measures) for x in (criterion.target, criterion.floor))
    _refuse_levels(criterion, measures, target - floor)
    for name in [PRESENCE] * criterion.prorate + [criterion.elastic] * bool(criterion.elastic):
        by = measures[name]
        missing |= by.missing | (by.units <= 0)
        scale = Exact(np.where(missing, by.unit, by.units), by.unit)
        target, floor = target * scale, floor * scale
    return (value - floor).over(target - floor).spread(len(measures)), missing


def _attainment(criterion: Criterion, completion: Exact, missing: Flags) -> Exact:
    """Turn completion into attainment."""
    share = criterion.curve.apply(completion)
    share = share.least(criterion.cap).greatest(criterion.lowest)
    if not missing.any():
        return share.reduced()
    instead = {"floor": criterion.lowest, "neutral": Fraction(1)}
    return share.where(~missing, instead.get(criterion.missing, Fraction(0))).reduced()


def _effective_weights(card: Scorecard, measures: Measures, missing: list[Flags]) -> tuple[Exact | Fraction, ...]:
    """Give the weight of each criterion: as stated, or shared out again where some are missing.

    Raises:
        DataError: more weight is missing than the card allows.
    """
    stated = tuple(criterion.weight for criterion in card.criteria)
    gone = [
        gaps if criterion.missing == "reweigh" else np.zeros(len(measures), bool)
        for criterion, gaps in zip(card.criteria, missing, strict=True)
    ]
    if not any(gaps.any() for gaps in gone):
        return stated
    there = [
        Exact(np.ones(len(measures), np.int64)).where(~gaps, 0) * weight
        for gaps, weight in zip(gone, stated, strict=True)
    ]
    total = _sum(there)
    _refuse_gaps(card, measures, np.flatnonzero((total - 1 + card.reweigh_limit).compared(0) < 0))
    return tuple(part.over(total) for part in there)


def _refuse_missing(card: Scorecard, measures: Measures, missing: list[Flags]) -> None:
    """Raise for all measures that are missing and may not be."""
    needed = [
        (criterion.measure, gaps)
        for criterion, gaps in zip(card.criteria, missing, strict=True)
        if criterion.missing == "raise"
    ]
    needed += [(rule.measure, measures[rule.measure].missing) for rule in card.points]
    findings = Findings()
    for name, gaps in needed:
        rows = np.flatnonzero(gaps)
        findings += Findings.of(
            table="measures",
            column=name,
            rows=rows,
            ids=measures.manager[rows].tolist(),
            values=["missing"] * len(rows),
            expected="a value (or say what a missing one means: Criterion(missing=...))",
        )
    if len(findings):
        raise DataError.of(findings, f"cannot score on {card.name!r}")


def _refuse_gaps(card: Scorecard, measures: Measures, rows: Int64) -> None:
    """Raise for the managers of whose weight too much is missing."""
    if len(rows):
        findings = Findings.of(
            table="measures",
            column="*",
            rows=rows,
            ids=measures.manager[rows].tolist(),
            values=["too much missing"] * len(rows),
            expected=f"measures for all but {card.reweigh_limit} of the weight",
        )
        raise DataError.of(findings, f"cannot reweigh on {card.name!r}")


def _refuse_levels(criterion: Criterion, measures: Measures, gap: Exact) -> None:
    """Raise where a target by label does not lie beyond its floor."""
    wrong = gap.compared(0) != (1 if criterion.direction == "higher" else -1)
    if np.any(wrong):
        row = int(np.flatnonzero(wrong)[0]) if np.ndim(wrong) else 0
        raise RuleError(
            f"the target of {criterion.measure!r} is not beyond its floor for "
            f"{measures.manager[row]!r} ({criterion.direction!r} is better)",
            "$.target",
        )
