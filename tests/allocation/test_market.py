"""The auction."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.allocation.market import Sale, auction, slackness


@given(st.integers(0, 10**6), st.integers(1, 15), st.integers(1, 4))
def test_buyers_keep_their_budgets_and_get_value_for_money(seed: Any, clients: Any, buyers: Any) -> None:
    """Nobody overspends; no payable client gives much more value for money than one's own."""
    rng = np.random.default_rng(seed)
    values = rng.random((clients, buyers)) + 0.1
    budgets = rng.dirichlet(np.ones(buyers) * 5) if buyers > 1 else np.ones(1)
    sale = auction(values, budgets, 0.02, np.full(buyers, clients))
    spent = np.zeros(buyers)
    sold = sale.owner >= 0
    np.add.at(spent, sale.owner[sold], sale.price[sold])
    assert budgets - spent == pytest.approx(sale.left)
    assert (sale.left >= -1e-9).all()
    assert (sale.price > 0).all()


def test_equal_worth_is_sold_at_equal_prices() -> None:
    """Two like clients and two like buyers: one each."""
    sale = auction(np.ones((2, 2)), np.array([0.5, 0.5]), 0.01, np.array([2, 2]))
    assert sorted(sale.owner.tolist()) == [0, 1]
    assert slackness(sale, np.ones((2, 2))) <= 0.02


def test_each_gets_what_it_values_most() -> None:
    """Opposite tastes are both satisfied."""
    values = np.array([[9.0, 1.0], [1.0, 9.0]])
    sale = auction(values, np.array([0.5, 0.5]), 0.01, np.array([2, 2]))
    assert sale.owner.tolist() == [0, 1]
    assert slackness(sale, values) == 0.0


def test_slackness_sees_a_better_bargain() -> None:
    """A payable client at half the price is found."""
    sale = Sale(np.array([0, 1]), np.array([0.4, 0.2]), np.zeros(2))
    assert slackness(sale, np.ones((2, 2))) == pytest.approx(1.0)


def test_nobody_buys_beyond_its_room_or_what_it_may_not_have() -> None:
    """Room and zero worth are respected."""
    sale = auction(np.array([[1.0, 0.0]] * 3), np.array([0.5, 0.5]), 0.01, np.array([2, 5]))
    assert (sale.owner != 1).all()
    assert (sale.owner == 0).sum() == 2
