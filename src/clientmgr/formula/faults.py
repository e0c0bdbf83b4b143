"""All faults of a rule together: what is wrong, and the JSON path of each."""

from collections.abc import Iterable

import attrs

from clientmgr.errors import RuleError

__all__ = ["Fault", "RuleFaults", "raise_faults"]

SPELLED_OUT = 20


@attrs.frozen
class Fault:
    """One fault: a message, and the JSON path of the place."""

    message: str
    path: str

    def __str__(self) -> str:
        """Write message and path."""
        return f"{self.message} @ {self.path}"


class RuleFaults(RuleError):  # noqa: N818 - a RuleError that holds several
    """A rule with one fault or several; `faults` lists them all, `path` is that of the first.

    Example:
        >>> from clientmgr.formula import FormulaSet, RuleFaults, measure
        >>> try:
        ...     FormulaSet(values={"a": measure("x"), "b": measure("y")}).compile()
        ... except RuleFaults as error:
        ...     [fault.path for fault in error.faults]
        ['$.values.a', '$.values.b']
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults, and spell them out."""
        self.faults: tuple[Fault, ...] = tuple(faults)
        first = self.faults[0]
        if len(self.faults) == 1:
            super().__init__(first.message, first.path)
        else:
            super().__init__(self._spelled_out(), None)
            self.path: str | None = first.path
        # An exception is unpickled from its arguments.
        self.args: tuple[object, ...] = (self.faults,)

    def _spelled_out(self) -> str:
        """Write one fault a line."""
        lines = [f"  {fault}" for fault in self.faults[:SPELLED_OUT]]
        if len(self.faults) > SPELLED_OUT:
            lines.append(f"  ... and {len(self.faults) - SPELLED_OUT} more (see .faults)")
        return "\n".join([f"{len(self.faults)} faults:", *lines])

    def __str__(self) -> str:
        """Write every fault with its path."""
        return str(self.faults[0]) if len(self.faults) == 1 else self.message


def raise_faults(faults: Iterable[Fault]) -> None:
    """Raise all faults at once, where there are any."""
    found = tuple(dict.fromkeys(faults))
    if found:
        raise RuleFaults(found)
