"""Steps between rows."""

from typing import Any

import pytest

from clientmgr.formula import at, count, evaluate, field, measure, peers, total

TABLE: Any = (
    {"y": "money", "q": "flag", "who": "manager"},
    {
        "manager": ["A", "A", "B"],
        "y": [1_00, 3_00, 5_00],
        "q": [True, False, True],
        "who": ["B", "B", "A"],
    },
)
ABC = ["A", "B", "C"]
x = measure("x")


def items(formula: Any, **more: Any) -> list[Any]:
    """Compute a formula over the table."""
    told = {"x": ("count", [10, 20, 30]), **more}
    return evaluate(formula, items={"t": TABLE}, managers=ABC, **told).to_list()


@pytest.mark.parametrize(
    ("how", "wanted"),
    [("sum", [4, 5, 0]), ("mean", [2, 5, None]), ("max", [3, 5, None]), ("min", [1, 5, None])],
    ids=["sum", "mean", "max", "min"],
)
def test_rows_are_folded_by_manager(how: str, wanted: list[Any]) -> None:
    """Who has no row has no mean."""
    assert items(total("t", field("y"), how=how)) == wanted


def test_rows_may_be_chosen_counted_and_mixed_with_their_managers_figures() -> None:
    """What stands outside the rows is spread to them."""
    assert items(total("t", field("y") * x, where=field("q"))) == [10, 100, 0]
    assert items(count("t", where=x >= 20)) == [0, 1, 0]
    assert items(total("t", at(field("who"), x))) == [40, 10, 0]
    assert items(total("t", peers(field("y"), "rank", within=field("manager")))) == [3, 1, 0]
    assert items(total("t", field("y"), where=x < 0, how="max")) == [None, None, None]


def test_an_undefined_condition_spoils_the_total() -> None:
    """An undefined row that is left out does not."""
    table: Any = (
        {"y": "money", "q": "flag"},
        {"manager": ["A", "A", "B"], "y": [None, 1, 1], "q": [False, True, None]},
    )
    figures = evaluate(total("t", field("y"), where=field("q")), items={"t": table}, managers=["A", "B"])
    assert figures.texts() == ["0.01", "undefined"]
    assert figures.reason(1) == ("the field 'q' is missing", "$.values.result.where")
    assert evaluate(total("t", field("y")), items={"t": table}, managers=["A", "B"])[0] is None


def test_nobody_has_rows_is_no_trouble() -> None:
    """An empty table."""
    table: Any = ({"y": "money"}, {"manager": [], "y": []})
    for how in ("sum", "max", "mean"):
        found = evaluate(total("t", field("y"), how=how), items={"t": table}, managers=["A", "B"])
        assert found.to_list() == ([0, 0] if how == "sum" else [None, None])


@pytest.mark.parametrize(
    ("take", "wanted"),
    [
        ("sum", [12, 12, 7]),
        ("mean", [6, 6, 7]),
        ("max", [9, 9, 7]),
        ("min", [3, 3, 7]),
        ("count", [2, 2, 1]),
        ("rank", [2, 1, 1]),
    ],
    ids=str,
)
def test_figures_of_a_group(take: str, wanted: list[int]) -> None:
    """Rows of one word are peers."""
    told: dict[str, Any] = {"x": ("count", [3, 9, 7]), "g": ("label", ["p", "p", "q"])}
    assert evaluate(peers(x, take, within="g"), **told).to_list() == wanted


def test_ranks_share_break_ties_and_turn_round() -> None:
    """Equal values share the better rank unless something parts them."""
    told: dict[str, Any] = {"x": ("count", [5, 5, 9]), "t": ("count", [1, 2, 0])}
    assert evaluate(peers(x, "rank"), **told).to_list() == [2, 2, 1]
    assert evaluate(peers(x, "rank", tie=measure("t")), **told).to_list() == [3, 2, 1]
    assert evaluate(peers(x, "rank", order="smallest"), **told).to_list() == [1, 1, 3]


def test_who_is_left_out_has_no_rank_but_sees_the_others() -> None:
    """And spoils nothing."""
    told: dict[str, Any] = {"x": ("count", [5, None, 9]), "f": ("flag", [True, False, True])}
    ranks = evaluate(peers(x, "rank", where=measure("f")), **told)
    assert ranks.to_list() == [2, None, 1]
    assert ranks.reason(1) == ("left out of its peers", "$.values.result")
    assert evaluate(peers(x, "sum", where=measure("f")), **told).to_list() == [14, 14, 14]
    assert evaluate(peers(x, "sum"), **told).to_list() == [None, None, None]
    none: dict[str, Any] = {**told, "f": ("flag", [False] * 3)}
    assert evaluate(peers(x, "max", where=measure("f")), **none).to_list() == [None] * 3
    assert evaluate(peers(x, "mean", where=measure("f")), **none).to_list() == [None] * 3


def test_flags_are_counted_and_groups_may_be_numbers() -> None:
    """A flag's sum is how many say yes."""
    told: dict[str, Any] = {"f": ("flag", [True, False, True]), "n": ("count", [1, 1, 2])}
    assert evaluate(peers(measure("f"), "sum", within="n"), **told).to_list() == [1, 1, 1]
    assert evaluate(peers(measure("f"), "count"), **told).to_list() == [2, 2, 2]
    assert evaluate(peers(measure("f"), "mean"), **told).texts() == ["~66.666667%"] * 3
    unknown: dict[str, Any] = {"x": ("count", [1, 2]), "g": ("label", ["p", None])}
    assert evaluate(peers(x, "sum", within="g"), **unknown).to_list() == [1, None]


def test_a_figure_of_managers_is_the_same_inside_a_total() -> None:
    """What reads no field compares managers, wherever it stands; so naming a part changes nothing."""
    ranked = peers(x, "rank")
    assert items(total("t", ranked)) == [6, 2, 0]
    assert items(total("t", peers(field("y"), "rank"))) == [5, 1, 0]
