"""Formulas and sets read from JSON."""

from typing import Any

import attrs
import pytest
from cattrs import ClassValidationError
from hypothesis import given, settings

from clientmgr.errors import RuleError
from clientmgr.formula import (
    Formula,
    FormulaSet,
    RuleFaults,
    from_json,
    loads,
    loads_set,
    make_converter,
    measure,
    structure_set,
)
from clientmgr.formula.reading import faults_of
from clientmgr.testing.formula import check_json, formula_sets

x = measure("x")


@settings(max_examples=30)
@given(formula_sets(depth=3))
def test_every_set_reads_back_equal(rules: FormulaSet) -> None:
    """From its own text, with the same fingerprint."""
    check_json(rules)


def test_numbers_names_and_integers_are_read() -> None:
    """Text by its first character."""
    assert loads('"x"') == x
    assert loads("3") == loads('"3"') == loads("3.0")
    assert from_json(x) is x


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.15, r"0\.15 is a binary float"),
        (True, "a formula is a number, a name or an object with one tag, got True"),
        (None, "a formula is a number, a name"),
        ([], "a formula is a number, a name"),
        ({}, "an empty object is no formula"),
        ({"mesure": "x"}, "unknown tag 'mesure'"),
        ({"minu": ["x", "y"]}, "unknown tag 'minu'; did you mean 'minus'?"),
        ({"sum": ["x"], "minus": ["x"]}, "two tags in one object: sum, minus"),
        ({"sum": ["x"], "if_zero": "1"}, "unknown key 'if_zero' beside 'sum'; it takes nothing else"),
        ({"over": ["x", "y"], "zero": "1"}, "unknown key 'zero' beside 'over'; it takes if_zero"),
        ("1x", "is not an exact number"),
        ("-x", "is not an exact number"),
        ("", "is not an exact number"),
    ],
    ids=str,
)
def test_what_is_no_formula_is_refused(value: Any, message: str) -> None:
    """With what may have been meant."""
    with pytest.raises(RuleError, match=message):
        from_json(value)


def test_all_faults_are_reported_together_with_their_paths() -> None:
    """Duplicate keys, floats, unknown keys, bad parts of every group."""
    value = {
        "mesures": {},
        "rounding": {"to": "0", "modes": 1},
        "measures": {"a": "cash"},
        "items": {"t": {"fields": {"f": {"flag": "1"}}, "own": "x"}, "u": 3},
        "values": {"v": {"sum": [{"round": "x"}, 0.5]}, "w": {"when": [{"if": "f"}]}},
        "lines": 3,
        "carries": {"c": {"kind": "money", "plus": "l"}, "d": 4, "e": {"kind": "money", "opens": "0"}},
    }
    with pytest.raises(RuleFaults) as error:
        structure_set(value)
    found = {fault.path: fault.message for fault in error.value.faults}
    assert found["$"] == "unknown key 'mesures'; did you mean 'measures'?"
    assert found["$.rounding"].startswith("unknown key 'modes'")
    assert "a kind must be one of" in found["$.measures.a"]
    assert found["$.items.t"].startswith("unknown key 'own'")
    assert found["$.items.t.fields.f"] == "a flag has no unit, got '1'"
    assert found["$.items.u"].startswith("an item table is an object")
    assert found["$.values.v.sum[0]"] == "missing key 'to'"
    assert "binary float" in found["$.values.v.sum[1]"]
    assert found["$.values.w.when[0]"] == "missing key 'then'"
    assert found["$.values.w"] == "missing key 'otherwise'"
    assert found["$.lines"].startswith("lines is an object of names")
    assert found["$.carries.c"] == "missing key 'opens'"
    assert found["$.carries.c.plus"].startswith("plus is a list of names")
    assert found["$.carries.d"].startswith("a carry is an object")
    assert found["$.carries.e"].startswith("a carry takes either next")


def test_a_set_is_an_object_and_its_own_checks_apply() -> None:
    """A name twice, an unknown period."""
    with pytest.raises(RuleFaults, match="a set of formulas is an object, got 3"):
        loads_set("3")
    with pytest.raises(RuleFaults, match=r"the name 'a' is used twice: in values and in lines @ \$\.lines\.a"):
        loads_set('{"values": {"a": 1}, "lines": {"a": 1}}')
    with pytest.raises(RuleFaults, match=r"duplicate key 'a' @ \$\.values"):
        loads_set('{"values": {"a": 1, "a": 2}}')
    with pytest.raises(RuleFaults, match="nested too deep"):
        structure_set({"values": _deep(300)})


def _deep(levels: int) -> Any:
    """Nest objects."""
    value: Any = "x"
    for _ in range(levels):
        value = {"not": value}
    return value


def test_formulas_nested_too_deep_are_refused() -> None:
    """Below the limit of JSON, above that of formulas."""
    with pytest.raises(RuleFaults, match="nested too deep or too large"):
        from_json(_deep(100))


@attrs.frozen
class Rule:
    """A class of another room that holds formulas."""

    payout: Formula
    guards: tuple[Formula, ...] = ()
    rules: FormulaSet | None = None


def test_a_converter_reads_any_class_that_holds_formulas() -> None:
    """And writes it back."""
    converter = make_converter()
    rule = converter.structure({"payout": {"sum": ["x", 1]}, "guards": ["x"]}, Rule)
    assert rule == Rule(x + 1, (x,))
    assert converter.unstructure(rule) == {"payout": {"sum": ["x", "1"]}, "guards": ["x"], "rules": None}


def test_the_faults_of_a_converter_are_listed_with_paths() -> None:
    """Whatever class they stand in: bad parts, missing keys, unknown keys."""
    converter = make_converter()
    with pytest.raises(ClassValidationError) as error:
        converter.structure({"payout": {"sum": ["x", {"no": 1}]}, "guards": ["x", {"not": 0.5}]}, Rule)
    assert [fault.path for fault in faults_of(error.value)] == ["$.payout.sum[1]", "$.guards[1].not"]
    with pytest.raises(ClassValidationError) as error:
        converter.structure({"guard": []}, Rule)
    messages = {fault.message for fault in faults_of(error.value)}
    assert messages == {"missing key 'payout'", "unknown key 'guard'"}
    assert str(faults_of(TypeError("odd"))[0]) == "odd @ $"
