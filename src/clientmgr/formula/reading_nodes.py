"""How each tag of JSON becomes a node: its option keys, and what is built of them."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from cattrs import AttributeValidationNote, ClassValidationError

from clientmgr.errors import RuleError
from clientmgr.formula import build, choices, nodes, rows
from clientmgr.formula.base import Formula
from clientmgr.formula.plain_json import key_path
from clientmgr.periods import day

__all__ = ["NOTHING", "TAGS", "Reader"]

T = TypeVar("T")
# Stands for a part that could not be read; its fault is noted, so the node is never built.
NOTHING: Formula = nodes.Literal(Fraction(0))


class Reader:
    """Reads the parts of one object, and collects the faults of all of them."""

    def __init__(self, value: Mapping[str, Any], read: Callable[[Any], Formula]) -> None:
        """Begin without a fault."""
        self.value = value
        self.read = read
        self.errors: list[Exception] = []

    def fault(self, message: str, step: str) -> None:
        """Note a fault at a step of the path."""
        self._note(RuleError(message), step)

    def _note(self, error: Exception, step: str) -> None:
        """Note an error with the step at which it stands, as the converter does."""
        if step:
            error.__notes__ = [
                *getattr(error, "__notes__", ()),
                AttributeValidationNote(f"at {step}", step, Formula),
            ]
        self.errors.append(error)

    def raise_if_any(self, what: type) -> None:
        """Raise all faults together."""
        if self.errors:
            raise ClassValidationError(f"while reading {what.__name__}", self.errors, what)

    def finish(self, tag: str, build_node: "Builder") -> Formula:
        """Build the node, unless a part is at fault."""
        node: Formula | None = None
        try:
            node = build_node(self, tag)
        except RuleError as error:
            # What the node finds wrong with parts that are at fault themselves is no news.
            if not self.errors:
                self.errors.append(error)
        self.raise_if_any(Formula)
        return NOTHING if node is None else node

    def apply(self, read: Callable[[Any], T], raw: Any, step: str, instead: T) -> T:
        """Read one part; a fault is noted and something else given instead."""
        try:
            return read(raw)
        except (ClassValidationError, RuleError) as error:
            self._note(error, step)
            return instead

    def one(self, key: str, read: Callable[[Any], T], instead: T) -> T:
        """Read what stands at a key."""
        if key not in self.value:
            self.fault(f"missing key {key!r}", "")
            return instead
        return self.apply(read, self.value[key], key_path(key), instead)

    def names(self, key: str, read: Callable[[Any], T]) -> dict[str, T]:
        """Read an object of parts by name."""
        raw = self.value.get(key, {})
        if not isinstance(raw, Mapping):
            self.fault(f"{key} is an object of names, got {raw!r}", key_path(key))
            return {}
        missing: Any = None
        return {name: self.apply(read, part, key_path(key) + key_path(name), missing) for name, part in raw.items()}

    def words(self, key: str) -> tuple[str, ...]:
        """Read a list of words."""
        raw = self.value.get(key, ())
        if isinstance(raw, (list, tuple)) and all(isinstance(word, str) for word in raw):
            return tuple(raw)
        self.fault(f"{key} is a list of names, got {raw!r}", key_path(key))
        return ()

    def formula(self, key: str) -> Formula:
        """Read the formula at a key."""
        return self.one(key, self.read, NOTHING)

    def optional(self, key: str) -> Formula | None:
        """Read the formula at a key that may be missing."""
        return self.formula(key) if key in self.value else None

    def listed(self, key: str, count: int | None = None) -> tuple[Formula, ...]:
        """Read a list of formulas, of a length if one is given."""
        raw = self.value[key]
        if not isinstance(raw, (list, tuple)) or (count is not None and len(raw) != count):
            what = "a list of formulas" if count is None else f"a list of {count} formulas"
            self.fault(f"{key!r} takes {what}, got {_short(raw)}", key_path(key))
            return (NOTHING,) * (count or 2)
        step = key_path(key)
        return tuple(self.apply(self.read, part, f"{step}[{i}]", NOTHING) for i, part in enumerate(raw))

    def text(self, key: str, default: Any = None) -> Any:
        """Read a word."""
        raw = self.value.get(key, default)
        if raw is not default and not isinstance(raw, str):
            self.fault(f"{key!r} takes a word, got {_short(raw)}", key_path(key))
            return default
        return raw

    def objects(self, key: str, keys: tuple[str, ...]) -> list[Mapping[str, Any]]:
        """Read a list of objects with known keys."""
        raw = self.value.get(key)
        if not isinstance(raw, (list, tuple)) or not all(isinstance(row, Mapping) for row in raw):
            self.fault(f"{key!r} takes a list of objects, got {_short(raw)}", key_path(key))
            return []
        for i, row in enumerate(raw):
            for unknown in [name for name in row if name not in keys]:
                self.fault(f"unknown key {unknown!r}; a row takes {', '.join(keys)}", f"{key_path(key)}[{i}]")
        return list(raw)

    def of_row(self, row: Mapping[str, Any], key: str, step: str) -> Formula:
        """Read the formula at a key of a row."""
        if key not in row:
            self.fault(f"missing key {key!r}", step)
            return NOTHING
        return self.apply(self.read, row[key], f"{step}.{key}", NOTHING)


Builder = Callable[[Reader, str], Formula]


def _short(value: Any) -> str:
    """Show a value in few characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004


def _list(kind: Any) -> Builder:
    """Make the builder of a list."""
    return lambda reader, tag: kind(reader.listed(tag))


def _date(reader: Reader, tag: str) -> Formula:
    """Build a day."""
    text = reader.text(tag)
    try:
        return nodes.DateLiteral(day(text))
    except ValueError as error:
        reader.fault(str(error), key_path(tag))
        return NOTHING


def _over(reader: Reader, tag: str) -> Formula:
    """Build a quotient."""
    dividend, divisor = reader.listed(tag, 2)
    return nodes.Over(dividend, divisor, reader.optional("if_zero"))


def _round(reader: Reader, tag: str) -> Formula:
    """Build a rounding."""
    return build.rounded(reader.formula(tag), reader.formula("to"), reader.text("mode", "half_up"))


def _compare(reader: Reader, tag: str) -> Formula:
    """Build a comparison."""
    left, right = reader.listed(tag, 2)
    return nodes.Compare(tag, left, right)  # type: ignore[arg-type]


def _is_in(reader: Reader, tag: str) -> Formula:
    """Build a test of a label: `{"is": [label, word]}`, `{"in": [label, [words]]}`."""
    raw = reader.value[tag]
    if not isinstance(raw, (list, tuple)) or len(raw) != 2:  # noqa: PLR2004
        reader.fault(f"{tag!r} takes a label and its words, got {_short(raw)}", key_path(tag))
        return NOTHING
    words = [raw[1]] if tag == "is" else raw[1]
    good = isinstance(words, (list, tuple)) and all(isinstance(word, str) for word in words)
    if not good:
        reader.fault(f"{tag!r} takes words as text, got {_short(raw[1])}", f"{key_path(tag)}[1]")
        words = ["?"]
    return nodes.IsIn(reader.apply(reader.read, raw[0], f"{key_path(tag)}[0]", NOTHING), tuple(words))


def _when(reader: Reader, tag: str) -> Formula:
    """Build a choice by conditions."""
    cases = [
        tuple(reader.of_row(row, key, f".when[{i}]") for key in ("if", "then"))
        for i, row in enumerate(reader.objects(tag, ("if", "then")))
    ]
    return choices.When(tuple(cases), reader.formula("otherwise"))  # type: ignore[arg-type]


def _lookup(reader: Reader, tag: str) -> Formula:
    """Build a choice by a label."""
    table = reader.names("table", reader.read)
    return choices.Lookup(reader.formula(tag), tuple(table.items()), reader.optional("otherwise"))


def _steps(reader: Reader, results: tuple[str, ...]) -> tuple[Any, list[Formula], list[Formula]]:
    """Read the rows of a band or of tiers: one word for their edges, the last may have none."""
    listed = reader.objects("rows", ("below", "upto", *results))
    sides = {side for row in listed for side in ("below", "upto") if side in row}
    if len(sides) > 1:
        reader.fault("all rows of one node say below, or all say upto", ".rows")
    side = "upto" if sides == {"upto"} else "below"
    edges = []
    for i, row in enumerate(listed):
        if side in row:
            edges.append(reader.of_row(row, side, f".rows[{i}]"))
        elif i < len(listed) - 1:
            reader.fault("only the last row may have no edge", f".rows[{i}]")
    return side, edges, [reader.of_row(r, _result(r, results), f".rows[{i}]") for i, r in enumerate(listed)]


def _result(row: Mapping[str, Any], results: tuple[str, ...]) -> str:
    """Find under which key a row holds its result."""
    return next((key for key in results if key in row), results[0])


def _band(reader: Reader, tag: str) -> Formula:
    """Build a band."""
    side, edges, results = _steps(reader, ("is",))
    return choices.Band(reader.formula(tag), tuple(edges), tuple(results), side)


def _tiers(reader: Reader, tag: str) -> Formula:
    """Build tiers."""
    how = reader.text("how")
    side, edges, rates = _steps(reader, ("amount", "rate") if how == "amounts" else ("rate",))
    for i, row in enumerate(reader.objects("rows", ("below", "upto", "amount", "rate"))):
        wanted = "amount" if how == "amounts" and side in row else "rate"
        if wanted not in row and ("rate" in row or "amount" in row):
            reader.fault(f"this row takes {wanted!r}", f".rows[{i}]")
    return choices.Tiers(
        reader.formula(tag),
        tuple(edges),
        tuple(rates),
        how,
        side,
        reader.optional("on"),
        reader.text("negative", "refuse"),
    )


def _curve(reader: Reader, tag: str) -> Formula:
    """Build a curve."""
    raw = reader.value.get("knots")
    knots: list[tuple[Formula, ...]] = []
    pairs = isinstance(raw, (list, tuple)) and all(
        isinstance(knot, (list, tuple)) and len(knot) == 2  # noqa: PLR2004
        for knot in raw
    )
    if not pairs:
        reader.fault(f"'knots' takes a list of pairs [x, y], got {_short(raw)}", ".knots")
    for i, knot in enumerate(raw if pairs else ()):  # type: ignore[arg-type]
        knots.append(
            tuple(reader.apply(reader.read, part, f".knots[{i}][{j}]", NOTHING) for j, part in enumerate(knot))
        )
    outside = reader.text("outside", "refuse")
    return choices.Curve(reader.formula(tag), tuple(knots), outside)  # type: ignore[arg-type]


def _total(reader: Reader, tag: str) -> Formula:
    """Build a fold of item rows."""
    how = reader.text("how", "sum")
    if how == "count":
        reader.fault("write a count with the tag 'count'", ".how")
    return rows.Total(reader.text(tag), reader.formula("take"), reader.optional("where"), how)


def _peers(reader: Reader, tag: str) -> Formula:
    """Build a figure of one's group."""
    within: tuple[Formula, ...] = ()
    if isinstance(reader.value.get("within"), (list, tuple)):
        within = reader.listed("within")
    elif "within" in reader.value:
        within = (reader.formula("within"),)
    return rows.Peers(
        reader.formula(tag),
        reader.text("take"),
        within,
        reader.optional("where"),
        reader.optional("tie"),
        reader.text("order", "largest"),
    )


def _back(reader: Reader, tag: str) -> Formula:
    """Build a look-back."""
    return rows.Back(
        reader.text(tag),
        _whole(reader.value.get("last")),
        reader.text("window"),
        _whole(reader.value.get("skip", 0)),
        reader.text("take", "sum"),
        reader.text("short", "refuse"),
    )


def _whole(value: Any) -> Any:
    """Take a whole number that was written as text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _age(reader: Reader, tag: str) -> Formula:
    """Build an age."""
    unit, entry = reader.text("unit", "months"), reader.text("entry", "counted")
    return nodes.Age(reader.formula(tag), unit, reader.optional("until"), entry)


TAGS: dict[str, tuple[tuple[str, ...], Builder]] = {
    "label": ((), lambda reader, tag: nodes.LabelLiteral(reader.text(tag, ""))),
    "date": ((), _date),
    "carry": ((), lambda reader, tag: nodes.Carry(reader.text(tag))),
    "calendar": ((), lambda reader, tag: nodes.Calendar(reader.text(tag))),
    "age": (("unit", "until", "entry"), _age),
    "sum": ((), _list(nodes.Sum)),
    "minus": ((), _list(nodes.Minus)),
    "times": ((), _list(nodes.Times)),
    "over": (("if_zero",), _over),
    "least": ((), _list(nodes.Least)),
    "greatest": ((), _list(nodes.Greatest)),
    "clamp": (
        ("from", "to"),
        lambda reader, tag: nodes.Clamp(reader.formula(tag), reader.optional("from"), reader.optional("to")),
    ),
    "round": (("to", "mode"), _round),
    **dict.fromkeys(("<", "<=", ">", ">=", "="), ((), _compare)),
    "is": ((), _is_in),
    "in": ((), _is_in),
    "all": ((), _list(nodes.All)),
    "any": ((), _list(nodes.Any_)),
    "not": ((), lambda reader, tag: nodes.Not(reader.formula(tag))),
    "when": (("otherwise",), _when),
    "lookup": (("table", "otherwise"), _lookup),
    "band": (("rows",), _band),
    "first_known": ((), _list(choices.FirstKnown)),
    "tiers": (("how", "on", "negative", "rows"), _tiers),
    "curve": (("knots", "outside"), _curve),
    "field": ((), lambda reader, tag: rows.Field(reader.text(tag))),
    "total": (("take", "where", "how"), _total),
    "count": (
        ("where",),
        lambda reader, tag: rows.Total(reader.text(tag), None, reader.optional("where"), "count"),
    ),
    "at": (("take",), lambda reader, tag: rows.At(reader.formula(tag), reader.formula("take"))),
    "peers": (("take", "within", "where", "tie", "order"), _peers),
    "back": (("last", "window", "skip", "take", "short"), _back),
    "run": (("since",), lambda reader, tag: rows.Run(reader.text(tag), reader.text("since"))),
    "name": (
        ("of",),
        lambda reader, tag: nodes.Named(reader.text(tag, ""), reader.formula("of")),
    ),
}
