"""`LeaverRule`: who gets the book of a manager who leaves."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal, get_args

import attrs

from clientmgr.errors import RuleError
from clientmgr.ownership import POOLS
from clientmgr.tables import Id

__all__ = ["Claimants", "LeaverRule"]

Claimants = Literal["introducer", "co_owner", "team", "branch", "any"]


def _steps(steps: Iterable[Any]) -> tuple[tuple[int, int, int], ...]:
    """Keep steps as tuples."""
    return tuple(tuple(step) for step in steps)


def _words(words: Iterable[Any]) -> tuple[Any, ...]:
    """Keep words in their order as a tuple."""
    return (words,) if isinstance(words, str) else tuple(words)


@attrs.frozen(kw_only=True)
class LeaverRule:
    """Who gets the book of a manager who leaves.

    The book goes to a named receiver, or to a pool; from there managers may claim clients, class by
    class, within a window. The leaver may keep a declining share, paid on after the leaving.

    Attributes:
        receiver: the manager who takes the book over; None where it goes to `pool`.
        pool: the pool that the book goes to without a receiver.
        keeps: steps (months, share, of): from so many months after the leaving the leaver keeps
            share/of of its own part, in the role "former"; a last step with share 0 ends it.
        claimants: classes of managers who may claim a client of the book, the first class first:
            the client's `introducer`, a `co_owner` of the client, a member of the leaver's `team`,
            of its `branch`, or `any`. None means that nobody may.
        window_days: claims count up to so many days after the leaving; the best class wins, then
            the earliest claim, then manager id. It is decided when the window is over, and holds
            from the day of the winning claim.
        late: (share, of) that the first claim after the window gets, where none was made within it;
            the rest stays where it is. None where late claims get nothing.
        claim_kinds: kinds of service record that are such claims.

    Raises:
        RuleError: a share that is none, steps that do not rise, words that are none of those
            allowed.

    Example:
        >>> from clientmgr.dormancy import LeaverRule
        >>> LeaverRule(receiver="M2", keeps=[(0, 1, 2), (12, 1, 4), (24, 0, 1)]).keeps[1]
        (12, 1, 4)
    """

    receiver: Id | None = None
    pool: str = "unassigned"
    keeps: tuple[tuple[int, int, int], ...] = attrs.field(default=(), converter=_steps)
    claimants: tuple[Claimants, ...] = attrs.field(default=(), converter=_words)
    window_days: int = 30
    late: tuple[int, int] | None = attrs.field(default=None, converter=attrs.converters.optional(_words))
    claim_kinds: tuple[str, ...] = attrs.field(default=("claim",), converter=_words)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule."""
        if self.pool not in POOLS:
            raise RuleError(f"pool must be one of {', '.join(POOLS)}, got {self.pool!r}", "$.pool")
        if self.window_days < 0:
            raise RuleError(f"window_days must not be negative, got {self.window_days}", "$.window_days")
        for place, word in enumerate(self.claimants):
            if word not in get_args(Claimants):
                words = ", ".join(get_args(Claimants))
                raise RuleError(f"must be one of {words}, got {word!r}", f"$.claimants[{place}]")
        for place, (_, share, of) in enumerate(self.keeps):
            _check_share(share, of, f"$.keeps[{place}]")
        months = [step[0] for step in self.keeps]
        if months != sorted(set(months)) or (months and months[0] < 0):
            raise RuleError(f"months of the steps must rise from 0, got {months}", "$.keeps")
        if self.late is not None:
            _check_share(*self.late, "$.late")

    def kept(self, months: int) -> Fraction:
        """Give the part that the leaver keeps so many months after leaving."""
        reached = [Fraction(share, of) for start, share, of in self.keeps if start <= months]
        return reached[-1] if reached else Fraction(0)


def _check_share(share: int, of: int, path: str) -> None:
    """Refuse what is no share."""
    if not 0 <= share <= of or of < 1:
        raise RuleError(f"a share is from 0 to 1, got {share}/{of}", path)
