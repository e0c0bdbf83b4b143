"""Strategies of little firms in which facts, ledger, trades and plan of commission fit together."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from clientmgr.commission import (
    ChargeRate,
    CommissionPlan,
    Crediting,
    Credits,
    Declining,
    Deduction,
    HandOver,
    Override,
    Treatment,
    attribute,
)
from clientmgr.errors import DataError
from clientmgr.facts import Clients, Facts, Managers, Memberships, Trades, Valuations
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.periods import Dated

__all__ = ["CommissionCase", "cases", "plans"]

FIRST = dt.date(2025, 11, 30)


SPAN = 430


ANY = (
    "transferred",
    "handed_over",
    "left_with_manager",
    "claimed",
    "released",
    "returned",
    "moved",
)


STARTS = ("allocated", "opened", "developed")


@attrs.frozen(eq=False, repr=False)
class CommissionCase:
    """A little firm whose parts fit together.

    Attributes:
        facts: with trades, memberships, branch managers and valuations.
        ledger: of one to three batches.
        plan: one or two editions.
    """

    facts: Facts
    ledger: Ledger
    plan: Dated[CommissionPlan]

    def __repr__(self) -> str:
        """Spell ledger, trades and plan out row by row, so that a failing case can be read."""
        tables = {
            "trades": self.facts.trades,
            "clients": self.facts.clients,
            "memberships": self.facts.memberships,
            "log": self.ledger.log(),
        }
        told = [f"{name}:\n" + "\n".join(f"  {row}" for row in table.to_records()) for name, table in tables.items()]
        return "\n".join(["CommissionCase", *told, f"plan: {self.plan}"])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - hypothesis calls it so
        """Print as `repr` does."""
        printer.text("..." if cycle else repr(self))

    def attribute(self, **options: Any) -> Credits:
        """Attribute the trades of the case."""
        return attribute(self.facts, self.ledger, self.plan, **options)

    def with_trades(self, trades: Trades) -> "CommissionCase":
        """Give the case with other trades."""
        return attrs.evolve(self, facts=attrs.evolve(self.facts, trades=trades))


@st.composite
def cases(
    draw: st.DrawFn, *, faulty: bool = False, reversals: bool = True, text_ids: bool | None = None
) -> CommissionCase:
    """Draw a whole little firm.

    Args:
        draw: given by hypothesis.
        faulty: whether some trades cannot be credited.
        reversals: whether some trades reverse others.
        text_ids: whether the ids of clients, managers and trades are text; drawn by default.
    """
    text = draw(st.booleans()) if text_ids is None else text_ids
    name = _name_as_text if text else _name_as_integer
    clients = [name("C", i) for i in range(draw(st.integers(1, 4)))]
    managers = [name("M", i) for i in range(5)]
    ledger = draw(_ledgers(clients, managers))
    known = [client for client in clients if client in set(ledger.clients.tolist())]
    strangers = clients if faulty else known
    trades = draw(_trades(strangers, ledger, name, faulty=faulty, reversals=reversals))
    facts = Facts(
        clients=draw(_clients(clients)),
        managers=Managers(
            id=managers,
            branch=["B1", "B1", "B1", "B2", "B1"],
            head=[False, False, True, False, True],
            joined=np.array(["NaT", "NaT", "NaT", "NaT", "2026-03-01"], "M8[D]"),
        ),
        memberships=draw(_memberships(managers)),
        trades=trades,
        valuations=draw(_valuations(clients)),
    )
    return CommissionCase(facts, ledger, draw(plans()))


@st.composite
def plans(draw: st.DrawFn) -> Dated[CommissionPlan]:
    """Draw one or two editions of a plan with every kind of deduction and crediting rule."""
    first = draw(_plans())
    if draw(st.booleans()):
        return Dated.always(first)
    return Dated.of({"2025-01-01": first, "2026-04-01": draw(_plans())})


def _name_as_text(letter: str, number: int) -> str:
    """Name something by text."""
    return f"{letter}{number}"


def _name_as_integer(letter: str, number: int) -> int:
    """Name something by an integer, so that text order and number order differ."""
    return {"C": 90, "M": 7, "T": 995}.get(letter, 0) + number


def _day(offset: int) -> np.datetime64:
    """Give a day of the case's calendar."""
    return np.datetime64(FIRST, "D") + offset


@st.composite
def _clients(draw: st.DrawFn, clients: list[Any]) -> Clients:
    """Draw the clients' opening days; some are not known."""
    opened = draw(st.lists(st.integers(-400, 100), min_size=len(clients), max_size=len(clients)))
    days = np.array([_day(o) for o in opened])
    days[np.array(opened) > 0] = np.datetime64("NaT")
    return Clients(id=clients, branch=["B1", "B2", "B1", "B1"][: len(clients)], opened=days)


@st.composite
def _memberships(draw: st.DrawFn, managers: list[Any]) -> Memberships:
    """Draw who belongs to which team from when to when."""
    change = draw(st.integers(0, SPAN))
    start, turn = np.datetime64("2025-01-01"), _day(change)
    return Memberships(
        team=["T1", "T1", "T1", "T2"],
        manager=[managers[0], managers[1], managers[3], managers[4]],
        share=[draw(st.integers(1, 3)), 1, 2, 1],
        lead=[True, False, draw(st.booleans()), True],
        since=np.array([start, start, turn, turn]),
        until=np.array([turn, np.datetime64("NaT"), np.datetime64("NaT"), turn + 60], "M8[D]"),
    )


@st.composite
def _valuations(draw: st.DrawFn, clients: list[Any]) -> Valuations:
    """Draw a valuation or two of each client."""
    early = draw(st.lists(st.integers(0, 40), min_size=len(clients), max_size=len(clients)))
    return Valuations(
        client=clients * 2,
        date=np.repeat([_day(0), _day(200)], len(clients)),
        assets=[a * 100 for a in early] + [(40 - a) * 100 for a in early],
    )


def _owner_rows(managers: list[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw one owner set as rows without client and day."""
    manager = st.sampled_from(managers)

    def alone(who: Any) -> list[dict[str, Any]]:
        """Make a lone manager."""
        return [{"manager": who}]

    def team(who: str) -> list[dict[str, Any]]:
        """Make a lone team."""
        return [{"team": who}]

    def pool(name: str) -> list[dict[str, Any]]:
        """Make a pool."""
        return [{"pool": name}]

    def pair(who: tuple[Any, Any], part: int) -> list[dict[str, Any]]:
        """Make a developer and a servicer."""
        return [
            {"manager": who[0], "role": "developer", "share": part, "of": 10},
            {"manager": who[1], "role": "servicer", "share": 10 - part, "of": 10},
        ]

    def thirds(who: list[Any], on_top: int) -> list[dict[str, Any]]:
        """Make three equal owners, one of them a team, and an overlay."""
        return [
            {"manager": who[0], "share": 1, "of": 3},
            {"manager": who[1], "share": 1, "of": 3},
            {"team": "T1", "share": 1, "of": 3},
            {"manager": who[2], "role": "adviser", "share": on_top, "of": 100, "overlay": True},
        ]

    three = st.permutations(managers).map(lambda every: list(every[:3]))
    return st.one_of(
        manager.map(alone),
        st.builds(pair, st.tuples(manager, manager), st.integers(1, 9)),
        st.sampled_from(["T1", "T2"]).map(team),
        st.sampled_from(["key", "dormant", "unassigned"]).map(pool),
        st.builds(thirds, three, st.integers(1, 120)),
    )


@st.composite
def _ledgers(draw: st.DrawFn, clients: list[Any], managers: list[Any]) -> Ledger:
    """Draw a ledger: a first batch with whole calendars, then batches that say something late."""
    rows: list[dict[str, Any]] = []
    sets = _owner_rows(managers)
    for client in clients:
        rows += draw(_calendars(client, sets))
    ledger = Ledger.start(_changes(rows), known="2027-06-01")
    for batch in range(draw(st.integers(0, 2))):
        client = draw(st.sampled_from(clients))
        kind = draw(st.sampled_from((*ANY, "withdrawn")))
        late = _change(client, draw(st.integers(1, SPAN)), kind, draw(sets), "B1")
        try:
            ledger = ledger.append(_changes(late), known=f"2027-06-0{batch + 2}")
        except DataError:
            continue
    return ledger


@st.composite
def _calendars(draw: st.DrawFn, client: Any, sets: Any) -> list[dict[str, Any]]:
    """Draw the calendar of one client."""
    days = sorted(draw(st.sets(st.integers(0, SPAN), min_size=1, max_size=4)))
    branch = draw(st.sampled_from(["B1", "B2"]))
    rows, closed = [], False
    for i, day in enumerate(days):
        kinds: tuple[str, ...] = STARTS if i == 0 else ("reopened",) if closed else (*ANY, "closed")
        kind = draw(st.sampled_from(kinds))
        rows += _change(client, day, kind, draw(sets), branch)
        closed = kind == "closed"
    return rows


def _change(client: Any, day: int, kind: str, owners: list[dict[str, Any]], branch: str) -> list[dict[str, Any]]:
    """Write one change as rows."""
    bare = kind in {"closed", "withdrawn"}
    head = {"client": client, "valid": _day(day), "kind": kind, "branch": branch}
    return [{**head, **owner} for owner in ([{}] if bare else owners)]


def _changes(rows: list[dict[str, Any]]) -> OwnershipChanges:
    """Make a table of changes; two rows of one owner and role become one."""
    plain = {"manager": None, "team": None, "pool": None, "role": "", "share": 1, "of": 1}
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in ({**plain, "overlay": False, **row} for row in rows):
        names = ("client", "valid", "manager", "team", "pool", "role", "overlay")
        key = tuple(row[name] for name in names)
        if key in seen:
            both = Fraction(seen[key]["share"], seen[key]["of"]) + Fraction(row["share"], row["of"])
            seen[key] |= {"share": both.numerator, "of": both.denominator}
        else:
            seen[key] = row
    columns: dict[str, Any] = {name: [row[name] for row in seen.values()] for name in next(iter(seen.values()))}
    columns["valid"] = np.array(columns["valid"], "M8[D]")
    return OwnershipChanges(**columns)


@st.composite
def _trades(
    draw: st.DrawFn,
    clients: list[Any],
    ledger: Ledger,
    name: Callable[[str, int], Any],
    *,
    faulty: bool,
    reversals: bool,
) -> Trades:
    """Draw trades; without faults only on days on which their client is open."""
    rows: list[dict[str, Any]] = []
    for i in range(draw(st.integers(0, 8))):
        fresh = any(row["commission"] and row["reverses"] is None for row in rows)
        if reversals and (fresh or (faulty and rows)) and draw(st.integers(0, 3)) == 0:
            rows.append(draw(_reversals(rows, name("T", i), faulty=faulty)))
        else:
            client, day = draw(st.sampled_from(clients)), draw(st.integers(0, SPAN))
            if not faulty and ledger.owners(client, _day(day)).row[0] < 0:
                continue
            rows.append(draw(_plain_trades(name("T", i), client, day)))
    if not rows:
        return Trades(id=[], client=[], date=np.empty(0, "M8[D]"), extra={"rebate": np.empty(0, int)})
    columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0] if key != "rebate"}
    columns["date"] = np.array(columns["date"], "M8[D]")
    return Trades(**columns, extra={"rebate": np.array([row["rebate"] for row in rows])})


@st.composite
def _plain_trades(draw: st.DrawFn, id_: Any, client: Any, day: int) -> dict[str, Any]:
    """Draw one plain trade."""
    turnover = draw(st.one_of(st.integers(-300, 300), st.integers(0, 10**8), st.just(10**13)))
    return {
        "id": id_,
        "client": client,
        "date": _day(day),
        "side": draw(st.sampled_from(["buy", "sell"])),
        "market": draw(st.sampled_from(["SSE", "SZSE"])),
        "product": draw(st.sampled_from(["stock", "fund"])),
        "quantity": draw(st.integers(0, 1000)),
        "turnover": turnover,
        "commission": draw(st.one_of(st.integers(-60, 60), st.integers(-(10**6), 10**7))),
        "reverses": None,
        "rebate": draw(st.integers(0, 9)),
    }


@st.composite
def _reversals(draw: st.DrawFn, rows: list[dict[str, Any]], id_: Any, *, faulty: bool) -> dict[str, Any]:
    """Draw a reversal of one of the trades so far."""
    gone = {row["reverses"] for row in rows}
    plain = [row for row in rows if row["reverses"] is None and (row["commission"] or row["id"] not in gone)]
    source = draw(st.sampled_from(rows if faulty else plain))
    taken = sum(row["commission"] for row in rows if row["reverses"] == source["id"])
    left = source["commission"] + taken
    low, high = sorted((0, -left))
    amount = draw(st.integers(low - 2 * faulty, high + 2 * faulty))
    day = source["date"] + draw(st.integers(-3 if faulty else 0, 90))
    latest = max((row["date"] for row in rows if row["reverses"] == source["id"]), default=day)
    return {
        **source,
        "id": id_,
        "date": day if faulty else max(day, latest),
        "commission": amount if source["commission"] or faulty else 0,
        "reverses": source["id"],
    }


@st.composite
def _plans(draw: st.DrawFn) -> CommissionPlan:
    """Draw one edition."""
    return CommissionPlan(
        name=draw(st.sampled_from(["first", "second"])),
        deductions=draw(_deductions()),
        crediting=draw(_creditings()),
        below_charges=draw(st.sampled_from(["keep", "zero"])),
    )


@st.composite
def _deductions(draw: st.DrawFn) -> list[Deduction]:
    """Draw some of the deductions that there can be."""
    rounding = st.sampled_from(["half_up", "half_even", "down", "up"])
    every = [
        Deduction(name="handling", rates="0.0341‰", rounding=draw(rounding)),
        Deduction(
            name="stamp",
            rates=[ChargeRate(rate={"2000-01-01": "1‰", "2026-05-01": "0.5‰"}, side="sell", product="stock")],
        ),
        Deduction(
            name="transfer",
            rates=[ChargeRate(rate="3bp", market="SSE"), ChargeRate(rate="1bp")],
            fixed=draw(st.integers(0, 2)),
            minimum=draw(st.integers(0, 3)),
            maximum=draw(st.sampled_from([None, 5, 500])),
        ),
        Deduction(name="units", rates="1/7", on="quantity", rounding=draw(rounding)),
        Deduction(name="rebate", rates=1, on="rebate"),
        Deduction(name="tax", rates="6/106", on="commission", rounding=draw(rounding)),
        Deduction(
            name="small",
            rates=[
                ChargeRate(rate="100%", commission_below=20),
                ChargeRate(rate="50%", turnover_below=200),
                ChargeRate(rate="1/3", assets_below=20_00),
            ],
            on="net",
        ),
    ]
    return [line for line in every if draw(st.booleans())]


@st.composite
def _creditings(draw: st.DrawFn) -> Crediting:
    """Draw a crediting rule; often the plain one."""
    if draw(st.integers(0, 2)) == 0:
        return Crediting()
    overrides = (
        Override(name="head", to="heads", rate="5%"),
        Override(name="lead", to="leads", rate="1/30", funder="branch"),
    )
    return Crediting(
        roles=draw(st.sampled_from([{}, {"developer": "30%", "servicer": "70%"}, {"": 1}])),
        treatments=[each for each in _TREATMENTS if draw(st.booleans())],
        hand_over=draw(st.sampled_from([None, HandOver(months=3), HandOver(months=1, share="1/3")])),
        declining=draw(st.sampled_from([(), (_DECLINING,)])),
        overrides=[each for each in overrides if draw(st.booleans())],
        pools=draw(st.sampled_from([{}, {"key": "heads"}, {"dormant": "house", "unassigned": "heads"}])),
        teams=draw(st.sampled_from(["team", "members"])),
    )


_TREATMENTS = (
    Treatment(name="fresh", origin="new", months_below=3),
    Treatment(name="new", origin="new", months_from=1, months_below=12, share="1/3"),
    Treatment(name="claimed", acquired=("claimed", "transferred"), share="50%"),
    Treatment(name="old", months_from=12, share="90%"),
)


_DECLINING = Declining(kinds=("transferred", "left_with_manager"), shares=["50%", "30%", "1/7"], every=2)
