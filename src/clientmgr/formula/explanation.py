"""`Explanation`: the rows that say how a figure came about, as text, as HTML, as records."""

from collections.abc import Iterable
from fractions import Fraction
from html import escape
from typing import Any

import attrs

from clientmgr.formula.figures import figure_text
from clientmgr.formula.kinds import Kind
from clientmgr.formula.literals import number_text

__all__ = ["ExplainedRow", "Explanation"]


@attrs.frozen
class ExplainedRow:
    """One row: what is computed, in words and numbers, and the exact value that it gave.

    `expression` holds the computation itself, as nested tuples of an operation and its exact operands, so that anyone
    can compute it again; None where the value was given. `reason` says why a value is undefined, and where.
    """

    depth: int
    text: str
    value: Any
    kind: Kind | None
    expression: Any = None
    reason: tuple[str, str] | None = None

    @property
    def figure(self) -> str:
        """Write the value for people."""
        if self.reason is not None:
            return f"undefined: {self.reason[0]} @ {self.reason[1]}"
        return "" if self.value is None else figure_text(self.value, self.kind)

    def to_record(self) -> dict[str, Any]:
        """Give the row as plain values; numbers are exact texts."""
        value = self.value
        return {
            "depth": self.depth,
            "text": self.text,
            "value": number_text(value) if isinstance(value, Fraction) else _plain(value),
            "kind": None if self.kind is None else self.kind.name,
            "reason": None if self.reason is None else self.reason[0],
            "path": None if self.reason is None else self.reason[1],
        }


@attrs.frozen(repr=False)
class Explanation:
    """How a manager's figures came about: each line, and under it every named value once.

    `print` shows it, a notebook shows it as a table, `to_records()` gives plain rows.

    Example:
        >>> from clientmgr.formula import FormulaSet, Inputs, measure
        >>> rules = FormulaSet(measures={"net": "money"}, lines={"payout": measure("net") * "15%"})
        >>> july = Inputs.of(rules, managers=["M1"], measures={"net": [100_000]})
        >>> print(rules.compile().run(july).explain("M1"))
        payout = net x 15% = 1,000.00 x 15%  150.00
    """

    manager: Any
    period: str
    rows: tuple[ExplainedRow, ...]

    def to_records(self) -> list[dict[str, Any]]:
        """Give the rows as plain dicts, for JSON or a frame."""
        return [row.to_record() for row in self.rows]

    def __str__(self) -> str:
        """Lay the rows out: what on the left, figures on the right."""
        texts = ["  " * row.depth + row.text for row in self.rows]
        width = max(map(len, texts), default=0)
        figures = [row.figure for row in self.rows]
        right = max((len(f) for f, row in zip(figures, self.rows, strict=True) if not row.reason), default=0)
        lines = (f"{text:<{width}}  {figure:>{right}}" for text, figure in zip(texts, figures, strict=True))
        return "\n".join(line.rstrip() for line in lines)

    def __repr__(self) -> str:
        """Say whose figures are explained."""
        return f"Explanation({self.manager!r} in {self.period}, {len(self.rows)} rows)"

    def _repr_html_(self) -> str:
        """Show the rows in a notebook."""
        title = f"<caption>{escape(str(self.manager))}, {escape(self.period)}</caption>"
        return f"<table>{title}<tbody>{''.join(_html(self.rows))}</tbody></table>"


def _html(rows: Iterable[ExplainedRow]) -> Iterable[str]:
    """Write rows as HTML."""
    for row in rows:
        indent = f"text-align:left;padding-left:{0.5 + 1.5 * row.depth:g}em"
        yield (
            f'<tr><td style="{indent}">{escape(row.text)}</td>'
            f'<td style="text-align:right">{escape(row.figure)}</td></tr>'
        )


def _plain(value: Any) -> Any:
    """Give a value that is no number as JSON holds it."""
    return value if value is None or isinstance(value, (bool, str, int)) else str(value)
