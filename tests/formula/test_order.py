"""The order in which names are computed."""

import pytest

from clientmgr.formula import CarryRule, FormulaSet, RuleFaults, back, carry, run, value


def test_names_are_computed_after_what_they_need() -> None:
    """However they are written."""
    rules = FormulaSet(values={"a": value("b") + 1, "b": value("c") * 2, "c": 3})
    assert rules.compile().order == ("c", "b", "a")


@pytest.mark.parametrize(
    ("values", "ring"),
    [
        ({"a": value("b"), "b": value("a")}, "a -> b -> a"),
        ({"a": value("a") + 1}, "a -> a"),
        ({"a": back("a", last=2)}, "a -> a"),
        ({"a": back("b", window="year"), "b": value("a")}, "a -> b -> a"),
        ({"a": (run("b") >= 1), "b": value("a")}, "a -> b -> a"),
    ],
    ids=str,
)
def test_a_cycle_is_named_as_a_ring(values: dict[str, object], ring: str) -> None:
    """Once, at the place where it closes."""
    with pytest.raises(RuleFaults, match=f"a cycle: {ring} @"):
        FormulaSet(values=values).compile()


def test_a_carry_that_opens_with_itself_is_a_cycle() -> None:
    """The opening must come from elsewhere."""
    rules = FormulaSet(carries={"c": CarryRule("money", carry("c"), next=carry("c"))})
    with pytest.raises(RuleFaults, match="a cycle: opening of c -> opening of c"):
        rules.compile()


def test_a_look_back_that_skips_this_period_is_no_cycle() -> None:
    """Nor is a whole last year."""
    rules = FormulaSet(
        values={
            "a": 1 + back("a", last=1, skip=1, short="zero"),
            "b": 1 + back("b", window="last_year", short="zero"),
        }
    )
    assert rules.compile().order == ("a", "b")


def test_a_long_chain_of_names_is_no_trouble_in_any_order() -> None:
    """Names are followed without recursion."""
    chain = {f"v{i}": value(f"v{i + 1}") + 1 for i in range(1_500)}
    carries = {"c": CarryRule("ratio", 0, next=value("v0"))}
    program = FormulaSet(values={**chain, "v1500": 0}, carries=carries).compile()
    assert program.order[0] == "v1500"
    assert program.order[-1] == "v0"
