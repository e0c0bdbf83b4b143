"""States read from JSON, and states made from the time before a scheme."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import CarryRule, FormulaSet, Inputs, Memory, back, carry, measure, run

RULES = FormulaSet(
    measures={"x": "money", "f": "flag"},
    values={
        "net": measure("x") * "50%",
        "drawn": carry("c") + measure("x"),
        "streak": run("f"),
    },
    lines={
        "bonus": back("net", last=3, take="sum", short="partial"),
        "more": back("drawn", last=2, skip=1, short="zero"),
    },
    carries={"c": CarryRule("money", 0, plus=("bonus",))},
)
PROGRAM = RULES.compile()


def month(n: int, yuan: int) -> Inputs:
    """Make the inputs of a month."""
    told = {"x": [yuan * 100], "f": [True]}
    return Inputs.of(RULES, managers=["A"], measures=told, period=f"2026-0{n}", number=n)


def test_the_time_before_is_computed_or_given() -> None:
    """Stateless names and runs are computed, the others and balances are given."""
    history = Inputs.join([month(1, 100), month(2, 200)])
    memory = Memory.open(
        PROGRAM,
        history=history,
        given={"drawn": {"2026-01": {"A": 7}, "2026-02": {"A": "8.5", "Z": 1}}},
        carries={"c": {"A": "12.34"}},
    )
    assert memory.last_period == "2026-02"
    assert memory.carry("c") == {"A": Fraction(1234, 100)}
    march = PROGRAM.run(month(3, 300), memory)
    assert march["bonus"].to_list() == [300]
    assert march["more"].to_list() == [Fraction(31, 2)]
    assert march["streak"].to_list() == [3]


def test_without_history_the_last_period_is_named() -> None:
    """Else nobody knows where to go on."""
    memory = Memory.open(PROGRAM, carries={"c": {"A": 5}}, given={"drawn": {}}, period="2026-02")
    assert PROGRAM.run(month(3, 2), memory)["drawn"].to_list() == [7]
    with pytest.raises(RuleError, match="name the last period before the first"):
        Memory.open(PROGRAM, carries={"c": {"A": 5}})


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: Memory.open(PROGRAM, given={"x": {}}, period="2026-01"), "'x' is given, but no formula looks back"),
    (lambda: Memory.open(PROGRAM, carries={"z": {}}, period="2026-01"), "'z' is given, but it is no carry"),
    (lambda: Memory.open(PROGRAM, history=month(1, 1)), "'drawn' depends on the carry 'c': give its history"),
    (lambda: Memory.from_json(PROGRAM, {}), "a state has exactly the keys carries, look_backs"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_what_does_not_fit_the_program_is_refused(make: Callable[[], Any], message: str) -> None:
    """With its name."""
    with pytest.raises(RuleError, match=message):
        make()


def test_a_state_in_json_is_checked() -> None:
    """Unknown carries, and columns of another length."""
    good = PROGRAM.run(month(1, 1)).memory.to_json()
    with pytest.raises(RuleError, match="unknown carries: z"):
        Memory.from_json(PROGRAM, {**good, "carries": {"z": ["1"]}})
    with pytest.raises(RuleError, match=r"2 figures for 1 managers @ \$\.carries\.c"):
        Memory.from_json(PROGRAM, {**good, "carries": {"c": ["1", "2"]}})
