"""`Credits`: what an attribution gives: sums by line and month, and the way back to every trade."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from clientmgr.commission.accumulate import Sums
from clientmgr.commission.lines import LINE_KEYS
from clientmgr.commission.replay import TRADE_KEYS, total_deductions, total_trades
from clientmgr.commission.totals import Totals
from clientmgr.commission.trace import Trace, trace_trade
from clientmgr.errors import Findings, RuleError
from clientmgr.tables import AnyArray, Id, Result

if TYPE_CHECKING:
    from clientmgr.commission.attribution import Job

__all__ = ["CONSERVED", "Credits"]

CONSERVED = ("share", "declining", "withheld")
OVERLAYS = ("overlay", "hand_over", "override")
PARTS: dict[str, tuple[str, ...]] = {"conserved": CONSERVED, "overlays": OVERLAYS, "all": CONSERVED + OVERLAYS}
MONTH_KEYS = (*LINE_KEYS, "month")


@attrs.frozen(eq=False, repr=False, slots=False)
class Credits(Result):
    """The credits of some trades, in fen.

    gross = sum(deductions) + credited + findings, to the fen. Overlays stand apart.

    Attributes:
        job: what was asked; holds facts, ledger, plan and trades, so that single trades can be replayed.
        trades: how many trades were looked at.
        gross: their commission.
        deductions: the sum of each deduction line by name.
        credited: what owners, pools and the house account were credited of the net commission.
        overlaid: what was credited on top of it.
        findings: the trades that could not be credited, with their amounts, by id within each reason.
        reported: credited trades whose charges exceed their commission, with their net amounts, by id.
        sums: all credits by line and month.
    """

    job: "Job"
    trades: int
    gross: int
    deductions: Mapping[str, int]
    credited: int
    overlaid: int
    findings: Findings
    reported: Findings
    sums: Sums

    def __repr__(self) -> str:
        """Show how the gross commission went."""
        return (
            f"Credits({self.trades:,} trades: gross {self.gross:,} = deductions "
            f"{sum(self.deductions.values()):,} + credits {self.credited:,} + findings {self.found:,})"
        )

    @cached_property
    def found(self) -> int:
        """The gross commission of the trades that could not be credited, in fen."""
        return sum(finding.amount or 0 for finding in self.findings)

    def lines(self) -> Totals:
        """Give all credits, overlays too, by every key of a line and by month.

        The keys: `manager`, `team` (the owner, or through which a member was credited), `pool` (also `house`, the house
        account), `branch`, `role`, `kind` (share, declining or withheld, which are conserved; overlay, hand_over or
        override, which stand apart), `funder`, `treatment`, `origin`, `acquired`, `month`.
        """
        return self._lines

    def total(self, *, by: str | Iterable[str] = ("manager", "month"), of: str = "conserved") -> Totals:
        """Add the credits up by some keys.

        Keys of lines and `month` come from the sums at hand. Keys of trades (`client`, `date`, `market`, `product`,
        `side`, `security`, `trade`) replay the trades, and take as long as the attribution did.

        Args:
            by: one key or several.
            of: `conserved` (the default: what the net commission was split into), `overlays`, or `all`.

        Raises:
            RuleError: an unknown key or part.

        Example:
            `credits.total(by=("manager", "month"))`, `credits.total(by="client")`
        """
        keys = (by,) if isinstance(by, str) else tuple(by)
        known = (*MONTH_KEYS, *TRADE_KEYS)
        for key in keys:
            if key not in known:
                raise RuleError(f"credits can be totalled by {', '.join(known)}; got {key!r}")
        if of not in PARTS:
            raise RuleError(f"of must be one of {', '.join(PARTS)}, got {of!r}")
        if any(key in TRADE_KEYS for key in keys):
            return total_trades(self.job, keys, PARTS[of])
        return self.sums.by(keys, PARTS[of])

    @cached_property
    def _lines(self) -> Totals:
        """All credits by all keys."""
        return self.sums.by(MONTH_KEYS)

    def total_deductions(self, *, by: str | Iterable[str] = ("line", "month")) -> Totals:
        """Add the deductions up by some keys of trades, by `line` (the deduction's name) and by `month`; replays.

        Raises:
            RuleError: an unknown key.
        """
        keys = (by,) if isinstance(by, str) else tuple(by)
        for key in keys:
            if key not in ("line", "month", *TRADE_KEYS):
                known = ", ".join(("line", "month", *TRADE_KEYS))
                raise RuleError(f"deductions can be totalled by {known}; got {key!r}")
        return total_deductions(self.job, keys)

    def trace(self, trade: Id) -> Trace:
        """Replay one trade: deductions, owner set, shares, and who got the odd fen.

        Raises:
            DataError: there is no such trade among those attributed.
        """
        return trace_trade(self.job, trade)

    def explain(self, trade: Id) -> str:
        """Say in words how the commission of one trade was credited.

        Raises:
            DataError: there is no such trade among those attributed.
        """
        return str(self.trace(trade))

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the lines as columns."""
        return self.lines().to_columns()
