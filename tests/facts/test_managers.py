"""Managers, their teams, their work and what was complained of."""

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.errors import DataError
from clientmgr.testing import check_table

DAY = np.datetime64("2026-06-30")


def test_the_smallest_table_of_managers_is_short_to_write() -> None:
    """A manager is able, licensed, no head, and there all the time."""
    record = cm.Managers(id=["M1"], branch="B1").to_records()[0]
    assert record == {
        "id": "M1",
        "branch": "B1",
        "ability": 1.0,
        "joined": None,
        "left": None,
        "licence": True,
        "head": False,
        "hours": 160.0,
    }


@pytest.mark.parametrize("ability", [0, -1.0])
def test_an_ability_is_above_zero(ability: float) -> None:
    """A share in proportion to nothing cannot be given."""
    with pytest.raises(DataError, match=r"managers.ability row 1 \(M2\)") as caught:
        cm.Managers(id=["M1", "M2"], branch="B", ability=[1.0, ability])
    assert caught.value.findings[0].expected == "an ability above zero"


def test_several_kinds_of_bad_rows_are_listed_together() -> None:
    """Hours, abilities and days of one table in one error."""
    with pytest.raises(DataError, match="3 bad rows") as caught:
        cm.Managers(id=[1, 2], branch="B", ability=[0, 1], hours=[160, 0], joined=DAY, left=[None, DAY - 1])
    assert [f.column for f in caught.value.findings] == ["ability", "hours", "left"]


def test_skills_are_kept_as_extra_columns() -> None:
    """What is known of a manager beyond the named columns."""
    managers = cm.Managers(id=[1], branch="B", extra={"language": ["粤"]})
    assert managers.extra["language"].tolist() == ["粤"]
    check_table(managers)


def test_a_membership_has_a_share_and_ends_after_it_begins() -> None:
    """Shares are whole numbers above zero."""
    with pytest.raises(DataError, match="2 bad rows") as caught:
        cm.Memberships(team="T", manager=["a", "b"], share=[0, 1], since=DAY, until=[None, DAY - 1])
    assert [(f.column, f.row) for f in caught.value.findings] == [("share", 0), ("until", 1)]
    check_table(cm.Memberships(team="T", manager=["a", "b"], since=DAY))


def test_a_record_of_service_may_be_without_a_client_but_not_negative() -> None:
    """Study is work too; minutes cannot be owed."""
    records = cm.ServiceRecords(id=[1], manager=["M1"], date=DAY, kind="study")
    assert records.client.tolist() == [None]
    check_table(records)
    with pytest.raises(DataError, match=r"records.minutes row 0 \(1\): got -1"):
        cm.ServiceRecords(id=[1], manager=["M1"], date=DAY, kind="study", minutes=[-1])


def test_an_incident_weighs_something() -> None:
    """One that weighs nothing is none."""
    check_table(cm.Incidents(id=[1], manager=["M1"], date=DAY, kind="complaint"))
    with pytest.raises(DataError, match=r"incidents.weight row 0 \(1\): got 0, expected a whole"):
        cm.Incidents(id=[1], manager=["M1"], date=DAY, kind="complaint", weight=[0])


def test_tables_show_their_size() -> None:
    """The repr is one short line."""
    assert repr(cm.Managers(id=[1], branch="B")) == "Managers(1 rows)"
    assert repr(cm.Memberships(team="T", manager=["a"], since=DAY)) == "Memberships(1 rows)"
