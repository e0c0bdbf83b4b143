"""Formulas as one reads them aloud: `(commission - charges) x 15%`."""

from collections.abc import Callable
from typing import Any

from clientmgr.formula import choices, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.literals import number_text

__all__ = ["LOOSE", "TERM", "binding", "in_words", "joined_words", "step_words"]

LONGEST = 200
LOOSE, TERM, FACTOR, TIGHT = range(4)


def in_words(formula: Formula) -> str:
    """Write a formula in one line; a very long one is cut."""
    text = _write(formula)[0]
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def step_words(side: str, i: int, edges: list[str]) -> str:
    """Say where the i-th step of a band or of tiers lies, given its edges as text."""
    low = edges[i - 1] if i else None
    high = edges[i] if i < len(edges) else None
    if side == "upto":
        return f"up to {high}" if low is None else f"above {low}" + (f" to {high}" if high else "")
    return f"below {high}" if low is None else f"{low} " + (f"to below {high}" if high else "and above")


def _write(formula: Formula) -> tuple[str, int]:
    """Write a formula, and say how tightly its text binds."""
    arithmetic = _ARITHMETIC.get(type(formula))
    return arithmetic(formula, _write) if arithmetic else _WRITERS[type(formula)](formula)


def _in(part: Formula, binding: int) -> str:
    """Write a part, in brackets where it binds more loosely than its place."""
    text, own = _write(part)
    return text if own >= binding else f"({text})"


Part = Callable[[Formula], tuple[str, int]]


def binding(formula: Formula) -> int:
    """Say how tightly the text of a formula binds."""
    return _write(formula)[1]


def joined_words(formula: Formula, part: Part) -> str:
    """Write arithmetic or logic, given how its parts are written."""
    return _ARITHMETIC[type(formula)](formula, part)[0]


def _bound(part: tuple[str, int], least: int) -> str:
    """Put a text in brackets where it binds more loosely than its place."""
    text, own = part
    return text if own >= least else f"({text})"


def _joined(symbol: str, own: int, rest: int) -> Callable[[Any, Part], tuple[str, int]]:
    """Make the writer of a list joined by a symbol."""

    def write(node: Any, part: Part) -> tuple[str, int]:
        """Write the list; what stands behind the first sign binds more tightly."""
        first, *others = (part(each) for each in node.of)
        texts = [_bound(first, own), *(_bound(other, rest) for other in others)]
        return f" {symbol} ".join(texts), own if others else first[1]

    return write


def _called(name: str) -> Callable[[Any, Part], tuple[str, int]]:
    """Make the writer of a list as a call."""

    def write(node: Any, part: Part) -> tuple[str, int]:
        """Write the list in brackets behind the name."""
        return f"{name}({', '.join(part(each)[0] for each in node.of)})", TIGHT

    return write


def _over(node: nodes.Over, part: Part) -> tuple[str, int]:
    """Write a quotient."""
    return f"{_bound(part(node.dividend), FACTOR)} / {_bound(part(node.divisor), TIGHT)}", FACTOR


def _clamp(node: nodes.Clamp, part: Part) -> tuple[str, int]:
    """Write limits."""
    limits = (("at least", node.low), ("at most", node.high))
    words = [f"{word} {_bound(part(each), TERM)}" for word, each in limits if each is not None]
    return f"{_bound(part(node.of), FACTOR)} kept {' and '.join(words)}", LOOSE


def _rounded(node: nodes.Rounded, part: Part) -> tuple[str, int]:
    """Write a rounding."""
    return f"{_bound(part(node.of), FACTOR)} rounded to {part(node.to)[0]}", LOOSE


def _compare(node: nodes.Compare, part: Part) -> tuple[str, int]:
    """Write a comparison."""
    return f"{_bound(part(node.left), TERM)} {node.op} {_bound(part(node.right), TERM)}", LOOSE


def _not(node: nodes.Not, part: Part) -> tuple[str, int]:
    """Write a negation."""
    return f"not {_bound(part(node.of), TIGHT)}", LOOSE


_ARITHMETIC: dict[type[Formula], Callable[[Any, Part], tuple[str, int]]] = {
    nodes.Sum: _joined("+", TERM, TERM),
    nodes.Minus: _joined("-", TERM, FACTOR),
    nodes.Times: _joined("x", FACTOR, FACTOR),
    nodes.Over: _over,
    nodes.Least: _called("least"),
    nodes.Greatest: _called("greatest"),
    nodes.Clamp: _clamp,
    nodes.Rounded: _rounded,
    nodes.Compare: _compare,
    nodes.All: _called("all"),
    nodes.Any_: _called("any"),
    nodes.Not: _not,
}


def _literal(node: nodes.Literal) -> tuple[str, int]:
    """Write a number."""
    return number_text(node.value, node.unit), TIGHT if node.value >= 0 else FACTOR


def _age(node: nodes.Age) -> tuple[str, int]:
    """Write an age."""
    until = "" if node.until is None else f" until {_in(node.until, TERM)}"
    return f"{node.unit} since {_in(node.of, TERM)}{until}", LOOSE


def _total(node: rows.Total) -> tuple[str, int]:
    """Write a fold of item rows."""
    what = "" if node.take is None else f" of {_in(node.take, TERM)}"
    where = "" if node.where is None else f" where {_in(node.where, TERM)}"
    word = "total" if node.how == "sum" else node.how
    return f"{word}{what} over {node.table}{where}", LOOSE


def _back(node: rows.Back) -> tuple[str, int]:
    """Write a look-back."""
    window = f"last {node.last}" if node.last else str(node.window).replace("_", " ")
    skip = f", skipping {node.skip}" if node.skip else ""
    return f"{node.take} of {node.name} ({window}{skip})", TIGHT


def _peers(node: rows.Peers) -> tuple[str, int]:
    """Write a figure of one's group."""
    within = " and ".join(_in(part, TERM) for part in node.within)
    return f"{node.take} of {_in(node.of, TERM)} among peers{within and ' within ' + within}", LOOSE


def _curve_or_steps(word: str) -> Callable[[Any], tuple[str, int]]:
    """Make the writer of what follows one number."""
    return lambda node: (f"{word} of {_in(node.of, TIGHT)}", FACTOR)


_WRITERS: dict[type[Formula], Callable[[Any], tuple[str, int]]] = {
    nodes.Literal: _literal,
    nodes.DateLiteral: lambda node: (str(node.day), TIGHT),
    nodes.LabelLiteral: lambda node: (f"'{node.word}'", TIGHT),
    nodes.Name: lambda node: (node.name, TIGHT),
    nodes.Named: lambda node: (node.title, TIGHT),
    nodes.Carry: lambda node: (f"opening {node.name}", TIGHT),
    nodes.Calendar: lambda node: (f"period's {node.what.replace('_', ' ')}", TIGHT),
    nodes.Age: _age,
    nodes.IsIn: lambda node: (f"{_in(node.of, TERM)} is {' or '.join(node.words)}", LOOSE),
    choices.When: lambda node: (
        f"when {_in(node.cases[0][0], TERM)}: {_in(node.cases[0][1], TERM)}, ...",
        LOOSE,
    ),
    choices.Lookup: _curve_or_steps("lookup"),
    choices.FirstKnown: lambda node: (_called("first known")(node, _write)[0], TIGHT),
    choices.Band: _curve_or_steps("band"),
    choices.Tiers: _curve_or_steps("tiers"),
    choices.Curve: _curve_or_steps("curve"),
    rows.Field: lambda node: (f"each {node.name}", TIGHT),
    rows.Total: _total,
    rows.At: lambda node: (f"{_in(node.take, TIGHT)} of {_in(node.pointer, TIGHT)}", FACTOR),
    rows.Peers: _peers,
    rows.Back: _back,
    rows.Run: lambda node: (f"run of {node.name}", TIGHT),
}
