"""Worlds of dormant clients, contacts and trades to test with, and the laws that decisions about them keep."""

from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.dormancy import ClaimResolution, ClaimRule, Dormancy, DormancyRule, find_dormant, resolve_claims
from clientmgr.errors import CheckError
from clientmgr.facts import Facts, ServiceRecords, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.tables import Id

__all__ = [
    "ClaimWorld",
    "check_claims_keep_clients",
    "check_claims_need_no_future",
    "check_claims_need_no_order",
    "check_dormancy_needs_no_future",
    "claim_rules",
    "claim_worlds",
    "dormancy_rules",
]

FIRST = np.datetime64("2026-01-30")
SPAN = 12
CLIENTS = ("C0", "C0", "C0", "C1", "C1", "C1", "C9")
KINDS = ("call", "call", "visit", "confirmation", "review", "message")
OUTCOMES = ("approved", "approved", "rejected")


@attrs.frozen(eq=False)
class ClaimWorld:
    """All that a decision about claims is made from.

    Attributes:
        records: contacts, confirmations, reviews and messages.
        trades: trades of clients.
        ledger: who was in the pool when.
        rule: the rule.
        on: the last day that counts.
        barred: clients that only their owner can wake.
    """

    records: ServiceRecords
    trades: Trades
    ledger: Ledger
    rule: ClaimRule
    on: np.datetime64
    barred: tuple[Id, ...] = ()

    def decide(self, **change: Any) -> ClaimResolution:
        """Resolve the claims, with some of the attributes changed."""
        world = attrs.evolve(self, **change)
        return resolve_claims(world.records, world.trades, world.ledger, world.rule, on=world.on, barred=world.barred)


def dormancy_rules() -> st.SearchStrategy[DormancyRule]:
    """Draw dormancy rules of all asset tests, of trades or of any activity, with limits that clients can pass."""
    return st.builds(
        DormancyRule,
        months=st.sampled_from([1, 3, 6, 12, 18]),
        max_assets=st.one_of(st.none(), st.sampled_from([0, 1_00, 5_000_00, 100_000_00])),
        assets_test=st.sampled_from(["as_of", "month_ends", "average", "maximum"]),
        inclusive=st.booleans(),
        counts=st.sampled_from([("trade",), ("any",), ("login", "trade"), ("login",)]),
    )


def claim_rules() -> st.SearchStrategy[ClaimRule]:
    """Draw claim rules with short times, tight limits, and every step of a decision."""
    few = st.sampled_from([None, 1, 2])
    return st.builds(
        ClaimRule,
        wins=st.sampled_from(["last", "first", "share"]),
        window_days=st.sampled_from([0, 4, 8, 12]),
        idle_days=st.sampled_from([2, 5, 10]),
        daily_limit=few,
        open_limit=few,
        min_turnover=st.sampled_from([0, 0, 2]),
        holding_days=st.sampled_from([0, 0, 2, 5]),
        same_day=st.booleans(),
        confirmation_kind=st.sampled_from(["", "", "confirmation"]),
        confirmation_days=st.integers(1, 5),
        review_kind=st.sampled_from(["", "", "review"]),
        self_woken=st.sampled_from(["stays", "unassigned"]),
    )


@st.composite
def claim_worlds(draw: st.DrawFn) -> ClaimWorld:
    """Draw a small world: few managers, clients and days, so that everything meets everything.

    Args:
        draw: given by hypothesis.
    """
    return ClaimWorld(
        records=_draw_records(draw),
        trades=_draw_trades(draw),
        ledger=_draw_ledger(draw),
        rule=draw(claim_rules()),
        on=FIRST + draw(st.integers(SPAN // 2, SPAN + 6)),
        barred=draw(st.sampled_from([(), (), (), ("C0",)])),
    )


def check_claims_need_no_order(world: ClaimWorld, order: np.random.Generator) -> None:
    """Hold a decision to be a function of the set of records and trades.

    Raises:
        CheckError: another order of rows gives other verdicts.
    """
    shuffled = {
        name: table.take(order.permutation(len(table)))
        for name, table in (("records", world.records), ("trades", world.trades))
    }
    _hold_equal(world.decide(), world.decide(**shuffled), "the order of the rows matters")


def check_claims_need_no_future(world: ClaimWorld) -> None:
    """Hold a decision to read nothing after its day.

    Raises:
        CheckError: later records or trades change a verdict.
    """
    past = {
        name: table.take(table.date <= world.on)
        for name, table in (("records", world.records), ("trades", world.trades))
    }
    _hold_equal(world.decide(), world.decide(**past), "what came later matters")


def check_claims_keep_clients(world: ClaimWorld) -> None:
    """Hold the proposed changes to move clients from the pool to their winners, and to lose and double nobody.

    Raises:
        CheckError: a client is lost or doubled, or a woken client is not with its winner on the waking day.
    """
    decided = world.decide()
    after = world.ledger.append(decided.changes, known=np.datetime64("2027-01-01"))
    every, days = world.ledger.clients, FIRST + np.arange(-1, SPAN + 8)
    for on in days:
        if not np.array_equal(world.ledger.owners(every, on).row < 0, after.owners(every, on).row < 0):
            raise CheckError(f"a client is lost or doubled on {on}")
    moved = decided.changes.kind == "claimed"
    winners = after.owners(decided.changes.client, decided.changes.valid)
    named = {(c, m) for c, m in zip(decided.changes.client[moved], decided.changes.manager[moved], strict=True)}
    if not all((c, m) in named for c, m in zip(winners.client[moved], winners.manager[moved], strict=True)):
        raise CheckError("a claimed client is not with its winner on the waking day")


def check_dormancy_needs_no_future(facts: Facts, rule: DormancyRule, on: np.datetime64) -> None:
    """Hold a decision about dormancy to read history only up to its day.

    Raises:
        CheckError: later trades or events change a status.
    """
    past = attrs.evolve(
        facts, trades=facts.trades.take(facts.trades.date <= on), events=facts.events.take(facts.events.date <= on)
    )
    found: list[Dormancy] = [find_dormant(one, rule, on=on) for one in (facts, past)]
    if found[0].status.tolist() != found[1].status.tolist():
        raise CheckError(f"what came after {on} matters")


def _hold_equal(one: ClaimResolution, other: ClaimResolution, otherwise: str) -> None:
    """Raise unless two decisions say the same about every claim."""
    told = [{name: column.tolist() for name, column in each.to_columns().items()} for each in (one, other)]
    rows = [sorted(map(repr, each.changes.to_records())) for each in (one, other)]
    if told[0] != told[1] or rows[0] != rows[1]:
        raise CheckError(otherwise)


def _draw_ledger(draw: st.DrawFn) -> Ledger:
    """Put clients into pools, and let some come and go."""
    changes = [
        OwnershipChanges(
            client=[f"C{n}"],
            valid=[FIRST + draw(st.integers(0, 3))],
            kind="allocated",
            pool=[draw(st.sampled_from(["dormant", "dormant", "dormant", "dormant", "key"]))],
            branch="B1",
        )
        for n in range(2)
    ]
    ledger = Ledger.start(OwnershipChanges.concat(changes), known="2026-01-30")
    for _ in range(draw(st.integers(0, 1))):
        pooled = draw(st.booleans())
        later = OwnershipChanges(
            client=[draw(st.sampled_from(["C0", "C1"]))],
            valid=[FIRST + draw(st.integers(4, SPAN))],
            kind="moved",
            manager=[None if pooled else "M9"],
            pool=["dormant" if pooled else None],
            branch=draw(st.sampled_from(["B1", "B2"])),
        )
        ledger = ledger.append(later, known="2026-01-30")
    return ledger


def _draw_records(draw: st.DrawFn) -> ServiceRecords:
    """Draw service records of all kinds."""
    row = st.tuples(
        st.integers(0, 2),
        st.sampled_from(CLIENTS),
        st.integers(0, SPAN),
        st.sampled_from(KINDS),
        st.sampled_from(OUTCOMES),
    )
    rows = draw(st.one_of(st.lists(row, max_size=3), st.lists(row, min_size=8, max_size=16)))
    return ServiceRecords(
        id=list(range(len(rows))),
        manager=[f"M{row[0]}" for row in rows],
        client=[row[1] for row in rows],
        date=FIRST + np.array([row[2] for row in rows], np.int64),
        kind=[row[3] for row in rows],
        outcome=[row[4] for row in rows],
    )


def _draw_trades(draw: st.DrawFn) -> Trades:
    """Draw trades, some of them too small, not the client's own, or sold again."""
    row = st.tuples(
        st.sampled_from(CLIENTS),
        st.integers(0, SPAN),
        st.sampled_from(["buy", "sell"]),
        st.integers(0, 3),
        st.integers(0, 4),
    )
    rows = draw(st.lists(row, max_size=5))
    return Trades(
        id=list(range(len(rows))),
        client=[row[0] for row in rows],
        date=FIRST + np.array([row[1] for row in rows], np.int64),
        side=[row[2] for row in rows],
        turnover=np.array([row[3] for row in rows], np.int64),
        initiated=[row[4] > 0 for row in rows],
    )
