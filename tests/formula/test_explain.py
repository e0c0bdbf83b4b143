"""Telling how a manager's figures came about."""

from typing import Any

from hypothesis import given, settings

from clientmgr.formula import (
    FormulaSet,
    Inputs,
    at,
    back,
    count,
    field,
    first_known,
    least,
    measure,
    money,
    peers,
    total,
    value,
    when,
)
from clientmgr.testing.formula import Told, check_explanation, inputs_of, worlds

KINDS: dict[str, Any] = {
    "x": "money",
    "y": "money",
    "c": "count",
    "g": {"label": ["A", "B"]},
    "boss": "manager",
}
x, y, c, g = (measure(name) for name in ("x", "y", "c", "g"))


def told(formula: Any, manager: str = "M1", **more: Any) -> str:
    """Explain one value of a manager."""
    rules = FormulaSet(measures=KINDS, items={"t": {"z": "money", "q": "flag"}}, values={"v": formula, **more})
    months = [
        Inputs.of(
            rules,
            managers=["M1", "M2"],
            measures={"x": [300_00, -5_00], "y": [0, 7], "c": [2, 0], "g": ["A", "B"], "boss": ["M2", None]},
            items={"t": {"manager": ["M1"] * 3, "z": [1_00, 2_00, 3_00], "q": [True, True, False]}},
            period=f"2026-0{n}",
        )
        for n in (1, 2)
    ]
    outcome = rules.compile().run(Inputs.join(months))
    explanation = outcome.explain(manager, names=["v"], items=1)
    check_explanation(explanation)
    return str(explanation)


def test_arithmetic_reads_as_words_and_numbers() -> None:
    """On one row; a negative number stands in brackets."""
    assert told((x - y) * "10%") == "v = (x - y) x 10% = (300.00 - 0.00) x 10%  30.00"
    assert "(-5.00) x 10%" in told(x * "10%", "M2")


def test_a_choice_shows_the_branch_it_took_and_its_condition() -> None:
    """And its number among the cases."""
    text = told(when((c > 5, x), (c >= 2, x * 2), otherwise=y))
    assert "c >= 2: 2 >= 2  (case 2 of 2)" in text
    assert "x x 2 = 300.00 x 2" in text
    assert "otherwise y" in told(when((c > 5, x), otherwise=y))
    assert "case 2 of 2" in told(when((c > 5, x), (c / (c - c) > 1, y), otherwise=y))


def test_lookups_bands_and_first_known_say_which_row() -> None:
    """With the word, the step, the place."""
    assert "'A': 1 CNY" in told(g.looked_up({"A": money(1)}, otherwise=money(2)))
    assert "'B', otherwise: 2 CNY" in told(g.looked_up({"A": money(1)}, otherwise=money(2)), "M2")
    assert "x 300.00 is 100.00 to below 400.00  (row 2 of 3)" in told(x.banded(below={100: 1, 400: 2}, above=3))
    assert "2 of 2: x = " not in told(first_known(x / c, x))
    assert "2 of 2: x" in told(first_known(x / (y * 0 / money(1)), x))
    assert told(x.banded(below={1: 1}), "M1").count("\n") == 0


def test_tiers_show_their_slices() -> None:
    """Whole ones their row; what earns nothing shows nothing."""
    marginal = x.tiered("marginal", below={100: "1%"}, above="2%", negative="mirror")
    assert "below 100.00: 100.00 x 1%" in told(marginal)
    assert "100.00 and above: 200.00 x 2%" in told(marginal)
    assert "below 100.00: -5.00 x 1%" in told(marginal, "M2")
    assert "x 300.00 is 100.00 and above: 300.00 x 2%  (row 2 of 2)" in told(
        x.tiered("whole", below={100: "1%"}, above="2%")
    )
    amounts = x.tiered("amounts", below={200: "10 CNY"}, above="0%")
    assert "below 200.00: 200.00 x 10 CNY / 200.00" in told(amounts)
    assert "x 5" not in told(x.tiered("whole", below={100: "5%"}, above="2%", negative="refuse"), "M2")
    assert told(x.tiered("marginal", below={100: "1%"}, above="2%", negative="zero"), "M2").count("\n") == 0


def test_a_curve_shows_its_line() -> None:
    """From knot to knot."""
    curve = (x / money(1000)).curved({"0%": "0%", "50%": "100%"}, outside="flat")
    assert "30% on the line from (0%, 0%) to (50%, 100%)" in told(curve)
    assert "undefined" in told((x / y).curved({"0%": "0%", "50%": "100%"}))


def test_totals_list_their_rows_and_sum_the_rest() -> None:
    """The first ones one by one."""
    text = told(total("t", field("z") * 2, where=field("q")))
    assert "row 1 of t: each z x 2 = 1.00 x 2" in text
    assert "and 1 more rows" in text
    assert told(count("t")).count("\n") == 0


def test_figures_of_others_say_whose_they_are() -> None:
    """By pointer, and among peers."""
    assert "of M2: x" in told(at("boss", x))
    assert "undefined: the measure 'boss' is missing" in told(at("boss", x), "M2")
    text = told(peers(x, "rank", within="g"))
    assert "own x" in text
    assert "within g" in text


def test_look_backs_show_their_months() -> None:
    """As far as they were run here."""
    text = told(back("x", last=2))
    assert "x in 2026-01" in text
    assert "x in 2026-02" in text


def test_a_named_value_is_told_once() -> None:
    """Under the first that uses it."""
    text = told(value("w") + value("w") * 2, w=least(x, 100).named("cap"))
    assert text.count("w = cap") == 1
    assert "cap = least(x, 100) = least(300.00, 100)" in text


def test_lines_are_told_with_their_rounding_where_it_matters() -> None:
    """And without it where nothing changes."""
    rules = FormulaSet(measures={"x": "money"}, lines={"third": measure("x") / 3, "all": measure("x")})
    inputs = Inputs.of(rules, managers=["M1"], measures={"x": [100]})
    text = str(rules.compile().run(inputs).explain("M1"))
    assert "third = x / 3 rounded to 0.01 = 1.00 / 3 rounded to 0.01" in text
    assert "all = x " in text


def test_an_undefined_figure_says_why() -> None:
    """With the path of the node."""
    assert "undefined: division by zero @ $.values.v" in told(x / y)


@settings(max_examples=20)
@given(worlds())
def test_every_row_gives_its_own_value_again(world: tuple[FormulaSet, list[Told]]) -> None:
    """Whatever the formulas, for every manager and period."""
    rules, periods = world
    joined = Inputs.join([inputs_of(rules, part) for part in periods])
    outcome = rules.compile().run(joined, undefined="keep")
    for part in periods:
        for manager in part.managers:
            name = part.first.isoformat()[:7]
            names = (*rules.lines, *rules.values)
            explanation = outcome.explain(manager, period=name, names=names)
            check_explanation(explanation)
            assert len(str(explanation).splitlines()) == len(explanation.to_records())
