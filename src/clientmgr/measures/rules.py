"""`MeasureRules`: which measures a firm takes, and what counts in them."""

from typing import Any

import attrs

from clientmgr.errors import RuleError

__all__ = ["MeasureRules"]

DEFAULT = (
    "net_commission",
    "net_commission_existing",
    "net_commission_new",
    "turnover",
    "appreciation",
    "assets",
    "net_new_assets",
    "clients_existing",
    "clients_new",
    "new_accounts",
    "lost_clients",
    "retention",
    "effective_accounts",
    "reactivations",
    "service_records",
    "coverage_existing",
    "coverage_new",
    "complaints",
    "breaches",
    "presence",
)


def _words(values: Any) -> tuple[str, ...]:
    """Read a list of words."""
    return (values,) if isinstance(values, str) else tuple(values)


@attrs.frozen
class MeasureRules:
    """Which measures of the catalogue are taken, and what counts in them.

    Attributes:
        names: the measures, in the order of the columns.
        contact_kinds: kinds of service record that cover a client.
        effective_assets: assets from which an account is effective, in fen.
        complaint_kinds: kinds of incident that are complaints.
        breach_kinds: kinds of incident that are breaches of compliance.
        capital_floor: average capital of a book below which it has no rate of return, in fen.

    Raises:
        RuleError: a measure twice, amounts below zero.

    Example:
        >>> from clientmgr.measures import MeasureRules
        >>> MeasureRules(names=("net_commission", "coverage_existing")).effective_assets
        1000000
    """

    names: tuple[str, ...] = attrs.field(default=DEFAULT, converter=_words)
    contact_kinds: tuple[str, ...] = attrs.field(default=("call", "visit", "meeting", "message"), converter=_words)
    effective_assets: int = 10_000_00
    complaint_kinds: tuple[str, ...] = attrs.field(default=("complaint",), converter=_words)
    breach_kinds: tuple[str, ...] = attrs.field(default=("compliance", "breach"), converter=_words)
    capital_floor: int = 100_000_00

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if len(set(self.names)) < len(self.names):
            raise RuleError(f"a measure stands twice: {', '.join(self.names)}", "$.names")
        for name in ("effective_assets", "capital_floor"):
            if getattr(self, name) < 0:
                raise RuleError(f"{name} is not below 0, got {getattr(self, name)}", f"$.{name}")
