"""How regularly clients trade."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.dormancy.cadence import find_cadence

ON = np.datetime64("2026-06-30")


def facts_of(trades: list[tuple[int, int]], **columns: object) -> cm.Facts:
    """Let three clients trade on days of 2026."""
    return cm.Facts(
        clients=cm.Clients(id=[0, 1, 2], branch="B1"),
        managers=cm.Managers(id=["M1"], branch="B1"),
        trades=cm.Trades(
            id=list(range(len(trades))),
            client=[client for client, _ in trades],
            date=np.datetime64("2026-01-01") + np.array([day for _, day in trades], np.int64),
            **columns,  # type: ignore[arg-type]
        ),
    )


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 250)), max_size=20))
@settings(max_examples=40)
def test_trading_days_and_their_gaps_are_those_of_a_list(trades: list[tuple[int, int]]) -> None:
    """First and last day, number of days, median gap; nothing after the day."""
    found = find_cadence(facts_of(trades), ON)
    days = defaultdict(set)
    for client, day in trades:
        if day <= 180:
            days[client].add(day)
    for client in range(3):
        own = sorted(days[client])
        assert found.days[client] == len(own)
        assert np.isnat(found.first[client]) == (not own)
        if own:
            assert (found.last[client] - found.first[client]).astype(int) == own[-1] - own[0]
        gaps = np.diff(own)
        assert np.isnan(found.gap[client]) if not len(gaps) else found.gap[client] == np.median(gaps)


def test_only_the_clients_own_trades_count() -> None:
    """Neither automatic ones nor reversals."""
    facts = facts_of([(0, 1), (0, 2), (0, 3)], initiated=[True, False, True], reverses=[None, None, 0])
    assert find_cadence(facts, ON).days.tolist() == [1, 0, 0]
