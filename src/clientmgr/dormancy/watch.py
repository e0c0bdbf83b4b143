"""`watch`: which clients are on their way to fall asleep, and why one thinks so."""

from typing import Any, Final

import attrs
import numpy as np

from clientmgr.dormancy.alive import AliveModel, fit_alive
from clientmgr.dormancy.cadence import Cadence, find_cadence
from clientmgr.dormancy.find import Dormancy, find_dormant
from clientmgr.dormancy.rule import DormancyRule
from clientmgr.errors import DataError, RuleError
from clientmgr.facts import Facts
from clientmgr.periods import DayLike, day, months_between
from clientmgr.tables import AnyArray, Coded, Days, Fen, Flags, Floats, Id, Int64, Result, freeze

__all__ = ["Watch", "WatchRule", "fit_watch_model", "watch"]

REASONS: Final = ("due soon", "longer silent than usual", "hardly alive", "assets near the limit")
DUE, SILENT, DEAD, SMALL = range(4)


@attrs.frozen(kw_only=True)
class WatchRule:
    """From when on a client is warned of.

    Attributes:
        months_ahead: whole months before the due day.
        times_usual: silent for more than this many times the client's own median gap between
            trading days.
        prior_gaps: how many gaps the median of all clients weighs against a client's own gaps.
        alive_below: a chance to be alive below this.
        near_limit: assets of at most this many times the limit; it adds to another reason, and is
            none by itself.

    Raises:
        RuleError: a number out of its range.

    Example:
        >>> from clientmgr.dormancy import WatchRule
        >>> WatchRule(months_ahead=3).times_usual
        3.0
    """

    months_ahead: int = 6
    times_usual: float = 3.0
    prior_gaps: float = 3.0
    alive_below: float = 0.5
    near_limit: float = 1.2

    def __attrs_post_init__(self) -> None:
        """Refuse what is no rule."""
        for name, value in attrs.asdict(self).items():
            if not 0 <= value < float("inf"):
                raise RuleError(f"{name} must not be below zero, got {value}", f"$.{name}")
        if self.alive_below > 1:
            raise RuleError(f"alive_below must be from 0 to 1, got {self.alive_below}", "$.alive_below")


@attrs.frozen(eq=False, repr=False, slots=False)
class Watch(Result):
    """The clients that are open and not yet due, the nearest to sleep first (by due day, then by id).

    Attributes:
        rule: from when on a client is warned of.
        on: the day.
        client: the clients.
        due: the day on which each falls due if nothing happens.
        days_left: days to the due day.
        months_left: whole months to it.
        silent: days since the last trading day; since the opening for who never traded.
        usual_gap: the client's own median gap in days, drawn towards that of all by few gaps; NaN
            if nobody has gaps.
        times_usual: silent days over the usual gap; NaN if there is none.
        chance_alive: by the MBG/NBD model; NaN for who never traded, or without a model.
        assets: in fen, as tested by the dormancy rule.
        flags: (clients, 4) which reasons hold: due soon, longer silent than usual, hardly alive,
            assets near the limit.
    """

    rule: WatchRule
    on: np.datetime64
    client: Coded
    due: Days
    days_left: Int64
    months_left: Int64
    silent: Int64
    usual_gap: Floats
    times_usual: Floats
    chance_alive: Floats
    assets: Fen
    flags: Flags

    def __len__(self) -> int:
        """Count the clients looked at."""
        return len(self.client)

    def __repr__(self) -> str:
        """Say of how many clients it warns."""
        return f"Watch({int(self.warned.sum()):,} of {len(self):,} clients warned of on {self.on})"

    @property
    def warned(self) -> Flags:
        """Who is warned of: some reason holds besides the assets."""
        warned: Flags = np.asarray(self.flags[:, :SMALL].any(axis=1))
        return warned

    @property
    def reasons(self) -> Coded:
        """The reasons in words; empty where there is none."""
        return Coded.of([_words(row) for row in self.flags.tolist()])

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row per client."""
        names = ("client", "due", "days_left", "months_left", "silent", "usual_gap", "times_usual")
        more = ("chance_alive", "assets", "reasons")
        return {name: np.asarray(getattr(self, name)) for name in (*names, *more)}

    def explain(self, client: Id) -> str:
        """Say how near to sleep a client is.

        Raises:
            DataError: the client is not watched: not open, or due already.
        """
        hit = np.flatnonzero(self.client == client)
        if not len(hit):
            raise DataError(f"{client!r} is not watched on {self.on}: not open then, or due already")
        row = int(hit[0])
        said = f"{client} is due on {self.due[row]}, in {self.days_left[row]} days"
        said += f"; silent for {self.silent[row]} days"
        if np.isfinite(self.times_usual[row]):
            said += f", {self.times_usual[row]:.1f} times its usual {self.usual_gap[row]:.0f}"
        if np.isfinite(self.chance_alive[row]):
            said += f"; alive with a chance of {self.chance_alive[row]:.0%}"
        return f"{said}: {_words(self.flags[row].tolist()) or 'no warning'}"


def watch(
    facts: Facts,
    rule: DormancyRule,
    *,
    on: DayLike,
    warn: WatchRule | None = None,
    model: AliveModel | None = None,
) -> Watch:
    """Warn ahead of clients that may fall asleep: nearly due, silent for longer than usual, hardly alive.

    The longer a client is silent, everything else equal, the more reasons hold: none ever goes away by
    silence.

    Args:
        facts: clients and trades; read only up to the day.
        rule: when a client is dormant.
        on: the day, at its close.
        warn: from when on a client is warned of.
        model: the chance to be alive, with days as its unit; by default none is given.
            `fit_watch_model` fits one.

    Returns:
        One row per client that is open and not yet due. O(trades log trades).

    Example:
        >>> import numpy as np
        >>> import clientmgr as cm
        >>> from clientmgr.dormancy import DormancyRule, watch
        >>> clients = cm.Clients(id=["C1"], branch="B1", last_trade=[np.datetime64("2025-01-31")])
        >>> facts = cm.Facts(clients=clients, managers=cm.Managers(id=["M1"], branch="B1"))
        >>> watch(facts, DormancyRule(), on="2026-05-01").explain("C1")
        'C1 is due on 2026-07-31, in 91 days; silent for 455 days: due soon'
    """
    asked, warn = day(on), WatchRule() if warn is None else warn
    found = find_dormant(facts, rule, on=asked)
    rows = np.flatnonzero((found.status == "active") & (found.due >= asked))
    rows = rows[np.lexsort((found.client.codes[rows], found.due[rows]))]
    cadence = find_cadence(facts, asked)
    columns = _columns(facts, found, cadence, rows, warn)
    columns["chance_alive"] = freeze(_chances(model, cadence, rows, asked))
    flags = _flags(columns, found, rows, warn, rule)
    return Watch(rule=warn, on=asked, client=found.client[rows], flags=freeze(flags), **columns)


def fit_watch_model(facts: Facts, *, on: DayLike) -> AliveModel:
    """Fit the chance to be alive to all clients that traded up to a day, with days as the unit.

    Raises:
        DataError: nobody has traded.
        UndecidedError: the trades do not determine a model.
    """
    asked = day(on)
    cadence = find_cadence(facts, asked)
    some = cadence.days > 0
    return fit_alive(
        cadence.days[some] - 1,
        (cadence.last - cadence.first)[some].astype(np.int64),
        (asked - cadence.first[some]).astype(np.int64),
    )


def _columns(facts: Facts, found: Dormancy, cadence: Cadence, rows: AnyArray, warn: WatchRule) -> dict[str, Any]:
    """Measure how near each client is to its due day, and how long it has been silent."""
    due, last = found.due[rows], found.last[rows]
    since = np.where(np.isnat(last), facts.clients.opened[rows], last)
    silent = (found.on - since).astype(np.int64)
    gap = _usual_gaps(cadence, warn)[rows]
    with np.errstate(invalid="ignore"):
        times = silent / np.maximum(gap, 1.0)
    return {
        "due": freeze(due),
        "days_left": freeze((due - found.on).astype(np.int64)),
        "months_left": freeze(np.asarray(months_between(found.on, due))),
        "silent": freeze(silent),
        "usual_gap": freeze(gap),
        "times_usual": freeze(times),
        "assets": freeze(found.tested[rows]),
    }


def _usual_gaps(cadence: Cadence, warn: WatchRule) -> Floats:
    """Draw each client's median gap towards that of all, the more the fewer gaps it has."""
    known = np.isfinite(cadence.gap)
    if not known.any():
        return cadence.gap
    common = float(np.median(cadence.gap[known]))
    gaps = np.maximum(cadence.days - 1, 0)
    own = np.where(known, cadence.gap, 0.0)
    total = gaps + warn.prior_gaps
    weighed: Floats = (gaps * own + warn.prior_gaps * common) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, weighed, common)


def _chances(model: AliveModel | None, cadence: Cadence, rows: AnyArray, on: np.datetime64) -> Floats:
    """Give the chance to be alive of who has traded."""
    chance = np.full(len(rows), np.nan)
    some = cadence.days[rows] > 0
    if model is not None and some.any():
        picked = rows[some]
        first, last = cadence.first[picked], cadence.last[picked]
        recency, age = (last - first).astype(np.int64), (on - first).astype(np.int64)
        chance[some] = model.chance(cadence.days[picked] - 1, recency, age)
    return chance


def _flags(columns: dict[str, Any], found: Dormancy, rows: AnyArray, warn: WatchRule, rule: DormancyRule) -> Flags:
    """Say which reasons hold for each client."""
    flags = np.zeros((len(rows), len(REASONS)), bool)
    flags[:, DUE] = columns["months_left"] < warn.months_ahead
    flags[:, SILENT] = columns["times_usual"] > warn.times_usual
    flags[:, DEAD] = columns["chance_alive"] < warn.alive_below
    if rule.max_assets is not None:
        flags[:, SMALL] = found.tested[rows] <= rule.max_assets * warn.near_limit
    return flags


def _words(flags: list[bool]) -> str:
    """Name the reasons that hold."""
    return ", ".join(word for word, holds in zip(REASONS, flags, strict=True) if holds)
