"""Strategies for scorecards with measures that fit them, and the laws that scores obey.

`cases()` gives a card and measures together: curves with knots and steps, caps, bonuses, parents,
gates, targets by label, missing data under every policy, proration, relative criteria where asked.
"""

from fractions import Fraction
from typing import Any, Literal

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.errors import CheckError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring import (
    AllOf,
    AnyOf,
    Bonus,
    By,
    Comparison,
    Condition,
    Criterion,
    Curve,
    Gate,
    Not,
    Points,
    Scorecard,
    score,
)
from clientmgr.tables import Coded

__all__ = [
    "ScoringCase",
    "cases",
    "check_equivariant",
    "check_full_at_target",
    "check_monotone",
    "check_peers_do_not_matter",
    "check_sums",
    "conditions",
    "curves",
    "measures_for",
]

NAMES = ("commission", "assets", "visits", "coverage")
REGIONS = ("first", "second")
FULL = 100
LARGEST = 10**9
SIGNS: tuple[Literal["<", "<=", ">", ">="], ...] = ("<", "<=", ">", ">=")
RELATIVES: tuple[Literal["", "mean", "percentile"], ...] = ("", "mean", "percentile")


@attrs.frozen(eq=False)
class ScoringCase:
    """A card and measures that it can score."""

    measures: Measures
    card: Scorecard


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Draw a curve that never falls and gives 100 % at 100 %."""
    kind = draw(st.sampled_from(["linear", "knots", "steps"]))
    if kind == "linear":
        return Curve.linear()
    low = sorted(draw(st.sets(st.integers(0, 9), max_size=3)))
    high = sorted(draw(st.sets(st.integers(11, 20), max_size=3)))
    below = sorted(draw(st.lists(st.integers(0, 10), min_size=len(low), max_size=len(low))))
    above = sorted(draw(st.lists(st.integers(10, 30), min_size=len(high), max_size=len(high))))
    tenths = [*zip(low, below, strict=True), (10, 10), *zip(high, above, strict=True)]
    points = [(Fraction(x, 10), Fraction(y, 10)) for x, y in tenths]
    return Curve.knots(points) if kind == "knots" else Curve.steps(points)


@st.composite
def conditions(draw: st.DrawFn, names: tuple[str, ...] = NAMES, depth: int = 2) -> Condition:
    """Draw a condition on some measures."""
    if depth == 0 or draw(st.booleans()):
        sign = draw(st.sampled_from(SIGNS))
        return Comparison(draw(st.sampled_from(names)), sign, draw(st.integers(0, 100)))
    inner = conditions(names, depth - 1)
    if draw(st.booleans()):
        return Not(draw(inner))
    parts = draw(st.lists(inner, min_size=1, max_size=3))
    return AllOf(parts) if draw(st.booleans()) else AnyOf(parts)


@st.composite
def cases(draw: st.DrawFn, *, plain: bool = False, relative: bool = False, max_rows: int = 6) -> ScoringCase:
    """Draw a card and measures for it.

    Args:
        draw: given by hypothesis.
        plain: only weighted measures: no bonuses, events, gates or limits.
        relative: allow criteria that look at colleagues.
        max_rows: the most rows of measures.
    """
    count = draw(st.integers(1, len(NAMES)))
    parts = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    weights = [Fraction(part, sum(parts)) for part in parts]
    criteria = tuple(
        draw(_criteria(NAMES[i], weights[i], NAMES[:i], relative=relative, bonus=not plain)) for i in range(count)
    )
    extras: dict[str, Any] = {} if plain else draw(_extras())
    card = Scorecard(name="drawn", criteria=criteria, allow_relative=relative, **extras)
    return ScoringCase(draw(measures_for(card, max_rows=max_rows)), card)


@st.composite
def measures_for(draw: st.DrawFn, card: Scorecard, *, max_rows: int = 6) -> Measures:
    """Draw measures that a card can score: what may not be missing is there."""
    rows = draw(st.integers(0, max_rows))

    def column(cell: st.SearchStrategy[Any]) -> list[Any]:
        """Draw a column of cells."""
        return draw(st.lists(cell, min_size=rows, max_size=rows))

    values: dict[str, Any] = {}
    for criterion in card.criteria:
        number = st.one_of(st.integers(-20, 300), st.integers(-LARGEST, LARGEST))
        cell = number if criterion.missing == "raise" else st.one_of(st.none(), number)
        values[criterion.measure] = MeasureColumn.count(column(cell))
    tenth = st.integers(1, 10_000).map(lambda n: Fraction(n, 10_000))
    values["complaints"] = MeasureColumn.count(column(st.integers(0, 9)))
    values["presence"] = MeasureColumn.ratio(column(tenth))
    values["market"] = MeasureColumn.ratio([share * 2 for share in column(tenth)])
    values["region"] = Coded.of(column(st.sampled_from(REGIONS)))
    return Measures(manager=list(range(rows)), period="2026H2", values=values)


def check_sums(case: ScoringCase) -> None:
    """Check that exact contributions sum to the exact score, and printed ones to the printed."""
    scores = score(case.measures, case.card)
    printed = bool((scores.printed.sum(axis=1) == scores.units).all())
    _law(printed, "printed contributions add up to the printed score")
    for manager in case.measures.manager:
        parts = scores.contributions(manager)
        exact = sum(parts.values(), Fraction(0)) == scores.exact(manager)
        _law(exact, "contributions add up to the exact score")


def check_full_at_target(card: Scorecard) -> None:
    """Check that a card without bonuses, events and gates gives 100 at target everywhere."""
    values: dict[str, Any] = {}
    for criterion in card.criteria:
        target = criterion.target
        number = dict(target.values)[REGIONS[0]] if isinstance(target, By) else target
        values[criterion.measure] = MeasureColumn.ratio([number], places=9)
    whole = MeasureColumn.ratio([1])
    values |= {"presence": whole, "market": whole, "region": Coded.of([REGIONS[0]])}
    table = Measures(manager=[1], period="2026H2", values=values)
    _law(score(table, card).exact(1) == FULL, "all targets met exactly are 100 points")


def check_monotone(case: ScoringCase, name: str, row: int, more: int) -> None:
    """Check that a better value of one measure never gives a lower score."""
    criterion = next(c for c in case.card.criteria if c.measure == name)
    column = case.measures[name]
    if column.missing[row]:
        return
    units = column.units.copy()
    units[row] += more if criterion.direction == "higher" else -more
    better = case.measures.with_values(**{name: MeasureColumn(column.kind, units, column.missing, column.places)})
    manager = case.measures.manager[row]
    before, after = (score(table, case.card) for table in (case.measures, better))
    rises = after.exact(manager) >= before.exact(manager)
    _law(rises, f"a better {name} never lowers the score")


def check_peers_do_not_matter(case: ScoringCase) -> None:
    """Check that each score is the same when its manager is scored alone."""
    together = score(case.measures, case.card)
    for row in range(len(case.measures)):
        manager = case.measures.manager[row]
        alone = score(case.measures.take([row]), case.card)
        same = alone.exact(manager) == together.exact(manager)
        _law(same, "no colleague moves an absolute score")


def check_equivariant(case: ScoringCase, order: list[int]) -> None:
    """Check that scores, ranks and printed contributions go with their rows in any order."""
    rows = np.array(order, np.int64)
    one = score(case.measures, case.card)
    other = score(case.measures.take(rows), case.card)
    for name in ("units", "printed", "rank", "untied_rank"):
        same = bool((getattr(one, name)[rows] == getattr(other, name)).all())
        _law(same, f"{name} goes with its row")


def _law(holds: bool, what: str) -> None:  # noqa: FBT001 - what is asked
    """Raise where a law does not hold."""
    if not holds:
        raise CheckError(f"law of scores broken: {what}")


@st.composite
def _criteria(
    draw: st.DrawFn,
    name: str,
    weight: Fraction,
    parents: tuple[str, ...],
    *,
    relative: bool,
    bonus: bool,
) -> Criterion:
    """Draw one criterion."""
    higher = draw(st.booleans())
    floor = draw(st.integers(0, 40))
    target = floor + draw(st.integers(1, 120)) * (1 if higher else -1)
    level: Any = target
    if draw(st.integers(0, 3)) == 0:
        other = floor + draw(st.integers(1, 50)) * (1 if higher else -1)
        level = By("region", {REGIONS[0]: target, REGIONS[1]: other})
    looked = draw(st.sampled_from(RELATIVES)) if relative else ""
    return Criterion(
        name,
        weight,
        level,
        floor=floor,
        direction="higher" if higher else "lower",
        cap=draw(st.sampled_from(["100%", "120%", "3"])),
        lowest=draw(st.sampled_from(["0%", "20%"])),
        curve=draw(curves()),
        bonus=draw(st.sampled_from([None, Bonus("0.5", 10), Bonus(2, "7.5")])) if bonus else None,
        parent=draw(st.sampled_from(["", *parents])),
        missing=draw(st.sampled_from(["raise", "floor", "neutral", "reweigh"])),
        prorate=draw(st.booleans()),
        elastic=draw(st.sampled_from(["", "", "market"])),
        relative=looked,
        peers=draw(st.sampled_from(["", "region"])) if looked else "",
    )


@st.composite
def _extras(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a card has beside its criteria; the gates look at what is never missing."""
    return {
        "points": draw(st.sampled_from([(), (Points("complaints", -2, 10),), (Points("complaints", "0.5"),)])),
        "gates": tuple(
            Gate(f"gate {i}", condition, draw(st.integers(0, 60)))
            for i, condition in enumerate(draw(st.lists(conditions(("complaints", "presence")), max_size=2)))
        ),
        "highest": draw(st.sampled_from([None, 100, 120])),
        "places": draw(st.integers(0, 3)),
        "rounding": draw(st.sampled_from(["half_up", "half_even", "down"])),
        "bonus_cap": draw(st.sampled_from([None, 5, 12])),
    }
