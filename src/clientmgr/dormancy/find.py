"""`find_dormant`: the status and the due day of every client."""

import attrs
import numpy as np

from clientmgr.dormancy.due import due_days, last_activity, window_assets, window_start
from clientmgr.dormancy.rule import ANY, TRADE, DormancyRule
from clientmgr.errors import DataError
from clientmgr.facts import Facts
from clientmgr.periods import DayLike, day
from clientmgr.tables import AnyArray, Coded, Codes, Days, Fen, Flags, Id, Result, freeze

__all__ = ["Dormancy", "find_dormant", "last_active"]

STATUSES = np.array(["active", "dormant", "idle", "not open"])
ACTIVE, DORMANT, IDLE, NOT_OPEN = range(4)


def find_dormant(facts: Facts, rule: DormancyRule, *, on: DayLike) -> "Dormancy":
    """Say of every client whether it is dormant (休眠) on a day, and when it is or was due.

    Args:
        facts: clients, and what they did; read only up to the day.
        rule: how long, which activity, which assets.
        on: the day, at its close: ISO text, date or datetime64.

    Returns:
        Status and due day of each client, in the order of `facts.clients`. O(clients + activity),
        the months being added through a table over days.

    Raises:
        DataError: nothing but a snapshot later than the day answers for some client.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.dormancy import find_dormant, house_rule
        >>> clients = cm.Clients(
        ...     id=["C1", "C2"],
        ...     branch="B1",
        ...     assets=[100_00, 90_000_00],
        ...     last_trade=np.array(["2024-08-31", "2024-08-31"], "datetime64[D]"),
        ... )
        >>> facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
        >>> found = find_dormant(facts, house_rule(5_000_00), on="2026-02-28")
        >>> found.status.tolist(), found.due.astype(str).tolist()
        (['dormant', 'idle'], ['2026-02-28', '2026-02-28'])
    """
    asked = day(on)
    last = last_active(facts, rule, asked)
    due = due_days(np.where(np.isnat(last), facts.clients.opened, last), rule.months)
    open_ = facts.open_clients(asked)
    passed = open_ & ~((due > asked) if rule.inclusive else (due >= asked))
    tested = _tested_assets(facts, rule, asked)
    small = _within_limits(facts, rule, asked, tested)
    status = np.full(len(open_), ACTIVE, np.int32)
    status[passed] = np.where(small[passed], DORMANT, IDLE)
    status[~open_] = NOT_OPEN
    return Dormancy(
        rule,
        asked,
        facts.clients.id,
        facts.clients.branch,
        Coded.from_codes(STATUSES, status),
        freeze(last),
        freeze(due),
        freeze(tested),
    )


@attrs.frozen(eq=False, repr=False, slots=False)
class Dormancy(Result):
    """The status of every client on a day: one row per row of `facts.clients`.

    Attributes:
        rule: the rule that was applied.
        on: the day, at its close.
        client: the clients.
        branch: the branch of each.
        status: the mark that is shown on each client: active; dormant; idle, where it is due but
            has assets above the limit; not open.
        last: last activity that counts, on or before the day; NaT for a client never active.
        due: the day on which the time without activity is full; NaT for one never active and there
            before all records, whose time is full.
        tested: the assets in fen that were held against the limit.

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> day = np.array(["2024-08-31"], "datetime64[D]")
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1"], branch="B1", last_trade=day),
        ...     managers=cm.Managers(id=["M1"], branch="B1"),
        ... )
        >>> cm.find_dormant(facts, cm.DormancyRule(months=18, max_assets=0), on="2026-02-28")
        Dormancy(1 of 1 clients dormant on 2026-02-28)
    """

    rule: DormancyRule
    on: np.datetime64
    client: Coded
    branch: Coded
    status: Coded
    last: Days
    due: Days
    tested: Fen

    def __len__(self) -> int:
        """Count the clients."""
        return len(self.client)

    def __repr__(self) -> str:
        """Say how many clients are dormant."""
        return f"Dormancy({int(self.dormant.sum()):,} of {len(self):,} clients dormant on {self.on})"

    @property
    def dormant(self) -> Flags:
        """Which clients are dormant."""
        asleep: Flags = self.status.codes == DORMANT
        return asleep

    @property
    def ids(self) -> Coded:
        """The ids of the dormant clients."""
        asleep: Coded = self.client[self.dormant]
        return asleep

    def counts(self) -> dict[str, int]:
        """Count the clients of each status."""
        number = np.bincount(self.status.codes, minlength=len(STATUSES)).tolist()
        return dict(zip(STATUSES.tolist(), number, strict=True))

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per client."""
        names = ("client", "branch", "status", "last", "due", "tested")
        return {name: np.asarray(getattr(self, name)) for name in names}

    def explain(self, client: Id) -> str:
        """Say why a client has its status.

        Raises:
            DataError: the client is not among the facts.
        """
        hit = np.flatnonzero(self.client == client)
        if not len(hit):
            raise DataError(f"there is no client {client!r} in this decision")
        row = int(hit[0])
        status = self.status[row]
        if status == "not open":
            return f"{client} is not open on {self.on}"
        return f"{client} is {status} on {self.on}: {self._time_said(row)}; {self._assets_said(row)}"

    def _time_said(self, row: int) -> str:
        """Say since when the client has not been active, and when it is due."""
        start = f"last active {self.last[row]}" if not np.isnat(self.last[row]) else "never active"
        if np.isnat(self.due[row]):
            return f"{start}, and there before all records"
        edge = "on" if self.rule.inclusive else "after"
        return f"{start}, due {edge} {self.due[row]} ({self.rule.months} months)"

    def _assets_said(self, row: int) -> str:
        """Say how the assets compare with the limit."""
        amount = f"assets {self.tested[row] / 100:,.2f} ({self.rule.assets_test})"
        if self.rule.max_assets is None:
            return f"{amount}, no limit"
        return f"{amount}, limit {self.rule.max_assets / 100:,.2f}"


def last_active(facts: Facts, rule: DormancyRule, on: np.datetime64) -> Days:
    """Find each client's last activity that counts, up to a day; NaT for none."""
    last = np.full(len(facts.clients), np.datetime64("NaT"), "datetime64[D]")
    if rule.counts_kind(TRADE):
        last = facts.last_trade(on)
    events = facts.events
    kinds = np.ones(len(events), bool) if ANY in rule.counts else events.kind.isin(rule.counts)
    counted = np.flatnonzero(kinds & events.initiated & (events.date <= on))
    if not len(counted):
        return last
    rows = facts.clients.rows(events.client)[counted]
    latest: Days = np.fmax(last, last_activity(rows, events.date[counted], len(last)))
    return latest


def _tested_assets(facts: Facts, rule: DormancyRule, on: np.datetime64) -> Fen:
    """Find the amount that is held against the limit; where no valuation answers, the assets as of the day."""
    if rule.assets_test == "as_of":
        return facts.assets(on) if rule.max_assets is not None else _assets_if_known(facts, on)
    values = facts.valuations
    window = window_assets(
        facts.clients.rows(values.client),
        values.date,
        values.assets,
        clients=len(facts.clients),
        start=window_start(on, rule.months),
        on=on,
    )
    answered, amount = window.answered[rule.assets_test], getattr(window, rule.assets_test)
    needed = facts.open_clients(on) & ~answered
    return np.where(answered, amount, facts.assets(on) if needed.any() else 0)


def _assets_if_known(facts: Facts, on: np.datetime64) -> Fen:
    """Give the assets where they are only shown, never tested: 0 where nothing answers."""
    try:
        return facts.assets(on)
    except DataError:
        return np.zeros(len(facts.clients), np.int64)


def _within_limits(facts: Facts, rule: DormancyRule, on: np.datetime64, tested: Fen) -> Flags:
    """Mark the clients whose assets are not above any limit."""
    small = np.ones(len(tested), bool) if rule.max_assets is None else tested <= rule.max_assets
    for name, limit in rule.also_at_most:
        small &= _extra_column(facts, name, on) <= limit
    return small


def _extra_column(facts: Facts, name: str, on: np.datetime64) -> AnyArray | Codes:
    """Give a further column of the clients, which is a snapshot not later than the day."""
    if name not in facts.clients.extra:
        raise DataError(f"the rule limits clients.extra[{name!r}], which the facts do not have")
    if facts.as_of is not None and facts.as_of > on:
        raise DataError(f"clients.extra[{name!r}] is a snapshot of {facts.as_of}, later than {on}")
    column: AnyArray = facts.clients.extra[name]
    return column
