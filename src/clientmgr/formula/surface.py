"""How formulas are written in Python: `measure`, `value`, `when`, `total`, `back` and the rest.

Numbers on either side of an operator are exact: ints, `Decimal`, `Fraction`, or text such as `'15%'` and `'1000 CNY'`.
"""

from collections.abc import Mapping
from typing import Any

from clientmgr.errors import RuleError
from clientmgr.formula import build, choices, nodes, rows
from clientmgr.formula.base import Formula, Operand, Steps
from clientmgr.periods import day

__all__ = [
    "age",
    "all_of",
    "any_of",
    "at",
    "back",
    "band",
    "calendar",
    "carry",
    "count",
    "curve",
    "date",
    "field",
    "first_known",
    "greatest",
    "label",
    "least",
    "literal",
    "lookup",
    "measure",
    "money",
    "none_of",
    "peers",
    "run",
    "tiers",
    "total",
    "value",
    "when",
]


def measure(name: str) -> Formula:
    """Refer to a declared measure; `value` builds the same node.

    Example:
        >>> from clientmgr.formula import measure
        >>> print(measure("commission") - measure("charges"))
        commission - charges
    """
    return nodes.Name(name)


def value(name: str) -> Formula:
    """Refer to a named value or line; `measure` builds the same node."""
    return nodes.Name(name)


def literal(number: Operand) -> Formula:
    """Make an exact number a formula: `literal("15%")`, `literal(3)`."""
    return build.as_formula(number)


def money(amount: Operand, currency: str = "CNY") -> Formula:
    """Make an amount of money in major units (yuan): `money(300_000)`, `money("0.01")`."""
    node = build.as_formula(amount)
    if not isinstance(node, nodes.Literal) or node.unit:
        raise RuleError(f"money takes a bare amount in major units, got {amount!r}")
    return nodes.Literal(node.value, currency)


def date(text: str) -> Formula:
    """Make a day a formula: `date("2026-07-01")`."""
    return nodes.DateLiteral(day(text))


def label(word: str) -> Formula:
    """Make a label's word a formula: `label("agent")`."""
    return nodes.LabelLiteral(word)


def carry(name: str) -> Formula:
    """Read a carry's opening balance."""
    return nodes.Carry(name)


def calendar(what: Any) -> Formula:
    """Read the period itself.

    Counts: `number` (from 1), `year`, `half`, `quarter`, `month`, `trading_days`. Flags: `year_end`, `half_end`,
    `quarter_end`. Dates: `start`, `end`.
    """
    return nodes.Calendar(what)


def age(
    of: Formula | str, unit: Any = "months", *, until: Formula | str | None = None, entry: Any = "counted"
) -> Formula:
    """Count from a date to the end of the period, or to the date `until`.

    Units: `months` (whole months, counted forward), `days`, or `periods` (the period of the date itself `counted` or
    `not_counted`). A bare name stands for the measure.
    """
    end = None if until is None else _formula(until)
    return nodes.Age(_formula(of), unit, end, entry)


def least(*values: Operand) -> Formula:
    """Take the smallest."""
    return build.smallest(values)


def greatest(*values: Operand) -> Formula:
    """Take the largest: a guarantee is `greatest(earned, 1000)`."""
    return build.largest(values)


def all_of(*flags: Formula) -> Formula:
    """Say whether all hold."""
    return nodes.All(_flags(flags, "all_of"))


def any_of(*flags: Formula) -> Formula:
    """Say whether at least one holds."""
    return nodes.Any_(_flags(flags, "any_of"))


def none_of(*flags: Formula) -> Formula:
    """Say whether none holds."""
    return nodes.Not(nodes.Any_(_flags(flags, "none_of")))


def when(*cases: Any, otherwise: Any) -> Formula:
    """Choose the value of the first case that holds.

    Write `when(condition, value, otherwise=...)`, or several cases as pairs:
    `when((condition, value), (condition, value), otherwise=...)`.

    Example:
        >>> from clientmgr.formula import measure, when
        >>> c = measure("score") / 800
        >>> award = when((c >= 1, 1400), (c >= "80%", c * 1400), otherwise=c * 700)
    """
    if len(cases) == 2 and not isinstance(cases[0], tuple):  # noqa: PLR2004 - one case, unpacked
        cases = (cases,)
    if not all(isinstance(case, tuple) and len(case) == 2 for case in cases):  # noqa: PLR2004
        raise RuleError("when takes (condition, value) pairs, then otherwise=...")
    pairs = ((_flags(case[:1], "when")[0], build.as_formula(case[1])) for case in cases)
    return choices.When(tuple(pairs), build.as_formula(otherwise))


def lookup(of: Formula | str, table: Mapping[str, Operand], *, otherwise: Operand | None = None) -> Formula:
    """Choose by a label's word."""
    return build.lookup(_formula(of), table, otherwise)


def band(
    of: Formula | str,
    *,
    below: Steps | None = None,
    upto: Steps | None = None,
    above: Operand | None = None,
) -> Formula:
    """Choose by steps; see `Formula.banded`."""
    return build.band(_formula(of), below=below, upto=upto, above=above)


def tiers(
    of: Formula | str,
    how: Any,
    *,
    below: Steps | None = None,
    upto: Steps | None = None,
    above: Operand | None = None,
    on: Formula | str | None = None,
    negative: Any = "refuse",
) -> Formula:
    """Apply tiers of rates; see `Formula.tiered`."""
    picker = None if on is None else _formula(on)
    return build.tiers(_formula(of), how, below=below, upto=upto, above=above, on=picker, negative=negative)


def curve(of: Formula | str, knots: Steps, *, outside: Any = "refuse") -> Formula:
    """Follow straight lines between knots; see `Formula.curved`."""
    return build.curve(_formula(of), knots, outside)


def first_known(*values: Operand) -> Formula:
    """Take the first that is defined."""
    return build.first_known(values)


def field(name: str) -> Formula:
    """Read a field of the item row; only inside `total` and `count`."""
    return rows.Field(name)


def total(table: str, take: Operand, *, where: Formula | None = None, how: Any = "sum") -> Formula:
    """Add up a formula over the manager's own rows of an item table.

    `how` is `sum`, `mean`, `max` or `min`; the last three are undefined where there is no row.

    Example:
        >>> from clientmgr.formula import field, total
        >>> print(total("credits", field("net") * "20%", where=field("origin").equals("new")))
        total of each net x 20% over credits where (each origin is new)
    """
    return rows.Total(table, build.as_formula(take), _condition(where, "total"), how)


def count(table: str, *, where: Formula | None = None) -> Formula:
    """Count the manager's own rows of an item table."""
    return rows.Total(table, None, _condition(where, "count"), "count")


def at(pointer: Formula | str, take: Operand) -> Formula:
    """Take a formula's value of the manager to whom a field or a measure points.

    Example:
        >>> from clientmgr.formula import at, field, total, value
        >>> override = total("team", at(field("member"), value("net") - value("payout"))) * "5%"
    """
    return rows.At(_formula(pointer), build.as_formula(take))


def peers(
    of: Operand,
    take: Any,
    *,
    within: Formula | str | tuple[Formula | str, ...] = (),
    where: Formula | None = None,
    tie: Formula | None = None,
    order: Any = "largest",
) -> Formula:
    """Compare with the managers of the same group; inside a total with its rows, where a field is read.

    `take` is `sum`, `mean`, `max`, `min`, `count` (of a flag: how many say yes) or `rank` (1 is the largest; equal
    values share the better rank unless `tie` parts them).
    """
    groups = within if isinstance(within, tuple) else (within,)
    return rows.Peers(
        build.as_formula(of),
        take,
        tuple(_formula(group) for group in groups),
        _condition(where, "peers"),
        tie,
        order,
    )


def back(
    name: str,
    *,
    last: int | None = None,
    window: Any = None,
    skip: int = 0,
    take: Any = "sum",
    short: Any = "refuse",
) -> Formula:
    """Fold a name over periods: the `last` n, or those of a `window` (year, last_year, half, quarter).

    `skip` leaves out the latest periods; with `skip=1` or more a name may look back at itself. `take` is `sum`, `mean`,
    `max`, `min`, `count`, `all`, `any` or `latest`. Where the history is too `short`: `refuse`, `partial`, `zero`.
    """
    return rows.Back(name, last, window, skip, take, short)


def run(name: str, *, since: str | None = None) -> Formula:
    """Count for how many periods a named flag has been yes; periods begun before the date `since` not."""
    return rows.Run(name, since)


def _formula(value: Formula | str) -> Formula:
    """Take a bare name for the measure of that name."""
    if isinstance(value, str):
        return nodes.Name(value)
    return build.as_formula(value)


def _flags(flags: tuple[Any, ...], where: str) -> tuple[Formula, ...]:
    """Refuse Python truth values among conditions."""
    for flag in flags:
        if not isinstance(flag, Formula):
            raise RuleError(
                f"{where} takes formulas that are yes or no, got {flag!r}; `==` and `in` compare "
                "trees in Python: write .equals(...) or .is_in(...)"
            )
    return flags


def _condition(flag: Any, where: str) -> Formula | None:
    """Take a condition that may be left out."""
    return None if flag is None else _flags((flag,), f"where= of {where}")[0]
