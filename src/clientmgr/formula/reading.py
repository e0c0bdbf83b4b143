"""Formulas and sets of formulas read from JSON: one tag per object, every fault with its path.

The converter is the library's own: it has one hook for `Formula`, whatever the node, so that any frozen class with
fields of that type is read by it too.
"""

import difflib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from cattrs import BaseValidationError, Converter
from cattrs.errors import ForbiddenExtraKeysError

from clientmgr.errors import RuleError
from clientmgr.formula import build, nodes
from clientmgr.formula.base import Formula
from clientmgr.formula.declare import CarryRule, Declared, FormulaSet, ItemTable, LineRounding
from clientmgr.formula.faults import Fault, raise_faults
from clientmgr.formula.plain_json import HOPELESS, TOO_DEEP, key_path, parse_json, plain_faults
from clientmgr.formula.reading_nodes import NOTHING, TAGS, Reader
from clientmgr.formula.writing import to_json, unstructure_set

__all__ = ["faults_of", "from_json", "loads", "loads_set", "make_converter", "register", "structure_set"]


def loads(text: str) -> Formula:
    """Read a formula from JSON text.

    Raises:
        RuleFaults: all that is wrong, each with its path.

    Example:
        >>> from clientmgr.formula import loads
        >>> print(loads('{"times": [{"minus": ["commission", "charges"]}, "15%"]}'))
        (commission - charges) x 15%
    """
    return from_json(parse_json(text))


def from_json(value: Any) -> Formula:
    """Read a formula from plain JSON values.

    Raises:
        RuleFaults: all that is wrong, each with its path.
    """
    formula: Formula = _read(value, read_formula)
    return formula


def loads_set(text: str) -> FormulaSet:
    """Read a set of formulas from JSON text.

    Raises:
        RuleFaults: all that is wrong, each with its path.
    """
    return structure_set(parse_json(text))


def structure_set(value: Any) -> FormulaSet:
    """Read a set of formulas from plain JSON values.

    Raises:
        RuleFaults: all that is wrong, each with its path.
    """
    rules: FormulaSet = _read(value, read_set)
    return rules


def _read(value: Any, reader: Callable[[Any], Any]) -> Any:
    """Read plain values, and raise all faults at once."""
    faults = plain_faults(value)
    if any(fault.message in HOPELESS for fault in faults):
        raise_faults(faults)
    found = None
    try:
        found = reader(value)
    except (BaseValidationError, RuleError) as error:
        faults += faults_of(error)
    except RecursionError:  # pragma: no cover - the caller's own stack was nearly full
        faults.append(Fault(TOO_DEEP, "$"))
    raise_faults(faults)
    return found


def make_converter() -> Converter:
    """Make a converter that reads and writes formulas, and classes that hold them.

    Example:
        >>> from clientmgr.formula import Formula, make_converter, measure
        >>> converter = make_converter()
        >>> converter.structure({"sum": ["a", "b"]}, Formula) == measure("a") + measure("b")
        True
    """
    converter = Converter(forbid_extra_keys=True)
    register(converter)
    return converter


def register(converter: Converter) -> None:
    """Teach a converter to read and write formulas and sets of them."""
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Formula),
        lambda value, _: read_formula(value),
    )
    converter.register_structure_hook(FormulaSet, lambda value, _: read_set(value))
    converter.register_structure_hook(Declared, lambda value, _: Declared.of(value))
    converter.register_unstructure_hook(Formula, to_json)
    converter.register_unstructure_hook_func(lambda kind: isinstance(kind, type) and issubclass(kind, Formula), to_json)
    converter.register_unstructure_hook(FormulaSet, unstructure_set)
    converter.register_unstructure_hook(Declared, Declared.to_json)


def faults_of(error: BaseException, path: str = "$") -> list[Fault]:
    """List the faults of what a converter raised, each with its JSON path."""
    if isinstance(error, BaseValidationError):
        found: list[Fault] = []
        for part in error.exceptions:
            found.extend(faults_of(part, path + _step(part)))
        return found
    if isinstance(error, ForbiddenExtraKeysError):
        return [Fault(f"unknown key {key!r}", path) for key in sorted(error.extra_fields)]
    if isinstance(error, RuleError):
        faults = getattr(error, "faults", None)
        if faults:
            return [Fault(fault.message, path + fault.path.removeprefix("$")) for fault in faults]
        return [Fault(error.message, path + (error.path or "").removeprefix("$"))]
    if isinstance(error, KeyError):
        return [Fault(f"missing key {error.args[0]!r}", path)]
    return [Fault(str(error), path)]


def _step(error: BaseException) -> str:
    """Read the step of the path that a converter noted."""
    for note in getattr(error, "__notes__", ()):
        name = getattr(note, "name", None)
        if isinstance(name, str):
            return name if name.startswith(("[", ".")) else key_path(name)
        index = getattr(note, "index", None)
        if index is not None:
            return f"[{index}]" if isinstance(index, int) else key_path(index)
    return ""


def read_formula(value: Any) -> Formula:
    """Read one formula: a number, a name, or an object with one tag."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, str):
        return nodes.Name(value) if value[:1].isalpha() else build.as_formula(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return build.as_formula(value)
    if isinstance(value, Mapping):
        return _tagged(value)
    if isinstance(value, float):
        raise RuleError(build.float_message(value))
    raise RuleError(f"a formula is a number, a name or an object with one tag, got {value!r}")


def _tagged(value: Mapping[str, Any]) -> Formula:
    """Read an object by its tag."""
    tags = [key for key in value if key in TAGS]
    if len(tags) != 1:
        raise RuleError(_no_tag(value) if not tags else f"two tags in one object: {', '.join(tags)}")
    tag = tags[0]
    options, build_node = TAGS[tag]
    unknown = [key for key in value if key != tag and key not in options]
    reader = Reader(value, read_formula)
    for key in unknown:
        known = f"it takes {', '.join(options)}" if options else "it takes nothing else"
        reader.fault(f"unknown key {key!r} beside {tag!r}; {known}", "")
    return reader.finish(tag, build_node)


def _no_tag(value: Mapping[str, Any]) -> str:
    """Say which tag may have been meant."""
    key = next(iter(value), None)
    if key is None:
        return "an empty object is no formula"
    near = difflib.get_close_matches(str(key), TAGS, n=1)
    return f"unknown tag {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")


SET_KEYS = ("currency", "period", "rounding", "measures", "items", "values", "lines", "carries")


def read_set(value: Any) -> FormulaSet:
    """Read a set of formulas, collecting every fault."""
    if not isinstance(value, Mapping):
        raise RuleError(f"a set of formulas is an object, got {value!r}")
    reader = Reader(value, read_formula)
    for key in value:
        if key not in SET_KEYS:
            near = difflib.get_close_matches(str(key), SET_KEYS, n=1)
            reader.fault(f"unknown key {key!r}" + (f"; did you mean {near[0]!r}?" if near else ""), "")
    groups: dict[str, Callable[[Any], Any]] = {
        "measures": Declared.of,
        "items": _table,
        "values": read_formula,
        "lines": read_formula,
        "carries": _carry,
    }
    found: dict[str, Any] = {key: reader.names(key, read) for key, read in groups.items()}
    found |= {key: value[key] for key in ("currency", "period") if key in value}
    if "rounding" in value:
        found["rounding"] = reader.one("rounding", _rounding, LineRounding())
    reader.raise_if_any(FormulaSet)
    return FormulaSet(**found)


def _table(value: Any) -> ItemTable:
    """Read an item table."""
    reader = _object(value, ("fields", "owner"), "an item table")
    fields = reader.names("fields", Declared.of)
    reader.raise_if_any(ItemTable)
    return ItemTable(fields=fields, owner=str(value.get("owner", "manager")))


def _carry(value: Any) -> CarryRule:
    """Read a carry."""
    reader = _object(value, ("kind", "opens", "plus", "minus", "next"), "a carry")
    kind = reader.one("kind", Declared.of, Declared.of("money"))
    opens = reader.one("opens", read_formula, NOTHING)
    following = reader.one("next", read_formula, None) if "next" in value else None
    plus, minus = reader.words("plus"), reader.words("minus")
    reader.raise_if_any(CarryRule)
    return CarryRule(kind, opens, plus, minus, following)


def _rounding(value: Any) -> LineRounding:
    """Read how lines are rounded."""
    reader = _object(value, ("to", "mode"), "rounding")
    unit = reader.one("to", read_formula, NOTHING) if "to" in value else "0.01"
    reader.raise_if_any(LineRounding)
    return LineRounding(unit, value.get("mode", "half_up"))


def _object(value: Any, keys: tuple[str, ...], what: str) -> Reader:
    """Refuse what is no object, and note unknown keys."""
    if not isinstance(value, Mapping):
        raise RuleError(f"{what} is an object, got {value!r}")
    reader = Reader(value, read_formula)
    for key in value:
        if key not in keys:
            reader.fault(f"unknown key {key!r}; {what} takes {', '.join(keys)}", "")
    return reader
