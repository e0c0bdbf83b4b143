"""Conditions on measures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.check.scoring import holds, read_rows
from clientmgr.errors import CheckError, DataError, RuleError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.scoring import (
    AllOf,
    AnyOf,
    By,
    Comparison,
    Condition,
    Is,
    Not,
    Running,
    above,
    at_least,
    at_most,
    below,
)
from clientmgr.scoring.conditions import Judge, running_names
from clientmgr.testing.scoring import NAMES, conditions

CELLS = st.lists(st.one_of(st.none(), st.integers(-10, 110)), min_size=4, max_size=4)


def table(**values: object) -> Measures:
    """Measures of two managers."""
    return Measures(manager=["M1", "M2"], period="2026-07", values=values)


@given(conditions(), st.lists(CELLS, min_size=1, max_size=4))
def test_a_column_is_judged_as_each_row_by_itself(condition: Condition, rows: list[list[int | None]]) -> None:
    """Yes, no and unknown agree with the verifier's own code, missing data and all."""
    values = {n: MeasureColumn.count([r[k] for r in rows]) for k, n in enumerate(NAMES)}
    measures = Measures(manager=list(range(len(rows))), period="2026", values=values)
    yes, known = Judge(measures).judge(condition)
    found = [bool(y) if k else None for y, k in zip(yes, known, strict=True)]
    assert found == [holds(condition, row) for row in read_rows(measures)]


def test_levels_may_depend_on_a_label() -> None:
    """A threshold by region class."""
    measures = table(assets=[7, 7], region=["first", "second"])
    condition = at_least("assets", By("region", {"first": 8, "second": 6}))
    assert Judge(measures).decide(condition).tolist() == [False, True]
    assert str(condition) == "assets >= (by region: first 8, second 6)"


def test_a_label_can_be_asked_for() -> None:
    """One of some words."""
    measures = table(region=["first", "second"])
    judge = Judge(measures)
    assert judge.decide(Is("region", ["second", "third"])).tolist() == [False, True]
    assert judge.evidence[0].value(1) == "second"
    assert str(Is("region", ["second", "third"])) == "region is second or third"


def test_what_hangs_on_a_missing_measure_is_an_error_where_it_matters() -> None:
    """For the rows that are asked about, and only there."""
    judge = Judge(table(visits=[None, 3]))
    condition = at_least("visits", 2)
    assert judge.decide(condition, np.array([False, True])).tolist() == [False, True]
    with pytest.raises(DataError, match=r"\(M1\): got 'missing', expected what decides: visits >= 2"):
        judge.decide(condition)
    assert judge.evidence[0].value(0) == "missing"
    assert judge.evidence[0].value(1) == "3"


def test_a_run_counts_and_restarts() -> None:
    """Each review in a row adds one; a no or an unknown starts again."""
    condition = Running("keep", at_least("visits", 3), 2)
    judge = Judge(table(visits=[3, 1]), {"keep": np.array([1, 1])})
    assert judge.decide(condition).tolist() == [True, False]
    assert judge.runs["keep"].tolist() == [2, 0]
    assert judge.evidence[-1].value(0) == "2"
    unknown = Judge(table(visits=[None, 3]), {"keep": np.array([1, 1])})
    assert unknown.decide(condition).tolist() == [False, True]
    assert str(condition) == "visits >= 3 2 times running"


def test_runs_are_named_wherever_they_stand() -> None:
    """Inside and, or, not and other runs."""
    run = Running("a", Running("b", below("x", 1), 2), 3)
    assert list(running_names(AllOf.of(Not(run), AnyOf.of(above("y", 2))))) == ["a", "b"]


def test_conditions_are_written_as_they_are_read() -> None:
    """Brackets where a part joins others."""
    condition = AllOf.of(at_least("a", 1), AnyOf.of(at_most("b", 2), Not(above("c", "1.5"))))
    assert str(condition) == "a >= 1 and (b <= 2 or not c > 1.5)"


def test_conditions_that_cannot_be_meant_are_refused() -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match="a sign is <, <=, > or >=, got '=='"):
        Comparison("a", "==", 1)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="joins at least one part"):
        AllOf.of()
    with pytest.raises(RuleError, match="expected a condition such as at_least"):
        AnyOf.of("visits >= 3")  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="a run has a name and at least 1 time"):
        Running("", at_least("a", 1), 1)


def test_the_verifier_cannot_judge_a_run_from_one_row() -> None:
    """A run needs the standings."""
    with pytest.raises(CheckError, match="a run cannot be judged from one row"):
        holds(Running("a", at_least("x", 1), 1), {"x": 1})
