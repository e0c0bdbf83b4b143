"""Formulas and sets as plain JSON values."""

import json

from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    ItemTable,
    LineRounding,
    carry,
    dumps,
    dumps_set,
    loads_set,
    measure,
    unstructure_set,
)


def test_a_formula_is_written_in_its_own_script() -> None:
    """Chinese names stay readable."""
    assert dumps(measure("净佣金") * "15%") == '{"times": ["净佣金", "15%"]}'
    assert dumps(measure("a") + 1, indent=1).startswith('{\n "sum"')


def test_defaults_and_empty_groups_are_left_out() -> None:
    """An empty set says only its currency and period."""
    assert unstructure_set(FormulaSet()) == {"currency": "CNY", "period": "month"}


def test_everything_else_is_written_and_reads_back() -> None:
    """Rounding, owners, carries of both kinds."""
    rules = FormulaSet(
        items={"t": ItemTable({"y": "money"}, owner="who")},
        carries={
            "a": CarryRule("money", 0, plus=("l",), minus=("l",)),
            "b": CarryRule({"ratio": "0.01"}, 0, next=carry("b")),
        },
        lines={"l": 1},
        rounding=LineRounding("0.1", "down"),
        currency="HKD",
        period="quarter",
    )
    written = json.loads(dumps_set(rules))
    assert written["rounding"] == {"to": "0.1", "mode": "down"}
    assert written["items"]["t"]["owner"] == "who"
    assert written["carries"]["a"] == {"kind": "money", "opens": "0", "plus": ["l"], "minus": ["l"]}
    assert loads_set(dumps_set(rules)) == rules
