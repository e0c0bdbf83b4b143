"""The sweep over days that opens, renews, refuses and closes claims. Kernels on plain arrays.

Each day has three phases: claims that went without contact for too long lapse; contacts renew or
    open claims, within
the limits; clients that trade wake, and their open claims are over. Within a phase nothing depends
on an order other than that of the ids, so the verdicts are a function of the set of records.
"""

from collections.abc import Iterator
from typing import Final

import attrs
import numpy as np

from clientmgr.ownership.packing import dense_codes, spread_ranges
from clientmgr.tables import AnyArray, Flags, Int64

__all__ = [
    "AWAKE",
    "BARRED",
    "DAILY_LIMIT",
    "LAPSED",
    "NEVER",
    "NOT_IN_POOL",
    "OPENED",
    "OPEN_LIMIT",
    "RENEWED",
    "WOKEN",
    "Contacts",
    "Limits",
    "Sweep",
    "sweep_claims",
]

NEVER: Final = np.iinfo(np.int64).max
"""A day that does not come."""

OPENED, RENEWED, NOT_IN_POOL, AWAKE, BARRED, DAILY_LIMIT, OPEN_LIMIT = range(7)
STILL_OPEN, LAPSED, WOKEN = range(3)


@attrs.frozen(eq=False)
class Contacts:
    """Contacts in the order of (day, manager, id).

    Attributes:
        manager: manager number.
        spell: number of the stay in the pool that the contact falls into, -1 for none.
        day: day number.
    """

    manager: Int64
    spell: Int64
    day: Int64


@attrs.frozen(eq=False)
class Limits:
    """What the sweep needs of the rule, in days and numbers; NEVER stands for no limit."""

    idle_days: int
    window_days: int
    daily: int
    open: int
    same_day: bool


@attrs.frozen(eq=False)
class Sweep:
    """What became of contacts and claims.

    Attributes:
        outcome: per contact: OPENED, RENEWED or why it was refused.
        claim: per contact: the claim that it opened or renewed, -1 for none.
        pair: per claim: number of its (spell, manager).
        opened: per claim: the day of its first contact.
        last: per claim: the day of its last contact.
        end: per claim: STILL_OPEN (0), LAPSED (1) or WOKEN (2).
        competes: per claim: whether it was open, and in time, when its client woke.
        pair_spell: per pair: the spell.
        pair_manager: per pair: the manager.
    """

    outcome: AnyArray
    claim: Int64
    pair: Int64
    opened: Int64
    last: Int64
    end: AnyArray
    competes: Flags
    pair_spell: Int64
    pair_manager: Int64


def sweep_claims(contacts: Contacts, wakes: Int64, barred: Flags, limits: Limits, on: int) -> Sweep:
    """Go through the days and decide what becomes of each contact and claim.

    Args:
        contacts: all contacts up to the day `on`.
        wakes: per spell, the day of the trade that wakes the client, or NEVER.
        barred: per spell, whether nobody may claim the client.
        limits: the numbers of the rule.
        on: the last day; claims that lapse by its end have lapsed.

    Returns:
        Outcomes and claims. O(contacts log contacts + days).
    """
    state = _State.of(contacts, wakes, barred)
    for today in _days(contacts, wakes, limits, on):
        state.lapse(today, limits)
        if not limits.same_day:
            state.wake(today, limits)
        state.take_contacts(today, limits)
        if limits.same_day:
            state.wake(today, limits)
        state.free_slots()
    return state.result()


def _days(contacts: Contacts, wakes: Int64, limits: Limits, on: int) -> Iterator[int]:
    """Go through the days on which something can happen."""
    days = np.unique(contacts.day)
    woken = np.unique(wakes[wakes <= on])
    every = np.unique(np.concatenate([days, days + limits.idle_days + 1, woken]))
    yield from every[every <= on].tolist()


@attrs.define(eq=False)
class _State:
    """The claims as they stand while the days go by."""

    contacts: Contacts
    wakes: Int64
    barred: Flags
    pair: Int64
    pair_spell: Int64
    pair_manager: Int64
    first_pair: Int64
    by_waking: Int64
    waking_days: Int64
    is_open: Flags
    last: Int64
    current: Int64
    outcome: AnyArray
    claim: Int64
    slots_used: Int64
    freed: list[Int64]
    opened: list[Int64]
    opened_pair: list[Int64]
    claims: int
    ended: Int64
    last_of_claim: Int64
    competes: Flags

    @classmethod
    def of(cls, contacts: Contacts, wakes: Int64, barred: Flags) -> "_State":
        """Number the pairs of spell and manager, and begin with no claim open."""
        wakes, barred = np.append(wakes, NEVER), np.append(barred, False)
        pooled = np.flatnonzero(contacts.spell >= 0)
        pair = np.full(len(contacts.day), -1)
        codes, pairs = dense_codes([contacts.spell[pooled], contacts.manager[pooled]])
        pair[pooled] = codes
        pair_spell, pair_manager = np.zeros(pairs, np.int64), np.zeros(pairs, np.int64)
        pair_spell[codes], pair_manager[codes] = contacts.spell[pooled], contacts.manager[pooled]
        awaited = np.unique(pair_spell)
        awaited = awaited[wakes[awaited] < NEVER]
        by_waking = awaited[np.argsort(wakes[awaited], kind="stable")]
        many = len(contacts.day)
        return cls(
            contacts=contacts,
            wakes=wakes,
            barred=barred,
            pair=pair,
            pair_spell=pair_spell,
            pair_manager=pair_manager,
            first_pair=np.searchsorted(pair_spell, np.arange(len(wakes) + 1)),
            by_waking=by_waking,
            waking_days=wakes[by_waking],
            is_open=np.zeros(pairs, bool),
            last=np.zeros(pairs, np.int64),
            current=np.full(pairs, -1),
            outcome=np.full(many, NOT_IN_POOL, np.int8),
            claim=np.full(many, -1),
            slots_used=np.zeros(int(contacts.manager.max(initial=-1)) + 1, np.int64),
            freed=[],
            opened=[],
            opened_pair=[],
            claims=0,
            ended=np.zeros(many, np.int8),
            last_of_claim=np.zeros(many, np.int64),
            competes=np.zeros(many, bool),
        )

    def lapse(self, today: int, limits: Limits) -> None:
        """End the claims whose last contact was on the one day that is now too long ago."""
        contacted = today - limits.idle_days - 1
        pairs = self.pair[self._rows_of(contacted)]
        pairs = np.unique(pairs[pairs >= 0])
        pairs = pairs[self.is_open[pairs] & (self.last[pairs] == contacted)]
        self._close(pairs, LAPSED)
        self.free_slots()

    def take_contacts(self, today: int, limits: Limits) -> None:
        """Let today's contacts renew or open claims, or say why not."""
        rows = self._rows_of(today)
        spell, pair = self.contacts.spell[rows], self.pair[rows]
        asleep = self.wakes[spell] >= today if limits.same_day else self.wakes[spell] > today
        outcome = np.where(asleep, np.where(self.barred[spell], BARRED, RENEWED), AWAKE)
        outcome[spell < 0] = NOT_IN_POOL
        live = np.flatnonzero(outcome == RENEWED)
        new = live[~self.is_open[pair[live]]]
        refusal = self._open(rows.start + new, today, limits)
        stays_shut = new[~self.is_open[pair[new]]]
        outcome[stays_shut] = refusal[self.pair_manager[pair[stays_shut]]]
        self.outcome[rows] = np.where(self.outcome[rows] == OPENED, OPENED, outcome)
        taken = live[self.is_open[pair[live]]]
        self.last[pair[taken]] = today
        self.last_of_claim[self.current[pair[taken]]] = today
        self.claim[rows.start + taken] = self.current[pair[taken]]

    def wake(self, today: int, limits: Limits) -> None:
        """End the claims on the clients that wake today; those in time compete."""
        low, high = np.searchsorted(self.waking_days, [today, today + 1])
        spells = self.by_waking[low:high]
        first = self.first_pair[spells]
        _, pairs = spread_ranges(first, self.first_pair[spells + 1] - first)
        pairs = pairs[self.is_open[pairs]]
        self.competes[self.current[pairs]] = self.last[pairs] >= today - limits.window_days
        self._close(pairs, WOKEN)

    def free_slots(self) -> None:
        """Give the slots of ended claims back to their managers."""
        for managers in self.freed:
            np.subtract.at(self.slots_used, managers, 1)
        self.freed.clear()

    def result(self) -> Sweep:
        """Give contacts and claims as they stand."""
        many = self.claims
        none = np.empty(0, np.int64)
        return Sweep(
            outcome=self.outcome,
            claim=self.claim,
            pair=np.concatenate([none, *self.opened_pair]),
            opened=np.concatenate([none, *self.opened]),
            last=self.last_of_claim[:many],
            end=self.ended[:many],
            competes=self.competes[:many],
            pair_spell=self.pair_spell,
            pair_manager=self.pair_manager,
        )

    def _rows_of(self, today: int) -> slice:
        """Find the contacts of a day."""
        low, high = np.searchsorted(self.contacts.day, [today, today + 1])
        return slice(int(low), int(high))

    def _open(self, rows: Int64, today: int, limits: Limits) -> AnyArray:
        """Open claims for contacts in the order of (manager, id), as far as the limits allow.

        Returns:
            Per manager why further ones are refused.
        """
        _, first = np.unique(self.pair[rows], return_index=True)
        rows = rows[np.sort(first)]
        manager = self.contacts.manager[rows]
        place = np.arange(len(rows))
        new = np.concatenate([[True], manager[1:] != manager[:-1]])[: len(rows)]
        rank = place - np.maximum.accumulate(np.where(new, place, 0))
        room = limits.open - self.slots_used
        allowed = rows[(rank < limits.daily) & (rank < room[manager])]
        pairs = self.pair[allowed]
        self.is_open[pairs] = True
        self.current[pairs] = self.claims + np.arange(len(pairs))
        self.claims += len(pairs)
        self.opened.append(np.full(len(pairs), today))
        self.opened_pair.append(pairs)
        self.outcome[allowed] = OPENED
        np.add.at(self.slots_used, self.contacts.manager[allowed], 1)
        return np.where(room >= limits.daily, DAILY_LIMIT, OPEN_LIMIT)

    def _close(self, pairs: Int64, why: int) -> None:
        """End the open claims of some pairs; their slots are free when the phase or the day is over."""
        self.is_open[pairs] = False
        self.ended[self.current[pairs]] = why
        self.freed.append(self.pair_manager[pairs])
