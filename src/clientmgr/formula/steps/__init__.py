"""How each node is computed over columns: one function for each type of node."""

from collections.abc import Callable, Sequence
from typing import Any

from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.steps import chosen, grouped, plain, sloped, timed

__all__ = ["FUNCTIONS", "Function", "compute"]

Function = Callable[[Any, Sequence[Column], Frame], Column]
FUNCTIONS: dict[type[Formula], Function] = {
    **plain.FUNCTIONS,
    **chosen.FUNCTIONS,
    **sloped.FUNCTIONS,
    **grouped.FUNCTIONS,
    **timed.FUNCTIONS,
}


def compute(step: Step, args: Sequence[Column], frame: Frame) -> Column:
    """Compute one step."""
    if step.spread:
        return grouped.spread(step, args, frame)
    return FUNCTIONS[type(step.node)](step, args, frame)
