"""Published schemes as a table of formulas and printed amounts; those with memory as sets."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    Inputs,
    back,
    calendar,
    carry,
    from_json,
    greatest,
    least,
    measure,
    money,
    run,
    value,
    when,
)

CASES = json.loads((Path(__file__).parents[1] / "cases" / "formula.json").read_text(encoding="utf-8"))


def column(values: list[Any], kind: str) -> list[Any]:
    """Give printed values as the inputs take them."""
    if kind == "money":
        return [int(Fraction(text) * 100) for text in values]
    return [int(text) if kind == "count" else text for text in values]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_a_published_scheme_gives_its_printed_amounts(case: dict[str, Any]) -> None:
    """As a line, rounded half up to the fen."""
    rules = FormulaSet(measures=case["measures"], lines={"line": from_json(case["formula"])})
    measures = {name: column([row[name] for row in case["given"]], kind) for name, kind in case["measures"].items()}
    managers = list(range(len(case["given"])))
    outcome = rules.compile().run(Inputs.of(rules, managers=managers, measures=measures))
    assert outcome["line"].to_list() == [Fraction(text) for text in case["paid"]]


def months(rules: FormulaSet, **told: list[Any]) -> Any:
    """Run months of one manager."""
    count = len(next(iter(told.values())))
    parts = [
        Inputs.of(
            rules,
            managers=["A"],
            measures={name: [values[i]] for name, values in told.items()},
            period=f"2026-{i + 1:02d}",
            number=i + 1,
        )
        for i in range(count)
    ]
    return rules.compile().run(Inputs.join(parts))


def test_a_draw_opens_moves_and_closes() -> None:
    """Earned 500, 700, 400: paid 1,000 each; balance 500, 800, 1,400; recovery from period 4."""
    excess = (measure("earned") - 1000).clamped(0, carry("draw"))
    rules = FormulaSet(
        measures={"earned": "money"},
        values={"balance": carry("draw") + 0},
        lines={
            "payout": measure("earned"),
            "advance": greatest(1000 - measure("earned"), 0),
            "recovered": -when((calendar("number") >= 4, excess), otherwise=money(0)),
        },
        carries={"draw": CarryRule("money", 0, plus=("advance", "recovered"))},
    )
    outcome = months(rules, earned=[500_00, 700_00, 400_00, 1900_00, 3000_00])
    lines = ("payout", "advance", "recovered")
    paid = [sum(outcome[name][i] for name in lines) for i in range(5)]
    assert paid == [1000, 1000, 1000, 1000, 2500]
    assert outcome["balance"].to_list() == [0, 500, 800, 1400, 500]
    assert outcome.memory.carry("draw") == {"A": 0}


def test_a_clawback_works_on_what_is_left() -> None:
    """2,133,000 paid; twice 40 per cent: 853,200, then 511,920."""
    rules = FormulaSet(
        measures={"bonus": "money", "rate": "ratio"},
        lines={"paid": measure("bonus"), "clawed": 0 - carry("left") * measure("rate")},
        carries={"left": CarryRule("money", 0, plus=("paid", "clawed"))},
    )
    outcome = months(rules, bonus=[2_133_000_00, 0, 0], rate=["0%", "40%", "40%"])
    assert outcome["clawed"].to_list() == [0, -853_200, -511_920]


def test_debts_are_settled_first_in_first_out() -> None:
    """600,000 and 100,000 owed; 500,000 payable, then 300,000 of which 200,000 are taken."""
    rules = FormulaSet(
        measures={"payable": "money"},
        lines={
            "first": least(carry("debt1"), measure("payable")),
            "second": least(carry("debt2"), measure("payable") - value("first")),
        },
        carries={
            "debt1": CarryRule("money", money(600_000), minus=("first",)),
            "debt2": CarryRule("money", money(100_000), minus=("second",)),
        },
    )
    outcome = months(rules, payable=[500_000_00, 300_000_00])
    assert outcome["first"].to_list() == [500_000, 100_000]
    assert outcome["second"].to_list() == [0, 100_000]
    assert outcome.memory.carry("debt1") == outcome.memory.carry("debt2") == {"A": 0}


def test_the_guards_of_a_career_ladder_are_flags_and_runs() -> None:
    """Keep by 3 accounts or 300,000; confirmed by assets three months running and 30 accounts."""
    limit = measure("region").looked_up({"first": money(8_000_000), "second": money(6_000_000)})
    rules = FormulaSet(
        measures={
            "accounts": "count",
            "brought": "money",
            "assets": "money",
            "region": {"label": ["first", "second"]},
        },
        values={
            "keeps": (measure("accounts") >= 3) | (measure("brought") >= money(300_000)),
            "large": measure("assets") >= limit,
            "confirmed": (run("large") >= 3) & (back("accounts", last=3, short="partial") >= 30),
        },
    )
    outcome = months(
        rules,
        accounts=[2, 2, 28, 3],
        brought=[0, 300_000_00, 0, 0],
        assets=[7_000_000_00] * 4,
        region=["second"] * 4,
    )
    assert outcome["keeps"].to_list() == [False, True, True, True]
    assert outcome["confirmed"].to_list() == [False, False, True, True]


def test_deferral_pays_in_instalments_that_add_up() -> None:
    """A part is paid twelve, and so many more months later; the last one is the rest."""
    part = (value("deferred") / 3).rounded()
    rules = FormulaSet(
        measures={"earned": "money"},
        values={"deferred": (measure("earned") * "40%").rounded(), "part": part},
        lines={
            "now": measure("earned") - value("deferred"),
            "one": back("part", last=1, skip=1, short="zero"),
            "two": back("part", last=1, skip=2, short="zero"),
            "rest": back("deferred", last=1, skip=3, short="zero") - back("part", last=1, skip=3, short="zero") * 2,
        },
    )
    outcome = months(rules, earned=[100_00, 0, 0, 0])
    paid = [sum(outcome[name][i] for name in rules.lines) for i in range(4)]
    assert paid == [60, Fraction("13.33"), Fraction("13.33"), Fraction("13.34")]
    assert sum(paid) == 100
