"""`resolve_claims`: every claim on a dormant client with its verdict, and whose the woken clients are."""

from collections.abc import Iterable
from typing import Any, Final

import attrs
import numpy as np

from clientmgr.dormancy.claim_rule import ClaimRule
from clientmgr.dormancy.find import Dormancy
from clientmgr.dormancy.pool_spells import PoolSpells, Wakings, find_spells, find_wakings
from clientmgr.dormancy.sweep import NEVER, WOKEN, Contacts, Limits, Sweep, sweep_claims
from clientmgr.dormancy.verdicts import Awards, decide
from clientmgr.facts import ServiceRecords, Trades
from clientmgr.ownership import Known, Ledger, OwnershipChanges, look_up
from clientmgr.ownership.packing import sort_order
from clientmgr.periods import DayLike, day
from clientmgr.tables import AnyArray, Coded, Days, Id, Result, freeze

__all__ = ["ClaimResolution", "resolve_claims"]

OUTCOMES: Final = (
    "opened",
    "renewed",
    "not in the pool",
    "already awake",
    "only the owner can wake it",
    "daily limit reached",
    "open limit reached",
    "no contact",
    "after the day",
)
NO_CONTACT, AFTER = 7, 8
OUTCOME_COLUMN = Coded.of(np.array(OUTCOMES))


def resolve_claims(
    records: ServiceRecords,
    trades: Trades,
    ledger: Ledger,
    rule: ClaimRule,
    *,
    on: DayLike,
    known: Known = None,
    barred: Dormancy | Iterable[Id] | None = None,
) -> "ClaimResolution":
    """Decide all claims on pooled clients up to a day, and whose those are that woke.

    A stay in the pool is decided on its own; a client that falls asleep again can be claimed again.
    The verdicts are a function of the set of records and trades, in whatever order they come, and
    nothing after `on` is read. Whoever wins has the client from the waking day on, so the waking
    trade is the winner's; confirmation, review and holding time delay the decision, not that day.

    Args:
        records: contacts, confirmations and reviews, told apart by kind.
        trades: what the clients traded.
        ledger: who was in the pool when; nothing is appended to it.
        rule: what wakes, who gets the client, within which limits.
        on: the last day that counts.
        known: the ledger as it was known then; by default all that is known. Repeat a decision on
            the batch that it was made on: once its changes are appended, the clients have left the
            pool.
        barred: clients that only their owner can wake, as ids or as the decision under a statutory
            rule.

    Returns:
        Claims, outcomes of all records, and the ownership changes. O(n log n) in records and
        trades.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.dormancy import ClaimRule, resolve_claims
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> start = np.datetime64("2026-07-01")
        >>> pool = OwnershipChanges(client=["C1"], valid=[start], kind="allocated", pool=["dormant"], branch="B1")
        >>> ledger = Ledger.start(pool, known="2026-07-01")
        >>> calls = cm.ServiceRecords(
        ...     id=[1, 2], manager=["M1", "M2"], client="C1", date=[start + 5, start + 9], kind="call"
        ... )
        >>> trades = cm.Trades(id=["T1"], client=["C1"], date=[start + 12])
        >>> decided = resolve_claims(calls, trades, ledger, ClaimRule(), on="2026-07-31")
        >>> decided.verdict.tolist(), decided.changes.manager.tolist()
        (['lost', 'won'], ['M2'])
    """
    asked, batch = day(on), ledger.batch(known)
    spells = find_spells(ledger, rule.pool, batch)
    wakings = find_wakings(spells, trades, ledger.codes(trades.client), rule, asked)
    shut = _barred(ledger, spells, barred)
    rows, contacts = _contacts(records, ledger, spells, rule, asked)
    sweep = sweep_claims(contacts, wakings.day, shut, _limits(rule), int(asked.astype(np.int64)))
    awards = decide(sweep, spells, wakings, records, ledger, rule, asked)
    return ClaimResolution(
        rule=rule,
        on=asked,
        **_claim_columns(sweep, spells, wakings, records, ledger, awards),
        outcome=_outcomes(records, rows, sweep, asked),
        waking_client=ledger.clients[spells.client[awards.stay]],
        waking_day=freeze(wakings.day[awards.stay].view("datetime64[D]")),
        waking_trade=trades.id[wakings.trade[awards.stay]],
        waking_state=awards.state,
        changes=OwnershipChanges.concat(
            [
                _claimed(sweep, spells, wakings, records, ledger, awards),
                _put_aside(spells, wakings, ledger, rule, awards),
            ]
        ),
    )


@attrs.frozen(eq=False, repr=False, slots=False)
class ClaimResolution(Result):
    """All claims up to a day, one row each, in the order of (client, manager, opening).

    Attributes:
        rule: the rule that was applied.
        on: the last day that counted.
        client: whom the claim is on.
        manager: whose it is.
        opened: day of its first contact.
        last_contact: day of its last contact.
        woke: the day on which the client woke while the claim was open; NaT for none.
        verdict: open, lapsed, pending, won, shared, lost or failed.
        reason: why.
        outcome: one row per service record: what it did, or why it did nothing.
        waking_client: each client that woke in the pool, by id.
        waking_day: the day of its first qualifying trade.
        waking_trade: that trade.
        waking_state: claimed, pending, or woke by itself.
        changes: the ownership changes to append.
    """

    rule: ClaimRule
    on: np.datetime64
    client: Coded
    manager: Coded
    opened: Days
    last_contact: Days
    woke: Days
    verdict: Coded
    reason: Coded
    outcome: Coded
    waking_client: Coded
    waking_day: Days
    waking_trade: Coded
    waking_state: Coded
    changes: OwnershipChanges

    def __len__(self) -> int:
        """Count the claims."""
        return len(self.client)

    def __repr__(self) -> str:
        """Count the claims, the wakings, and the clients claimed."""
        claimed = int((self.waking_state == "claimed").sum())
        return (
            f"ClaimResolution({len(self):,} claims, {len(self.waking_client):,} clients woke, "
            f"{claimed:,} claimed up to {self.on})"
        )

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per claim."""
        names = ("client", "manager", "opened", "last_contact", "woke", "verdict", "reason")
        return {name: np.asarray(getattr(self, name)) for name in names}

    def explain(self, client: Id) -> str:
        """Say what became of the claims on a client, and of its wakings."""
        told = [self._claim_said(row) for row in np.flatnonzero(self.client == client).tolist()]
        told += [self._waking_said(r) for r in np.flatnonzero(self.waking_client == client).tolist()]
        return "\n".join(told) or f"nobody claimed {client}, and it did not wake in the pool"

    def _claim_said(self, row: int) -> str:
        """Say what became of a claim."""
        return (
            f"{self.manager[row]} claimed {self.client[row]} on {self.opened[row]}, last contact "
            f"{self.last_contact[row]}: {self.verdict[row]}, {self.reason[row]}"
        )

    def _waking_said(self, row: int) -> str:
        """Say what came of a waking."""
        return (
            f"{self.waking_client[row]} woke on {self.waking_day[row]} by trade "
            f"{self.waking_trade[row]}: {self.waking_state[row]}"
        )


def _limits(rule: ClaimRule) -> Limits:
    """Give the numbers of the rule to the sweep."""
    return Limits(
        rule.idle_days,
        rule.window_days,
        NEVER if rule.daily_limit is None else rule.daily_limit,
        NEVER if rule.open_limit is None else rule.open_limit,
        rule.same_day,
    )


def _barred(ledger: Ledger, spells: PoolSpells, barred: Dormancy | Iterable[Id] | None) -> AnyArray:
    """Mark the stays of clients that only their owner can wake."""
    if barred is None:
        return np.zeros(len(spells.client), bool)
    ids = barred.ids if isinstance(barred, Dormancy) else Coded.of(list(barred))
    shut = np.zeros(len(ledger.clients) + 1, bool)
    shut[ledger.codes(ids)] = True
    shut[-1] = False
    return shut[spells.client]


def _contacts(
    records: ServiceRecords,
    ledger: Ledger,
    spells: PoolSpells,
    rule: ClaimRule,
    on: np.datetime64,
) -> tuple[AnyArray, Contacts]:
    """Pick the contacts up to the day, in the order of (day, manager, id)."""
    fit = records.kind.isin(rule.contact_kinds) & ~records.client.missing & (records.date <= on)
    rows = np.flatnonzero(fit)
    day_number = records.date.view(np.int64)
    keys = (day_number, records.manager.codes, records.id.codes)
    rows = rows[sort_order([key[rows] for key in keys])]
    stay = spells.at(ledger.codes(records.client[rows]), records.date[rows])
    return rows, Contacts(records.manager.codes[rows].astype(np.int64), stay, day_number[rows])


def _claim_columns(
    sweep: Sweep,
    spells: PoolSpells,
    wakings: Wakings,
    records: ServiceRecords,
    ledger: Ledger,
    awards: Awards,
) -> dict[str, Any]:
    """Give the columns of the claims."""
    stay = sweep.pair_spell[sweep.pair]
    order = sort_order([spells.client[stay], sweep.pair_manager[sweep.pair], sweep.opened])
    woke = np.where(sweep.end == WOKEN, wakings.day[stay], np.iinfo(np.int64).min)
    return {
        "client": ledger.clients[spells.client[stay][order]],
        "manager": _managers(records, sweep.pair_manager[sweep.pair][order]),
        "opened": freeze(sweep.opened[order].view("datetime64[D]")),
        "last_contact": freeze(sweep.last[order].view("datetime64[D]")),
        "woke": freeze(woke[order].view("datetime64[D]")),
        "verdict": awards.verdict[order],
        "reason": awards.reason[order],
    }


def _managers(records: ServiceRecords, numbers: AnyArray) -> Coded:
    """Spell manager numbers out."""
    return Coded.from_codes(records.manager.vocabulary, numbers)


def _outcomes(records: ServiceRecords, rows: AnyArray, sweep: Sweep, on: np.datetime64) -> Coded:
    """Say of each record what it did."""
    outcome = np.where(records.date > on, AFTER, NO_CONTACT)
    outcome[rows] = sweep.outcome
    column: Coded = OUTCOME_COLUMN[outcome]
    return column


def _claimed(
    sweep: Sweep,
    spells: PoolSpells,
    wakings: Wakings,
    records: ServiceRecords,
    ledger: Ledger,
    awards: Awards,
) -> OwnershipChanges:
    """Give each claimed client to its winners, in equal shares, from the waking day on."""
    claims = np.flatnonzero(awards.wins)
    stay = sweep.pair_spell[sweep.pair][claims]
    return OwnershipChanges(
        client=ledger.clients[spells.client[stay]],
        valid=wakings.day[stay].view("datetime64[D]"),
        kind="claimed",
        manager=_managers(records, sweep.pair_manager[sweep.pair][claims]),
        branch=_branches(spells, wakings, ledger, stay),
        share=1,
        of=np.bincount(stay, minlength=1)[stay],
    )


def _put_aside(
    spells: PoolSpells, wakings: Wakings, ledger: Ledger, rule: ClaimRule, awards: Awards
) -> OwnershipChanges:
    """Move who woke by itself to the unassigned pool, where the rule says so."""
    alone = awards.stay[np.asarray(awards.state == "woke by itself")]
    stay = alone if rule.self_woken == "unassigned" else alone[:0]
    return OwnershipChanges(
        client=ledger.clients[spells.client[stay]],
        valid=wakings.day[stay].view("datetime64[D]"),
        kind="returned",
        pool=np.full(len(stay), "unassigned"),
        branch=_branches(spells, wakings, ledger, stay),
    )


def _branches(spells: PoolSpells, wakings: Wakings, ledger: Ledger, stay: AnyArray) -> Coded:
    """Give the branch whose pool the client of each stay was in on its waking day."""
    marks = spells.snapshot.marks
    days = wakings.day[stay].astype(np.int32)
    place = look_up(spells.snapshot, spells.client[stay].astype(np.int32), days)
    branches: Coded = ledger.calendars.branches[marks.branch[place]]
    return branches
