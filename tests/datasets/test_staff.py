"""The staff of branches."""

import numpy as np

from clientmgr.datasets.names import number_ids
from clientmgr.datasets.staff import Staff, hire_staff
from clientmgr.datasets.window import Window


def staff(window: Window) -> Staff:
    """Hire for three branches."""
    return hire_staff(np.array([13, 1, 25]), window, np.random.default_rng(7))


def test_from_the_middle_on_each_branch_has_the_managers_asked_for(window: Window) -> None:
    """Who joins has joined by then, who leaves has left."""
    hired = staff(window)
    managers = np.arange(hired.starts[-1])
    for day in (window.firsts[12], window.end):
        there = hired.is_there(managers, np.full(len(managers), day))
        assert np.bincount(hired.branch[managers], there).tolist() == [13, 1, 25]
    early = hired.is_there(managers, np.full(len(managers), window.first))
    assert np.bincount(hired.branch[managers], early)[0] < 13 + 1


def test_a_branch_has_a_branch_manager_and_a_deputy(window: Window) -> None:
    """They are heads, stand behind the managers, and are called H."""
    table = staff(window).to_managers(number_ids("B", 3, digits=2))
    heads = table.take(table.head)
    assert heads.branch.tolist() == ["B01", "B01", "B02", "B02", "B03", "B03"]
    assert heads.id.tolist()[:2] == ["H01", "H02"]
    assert table.id[0] == "M01"
    assert not table.head[: -len(heads)].any()


def test_abilities_are_between_one_half_and_two(window: Window) -> None:
    """Most of them near one."""
    ability = staff(window).ability
    assert ability.min() >= 0.5
    assert ability.max() <= 2.0
    assert 0.8 < np.median(ability) < 1.2


def test_a_manager_is_picked_from_the_branch_asked_for(window: Window) -> None:
    """Never a head, never of another branch."""
    hired = staff(window)
    rng = np.random.default_rng(1)
    branch = rng.integers(0, 3, 300)
    picked = hired.pick(branch, rng.random(300))
    assert (hired.branch[picked] == branch).all()
    assert not hired.head[picked].any()
