"""What a set of formulas declares."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import CarryRule, Declared, FormulaSet, ItemTable, LineRounding, carry, measure
from clientmgr.formula.kinds import MANAGER, MONEY, label_kind
from clientmgr.formula.nodes import Rounded

x = measure("x")

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: Declared.of("cash"), "a kind must be one of money, ratio, count, flag, date, manager, label"),
    (lambda: Declared.of({"ratio": "0"}), "the unit of a ratio must be a positive number"),
    (lambda: Declared.of({"flag": "1"}), "a flag has no unit"),
    (lambda: Declared.of({"label": ["A", "A"]}), "label takes a list of different words"),
    (lambda: Declared.of({"label": []}), "label takes a list of different words"),
    (lambda: Declared.of({"label": [1]}), "label takes a list of different words"),
    (lambda: Declared.of({"ratio": 1, "money": 1}), "one tag with its unit or words"),
    (lambda: Declared.of(3), "a kind is a word or one tag"),
    (lambda: CarryRule("money", 0), "either next, or plus and minus"),
    (lambda: CarryRule("money", 0, plus=("a",), next=0), "either next, or plus and minus"),
    (lambda: LineRounding("0"), "positive number in to"),
    (lambda: LineRounding(x), "positive number in to, got x"),
    (lambda: LineRounding("0.01", "near"), "mode must be one of"),  # type: ignore[arg-type]
    (lambda: FormulaSet(period="week"), "period must be one of month, quarter, half, year, got 'week'"),
    (lambda: FormulaSet(measures={"x": "money"}, lines={"x": 1}), "'x' is used twice: in measures and in lines"),
    (lambda: FormulaSet(values={"1": 1}), "is not a name"),
    (lambda: FormulaSet(items={"t": ItemTable({}, owner="?")}), "is not a name"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_what_cannot_be_declared_is_refused(make: Callable[[], Any], message: str) -> None:
    """When it is built."""
    with pytest.raises(RuleError, match=message):
        make()


def test_kinds_read_and_write_as_json() -> None:
    """A word, or a tag with a unit or a list."""
    for spec in ("money", "flag", {"ratio": "0.0001"}, {"label": ["A", "B"]}):
        assert Declared.of(spec).to_json() == spec
    assert Declared.of(MONEY) == Declared.of(Declared.of("money"))
    assert Declared.of("label").kind == label_kind()


def test_the_owner_of_an_item_row_is_a_field_of_kind_manager() -> None:
    """So that one can point with it."""
    table = ItemTable({"net": "money"}, owner="who")
    assert table.kind("who") == MANAGER
    assert table.kind("net") == MONEY
    assert table.kind("other") is None


def test_a_carry_moved_by_names_closes_with_their_sum() -> None:
    """Opening plus movements is closing by construction."""
    rule = CarryRule("money", 0, plus=("a", "b"), minus="c")
    assert str(rule.closing("draw")) == "opening draw + a + b - c"
    assert CarryRule("money", 0, next=carry("draw")).closing("draw") == carry("draw")


def test_a_line_is_rounded_once_unless_it_rounds_itself() -> None:
    """By the set's own rounding."""
    rules = FormulaSet(lines={"a": x, "b": x.rounded(1, "down")}, rounding=LineRounding("0.1", "half_even"))
    assert rules.root("a") == x.rounded("0.1", "half_even")
    assert rules.root("b") == Rounded(x, rules.root("b").to, "down")  # type: ignore[attr-defined]
    assert rules.path("a") == "$.lines.a"


def test_a_set_counts_its_parts_and_pickles() -> None:
    """In its repr, and across processes."""
    rules = FormulaSet(
        measures={"x": "money"},
        items={"t": {"net": "money"}},
        values={"v": x},
        lines={"l": x, "m": x},
        carries={"c": CarryRule("money", 0, plus=("l",))},
    )
    assert repr(rules) == "FormulaSet(1 measure, 1 item table, 1 value, 2 lines, 1 carry)"
    assert pickle.loads(pickle.dumps(rules)) == rules
