"""What happens besides trades: account events, acts of service, complaints."""

import attrs
import numpy as np

from clientmgr.datasets.accounts import Accounts
from clientmgr.datasets.staff import Staff
from clientmgr.datasets.wealth import Wealth
from clientmgr.datasets.window import Window
from clientmgr.facts import AccountEvents, Incidents, ServiceRecords
from clientmgr.tables import Coded, Days, Flags, Int64

__all__ = ["make_events", "make_incidents", "make_records"]

LOGINS = 0.4  # a month, of who is awake
INTEREST_MONTHS = (3, 6, 9, 12)
INTEREST_DAY = 20  # days after the first: demand deposits are credited on the 21st
RECORDS = 45  # a month and manager
REACHED = 0.7  # of the acts with a client
INCIDENTS = 0.04  # a month and manager
BREACH = 0.25  # of the incidents: a breach of compliance, the others being complaints

KINDS = np.array(["call", "message", "visit", "meeting", "study"])
CHANCES = (0.45, 0.35, 0.08, 0.05, 0.07)
CHANNELS = np.array(["telephone", "sms", "in person", "", ""])
MINUTES = np.array([8, 2, 60, 90, 60])
WITH_CLIENT = 3  # the kinds before this one


def make_events(
    accounts: Accounts, wealth: Wealth, *, ids: Coded, window: Window, rng: np.random.Generator
) -> AccountEvents:
    """Make log-ins, which clients cause, and quarterly interest, which they do not.

    The rows are in the order of days and clients.
    """
    login, login_day = _logins(accounts, window, rng)
    paid, paid_day = _interest(wealth, accounts, window)
    client = np.concatenate([login, paid])
    date = np.concatenate([login_day, paid_day])
    initiated = np.arange(len(client)) < len(login)
    order = np.lexsort((initiated, client, date))
    return AccountEvents(
        client=ids[client[order]],
        date=date[order],
        kind=np.array(["interest", "login"])[initiated[order].astype(np.int64)],
        initiated=initiated[order],
    )


def _logins(accounts: Accounts, window: Window, rng: np.random.Generator) -> tuple[Int64, Days]:
    """Draw who logged in when, on business days of the client's time within the window."""
    since = np.maximum(accounts.opened, window.first)
    until = np.fmin(accounts.closed - 1, np.full(len(accounts), window.end))
    months = (until - since).astype(np.float64) / 30.4
    mean = np.where(accounts.asleep, 0.01, LOGINS) * np.maximum(months, 0)
    client = np.repeat(np.arange(len(accounts)), rng.poisson(mean))
    date = window.pick_business(since[client], until[client], rng.random(len(client)))
    there = ~np.isnat(date)
    return client[there], date[there]


def _interest(wealth: Wealth, accounts: Accounts, window: Window) -> tuple[Int64, Days]:
    """Find who is paid interest when: whoever had something at the end of the month before."""
    month = window.firsts[:-1].astype("datetime64[M]").astype(np.int64) % 12 + 1
    due = np.flatnonzero(np.isin(month, INTEREST_MONTHS))
    client, quarter = np.nonzero(wealth.assets[:, due] > 0)
    date = window.firsts[:-1][due[quarter]] + INTEREST_DAY
    there = accounts.is_open(client, date)
    return client[there], date[there]


@attrs.frozen(eq=False)
class _Acts:
    """Acts of service before they are written down."""

    manager: Int64
    client: Int64
    date: Days
    kind: Int64

    def take(self, rows: Int64 | Flags) -> "_Acts":
        """Give some of the acts."""
        return _Acts(self.manager[rows], self.client[rows], self.date[rows], self.kind[rows])


def make_records(
    accounts: Accounts,
    staff: Staff,
    *,
    ids: Coded,
    managers: Coded,
    window: Window,
    rng: np.random.Generator,
) -> ServiceRecords:
    """Make what managers did: calls, messages and visits to clients, meetings, study.

    Rich clients are served more often than others. Nobody owns clients yet, so that any manager of
    the branch may have served any of its clients.
    """
    acts = _acts(accounts, staff, window, rng)
    acts = acts.take(np.lexsort((acts.kind, acts.manager, acts.date)))
    count = len(acts.manager)
    outcome = np.where(rng.random(count) < REACHED, "reached", "declined")
    return ServiceRecords(
        id=np.arange(1, count + 1),
        manager=managers[acts.manager],
        client=Coded.from_codes(ids.vocabulary, acts.client),
        date=acts.date,
        kind=KINDS[acts.kind],
        channel=CHANNELS[acts.kind],
        minutes=np.maximum(1, rng.poisson(MINUTES[acts.kind])),
        outcome=np.where(acts.client < 0, "", outcome),
    )


def _acts(accounts: Accounts, staff: Staff, window: Window, rng: np.random.Generator) -> _Acts:
    """Draw what managers did on their days at work; -1 is the client of what has none."""
    manager, date = _manager_days(staff, RECORDS, window, rng)
    kind = rng.choice(len(KINDS), size=len(manager), p=CHANCES)
    client = _partners(accounts, staff.branch[manager], date, rng)
    client = np.where(kind < WITH_CLIENT, client, -1)
    return _Acts(manager, client, date, kind).take((client >= 0) | (kind >= WITH_CLIENT))


def _partners(accounts: Accounts, branch: Int64, date: Days, rng: np.random.Generator) -> Int64:
    """Draw a client of each branch, the rich more often than others; -1 for none on that day."""
    size = np.diff(accounts.starts)[branch]
    rank = np.floor(rng.random(len(branch)) ** 2 * size).astype(np.int64)
    if not len(accounts):
        return np.full(len(branch), -1)
    place = np.where(size > 0, accounts.starts[branch] + rank, 0)
    client = accounts.by_wealth[place]
    return np.where((size > 0) & accounts.is_open(client, date), client, -1)


def make_incidents(staff: Staff, *, managers: Coded, window: Window, rng: np.random.Generator) -> Incidents:
    """Make the few complaints and breaches of compliance there are, by day and manager."""
    manager, date = _manager_days(staff, INCIDENTS, window, rng)
    order = np.lexsort((manager, date))
    count = len(order)
    breach = rng.random(count) < BREACH
    return Incidents(
        id=np.arange(1, count + 1),
        manager=managers[manager[order]],
        date=date[order],
        kind=np.where(breach, "compliance", "complaint"),
        weight=np.where(breach, 3, 1),
    )


def _manager_days(staff: Staff, a_month: float, window: Window, rng: np.random.Generator) -> tuple[Int64, Days]:
    """Draw managers and business days on which they are at work, so many a month on average."""
    count = int(staff.starts[-1])
    manager = np.repeat(np.arange(count), rng.poisson(a_month * window.months, count))
    first, last = np.full(len(manager), window.first), np.full(len(manager), window.end)
    date = window.pick_business(first, last, rng.random(len(manager)))
    there = staff.is_there(manager, date)
    return manager[there], date[there]
