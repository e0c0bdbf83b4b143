"""`verify_scores`: scores recomputed one manager at a time, in fractions, by code of its own."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from clientmgr.errors import CheckError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring import (
    AllOf,
    By,
    Comparison,
    Condition,
    Criterion,
    Curve,
    Is,
    Not,
    Running,
    Scorecard,
    Scores,
)

__all__ = ["holds", "read_rows", "run_length", "score_by_hand", "verify_scores"]

Row = Mapping[str, Any]


def verify_scores(measures: Measures, card: Scorecard, scores: Scores) -> None:
    """Recompute scores from measures and card alone, and raise at the first number that differs.

    Checked are every exact contribution, the score rounded once, the printed contributions (the
    largest-remainder split of the printed score), and both ranks. O(rows x criteria), and the
    square of the rows for relative criteria; some thousand managers a second.

    Args:
        measures: what was scored.
        card: the scorecard.
        scores: what is to be checked.

    Raises:
        CheckError: a number that cannot be reproduced.

    Example:
        >>> from clientmgr.check.scoring import verify_scores
        >>> from clientmgr.facts import Measures
        >>> from clientmgr.scoring import Criterion, Scorecard, score
        >>> card = Scorecard(name="c", criteria=(Criterion("visits", "100%", target=3),))
        >>> half = Measures(manager=["M1"], period="2026H2", values={"visits": [2]})
        >>> verify_scores(half, card, score(half, card))
    """
    rows = read_rows(measures)
    if len(scores) != len(rows):
        raise CheckError(f"{len(rows)} rows of measures have {len(scores)} scores")
    units = []
    for i, row in enumerate(rows):
        who = f"{row['manager']} in {row['period']}"
        wanted = score_by_hand(row, card, rows)
        _check_contributions(scores, i, wanted, who)
        exact = sum(wanted.values(), Fraction(0)) * 10**card.places
        units.append(_round(exact, card.rounding))
        _same(f"score of {who}", int(scores.units[i]), units[-1])
        _check_printed(scores, i, wanted, who)
    _check_ranks(scores, rows, units)


def read_rows(measures: Measures) -> list[dict[str, Any]]:
    """Read measures as one dict a row: exact values, None where missing, labels as words."""
    rows: list[dict[str, Any]] = [
        {"manager": manager, "period": period}
        for manager, period in zip(measures.manager.tolist(), measures.period.tolist(), strict=True)
    ]
    for name, column in measures.values.items():
        cells = column.tolist()
        for row, cell in zip(rows, cells, strict=True):
            exact = isinstance(column, MeasureColumn) and cell is not None
            row[name] = Fraction(cell) if exact else cell
    return rows


def score_by_hand(row: Row, card: Scorecard, peers: list[dict[str, Any]]) -> dict[str, Fraction]:
    """Give the exact contributions of one row, by line; what comes to nothing may be left out."""
    completions = {c.measure: _completion(c, row, peers) for c in card.criteria}
    lines: dict[str, Fraction] = {}
    weights = _weights(card, completions)
    for criterion in card.criteria:
        share = _attained(criterion.measure, card, completions)
        lines[criterion.measure] = 100 * weights[criterion.measure] * share
    bonuses = Fraction(0)
    for criterion in card.criteria:
        done = completions[criterion.measure]
        if criterion.bonus is not None:
            over = max(Fraction(0), (Fraction(0) if done is None else done) - 1)
            points = min(criterion.bonus.each * over * 100, criterion.bonus.most)
            lines[f"{criterion.measure} bonus"] = points
            bonuses += points
    if card.bonus_cap is not None and bonuses > card.bonus_cap:
        lines["bonus cap"] = card.bonus_cap - bonuses
    for rule in card.points:
        points = rule.each * row[rule.measure]
        if rule.most is not None:
            points = max(-rule.most, min(rule.most, points))
        lines[f"{rule.measure} events"] = points
    total = sum(lines.values(), Fraction(0))
    lines["limits"] = _limited(total, card, row) - total
    return lines


def holds(condition: Condition, row: Row, counters: Mapping[str, int] | None = None) -> bool | None:
    """Say whether a condition holds for a row; None where a missing value leaves it open.

    Args:
        condition: the condition.
        row: the values of the row.
        counters: how often in a row each run held before; needed for runs only.

    Raises:
        CheckError: a run without its counters.
    """
    match condition:
        case Comparison():
            value = row[condition.measure]
            if value is None:
                return None
            level = _level(condition.level, row)
            answers = {
                "<": value < level,
                "<=": value <= level,
                ">": value > level,
                ">=": value >= level,
            }
            return bool(answers[condition.sign])
        case Is():
            word = row[condition.label]
            return None if word is None else word in condition.words
        case Not():
            found = holds(condition.part, row, counters)
            return None if found is None else not found
        case Running():
            if counters is None:
                raise CheckError(f"a run cannot be judged from one row: {condition}")
            return run_length(condition, row, counters) >= condition.times
    parts = [holds(part, row, counters) for part in condition.parts]
    return _all(parts) if isinstance(condition, AllOf) else _any(parts)


def run_length(run: Running, row: Row, counters: Mapping[str, int]) -> int:
    """Give how often in a row a run holds, this review included; what is not known is a no."""
    return counters.get(run.name, 0) + 1 if holds(run.part, row, counters) else 0


def _all(answers: list[bool | None]) -> bool | None:
    """Join answers by and: one sure no decides."""
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    """Join answers by or: one sure yes decides."""
    if any(answer is True for answer in answers):
        return True
    return None if None in answers else False


def _level(level: Fraction | By, row: Row) -> Fraction:
    """Give the level that holds for a row."""
    if not isinstance(level, By):
        return level
    for word, number in level.values:
        if word == row[level.label]:
            return number
    if level.otherwise is None:
        raise CheckError(f"no level for {row[level.label]!r} ({level})")
    return level.otherwise


def _completion(criterion: Criterion, row: Row, peers: list[dict[str, Any]]) -> Fraction | None:
    """Give the completion of a row; None where it is missing."""
    value = row[criterion.measure]
    if value is None:
        return None
    if criterion.relative:
        value = _against(criterion, row, peers)
    scale = Fraction(1)
    for name in [*(["presence"] if criterion.prorate else []), criterion.elastic]:
        if name:
            by = row[name]
            if by is None or by <= 0:
                return None
            scale *= by
    target, floor = (_level(x, row) * scale for x in (criterion.target, criterion.floor))
    return Fraction((value - floor) / (target - floor))


def _against(criterion: Criterion, row: Row, peers: list[dict[str, Any]]) -> Fraction:
    """Give the value of a row relative to the others of its period and label."""
    key, name = criterion.peers or "period", criterion.measure
    others = [
        other[name]
        for other in peers
        if other is not row
        and other["manager"] != row["manager"]
        and other["period"] == row["period"]
        and other[key] == row[key]
        and other[name] is not None
    ]
    own = row[name]
    if criterion.relative == "mean":
        total = sum(others, Fraction(0))
        return Fraction(own * len(others) / total) if total > 0 else Fraction(1)
    if not others:
        return Fraction(1, 2)
    beaten = sum(2 * (own > other) + (own == other) for other in others)
    return Fraction(beaten, 2 * len(others))


def _attained(name: str, card: Scorecard, completions: Mapping[str, Fraction | None]) -> Fraction:
    """Give the attainment of a criterion, not above that of its parents."""
    criterion = next(c for c in card.criteria if c.measure == name)
    done = completions[name]
    if done is None:
        instead = {"floor": criterion.lowest, "neutral": Fraction(1)}
        share = instead.get(criterion.missing, Fraction(0))
    else:
        share = min(criterion.cap, max(criterion.lowest, _on_curve(criterion.curve, done)))
    if criterion.parent:
        share = min(share, _attained(criterion.parent, card, completions))
    return share


def _on_curve(curve: Curve, x: Fraction) -> Fraction:
    """Read a curve at one place."""
    points = list(curve.points)
    if curve.kind == "linear":
        return x
    if curve.kind == "steps":
        found = points[0][1]
        for edge, height in points[1:]:
            if x > edge or (x == edge and curve.ends == "below"):
                found = height
        return found
    if x <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return points[-1][1]


def _weights(card: Scorecard, completions: Mapping[str, Fraction | None]) -> dict[str, Fraction]:
    """Give the weights that count: those of the missing go to the others where the card says so."""
    gone = [c for c in card.criteria if c.missing == "reweigh" and completions[c.measure] is None]
    left = 1 - sum((c.weight for c in gone), Fraction(0))
    return {c.measure: Fraction(0) if c in gone else c.weight / left for c in card.criteria}


def _limited(total: Fraction, card: Scorecard, row: Row) -> Fraction:
    """Hold a sum within the limits and gates of the card."""
    total = max(total, card.lowest)
    if card.highest is not None:
        total = min(total, card.highest)
    for gate in card.gates:
        if holds(gate.when, row):
            total = min(total, gate.at_most)
    return total


def _check_contributions(scores: Scores, i: int, wanted: Mapping[str, Fraction], who: str) -> None:
    """Check each exact contribution of a row."""
    given = {
        name: Fraction(_cell(part.num, i), _cell(part.den, i))
        for name, part in zip(scores.lines, scores.parts, strict=True)
    }
    for name in dict.fromkeys([*given, *wanted]):
        there, should = given.get(name, Fraction(0)), wanted.get(name, Fraction(0))
        _same(f"{name} of {who}", there, should)


def _cell(numbers: Any, i: int) -> int:
    """Give the number of a row; one number stands for all rows."""
    return int(numbers if np.ndim(numbers) == 0 else numbers[i])


def _check_printed(scores: Scores, i: int, wanted: Mapping[str, Fraction], who: str) -> None:
    """Check that the printed contributions are the largest-remainder split of the printed score."""
    scale = 10**scores.card.places
    exact = [wanted.get(name, Fraction(0)) * scale for name in scores.lines]
    printed = [int(unit) for unit in scores.printed[i]]
    floors = [part.numerator // part.denominator for part in exact]
    left = int(scores.units[i]) - sum(floors)
    by_rest = sorted(range(len(exact)), key=lambda k: (floors[k] - exact[k], k))
    should = [floors[k] + (k in by_rest[:left]) for k in range(len(exact))]
    _same(f"printed contributions of {who}", printed, should)
    _same(f"printed score of {who}", scores.score[i], Decimal(sum(printed)) / scale)


def _check_ranks(scores: Scores, rows: list[dict[str, Any]], units: list[int]) -> None:
    """Check that ranks count who is better, and that the untied rank refines them."""
    order: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        order.setdefault(row["period"], []).append(i)
    for members in order.values():
        keyed = sorted(
            members,
            key=lambda i: (
                -units[i],
                [-int(unit) for unit in scores.printed[i]],
                rows[i]["manager"],
            ),
        )
        best = sorted(-units[i] for i in members)
        for place, i in enumerate(keyed):
            who = rows[i]["manager"]
            _same(f"untied rank of {who}", int(scores.untied_rank[i]), place + 1)
            _same(f"rank of {who}", int(scores.rank[i]), best.index(-units[i]) + 1)


def _round(number: Fraction, rounding: str) -> int:
    """Round to a whole number."""
    size = abs(number)
    whole = size.numerator // size.denominator
    rest = size - whole
    half = Fraction(1, 2)
    up = rest > half or (rest == half and (rounding == "half_up" or whole % 2 == 1))
    whole += up and rounding != "down"
    return whole if number >= 0 else -whole


def _same(what: str, found: object, wanted: object) -> None:
    """Raise where a number is not what it should be."""
    if found != wanted:
        raise CheckError(f"{what}: found {found}, recomputed {wanted}")
