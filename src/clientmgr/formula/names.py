"""`Names`: a read-only mapping from names that keeps its order, can be a key itself, and pickles."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import attrs

__all__ = ["Names"]

T = TypeVar("T")


@attrs.frozen(repr=False)
class Names(Mapping[str, T]):
    """Values by name, in the order in which they were written.

    Example:
        >>> from clientmgr.formula import Names
        >>> Names.of({"net": 1})["net"]
        1
    """

    pairs: tuple[tuple[str, T], ...] = ()
    _by_name: dict[str, T] = attrs.field(init=False, eq=False, hash=False)

    def __attrs_post_init__(self) -> None:
        """Index the pairs."""
        object.__setattr__(self, "_by_name", dict(self.pairs))

    @classmethod
    def of(cls, values: "Mapping[str, T] | None") -> "Names[T]":
        """Take the names of a mapping."""
        if values is None:
            return cls()
        return values if isinstance(values, Names) else cls(tuple(values.items()))

    def __getitem__(self, name: str) -> T:
        """Give the value of a name."""
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names in their order."""
        return iter(self._by_name)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._by_name)

    def __repr__(self) -> str:
        """Show the names as a dict."""
        return f"Names({self._by_name!r})"
