"""The watch on standards."""

from typing import Any

import numpy as np
import pytest

from clientmgr.errors import RuleError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.pay import Watch
from clientmgr.pay.watch import RUN, measures_of
from clientmgr.scoring import AllOf, Is, Not, Running, at_least, at_most
from clientmgr.scoring.conditions import Judge
from clientmgr.tables import Coded

WATCH = Watch(at_least("score", 60), support=at_least("coaching", 1))


def judge(score: list[Any], coaching: list[Any], run: list[int] | None = None) -> Judge:
    """Judge the measures of some managers."""
    values = {"score": MeasureColumn.ratio(score), "coaching": coaching}
    measures = Measures(manager=list(range(len(score))), period="2026H2", values=values)
    return Judge(measures, {} if run is None else {RUN: np.array(run)})


def test_who_misses_the_standard_goes_one_stage_on_and_who_meets_it_leaves() -> None:
    """Each review decides about one stage."""
    stage = Coded.of(["", "warned", "warned", "notice"])
    found = WATCH.advance(judge([50, 50, 60, 0], [0, 0, 0, 1]), stage, np.ones(4, bool))
    assert found.stage.tolist() == ["warned", "coached", "", "notice"]
    assert found.run.tolist() == [1, 1, 0, 1]


def test_help_comes_before_a_second_judgement() -> None:
    """Without it the stage stays, and the result says that it waits."""
    stage = Coded.of(["coached", "coached"])
    found = WATCH.advance(judge([50, 50], [0, 1]), stage, np.ones(2, bool))
    assert found.stage.tolist() == ["coached", "reassessed"]
    assert found.waiting.tolist() == [True, False]


def test_some_patience_can_be_stated() -> None:
    """The first stage comes after so many reviews in a row."""
    watch = Watch(at_least("score", 60), support=at_least("coaching", 1), running=2)
    found = watch.advance(judge([50, 50], [0, 0], [0, 1]), Coded.of(["", ""]), np.ones(2, bool))
    assert found.stage.tolist() == ["", "warned"]


def test_who_is_not_judged_keeps_stage_and_count() -> None:
    """A long leave neither helps nor harms."""
    found = WATCH.advance(judge([0], [0], [3]), Coded.of(["warned"]), np.zeros(1, bool))
    assert found.stage.tolist() == ["warned"]
    assert found.run.tolist() == [3]


def test_a_rank_is_no_standard_unless_it_is_asked_for_by_name() -> None:
    """And then the rule says so."""
    with pytest.raises(RuleError, match="coming last is not incompetence"):
        Watch(at_most("rank", 9), support=at_least("coaching", 1))
    asked = Watch(at_most("rank", 9), support=at_least("coaching", 1), allow_rank=True)
    assert asked.by_rank
    assert not WATCH.by_rank


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"stages": ()}, "stages are different names"),
        ({"stages": ("a", "a")}, "stages are different names"),
        ({"running": 0}, "running is at least 1"),
        ({"support": None}, "the stage 'reassessed' needs help before it"),
    ],
)
def test_what_cannot_be_meant_is_refused(more: dict[str, Any], fault: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match=fault):
        Watch(**{"standard": at_least("score", 60), "support": at_least("c", 1), **more})


def test_the_measures_of_a_condition_are_found_wherever_they_stand() -> None:
    """Inside and, not and runs; labels are none."""
    condition = AllOf.of(Not(at_least("a", 1)), Running("r", at_least("b", 1), 2), Is("c", ["x"]))
    assert list(measures_of(condition)) == ["a", "b"]
