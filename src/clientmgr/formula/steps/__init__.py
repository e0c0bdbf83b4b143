"""How each node is computed over columns: one function for each type of node."""

from collections.abc import Callable, Sequence
from typing import Any

from clientmgr.formula.base import Formula
from clientmgr.formula.columns import Column
from clientmgr.formula.frame import Frame, Step
from clientmgr.formula.steps import chosen, grouped, plain, sloped, timed

__all__ = ["FUNCTIONS", "Function", "function_of"]

Function = Callable[[Any, Sequence[Column], Frame], Column]
FUNCTIONS: dict[type[Formula], Function] = {
    **plain.FUNCTIONS,
    **chosen.FUNCTIONS,
    **sloped.FUNCTIONS,
    **grouped.FUNCTIONS,
    **timed.FUNCTIONS,
}


def function_of(step: Step) -> Function | None:
    """Give the function that computes a step; None for what is read from the inputs."""
    return grouped.spread if step.spread else FUNCTIONS.get(type(step.node))
