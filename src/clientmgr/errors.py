"""The errors of the library, by meaning, and the findings that a batch problem is made of.

Every error inherits a builtin too, carries its values and survives pickle, so that it can cross a
worker's border and still be caught by meaning: bad facts, a bad rule, something that cannot be
done, something that could not be decided, a sum that does not add up, a result that does not hold
when it is checked.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self, overload

import attrs
import numpy as np

__all__ = [
    "CheckError",
    "ClientMgrError",
    "ConservationError",
    "DataError",
    "Finding",
    "Findings",
    "InfeasibleError",
    "RuleError",
    "UndecidedError",
]

SPELLED_OUT = 10


@attrs.frozen
class Finding:
    """One bad row: where it stands, whose it is, what was found there and what was expected.

    `row` counts from 0; `amount` is in minor units (fen) where money is at stake, else None.

    Example:
        >>> from clientmgr.errors import Finding
        >>> print(Finding("clients", "assets", 3, "C4", float("nan"), "whole fen"))
        clients.assets row 3 (C4): got nan, expected whole fen
    """

    table: str
    column: str
    row: int
    id: str | int | None
    value: object
    expected: str
    amount: int | None = None

    def __str__(self) -> str:
        """Spell the finding out in one line."""
        whose = "" if self.id is None else f" ({self.id})"
        value = repr(self.value) if isinstance(self.value, str) else self.value
        return f"{self.table}.{self.column} row {self.row}{whose}: got {value}, expected {self.expected}"


@attrs.frozen(eq=False)
class _Block:
    """Findings of one column that share one expectation, kept as columns."""

    table: str
    column: str
    rows: tuple[int, ...]
    ids: tuple[Any, ...] | None
    values: tuple[Any, ...]
    expected: str
    amounts: tuple[int, ...] | None

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def at(self, i: int) -> Finding:
        """Make the finding of the i-th bad row."""
        return Finding(
            table=self.table,
            column=self.column,
            row=self.rows[i],
            id=None if self.ids is None else self.ids[i],
            value=self.values[i],
            expected=self.expected,
            amount=None if self.amounts is None else self.amounts[i],
        )


@attrs.frozen(eq=False, repr=False)
class Findings(Sequence[Finding]):
    """A read-only sequence of findings, held as columns so that millions of bad rows stay cheap.

    Example:
        >>> from clientmgr.errors import Findings
        >>> bad = Findings.of(table="trades", column="client", rows=[4], values=["X9"], expected="a known client")
        >>> len(bad), bad[0].row
        (1, 4)
    """

    _blocks: tuple[_Block, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        table: str,
        column: str,
        rows: Iterable[int],
        values: Iterable[Any],
        expected: str,
        ids: Iterable[Any] | None = None,
        amounts: Iterable[int] | None = None,
    ) -> Self:
        """Build the findings of one column.

        `rows`, `values` and, where given, `ids` and `amounts` (minor units) are equally long;
        none at all gives empty findings.
        """
        block = _Block(
            table,
            column,
            tuple(_plain(rows)),
            None if ids is None else tuple(_plain(ids)),
            tuple(_plain(values)),
            expected,
            None if amounts is None else tuple(_plain(amounts)),
        )
        return cls((block,)) if len(block) else cls()

    def __len__(self) -> int:
        """Count the findings."""
        return sum(len(block) for block in self._blocks)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings in the order in which they were found."""
        for block in self._blocks:
            yield from (block.at(i) for i in range(len(block)))

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        """Take one finding, or a tuple of several."""
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        place = range(len(self))[index]
        for block in self._blocks:
            if place < len(block):
                return block.at(place)
            place -= len(block)
        raise IndexError(index)  # pragma: no cover - range() has refused it above

    def __add__(self, other: "Findings") -> "Findings":
        """Put other findings behind these."""
        return Findings(self._blocks + other._blocks)

    def __eq__(self, other: object) -> bool:
        """Compare finding by finding; a NaN value equals itself."""
        if not isinstance(other, Findings):
            return NotImplemented
        return repr(tuple(self)) == repr(tuple(other))

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Say how many there are and where."""
        places = list(dict.fromkeys(f"{block.table}.{block.column}" for block in self._blocks))
        return f"Findings({len(self)}{' in ' + ', '.join(places) if places else ''})"

    def __str__(self) -> str:
        """Spell out the first ten, one a line."""
        first = [f"  {finding}" for finding in self[:SPELLED_OUT]]
        if len(self) > SPELLED_OUT:
            first.append(f"  ... and {len(self) - SPELLED_OUT} more (see .findings)")
        return "\n".join(first)

    def to_records(self) -> list[dict[str, Any]]:
        """Give the findings as plain dicts, for JSON or a frame."""
        return [attrs.asdict(finding) for finding in self]


class ClientMgrError(Exception):
    """The root of all errors of this library."""


class DataError(ClientMgrError, ValueError):
    """Facts that cannot be used; `findings` lists every bad row.

    Example:
        >>> import clientmgr as cm
        >>> try:
        ...     cm.Clients(id=["C1", "C1"], branch=["B1", "B1"])
        ... except cm.DataError as error:
        ...     error.findings[0].expected
        'a unique id'
    """

    def __init__(self, message: str, findings: Findings | None = None) -> None:
        """Keep the message and the findings."""
        super().__init__(message, findings)
        self.message = message
        self.findings: Findings = Findings() if findings is None else findings

    @classmethod
    def of(cls, findings: Findings, what: str) -> Self:
        """Make the error of some findings: what could not be done, then the first ten rows."""
        rows = "1 bad row" if len(findings) == 1 else f"{len(findings)} bad rows"
        return cls(f"{what}: {rows}\n{findings}", findings)

    def __str__(self) -> str:
        """Give the message."""
        return self.message


class RuleError(ClientMgrError, ValueError):
    """A rule that cannot be used; `path` is the JSON path of the fault, where there is one.

    Example:
        >>> from clientmgr.errors import RuleError
        >>> print(RuleError("rate must be between 0 and 1, got 1.2", path="$.tiers[2].rate"))
        rate must be between 0 and 1, got 1.2 @ $.tiers[2].rate
    """

    def __init__(self, message: str, path: str | None = None) -> None:
        """Keep the message and the path."""
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        """Give the message, and behind it the path."""
        return self.message if self.path is None else f"{self.message} @ {self.path}"


class InfeasibleError(ClientMgrError, ValueError):
    """Rules that are proved to leave no solution; `reason` names an irreducible cause."""

    def __init__(self, message: str, reason: object = None) -> None:
        """Keep the message and the reason."""
        super().__init__(message, reason)
        self.message = message
        self.reason = reason

    def __str__(self) -> str:
        """Give the message."""
        return self.message


class UndecidedError(ClientMgrError, RuntimeError):
    """Nothing was found within the stated effort, and nothing was proved."""


class ConservationError(ClientMgrError, ArithmeticError):
    """Clients or money would have been lost or doubled; no result is returned."""


class CheckError(ClientMgrError, AssertionError):
    """A decision that does not hold when it is recomputed from facts and rule alone."""


def _plain(values: Iterable[Any]) -> list[Any]:
    """Turn an array or an iterable into a list of Python values."""
    return values.tolist() if isinstance(values, np.ndarray) else list(values)
