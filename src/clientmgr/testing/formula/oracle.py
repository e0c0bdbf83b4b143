"""A slow second opinion on formulas: a tree walk over Python fractions, one manager at a time, without any state.

It shares nothing with the columns of `clientmgr.formula` but the nodes themselves. What a formula hands from period to
period is not remembered but computed again from the first period on.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from clientmgr.formula import FormulaSet, Kind, choices, nodes
from clientmgr.formula.base import Formula
from clientmgr.testing.formula.oracle_rows import ROW_WALKS, decide
from clientmgr.testing.formula.told import MONTHS, Spot, Told, Undefined

__all__ = ["Oracle", "round_to"]


class Oracle:
    """Computes any name of a set of formulas for any manager and period, from scratch.

    Example:
        >>> import datetime as dt
        >>> from fractions import Fraction
        >>> from clientmgr.formula import FormulaSet, measure
        >>> from clientmgr.testing.formula import Oracle, Told
        >>> rules = FormulaSet(measures={"net": "money"}, lines={"payout": measure("net") * "15%"})
        >>> told = Told(dt.date(2026, 1, 1), 1, ["M1"], {"net": {"M1": Fraction(1000)}})
        >>> Oracle(rules, [told]).figure("payout", 0, "M1")
        Fraction(150, 1)
    """

    def __init__(self, rules: FormulaSet, periods: Sequence[Told]) -> None:
        """Keep the rules, and what is told of each period."""
        self.rules = rules
        self.periods = periods
        self.known: dict[Any, Any] = {}
        self.kinds: dict[str, Kind] = {}

    def figure(self, name: str, t: int, manager: Any) -> Any:
        """Compute a name; an `Undefined` says why there is no value."""
        key = ("name", name, t, manager)
        if key not in self.known:
            if name in self.rules.measures:
                value = self.periods[t].measures[name][manager]
                missing = Undefined(f"the measure {name!r} is missing")
                self.known[key] = missing if value is None else value
            else:
                self.known[key] = self.of(self.rules.root(name), Spot(t, manager))
        return self.known[key]

    def opening(self, name: str, t: int, manager: Any) -> Any:
        """Compute the balance with which a manager enters a period."""
        earlier = [i for i in range(t) if manager in self.periods[i].managers]
        carry = self.rules.carries[name]
        if not earlier:
            return self.of(carry.opens, Spot(t, manager))
        return self.of(carry.closing(name), Spot(earlier[-1], manager))

    def ordinal(self, day: dt.date) -> int:
        """Number the period of a day."""
        return ((day.year - 1970) * 12 + day.month - 1) // MONTHS[self.rules.period]

    def now(self, t: int) -> int:
        """Number a period that was told."""
        return self.ordinal(self.periods[t].first)

    def last_day(self, t: int) -> dt.date:
        """Find the last day of a period."""
        first = self.periods[t].first
        month = first.month - 1 + MONTHS[self.rules.period]
        return dt.date(first.year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)

    def of(self, node: Formula, at: Spot) -> Any:
        """Compute any formula at a spot."""
        key = (node, at)
        if key not in self.known:
            self.known[key] = _WALKS[type(node)](self, node, at)
        return self.known[key]

    def all_of(self, parts: Iterable[Formula], at: Spot) -> Any:
        """Compute several formulas; the first undefined one stands for all."""
        values = [self.of(part, at) for part in parts]
        return next((value for value in values if isinstance(value, Undefined)), values)

    def is_flag(self, name: str) -> bool:
        """Say whether a name is yes or no."""
        if not self.kinds:
            self.kinds = dict(self.rules.compile().kinds)
        return self.kinds[name].name == "flag"

    def run_length(self, name: str, t: int, manager: Any) -> Any:
        """Count backwards for how many periods a flag was yes."""
        flag = self.figure(name, t, manager)
        if isinstance(flag, Undefined):
            return flag
        if not flag:
            return 0
        before = t - 1
        follows = before >= 0 and self.now(before) == self.now(t) - 1
        if not follows or manager not in self.periods[before].managers:
            return 1
        length = self.run_length(name, before, manager)
        return length if isinstance(length, Undefined) else length + 1


Walk = Callable[[Oracle, Any, Spot], Any]


def _fold(join: Callable[[Any, Any], Any]) -> Walk:
    """Make the walk of a list that is joined two by two."""

    def walk(oracle: Oracle, node: Any, at: Spot) -> Any:
        """Join the values."""
        values = oracle.all_of(node.of, at)
        if isinstance(values, Undefined):
            return values
        result = values[0]
        for value in values[1:]:
            result = join(result, value)
        return result

    return walk


def _minus(a: Any, b: Any) -> Any:
    """Subtract; two dates give days."""
    return Fraction((a - b).days) if isinstance(a, dt.date) else a - b


def _over(oracle: Oracle, node: nodes.Over, at: Spot) -> Any:
    """Divide."""
    divisor = oracle.of(node.divisor, at)
    if divisor == 0 and node.if_zero is not None:
        return oracle.of(node.if_zero, at)
    dividend = oracle.of(node.dividend, at)
    if isinstance(dividend, Undefined):
        return dividend
    if isinstance(divisor, Undefined):
        return divisor
    return Undefined("division by zero") if divisor == 0 else Fraction(dividend) / divisor


def _clamp(oracle: Oracle, node: nodes.Clamp, at: Spot) -> Any:
    """Keep within limits."""
    values = oracle.all_of([part for _, part in node.parts()], at)
    if isinstance(values, Undefined):
        return values
    rest = values[1:]
    low = rest.pop(0) if node.low is not None else None
    high = rest.pop(0) if node.high is not None else None
    if low is not None and high is not None and low > high:
        return Undefined("the limit from lies above to")
    value = values[0] if low is None else max(values[0], low)
    return value if high is None else min(value, high)


def round_to(value: Fraction, to: Fraction, mode: str) -> Fraction:
    """Round to a multiple, by the definition of each mode."""
    count = Fraction(value) / to
    floor = count.numerator // count.denominator
    if mode in ("floor", "ceil") or count == floor:
        return (floor + (mode == "ceil" and count != floor)) * to
    sign = -1 if count < 0 else 1
    whole = abs(count).numerator // abs(count).denominator
    rest = abs(count) - whole
    half = Fraction(1, 2)
    up = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and whole % 2 == 1),
        "down": False,
        "up": True,
    }[mode]
    return sign * (whole + up) * to


def _rounded(oracle: Oracle, node: nodes.Rounded, at: Spot) -> Any:
    """Round."""
    value = oracle.of(node.of, at)
    return value if isinstance(value, Undefined) else round_to(value, node.to.value, node.mode)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}


def _compare(oracle: Oracle, node: nodes.Compare, at: Spot) -> Any:
    """Compare."""
    values = oracle.all_of([node.left, node.right], at)
    return values if isinstance(values, Undefined) else COMPARISONS[node.op](*values)


def _is_in(oracle: Oracle, node: nodes.IsIn, at: Spot) -> Any:
    """Test a label."""
    value = oracle.of(node.of, at)
    return value if isinstance(value, Undefined) else value in node.words


def _not(oracle: Oracle, node: nodes.Not, at: Spot) -> Any:
    """Negate."""
    value = oracle.of(node.of, at)
    return value if isinstance(value, Undefined) else not value


def _calendar(oracle: Oracle, node: nodes.Calendar, at: Spot) -> Any:
    """Read the period."""
    told, end = oracle.periods[at.t], oracle.last_day(at.t)
    facts: dict[str, Any] = {
        "number": told.number,
        "start": told.first,
        "end": end,
        "year": end.year,
        "month": end.month,
        "quarter": (end.month + 2) // 3,
        "half": (end.month + 5) // 6,
        "quarter_end": end.month % 3 == 0,
        "half_end": end.month % 6 == 0,
        "year_end": end.month == 12,  # noqa: PLR2004
        "trading_days": told.trading_days,
    }
    value = facts[node.what]
    if value is None:
        return Undefined("the trading days were not told")
    return Fraction(value) if type(value) is int else value


def _age(oracle: Oracle, node: nodes.Age, at: Spot) -> Any:
    """Count from a date."""
    since = oracle.of(node.of, at)
    until = oracle.last_day(at.t) if node.until is None else oracle.of(node.until, at)
    for value in (since, until):
        if isinstance(value, Undefined):
            return value
    if since > until:
        return Undefined("the date lies after the day counted to")
    if node.unit == "days":
        return Fraction((until - since).days)
    if node.unit == "periods":
        return Fraction(oracle.ordinal(until) - oracle.ordinal(since) + (node.entry == "counted"))
    months = 0
    while months_later(since, months + 1) <= until:
        months += 1
    return Fraction(months)


def months_later(day: dt.date, months: int) -> dt.date:
    """Go forward by months: the same day number, or the last day of a shorter month."""
    month = day.year * 12 + day.month - 1 + months
    first = dt.date(month // 12, month % 12 + 1, 1)
    after = dt.date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + dt.timedelta(days=day.day - 1), after - dt.timedelta(days=1))


def _when(oracle: Oracle, node: choices.When, at: Spot) -> Any:
    """Take the first case that holds."""
    for test, result in node.cases:
        holds = oracle.of(test, at)
        if isinstance(holds, Undefined):
            return holds
        if holds:
            return oracle.of(result, at)
    return oracle.of(node.otherwise, at)


def _lookup(oracle: Oracle, node: choices.Lookup, at: Spot) -> Any:
    """Take the branch of a word."""
    word = oracle.of(node.of, at)
    if isinstance(word, Undefined):
        return word
    taken = dict(node.table).get(word, node.otherwise)
    return Undefined("no row for this word") if taken is None else oracle.of(taken, at)


def _first_known(oracle: Oracle, node: choices.FirstKnown, at: Spot) -> Any:
    """Take the first that is defined."""
    value = None
    for part in node.of:
        value = oracle.of(part, at)
        if not isinstance(value, Undefined):
            return value
    return value


def _step(oracle: Oracle, node: Any, value: Any, at: Spot) -> Any:
    """Find the step of a value among edges that must not fall."""
    edges = oracle.all_of(node.edges, at) if node.edges else []
    if isinstance(edges, Undefined):
        return edges
    if any(low > high for low, high in pairwise(edges)):
        return Undefined("the edges fall")
    return sum(value >= edge if node.side == "below" else value > edge for edge in edges)


def _band(oracle: Oracle, node: choices.Band, at: Spot) -> Any:
    """Take the result of a step."""
    value = oracle.of(node.of, at)
    if isinstance(value, Undefined):
        return value
    step = _step(oracle, node, value, at)
    if isinstance(step, Undefined):
        return step
    if step >= len(node.results):
        # What the last step holds is looked at first, as a column does.
        last = oracle.of(node.results[-1], at)
        return last if isinstance(last, Undefined) else Undefined("beyond the last edge")
    return oracle.of(node.results[step], at)


def _tiers(oracle: Oracle, node: choices.Tiers, at: Spot) -> Any:
    """Apply tiers slice by slice, or one rate to all."""
    value = oracle.of(node.of, at)
    picker = value if node.on is None else oracle.of(node.on, at)
    for part in (value, picker):
        if isinstance(part, Undefined):
            return part
    if picker < 0 and node.negative == "zero":
        return Fraction(0)
    mirrored = picker < 0 and node.negative == "mirror"
    picker = abs(picker) if mirrored else picker
    own = abs(value) if mirrored and node.on is None else value
    result = _tiered(oracle, node, own, picker, at)
    if isinstance(result, Undefined):
        return result
    if picker < 0 and node.negative == "refuse":
        return Undefined("negative amount")
    return -result if mirrored and node.on is None else result


def _tiered(oracle: Oracle, node: choices.Tiers, value: Any, picker: Any, at: Spot) -> Any:
    """Apply tiers to what is not below zero."""
    step = _step(oracle, node, picker, at)
    if isinstance(step, Undefined):
        return step
    if node.how == "whole":
        rate = oracle.of(node.rates[min(step, len(node.rates) - 1)], at)
        if isinstance(rate, Undefined):
            return rate
        result = value * rate
    else:
        parts = oracle.all_of([*node.edges, *node.rates], at)
        if isinstance(parts, Undefined):
            return parts
        result = _sliced(node, value, parts[: len(node.edges)], parts[len(node.edges) :])
    return Undefined("beyond the last edge") if step >= len(node.rates) else result


def _sliced(node: choices.Tiers, value: Any, edges: list[Any], rates: list[Any]) -> Any:
    """Add up slices."""
    total, low = Fraction(0), Fraction(0)
    for i, rate in enumerate(rates):
        high = edges[i] if i < len(edges) else None
        reached = value if high is None else min(value, high)
        part = reached - low if i == 0 else max(reached - low, Fraction(0))
        slope = rate
        if node.how == "amounts" and high is not None:
            slope = Fraction(rate) / (high - low) if high != low else Fraction(0)
        total += part * slope
        low = low if high is None else high
    return total


def _curve(oracle: Oracle, node: choices.Curve, at: Spot) -> Any:
    """Follow the line between two knots."""
    values = oracle.all_of([node.of, *(part for knot in node.knots for part in knot)], at)
    if isinstance(values, Undefined):
        return values
    value, xs, ys = values[0], values[1::2], values[2::2]
    outside = value < xs[0] or value > xs[-1]
    if outside and node.outside == "flat":
        value = min(max(value, xs[0]), xs[-1])
    i = min(max(sum(value >= x for x in xs) - 1, 0), len(xs) - 2)
    if any(low > high for low, high in pairwise(xs)) or xs[i] == xs[i + 1]:
        return Undefined("the knots do not rise")
    if outside and node.outside == "refuse":
        return Undefined("outside the knots")
    return ys[i] + (ys[i + 1] - ys[i]) * (value - xs[i]) / (xs[i + 1] - xs[i])


_WALKS: dict[type[Formula], Walk] = {
    nodes.Literal: lambda _o, node, _at: node.value,
    nodes.DateLiteral: lambda _o, node, _at: node.day.item(),
    nodes.LabelLiteral: lambda _o, node, _at: node.word,
    nodes.Name: lambda oracle, node, at: oracle.figure(node.name, at.t, at.manager),
    nodes.Named: lambda oracle, node, at: oracle.of(node.of, at),
    nodes.Carry: lambda oracle, node, at: oracle.opening(node.name, at.t, at.manager),
    nodes.Calendar: _calendar,
    nodes.Age: _age,
    nodes.Sum: _fold(lambda a, b: a + b),
    nodes.Minus: _fold(_minus),
    nodes.Times: _fold(lambda a, b: a * b),
    nodes.Least: _fold(min),
    nodes.Greatest: _fold(max),
    nodes.Over: _over,
    nodes.Clamp: _clamp,
    nodes.Rounded: _rounded,
    nodes.Compare: _compare,
    nodes.IsIn: _is_in,
    nodes.All: lambda oracle, node, at: decide([oracle.of(part, at) for part in node.of], decisive=False),
    nodes.Any_: lambda oracle, node, at: decide([oracle.of(part, at) for part in node.of], decisive=True),
    nodes.Not: _not,
    choices.When: _when,
    choices.Lookup: _lookup,
    choices.FirstKnown: _first_known,
    choices.Band: _band,
    choices.Tiers: _tiers,
    choices.Curve: _curve,
    **ROW_WALKS,
}
