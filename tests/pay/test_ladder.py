"""Ladders."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import RuleError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.pay import Bands, Grade, Ladder, Move, Transition, Watch
from clientmgr.scoring import Running, at_least

TWO = (Grade("A", 2_000_00), Grade("B", 3_000_00))


def place(bands: Bands, cells: list[int], present: list[int]) -> list[int]:
    """Give the places of some values."""
    values = {"assets": MeasureColumn.money(cells)}
    measures = Measures(manager=list(range(len(cells))), period="2026", values=values)
    return bands.place(measures, np.array(present)).tolist()  # type: ignore[no-any-return]


def test_visible_case_1_bands_hold_their_upper_edge() -> None:
    """Client assets in 10,000 yuan: up to 200, 500, 1,000, 2,000 and above."""
    ten_thousand_yuan = 1_000_000
    bands = Bands([edge * ten_thousand_yuan for edge in (200, 500, 1000, 2000)], "assets", "upto")
    assets = [200, 201, 500, 501, 1000, 2000, 2001]
    fen = [number * ten_thousand_yuan for number in assets]
    salaries = np.array([1000, 1200, 1400, 1600, 2200])
    assert salaries[place(bands, fen, [0] * 7)].tolist() == [1000, 1200, 1200, 1400, 1400, 1600, 2200]
    assert place(bands, [200 * ten_thousand_yuan + 1], [0]) == [1]


def test_bands_that_end_below_give_their_edge_to_the_next() -> None:
    """[lo, hi)."""
    assert place(Bands([60, 85], "assets"), [59, 60, 84, 85], [0] * 4) == [0, 1, 1, 2]


def test_slack_keeps_who_is_near_an_edge() -> None:
    """To rise takes more than the edge, to fall less than it."""
    bands = Bands([60], "assets", slack=5)
    assert place(bands, [64, 65, 55, 54], [0, 0, 1, 1]) == [0, 1, 1, 0]


def test_a_ladder_says_what_it_is() -> None:
    """Grades, salaries, bands and moves, each in a line."""
    ladder = Ladder(
        name="branch",
        grades=TWO,
        bands=(Bands([80], slack="1.5"),),
        moves=(
            Move("A", "B", at_least("visits", 9)),
            Move("B", "A", after=6, notice=1),
            Move("A", "B"),
        ),
    )
    assert ladder.describe().splitlines() == [
        "ladder branch, starting at A",
        "  grade  base salary  contract",
        "  A         2,000.00",
        "  B         3,000.00",
        "  score: below 80, from 80, slack 1.5",
        "  A -> B: visits >= 9",
        "  B -> A: at review 6 in the grade, after notice of 1",
        "  A -> B: always",
    ]
    assert repr(ladder) == "Ladder('branch', 2 grades, 3 moves)"


def test_bands_are_written_with_their_ends() -> None:
    """So that a reader can place a score by hand."""
    assert str(Bands([60, 80])) == "score: below 60, [60, 80), from 80"
    assert str(Bands([60, 80], ends="upto")) == "score: up to 60, (60, 80], above 80"
    assert str(Bands([])) == "score: any"


def test_counters_are_named_once() -> None:
    """Those of bands, moves, standards and the watch."""
    run = Running("fine", at_least("visits", 3), 2)
    ladder = Ladder(
        name="l",
        grades=TWO,
        bands=(Bands([80]),),
        moves=(Move("A", "B", run),),
        promote=run,
        watch=Watch(at_least("score", 1), support=at_least("c", 1)),
    )
    assert ladder.counters == ("up", "down", "fine", "missed")


def test_changes_of_salary_are_smoothed_as_the_ladder_says() -> None:
    """What was paid less what will be is let go in parts."""
    ladder = Ladder(name="l", grades=TWO, transition=Transition(taper=2))
    protected, held, parts = ladder.smooth(np.array([500]), np.array([300]))
    assert (protected.tolist(), held.tolist(), parts.tolist()) == ([200], [0], [2])


def made(**more: Any) -> Ladder:
    """Make a ladder of two grades."""
    return Ladder(**{"name": "l", "grades": TWO, **more})


FAULTS: list[tuple[Callable[[], object], str]] = [
    (lambda: Grade("A", 2000.5), "a base salary is whole fen, got 2000.5"),  # type: ignore[arg-type]
    (lambda: Grade("A", -1), "a grade has a name and no debt"),
    (lambda: Bands([80, 60]), "the edges of bands must rise"),
    (lambda: Bands([80], ends="in"), "'below' or 'upto', got 'in'"),  # type: ignore[arg-type]
    (lambda: Bands([80], slack=-1), "slack is not below 0"),
    (lambda: made(grades=()), "a ladder has grades of different names"),
    (lambda: made(grades=(Grade("A"), Grade("A"))), "grades of different names, got .'A', 'A'"),
    (lambda: made(start="Z"), "the start 'Z' is none of"),
    (lambda: made(bands=[Bands([1, 2])]), "2 grades need 1 edges, got 2 @ ..bands.0."),
    (lambda: made(moves=[Move("A", "Z")]), "a move leads between two of"),
    (lambda: made(moves=[Move("A", "B", after=-1)]), "after and notice are not below 0"),
    (lambda: made(running_up=0), "running_up is at least 1, got 0"),
    (lambda: made(running_down=0), "running_down is at least 1, got 0"),
    (lambda: made(max_step=0), "max_step is at least 1, got 0"),
]


@pytest.mark.parametrize(("make", "fault"), FAULTS)
def test_what_cannot_be_meant_is_refused(make: Callable[[], object], fault: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match=fault):
        make()
