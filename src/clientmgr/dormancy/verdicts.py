"""Who wins a woken client: confirmation, review, and the order among those who compete."""

from typing import Final

import attrs
import numpy as np

from clientmgr.dormancy.claim_rule import ClaimRule
from clientmgr.dormancy.matching import first_from
from clientmgr.dormancy.pool_spells import PoolSpells, Wakings
from clientmgr.dormancy.sweep import LAPSED, NEVER, WOKEN, Sweep
from clientmgr.facts import ServiceRecords
from clientmgr.ownership import Ledger
from clientmgr.tables import AnyArray, Coded, Flags, Int64

__all__ = ["Awards", "decide"]

VERDICTS: Final = Coded.of(["failed", "lapsed", "lost", "open", "pending", "shared", "won"])
FAILED, GONE, LOST, OPEN, PENDING, SHARED, WON = range(7)

REASONS: Final = (
    "the client has not woken",
    "no contact for longer than the idle days",
    "the last contact was longer before the waking than the window",
    "another manager comes first",
    "first among those who competed",
    "shared equally by all who competed",
    "the holding time is not over",
    "the client may still confirm",
    "the client did not confirm",
    "the branch has not reviewed it",
    "the branch did not approve",
)
REASON_COLUMN: Final = Coded.of(np.array(REASONS))
ASLEEP, IDLE, TOO_OLD, BEATEN, FIRST, ALL = range(6)
HOLDING, UNCONFIRMED, NOT_CONFIRMED, UNREVIEWED, REJECTED = range(6, len(REASONS))

STATES: Final = Coded.of(["claimed", "pending", "woke by itself"])
CLAIMED, WAITING, ALONE = range(3)


@attrs.frozen(eq=False)
class Awards:
    """The verdict on each claim, and what came of each waking.

    Attributes:
        verdict: per claim.
        reason: per claim.
        wins: per claim, whether it gets the client or a share of it.
        stay: the stays that woke, by client and day.
        state: per such stay: claimed, pending or woke by itself.
    """

    verdict: Coded
    reason: Coded
    wins: Flags
    stay: Int64
    state: Coded


@attrs.define(eq=False)
class _Hearing:
    """The claims while they are being decided.

    Attributes:
        stay: per claim the stay in the pool.
        manager: per claim the manager number of the records.
        client: per claim the client code of the ledger.
        wake: per claim the day number of the waking.
        competes: per claim whether it is still in the running.
        verdict: per claim, so far.
        reason: per claim, so far.
        waits: per stay the reason why it cannot be decided yet, 0 for none.
    """

    stay: Int64
    manager: Int64
    client: Int64
    wake: Int64
    competes: Flags
    verdict: AnyArray
    reason: AnyArray
    waits: AnyArray

    @classmethod
    def of(cls, sweep: Sweep, spells: PoolSpells, wakings: Wakings) -> "_Hearing":
        """Begin with what the sweep has found."""
        stay = sweep.pair_spell[sweep.pair]
        lapsed = sweep.end == LAPSED
        hearing = cls(
            stay,
            sweep.pair_manager[sweep.pair],
            spells.client[stay],
            wakings.day[stay],
            sweep.competes.copy(),
            np.where(lapsed, GONE, OPEN),
            np.where(lapsed, IDLE, ASLEEP),
            np.where(wakings.settled, 0, HOLDING),
        )
        hearing.set((sweep.end == WOKEN) & ~sweep.competes, LOST, TOO_OLD)
        return hearing

    def set(self, which: Flags, verdict: int, reason: int | AnyArray) -> None:
        """Give some claims their verdict and reason."""
        self.verdict[which] = verdict
        self.reason[which] = reason if isinstance(reason, int) else reason[which]

    def fail(self, which: Flags, reason: int) -> None:
        """Take some claims out of the running."""
        self.set(which, FAILED, reason)
        self.competes &= ~which

    def wait(self, which: Flags, reason: int) -> None:
        """Let the stays of some claims wait, unless they do already."""
        stays = self.stay[which]
        self.waits[stays] = np.where(self.waits[stays] == 0, reason, self.waits[stays])


def decide(
    sweep: Sweep,
    spells: PoolSpells,
    wakings: Wakings,
    records: ServiceRecords,
    ledger: Ledger,
    rule: ClaimRule,
    on: np.datetime64,
) -> Awards:
    """Decide every claim from what is known on the day. O(n log n) in claims and records."""
    hearing = _Hearing.of(sweep, spells, wakings)
    if rule.confirmation_kind:
        _hear_clients(hearing, records, ledger, rule, on)
    if rule.review_kind:
        _hear_branch(hearing, records, ledger, rule, on)
    waiting = hearing.competes & (hearing.waits[hearing.stay] > 0)
    hearing.set(waiting, PENDING, hearing.waits[hearing.stay])
    runs = hearing.competes & ~waiting
    shared = rule.wins == "share"
    wins = runs if shared else _first_of(sweep, hearing, runs, rule)
    hearing.set(runs & ~wins, LOST, BEATEN)
    hearing.set(wins, SHARED if shared else WON, ALL if shared else FIRST)
    stay, state = _states(hearing, spells, wakings, wins)
    return Awards(VERDICTS[hearing.verdict], REASON_COLUMN[hearing.reason], wins, stay, state)


def _hear_clients(
    hearing: _Hearing, records: ServiceRecords, ledger: Ledger, rule: ClaimRule, on: np.datetime64
) -> None:
    """Keep in the running whom the client confirms in time; let those wait whom it still may confirm."""
    rows = _records_of(records, rule.confirmation_kind, on)
    wide = len(records.manager.vocabulary) + 1
    client = ledger.codes(records.client[rows]).astype(np.int64)
    days = records.date[rows].view(np.int64)
    found = first_from(
        client * wide + records.manager.codes[rows],
        days,
        records.id.codes[rows],
        hearing.client * wide + hearing.manager,
        hearing.wake,
    )
    last = _plus(hearing.wake, rule.confirmation_days)
    confirmed = (found >= 0) & (np.append(days, NEVER)[found] <= last)
    silent = hearing.competes & ~confirmed
    over = last < int(on.astype(np.int64))
    hearing.fail(silent & over, NOT_CONFIRMED)
    hearing.wait(silent & ~over, UNCONFIRMED)


def _hear_branch(
    hearing: _Hearing, records: ServiceRecords, ledger: Ledger, rule: ClaimRule, on: np.datetime64
) -> None:
    """Let the branch's first review on or after the waking decide; without one the claims wait."""
    rows = _records_of(records, rule.review_kind, on)
    client = ledger.codes(records.client[rows]).astype(np.int64)
    days, ties = records.date[rows].view(np.int64), records.id.codes[rows]
    found = first_from(client, days, ties, hearing.client, hearing.wake)
    approved = np.append(np.asarray(records.outcome[rows] == "approved"), False)[found]
    hearing.fail(hearing.competes & (found >= 0) & ~approved, REJECTED)
    hearing.wait(hearing.competes & (found < 0), UNREVIEWED)


def _records_of(records: ServiceRecords, kind: str, on: np.datetime64) -> AnyArray:
    """List the records of a kind about clients, up to a day."""
    fit = (records.kind == kind) & ~records.client.missing & (records.date <= on)
    return np.flatnonzero(fit)


def _plus(days: Int64, more: int) -> Int64:
    """Add days, never beyond the day that does not come."""
    return np.minimum(days, NEVER - more) + more


def _first_of(sweep: Sweep, hearing: _Hearing, runs: Flags, rule: ClaimRule) -> Flags:
    """Mark the first of each stay's competitors in the order of the rule."""
    claims = np.flatnonzero(runs)
    latest, earliest = -sweep.last[claims], sweep.opened[claims]
    keys = (latest, earliest) if rule.wins == "last" else (earliest, latest)
    stay = hearing.stay[claims]
    order = np.lexsort((hearing.manager[claims], keys[1], keys[0], stay))
    _, first = np.unique(stay[order], return_index=True)
    wins = np.zeros(len(runs), bool)
    wins[claims[order[first]]] = True
    return wins


def _states(hearing: _Hearing, spells: PoolSpells, wakings: Wakings, wins: Flags) -> tuple[Int64, Coded]:
    """List the stays that woke, by client and day, and what came of each."""
    state = np.full(len(spells.client), ALONE)
    state[hearing.stay[hearing.competes]] = WAITING
    state[~wakings.settled] = WAITING
    state[hearing.stay[wins]] = CLAIMED
    woken = np.flatnonzero(wakings.day < NEVER)
    return woken, STATES[state[woken]]
