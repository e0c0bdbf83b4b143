"""Steps over tiers and curves."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.formula import FormulaSet, Inputs, back, evaluate, field, measure, money, total

x, r = measure("x"), measure("r")
NETS = st.lists(st.integers(-5_000_000, 5_000_000), min_size=1, max_size=6)
STEPS: Any = {10_000: "20%", 20_000: "25%"}


def marginal(**more: Any) -> Any:
    """Make marginal tiers."""
    return x.tiered("marginal", below=STEPS, above="30%", **more)


@given(NETS)
def test_marginal_tiers_are_monotone_and_continuous(nets: list[int]) -> None:
    """One fen more never earns less, nor more than the highest rate of it."""
    more = [net + 1 for net in nets]
    for negative in ("mirror", "first", "zero"):
        low = evaluate(marginal(negative=negative), x=("money", nets)).to_list()
        high = evaluate(marginal(negative=negative), x=("money", more)).to_list()
        assert all(0 <= b - a <= Fraction(3, 1000) for a, b in zip(low, high, strict=True))


@given(NETS)
def test_mirrored_tiers_turn_the_sign(nets: list[int]) -> None:
    """A reversal takes back what was earned, in every kind of tiers."""
    for how in ("whole", "marginal", "amounts"):
        tiers = x.tiered(how, below={10_000: "20 CNY" if how == "amounts" else "20%"}, above="25%", negative="mirror")
        there = evaluate(tiers, x=("money", nets)).to_list()
        back_again = evaluate(tiers, x=("money", [-net for net in nets])).to_list()
        assert [a + b for a, b in zip(there, back_again, strict=True)] == [0] * len(nets)


@given(NETS)
def test_formulas_in_tiers_give_what_constants_give(nets: list[int]) -> None:
    """The slices of the slow way are the lines of the fast one."""
    for how in ("whole", "marginal"):
        for negative in ("refuse", "zero", "mirror", "first"):
            fast = x.tiered(how, below=STEPS, above="30%", negative=negative)
            slow = x.tiered(how, below=STEPS, above=r, negative=negative)
            told: dict[str, Any] = {"x": ("money", nets), "r": ("ratio", ["30%"] * len(nets))}
            assert evaluate(slow, **told).to_list() == evaluate(fast, **told).to_list()


def test_tiers_without_an_end_and_with_one() -> None:
    """Beyond a last edge the row is undefined; a single open tier is a flat rate."""
    closed = x.tiered("marginal", upto={100: "10%"})
    figures = evaluate(closed, x=("money", [100_00, 100_01]))
    assert figures.to_list() == [10, None]
    assert figures.reason(1) == ("beyond the last edge", "$.values.result")
    assert evaluate(x.tiered("whole", above="10%"), x=("money", [5_00])).texts() == ["0.50"]


def test_an_empty_tier_earns_nothing() -> None:
    """Edges that are formulas may coincide, and not fall."""
    tiers = x.tiered("amounts", below=[(r * money(100), "5 CNY"), (100, "7 CNY")], above="0%")
    told = ("money", [200_00] * 3)
    assert evaluate(tiers, x=told, r=("ratio", [1, "50%", 2])).to_list() == [5, 12, None]


def test_another_measure_picks_the_tier() -> None:
    """Its sign is the one that is judged."""
    tiers = x.tiered("whole", below={10: "1%"}, above="2%", on=measure("c"), negative="mirror")
    figures = evaluate(tiers, x=("money", [-100_00, 100_00]), c=("count", [20, -20]))
    assert figures.to_list() == [-2, 2]


@pytest.mark.parametrize(
    ("outside", "wanted"),
    [("refuse", [None, 1, None]), ("flat", [0, 1, 3]), ("continue", [-1, 1, 5])],
    ids=["refuse", "flat", "continue"],
)
def test_a_curve_says_what_holds_outside_its_knots(outside: str, wanted: list[Any]) -> None:
    """Constant knots and formulas alike."""
    told: dict[str, Any] = {"c": ("count", [-1, 1, 3]), "r": ("ratio", [2, 2, 2])}
    fast = measure("c").curved({0: 0, 1: 1, 2: 3}, outside=outside)
    slow = measure("c").curved([(0, 0), (1, 1), (r, 3)], outside=outside)
    assert evaluate(fast, **told).to_list() == wanted
    assert evaluate(slow, **told).to_list() == wanted


def test_knots_that_do_not_rise_leave_the_row_undefined() -> None:
    """Where they fall, and where they coincide around the row."""
    curve = measure("c").curved([(1, 0), (r, 1)], outside="continue")
    figures = evaluate(curve, c=("count", [1, 1]), r=("ratio", [0, 1]))
    assert figures.to_list() == [None, None]
    assert figures.reason(0) == ("the knots do not rise", "$.values.result")


def test_tier_scopes_differ_on_one_data_set() -> None:
    """Per item, per period and cumulative are three schemes; the cumulative one adds up to the year's."""
    tiered = {"below": {100: "10%"}, "above": "20%"}
    per_item = total("t", field("y").tiered("marginal", **tiered))  # type: ignore[arg-type]
    year = back("sales", window="year").tiered("marginal", **tiered)  # type: ignore[arg-type]
    rules = FormulaSet(
        items={"t": {"y": "money"}},
        values={
            "sales": total("t", field("y")),
            "due": year,
        },
        lines={
            "item": per_item,
            "month": measure("sales").tiered("marginal", **tiered),  # type: ignore[arg-type]
            "cumulative": measure("due") - back("cumulative", window="year", skip=1),
        },
    )
    months = [[60_00, 60_00], [150_00], [30_00, 33]]
    told = [
        Inputs.of(rules, managers=["A"], items={"t": {"manager": ["A"] * len(m), "y": m}}, period=f"2026-0{n}")
        for n, m in enumerate(months, 1)
    ]
    outcome = rules.compile().run(Inputs.join(told))
    item, month, cumulative = (outcome[name].to_list() for name in ("item", "month", "cumulative"))
    assert item == [12, 20, Fraction(303, 100)]
    assert month == [14, 20, Fraction(303, 100)]
    assert cumulative == [14, 30, Fraction(607, 100)]
    assert sum(cumulative) == round(outcome["due"][2], 2)
