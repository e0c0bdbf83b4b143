"""The oracle's walk over rows and periods."""

import datetime as dt
from fractions import Fraction
from typing import Any

from clientmgr.formula import FormulaSet, back, field, measure, peers, run, total
from clientmgr.testing.formula import Oracle, Told, Undefined
from clientmgr.testing.formula.oracle_rows import decide

RULES = FormulaSet(
    measures={"x": "money", "f": "flag"},
    items={"t": {"y": "money"}},
    values={
        "sum": total("t", field("y")),
        "rank": peers(measure("x"), "rank"),
        "two": back("x", last=2),
        "run": run("f"),
        "seen": back("f", last=2, take="count", short="partial"),
    },
)


def told(month: int, x: int) -> Told:
    """Tell one month of two managers."""
    measures: dict[str, Any] = {
        "x": {"A": Fraction(x), "B": Fraction(5)},
        "f": {"A": True, "B": month > 1},
    }
    items = [{"manager": "A", "y": Fraction(2)}, {"manager": "A", "y": Fraction(3)}]
    return Told(dt.date(2026, month, 1), month, ["A", "B"], measures, {"t": items})


def test_rows_peers_and_periods_are_walked() -> None:
    """By hand checked figures."""
    oracle = Oracle(RULES, [told(1, 7), told(2, 3)])
    assert oracle.figure("sum", 0, "A") == 5
    assert [oracle.figure("rank", t, "A") for t in (0, 1)] == [1, 2]
    assert oracle.figure("two", 0, "A") == Undefined("history too short")
    assert oracle.figure("two", 1, "A") == 10
    assert [oracle.figure("run", 1, m) for m in "AB"] == [2, 1]
    assert oracle.figure("seen", 1, "B") == 1


def test_one_sure_answer_decides() -> None:
    """Else the first unknown one stays."""
    unknown = Undefined("?")
    assert decide([unknown, False], decisive=False) is False
    assert decide([unknown, True], decisive=False) is unknown
    assert decide([True, True], decisive=False) is True
