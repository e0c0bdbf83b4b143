"""Values with editions: what is in force on a day, and since when."""

import datetime as dt
import pickle
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.errors import DataError, RuleError
from clientmgr.periods import Dated, Edition
from clientmgr.testing.periods import check_dated_laws, civil_days, dated

BASE = Dated.of({"2026-07-01": 2_500, "2025-01-01": 2_000}, sources={"2026-07-01": "circular 12 of 2026"})


@given(dated(st.integers()), civil_days())
def test_dated_values_keep_the_published_laws(value: Dated[int], on: np.datetime64) -> None:
    """From the first edition on, every day has one in force, alone and in a column."""
    if on >= value.starts[0]:
        check_dated_laws(value, on)
    else:
        with pytest.raises(RuleError, match="nothing is in force on"):
            value.on(on)


def test_an_edition_is_in_force_from_its_first_day_until_the_next_one() -> None:
    """The change day belongs to the new edition; the last holds for good."""
    days = ["2025-01-01", "2026-06-30", "2026-07-01", "2099-12-31"]
    assert [BASE.on(on) for on in days] == [2_000, 2_000, 2_500, 2_500]
    assert BASE.edition_index(np.array(days, dtype="M8[D]")).tolist() == [0, 0, 1, 1]
    assert BASE.edition_index("2026-07-01") == 1
    assert BASE.on(dt.date(2026, 7, 1)) == 2_500


def test_an_edition_tells_its_first_day_and_its_source() -> None:
    """So that a decision can say where it stands written."""
    edition = BASE.edition_on("2026-12-31")
    assert (str(edition.start), edition.value, edition.source) == (
        "2026-07-01",
        2_500,
        "circular 12 of 2026",
    )
    assert BASE.edition_on("2026-01-01").source == ""
    assert BASE.sources == {"2026-07-01": "circular 12 of 2026"}
    assert Dated.of(BASE.to_dict(), sources=BASE.sources) == BASE


def test_editions_are_kept_in_order() -> None:
    """First days, values and editions go by time, however they were given."""
    assert BASE.starts.astype(str).tolist() == ["2025-01-01", "2026-07-01"]
    assert BASE.values == (2_000, 2_500)
    assert [edition.value for edition in BASE] == [2_000, 2_500]
    assert len(BASE) == 2
    assert Dated.of([(dt.date(2026, 7, 1), 1), ("2025-01-01", 0)]).values == (0, 1)
    assert Dated([Edition("2025-01-01", 0), Edition("2026-01-01", 1)]).editions[1].value == 1


def test_what_is_always_in_force_has_no_first_day_to_miss() -> None:
    """It starts with the calendar."""
    always = Dated.always("rule", source="since the founding")
    assert always.on("0001-01-01") == "rule"
    assert always.edition_on("2026-07-01").source == "since the founding"
    assert Dated.of(always.to_dict()).on("2026-07-01") == "rule"


def test_a_day_before_the_first_edition_has_no_rule() -> None:
    """One day is an error of the rule, a column names its rows."""
    with pytest.raises(RuleError, match=r"nothing is in force on 2024-12-31: .* starts 2025-01-01"):
        BASE.on("2024-12-31")
    days = np.array(["2025-01-01", "2024-12-31", "NaT"], dtype="M8[D]")
    with pytest.raises(DataError, match=r"2 bad rows\n.*days row 1: got 2024-12-31.*\n.*got NaT"):
        BASE.edition_index(days)
    with pytest.raises(DataError, match=r"row 0: got 2024-12-31, expected a day from 2025-01-01"):
        BASE.edition_index("2024-12-31")


def test_what_is_no_day_is_refused() -> None:
    """In a question it is an error of the data, in a rule one of the rule."""
    with pytest.raises(DataError, match="a day reads like"):
        BASE.on("2026-07")
    with pytest.raises(RuleError, match="an edition starts on a day: a day reads like"):
        Dated.of({"2026-07": 1})
    with pytest.raises(DataError, match="a day reads like"):
        Edition("2026-07", 1)


@pytest.mark.parametrize(
    "editions",
    [[("2026-01-01", 1), (dt.date(2026, 1, 1), 2)], {"2026-01-01": 1, dt.date(2026, 1, 1): 2}],
    ids=["pairs", "mapping"],
)
def test_two_editions_of_one_day_are_refused(editions: Any) -> None:
    """Also when the day is written in two ways."""
    with pytest.raises(RuleError, match="rising days, got 2026-01-01 and then 2026-01-01"):
        Dated.of(editions)


def test_editions_out_of_order_are_refused() -> None:
    """The constructor takes them as they are; `of` sorts them."""
    with pytest.raises(RuleError, match="rising days, got 2026-01-01 and then 2025-01-01"):
        Dated([Edition("2026-01-01", 1), Edition("2025-01-01", 2)])


def test_no_edition_at_all_is_refused() -> None:
    """Nothing would ever be in force."""
    with pytest.raises(RuleError, match="at least one edition"):
        Dated.of({})


def test_a_source_needs_an_edition() -> None:
    """A mistyped day would lose the source."""
    with pytest.raises(RuleError, match="a source for 2026-07-02, on which no edition starts"):
        Dated.of({"2026-07-01": 1}, sources={"2026-07-02": "circular"})


def test_a_dated_value_is_a_value() -> None:
    """Equal ones hash alike, also after pickle; the repr is short; none can be changed."""
    assert pickle.loads(pickle.dumps(BASE)) == BASE
    assert len({BASE, pickle.loads(pickle.dumps(BASE))}) == 1
    assert Dated.of(BASE.to_dict()) != BASE  # the source is part of it
    assert repr(BASE) == "Dated({'2025-01-01': 2000, '2026-07-01': 2500})"
    assert repr(BASE.editions[0]) == ("Edition(start=np.datetime64('2025-01-01'), value=2000, source='')")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        BASE.editions = ()  # type: ignore[misc]


def test_values_need_not_be_hashable() -> None:
    """A dated list is compared, but not hashed."""
    value = Dated.always([1])
    assert value == Dated.always([1])
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)
