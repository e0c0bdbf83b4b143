"""`ClaimRule`: what wakes a dormant client, and whose it then is (谁开发就放进谁的客户包)."""

from collections.abc import Iterable
from typing import Any, Literal, get_args

import attrs

from clientmgr.errors import RuleError
from clientmgr.ownership import POOLS

__all__ = ["ClaimRule", "SelfWoken", "Wins"]

Wins = Literal["last", "first", "share"]
SelfWoken = Literal["stays", "unassigned"]


def _kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """Keep kinds of record as a tuple in ascending order, each once."""
    return (kinds,) if isinstance(kinds, str) else tuple(sorted(set(kinds)))


@attrs.frozen(kw_only=True)
class ClaimRule:
    """How claims on pooled clients are opened, lost and won.

    A manager's contact with a client in the pool opens a claim, further contacts renew it, and it
    lapses after `idle_days` without one. The first qualifying trade after the day on which the
    client entered the pool wakes it: the open claims whose last contact lies within `window_days`
    before it compete for the client.

    Attributes:
        wins: who gets the client: the `last` contact (then the earliest opening, then manager id),
            the `first` opening (then the latest last contact, then manager id), or all competitors
            `share` it equally.
        window_days: the last contact must be at most this many days before the waking.
        idle_days: a claim lapses on the day after this many days without contact.
        contact_kinds: kinds of service record that are contacts; a mass message is none by default.
        daily_limit: claims that a manager may open on one day; None for any number.
        open_limit: claims that a manager may have open at once; None for any number.
        min_turnover: smallest turnover in fen of a trade that wakes.
        min_commission: smallest commission in fen of a trade that wakes.
        holding_days: what the waking trade bought must not be sold within this many days, or it
            does not wake.
        same_day: whether a contact on the waking day counts.
        confirmation_kind: kind of the record by which the client confirms a manager; empty for none
            needed.
        confirmation_days: days after the waking within which the client must confirm.
        review_kind: kind of the record by which the branch approves the waking (outcome
            "approved"); empty for none needed.
        pool: the pool whose clients can be claimed.
        self_woken: what becomes of a client that woke by itself: it `stays` in the pool, where its
            commission is the branch's, or moves to the `unassigned` pool on that day to be
            allocated.

    Raises:
        RuleError: numbers below their least value, words that are none of those allowed.

    Example:
        >>> from clientmgr.dormancy import ClaimRule
        >>> ClaimRule(wins="first", daily_limit=20).idle_days
        30
    """

    wins: Wins = "last"
    window_days: int = 90
    idle_days: int = 30
    contact_kinds: tuple[str, ...] = attrs.field(default=("call", "meeting", "reactivation", "visit"), converter=_kinds)
    daily_limit: int | None = None
    open_limit: int | None = None
    min_turnover: int = 0
    min_commission: int = 0
    holding_days: int = 0
    same_day: bool = True
    confirmation_kind: str = ""
    confirmation_days: int = 30
    review_kind: str = ""
    pool: str = "dormant"
    self_woken: SelfWoken = "stays"

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule."""
        for name in ("window_days", "min_turnover", "min_commission", "holding_days"):
            _check_number(name, getattr(self, name), 0)
        for name in ("idle_days", "confirmation_days"):
            _check_number(name, getattr(self, name), 1)
        for name in ("daily_limit", "open_limit"):
            if getattr(self, name) is not None:
                _check_number(name, getattr(self, name), 1)
        _check_word("wins", self.wins, get_args(Wins))
        _check_word("self_woken", self.self_woken, get_args(SelfWoken))
        _check_word("pool", self.pool, POOLS)
        if not self.contact_kinds or {self.confirmation_kind, self.review_kind} & {*self.contact_kinds}:
            raise RuleError(
                "contact_kinds must name at least one kind, and neither the confirmation's nor the review's, "
                f"got {self.contact_kinds!r}",
                "$.contact_kinds",
            )


def _check_number(name: str, value: Any, least: int) -> None:
    """Refuse what is no whole number from a least one."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RuleError(f"{name} must be a whole number of at least {least}, got {value!r}", f"$.{name}")


def _check_word(name: str, value: Any, words: Iterable[str]) -> None:
    """Refuse what is none of some words."""
    if value not in words:
        raise RuleError(f"{name} must be one of {', '.join(words)}, got {value!r}", f"$.{name}")
