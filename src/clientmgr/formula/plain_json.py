"""JSON text read into plain values: exactly, within bounds, and nothing said twice."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from clientmgr.errors import RuleError
from clientmgr.formula.base import Formula
from clientmgr.formula.build import float_message
from clientmgr.formula.faults import Fault, raise_faults

__all__ = ["HOPELESS", "MAX_TEXT", "TOO_DEEP", "key_path", "loads_plain", "parse_json", "plain_faults"]

MAX_TEXT = 4_000_000
MAX_BRACKETS = 300
MAX_OBJECTS = 125
MAX_VALUES = 400_000
TOO_MANY = f"more than {MAX_VALUES:,} values"
TOO_DEEP = "nested too deep"
# Faults after which nothing more is looked for.
HOPELESS = (TOO_MANY, TOO_DEEP)
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SIMPLE = re.compile(r"[^\W\d][\w-]*")


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice."""

    doubled: tuple[str, ...] = ()


def loads_plain(text: str) -> Any:
    """Read JSON text into plain values; decimals become `Decimal`.

    Refused: duplicate keys, NaN and infinities, nesting too deep, and texts too long.

    Raises:
        RuleFaults: all that is wrong, each with its path.
        RuleError: the text is no JSON.

    Example:
        >>> from clientmgr.formula import loads_plain
        >>> loads_plain('{"rate": 0.15}')
        {'rate': Decimal('0.15')}
    """
    value = parse_json(text)
    raise_faults(plain_faults(value))
    return value


def parse_json(text: str) -> Any:
    """Read JSON text, leaving it to `plain_faults` to find what no rule may hold."""
    if len(text) > MAX_TEXT:
        raise RuleError(f"the text has {len(text):,} characters, at most {MAX_TEXT:,} are read", "$")
    _refuse_deep(text)
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise RuleError(f"this is no JSON: {error.msg} at {where}", "$") from None
    except ValueError as error:
        if isinstance(error, RuleError):
            raise
        raise RuleError(f"a number with too many digits: {str(error)[:80]}", "$") from None


def plain_faults(value: Any) -> list[Fault]:
    """List what no rule may hold: binary floats, duplicate keys, values of no JSON type, nesting too deep."""
    return list(_walk(value))


def _walk(value: Any) -> Iterator[Fault]:
    """Go through plain values without recursion."""
    stack: list[tuple[Any, str, float]] = [(value, "$", 0)]
    seen = 0
    while stack:
        item, path, depth = stack.pop()
        seen += 1
        if seen > MAX_VALUES:
            yield Fault(TOO_MANY, path)
            return
        if depth > MAX_OBJECTS:
            yield Fault(TOO_DEEP, path[:200])
            return
        if isinstance(item, dict):
            yield from _keys(item, path)
            inside = [(part, path + key_path(key), depth + 1) for key, part in item.items()]
            stack.extend(reversed(inside))
        elif isinstance(item, (list, tuple)):
            # A list is no level of its own, but one that holds itself must end as well.
            inside = [(part, f"{path}[{i}]", depth + 0.1) for i, part in enumerate(item)]
            stack.extend(reversed(inside))
        elif isinstance(item, float):
            yield Fault(float_message(item), path)
        elif not isinstance(item, (str, int, Decimal, Formula)) and item is not None:
            yield Fault(f"{item!r} of type {type(item).__name__} is no JSON value", path)


def _keys(item: dict[Any, Any], path: str) -> Iterator[Fault]:
    """List keys that stand twice, and keys that are no text."""
    for key in getattr(item, "doubled", ()):
        yield Fault(f"duplicate key {key!r}", path)
    for key in item:
        if not isinstance(key, str):
            yield Fault(f"the key {key!r} is no text", path)


def key_path(key: object) -> str:
    """Write a key as a step of a JSON path."""
    text = str(key)
    return f".{text}" if _SIMPLE.fullmatch(text) else f'["{text}"]'


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, remembering keys that stand twice."""
    if len({key for key, _ in pairs}) == len(pairs):
        return dict(pairs)
    result = _Doubled(pairs)
    keys = [key for key, _ in pairs]
    result.doubled = tuple(dict.fromkeys(key for key in keys if keys.count(key) > 1))
    return result


def _constant(name: str) -> NoReturn:
    """Refuse NaN and infinities."""
    raise RuleError(f"{name} is no number of a rule", "$")


def _refuse_deep(text: str) -> None:
    """Refuse brackets within brackets without end, before the parser sees them."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_BRACKETS:
            raise RuleError(TOO_DEEP, "$")
