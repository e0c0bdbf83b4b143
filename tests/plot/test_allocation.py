"""The picture of a division."""

from typing import Any

import pytest

from clientmgr.allocation import AllocationRule, Division, allocate
from clientmgr.errors import DataError
from clientmgr.facts import Clients, Facts, Managers

matplotlib = pytest.importorskip("matplotlib")
plot = pytest.importorskip("clientmgr.plot")


def division() -> Division:
    """Divide one branch."""
    facts = Facts(
        clients=Clients(id=["C1", "C2", "C3"], branch="B1", assets=[300, 200, 100]),
        managers=Managers(id=["M1", "M2"], branch="B1"),
    )
    return allocate(facts, AllocationRule(key=None), on="2026-07-01")


def heights(axis: Any) -> list[list[float]]:
    """Read the heights of the bars, series by series."""
    return [[bar.get_height() for bar in group] for group in axis.containers]


def test_bars_are_loads_and_lines_are_targets() -> None:
    """One bar a book."""
    axis = plot.plot_loads(division(), "assets")
    assert heights(axis) == [(division().certificate.books.load[1::2] / 10**8).tolist()]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["M1", "M2"]


def test_what_was_held_before_stands_beside() -> None:
    """Clients whose former owner is gone are in no bar."""
    figure = matplotlib.figure.Figure()
    axis = figure.add_subplot()
    assert plot.plot_loads(division(), "count", before=["M1", "M1", None], ax=axis) is axis
    assert heights(axis) == [[2.0, 0.0], [2.0, 1.0]]


@pytest.mark.parametrize("asked", [{"measure": "fees"}, {"measure": "assets", "branch": "B9"}])
def test_what_is_not_there_cannot_be_drawn(asked: Any) -> None:
    """Neither an unknown measure nor an unknown branch."""
    with pytest.raises(DataError, match="the division has no"):
        plot.plot_loads(division(), **asked)
