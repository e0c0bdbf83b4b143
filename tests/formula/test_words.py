"""Formulas as one reads them aloud."""

import pytest

from clientmgr.formula import (
    age,
    at,
    back,
    calendar,
    carry,
    count,
    date,
    field,
    greatest,
    label,
    loads,
    measure,
    peers,
    run,
    total,
    when,
)
from clientmgr.formula.words import in_words, step_words

x, y = measure("x"), measure("y")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (x - (y - 1), "x - (y - 1)"),
        ((x + y) / (x * y), "(x + y) / (x x y)"),
        (x * -5, "x x -5"),
        (greatest(x, 0), "greatest(x, 0)"),
        (x.clamped(0), "x kept at least 0"),
        (x.rounded(), "x rounded to 0.01"),
        ((x >= 1) & ~(y < 2), "all(x >= 1, not (y < 2))"),
        (x.is_in("A", "B"), "x is A or B"),
        (when(x >= 1, 2, otherwise=3), "when (x >= 1): 2, ..."),
        (carry("draw"), "opening draw"),
        (calendar("quarter_end"), "period's quarter end"),
        (age("joined"), "months since joined"),
        (age("joined", "days", until=date("2026-01-02")), "days since joined until 2026-01-02"),
        (label("A"), "'A'"),
        (total("t", field("x"), where=field("q")), "total of each x over t where each q"),
        (count("t"), "count over t"),
        (at("boss", x), "x of boss"),
        (peers(x, "rank", within="branch"), "rank of x among peers within branch"),
        (back("x", last=3, skip=1), "sum of x (last 3, skipping 1)"),
        (back("x", window="last_year", take="max"), "max of x (last year)"),
        (run("f"), "run of f"),
    ],
    ids=str,
)
def test_each_node_reads_aloud(formula: object, text: str) -> None:
    """In one line, with brackets where they are needed."""
    assert str(formula) == text


def test_a_very_long_formula_is_cut() -> None:
    """The text of a node never fills the screen."""
    long = loads('{"sum": [' + ", ".join(f'"name{i}"' for i in range(100)) + "]}")
    assert len(in_words(long)) == 200
    assert in_words(long).endswith("...")


@pytest.mark.parametrize(
    ("side", "texts"),
    [
        ("below", ["below 1", "1 to below 2", "2 and above"]),
        ("upto", ["up to 1", "above 1 to 2", "above 2"]),
    ],
)
def test_steps_say_on_which_side_they_are_closed(side: str, texts: list[str]) -> None:
    """`[lo, hi)` and `(lo, hi]` read differently."""
    assert [step_words(side, i, ["1", "2"]) for i in range(3)] == texts
