"""Commission: ten million trades to credits by party and month, and corrections of them.

The peers are given the same columns: coded ids, owner sets in the order of ties, the month of each trade by a gather.
Every engine's cells are compared one by one before it is timed. The recipe for polars is the fastest that we know: one
packed int64 key for client and day, one sort of either side, an as-of join on the key, three group-bys, all in one lazy
query on both threads. The others do it as their documentation shows.
"""

from collections.abc import Iterator

import attrs
import duckdb
import numpy as np
import pandas as pd
import polars as pl

from clientmgr.commission import (
    CommissionPlan,
    Credits,
    Deduction,
    TradeIndex,
    attribute,
    correct,
    post,
)
from clientmgr.facts import Clients, Facts, Managers, Trades
from clientmgr.ownership import Ledger, OwnershipChanges
from clientmgr.tables import AnyArray, Coded
from tests.benchmarks.harness import Row, peak_bytes, race

TRADES, CLIENTS, MANAGERS, TEAMS = 10_000_000, 500_000, 5_000, 200
FEW = 1_000_000
FIRST = int(np.datetime64("2023-01-01", "D").astype(np.int64))
DAYS = 1_095
BASE = 10_000
SPLITS = np.array([[BASE, 0, 0], [6_000, 4_000, 0], [5_000, 3_000, 2_000]])
PLAN = CommissionPlan(
    deductions=[
        Deduction(name="handling", rates="0.0341‰"),
        Deduction(name="regulatory", rates="0.02‰"),
        Deduction(name="tax", rates="6%", on="net"),
    ]
)


@attrs.frozen(eq=False)
class World:
    """Trades and a ledger, as the library has them and as plain columns for the peers."""

    facts: Facts
    ledger: Ledger
    marks: dict[str, AnyArray]
    trades: dict[str, AnyArray]
    months: AnyArray

    def few(self, rows: int) -> "World":
        """Keep the first trades."""
        trades = {name: column[:rows] for name, column in self.trades.items()}
        facts = attrs.evolve(self.facts, trades=self.facts.trades.take(slice(0, rows)))
        return World(facts, self.ledger, self.marks, trades, self.months)

    def ours(self) -> Credits:
        """Attribute, from a ledger that remembers nothing of an earlier run."""
        fresh = Ledger(attrs.evolve(self.ledger.calendars))
        return attribute(self.facts, fresh, PLAN)


def bench() -> Iterator[Row]:
    """Give the rows of commission."""
    world = make_world(TRADES)
    cells = ours_cells(world.ours(), world)
    assert np.array_equal(cells, by_polars(world))
    assert np.array_equal(cells, by_duckdb(world))
    peak = peak_bytes(world.ours)
    yield race(
        "attribute 10 million trades, three owners at most, to party and month",
        world.ours,
        lambda: by_polars(world),
        peer="tuned polars, two threads",
        at_most=0.4,
        note=f"{len(cells) // 2:,} cells, identical; {peak / 2**20:.0f} MiB at most, tables of the ledger included",
    )
    yield race("the same", world.ours, lambda: by_duckdb(world), peer="DuckDB ASOF, two threads", rounds=3)
    few = world.few(FEW)
    assert np.array_equal(ours_cells(few.ours(), few), by_pandas(few))
    yield race("attribute 1 million trades", few.ours, lambda: by_pandas(few), peer="pandas merge_asof", rounds=3)
    yield from _corrections(world)


def _corrections(world: World) -> Iterator[Row]:
    """Give the rows of corrections: 5,000 clients told late, against the whole attribution."""
    posted = post(world.ours(), period="2026-06")
    rng = np.random.default_rng(11)
    told = np.sort(rng.choice(CLIENTS, 5_000, replace=False))
    late = OwnershipChanges(
        client=told,
        valid=(FIRST + rng.integers(1, DAYS, len(told))).astype("datetime64[D]"),
        kind="transferred",
        manager=rng.integers(0, MANAGERS, len(told)),
        branch="B1",
    )
    ledger = world.ledger.append(late, known="2026-06-15")
    for words, by_client, most in (("by index", True, 1 / 20), ("by scan", False, 1 / 10)):
        index = TradeIndex(world.facts.trades)
        index.fingerprints()
        if by_client:
            assert len(index.rows_by_client)

        def fix(index: TradeIndex = index) -> object:
            """Correct."""
            return correct(posted, world.facts, ledger, PLAN, period="2026-07", trades=index)

        yield race(
            f"correct the history of 5,000 clients, {words}",
            fix,
            world.ours,
            peer="a full attribution",
            at_most=most,
            note=str(fix()),
        )


def make_world(trades: int) -> World:
    """Make trades of three years and a ledger of some 2.5 owners sets a client, 40 % of them lone owners."""
    rng = np.random.default_rng(5)
    client, day = _marks(rng)
    kind = rng.choice(3, len(client), p=[0.4, 0.3, 0.3])
    one, other = rng.integers(0, MANAGERS, len(client)), rng.integers(0, MANAGERS - 1, len(client))
    other += other >= one
    team = rng.integers(0, TEAMS, len(client))
    # Parties in the order of ties, with their shares along.
    swap = (kind > 0) & (other < one)
    low, high = np.where(swap, other, one), np.where(swap, one, other)
    share = SPLITS[kind]
    share[swap, :2] = share[swap, 1::-1]
    party = np.stack([low, np.where(kind > 0, high, 0), np.where(kind > 1, MANAGERS + team, 0)], 1)
    marks = {"client": client, "day": day, **{f"p{j}": party[:, j] for j in range(3)}}
    marks |= {f"w{j}": share[:, j] for j in range(3)}
    plain = _trades(rng, trades)
    table = Trades(
        id=np.arange(trades),
        client=Coded.from_codes(np.arange(CLIENTS), plain["client"]),
        date=plain["day"].astype(np.int64).astype("datetime64[D]"),
        turnover=plain["turnover"],
        commission=plain["commission"],
    )
    facts = Facts(
        clients=Clients(id=np.arange(CLIENTS), branch="B1"),
        managers=Managers(id=np.arange(MANAGERS), branch="B1"),
        trades=table,
    )
    days = np.arange(FIRST, FIRST + DAYS).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    months = (days - days[0]).astype(np.int32)
    return World(facts, _ledger(client, day, kind, party, share), marks, plain, months)


def _marks(rng: np.random.Generator) -> tuple[AnyArray, AnyArray]:
    """Draw the days of each client's marks; the first lies before all trades."""
    size = rng.choice([1, 2, 3, 4, 5, 6], CLIENTS, p=[0.35, 0.2, 0.2, 0.15, 0.06, 0.04])
    client = np.repeat(np.arange(CLIENTS), size)
    day = rng.integers(FIRST + 1, FIRST + DAYS, len(client))
    day[np.cumsum(size) - size] = FIRST - 10
    key = np.unique(client * (1 << 20) + day)
    return key >> 20, key & ((1 << 20) - 1)


def _trades(rng: np.random.Generator, trades: int) -> dict[str, AnyArray]:
    """Draw the trades."""
    turnover = np.exp(rng.normal(14, 1.5, trades)).astype(np.int64)
    return {
        "client": rng.integers(0, CLIENTS, trades, dtype=np.int32),
        "day": rng.integers(FIRST, FIRST + DAYS, trades, dtype=np.int32),
        "turnover": turnover,
        "commission": turnover * 3 // 1000 + rng.integers(0, 9, trades),
    }


def _ledger(client: AnyArray, day: AnyArray, kind: AnyArray, party: AnyArray, share: AnyArray) -> Ledger:
    """Build the ledger, one row an owner."""
    rows = np.repeat(np.arange(len(client)), kind + 1)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(kind + 1) - kind - 1, kind + 1)
    own = party[rows, nth]
    first = np.append(True, client[1:] != client[:-1])[rows]
    changes = OwnershipChanges(
        client=Coded.from_codes(np.arange(CLIENTS), client[rows]),
        valid=day[rows].astype("datetime64[D]"),
        kind=Coded.from_codes(np.array(["allocated", "transferred"]), ~first),
        manager=Coded.from_codes(np.arange(MANAGERS), np.where(own < MANAGERS, own, -1)),
        team=Coded.from_codes(np.arange(TEAMS), np.where(own < MANAGERS, -1, own - MANAGERS)),
        branch="B1",
        share=share[rows, nth],
        of=BASE,
    )
    return Ledger.start(changes, known="2026-01-01")


def ours_cells(made: Credits, world: World) -> AnyArray:
    """Give cell numbers and amounts, the cells ascending."""
    total = made.total(by=("manager", "team", "month"))
    manager, team, month = (total.keys[name] for name in ("manager", "team", "month"))
    team_party = np.append(team.vocabulary, 0)[team.codes] + MANAGERS
    party = np.where(manager.codes >= 0, np.append(manager.vocabulary, 0)[manager.codes], team_party)
    first = np.datetime64(FIRST, "D").astype("datetime64[M]").astype(np.int64)
    number = month.vocabulary.astype("datetime64[M]").astype(np.int64)[month.codes] - first
    assert int(number.max()) < int(world.months[-1]) + 1
    return _sorted(party * 64 + number, total.amount)


def _sorted(cell: AnyArray, amount: AnyArray) -> AnyArray:
    """Sort cells, without those of amount zero."""
    kept = amount != 0
    order = np.argsort(cell[kept])
    return np.concatenate([cell[kept][order], amount[kept][order]]).astype(np.int64)


def by_polars(world: World) -> AnyArray:
    """Attribute by one lazy query."""
    frame = pl.DataFrame(
        {n: world.marks[n].astype(np.int32) for n in ("p0", "p1", "p2")}
        | {n: world.marks[n] for n in ("w0", "w1", "w2")}
    )
    key = (world.marks["client"].astype(np.int64) << 16) | (world.marks["day"] - FIRST + 10)
    marks = frame.with_columns(pl.Series("key", key)).lazy().sort("key")
    plain = world.trades
    trades = pl.DataFrame({**plain, "month": world.months.take(plain["day"] - FIRST)}).lazy()
    packed = pl.col("client").cast(pl.Int64) * 65_536 + (pl.col("day") - (FIRST - 10)).cast(pl.Int64)
    query = trades.with_columns(key=packed).sort("key").join_asof(marks, on="key", strategy="backward")
    fees = _half_up(pl.col("turnover"), 341, 10**7) + _half_up(pl.col("turnover"), 2, 10**5)
    query = query.with_columns(net=pl.col("commission") - fees)
    query = query.with_columns(net=pl.col("net") - _half_up(pl.col("net"), 6, 100))
    query = query.with_columns(
        *((pl.col("net") * pl.col(f"w{j}") // BASE).alias(f"q{j}") for j in range(3))
    ).with_columns(
        *((pl.col("net") * pl.col(f"w{j}") - pl.col(f"q{j}") * BASE).alias(f"r{j}") for j in range(3)),
        left=pl.col("net") - pl.col("q0") - pl.col("q1") - pl.col("q2"),
    )
    r0, r1, r2 = (pl.col(f"r{j}") for j in range(3))
    ranks = ((r1 > r0, r2 > r0), (r0 >= r1, r2 > r1), (r0 >= r2, r1 >= r2))
    query = query.with_columns(
        *(
            (pl.col(f"q{j}") + (a.cast(pl.Int64) + b.cast(pl.Int64) < pl.col("left"))).alias(f"s{j}")
            for j, (a, b) in enumerate(ranks)
        )
    )
    sums = [
        query.group_by((pl.col(f"p{j}").cast(pl.Int64) * 64 + pl.col("month")).alias("cell")).agg(
            pl.col(f"s{j}").sum().alias("sum")
        )
        for j in range(3)
    ]
    made = pl.concat(sums).group_by("cell").agg(pl.col("sum").sum()).collect()
    return _sorted(made["cell"].to_numpy(), made["sum"].to_numpy())


def _half_up(amount: pl.Expr, above: int, below: int) -> pl.Expr:
    """Take a rate of amounts that are not negative, halves up."""
    return (amount * (2 * above) + below) // (2 * below)


def by_duckdb(world: World) -> AnyArray:
    """Attribute by one SQL query."""
    marks = pl.DataFrame(world.marks).to_arrow()  # noqa: F841 - the query reads it by name
    plain = world.trades
    trades = pl.DataFrame({**plain, "month": world.months.take(plain["day"] - FIRST)}).to_arrow()  # noqa: F841
    answer = duckdb.sql(DUCKDB)
    assert answer is not None
    made = answer.fetchnumpy()
    return _sorted(made["cell"].astype(np.int64), made["s"].astype(np.int64))


DUCKDB = """
with net as (
  select *, n1 - (n1 * 12 + 100) // 200 as net from (
    select m.*, t.month, t.commission - (t.turnover * 682 + 10000000) // 20000000
      - (t.turnover * 4 + 100000) // 200000 as n1
    from trades t asof join marks m on t.client = m.client and t.day >= m.day)),
q as (select *, net * w0 // 10000 as q0, net * w1 // 10000 as q1, net * w2 // 10000 as q2 from net),
r as (select *, net * w0 - q0 * 10000 as r0, net * w1 - q1 * 10000 as r1, net * w2 - q2 * 10000 as r2,
  net - q0 - q1 - q2 as l from q),
s as (select p0, p1, p2, month,
  q0 + ((r1 > r0)::int + (r2 > r0)::int < l)::int as s0,
  q1 + ((r0 >= r1)::int + (r2 > r1)::int < l)::int as s1,
  q2 + ((r0 >= r2)::int + (r1 >= r2)::int < l)::int as s2 from r)
select cell, sum(v)::bigint as s from (
  select p0 * 64 + month as cell, s0 as v from s union all
  select p1 * 64 + month, s1 from s union all
  select p2 * 64 + month, s2 from s) group by cell
"""


def by_pandas(world: World) -> AnyArray:
    """Attribute by merge_asof and group-bys."""
    plain = world.trades
    trades = pd.DataFrame({**plain, "month": world.months.take(plain["day"] - FIRST)})
    trades["client"] = trades["client"].astype(np.int64)
    trades["day"] = trades["day"].astype(np.int64)
    joined = pd.merge_asof(
        trades.sort_values("day"), pd.DataFrame(world.marks).sort_values("day"), on="day", by="client"
    )
    net = joined["commission"] - (joined["turnover"] * 682 + 10**7) // (2 * 10**7)
    net -= (joined["turnover"] * 4 + 10**5) // (2 * 10**5)
    net -= (net * 12 + 100) // 200
    part = [net * joined[f"w{j}"] // BASE for j in range(3)]
    rest = [net * joined[f"w{j}"] - part[j] * BASE for j in range(3)]
    left = net - part[0] - part[1] - part[2]
    r0, r1, r2 = rest
    ranks = ((r1 > r0, r2 > r0), (r0 >= r1, r2 > r1), (r0 >= r2, r1 >= r2))
    sums = [
        (part[j] + (a.astype(np.int64) + b < left)).groupby(joined[f"p{j}"] * 64 + joined["month"]).sum()
        for j, (a, b) in enumerate(ranks)
    ]
    made = pd.concat(sums).groupby(level=0).sum()
    return _sorted(made.index.to_numpy(), made.to_numpy())
