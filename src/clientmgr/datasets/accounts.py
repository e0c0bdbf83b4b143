"""Who the clients are: how rich, how active, since when and until when."""

from functools import cached_property

import attrs
import numpy as np

from clientmgr.datasets.window import OLDEST, Window
from clientmgr.tables import Days, Flags, Floats, Int64

__all__ = ["Accounts", "open_accounts"]

NEVER = np.datetime64("NaT", "D")
YUAN = 100

# Shares of the clients. Where no source is named they are chosen, not measured.
NEW = 0.10  # opened within the window
ASLEEP = 0.38  # of the others: stopped trading before the window
NEVER_TRADED = 0.04  # of those asleep
WAKING = 0.04  # of those asleep: trade again within the window
FADING = 0.12  # of the others: stop trading within the window
CLOSING = 0.02
INSTITUTION = 0.01
INSTITUTION_WHALE = 0.7  # of the whales
RICH = 0.02  # of those awake: with assets of the Pareto tail
WHALE_BOOKS = (1.4, 2.0)  # fair books that a whale owns
BIGGEST_PLAIN = 0.4  # of a fair book: nobody but a whale is larger when the window begins
CROWD = 10  # clients a manager, below which nobody is held small


@attrs.frozen(eq=False, slots=False)
class Accounts:
    """What makes each client what it is; rows branch by branch, all arrays of one length.

    Attributes:
        branch: the branch's number.
        wealth: assets in fen when the window begins; for a new client what it would bring.
        opened, closed: as in `Clients`.
        active_since, active_until: the span in which it trades, NaT for none.
        traded_before: the day of its last trade before the window, NaT for none.
        pace: trades a month within its span.
        institution, asleep, whale: what it is.
        starts: where the clients of each branch begin, with one end behind.
    """

    branch: Int64
    wealth: Int64
    opened: Days
    closed: Days
    active_since: Days
    active_until: Days
    traded_before: Days
    pace: Floats
    institution: Flags
    asleep: Flags
    whale: Flags
    starts: Int64

    @cached_property
    def by_wealth(self) -> Int64:
        """The rows of each branch from the richest to the poorest."""
        return np.lexsort((-self.wealth, self.branch))

    def __len__(self) -> int:
        """Count the clients."""
        return len(self.branch)

    def is_open(self, client: Int64, days: Days) -> Flags:
        """Say for each client and day whether it is a client."""
        return (self.opened[client] <= days) & ~(self.closed[client] <= days)


def open_accounts(
    clients: Int64, managers: Int64, *, whales: int, window: Window, rng: np.random.Generator
) -> Accounts:
    """Draw the clients of all branches.

    Args:
        clients: how many clients each branch has.
        managers: how many managers each branch has.
        whales: how many clients of a branch own more than a fair book when the window begins; less
            where a branch has fewer than four managers or ten clients for each.
        window: the time covered.
        rng: where the draws come from.
    """
    branch = np.repeat(np.arange(len(clients)), clients)
    starts = np.concatenate([[0], np.cumsum(clients)])
    count = len(branch)
    new = rng.random(count) < NEW
    asleep = ~new & (rng.random(count) < ASLEEP)
    institution = rng.random(count) < INSTITUTION
    wealth = _draw_wealth(asleep, institution, rng)
    whale = _largest(branch, np.where(new | asleep, 0, wealth), starts, _whales(clients, managers, whales))
    books = np.where(whale, rng.uniform(*WHALE_BOOKS, count), 0.0)
    wealth = _size_books(wealth, books, branch=branch, new=new, clients=clients, managers=managers)
    institution |= whale & (rng.random(count) < INSTITUTION_WHALE)
    before = _last_trades_before(asleep, new, window, rng)
    opened = _opening_days(before, new, window, rng)
    closed = _closing_days(opened, whale, window, rng)
    since, until = _active_spans(opened, window, asleep=asleep, stays=whale, rng=rng)
    return Accounts(
        branch=branch,
        wealth=np.rint(wealth * YUAN).astype(np.int64),
        opened=opened,
        closed=closed,
        active_since=since,
        active_until=np.fmin(until, closed - 1),
        traded_before=before,
        pace=_paces(wealth, asleep, rng),
        institution=institution,
        asleep=asleep,
        whale=whale,
        starts=starts,
    )


def _draw_wealth(asleep: Flags, institution: Flags, rng: np.random.Generator) -> Floats:
    """Draw assets in yuan: lognormal, for a few of a Pareto tail, for the sleeping little."""
    count = len(asleep)
    wealth: Floats = 28_000 * np.exp(rng.normal(0, 1.5, count))
    tail = (rng.random(count) < RICH) & ~asleep
    wealth = np.where(tail, 400_000 * (1 + rng.pareto(1.3, count)), wealth)
    wealth = np.where(institution, 2_000_000 * np.exp(rng.normal(0, 1.2, count)), wealth)
    return np.where(asleep, np.minimum(0.05 * wealth, 200_000), wealth)


def _whales(clients: Int64, managers: Int64, whales: int) -> Int64:
    """Say how many whales each branch can hold: together they own at most half of it."""
    most: Int64 = np.minimum(managers // 4, clients // CROWD)
    return np.minimum(most, whales)


def _largest(branch: Int64, wealth: Floats, starts: Int64, wanted: Int64) -> Flags:
    """Mark the largest clients of each branch, so many as are wanted."""
    order = np.lexsort((np.arange(len(branch)), -wealth, branch))
    rank = np.empty(len(branch), np.int64)
    rank[order] = np.arange(len(branch))
    return (rank - starts[branch] < wanted[branch]) & (wealth > 0)


def _size_books(wealth: Floats, books: Floats, *, branch: Int64, new: Flags, clients: Int64, managers: Int64) -> Floats:
    """Give whales their number of fair books, and cap all others well below one.

    A branch with few clients a manager is left as it was drawn: there every client is a large part
    of a book.
    """
    count = len(managers)
    free = managers - np.bincount(branch, books, count)
    whale = books > 0
    plain = np.where(whale, 0.0, wealth)
    there = np.where(new, 0.0, 1.0)
    limit = np.where(clients >= CROWD * managers, BIGGEST_PLAIN, np.inf)
    fair = np.bincount(branch, plain * there, count) / free
    for _ in range(20):  # a cap lowers the fair book, which lowers the cap: twenty steps settle it
        capped = np.minimum(plain, limit[branch] * fair[branch])
        fair = np.bincount(branch, capped * there, count) / free
    return np.where(whale, books * fair[branch], capped)


def _last_trades_before(asleep: Flags, new: Flags, window: Window, rng: np.random.Generator) -> Days:
    """Draw the last trade before the window: years ago for the sleeping, else weeks."""
    count = len(asleep)
    ago = np.where(asleep, 150 + rng.exponential(900, count), 1 + rng.exponential(45, count))
    ago = np.minimum(ago, (window.first - OLDEST).astype(np.int64) - 30)
    day = window.business_day_before(window.first - 1 - ago.astype("timedelta64[D]"))
    never = new | (asleep & (rng.random(count) < NEVER_TRADED))
    return np.where(never, NEVER, day)


def _opening_days(before: Days, new: Flags, window: Window, rng: np.random.Generator) -> Days:
    """Draw the opening: within the window for new clients, before the last old trade for others."""
    first = np.full(len(new), window.first)
    within = window.pick_business(first, np.full(len(new), window.end), rng.random(len(new)))
    known = np.where(np.isnat(before), window.first - 400, before)
    age = np.minimum(rng.exponential(2_000, len(new)), 9_000).astype("timedelta64[D]")
    old = window.business_day_before(np.maximum(known - age, OLDEST + 4))
    return np.where(new, within, old)


def _closing_days(opened: Days, whale: Flags, window: Window, rng: np.random.Generator) -> Days:
    """Draw the closing of a few, at least a day after the window and the account opened."""
    first = np.maximum(opened, window.first) + 2
    last = np.full(len(opened), window.end)
    day = window.pick_business(first, last, rng.random(len(opened)))
    closes = (rng.random(len(opened)) < CLOSING) & ~whale
    return np.where(closes, day, NEVER)


def _active_spans(
    opened: Days, window: Window, *, asleep: Flags, stays: Flags, rng: np.random.Generator
) -> tuple[Days, Days]:
    """Draw when each client trades: all of its time, only a first or a last part, or never."""
    count = len(opened)
    first, last = np.full(count, window.first), np.full(count, window.end)
    turn = window.pick_business(first, last, rng.random(count))
    wakes = asleep & (rng.random(count) < WAKING)
    fades = ~asleep & ~stays & (rng.random(count) < FADING)
    since = np.where(wakes, turn, np.where(asleep, NEVER, np.maximum(opened, first)))
    until = np.where(fades, np.maximum(turn, since), last)
    return since, np.where(np.isnat(since), NEVER, until)


def _paces(wealth: Floats, asleep: Flags, rng: np.random.Generator) -> Floats:
    """Draw trades a month: very unequal, somewhat more for the rich, little for who was asleep."""
    drawn: Floats = rng.gamma(0.7, 1.4, len(wealth)) * (np.maximum(wealth, 1) / 28_000) ** 0.12
    return np.where(asleep, 0.3, np.minimum(drawn, 60.0))
