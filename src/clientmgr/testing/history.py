"""Strategies for what happened: trades, valuations, flows, events, service and complaints.

What is drawn are plain tuples, by strategies that are made once; a function turns them into tables
that agree with the people whom they are about.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.facts import (
    AccountEvents,
    Clients,
    Flows,
    Incidents,
    Managers,
    ServiceRecords,
    Trades,
    Valuations,
)
from clientmgr.tables import Codes, Days
from clientmgr.testing.dials import FIRST, Settings
from clientmgr.testing.people import to_days

__all__ = ["History", "histories", "make_history"]

FEW = 3
WHO = st.integers(0, 30)
KINDS = st.tuples(
    st.sampled_from(["buy", "sell"]),
    st.sampled_from(["", "SH", "SZ"]),
    st.sampled_from(["", "stock", "fund"]),
    st.sampled_from([True, True, True, False]),
)
PARTS = ((1,), (2,), (2, 2))


@attrs.frozen
class History:
    """What happened, as it was drawn: lists of tuples.

    The first of each tuple is a number that picks one of those who were there, the second a day,
    which is brought into the time of whom the number picks.
    """

    trades: list[tuple[int, np.datetime64, int, int, tuple[str, str, str, bool]]]
    reversals: list[tuple[int, int, int]]
    valuations: list[tuple[int, np.datetime64, int]]
    flows: list[tuple[int, np.datetime64, int, int]]
    events: list[tuple[int, np.datetime64, str]]
    records: list[tuple[int, np.datetime64, str, int]]
    incidents: list[tuple[int, np.datetime64, str]]


def histories(dials: Settings) -> st.SearchStrategy[History]:
    """Draw what happened, whoever is there for it to happen to."""

    def acts(most: int, *values: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
        """Draw some acts: who, when and further values."""
        one = st.tuples(WHO, dials.days, *values)
        return st.lists(one, min_size=min(least, most), max_size=most)

    parts = st.tuples(WHO, st.integers(0, len(PARTS) - 1), st.integers(0, 40))
    return st.builds(
        History,
        acts(dials.max_trades, dials.fees, dials.fees, KINDS, least=1),
        st.lists(parts, max_size=FEW if dials.reversals else 0, unique_by=lambda part: part[0]),
        acts(FEW, dials.assets),
        acts(FEW, dials.fees, st.sampled_from([1, -1])),
        acts(FEW, st.sampled_from(["login", "interest"])),
        acts(FEW, st.sampled_from(["call", "visit", "study"]), st.integers(0, 90)),
        acts(FEW - 1, st.sampled_from(["complaint", "compliance"])),
    )


def make_history(history: History, clients: Clients, managers: Managers, as_of: np.datetime64) -> dict[str, Any]:
    """Make the tables of what people did up to a day.

    Returns:
        The tables of history by their names in `Facts`, and the clients with what follows from it:
        their last own trades.
    """
    customers = _Spans.of(clients.opened, clients.closed, as_of)
    staff = _Spans.of(managers.joined, managers.left, as_of)
    trades = _make_trades(history, clients, customers)
    return {
        "clients": attrs.evolve(clients, last_trade=_last_trades(clients, trades)),
        "trades": trades,
        "valuations": _make_valuations(history, clients, customers),
        "flows": _make_flows(history, clients, customers),
        "events": _make_events(history, clients, customers),
        "records": _make_records(history, managers, staff),
        "incidents": _make_incidents(history, managers, staff),
    }


@attrs.frozen(eq=False)
class _Spans:
    """The days of history on which each client or manager was there; `rows` are those with any."""

    first: Days
    last: Days
    rows: Codes

    @classmethod
    def of(cls, since: Days, until: Days, as_of: np.datetime64) -> "_Spans":
        """Cut the time of each at the ends of history."""
        first = np.fmax(since, FIRST)
        last = np.fmin(until - 1, as_of)
        return cls(first, last, np.flatnonzero(first <= last).astype(np.int32))

    def place(self, acts: Sequence[Any]) -> tuple[Codes, Days, list[tuple[Any, ...]]]:
        """Let each act pick somebody who was there, and bring its day into that time.

        Returns:
            The row of each, the day, and what else was drawn; nothing where nobody was there.
        """
        if not len(self.rows):
            return np.empty(0, np.int32), to_days([]), []
        rows = self.rows[np.array([act[0] for act in acts], np.intp) % len(self.rows)]
        days = to_days([act[1] for act in acts])
        days = np.clip(days, self.first[rows], self.last[rows])
        return rows, days, [act[2:] for act in acts]


def _make_trades(history: History, clients: Clients, spans: _Spans) -> Trades:
    """Make trades with their commissions, and those that take some of them back.

    Each client's last trade before history is among them; and there is at least one trade where
    there is anybody, since a table without rows would answer for no day.
    """
    rows, date, more = spans.place(history.trades)
    old = np.flatnonzero(~np.isnat(clients.last_trade)).astype(np.int32)
    more = [(0, 0, ("buy", "", "", True))] * len(old) + more
    rows = np.concatenate([old, rows])
    plain = Trades(
        id=np.arange(1, len(rows) + 1),
        client=clients.id[rows],
        date=np.concatenate([clients.last_trade[old], date]),
        side=[side for *_, (side, _, _, _) in more],
        market=[market for *_, (_, market, _, _) in more],
        product=[product for *_, (_, _, product, _) in more],
        turnover=np.array([max(one, other) for one, other, _ in more], np.int64),
        commission=np.array([min(one, other) // 10 for one, other, _ in more], np.int64),
        initiated=np.array([own for *_, (_, _, _, own) in more], bool),
    )
    return _add_reversals(history, plain, spans.last[rows])


def _add_reversals(history: History, trades: Trades, last: Days) -> Trades:
    """Add trades that take others back: the whole, a half, or two halves of the same trade."""
    count = max(len(trades), 1)
    chosen = {which % count: (parts, later) for which, parts, later in history.reversals}
    takes = [(row, share, later) for row, (p, later) in chosen.items() for share in PARTS[p]]
    if not takes or not len(trades):
        return trades
    row, share, later = (np.array(column) for column in zip(*takes, strict=True))
    made = Trades(
        id=np.arange(len(takes)) + len(trades) + 1,
        client=trades.client[row],
        date=np.minimum(trades.date[row] + later, np.fmax(last[row], trades.date[row])),
        side=trades.side[row],
        market=trades.market[row],
        product=trades.product[row],
        turnover=-(trades.turnover[row] // share),
        commission=-(trades.commission[row] // share),
        initiated=trades.initiated[row],
        reverses=trades.id[row],
    )
    return Trades.concat([trades, made])


def _last_trades(clients: Clients, trades: Trades) -> Days:
    """Find the last trade of each client that it ordered itself, in or before history."""
    last = clients.last_trade.copy()
    own = np.flatnonzero(trades.initiated & trades.reverses.missing)
    for row, day in zip(clients.rows(trades.client[own]).tolist(), trades.date[own], strict=True):
        last[row] = np.fmax(last[row], day)
    return last


def _make_valuations(history: History, clients: Clients, spans: _Spans) -> Valuations:
    """Make valuations: zero on each client's first day, what was drawn between, assets at last."""
    rows, days, more = spans.place(history.valuations)
    value = {(row, spans.first[row]): 0 for row in spans.rows.tolist()}
    value |= {(row, day): amount for row, day, (amount,) in zip(rows.tolist(), days, more, strict=True)}
    value |= {(row, spans.last[row]): clients.assets[row].item() for row in spans.rows.tolist()}
    return Valuations(
        client=clients.id[np.array([row for row, _ in value], np.intp)],
        date=to_days([day for _, day in value]),
        assets=np.array(list(value.values()), np.int64),
    )


def _make_flows(history: History, clients: Clients, spans: _Spans) -> Flows:
    """Make money paid in and out."""
    rows, date, more = spans.place(history.flows)
    amount = np.array([size * sign for size, sign in more], np.int64)
    return Flows(client=clients.id[rows], date=date, amount=amount)


def _make_events(history: History, clients: Clients, spans: _Spans) -> AccountEvents:
    """Make log-ins, which clients cause, and interest, which they do not."""
    rows, date, more = spans.place(history.events)
    kind = [word for (word,) in more]
    initiated = np.array([word == "login" for word in kind], bool)
    return AccountEvents(client=clients.id[rows], date=date, kind=kind, initiated=initiated)


def _make_records(history: History, managers: Managers, spans: _Spans) -> ServiceRecords:
    """Make acts of service."""
    rows, date, more = spans.place(history.records)
    return ServiceRecords(
        id=np.arange(1, len(rows) + 1),
        manager=managers.id[rows],
        date=date,
        kind=[word for word, _ in more],
        minutes=np.array([minutes for _, minutes in more], np.int64),
    )


def _make_incidents(history: History, managers: Managers, spans: _Spans) -> Incidents:
    """Make complaints and breaches of compliance."""
    rows, date, more = spans.place(history.incidents)
    ids = np.arange(1, len(rows) + 1)
    return Incidents(id=ids, manager=managers.id[rows], date=date, kind=[word for (word,) in more])
