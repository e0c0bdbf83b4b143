"""Steps over time."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.formula import FormulaSet, Inputs, age, back, calendar, evaluate, label, measure, run, when

HISTORY = [1, 2, 4, 8]


def over_time(formula: Any, absent: tuple[int, ...] = ()) -> list[Any]:
    """Compute a formula for one manager month by month, some of them without him."""
    rules = FormulaSet(
        measures={"x": "count", "d": "date"},
        values={
            "even": measure("x") >= 2,
            "word": when((measure("x") >= 2, label("B")), otherwise=label("A")),
            "v": formula,
        },
    )
    months = []
    for n, x in enumerate(HISTORY, 1):
        managers = ["M"] if n in absent else ["A", "M"]
        told = {"x": [x] * len(managers), "d": np.array(["2026-03-01"] * len(managers), dtype="M8[D]")}
        months.append(Inputs.of(rules, managers=managers, measures=told, period=f"2026-0{n}", number=n))
    outcome = rules.compile().run(Inputs.join(months))
    figures = outcome["v"]
    return [figures[i] for i, m in enumerate(outcome.managers) if m == "A"]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        (back("x", last=2, short="partial"), [1, 3, 6, 12]),
        (back("x", last=2), [None, 3, 6, 12]),
        (back("x", last=2, short="zero", take="mean"), ["1/2", "3/2", 3, 6]),
        (back("x", last=2, short="partial", take="mean"), [1, "3/2", 3, 6]),
        (back("x", last=2, short="zero", take="min"), [0, 1, 2, 4]),
        (back("x", last=2, short="partial", take="max"), [1, 2, 4, 8]),
        (back("x", last=1, skip=1, short="zero"), [0, 1, 2, 4]),
        (back("x", last=1, skip=1, take="latest", short="zero"), [0, 1, 2, 4]),
        (back("x", window="year"), [1, 3, 7, 15]),
        (back("x", window="quarter"), [1, 3, 7, 8]),
        (back("x", window="quarter", skip=1), [0, 1, 3, 0]),
        (back("x", window="quarter", skip=1, take="mean", short="partial"), [None, 1, "3/2", None]),
        (back("x", window="last_year", short="zero"), [0, 0, 0, 0]),
        (back("even", last=2, take="all", short="partial"), [False, False, True, True]),
        (back("even", last=2, take="all", short="zero"), [False, False, True, True]),
        (back("even", last=2, take="any", short="partial"), [False, True, True, True]),
        (back("even", window="year", take="count"), [0, 1, 2, 3]),
        (back("x", window="year", take="count"), [1, 2, 3, 4]),
        (back("word", last=1, skip=1, take="latest", short="partial").or_else(label("none")), ["none", "A", "B", "B"]),
        (run("even"), [0, 1, 2, 3]),
        (run("even", since="d"), [0, 0, 1, 2]),
    ],
    ids=[f"{i}" for i in range(21)],
)  # fmt: skip
def test_the_past_is_folded(formula: Any, wanted: list[Any]) -> None:
    """By number of periods or by the calendar, with a word for a short history."""
    exact = [Fraction(w) if isinstance(w, str) and "/" in w else w for w in wanted]
    assert over_time(formula) == exact


def test_absence_shortens_the_history_and_breaks_a_run() -> None:
    """A look-back skips the month in which he was away."""
    assert over_time(back("x", last=2, short="partial"), absent=(3,)) == [1, 3, 8]
    assert over_time(back("x", last=2), absent=(3,)) == [None, 3, None]
    assert over_time(run("even"), absent=(3,)) == [0, 1, 1]


def test_ages_count_forward_and_not_below_zero() -> None:
    """31 January is one month old on 28 February."""
    days: Any = ("date", np.array(["2026-01-31", "2026-03-01", "NaT"], dtype="M8[D]"))
    figures = evaluate(age("d"), d=days, period="2026-02")
    assert figures.to_list() == [1, None, None]
    assert figures.reason(1) == ("the date lies after the day counted to", "$.values.result")
    assert evaluate(age("d", "days"), d=days, period="2026-02")[0] == 28
    assert evaluate(age("d", "periods"), d=days, period="2026Q2")[0] == 2


def test_trading_days_must_be_told() -> None:
    """Else they are undefined."""
    assert evaluate(calendar("trading_days")).reason(0) == (
        "the trading days were not told",
        "$.values.result",
    )
