"""`Scorecard` (考核表): which measures count, toward which targets, with which weights."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

import attrs

from clientmgr.errors import RuleError
from clientmgr.scoring.conditions import Condition
from clientmgr.scoring.curves import Curve
from clientmgr.scoring.exact import Rounding
from clientmgr.scoring.levels import By, Level, as_tuple, read_level, read_number, show

__all__ = ["Bonus", "Criterion", "Gate", "Points", "Scorecard"]

Missing = Literal["raise", "floor", "neutral", "reweigh"]
Relative = Literal["", "mean", "percentile"]

MOST_PLACES = 6


def _optional_number(value: Any) -> Fraction | None:
    """Read an exact number, or None."""
    return None if value is None else read_number(value)


@attrs.frozen
class Bonus:
    """Points for going beyond the target, with a cap of its own.

    Attributes:
        each: points for each per cent of completion above 100 %.
        most: the most points that it can give.

    Raises:
        RuleError: a number below zero.

    Example:
        >>> from clientmgr.scoring import Bonus
        >>> Bonus(each="0.5", most=10).most
        Fraction(10, 1)
    """

    each: Fraction = attrs.field(converter=read_number)
    most: Fraction = attrs.field(converter=read_number)

    def __attrs_post_init__(self) -> None:
        """Refuse a bonus that would take points."""
        if self.each < 0 or self.most < 0:
            raise RuleError(f"a bonus is not below zero, got {self.each} and {self.most}", "$.bonus")


@attrs.frozen
class Criterion:
    """One measure on a scorecard: its weight, and what it has to reach.

    Completion is (value - floor) / (target - floor): 0 at the floor, 1 at the target. The curve
    turns completion into attainment, which is held between `lowest` and `cap`; 100 x weight x
    attainment are the points.

    Attributes:
        measure: the name of the measure.
        weight: share of the whole; the weights of a card sum to one.
        target: the value that earns the full weight (fen for money); a number, or `By` a label.
        floor: the value that earns nothing.
        direction: "higher" is better, or "lower".
        cap: the highest attainment.
        lowest: the lowest attainment.
        curve: from completion to attainment.
        bonus: points beyond the target.
        parent: another measure of the card whose attainment caps this one's.
        missing: what a missing value means: "raise", "floor" (the lowest attainment), "neutral"
            (as at target), "reweigh" (its weight goes to the others).
        prorate: whether target and floor shrink with the measure "presence" (share of the
            period at work), for who joined, left or was away.
        elastic: a ratio measure that scales target and floor, such as the market's turnover.
        relative: "" judges the value itself; "mean" its ratio to the mean of the peers' others,
            "percentile" the share of the others that it is above (ties count half).
        peers: the label within which a relative criterion compares; empty for everybody.

    Raises:
        RuleError: a weight outside 0 to 1, target and floor that coincide or lie the wrong way
            round, a cap below 100 %, an unknown word.

    Example:
        >>> from clientmgr.scoring import Criterion
        >>> Criterion("net_commission", "40%", target=30_000_00).weight
        Fraction(2, 5)
    """

    measure: str
    weight: Fraction = attrs.field(converter=read_number)
    target: Level = attrs.field(converter=read_level)
    floor: Level = attrs.field(default=Fraction(0), converter=read_level, kw_only=True)
    direction: Literal["higher", "lower"] = attrs.field(default="higher", kw_only=True)
    cap: Fraction = attrs.field(default=Fraction(1), converter=read_number, kw_only=True)
    lowest: Fraction = attrs.field(default=Fraction(0), converter=read_number, kw_only=True)
    curve: Curve = attrs.field(factory=Curve, kw_only=True)
    bonus: Bonus | None = attrs.field(default=None, kw_only=True)
    parent: str = attrs.field(default="", kw_only=True)
    missing: Missing = attrs.field(default="raise", kw_only=True)
    prorate: bool = attrs.field(default=False, kw_only=True)
    elastic: str = attrs.field(default="", kw_only=True)
    relative: Relative = attrs.field(default="", kw_only=True)
    peers: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be meant."""
        self._refuse_words()
        if not 0 < self.weight <= 1:
            raise RuleError(f"a weight is above 0 and at most 1, got {self.weight}", "$.weight")
        if self.cap < 1 or not 0 <= self.lowest <= 1:
            raise RuleError(
                f"the cap is at least 100% and the lowest attainment 0 to 100%, got {self.cap} and {self.lowest}",
                "$.cap",
            )
        if not isinstance(self.target, By) and not isinstance(self.floor, By):
            self.refuse_levels(self.target, self.floor)

    def refuse_levels(self, target: Fraction, floor: Fraction) -> None:
        """Refuse a target that cannot be reached from its floor in the card's direction.

        Raises:
            RuleError: target and floor coincide, or lie the wrong way round.
        """
        if target == floor:
            raise RuleError(
                f"the target of {self.measure!r} is its floor ({floor}): no way leads to it",
                "$.target",
            )
        if (target > floor) != (self.direction == "higher"):
            raise RuleError(
                f"{self.direction!r} is better for {self.measure!r}, but the target {target} "
                f"and the floor {floor} lie the other way round",
                "$.target",
            )

    def _refuse_words(self) -> None:
        """Refuse words that are none of a list."""
        lists: dict[str, tuple[str, ...]] = {
            "direction": ("higher", "lower"),
            "missing": ("raise", "floor", "neutral", "reweigh"),
            "relative": ("", "mean", "percentile"),
        }
        for name, words in lists.items():
            if getattr(self, name) not in words:
                raise RuleError(f"{name} is one of {words}, got {getattr(self, name)!r}", f"$.{name}")


@attrs.frozen
class Points:
    """Points added or taken for each event, such as -2 for each complaint, within a limit.

    Attributes:
        measure: a count.
        each: points for one event; below zero to take them.
        most: the most points, in size, that it can come to; None for no limit.

    Raises:
        RuleError: a limit below zero.

    Example:
        >>> from clientmgr.scoring import Points
        >>> Points("complaints", -2, most=10).each
        Fraction(-2, 1)
    """

    measure: str
    each: Fraction = attrs.field(converter=read_number)
    most: Fraction | None = attrs.field(default=None, converter=_optional_number)

    def __attrs_post_init__(self) -> None:
        """Refuse a limit below zero."""
        if self.most is not None and self.most < 0:
            raise RuleError(f"`most` is a size, not below zero, got {self.most}", "$.most")


@attrs.frozen
class Gate:
    """A condition under which the score cannot be above a number; 0 is a veto.

    Attributes:
        name: what it is called on the sheet.
        when: the condition.
        at_most: the highest score while it holds.

    Example:
        >>> from clientmgr.scoring import Gate, at_least
        >>> Gate("compliance veto", at_least("breaches", 1)).at_most
        Fraction(0, 1)
    """

    name: str
    when: Condition
    at_most: Fraction = attrs.field(default=Fraction(0), converter=read_number)


@attrs.frozen
class Scorecard:
    """The measures that count, set beforehand; 100 points are all targets met exactly.

    Attributes:
        name: what the card is called.
        criteria: the weighted measures; their weights sum to one exactly.
        points: points by event, added after.
        gates: conditions that hold the score down.
        bonus_cap: the most points of all bonuses together; None for no cap.
        lowest: the lowest score.
        highest: the highest score; None for no limit.
        places: decimals of the printed score.
        rounding: how the exact score is rounded to them, once: "half_up" (away from zero),
            "half_even" or "down".
        reweigh_limit: the largest weight that may be missing where criteria are reweighed.
        allow_relative: relative criteria make a score depend on colleagues, and have to be asked
            for here by name.

    Raises:
        RuleError: weights that do not sum to one, a measure twice, an unknown parent, a ring of
            parents, relative criteria that were not asked for.

    Example:
        >>> from clientmgr.scoring import Criterion, Scorecard
        >>> card = Scorecard(
        ...     name="half-year",
        ...     criteria=(
        ...         Criterion("net_commission", "60%", target=30_000_00),
        ...         Criterion("visits", "40%", target=50),
        ...     ),
        ... )
        >>> card
        Scorecard('half-year', net_commission 60%, visits 40%)
    """

    name: str
    criteria: tuple[Criterion, ...] = attrs.field(converter=as_tuple)
    points: tuple[Points, ...] = attrs.field(default=(), converter=as_tuple)
    gates: tuple[Gate, ...] = attrs.field(default=(), converter=as_tuple)
    bonus_cap: Fraction | None = attrs.field(default=None, converter=_optional_number)
    lowest: Fraction = attrs.field(default=Fraction(0), converter=read_number)
    highest: Fraction | None = attrs.field(default=None, converter=_optional_number)
    places: int = 2
    rounding: Rounding = "half_up"
    reweigh_limit: Fraction = attrs.field(default=Fraction(1, 2), converter=read_number)
    allow_relative: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be meant."""
        self._refuse_weights()
        self._refuse_doubles()
        self._refuse_settings()
        self.in_order()

    def in_order(self) -> tuple[int, ...]:
        """Give the places of the criteria so that a parent comes before its children.

        Raises:
            RuleError: an unknown parent, or a ring of parents.
        """
        place = {criterion.measure: i for i, criterion in enumerate(self.criteria)}
        depth = {i: self._depth(i, place) for i in place.values()}
        return tuple(sorted(depth, key=lambda i: (depth[i], i)))

    def __repr__(self) -> str:
        """Name the card, its measures and weights."""
        parts = (f"{c.measure} {_per_cent(c.weight)}" for c in self.criteria)
        return f"Scorecard({self.name!r}, {', '.join(parts)})"

    def _depth(self, start: int, place: dict[str, int]) -> int:
        """Count the parents above a criterion."""
        ring = [self.criteria[start].measure]
        while parent := self.criteria[place[ring[-1]]].parent:
            if parent not in place:
                raise RuleError(f"the parent {parent!r} of {ring[-1]!r} is not on the card", "$.criteria")
            if parent in ring:
                raise RuleError(f"parents form a ring: {' -> '.join([*ring, parent])}", "$.criteria")
            ring.append(parent)
        return len(ring)

    def _refuse_weights(self) -> None:
        """Refuse weights that do not sum to one."""
        total = sum((criterion.weight for criterion in self.criteria), Fraction(0))
        if total != 1:
            raise RuleError(
                f"the weights of {self.name!r} must sum to one exactly, got {_per_cent(total)} ({self!r})",
                "$.criteria",
            )

    def _refuse_doubles(self) -> None:
        """Refuse a measure that stands twice, and gates of one name."""
        for what, names in (
            ("criteria", [criterion.measure for criterion in self.criteria]),
            ("points", [points.measure for points in self.points]),
            ("gates", [gate.name for gate in self.gates]),
        ):
            double = _first_double(names)
            if double is not None:
                raise RuleError(f"{double!r} stands twice among the {what}", f"$.{what}")

    def _refuse_settings(self) -> None:
        """Refuse settings that contradict one another."""
        relative = [criterion.measure for criterion in self.criteria if criterion.relative]
        if relative and not self.allow_relative:
            raise RuleError(
                f"relative criteria make a score depend on colleagues: {', '.join(relative)}; "
                "if that is meant, say allow_relative=True",
                "$.allow_relative",
            )
        if not 0 <= self.places <= MOST_PLACES:
            raise RuleError(f"places are 0 to {MOST_PLACES}, got {self.places}", "$.places")
        if self.rounding not in {"half_up", "half_even", "down"}:
            raise RuleError(f"rounding is half_up, half_even or down, got {self.rounding!r}", "$.rounding")
        if self.highest is not None and self.highest < self.lowest:
            raise RuleError(f"the highest score {self.highest} is below the lowest {self.lowest}", "$.highest")


def _first_double(names: Iterable[str]) -> str | None:
    """Find the first name that stands twice."""
    seen: list[str] = []
    for name in names:
        if name in seen:
            return name
        seen.append(name)
    return None


def _per_cent(number: Fraction) -> str:
    """Write a share in per cent."""
    return show(number, "ratio")
