"""Strategies for ids, days and amounts."""

from functools import partial
from operator import eq

import numpy as np
from hypothesis import find, given

from clientmgr.testing import amounts, days, id_lists


@given(id_lists(min_size=2, max_size=5))
def test_ids_are_distinct_and_of_one_kind(ids: list[str | int]) -> None:
    """As many as asked for."""
    assert 2 <= len(ids) <= 5
    assert len(set(ids)) == len(ids)
    assert len({type(id_) for id_ in ids}) == 1


@given(id_lists(integer=False), id_lists(integer=True))
def test_the_kind_of_ids_can_be_chosen(text: list[str | int], whole: list[str | int]) -> None:
    """Text is never empty."""
    assert all(isinstance(id_, str) and id_ for id_ in text)
    assert all(isinstance(id_, int) for id_ in whole)


def test_text_ids_come_in_another_order_than_numbers() -> None:
    """The classic mistake of sorting "10" behind "9"."""
    found = find(id_lists(integer=False), lambda ids: {"9", "10"} <= set(ids) or len(ids) > 3)
    assert found


@given(days("2026-01-15", "2026-03-15"))
def test_days_are_within_their_span(day: np.datetime64) -> None:
    """Both ends included."""
    assert np.datetime64("2026-01-15") <= day <= np.datetime64("2026-03-15")


def test_both_ends_and_the_ends_of_months_are_reached() -> None:
    """A span of one day gives that day."""
    for wanted in ("2026-01-15", "2026-02-28", "2026-03-15"):
        day = np.datetime64(wanted)
        assert find(days("2026-01-15", "2026-03-15"), partial(eq, day)) == day
    assert str(find(days("2026-01-15", "2026-01-15"), bool)) == "2026-01-15"


@given(days("2026-01-01", "2026-01-31", month_ends=False))
def test_month_ends_can_be_left_to_chance(day: np.datetime64) -> None:
    """Then each day is as likely as any other."""
    assert day.astype("datetime64[M]") == np.datetime64("2026-01")


@given(amounts(zeros=False))
def test_amounts_are_above_zero_unless_dials_say_otherwise(amount: int) -> None:
    """And below the limit of an amount."""
    assert 0 < amount < 2**62


@given(amounts(ties=False, largest=10), amounts(largest=10))
def test_amounts_stay_within_their_bound(plain: int, tied: int) -> None:
    """On both sides of a small bound as well."""
    assert 0 <= plain <= 10
    assert 0 <= tied <= 10


def test_zero_and_negative_amounts_are_reached() -> None:
    """Where they may be."""
    assert find(amounts(), lambda amount: amount == 0) == 0
    assert find(amounts(negative=True), lambda amount: amount < 0) == -1


def test_a_strategy_of_days_is_shown_short() -> None:
    """Not as the thousand days that it picks from."""
    assert repr(days("2026-01-01", "2026-12-31")).endswith("map(days 2026-01-01 to 2026-12-31)")
