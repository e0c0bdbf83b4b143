"""Tests of the fast lane."""

from typing import Any

import numpy as np
import pytest

from clientmgr.commission.lane import Lane
from clientmgr.commission.shares import Recipes, share_out


def make_recipes(weights: Any, base: Any) -> Any:
    """Lay some lists of weights out over one base."""
    start = np.concatenate([[0], np.cumsum([len(each) for each in weights])])
    flat = np.array([w for each in weights for w in each], np.int64)
    return Recipes(start, np.arange(len(flat), dtype=np.int32), flat, np.full(len(weights), base))


@pytest.mark.parametrize("base", [10, 3_000_000])
def test_the_lane_splits_as_the_general_way_does_by_table_and_by_ranks(base: Any) -> None:
    """A base that is too large for a table goes through ranks; both give the general result."""
    parts = [[base], [base * 3 // 10, base - base * 3 // 10], [base // 5, base // 2, base - base // 5 - base // 2]]
    recipes = make_recipes(parts, base)
    net = np.random.default_rng(7).integers(0, 10**9, 500)
    recipe = np.arange(500) % 3
    lane = Lane(np.arange(3, dtype=np.int32), recipes, 500)
    found = lane.find(recipe)
    made = lane.split(net, found[:, 3])
    for part in share_out(net, recipe, recipes):
        for nth in range(len(part.line)):
            assert (made[nth][part.rows] == part.amount[nth]).all()
            assert (found[part.rows, nth] == part.line[nth]).all()
    assert (made.sum(axis=0) == net).all()
    assert (lane.table is None) == (base > 10)


def test_rows_without_a_recipe_have_a_negative_pattern() -> None:
    """The negative answers of a calendar row come through the lane as they are."""
    lane = Lane(np.array([0, -1, -2], np.int32), make_recipes([[1]], 1), 8)
    assert lane.find(np.array([0, 1, 2]))[:, 3].tolist() == [0, -1, -2]


def test_the_lane_serves_at_most_three_owners() -> None:
    """Longer recipes, or none at all, are left to the general way."""
    assert Lane.serves(make_recipes([[1, 1, 1]], 3))
    assert not Lane.serves(make_recipes([[1, 1, 1, 1]], 4))
    assert not Lane.serves(Recipes.empty())
