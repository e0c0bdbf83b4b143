"""Where exact numbers would grow without end."""

from typing import Any

import pytest

from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    RuleFaults,
    back,
    carry,
    count,
    field,
    greatest,
    loose_names,
    measure,
    money,
    peers,
    total,
    value,
    when,
)

x, n, r = measure("x"), measure("n"), measure("r")
KINDS: dict[str, Any] = {"x": "money", "n": "count", "r": {"ratio": "0.01"}, "free": "ratio"}
ITEMS = {"t": {"y": "money", "q": "ratio"}}


def rules(following: Any, **values: Any) -> FormulaSet:
    """Make a set whose carry becomes a formula."""
    return FormulaSet(
        measures=KINDS,
        items=ITEMS,
        values=values,
        carries={"c": CarryRule("money", 0, next=following)},
    )


@pytest.mark.parametrize(
    "following",
    [
        carry("c") * r,
        carry("c") / 2,
        carry("c") + x / n,
        carry("c") + x * measure("free"),
        carry("c") + peers(x, "mean"),
        carry("c") + total("t", field("y"), how="mean"),
        carry("c") + total("t", field("y") * field("q")),
        carry("c").tiered("marginal", below={10: "10%"}, above="20%", negative="first"),
        greatest(carry("c"), x * r).over(3),
        (carry("c") / money(1)).curved({0: "0 CNY", 7: "1 CNY"}, outside="continue"),
        carry("c") + x.tiered("amounts", below=[(x, "3 CNY")], above="0%"),
    ],
    ids=str,
)
def test_state_that_is_multiplied_and_never_rounded_is_refused(following: Any) -> None:
    """Rounding it makes it sound."""
    with pytest.raises(RuleFaults, match="the carry 'c' is multiplied or divided and never rounded"):
        rules(following).compile()
    rules(following.rounded()).compile()


@pytest.mark.parametrize(
    "following",
    [
        carry("c") + x * r,
        carry("c") * 2 + x / 4,
        when((n > 3, carry("c")), otherwise=x),
        greatest(carry("c"), 0) + total("t", field("y")) + count("t") * money(1),
        carry("c") + back("x", last=3, take="mean", short="zero"),
        carry("c") + peers(x, "rank") * money(1) + peers(x, "max"),
        carry("c") + x.tiered("whole", below={1: "1%"}, above="2%"),
        carry("c") + n.banded(below={1: money(1)}, above=x).or_else(0).named("part"),
    ],
    ids=str,
)
def test_state_on_a_fixed_grid_is_sound(following: Any) -> None:
    """What is only added, compared or chosen keeps its denominators."""
    rules(following).compile()


def test_the_chain_is_followed_through_names_and_cut_by_rounding() -> None:
    """A value of the carry is the carry; a line is rounded."""
    with pytest.raises(RuleFaults, match="never rounded"):
        rules(value("grown"), grown=carry("c") * r).compile()
    rules(value("grown"), grown=(carry("c") * r).rounded()).compile()


def test_a_name_that_looks_back_at_itself_is_state_too() -> None:
    """It needs no carry to grow."""
    growing = 1 + back("a", last=1, skip=1, short="zero") * "90%"
    with pytest.raises(RuleFaults, match="'a', which looks back at itself,"):
        FormulaSet(values={"a": growing}).compile()


def test_unrounded_quotients_are_named() -> None:
    """For those who want them fast."""
    free = FormulaSet(measures=KINDS, values={"a": x / n, "b": value("a") + 1, "c": value("b").rounded(), "d": x * r})
    assert loose_names(free) == ("a", "b")
