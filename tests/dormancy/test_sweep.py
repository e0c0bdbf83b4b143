"""The sweep over days opens, renews, refuses and closes claims."""

import numpy as np

from clientmgr.dormancy.sweep import (
    AWAKE,
    BARRED,
    DAILY_LIMIT,
    LAPSED,
    NEVER,
    NOT_IN_POOL,
    OPEN_LIMIT,
    OPENED,
    RENEWED,
    WOKEN,
    Contacts,
    Limits,
    sweep_claims,
)

FREE = Limits(idle_days=10, window_days=10, daily=NEVER, open=NEVER, same_day=True)


def contacts(*rows: tuple[int, int, int]) -> Contacts:
    """Make contacts of (day, manager, spell)."""
    day, manager, spell = np.array(rows, np.int64).reshape(-1, 3).T
    return Contacts(manager, spell, day)


def test_each_contact_has_an_outcome() -> None:
    """Opened, renewed, outside the pool, awake, barred."""
    rows = contacts((1, 0, 0), (2, 0, 0), (2, 0, -1), (3, 0, 1), (9, 1, 0))
    found = sweep_claims(rows, np.array([5, NEVER]), np.array([False, True]), FREE, 20)
    assert found.outcome.tolist() == [OPENED, RENEWED, NOT_IN_POOL, BARRED, AWAKE]
    assert found.claim.tolist() == [0, 0, -1, -1, -1]
    assert (found.opened.tolist(), found.last.tolist(), found.end.tolist()) == ([1], [2], [WOKEN])
    assert found.competes.tolist() == [True]


def test_a_lapsed_claim_can_be_opened_again() -> None:
    """It is another claim of the same pair."""
    found = sweep_claims(contacts((1, 0, 0), (12, 0, 0)), np.array([NEVER]), np.zeros(1, bool), FREE, 22)
    assert found.outcome.tolist() == [OPENED, OPENED]
    assert found.end.tolist() == [LAPSED, 0]
    assert found.pair.tolist() == [0, 0]
    again = sweep_claims(contacts((1, 0, 0), (11, 0, 0)), np.array([NEVER]), np.zeros(1, bool), FREE, 22)
    assert again.outcome.tolist() == [OPENED, RENEWED]


def test_the_tighter_limit_is_named() -> None:
    """Refusals say which limit was reached first."""
    rows = contacts((1, 0, 0), (1, 0, 1), (1, 0, 2))
    for daily, at_once, reason in ((1, 2, DAILY_LIMIT), (2, 1, OPEN_LIMIT)):
        limits = Limits(10, 10, daily, at_once, same_day=True)
        found = sweep_claims(rows, np.full(3, NEVER), np.zeros(3, bool), limits, 5)
        assert found.outcome.tolist() == [OPENED, reason, reason]


def test_nothing_happens_in_an_empty_world() -> None:
    """No contacts and no stays."""
    found = sweep_claims(contacts(), np.empty(0, np.int64), np.zeros(0, bool), FREE, 5)
    assert len(found.outcome) == len(found.pair) == 0
