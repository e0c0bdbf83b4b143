"""Steps that choose between branches."""

from typing import Any

import pytest

from clientmgr.formula import evaluate, first_known, label, measure, when

x, y, f = (measure(name) for name in ("x", "y", "f"))


def test_only_the_mark_of_the_chosen_branch_passes() -> None:
    """An unknown condition before it leaves the row unknown."""
    figures = evaluate(
        when((f, x), otherwise=y),
        f=("flag", [True, False, None]),
        x=("count", [None, None, 1]),
        y=("count", [1, 1, 1]),
    )
    assert figures.to_list() == [None, 1, None]
    assert figures.reason(2) == ("the measure 'f' is missing", "$.values.result.when[0].if")


@pytest.mark.parametrize(("side", "wanted"), [("below", [1, 2, 2, 3]), ("upto", [1, 1, 2, 3])], ids=["below", "upto"])
def test_a_band_says_on_which_side_it_is_closed(side: str, wanted: list[int]) -> None:
    """On the edge the higher step holds, or the lower."""
    band = x.banded(**{side: {10: 1, 20: 2}}, above=3)
    assert evaluate(band, x=("count", [9, 10, 15, 21])).to_list() == wanted


def test_beyond_a_last_edge_the_row_is_undefined() -> None:
    """And where edges that are formulas fall."""
    closed = x.banded(upto={10: 1, 20: 2})
    assert evaluate(closed, x=("count", [20, 21])).to_list() == [2, None]
    moving = x.banded(below=[(y, 1), (10, 2)], above=3)
    figures = evaluate(moving, x=("count", [9, 9, 9]), y=("count", [3, 10, 11]))
    assert figures.to_list() == [2, 1, None]
    assert figures.reason(2) == ("the edges fall", "$.values.result")


def test_a_lookup_takes_the_row_of_its_word() -> None:
    """A word that never turned up in the data does no harm."""
    table = measure("g").looked_up({"A": label("x"), "B": label("y"), "C": label("z")})
    told: Any = ({"label": ["A", "B", "C"]}, ["B", None, "A"])
    assert evaluate(table, g=told).to_list() == ["y", None, "x"]


def test_the_first_that_is_defined_is_taken() -> None:
    """Where none is, the last one's reason stays."""
    figures = evaluate(first_known(x, y), x=("count", [None, 1, None]), y=("count", [2, 2, None]))
    assert figures.to_list() == [2, 1, None]
    assert figures.reason(2) == ("the measure 'y' is missing", "$.values.result.first_known[1]")
