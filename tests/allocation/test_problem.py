"""From facts and rule to arrays."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, Limits, Named, Need, Override
from clientmgr.allocation.problem import DIVIDED, NO_CLIENT, build_problem
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Clients, Facts, Managers

ON = np.datetime64("2026-07-01")


def facts(**columns: Any) -> Any:
    """Make four clients, one of them closed."""
    never = np.datetime64("NaT", "D")
    closed = np.array([never, never, never, "2026-06-01"], "datetime64[D]")
    return Facts(
        clients=Clients(id=["C2", "C1", "C3", "C4"], branch="B1", closed=closed, assets=[2, 1, 3, 4], **columns),
        managers=Managers(id=["M1", "M2"], branch="B1", extra={"words": ["a", "b"], "n": [1, 2]}),
    )


def build(rule: Any, some: Any = None, **totals: Any) -> Any:
    """Build the problem of the facts."""
    return build_problem(facts() if some is None else some, rule, ON, None, totals)


def test_clients_are_taken_in_id_order_and_who_closed_is_none() -> None:
    """The row order of the facts is forgotten."""
    problem = build(AllocationRule(key=None))
    assert problem.rows.tolist() == [1, 0, 2]
    assert problem.pool.tolist() == [DIVIDED, DIVIDED, DIVIDED, NO_CLIENT]
    assert len(problem) == 3
    assert problem.values[1].tolist() == [1, 2, 3]


def test_totals_of_the_caller_and_extra_columns_can_be_balanced() -> None:
    """Both by name; the caller's come first."""
    some = facts(extra={"fees": [1.5, 2.5, 3.5, 9.0]})
    rule = AllocationRule(measures=("fees", "deals"), key=None)
    problem = build(rule, some, deals=[7, 8, 9, 1])
    assert [column.tolist() for column in problem.values] == [[2.5, 1.5, 3.5], [8, 7, 9]]


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (AllocationRule(measures=("x",)), RuleError, r"no measure 'x'.*\$.measures\[0\].name"),
        (AllocationRule(measures=("word",)), DataError, "one number for each of 4 clients"),
        (AllocationRule(measures=("holes",)), DataError, r"holes row 0 \(C2\): got nan"),
        (
            AllocationRule(overrides=(Override(branch="B9", divide="key"),)),
            RuleError,
            "no branch 'B9'",
        ),
        (AllocationRule(named=(Named(client="C9", owner="M1"),)), DataError, "no 'C9'"),
        (
            AllocationRule(key=None, named=(Named(client="C1", owner="M9"),)),
            RuleError,
            r"'M9' may receive no clients in the branch of 'C1' @ \$.named\[0\].owner",
        ),
        (
            AllocationRule(needs=(Need(client="n", manager="words"),)),
            RuleError,
            r"text column 'n' of clients.extra",
        ),
        (AllocationRule(limits=Limits(hours="h")), RuleError, r"no measure 'h'.*\$.limits.hours"),
    ],
)
def test_what_is_not_there_is_refused(rule: Any, error: Any, message: Any) -> None:
    """Each with its path or rows."""
    some = facts(extra={"word": ["a", "b", "c", "d"], "n": [1, 2, 3, 4]})
    with pytest.raises(error, match=message):
        build(rule, some, holes=np.array([np.nan, 1, 2, 3]))


def test_a_problem_knows_which_branches_rules_bind() -> None:
    """Exceptions, needs, families and limits bind; a named client that is not divided does not."""
    some = facts(extra={"w": ["a", "", "", ""]}, family=["F", "F", None, None])
    plain = AllocationRule(key=None)
    assert not build(plain, some).bound_branches(plain).any()
    for rule in (
        AllocationRule(key=None, families=True),
        AllocationRule(key=None, needs=(Need(client="w", manager="words"),)),
        AllocationRule(key=None, named=(Named(client="C1", owner="M1"),)),
        AllocationRule(key=None, named=(Named(client="C1", owner="M1", never=True),)),
        AllocationRule(key=None, limits=Limits(clients=9)),
    ):
        assert build(rule, some).bound_branches(rule).all()
    closed = AllocationRule(key=None, named=(Named(client="C4", owner="M1"),))
    assert not build(closed, some).bound_branches(closed).any()
