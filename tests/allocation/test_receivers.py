"""Who may receive clients."""

from typing import Any

import numpy as np
import pytest

from clientmgr.allocation import AllocationRule, Bar, Need
from clientmgr.allocation.receivers import find_nobody, find_receivers, refuse_nobody
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Clients, Facts, Managers, Memberships

ON = np.datetime64("2026-07-01")


def firm(**columns: Any) -> Any:
    """Make six managers of two branches, one head, one without licence, one gone, one to come."""
    never = np.datetime64("NaT", "D")
    return Facts(
        clients=Clients(id=["C1", "C2"], branch=["B1", "B3"]),
        managers=Managers(
            id=["M6", "M1", "M2", "M3", "M4", "M5"],
            branch=["B1", "B2", "B1", "B1", "B1", "B1"],
            ability=[0.5, 1, 1.5, 1, 1, 1],
            head=[False, False, False, True, False, False],
            licence=[True, True, True, True, False, True],
            left=np.array([never] * 5 + ["2026-07-01"], dtype="datetime64[D]"),
            extra={"skills": ["a b", "", "b", "", "", ""]},
        ),
        **columns,
    )


def test_only_who_serves_and_passes_the_bar_receives() -> None:
    """Heads, leavers and who has no licence do not; branches and ids are in order."""
    found = find_receivers(firm(), AllocationRule(), ON)
    assert found.id.tolist() == ["M2", "M6", "M1"]
    assert found.weights == (3, 1, 1)
    assert found.starts.tolist() == [0, 2, 3, 3]
    assert len(found) == 3


def test_the_bar_can_ask_for_ability_and_forgo_the_licence() -> None:
    """Personal quality counts."""
    rule = AllocationRule(bar=Bar(licence=False, ability=1))
    assert find_receivers(firm(), rule, ON).id.tolist() == ["M2", "M4", "M1"]


def test_teams_join_abilities_hours_and_words_of_serving_members() -> None:
    """Strengths are complementary; who does not serve adds nothing."""
    members = Memberships(
        team=["T1", "T1", "T1", "T2", "T3"],
        manager=["M2", "M6", "M5", "M1", "M4"],
        since=np.datetime64("2026-01-01"),
    )
    rule = AllocationRule(receivers="teams", needs=(Need(client="x", manager="skills"),))
    found = find_receivers(firm(memberships=members), rule, ON)
    assert found.id.tolist() == ["T1", "T2"]
    assert found.hours.tolist() == [320.0, 160.0]
    assert found.words["skills"][0] == {"a", "b"}
    assert found.kind == "team"


def test_a_team_across_branches_is_refused() -> None:
    """Its clients would be of a branch not its own."""
    members = Memberships(team=["T1", "T1"], manager=["M2", "M1"], since=np.datetime64("2026-01-01"))
    with pytest.raises(DataError, match="members of one branch"):
        find_receivers(firm(memberships=members), AllocationRule(receivers="teams"), ON)


def test_a_need_for_a_column_that_is_not_there_is_refused() -> None:
    """The message lists the columns."""
    rule = AllocationRule(needs=(Need(client="x", manager="tongues"),))
    with pytest.raises(RuleError, match=r"text column 'tongues' .* \['skills'\]"):
        find_receivers(firm(), rule, ON)


def test_branches_with_clients_and_nobody_are_named() -> None:
    """One row for each such branch, with its first client."""
    facts = firm()
    found = find_receivers(facts, AllocationRule(), ON)
    branch = facts.branch_of_client()
    assert find_nobody(found, branch).tolist() == [2]
    with pytest.raises(DataError, match=r"clients.branch row 1 \(C2\): got 'B3'"):
        refuse_nobody(facts, found, np.arange(2), branch)
