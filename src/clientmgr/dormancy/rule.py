"""`DormancyRule`: after how long without activity, and up to which assets, a client is dormant."""

from collections.abc import Iterable
from typing import Any, Final, Literal, get_args

import attrs

from clientmgr.errors import RuleError

__all__ = ["ANY", "TRADE", "AssetsTest", "DormancyRule"]

AssetsTest = Literal["as_of", "month_ends", "average", "maximum"]

ANY: Final = "any"
TRADE: Final = "trade"
LONGEST: Final = 1_200


def _kinds(counts: Iterable[str]) -> tuple[str, ...]:
    """Keep kinds of activity as a tuple in ascending order, each once."""
    return (counts,) if isinstance(counts, str) else tuple(sorted(set(counts)))


def _limits(limits: Any) -> tuple[tuple[str, int], ...]:
    """Keep limits by column as a tuple of pairs in ascending order."""
    pairs = limits.items() if hasattr(limits, "items") else limits
    return tuple(sorted((str(name), limit) for name, limit in pairs))


@attrs.frozen(kw_only=True)
class DormancyRule:
    """When a client is dormant (休眠): long enough without activity of its own, and assets not above a limit.

    The due day is the last activity plus `months`, counted forward: the same day of the month, or the last
    day of a shorter one. A client that was never active counts from its opening. Only what the client itself
    caused counts: interest, fees, standing orders and the manager's own calls never do.

    Attributes:
        months: months without activity.
        max_assets: most assets in fen, this amount included; None for no limit.
        assets_test: what is held against the limit: assets `as_of` the day; the largest of those at
            the `month_ends` within the window; their `average` over its days; their `maximum` in
            it. The window is the last `months` months up to the day.
        inclusive: whether a client is dormant on the due day already, or only from the day after.
        counts: kinds of activity that count: "trade", kinds of account events such as "login", or
            "any".
        also_at_most: limits in the unit of the column on further columns of `clients.extra`, each
            included.
        owner_only: whether only the owner can wake the account, so that no manager can claim it.
        source: where the rule comes from.

    Raises:
        RuleError: months that are no positive number, a negative limit, an unknown test, nothing that counts.

    Example:
        >>> from clientmgr.dormancy import DormancyRule
        >>> DormancyRule(months=18, max_assets=5_000_00).assets_test
        'as_of'
    """

    months: int = 18
    max_assets: int | None = None
    assets_test: AssetsTest = "as_of"
    inclusive: bool = True
    counts: tuple[str, ...] = attrs.field(default=(TRADE,), converter=_kinds)
    also_at_most: tuple[tuple[str, int], ...] = attrs.field(default=(), converter=_limits)
    owner_only: bool = False
    source: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule."""
        if not _is_whole(self.months) or not 1 <= self.months <= LONGEST:
            raise RuleError(f"months must be from 1 to {LONGEST}, got {self.months!r}", "$.months")
        if self.max_assets is not None:
            _check_limit(self.max_assets, "$.max_assets")
        if self.assets_test not in get_args(AssetsTest):
            tests = ", ".join(get_args(AssetsTest))
            raise RuleError(f"assets_test must be one of {tests}, got {self.assets_test!r}", "$.assets_test")
        if not self.counts or not all(kind and isinstance(kind, str) for kind in self.counts):
            raise RuleError(f"counts must name kinds of activity, got {self.counts!r}", "$.counts")
        for place, (_, limit) in enumerate(self.also_at_most):
            _check_limit(limit, f"$.also_at_most[{place}]")

    def counts_kind(self, kind: str) -> bool:
        """Say whether activity of a kind counts."""
        return ANY in self.counts or kind in self.counts


def _check_limit(limit: Any, path: str) -> None:
    """Refuse a limit that is no amount."""
    if not _is_whole(limit) or limit < 0:
        raise RuleError(f"a limit is a whole amount of at least 0, got {limit!r}", path)


def _is_whole(value: object) -> bool:
    """Say whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)
