"""Reviews: grades, base salaries and the next standings."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from clientmgr.check.pay import verify_reviews
from clientmgr.errors import DataError
from clientmgr.facts import Managers, MeasureColumn, Measures, Standings
from clientmgr.pay import Bands, Grade, Ladder, Move, Transition, Watch, review
from clientmgr.pay.review import month_index
from clientmgr.periods import Period
from clientmgr.scoring import (
    AllOf,
    AnyOf,
    By,
    Criterion,
    Not,
    Running,
    Scorecard,
    at_least,
    at_most,
    below,
    score,
)
from clientmgr.testing.pay import PayCase, pay_cases

YUAN = 100
THREE = (Grade("A", 2_000_00), Grade("B", 3_000_00), Grade("C", 4_000_00))


def made(**more: Any) -> Ladder:
    """Make a ladder of three grades with bands."""
    return Ladder(**{"name": "l", "grades": THREE, "bands": (Bands([50, 80]),), **more})


def start(ladder: Ladder, count: int = 1, grade: str = "") -> Standings:
    """Put some managers on a ladder."""
    staff = Managers(id=[f"M{i}" for i in range(count)], branch="B1")
    wages = dict.fromkeys(staff.id.tolist(), 0)
    grades = dict.fromkeys(wages, grade or ladder.start)
    plain = Ladder(name=ladder.name, grades=ladder.grades)
    return Standings.from_wages(staff, plain, wages, on="2026-01-01", grades=grades)


def half(period: str, *, points: Any = 0, **more: Any) -> Measures:
    """Measures of one manager, the score among them."""
    values = {"score": MeasureColumn("points", np.array([points]), np.zeros(1, bool)), **more}
    return Measures(manager=["M0"], period=period, values=values)


def course(ladder: Ladder, points: list[int], grade: str = "", **more: list[Any]) -> list[str]:
    """Review one manager half-year by half-year, and give the grades; every review is verified."""
    standings, period, grades = start(ladder, grade=grade), Period.of("2026H1"), []
    for i, number in enumerate(points):
        measures = half(str(period), points=number, **{k: [v[i]] for k, v in more.items()})
        found = review(measures, None, standings, ladder, period=period)
        verify_reviews(measures, None, standings, ladder, found, period=period)
        standings, period = found.standings, period.next()
        grades.append(found.grade[0])
    return grades


@given(pay_cases())
def test_reviews_are_those_of_the_verifier(case: PayCase) -> None:
    """Over several half-years: every column and counter of the next standings."""
    standings = case.standings
    for measures in case.measures:
        if len(measures):
            period = measures.period[0]
            found = review(measures, None, standings, case.ladder, period=period)
            verify_reviews(measures, None, standings, case.ladder, found, period=period)
            standings = found.standings


def test_bands_set_the_grade_and_with_it_the_base_salary() -> None:
    """From the first day after the period."""
    ladder = made()
    found = review(half("2026H1", points=80), None, start(ladder), ladder, period="2026H1")
    assert found.grade.tolist() == ["C"]
    assert found.base_salary.tolist() == [4_000_00]
    assert found.standings.since.astype(str).tolist() == ["2026-07-01"]


def test_several_bands_count_by_the_worst() -> None:
    """A good score does not make up for few visits."""
    ladder = made(bands=(Bands([50, 80]), Bands([3, 6], "visits")))
    assert course(ladder, [90, 90], visits=[4, 2]) == ["B", "A"]


def test_moves_can_need_several_reviews_in_a_row() -> None:
    """And start again when one points elsewhere."""
    ladder = made(running_up=2)
    assert course(ladder, [60, 40, 60, 60]) == ["A", "A", "A", "B"]
    assert course(made(running_down=2), [10, 10], grade="B") == ["B", "A"]


def test_steps_and_time_in_grade_hold_a_rise_back() -> None:
    """One grade at once, not before the second review."""
    assert course(made(max_step=1), [90, 90]) == ["B", "C"]
    assert course(made(min_reviews=2), [90, 90]) == ["A", "C"]


def test_standards_to_keep_and_to_rise_stand_beside_the_bands() -> None:
    """Who fails to keep falls one grade; who fails to promote stays."""
    ladder = made(keep=at_least("visits", 2), promote=at_least("visits", 5))
    assert course(ladder, [90, 90], visits=[4, 5]) == ["A", "C"]
    assert course(ladder, [90], grade="C", visits=[1]) == ["B"]


def test_a_long_leave_is_not_judged() -> None:
    """Grade, counters and time in grade stay."""
    ladder = made(exclude=below("presence", "50%"), running_down=2)
    grades = course(ladder, [10, 10, 10], grade="B", presence=["1", "0.4", "1"])
    assert grades == ["B", "B", "A"]


def test_slack_keeps_a_grade_at_the_edge() -> None:
    """Up by two points more, down by two points less."""
    ladder = made(bands=(Bands([50, 80], slack=2),))
    assert course(ladder, [51, 52, 49, 47]) == ["A", "B", "B", "A"]


def test_a_notice_fixes_the_move() -> None:
    """A good review after it changes nothing."""
    ladder = made(bands=(), moves=(Move("B", "A", below("score", 50), notice=2),))
    assert course(ladder, [40, 90, 90], grade="B") == ["B", "B", "A"]


def test_what_is_paid_above_a_lower_grade_goes_in_parts() -> None:
    """A second fall starts from what was still paid."""
    ladder = made(transition=Transition(hold=2, taper=5))
    first = review(half("2026H1", points=60), None, start(ladder, grade="C"), ladder, period="2026H1")
    assert first.standings.protected.tolist() == [1_000_00]
    assert first.protection_cost.tolist() == [2_000_00 + 800_00 + 600_00 + 400_00 + 200_00]
    second = review(half("2026H2"), None, first.standings, ladder, period="2026H2")
    assert second.standings.protected.tolist() == [1_000_00 + 200_00]


CASE_7 = Ladder(
    name="Shenzhen",
    grades=(
        Grade("ended", contract="none"),
        Grade("agent", contract="agent"),
        Grade("probation", contract="employee"),
        Grade("confirmed", contract="employee"),
    ),
    start="agent",
    moves=(
        Move(
            "agent",
            "probation",
            AllOf.of(at_least("assets", 5_000_000 * YUAN), at_least("accounts", 20)),
        ),
        Move(
            "agent",
            "ended",
            Running(
                "agent below keep",
                Not(AnyOf.of(at_least("new_accounts", 3), at_least("new_assets", 300_000 * YUAN))),
                6,
            ),
        ),
        Move(
            "probation",
            "confirmed",
            AllOf.of(
                Running(
                    "assets",
                    at_least(
                        "assets",
                        By("region", {"first": 8_000_000 * YUAN, "second": 6_000_000 * YUAN}),
                    ),
                    3,
                ),
                at_least("accounts", 30),
            ),
        ),
        Move("probation", "agent", after=6),
        Move(
            "confirmed",
            "agent",
            Running("employee below keep", Not(at_least("new_accounts", 3)), 3),
            notice=1,
        ),
    ),
)


def career(assets: list[int], accounts: list[int], new: list[int], region: str, grade: str) -> list[str]:
    """Review one career month by month; assets in ten thousand yuan."""
    standings, period, grades = start(CASE_7, grade=grade), Period.of("2026-01"), []
    for worth, many, fresh in zip(assets, accounts, new, strict=True):
        values = {
            "assets": MeasureColumn.money([worth * 10_000 * YUAN]),
            "new_assets": MeasureColumn.money([0]),
            "accounts": [many],
            "new_accounts": [fresh],
            "region": [region],
        }
        month = Measures(manager=["M0"], period=str(period), values=values)
        found = review(month, None, standings, CASE_7, period=period)
        verify_reviews(month, None, standings, CASE_7, found, period=period)
        standings, period = found.standings, period.next()
        grades.append(found.grade[0])
    return grades


def test_visible_case_7_an_agent_rises_and_is_confirmed() -> None:
    """Five million and 20 accounts; then eight million three months running, and 30 accounts."""
    found = career([400, 500, 800, 800, 800], [20, 20, 30, 30, 30], [3] * 5, "first", "agent")
    assert found == ["agent", "probation", "probation", "probation", "confirmed"]


def test_visible_case_7_less_is_asked_in_the_second_region_class() -> None:
    """Six million are enough there, and not elsewhere."""
    assert career([600] * 3, [30] * 3, [3] * 3, "second", "probation")[-1] == "confirmed"
    assert career([600] * 3, [30] * 3, [3] * 3, "first", "probation")[-1] == "probation"


def test_visible_case_7_probation_expires() -> None:
    """After six months unmet: agent again."""
    found = career([100] * 6, [30] * 6, [3] * 6, "first", "probation")
    assert found == ["probation"] * 5 + ["agent"]


def test_visible_case_7_an_agent_below_keep_six_months_running_is_ended() -> None:
    """One good month starts the count again."""
    assert career([0] * 6, [0] * 6, [0] * 6, "first", "agent")[-1] == "ended"
    assert career([0] * 7, [0] * 7, [0, 3, 0, 0, 0, 0, 0], "first", "agent")[-1] == "agent"


def test_visible_case_7_an_employee_below_keep_gets_notice_first() -> None:
    """Three months running, one month's notice, then agent."""
    found = career([0] * 4, [0] * 4, [0] * 4, "first", "confirmed")
    assert found == ["confirmed", "confirmed", "confirmed", "agent"]


def test_scores_join_the_measures() -> None:
    """With the present grade as a label, on which conditions may depend."""
    ladder = made(promote=at_least("visits", By("grade", {"A": 4, "B": 9, "C": 0})))
    card = Scorecard(name="c", criteria=(Criterion("visits", 1, 5),))
    measures = Measures(manager=["M0"], period="2026H1", values={"visits": [5]})
    scores = score(measures, card)
    found = review(measures, scores, start(ladder), ladder, period="2026H1")
    verify_reviews(measures, scores, start(ladder), ladder, found, period="2026H1")
    assert found.grade.tolist() == ["C"]
    other = score(Measures(manager=["M9"], period="2026H1", values={"visits": [5]}), card)
    with pytest.raises(DataError, match="cannot join scores and measures"):
        review(measures, other, start(ladder), ladder, period="2026H1")


def test_a_watch_by_rank_only_flags() -> None:
    """Where it is asked for by name; the grade stays."""
    watch = Watch(at_most("rank", 1), support=at_least("visits", 0), allow_rank=True)
    ladder = made(bands=(), watch=watch)
    card = Scorecard(name="c", criteria=(Criterion("visits", 1, 5),))
    measures = Measures(manager=["M0", "M1"], period="2026H1", values={"visits": [5, 1]})
    found = review(measures, score(measures, card), start(ladder, 2), ladder, period="2026H1")
    assert found.standings.watch.tolist() == ["", "warned"]
    assert found.by_rank
    assert found.grade.tolist() == ["A", "A"]


def test_standings_of_another_ladder_are_refused() -> None:
    """By the name that they carry, and by grades that this one does not have."""
    other = Ladder(name="other", grades=THREE)
    with pytest.raises(DataError, match="a grade of the ladder 'l': A, B, C"):
        review(half("2026H1"), None, start(other), made(), period="2026H1")


def test_a_manager_without_a_standing_is_named() -> None:
    """So is a standing that begins after the period."""
    nobody = start(made()).take([])
    with pytest.raises(DataError, match="expected a manager with a standing"):
        review(half("2026H1"), None, nobody, made(), period="2026H1")
    with pytest.raises(DataError, match="expected a standing that began by 2025-12-31"):
        review(half("2025H2"), None, start(made()), made(), period="2025H2")


def test_a_missing_banded_measure_is_named() -> None:
    """Nobody is placed in a band by what is missing."""
    gap = MeasureColumn("points", np.zeros(1, np.int64), np.ones(1, bool))
    measures = Measures(manager=["M0"], period="2026H1", values={"score": gap})
    with pytest.raises(DataError, match="expected a value for the bands of 'l'"):
        review(measures, None, start(made()), made(), period="2026H1")


def test_who_has_no_measures_keeps_everything() -> None:
    """Gone, or not yet there."""
    ladder = made()
    found = review(half("2026H1", points=90), None, start(ladder, 2), ladder, period="2026H1")
    assert found.grade.tolist() == ["C", "A"]
    assert "no measures" in found.explain("M1")


def test_months_are_counted_from_that_of_the_standing() -> None:
    """Whatever the day in it."""
    since = np.array(["2026-07-01", "2026-07-31", "2026-09-01"], "M8[D]")
    assert month_index(since, Period.of("2026-08")).tolist() == [1, 1, -1]
