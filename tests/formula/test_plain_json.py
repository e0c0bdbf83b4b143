"""JSON text read into plain values."""

import json
from decimal import Decimal

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula.plain_json import MAX_TEXT, key_path, loads_plain, plain_faults


def test_decimals_stay_exact() -> None:
    """And integers integers."""
    assert loads_plain('{"a": [0.1, 1, "x", null, true]}') == {"a": [Decimal("0.1"), 1, "x", None, True]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', r"duplicate key 'a' @ \$"),
        ('{"x": [{"b": 1, "b": 2}]}', r"duplicate key 'b' @ \$\.x\[0\]"),
        ('{"a": NaN}', "NaN is no number of a rule"),
        ("[Infinity]", "Infinity is no number"),
        ("{", r"this is no JSON: .* at line 1 column 2"),
        ("[" * 1000 + "]" * 1000, "nested too deep"),
        ("[" * 1000, "nested too deep"),
        ("[" + "9" * 5000 + "]", "a number with too many digits"),
        ('"' + " " * MAX_TEXT + '"', "characters, at most 4,000,000 are read"),
    ],
    ids=[str(i) for i in range(9)],
)
def test_hostile_text_is_refused_in_bounded_time(text: str, message: str) -> None:
    """Each with its path where it has one."""
    with pytest.raises(RuleError, match=message):
        loads_plain(text)


def test_plain_values_are_checked_as_well() -> None:
    """A dict may hold what no JSON can."""
    value = {"a": [0.15, object()], 3: 1, "b": {"c": float("nan")}}
    messages = [str(fault) for fault in plain_faults(value)]
    assert messages[0] == "the key 3 is no text @ $"
    assert messages[1] == "0.15 is a binary float; write the exact text '0.15' @ $.a[0]"
    assert "is no JSON value @ $.a[1]" in messages[2]
    assert messages[3] == "nan is no number of a rule @ $.b.c"


def test_a_value_nested_within_itself_ends() -> None:
    """It is only too deep."""
    endless: list[object] = []
    endless.append(endless)
    assert plain_faults(endless)[0].message == "nested too deep"
    assert plain_faults([0] * 500_000)[0].message == "more than 400,000 values"


def test_brackets_in_strings_do_not_count() -> None:
    """Nor do escaped quotes end a string."""
    text = json.dumps({"a": "[" * 500 + '\\"' + "{" * 500})
    assert loads_plain(text)["a"].startswith("[")


def test_keys_that_are_no_simple_words_stand_in_brackets() -> None:
    """As JSON paths write them."""
    assert (key_path("net"), key_path("<="), key_path("净佣金")) == (".net", '["<="]', ".净佣金")
