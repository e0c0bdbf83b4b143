"""Tests of clawback."""

import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.commission import ClawbackBand, ClawbackEvents, ClawbackRule, GivenCredits, claw_back
from clientmgr.errors import DataError, RuleError

DAY = np.datetime64("2026-01-31")
RULE = ClawbackRule(bands=[ClawbackBand(months_below=6, rate="100%"), (12, "50%"), (24, "1/3")])


def give(*amounts: Any) -> Any:
    """Give some credits on one day."""
    return GivenCredits(id=list(range(len(amounts))), date=DAY, amount=list(amounts))


def happen(*events: Any) -> Any:
    """Make events of (credit, day)."""
    credit, day = zip(*events, strict=True)
    return ClawbackEvents(id=list(range(len(events))), credit=list(credit), date=np.array(day, "M8[D]"))


def test_the_rate_follows_the_months_since_the_credit() -> None:
    """A month is completed on the same day number, or on the last day of a shorter month."""
    events = happen((0, "2026-07-30"), (1, "2026-07-31"), (2, "2027-01-31"), (3, "2028-01-31"))
    taken = claw_back(give(90, 90, 90, 90), RULE, events=events)
    assert taken.months.tolist() == [5, 6, 12, 24]
    assert taken.amount.tolist() == [-90, -45, -30, 0]
    assert taken.after.tolist() == [0, 45, 60, 90]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=4), st.data())
def test_no_more_than_the_credit_is_ever_taken(amounts: Any, data: st.DataObject) -> None:
    """Whatever the events, what remains has the credit's sign, and taken plus left is what was given."""
    places = st.integers(0, len(amounts) - 1)
    days = st.integers(0, 900).map(lambda n: str(DAY + n))
    events = data.draw(st.lists(st.tuples(places, days), min_size=1, max_size=8))
    taken = claw_back(give(*amounts), RULE, events=happen(*events))
    for place, amount in enumerate(amounts):
        mine = taken.credit == place
        left = amount + int(taken.amount[mine].sum())
        assert 0 <= left * (1 if amount >= 0 else -1) <= abs(amount)
        assert list(taken.after[mine][-1:]) in ([], [left])


def test_events_of_one_day_count_in_the_order_of_their_ids() -> None:
    """Rows in any order give the same."""
    one = claw_back(give(100), RULE, events=happen((0, "2026-08-01"), (0, "2026-08-01")))
    events = ClawbackEvents(id=[1, 0], credit=0, date=np.datetime64("2026-08-01"))
    assert one.event.tolist() == [0, 1]
    assert claw_back(give(100), RULE, events=events).amount.tolist() == one.amount.tolist() == [-50, -25]


def test_clawbacks_show_and_explain_themselves() -> None:
    """`repr`, `explain`, columns and pickle."""
    taken = claw_back(give(100), RULE, events=happen((0, "2026-08-01")))
    assert repr(taken) == "Clawbacks(1 events take back -50 fen)"
    assert taken.explain(0) == "0: -50 of 100 after 6 months, 50 remain"
    assert taken.explain(7) == "nothing was taken back of 7"
    assert pickle.loads(pickle.dumps(taken)).to_columns()["after"].tolist() == [50]
    assert repr(give(1)) == "GivenCredits(1 rows)"
    assert repr(happen((0, "2026-08-01"))) == "ClawbackEvents(1 rows)"


def test_no_events_take_nothing() -> None:
    """An empty table of events is an empty result."""
    none = ClawbackEvents(id=[], credit=[], date=np.empty(0, "M8[D]"))
    assert len(claw_back(give(100), RULE, events=none)) == 0


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: ClawbackRule(bands=[(12, "1"), (12, "1/2")]), "months_below must rise from 1, got [12, 12]"),
        (lambda: ClawbackRule(bands=[(0, "1")]), "months_below must rise from 1, got [0]"),
        (lambda: ClawbackRule(bands=[(1, "2")]), "rate must be between 0 and 1, got 200% @ $.bands[0].rate"),
        (lambda: ClawbackRule(bands=[], rounding="odd"), "rounding must be one of half_up"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(make: Any, told: str) -> None:
    """Bands rise, and no rate is beyond the whole."""
    with pytest.raises(RuleError, match=re.escape(told)):
        make()


def test_events_must_bear_on_a_credit_that_was_given() -> None:
    """Unknown credits and events before them are listed together."""
    with pytest.raises(DataError, match="2 bad rows") as caught:
        claw_back(give(100), RULE, events=happen((9, "2026-08-01"), (0, "2026-01-30")))
    assert [f.column for f in caught.value.findings] == ["credit", "date"]
