"""Paths that make room."""

import numpy as np

from clientmgr.allocation.paths import Seats, make_room, meet_minimum
from clientmgr.testing.allocation import make_case


def test_a_stranded_client_is_placed_by_shifting_another() -> None:
    """Whoever can go elsewhere makes room, the smallest first."""
    case = make_case(
        [[5, 4, 3]],
        2,
        eligible=np.array([[True, False], [True, True], [True, False]]),
        high=np.array([2, 1]),
    )
    seats = Seats.of(case, np.array([0, 0, -1]))
    assert make_room(case, seats)
    assert seats.owner.tolist() == [0, 1, 0]
    assert seats.counts.tolist() == [2, 1]


def test_a_client_that_cannot_be_placed_leaves_everything_as_it_was() -> None:
    """No path, no change."""
    case = make_case([[5, 4]], 1, high=np.array([1]))
    seats = Seats.of(case, np.array([0, -1]))
    assert not make_room(case, seats)
    assert seats.owner.tolist() == [0, -1]


def test_a_minimum_is_met_along_a_chain() -> None:
    """The lacking receiver is helped by one that only a third can help."""
    case = make_case(
        [[3, 2, 1]],
        3,
        eligible=np.array([[True, True, False], [True, True, False], [False, True, True]]),
        low=np.array([0, 1, 1]),
    )
    seats = Seats.of(case, np.array([0, 0, 1]))
    assert meet_minimum(case, seats)
    assert seats.counts.tolist() == [1, 1, 1]


def test_a_minimum_that_nobody_can_help_with_is_reported() -> None:
    """False, where no path exists."""
    case = make_case([[3]], 2, eligible=np.array([[True, False]]), low=np.array([0, 1]))
    assert not meet_minimum(case, Seats.of(case, np.array([0])))


def test_hours_count_for_room() -> None:
    """A receiver without hours left has no room."""
    case = make_case([[1, 1]], 1, hours=np.array([3.0, 3.0]), room=np.array([5.0]))
    seats = Seats.of(case, np.array([0, -1]))
    assert seats.fits(case, 1).tolist() == [False]
    assert not make_room(case, seats)
