"""Division: one branch, a firm, one large pool, re-division; beside peers that divide as well."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

from clientmgr.allocation import AllocationRule, Balanced, Division, Moves, allocate
from clientmgr.allocation.fitting import fit
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.ownership import Ledger
from tests.benchmarks.harness import Row, against_sorting, alone

ON = "2026-07-01"
MEASURES = ("count", "assets", "fees", "hours")
LIMIT = 30  # seconds given to solvers


def bench() -> Iterator[Row]:
    """Give the rows of allocation."""
    yield from _one_branch()
    yield from _one_measure()
    yield from _peers()
    yield from _one_pool()
    yield from _joins()
    yield from _affinity()
    yield from _firm()


def make_facts(sizes: Any, teams: Any, seed: int, *, equal: bool = False) -> Facts:
    """Make branches with lognormal assets, correlated fees, gamma hours and abilities from 0.5 to 2."""
    rng = np.random.default_rng(seed)
    total, managers = int(np.sum(sizes)), int(np.sum(teams))
    size = rng.standard_normal(total)
    ability = np.ones(managers) if equal else np.round(rng.uniform(0.5, 2.0, managers), 3)
    branches = np.arange(len(sizes))
    return Facts(
        clients=Clients(
            id=np.arange(total),
            branch=np.repeat(branches, sizes),
            assets=(np.exp(12 + 2 * size) * 100).astype(np.int64),
            extra={
                "fees": (np.exp(5 + 1.2 * size + 0.8 * rng.standard_normal(total)) * 100).astype(int),
                "hours": (rng.gamma(2, 1, total) * 3.6e6).astype(np.int64),
            },
        ),
        managers=Managers(id=np.arange(managers), branch=np.repeat(branches, teams), ability=ability),
    )


def worst(division: Division) -> tuple[float, float]:
    """Give the worst relative deviation of money, and the worst of counts in clients."""
    books = division.certificate.books
    counts = books.measure == "count"
    off = np.where(books.free | counts, 0.0, np.abs(books.deviation) / 100)
    return float(off.max()), float(np.where(counts, np.abs(books.load - books.filled), 0).max())


def _one_branch() -> Iterator[Row]:
    """Divide one branch by four measures."""
    rule = AllocationRule(measures=MEASURES, key=None)
    for seed in (1, 2, 3):
        facts = make_facts([7_000], [13], seed)
        money, count = worst(allocate(facts, rule, on=ON))
        largest = facts.clients.assets.max() / (facts.clients.assets.sum() / 13)
        yield alone(
            f"allocate 7,000 x 13, 4 measures, abilities 0.5-2 (draw {seed})",
            lambda facts=facts: allocate(facts, rule, on=ON),  # type: ignore[misc]
            seconds_at_most=0.2,
            note=f"money within {money:.1e}, counts within {count:.2f} clients, largest client {largest:.2f} of a book",
        )


def _one_measure() -> Iterator[Row]:
    """Divide one branch by one whole measure, exactly."""
    rule = AllocationRule(measures=("assets",), key=None)
    facts = make_facts([7_000], [13], 4)
    books = allocate(facts, rule, on=ON).certificate.books
    yield alone(
        "allocate 7,000 x 13, one whole measure, abilities 0.5-2",
        lambda: allocate(facts, rule, on=ON),
        seconds_at_most=0.15,
        note=f"every book within {np.abs(books.load - books.target).max():.2f} fen of its target",
    )


def _peers() -> Iterator[Row]:
    """Let peers divide the same values among equals, and say how even they get them."""
    facts = make_facts([7_000], [13], 5, equal=True)
    values = facts.clients.assets
    rule = AllocationRule(measures=("assets",), key=None)
    loads = allocate(facts, rule, on=ON).certificate.books.load
    yield alone(
        "the same among equals, beside peers",
        lambda: allocate(facts, rule, on=ON),
        seconds_at_most=0.15,
        note=_spread(loads),
    )
    peers: dict[str, Callable[[Any], Any]] = {
        "prtpy greedy": lambda v: _prtpy(v, "greedy"),
        "prtpy kk": lambda v: _prtpy(v, "kk"),
        "prtpy multifit": lambda v: _prtpy(v, "multifit"),
        "fairpyx round robin": _fairpyx,
        f"CP-SAT {LIMIT} s": _cp_sat,
        f"HiGHS {LIMIT} s": _highs,
    }
    for name, divide in peers.items():
        yield _peer_row(name, divide, values)


def _peer_row(name: str, divide: Callable[[Any], Any], values: Any) -> Row:
    """Run a peer once."""
    found: list[Any] = []

    def work() -> None:
        """Divide, and keep the loads."""
        found.append(divide(values))

    import time

    start = time.perf_counter()
    try:
        work()
        note = _spread(np.asarray(found[-1])) if found[-1] is not None else "found nothing"
    except ImportError:
        note = "not installed"
    return Row(work=f"peer: {name}", seconds=time.perf_counter() - start, note=note)


def _spread(loads: Any) -> str:
    """Say how far books are apart."""
    loads = np.asarray(loads, dtype=np.float64)
    return f"largest - smallest book {np.ptp(loads) / loads.mean():.1e} of a book"


def _prtpy(values: Any, algorithm: str) -> Any:
    """Divide by prtpy."""
    prtpy = import_module("prtpy")
    chosen = getattr(prtpy.partitioning, algorithm)
    return prtpy.partition(algorithm=chosen, numbins=13, items=values.tolist(), outputtype=prtpy.out.Sums)


def _fairpyx(values: Any) -> Any:
    """Divide by fairpyx's round robin."""
    fairpyx = import_module("fairpyx")
    names = [f"c{i}" for i in range(len(values))]
    worth = dict(zip(names, values.tolist(), strict=True))
    instance = fairpyx.Instance(
        valuations={f"m{j}": worth for j in range(13)},
        agent_capacities=len(names),
        item_capacities=1,
    )
    bundles = fairpyx.divide(fairpyx.algorithms.round_robin, instance)
    return [sum(worth[name] for name in bundle) for bundle in bundles.values()]


def _cp_sat(values: Any) -> Any:
    """Maximise the smallest book by CP-SAT."""
    cp_model = import_module("ortools.sat.python.cp_model")
    model = cp_model.CpModel()
    unit = max(1, int(values.sum()) // 10**9)
    size = (values // unit).tolist()
    x = [[model.new_bool_var("") for _ in range(13)] for _ in size]
    least = model.new_int_var(0, 10**9, "")
    for row in x:
        model.add_exactly_one(row)
    for j in range(13):
        model.add(sum(v * row[j] for v, row in zip(size, x, strict=True)) >= least)
    model.maximize(least)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LIMIT
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    if status not in {cp_model.FEASIBLE, cp_model.OPTIMAL}:
        return None
    owner = [[solver.value(v) for v in row].index(1) for row in x]
    return np.bincount(owner, values, 13)


def _highs(values: Any) -> Any:
    """Maximise the smallest book by HiGHS."""
    optimize, sparse = import_module("scipy.optimize"), import_module("scipy.sparse")
    count, part = len(values), values / values.sum()
    once = sparse.kron(sparse.eye(count), np.ones((1, 13)))
    book = sparse.kron(part[None], sparse.eye(13))
    table = sparse.vstack(
        [
            sparse.hstack([once, sparse.csr_matrix((count, 1))]),
            sparse.hstack([book, -np.ones((13, 1))]),
        ]
    )
    low = np.r_[np.ones(count), np.zeros(13)]
    high = np.r_[np.ones(count), np.full(13, np.inf)]
    found = optimize.milp(
        np.r_[np.zeros(13 * count), -1.0],
        constraints=optimize.LinearConstraint(table.tocsr(), low, high),
        integrality=np.r_[np.ones(13 * count), 0.0],
        bounds=optimize.Bounds(0, 1),
        options={"time_limit": LIMIT},
    )
    if found.x is None:
        return None
    return np.bincount(found.x[:-1].reshape(count, 13).argmax(axis=1), values, 13)


def _one_pool() -> Iterator[Row]:
    """Divide 430,000 clients among 800 managers by one measure."""
    facts = make_facts([430_000], [800], 6)
    rule = AllocationRule(measures=("assets",), key=None)
    rows = allocate(facts, rule, on=ON).certificate.branches
    yield alone(
        "allocate one pool of 430,000 x 800, one measure",
        lambda: allocate(facts, rule, on=ON),
        rounds=3,
        seconds_at_most=1.0,
        note=f"lowest ratio within {rows.gap[0]:.1e} of its bound, highest within"
        f" {rows.highest[0] - rows.min_max[0]:.1e}",
    )


def _joins() -> Iterator[Row]:
    """Let a manager join, and compare the moves with their proven lower bound."""
    for seed in (1, 2, 3):
        before = make_facts([7_000], [13], seed)
        after = Facts(
            clients=before.clients,
            managers=Managers.concat([before.managers, Managers(id=[99], branch=[0], ability=[1.0])]),
        )
        rule = AllocationRule(measures=MEASURES, key=None, moves=Moves(within=0.02))
        ledger = Ledger.start(allocate(before, rule, on=ON).changes, known=ON)
        certificate = allocate(after, rule, on="2026-08-01", ledger=ledger).certificate
        moves, bound = int(certificate.moves[0]), int(certificate.moves_bound[0])
        yield alone(
            f"re-divide 7,000 x 13 + 1, 4 measures, within 2 % (draw {seed})",
            lambda after=after, rule=rule, ledger=ledger: allocate(  # type: ignore[misc]
                after, rule, on="2026-08-01", ledger=ledger
            ),
            rounds=1,
            note=f"{moves} moves, at least {bound} needed: {moves / bound:.2f} x;"
            f" worst deviation {certificate.worst[0]:.4f}",
        )


def _affinity() -> Iterator[Row]:
    """Maximise affinity under capacities on random instances of the published type C."""
    for clients, managers in ((20, 5), (48, 8), (100, 10), (200, 20)):
        rng = np.random.default_rng(clients)
        hours = rng.integers(5, 26, (clients, managers)).astype(float)
        gains = -rng.integers(10, 51, (clients, managers)).astype(float)
        room = np.floor(0.8 * hours.sum(axis=0) / managers)
        found = fit(gains, hours, room, prices=300, exchanges=2500)
        gap = (found.bound - found.value) / abs(found.value)
        yield alone(
            f"affinity of {clients} x {managers} under capacities (type C)",
            lambda g=gains, h=hours, r=room: fit(g, h, r, prices=300, exchanges=2500),  # type: ignore[misc]
            rounds=1,
            note=f"reported gap {100 * gap:.2f} %",
        )


def _firm() -> Iterator[Row]:
    """Divide ten million clients in 1,430 unequal branches."""
    rng = np.random.default_rng(1)
    sizes = np.clip(rng.lognormal(8.6, 0.8, 1_430).astype(int), 200, 30_000)
    facts = make_facts(sizes, np.clip(sizes // 540, 2, 60), 2)
    for rounds, most in ((0, 3.0), (8, 3.5)):
        method = Balanced(rounds=rounds, exchanges=0)
        rule = AllocationRule(measures=MEASURES, key=None, method=method)
        books = allocate(facts, rule, on=ON).certificate.books
        counted = books.measure == "count"
        off = np.where(books.free | counted, 0.0, np.abs(books.deviation) / 100)
        branch = np.flatnonzero(np.r_[True, np.diff(books.branch.codes) != 0])
        by_branch = np.maximum.reduceat(off, branch)
        yield against_sorting(
            f"allocate {len(facts.clients) / 1e6:.1f} million, 1,430 branches, 4 measures,"
            f" {rounds} rounds, with certificate",
            lambda rule=rule: allocate(facts, rule, on=ON),  # type: ignore[misc]
            rounds=2,
            at_most=most,
            note=f"median branch {np.median(by_branch):.1e}, third quartile {np.quantile(by_branch, 0.75):.1e}",
        )
