"""Tests of credits on top."""

from fractions import Fraction

import numpy as np

from clientmgr.commission.overlays import Overlays, overlay_amounts


def test_each_overlay_is_a_rate_of_the_net_rounded_half_up() -> None:
    """Recipes without overlays give nothing; the sign follows the net."""
    overlays = Overlays.of([[(0, Fraction(1, 2)), (1, Fraction(1, 3))], [], [(2, Fraction(1, 2))]])
    which, line, amount = overlay_amounts(np.array([101, 50, -101]), np.array([0, 1, 2]), overlays)
    assert which.tolist() == [0, 0, 2]
    assert line.tolist() == [0, 1, 2]
    assert amount.tolist() == [51, 34, -51]


def test_added_books_share_their_rates() -> None:
    """Putting books together keeps every rate."""
    one = Overlays.of([[(0, Fraction(1, 2))]])
    both = Overlays.empty().added(one).added(Overlays.of([[(1, Fraction(1, 3)), (2, Fraction(1, 2))]]))
    assert both.rates == (Fraction(1, 2), Fraction(1, 3))
    assert both.rate.tolist() == [0, 1, 0]
