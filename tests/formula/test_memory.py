"""What one period hands to the next."""

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    Inputs,
    Memory,
    back,
    calendar,
    carry,
    date,
    label,
    measure,
    run,
    when,
)
from clientmgr.formula.memory import exact_value, ordinal_of, period_name

RULES = FormulaSet(
    measures={"x": "money", "f": "flag", "g": {"label": ["A", "B"]}, "d": "date"},
    values={
        "old": back("g", last=1, skip=1, take="latest", short="partial").or_else(label("A")),
        "since": back("d", last=1, skip=1, take="latest", short="partial").or_else(date("2026-01-01")),
        "run": run("f"),
        "ok": back("f", last=2, take="any", short="partial"),
        "third": measure("x") / 3,
        "thirds": back("third", last=3, short="partial"),
    },
    lines={"l": measure("x") + carry("c")},
    carries={
        "c": CarryRule("money", 0, plus=("l",)),
        "grade": CarryRule({"label": ["A", "B"]}, label("A"), next=measure("g")),
        "day": CarryRule("date", calendar("start"), next=measure("d")),
        "yes": CarryRule("flag", calendar("year_end"), next=measure("f")),
    },
)
PROGRAM = RULES.compile()


def month(n: int, managers: tuple[str, ...] = ("A", "B"), **more: Any) -> Inputs:
    """Make the inputs of a month."""
    count = len(managers)
    measures: dict[str, Any] = {
        "x": [100 * n + i for i in range(count)],
        "f": [i % 2 == 0 for i in range(count)],
        "g": ["B"] * count,
        "d": np.array([f"2025-0{n}-15"] * count, dtype="M8[D]"),
        **more,
    }
    return Inputs.of(RULES, managers=managers, measures=measures, period=f"2026-0{n}", number=n)


def test_a_state_survives_json_exactly() -> None:
    """Numbers, days, words, flags, runs, and what is undefined."""
    first = PROGRAM.run(month(1, f=[True, None]), undefined="keep").memory
    text = json.dumps(first.to_json())
    again = Memory.from_json(PROGRAM, json.loads(text))
    assert again.to_json() == first.to_json()
    for memory in (first, again):
        second = PROGRAM.run(month(2), memory, undefined="keep")
        assert second["old"].to_list() == ["B", "B"]
        assert [str(day) for day in second["since"]] == ["2025-01-15", "2025-01-15"]
        assert second["run"].to_list() == [2, 0]
        assert second["thirds"].to_list() == [1, Fraction(302, 300)]


def test_leavers_stay_until_they_are_dropped() -> None:
    """And joiners open by the rule."""
    memory = PROGRAM.run(month(1)).memory
    memory = PROGRAM.run(month(2, ("B", "C")), memory).memory
    assert sorted(memory.carry("c")) == ["A", "B", "C"]
    assert memory.carry("c")["A"] == 1
    dropped = memory.without(managers=["A"])
    assert dropped.managers == ("B", "C")
    assert dropped.carry("c") == {m: memory.carry("c")[m] for m in ("B", "C")}
    assert repr(dropped) == "Memory(after 2026-02, 2 managers)"
    assert repr(Memory()) == "Memory(after None, 0 managers)"


def test_periods_out_of_order_are_refused() -> None:
    """A finished period is never run again from its own state."""
    memory = PROGRAM.run(month(2)).memory
    with pytest.raises(RuleError, match="the period 2026-02 is out of order: the state is after 2026-02"):
        PROGRAM.run(month(2), memory)
    with pytest.raises(RuleError, match="the state is by quarter, got the period 2026-03"):
        PROGRAM.run(month(3), Memory(ordinal=1, period="quarter"))


def test_a_carry_that_vanishes_must_be_dropped_by_name() -> None:
    """Money is never lost silently."""
    memory = PROGRAM.run(month(1)).memory
    other = FormulaSet(measures={"x": "money"}, lines={"l": measure("x")}).compile()
    only_x = Inputs.of(other.rules, managers=["A"], measures={"x": [1]}, period="2026-02")
    with pytest.raises(RuleError, match="holds the carries c, grade, day, yes, which the rules do not declare"):
        other.run(only_x, memory)
    kept = memory.without(carries=["c", "grade", "day", "yes"])
    assert other.run(only_x, kept)["l"].minor().tolist() == [1]


def test_floats_go_on_from_exact_numbers_but_not_back() -> None:
    """A simulation may start from a paid state; pay may not start from a simulated one."""
    exact = PROGRAM.run(month(1)).memory
    simulated = PROGRAM.run(month(2), exact, exact=False).memory
    assert simulated.carry("c")["A"] == 4
    with pytest.raises(RuleError, match="a state of floats cannot be paid from"):
        PROGRAM.run(month(3), simulated)


def test_periods_are_numbered_from_1970() -> None:
    """And named back, whatever their length."""
    for name in ("1970-01", "2026-07", "2026Q3", "2026H2", "2026"):
        kind = {7: "month", 4: "year"}.get(len(name), "quarter" if "Q" in name else "half")
        assert period_name(ordinal_of(name), kind) == name


@pytest.mark.parametrize("bad", [0.5, True, None, b"1"], ids=repr)
def test_only_exact_numbers_are_given(bad: Any) -> None:
    """No float, no flag."""
    with pytest.raises(RuleError, match="is not an exact number; write it as text"):
        exact_value(bad)
    assert exact_value("1/3") == Fraction(1, 3)


def test_a_choice_by_state_changes_with_it() -> None:
    """A rate as of quarter end, in force from the next period."""
    following = when((calendar("quarter_end"), measure("new")), otherwise=carry("rate"))
    rules = FormulaSet(
        measures={"new": "ratio"},
        values={"rate": carry("rate") * 1},
        carries={"rate": CarryRule("ratio", "10%", next=following.rounded("0.0001"))},
    )
    months = [Inputs.of(rules, managers=["A"], measures={"new": [f"{n}0%"]}, period=f"2026-0{n}") for n in range(2, 6)]
    assert rules.compile().run(Inputs.join(months))["rate"].texts() == ["10%", "10%", "30%", "30%"]
