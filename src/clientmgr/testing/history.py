"""Strategies for what happened: trades, valuations, flows, events, service and complaints."""

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
from clientmgr.tables import Days
from clientmgr.testing.dials import FIRST, Settings
from clientmgr.testing.people import to_days

__all__ = ["draw_history"]

FEW = 4
WHO = st.integers(0, 50)
KINDS = st.tuples(
    st.sampled_from(["buy", "sell"]),
    st.sampled_from(["", "SH", "SZ"]),
    st.sampled_from(["", "stock", "fund"]),
    st.sampled_from([True, False]),
)


def draw_history(
    draw: st.DrawFn, dials: Settings, clients: Clients, managers: Managers, as_of: np.datetime64
) -> dict[str, Any]:
    """Draw what the people of a branch did up to a day.

    Returns:
        The tables of history by their names in `Facts`, and the clients with what follows from it:
        their last own trades.
    """
    customers = _Spans.of(clients.opened, clients.closed, as_of)
    staff = _Spans.of(managers.joined, managers.left, as_of)
    trades = _draw_trades(draw, dials, clients, customers)
    return {
        "clients": attrs.evolve(clients, last_trade=_last_trades(clients, trades)),
        "trades": trades,
        "valuations": _draw_valuations(draw, dials, clients, customers),
        "flows": _draw_flows(draw, dials, clients, customers),
        "events": _draw_events(draw, dials, clients, customers),
        "records": _draw_records(draw, dials, managers, staff),
        "incidents": _draw_incidents(draw, dials, managers, staff),
    }


@attrs.frozen(eq=False)
class _Spans:
    """The days of history on which each client or manager was there; `rows` are those with any."""

    first: Days
    last: Days
    rows: list[int]

    @classmethod
    def of(cls, since: Days, until: Days, as_of: np.datetime64) -> "_Spans":
        """Cut the time of each at the ends of history."""
        first = np.fmax(since, FIRST)
        last = np.fmin(until - 1, as_of)
        return cls(first, last, np.flatnonzero(first <= last).tolist())

    def place(self, who: Sequence[int], days: Sequence[np.datetime64]) -> tuple[list[int], Days]:
        """Let each number pick somebody who was there, and bring its day into that time."""
        if not self.rows:
            return [], to_days([])
        rows = [self.rows[number % len(self.rows)] for number in who]
        return rows, np.clip(to_days(days), self.first[rows], self.last[rows])


def _acts(
    draw: st.DrawFn, dials: Settings, most: int, *values: st.SearchStrategy[Any], least: int = 0
) -> tuple[tuple[Any, ...], ...]:
    """Draw some acts: columns of numbers that pick somebody, of days, and of further values."""
    one = st.tuples(WHO, dials.days, *values)
    acts = draw(st.lists(one, min_size=min(least, most), max_size=most))
    return tuple(zip(*acts, strict=True)) if acts else ((),) * (2 + len(values))


def _draw_trades(draw: st.DrawFn, dials: Settings, clients: Clients, spans: _Spans) -> Trades:
    """Draw trades with their commissions, and perhaps trades that take some of them back.

    Each client's last trade before history is among them; and there is at least one trade where
    there is anybody, since a table without rows would answer for no day.
    """
    most = dials.max_trades if spans.rows else 0
    who, day, one, other, kind = _acts(draw, dials, most, dials.fees, dials.fees, KINDS, least=1)
    rows, date = spans.place(who, day)
    old = np.flatnonzero(~np.isnat(clients.last_trade)).tolist()
    pairs = [(0, 0)] * len(old) + list(zip(one, other, strict=True))
    kind = (("buy", "", "", True),) * len(old) + kind
    rows = old + rows
    plain = Trades(
        id=np.arange(1, len(rows) + 1),
        client=clients.id[rows],
        date=np.concatenate([clients.last_trade[old], date]),
        side=[side for side, *_ in kind],
        market=[market for _, market, _, _ in kind],
        product=[product for _, _, product, _ in kind],
        turnover=np.array([max(pair) for pair in pairs], np.int64),
        commission=np.array([min(pair) // 10 for pair in pairs], np.int64),
        initiated=np.array([own for *_, own in kind], bool),
    )
    return _add_reversals(draw, plain, spans, rows) if dials.reversals and rows else plain


def _add_reversals(
    draw: st.DrawFn, trades: Trades, spans: _Spans, clients: Sequence[int]
) -> Trades:
    """Add trades that take others back: the whole, or two parts of the same trade."""
    rows = draw(st.lists(st.sampled_from(range(len(trades))), max_size=FEW, unique=True))
    parts = [(row, part) for row in rows for part in draw(st.sampled_from([(1,), (2,), (2, 2)]))]
    taken = np.array([row for row, _ in parts], np.intp)
    share = np.array([part for _, part in parts], np.int64)
    later = np.array([draw(st.integers(0, 40)) for _ in parts], "timedelta64[D]")
    last = np.fmax(spans.last[[clients[row] for row in taken]], trades.date[taken])
    made = Trades(
        id=np.arange(len(taken)) + len(trades) + 1,
        client=trades.client[taken],
        date=np.minimum(trades.date[taken] + later, last),
        side=trades.side[taken],
        market=trades.market[taken],
        product=trades.product[taken],
        turnover=-(trades.turnover[taken] // share),
        commission=-(trades.commission[taken] // share),
        initiated=trades.initiated[taken],
        reverses=trades.id[taken],
    )
    return Trades.concat([trades, made])


def _last_trades(clients: Clients, trades: Trades) -> Days:
    """Find the last trade of each client that it ordered itself, in or before history."""
    last = clients.last_trade.copy()
    own = np.flatnonzero(trades.initiated & trades.reverses.missing)
    for row, day in zip(clients.rows(trades.client[own]).tolist(), trades.date[own], strict=True):
        last[row] = np.fmax(last[row], day)
    return last


def _draw_valuations(
    draw: st.DrawFn, dials: Settings, clients: Clients, spans: _Spans
) -> Valuations:
    """Draw valuations: one on each client's first day, perhaps one between, the assets at last."""
    rows: list[int] = []
    date: list[np.datetime64] = []
    amount: list[int] = []
    for row in spans.rows:
        _, between, amounts = _acts(draw, dials, 2, dials.assets)
        inside = np.clip(to_days(between), spans.first[row], spans.last[row])
        days = sorted({spans.first[row], spans.last[row], *inside})
        rows += [row] * len(days)
        date += days
        amount += [*amounts, 0, 0, 0][: len(days) - 1]
        amount.append(int(clients.assets[row]))
    assets = np.array(amount, np.int64)
    return Valuations(client=clients.id[rows], date=to_days(date), assets=assets)


def _draw_flows(draw: st.DrawFn, dials: Settings, clients: Clients, spans: _Spans) -> Flows:
    """Draw money paid in and out."""
    most = FEW if spans.rows else 0
    who, day, size, sign = _acts(draw, dials, most, dials.fees, st.sampled_from([1, -1]))
    rows, date = spans.place(who, day)
    amount = np.array([a * b for a, b in zip(size, sign, strict=True)], np.int64)
    return Flows(client=clients.id[rows], date=date, amount=amount)


def _draw_events(
    draw: st.DrawFn, dials: Settings, clients: Clients, spans: _Spans
) -> AccountEvents:
    """Draw log-ins, which clients cause, and interest, which they do not."""
    most = FEW if spans.rows else 0
    who, day, kind = _acts(draw, dials, most, st.sampled_from(["login", "interest"]))
    rows, date = spans.place(who, day)
    initiated = np.array([word == "login" for word in kind], bool)
    return AccountEvents(client=clients.id[rows], date=date, kind=kind, initiated=initiated)


def _draw_records(
    draw: st.DrawFn, dials: Settings, managers: Managers, spans: _Spans
) -> ServiceRecords:
    """Draw acts of service."""
    kinds = st.sampled_from(["call", "visit", "study"])
    who, day, kind, minutes = _acts(draw, dials, FEW, kinds, st.integers(0, 90))
    rows, date = spans.place(who, day)
    return ServiceRecords(
        id=np.arange(1, len(rows) + 1),
        manager=managers.id[rows],
        date=date,
        kind=kind,
        minutes=np.array(minutes, np.int64),
    )


def _draw_incidents(
    draw: st.DrawFn, dials: Settings, managers: Managers, spans: _Spans
) -> Incidents:
    """Draw complaints and breaches of compliance."""
    who, day, kind = _acts(draw, dials, 2, st.sampled_from(["complaint", "compliance"]))
    rows, date = spans.place(who, day)
    ids = np.arange(1, len(rows) + 1)
    return Incidents(id=ids, manager=managers.id[rows], date=date, kind=kind)
