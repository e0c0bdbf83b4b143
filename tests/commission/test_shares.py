"""Tests of the split kernel."""

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.commission.shares import Recipes, share_out, share_parts

WEIGHTS = st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=8), min_size=1, max_size=4)
WIDE = st.lists(st.lists(st.integers(1, 2**40), min_size=1, max_size=8), min_size=1, max_size=4)


def make_recipes(weights: Any) -> Any:
    """Lay some lists of weights out."""
    start = np.concatenate([[0], np.cumsum([len(each) for each in weights])])
    flat = np.array([w for each in weights for w in each], np.int64)
    line = np.arange(len(flat), dtype=np.int32)
    return Recipes(start, line, flat, np.array([sum(each) for each in weights], np.int64))


def split_by_fractions(net: Any, weights: Any) -> Any:
    """Split one amount by largest remainder on the absolute value."""
    exact = [Fraction(abs(net) * w, sum(weights)) for w in weights]
    made = [int(part) for part in exact]
    order = sorted(range(len(made)), key=lambda i: (made[i] - exact[i], i))
    for i in order[: abs(net) - sum(made)]:
        made[i] += 1
    return [-amount if net < 0 else amount for amount in made]


def collect(parts: Any, net: Any) -> Any:
    """Bring the parts of a split back into one list a trade."""
    made: list[list[int]] = [[] for _ in net]
    for part in parts:
        rows = range(len(net)) if part.rows is None else part.rows.tolist()
        for place, row in enumerate(rows):
            made[row] = part.amount[:, place].tolist()
    return made


@given(st.one_of(WEIGHTS, WIDE), st.data())
def test_shares_equal_fractions_for_any_weights_and_signs(weights: Any, data: st.DataObject) -> None:
    """Tables, ranks, sorted ranks and Python integers all give the largest remainder."""
    net = data.draw(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=6))
    recipe = [data.draw(st.integers(0, len(weights) - 1)) for _ in net]
    made = share_out(np.array(net, np.int64), np.array(recipe), make_recipes(weights))
    assert collect(made, net) == [split_by_fractions(n, weights[r]) for n, r in zip(net, recipe, strict=True)]


@given(WEIGHTS, st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=6))
def test_parts_tell_the_odd_fen_from_the_floor(weights: Any, net: Any) -> None:
    """Floor parts and odd fen add up to the shares, and the odd fen is never more than one."""
    recipe, recipes = np.zeros(len(net), np.int64), make_recipes(weights[:1])
    parts = list(share_parts(np.array(net, np.int64), recipe, recipes))
    whole = collect((part for part, _ in parts), net)
    assert whole == [split_by_fractions(n, weights[0]) for n in net]
    assert all(np.abs(odd).max() <= 1 for _, odd in parts)


def test_nothing_is_shared_of_nothing() -> None:
    """No trades give no parts, and recipes can be added to an empty book."""
    recipes = Recipes.empty().added(make_recipes([[1, 1]]))
    assert list(share_out(np.empty(0, np.int64), np.empty(0, np.int64), recipes)) == []
    assert len(recipes) == 1
