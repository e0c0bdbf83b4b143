"""Kinds: what a value is, and what arithmetic makes of it.

Money, ratio, count, flag, date, label (with its list of words) and manager. An untyped number is `plain` and takes the
kind of its neighbour, as an untyped constant does in Go.
"""

from collections.abc import Iterable

import attrs

from clientmgr.errors import RuleError

__all__ = [
    "COUNT",
    "DATE",
    "FLAG",
    "MANAGER",
    "MONEY",
    "PLAIN",
    "RATIO",
    "Kind",
    "difference",
    "label_kind",
    "product",
    "quotient",
    "same",
    "total",
]


@attrs.frozen
class Kind:
    """What a value is; `words` are the words of a label, None where its list is open.

    Example:
        >>> from clientmgr.formula.kinds import MONEY, label_kind
        >>> print(MONEY, label_kind(["A", "B"]))
        money label (A, B)
    """

    name: str
    words: tuple[str, ...] | None = None

    @property
    def is_number(self) -> bool:
        """Say whether it can be added up."""
        return self.name in ("money", "ratio", "count", "plain")

    @property
    def has_order(self) -> bool:
        """Say whether values can be less or greater."""
        return self.is_number or self.name == "date"

    def __str__(self) -> str:
        """Write the kind, with at most eight of its words."""
        if self.words is None:
            return self.name
        few = ", ".join(self.words[:8]) + (", ..." if len(self.words) > 8 else "")  # noqa: PLR2004
        return f"{self.name} ({few})"


MONEY, RATIO, COUNT, FLAG, DATE, MANAGER, PLAIN = (
    Kind(name) for name in ("money", "ratio", "count", "flag", "date", "manager", "plain")
)
KINDS = {kind.name: kind for kind in (MONEY, RATIO, COUNT, FLAG, DATE, MANAGER)}


def label_kind(words: Iterable[str] | None = None) -> Kind:
    """Make the kind of a label, with its list of words or with an open one."""
    return Kind("label", None if words is None else tuple(dict.fromkeys(words)))


def same(kinds: Iterable[Kind], what: str) -> Kind:
    """Find the one kind of values that stand side by side.

    Plain takes the other's kind if that is a number, count beside ratio is ratio, labels join their lists.

    Raises:
        RuleError: two kinds that do not go together.
    """
    first, *rest = kinds
    for kind in rest:
        first = _one_of_two(first, kind, what)
    return first


def _one_of_two(a: Kind, b: Kind, what: str) -> Kind:
    """Find the one kind of two."""
    if a.name == b.name == "label":
        if a.words is None or b.words is None:
            return label_kind()
        return label_kind((*a.words, *b.words))
    if a == b or (b == PLAIN and a.is_number):
        return a
    if a == PLAIN and b.is_number:
        return b
    if {a, b} == {COUNT, RATIO}:
        return RATIO
    raise RuleError(f"cannot {what} {_bare(a)} and {_bare(b)}{_hint(a, b)}")


def product(kinds: Iterable[Kind]) -> Kind:
    """Find the kind of a product.

    Raises:
        RuleError: money times money, or a factor that is no number.
    """
    first, *rest = kinds
    _number(first, "multiply")
    for kind in rest:
        _number(kind, "multiply")
        if first == kind == MONEY:
            raise RuleError("cannot multiply money and money; write a x (b / c)")
        if MONEY in (first, kind):
            first = MONEY
        elif first == kind == PLAIN:
            first = PLAIN
        else:
            first = RATIO
    return first


def quotient(dividend: Kind, divisor: Kind) -> Kind:
    """Find the kind of a quotient.

    Raises:
        RuleError: a number divided by money, or a part that is no number.
    """
    _number(dividend, "divide")
    _number(divisor, "divide by")
    if divisor == MONEY:
        if dividend in (MONEY, PLAIN):
            return RATIO
        raise RuleError(f"cannot divide {_bare(dividend)} by money")
    if dividend == MONEY:
        return MONEY
    return PLAIN if dividend == divisor == PLAIN else RATIO


def difference(kinds: list[Kind]) -> Kind:
    """Find the kind of a difference; a date less a date is a count of days.

    Raises:
        RuleError: kinds that do not go together.
    """
    if kinds[0] == DATE:
        if kinds[1:] == [DATE]:
            return COUNT
        raise RuleError("a date can only be subtracted from one other date, which counts the days")
    return total(kinds, "subtract")


def total(kinds: list[Kind], what: str) -> Kind:
    """Find the kind of a sum.

    Raises:
        RuleError: a part that is no number, or kinds that do not go together.
    """
    for kind in kinds:
        _number(kind, what)
    return same(kinds, what)


def _number(kind: Kind, what: str) -> None:
    """Refuse what is no number."""
    if not kind.is_number:
        hint = "; write when(flag, 1, otherwise=0)" if kind == FLAG else ""
        raise RuleError(f"cannot {what} a {_bare(kind)}{hint}")


def _bare(kind: Kind) -> str:
    """Write a kind without its list."""
    return "plain number" if kind == PLAIN else kind.name


def _hint(a: Kind, b: Kind) -> str:
    """Say what may have been meant."""
    names = {a.name, b.name}
    if names in ({"money", "count"}, {"money", "ratio"}):
        return "; multiply, or divide money by money"
    if "flag" in names:
        return "; write when(flag, ..., otherwise=...)"
    return ""
