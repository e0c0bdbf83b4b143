"""Make what the page on allocation shows: the table of real districts, and the picture.

    python tools/allocation_page.py BERKA_DIR

Writes `docs/allocation_districts.txt` and `docs/_static/allocation.svg`. The records are those of a
Czech bank (released for the PKDD'99 challenge): a district is a branch, the last balance stands for
assets, number times mean amount of transactions for turnover.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from clientmgr.allocation import AllocationRule, Balanced, Division, Measure, Moves, allocate
from clientmgr.check.allocation import verify_allocation
from clientmgr.datasets import make_branch
from clientmgr.facts import Clients, Facts, Managers
from clientmgr.ownership import Ledger
from clientmgr.plot import plot_loads

DOCS = Path(__file__).parents[1] / "docs"
ON = "1999-01-01"
PER_MANAGER = 18
HEAD = "| district | accounts | managers | below zero | largest | count | balance | turnover |"


def read_districts(folder: Path) -> Facts:
    """Read the accounts; a district gets a manager for some eighteen accounts, three to twelve."""
    with (folder / "account_features.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    district = np.array([int(row["district_id"]) for row in rows])
    balance = np.array([round(float(row["balance_last"]) * 100) for row in rows])
    deals = [float(row["tx_count"]) * float(row["tx_amount_mean"]) for row in rows]
    names, accounts = np.unique(district, return_counts=True)
    teams = np.clip(accounts // PER_MANAGER, 3, 12)
    home = np.repeat(names, teams)
    rng = np.random.default_rng(77)
    return Facts(
        clients=Clients(
            id=[int(row["account_id"]) for row in rows],
            branch=district,
            assets=balance,
            extra={"turnover": np.round(np.array(deals) * 100).astype(np.int64)},
        ),
        managers=Managers(
            id=np.arange(1, len(home) + 1),
            branch=home,
            ability=np.round(rng.uniform(0.5, 2.0, len(home)), 2),
        ),
    )


def divide_districts(facts: Facts) -> Division:
    """Divide all districts on number, last balance and turnover, and check the result."""
    measures = (Measure("count"), Measure("assets", negative="zero"), Measure("turnover"))
    rule = AllocationRule(measures=measures, key=None, method=Balanced(exchanges=400))
    division = allocate(facts, rule, on=ON)
    verify_allocation(facts, rule, division)
    return division


def table(division: Division) -> Iterable[str]:
    """Write one line a district: size, its largest balance, and the worst deviations."""
    books, facts = division.certificate.books, division.facts
    yield HEAD
    yield "|" + "--:|" * 8
    for branch in facts.branches:
        mine = books.branch == branch
        rows = facts.clients.branch == branch
        off = np.where(books.free, 0.0, np.abs(books.deviation))[mine].reshape(-1, 3).max(axis=0)
        counts = np.abs(books.load - books.filled)[mine].reshape(-1, 3)[:, 0].max()
        part = np.maximum(books.largest, 0)[mine].reshape(-1, 3)[:, 1].max()
        fair = books.target[mine].reshape(-1, 3)[:, 1].mean()
        below = int((facts.clients.assets[rows] < 0).sum())
        yield (
            f"| {branch} | {int(rows.sum())} | {int(mine.sum()) // 3} | {below} | {part / fair:.2f}"
            f" | {counts:.2f} | {off[1]:.3f} % | {off[2]:.3f} % |"
        )


def draw(path: Path) -> None:
    """Draw a branch before and after its last manager has a licence, and so can have a book."""
    facts = make_branch(clients=1_500, managers=8, rng=7)
    rule = AllocationRule(measures=("count", "assets"), moves=Moves(within=0.02))
    on = str(facts.as_of)
    newcomer = np.flatnonzero(~facts.managers.head)[-1]
    fewer = Facts(
        clients=facts.clients,
        managers=Managers.from_columns(
            {**facts.managers.to_columns(), "licence": np.arange(len(facts.managers)) != newcomer}
        ),
        valuations=facts.valuations,
    )
    ledger = Ledger.start(allocate(fewer, rule, on=on).changes, known=on)
    again = Facts(clients=facts.clients, managers=facts.managers, valuations=facts.valuations)
    division = allocate(again, rule, on=on, ledger=ledger)
    before = ledger.owners(facts.clients.id, on).manager
    figure = Figure(figsize=(8.0, 5.2), layout="constrained")
    for axis, measure in zip(figure.subplots(2, 1), ("count", "assets"), strict=True):
        plot_loads(division, measure, before=before, ax=axis)
        axis.tick_params(axis="x", labelsize=8)
    figure.savefig(path, metadata={"Date": None})
    moves, bound = division.certificate.moves[0], division.certificate.moves_bound[0]
    print(f"{division}: {moves} moves, at least {bound}")


def main(folder: Path) -> None:
    """Write table and picture."""
    mpl.rcParams["svg.hashsalt"] = "clientmgr"
    division = divide_districts(read_districts(folder))
    (DOCS / "allocation_districts.txt").write_text("\n".join(table(division)) + "\n", encoding="utf-8")
    draw(DOCS / "_static" / "allocation.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
