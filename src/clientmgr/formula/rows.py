"""The nodes over item rows and other managers, and the nodes over earlier periods."""

from typing import Literal as OneOf

import attrs

from clientmgr.errors import RuleError
from clientmgr.formula.base import Formula
from clientmgr.formula.nodes import check_name, listed, one_of

__all__ = ["At", "Back", "Field", "Peers", "Run", "Total"]

Fold = OneOf["sum", "count", "mean", "max", "min"]
PeerTake = OneOf["sum", "mean", "rank", "count", "max", "min"]
Order = OneOf["largest", "smallest"]
Window = OneOf["year", "last_year", "half", "quarter"]
BackTake = OneOf["sum", "mean", "max", "min", "count", "all", "any", "latest"]
Short = OneOf["refuse", "partial", "zero"]
LONGEST = 1_200


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Field(Formula):
    """A field of the item row; only inside a total over its table."""

    name: str

    def _check(self) -> None:
        """Refuse what cannot be a name."""
        check_name(self.name)


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Total(Formula):
    """A fold of the manager's own rows of an item table; `count` needs no `take`."""

    table: str
    take: Formula | None = None
    where: Formula | None = None
    how: Fold = "sum"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give what is taken of each row, and which rows."""
        both = ((".take", self.take), (".where", self.where))
        return tuple((path, part) for path, part in both if part is not None)

    def _check(self) -> None:
        """Refuse a total of nothing, and a count of something."""
        check_name(self.table)
        one_of(self.how, Fold, "how")
        if (self.how == "count") != (self.take is None):
            raise RuleError(
                "a count takes no formula: put the condition in where"
                if self.how == "count"
                else f"total over {self.table!r} needs take: what to add up of each row"
            )


@attrs.frozen(order=False, cache_hash=True, repr=False)
class At(Formula):
    """A formula's value of the manager to whom a field or a measure points."""

    pointer: Formula
    take: Formula

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give the pointer, and what is taken there."""
        return ((".at", self.pointer), (".take", self.take))


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Peers(Formula):
    """A figure of one's group: its sum, mean, largest, smallest, its size, or one's own rank in it."""

    of: Formula
    take: PeerTake
    within: tuple[Formula, ...] = ()
    where: Formula | None = None
    tie: Formula | None = None
    order: Order = "largest"

    def parts(self) -> tuple[tuple[str, Formula], ...]:
        """Give what is compared, the group, who counts, and what breaks ties."""
        if len(self.within) == 1:
            within: tuple[tuple[str, Formula], ...] = ((".within", self.within[0]),)
        else:
            within = listed("within", self.within)
        rest = ((".where", self.where), (".tie", self.tie))
        return (
            (".peers", self.of),
            *within,
            *((path, part) for path, part in rest if part is not None),
        )

    def _check(self) -> None:
        """Refuse unknown words, and a tie-break or an order where nothing is ranked."""
        one_of(self.take, PeerTake, "take")
        one_of(self.order, Order, "order")
        if self.take != "rank" and (self.tie is not None or self.order != "largest"):
            raise RuleError(f"tie and order belong to a rank, take is {self.take}")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Back(Formula):
    """A fold of a name over this and earlier periods, or over earlier ones alone.

    `last` periods, or the periods of a `window` of the calendar; `skip` leaves out the latest ones.
    """

    name: str
    last: int | None = None
    window: Window | None = None
    skip: int = 0
    take: BackTake = "sum"
    short: Short = "refuse"

    def _check(self) -> None:
        """Refuse both or none of last and window, and lengths out of bounds."""
        check_name(self.name)
        if (self.last is None) == (self.window is None):
            raise RuleError("back needs either last or window")
        if self.window is not None:
            one_of(self.window, Window, "window")
        for what, length, least in (("last", self.last, 1), ("skip", self.skip, 0)):
            whole = type(length) is int and least <= length <= LONGEST
            if not (length is None or whole):
                raise RuleError(f"{what} must be an integer from {least} to {LONGEST}, got {length!r}")
        one_of(self.take, BackTake, "take")
        one_of(self.short, Short, "short")


@attrs.frozen(order=False, cache_hash=True, repr=False)
class Run(Formula):
    """For how many periods, up to and with this one, a named flag has been yes without a break.

    Periods that began before `since`, a named date, are not counted: a move to another grade restarts the count.
    """

    name: str
    since: str | None = None

    def _check(self) -> None:
        """Refuse what cannot be a name."""
        check_name(self.name)
        if self.since is not None:
            check_name(self.since)
