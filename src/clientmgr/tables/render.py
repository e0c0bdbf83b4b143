"""Columns as plain text and as HTML, for terminals and notebooks."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import numpy as np

__all__ = ["html_table", "text_table"]

LARGE = 10_000  # from here on a number is shown whole, not with a power of ten

Formats = Mapping[str, Callable[[Any], str]]


def text_table(columns: Mapping[str, Iterable[Any]], *, formats: Formats | None = None, indent: int = 0) -> str:
    """Lay columns out as aligned text: numbers to the right, words to the left.

    Args:
        columns: equally long values by heading.
        formats: for a heading the function that writes its values.
        indent: spaces before each line.

    Example:
        >>> from clientmgr.tables import text_table
        >>> print(text_table({"manager": ["M1", "M2"], "clients": [538, 1]}))
        manager  clients
        M1           538
        M2             1
    """
    written = {head: _write(values, (formats or {}).get(head)) for head, values in columns.items()}
    blocks = [_align(head, cells, right=right) for head, (cells, right) in written.items()]
    return "\n".join((" " * indent + "  ".join(row)).rstrip() for row in zip(*blocks, strict=True))


def html_table(columns: Mapping[str, Iterable[Any]], *, caption: str = "", formats: Formats | None = None) -> str:
    """Lay columns out as an HTML table, everything escaped."""
    written = {head: _write(values, (formats or {}).get(head)) for head, values in columns.items()}
    heads = "".join(f"<th>{escape(head)}</th>" for head in written)
    cells = ([_cell(text, right=right) for text in column] for column, right in written.values())
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(text: str, *, right: bool) -> str:
    """Write one cell."""
    style = ' style="text-align:right"' if right else ""
    return f"<td{style}>{escape(text)}</td>"


def _write(values: Iterable[Any], form: Callable[[Any], str] | None) -> tuple[list[str], bool]:
    """Write the values of a column, and say whether it goes to the right."""
    rows = [v.item() if isinstance(v, np.generic) else v for v in values]
    numeric = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in rows)
    return [form(v) if form else _plain(v) for v in rows], numeric or form is not None


def _plain(value: Any) -> str:
    """Write one value: thousands apart, yes or nothing for flags, nothing for what is missing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:,.4g}"
    return str(value)


def _align(head: str, cells: list[str], *, right: bool) -> list[str]:
    """Bring heading and cells to one width as a terminal shows it."""
    width = max(_width(text) for text in [head, *cells])
    pads = [" " * (width - _width(text)) for text in [head, *cells]]
    return [p + t if right else t + p for p, t in zip(pads, [head, *cells], strict=True)]


def _width(text: str) -> int:
    """Count the columns of a terminal that a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
