"""`Result`: the base of what functions decide: frozen numbers that can be shown and asked why."""

from collections.abc import Mapping

from clientmgr.tables.readonly import ReadOnly
from clientmgr.tables.render import html_table
from clientmgr.tables.types import AnyArray

__all__ = ["Result"]


class Result(ReadOnly):
    """Base of frozen results: columns to show, no truth value, no unpacking, safe to pickle.

    A subclass is a frozen attrs class (`eq=False, repr=False, slots=False`) with a short `__repr__`
    and a `to_columns()`.
    """

    def to_columns(self) -> Mapping[str, AnyArray]:
        """Give the numbers as equally long columns by name."""
        raise NotImplementedError

    def __bool__(self) -> bool:
        """Refuse to be a condition."""
        raise TypeError(f"a {type(self).__name__} has no truth value; ask one of its fields")

    def _repr_html_(self) -> str:
        """Show the result in a notebook: at most twenty rows."""
        columns = {name: column[:20] for name, column in self.to_columns().items()}
        return html_table(columns, caption=repr(self))
