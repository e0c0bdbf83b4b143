"""`Formula`: the base of all nodes, with the operators that build them and the traps that it refuses.

A formula is a frozen tree. `==` compares trees, so that equal formulas are one dictionary key and JSON reads back
equal; what a formula computes is compared by `<`, `.equals()` and `.is_in()`, which build nodes.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import attrs

from clientmgr.errors import RuleError

# The operators build nodes, and the nodes inherit the operators: `build` looks the nodes up when it is called.
from clientmgr.formula import build

__all__ = ["MAX_DEPTH", "MAX_SIZE", "Formula", "Operand"]

MAX_DEPTH = 60
MAX_SIZE = 20_000


@attrs.frozen(order=False, cache_hash=True)
class Formula:
    """A node of the algebra; `depth` and `size` count the tree under it.

    Example:
        >>> from clientmgr.formula import measure
        >>> net = measure("commission") - measure("charges")
        >>> print(net * "15%")
        (commission - charges) x 15%
    """

    depth: int = attrs.field(init=False, eq=False, repr=False)
    size: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Measure the tree, refuse one that has no end, and check the node's own shape."""
        parts = [part for _, part in self.parts()]
        self._check()
        depth = 1 + max((part.depth for part in parts), default=0)
        size = 1 + sum(part.size for part in parts)
        if depth > MAX_DEPTH or size > MAX_SIZE:
            raise RuleError(
                f"a formula of depth {depth} and {size} nodes is nested too deep or too large "
                f"(at most {MAX_DEPTH} and {MAX_SIZE}); give its parts names of their own"
            )
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "size", size)

    def parts(self) -> "tuple[tuple[str, Formula], ...]":
        """Give the formulas inside, each with its path from here as JSON writes it."""
        return ()

    def _check(self) -> None:
        """Refuse a node of an impossible shape; most have none."""

    def __str__(self) -> str:
        """Write the formula as one reads it aloud."""
        return build.words(self)

    def __repr__(self) -> str:
        """Show the formula in angle brackets."""
        return f"<formula {build.words(self)}>"

    # Arithmetic.

    def __add__(self, other: "Operand") -> "Formula":
        """Add."""
        return build.add(self, other)

    def __radd__(self, other: "Operand") -> "Formula":
        """Add to a number; the 0 with which `sum()` starts is dropped."""
        return self if other == 0 and type(other) is int else build.add(other, self)

    def __sub__(self, other: "Operand") -> "Formula":
        """Subtract."""
        return build.subtract(self, other)

    def __rsub__(self, other: "Operand") -> "Formula":
        """Subtract from a number."""
        return build.subtract(other, self)

    def __mul__(self, other: "Operand") -> "Formula":
        """Multiply."""
        return build.multiply(self, other)

    def __rmul__(self, other: "Operand") -> "Formula":
        """Multiply a number."""
        return build.multiply(other, self)

    def __truediv__(self, other: "Operand") -> "Formula":
        """Divide; undefined where the divisor is zero (`.over(..., if_zero=...)` says otherwise)."""
        return build.divide(self, other)

    def __rtruediv__(self, other: "Operand") -> "Formula":
        """Divide a number."""
        return build.divide(other, self)

    def __neg__(self) -> "Formula":
        """Change the sign."""
        return build.subtract(0, self)

    def __abs__(self) -> "Formula":
        """Take the absolute value."""
        return build.largest((self, build.subtract(0, self)))

    # Comparison and logic.

    def __lt__(self, other: "Operand") -> "Formula":
        """Compare: less."""
        return build.compare("<", self, other)

    def __le__(self, other: "Operand") -> "Formula":
        """Compare: less or equal."""
        return build.compare("<=", self, other)

    def __gt__(self, other: "Operand") -> "Formula":
        """Compare: greater."""
        return build.compare(">", self, other)

    def __ge__(self, other: "Operand") -> "Formula":
        """Compare: greater or equal."""
        return build.compare(">=", self, other)

    def __and__(self, other: "Formula") -> "Formula":
        """Say whether both hold."""
        return build.both("&", self, other)

    def __rand__(self, other: "Formula") -> "Formula":
        """Refuse a number before `&`, which binds tighter than a comparison."""
        return build.both("&", other, self)

    def __or__(self, other: "Formula") -> "Formula":
        """Say whether one of both holds."""
        return build.both("|", self, other)

    def __ror__(self, other: "Formula") -> "Formula":
        """Refuse a number before `|`, which binds tighter than a comparison."""
        return build.both("|", other, self)

    def __invert__(self) -> "Formula":
        """Say whether it does not hold."""
        return build.negate(self)

    def equals(self, other: "Operand") -> "Formula":
        """Compare by value: `measure("grade").equals("A")`, `measure("complaints").equals(0)`.

        Text that begins with a letter is a label's word, other text an exact number.
        """
        return build.equal(self, other)

    def is_in(self, *words: str) -> "Formula":
        """Say whether a label is one of some words."""
        return build.is_in(self, words)

    # What reads better behind its subject.

    def over(self, other: "Operand", *, if_zero: "Operand | None" = None) -> "Formula":
        """Divide, saying what holds where the divisor is zero."""
        return build.divide(self, other, if_zero=if_zero)

    def rounded(self, to: "Operand" = "0.01", mode: str = "half_up") -> "Formula":
        """Round to a multiple of `to` (major units): half_up, half_even, down, up, floor or ceil."""
        return build.rounded(self, to, mode)

    def clamped(self, low: "Operand | None" = None, high: "Operand | None" = None) -> "Formula":
        """Keep within `low` and `high`; either may be left out."""
        return build.clamped(self, low, high)

    def or_else(self, *others: "Operand") -> "Formula":
        """Take the first of these that is defined."""
        return build.first_known((self, *others))

    def named(self, title: str) -> "Formula":
        """Give this part a title of its own in explanations."""
        return build.named(self, title)

    def banded(
        self,
        *,
        below: "Steps | None" = None,
        upto: "Steps | None" = None,
        above: "Operand | None" = None,
    ) -> "Formula":
        """Choose by steps: `below={edge: result}` is `[lo, hi)`, `upto=` is `(lo, hi]`.

        `above` is the result beyond the last edge; without it such values are undefined. Pairs
        `[(edge, result), ...]` do as well as a dict, which loses one of two equal edges.

        Example:
            >>> from clientmgr.formula import measure
            >>> base = measure("assets").banded(upto={2_000_000: 1000, 5_000_000: 1200}, above=1400)
            >>> print(base)
            band of assets
        """
        return build.band(self, below=below, upto=upto, above=above)

    def tiered(
        self,
        how: str,
        *,
        below: "Steps | None" = None,
        upto: "Steps | None" = None,
        above: "Operand | None" = None,
        on: "Formula | None" = None,
        negative: str = "refuse",
    ) -> "Formula":
        """Apply tiers of rates: `whole`, `marginal`, or `amounts` earned pro rata inside each tier.

        `on` (whole tiers only) is another formula that picks the tier. `negative` says what holds below
        zero: `refuse`, `zero`, `mirror` (f(-x) = -f(x)) or `first` (the first rate continues).
        """
        return build.tiers(self, how, below=below, upto=upto, above=above, on=on, negative=negative)

    def curved(self, knots: "Steps", *, outside: str = "refuse") -> "Formula":
        """Follow straight lines between knots `{x: y}`.

        `outside` the knots: `refuse`, `flat` or `continue`.
        """
        return build.curve(self, knots, outside)

    def looked_up(self, table: "Mapping[str, Operand]", *, otherwise: "Operand | None" = None) -> "Formula":
        """Choose by a label: `measure("grade").looked_up({"A": 3000, "B": 2500})`."""
        return build.lookup(self, table, otherwise)

    # Traps.

    def __bool__(self) -> bool:
        """Refuse to be a condition, which also catches `and`, `or`, `not`, chains, `min` and `max`."""
        raise RuleError(
            f"the formula {self} has no truth value while it is written: for and, or, not write "
            "&, |, ~ or all_of, any_of; for a <= x <= b write (a <= x) & (x <= b); for if write "
            "when(...); for min and max write least and greatest"
        )

    __iter__ = None
    __contains__ = None
    # Otherwise numpy's scalars and arrays would swallow the node element by element.
    __array_ufunc__ = None

    def __float__(self) -> float:
        """Refuse to be a float."""
        self._refuse("float()", "evaluate it, or use its `floats()`")

    def __int__(self) -> int:
        """Refuse to be an integer."""
        self._refuse("int()", ".rounded(1, 'down')")

    def __round__(self, places: int = 0) -> "Formula":
        """Refuse `round()`, whose ties and unit are not said."""
        self._refuse("round()", ".rounded('0.01', 'half_up')")

    def __floordiv__(self, other: object) -> "Formula":
        """Refuse `//`, whose direction below zero is not said."""
        self._refuse("//", "(a / b).rounded(1, 'floor')")

    def __rfloordiv__(self, other: object) -> "Formula":
        """Refuse `//` from the right."""
        self._refuse("//", "(a / b).rounded(1, 'floor')")

    def __mod__(self, other: object) -> "Formula":
        """Refuse `%`, which is no percentage."""
        self._refuse("%", "measure('x') * '15%'")

    def __pow__(self, other: object) -> "Formula":
        """Refuse `**`."""
        self._refuse("**", "a * a, or a curve")

    def _refuse(self, what: str, instead: str) -> NoReturn:
        """Raise what to write instead."""
        raise RuleError(f"{what} of the formula {self} is not possible; write {instead}")


Operand = Formula | int | str | Decimal | Fraction
Steps = Mapping[Any, Any] | Iterable[tuple[Any, Any]]
