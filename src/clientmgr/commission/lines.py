"""The lines that amounts are credited to: all keys but the month, each line once, numbered as they are met."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from clientmgr.commission.resolve import MANAGER, POOL, TEAM, Entry
from clientmgr.tables import Coded

__all__ = ["LINE_KEYS", "LineBook", "key_of_entry"]

LINE_KEYS = (
    "manager",
    "team",
    "pool",
    "branch",
    "role",
    "kind",
    "funder",
    "treatment",
    "origin",
    "acquired",
)


class LineBook:
    """A growing table of lines; a line may be entered twice, and is added up under its key at the end."""

    def __init__(self) -> None:
        """Start without lines."""
        self._blocks: list[dict[str, Coded]] = []
        self._size = 0

    def __len__(self) -> int:
        """Count the lines."""
        return self._size

    def add(self, columns: Mapping[str, Coded]) -> int:
        """Enter a block of lines by columns, and give the number of its first."""
        first = self._size
        self._blocks.append({name: columns[name] for name in LINE_KEYS})
        self._size += len(columns["manager"])
        return first

    def add_keys(self, keys: Iterable[tuple[Any, ...]]) -> int:
        """Enter lines by their keys, and give the number of the first."""
        rows = list(keys)
        if not rows:
            return self._size
        columns = dict(zip(LINE_KEYS, zip(*rows, strict=True), strict=True))
        return self.add({name: Coded.of(list(values)) for name, values in columns.items()})

    def columns(self) -> dict[str, Coded]:
        """Give all lines as columns."""
        if not self._blocks:
            return {name: Coded.of([]) for name in LINE_KEYS}
        return {name: Coded.concat([block[name] for block in self._blocks]) for name in LINE_KEYS}


def constant(word: str, rows: int) -> Coded:
    """Make a column of one word."""
    return Coded.from_codes(np.array([word]), np.zeros(rows, np.int32))


def key_of_entry(entry: Entry, branch: object, treatment: str, origin: str, acquired: str) -> tuple[Any, ...]:
    """Give the key of the line that an entry of a case is credited to."""
    party = entry.party
    manager = party.id if party.kind == MANAGER else None
    team = party.id if party.kind == TEAM else entry.team
    pool = party.id if party.kind == POOL else None
    words = (entry.role, entry.kind, entry.funder, treatment, origin, acquired)
    return (manager, team, pool, branch, *words)
