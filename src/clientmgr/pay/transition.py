"""Smooth transition (平稳过渡): how a change of base salary reaches its goal, month by month."""

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.money import format_fen
from clientmgr.tables import Fen, Int64

__all__ = ["Transition", "protection", "protection_cost", "tell_transition"]


@attrs.frozen
class Transition:
    """How a change of base salary is smoothed; amounts in fen a month, times in months.

    What was paid above a new base salary stays whole for `hold` months (a freeze), then goes in
    `taper` equal parts, one a month. A rise comes in `phase_in` equal parts. Where a largest
    step is stated, there are as many parts as it takes (at least those stated). Nothing stated
    means at once. The goal is reached with the last part (with none, in the month after the hold),
    never passed, never left again.

    Attributes:
        hold: months for which the whole difference is still paid.
        taper: parts in which it then goes.
        phase_in: parts in which a rise comes.
        step_down: the largest fall from one month to the next; None for none.
        step_up: the largest rise from one month to the next; None for none.

    Raises:
        RuleError: a number below zero, a step of nothing.

    Example:
        >>> from clientmgr.pay import Transition, protection
        >>> smooth = Transition(hold=1, taper=3)
        >>> protected, held, parts = smooth.schedule([600_00])
        >>> [int(protection(protected, held, parts, month)[0]) for month in range(5)]
        [60000, 40000, 20000, 0, 0]
    """

    hold: int = 0
    taper: int = 0
    phase_in: int = 0
    step_down: int | None = None
    step_up: int | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse times below zero and steps of nothing."""
        for name in ("hold", "taper", "phase_in"):
            if getattr(self, name) < 0:
                raise RuleError(f"{name} is not below 0, got {getattr(self, name)}", f"$.{name}")
        for name in ("step_down", "step_up"):
            step = getattr(self, name)
            if step is not None and step <= 0:
                raise RuleError(f"{name} is an amount above 0 fen, got {step}", f"$.{name}")

    def schedule(self, gap: Fen | list[int]) -> tuple[Fen, Int64, Int64]:
        """Say what is protected of each gap, for how long it is held, in how many parts it goes.

        Args:
            gap: what was paid before less the new base salary, fen a month; below zero for a rise.
        """
        gaps = np.asarray(gap, np.int64)
        falls, rises = gaps > 0, gaps < 0
        held = np.where(falls, self.hold, 0)
        parts = np.where(falls, self.taper, np.where(rises, self.phase_in, 0))
        for step, rows in ((self.step_down, falls), (self.step_up, rises)):
            if step is not None:
                parts = np.where(rows, np.maximum(parts, -(-np.abs(gaps) // step)), parts)
        smoothed = (held > 0) | (parts > 0)
        return np.where(smoothed, gaps, 0), held, parts


def protection(protected: Fen, held: Int64, parts: Int64, month: Int64 | int) -> Fen:
    """Give what is still paid above (or, below zero, below) the base salary in a month.

    Args:
        protected: the whole difference, fen a month.
        held: months for which it stays whole.
        parts: months over which it then goes.
        month: months since the standing began, from 0.

    Returns:
        fen; protected x (parts still to go) / parts, halves away from zero.
    """
    to_go = np.clip(parts + held - month - 1, 0, parts)
    base = np.maximum(parts, 1)
    # Whole and rest apart: the product of the whole amount and a count of months may not fit.
    size = np.abs(protected)
    whole, rest = size // base * to_go, size % base * to_go
    remaining = np.where(month < held, size, whole + (2 * rest + base) // (2 * base))
    return np.where(protected < 0, -remaining, remaining)


def protection_cost(protected: Fen, held: Int64, parts: Int64) -> Fen:
    """Give the total that a transition costs (below zero: saves) until it is over, in fen."""
    months = int((held + parts).max(initial=0))
    total = np.zeros(len(protected), np.int64)
    for month in range(months):
        total += protection(protected, held, parts, month)
    return total


def tell_transition(protected: int, held: int, parts: int) -> str:
    """Say in words how a difference of salary goes; amounts in fen a month."""
    amount = format_fen(abs(protected))
    if protected < 0:
        return f"a rise of {amount} that comes in {parts} equal parts"
    hold = f"whole for {held} months, then " if held else ""
    return f"{amount} above the base salary, {hold}gone in {parts} equal parts"
