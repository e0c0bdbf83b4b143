"""Running a program."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.errors import DataError, RuleError
from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    Inputs,
    back,
    carry,
    field,
    greatest,
    least,
    measure,
    money,
    total,
    value,
)
from clientmgr.testing.formula import (
    Told,
    check_against_oracle,
    check_json,
    check_together,
    inputs_of,
    worlds,
)

RULES = FormulaSet(
    measures={"x": "money", "y": "money"},
    items={"t": {"z": "money"}},
    lines={"ratio": measure("x") * (measure("x") / measure("y")), "rows": total("t", field("z"))},
    carries={"c": CarryRule("money", 0, next=(carry("c") + measure("y")).rounded())},
)


def inputs(**more: Any) -> Inputs:
    """Make the inputs of one month."""
    told: dict[str, Any] = {"x": [1, 2, 3], "y": [1, 0, None]}
    items: Any = {"t": {"manager": [], "z": []}}
    return Inputs.of(RULES, managers=["A", "B", "C"], **{"measures": told, "items": items, **more})


@settings(max_examples=60)
@given(worlds())
def test_every_figure_is_what_the_slow_oracle_says(world: tuple[FormulaSet, list[Told]]) -> None:
    """Exactly, or undefined for the same reason; through JSON and all periods at once too."""
    rules, told = world
    check_against_oracle(rules, told)
    check_json(rules)
    check_together(rules, told)


@settings(max_examples=20)
@given(worlds())
def test_floats_run_the_same_formulas(world: tuple[FormulaSet, list[Told]]) -> None:
    """Every node runs on floats too, and marks what it must."""
    rules, told = world
    joined = Inputs.join([inputs_of(rules, part) for part in told])
    outcome = rules.compile().run(joined, exact=False, undefined="keep")
    assert len(outcome["line"].floats()) == joined.rows


def test_undefined_lines_and_carries_raise_one_error_for_all() -> None:
    """With managers, reasons and paths."""
    with pytest.raises(DataError, match=r"lines or carries of 2026-01 are undefined: 3 bad rows") as error:
        RULES.compile().run(inputs())
    told = [(f.column, f.id, f.value) for f in error.value.findings]
    assert told == [
        ("ratio", "B", "division by zero @ $.lines.ratio.times[1]"),
        ("ratio", "C", "the measure 'y' is missing @ $.lines.ratio.times[1].over[1]"),
        ("c", "C", "the measure 'y' is missing @ $.lines.ratio.times[1].over[1]"),
    ]


def test_undefined_lines_may_be_kept() -> None:
    """For those who only look."""
    outcome = RULES.compile().run(inputs(), undefined="keep")
    assert outcome["ratio"].undefined.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"measures": {"x": [1, 2, 3]}}, r"the measure 'y' was not given @ \$\.measures\.y"),
        ({"items": {}}, r"the item table 't' was not given @ \$\.items\.t"),
        ({"items": {"t": {"manager": []}}}, "the item table 't' was given without z"),
    ],
    ids=str,
)
def test_missing_inputs_are_named(more: dict[str, Any], message: str) -> None:
    """With their path."""
    with pytest.raises(RuleError, match=message):
        RULES.compile().run(inputs(**more))


def test_inputs_of_another_declaration_and_unknown_words_are_refused() -> None:
    """The same name must mean the same."""
    other = FormulaSet(measures={"x": "count"}, values={"v": measure("x")})
    with pytest.raises(RuleError, match="the measure 'x' was read by another declaration"):
        other.compile().run(inputs())
    with pytest.raises(RuleError, match="undefined must be raise or keep, got 'drop'"):
        RULES.compile().run(inputs(), undefined="drop")


def test_nobody_is_paid_nothing() -> None:
    """A period without managers runs."""
    rules = FormulaSet(measures={"x": "money"}, lines={"l": measure("x") * "15%"})
    nobody = Inputs.of(rules, managers=[], measures={"x": []})
    assert rules.compile().run(nobody)["l"].minor().tolist() == []


def test_amounts_a_billion_times_as_large_are_still_exact() -> None:
    """Beyond 2^62 columns turn to Python integers."""
    rules = FormulaSet(
        measures={"x": "money", "y": "money"},
        lines={"l": measure("x") * (measure("y") / measure("x")) * "33.333%"},
    )
    big = 10**18
    told = Inputs.of(rules, managers=["A"], measures={"x": [big - 1], "y": [big - 7]})
    wanted = ((big - 7) * 33333 * 2 + 100_000) // 200_000
    assert rules.compile().run(told)["l"].minor().tolist() == [wanted]


def test_exact_numbers_and_floats_agree_to_the_fen() -> None:
    """On a plan with tiers, quotients, a draw and a look-back, for two hundred managers and six months."""
    rules = FormulaSet(
        measures={"x": "money", "y": "money"},
        values={
            "rate": (measure("x") / measure("y")).clamped(0, "150%"),
            "earned": measure("x").tiered("marginal", below={1000: "20%"}, above="25%") * value("rate"),
        },
        lines={
            "pay": value("earned"),
            "advance": greatest(money(300) - value("earned"), 0),
            "recovered": -least(carry("draw"), (value("earned") - money(300)).clamped(0)),
            "bonus": back("earned", last=3, take="mean", short="partial") * "3.7%",
        },
        carries={"draw": CarryRule("money", 0, plus=("advance", "recovered"))},
    )
    rng = np.random.default_rng(7)
    months = [
        Inputs.of(
            rules,
            managers=range(200),
            measures={name: rng.integers(1, 500_000, 200) for name in ("x", "y")},
            period=f"2026-0{n}",
        )
        for n in range(1, 7)
    ]
    program, told = rules.compile(), Inputs.join(months)
    exact, floats = program.run(told), program.run(told, exact=False)
    for name in rules.lines:
        assert abs(exact[name].minor() - floats[name].minor()).max() <= 1
