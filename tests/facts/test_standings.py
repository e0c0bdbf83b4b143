"""Where managers stand."""

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.facts import Managers, Standings
from clientmgr.pay import Grade, Ladder, Transition
from clientmgr.tables import Coded

LADDER = Ladder(
    name="branch",
    grades=(Grade("A", 2_000_00, "agent"), Grade("B", 3_000_00), Grade("C", 4_000_00)),
    transition=Transition(hold=2, taper=4, phase_in=3),
)


def staff() -> Managers:
    """A head, two managers, one gone and one to come."""
    return Managers(
        id=["H", "M1", "M2", "M3", "M4"],
        branch="B1",
        head=[True, False, False, False, False],
        left=np.array(["NaT", "NaT", "NaT", "2026-07-01", "NaT"], "M8[D]"),
        joined=np.array(["NaT", "NaT", "NaT", "NaT", "2026-08-01"], "M8[D]"),
    )


def test_a_start_puts_everybody_there_into_the_first_grade() -> None:
    """Heads, the gone and the coming have no standing."""
    standings = Standings.start(staff(), LADDER, on="2026-07-01")
    assert standings.manager.tolist() == ["M1", "M2"]
    assert standings.base_salary.tolist() == [2_000_00, 2_000_00]
    assert standings.contract.tolist() == ["agent", "agent"]
    assert standings.ladder.tolist() == ["branch", "branch"]


def test_joiners_get_the_first_grade_and_others_keep_theirs() -> None:
    """Nobody is added twice."""
    july = Standings.start(staff(), LADDER, on="2026-07-01")
    august = july.with_joiners(staff(), LADDER, on="2026-08-01")
    assert august.manager.tolist() == ["M1", "M2", "M4"]
    assert august.with_joiners(staff(), LADDER, on="2026-08-01") is august


def test_old_wages_set_the_grade_and_what_is_protected() -> None:
    """The highest base salary that is not above the wage; the rest is let go over time."""
    wages = {"M1": 3_500_00, "M2": 1_700_00}
    standings = Standings.from_wages(staff(), LADDER, wages, on="2026-07-01")
    assert standings.grade.tolist() == ["B", "A"]
    assert standings.protected.tolist() == [500_00, -300_00]
    assert standings.held.tolist() == [2, 0]
    assert standings.parts.tolist() == [4, 3]


def test_agreed_grades_come_before_those_of_the_wages() -> None:
    """What is above the agreed base salary is protected."""
    wages = {"M1": 3_500_00, "M2": 3_500_00}
    made = Standings.from_wages(staff(), LADDER, wages, on="2026-07-01", grades={"M1": "A"})
    assert made.grade.tolist() == ["A", "B"]
    assert made.protected.tolist() == [1_500_00, 500_00]


def test_a_manager_without_a_wage_is_named() -> None:
    """Nobody is given a wage that nobody stated."""
    with pytest.raises(DataError, match=r"wages.manager row 0 \(M2\).*expected an old wage"):
        Standings.from_wages(staff(), LADDER, {"M1": 1}, on="2026-07-01")


def test_an_agreed_grade_must_be_on_the_ladder() -> None:
    """The message lists the grades."""
    wages = {"M1": 1, "M2": 1}
    with pytest.raises(DataError, match="'Z' of 'M1' is not in the ladder 'branch'; it has A, B, C"):
        Standings.from_wages(staff(), LADDER, wages, on="2026-07-01", grades={"M1": "Z"})


def test_rows_are_found_by_manager() -> None:
    """One row by id, or the rows of another column."""
    standings = Standings.start(staff(), LADDER, on="2026-07-01")
    assert standings.row("M2") == 1
    assert standings.rows(Coded.of(["M9", "M1"])).tolist() == [-1, 0]
    with pytest.raises(DataError, match="no standing of 'M9'"):
        standings.row("M9")


def test_salaries_and_counters_are_not_below_zero() -> None:
    """Each bad number is named."""
    since = np.datetime64("2026-07-01")
    with pytest.raises(DataError, match=r"standings.base_salary row 0.*not below zero"):
        Standings(manager=["M1"], since=[since], grade="A", base_salary=-1)


def test_counters_travel_in_the_table() -> None:
    """They are columns like any other."""
    since = np.datetime64("2026-07-01")
    made = Standings(manager=["M1"], since=[since], grade="A", extra={"keep": [3]})
    assert made.counters["keep"].tolist() == [3]
    assert repr(made) == "Standings(1 rows, extra keep)"
