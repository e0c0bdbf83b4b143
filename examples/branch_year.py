"""A branch's year: from its clients and their trades to what each manager is paid.

    python examples/branch_year.py                  a seeded synthetic branch
    python examples/branch_year.py --cdnow FILE     the same year on real purchases
    python examples/branch_year.py --berka FOLDER   divide the real accounts of 77 districts

Facts and rules go in, decisions come out; the ledger is the only thing that remembers.
"""

import argparse
import sys
from pathlib import Path

import attrs
import numpy as np
from real_records import read_berka, read_cdnow

import clientmgr as cm
from clientmgr import check
from clientmgr.money import format_fen
from clientmgr.tables import text_table


@attrs.frozen(kw_only=True)
class Rules:
    """The rules of one firm; each is a small value that can be changed and tried."""

    dormancy: cm.DormancyRule
    allocation: cm.AllocationRule
    commission: cm.CommissionPlan
    measures: cm.MeasureRules
    scorecard: cm.Scorecard
    ladder: cm.Ladder
    pay: cm.PayPlan


HOUSE = Rules(
    dormancy=cm.DormancyRule(months=18, max_assets=50_000_00),
    allocation=cm.AllocationRule(measures=("assets",), equal="0.5"),
    commission=cm.CommissionPlan(
        deductions=(
            cm.Deduction(name="exchange handling", rates="0.0341‰"),
            cm.Deduction(name="regulatory fee", rates="0.02‰"),
            cm.Deduction(name="investor protection", rates="0.5%", on="commission"),
        )
    ),
    measures=cm.MeasureRules(
        names=(
            "net_commission",
            "net_commission_existing",
            "net_commission_new",
            "turnover",
            "appreciation",
            "service_records",
        )
    ),
    scorecard=cm.Scorecard(
        name="half-year",
        criteria=(
            cm.Criterion("net_commission", "40%", target=65_000_00, cap="120%"),
            cm.Criterion("turnover", "10%", target=45_000_000_00, cap="120%"),
            cm.Criterion("appreciation", "20%", target=1_000_000_00, floor=-2_000_000_00),
            cm.Criterion("service_records", "30%", target=240),
        ),
    ),
    ladder=cm.Ladder(
        name="branch",
        grades=(
            cm.Grade("assistant", 3_000_00),
            cm.Grade("manager", 4_500_00),
            cm.Grade("senior", 6_500_00),
            cm.Grade("principal", 9_000_00),
        ),
        bands=(cm.Bands(["60", "80", "95"]),),
        start="manager",
        max_step=1,
    ),
    pay=cm.PayPlan(
        name="2026",
        payouts=(
            cm.Payout("payout, existing clients", "net_commission_existing", "8%"),
            cm.Payout("payout, new clients", "net_commission_new", "20%"),
        ),
    ),
)

# The shop of the CDNOW records has no charges, no flows and no service records.
SHOP = attrs.evolve(
    HOUSE,
    dormancy=cm.DormancyRule(months=6, max_assets=None),
    commission=cm.CommissionPlan(deductions=()),
    scorecard=cm.Scorecard(
        name="half-year, shop",
        criteria=(
            cm.Criterion("net_commission", "60%", target=30_00, cap="120%"),
            cm.Criterion("turnover", "40%", target=10_000_00, cap="120%"),
        ),
    ),
)
SHOWN = 15


def main() -> None:
    """Run the job that the command line asks for."""
    told = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    told.add_argument("--cdnow", type=Path, help="CDNOW_master.txt: run the year on real purchases")
    told.add_argument("--berka", type=Path, help="the folder of Berka: divide real accounts")
    told.add_argument("--rng", type=int, default=7, help="seed of the synthetic branch")
    asked = told.parse_args()
    if asked.berka:
        divide_districts(read_berka(asked.berka))
    elif asked.cdnow:
        facts = read_cdnow(asked.cdnow)
        count_dormant(facts)
        run_year(facts, SHOP, halves=("1997H2", "1998H1"))
    else:
        run_year(cm.datasets.make_branch(rng=asked.rng), HOUSE, halves=("2026H1", "2026H2"))


def run_year(facts: cm.Facts, rules: Rules, *, halves: tuple[str, str]) -> None:
    """Divide the clients, run two half-years of six months and a review each, and show it."""
    print(f"{facts}\n")
    start = cm.Period.of(halves[0]).start
    dormant = cm.find_dormant(facts, rules.dormancy, on=start)
    division = cm.allocate(facts, rules.allocation, on=start, dormant=dormant)
    check.verify_allocation(facts, rules.allocation, division, dormant=dormant)
    show_division(facts, division)

    ledger = cm.Ledger.start(division.changes, known=start)
    standings = cm.Standings.start(facts.managers, rules.ladder, on=start)
    state, payrolls, reviews = None, [], []
    for half in map(cm.Period.of, halves):
        for month in half.months():
            show_progress(month)
            opened = cm.register_accounts(facts, ledger, period=month)
            ledger = ledger.append(opened.changes, known=month.end + 1)
            earned = cm.attribute(facts, ledger, rules.commission, period=month)
            did = cm.measure_period(facts, ledger, earned, rules.measures, period=month)
            payroll = cm.settle(did, standings, rules.pay, period=month, state=state)
            check.verify_settlement(did, standings, rules.pay, payroll, period=month, state=state)
            payrolls.append(payroll)
            state = payroll.state
        earned = cm.attribute(facts, ledger, rules.commission, period=half)
        check.verify_credits(facts, ledger, rules.commission, earned, period=half)
        did = cm.measure_period(facts, ledger, earned, rules.measures, period=half)
        scores = cm.score(did, rules.scorecard)
        reviews.append(cm.review(did, scores, standings, rules.ladder, period=half))
        standings = reviews[-1].standings
    show_year(facts, payrolls, reviews)
    print("\nDivision, credits and payrolls were recomputed by code of its own, and hold.")


def show_division(facts: cm.Facts, division: cm.Division) -> None:
    """Print who has what, how fair it is, and why one client is whose."""
    print(f"Dividing the existing clients: {division}\n")
    books = division.certificate.books
    rows = np.flatnonzero(books.measure == "assets")
    columns = {
        "manager": books.owner[rows].tolist(),
        "branch": books.branch[rows].tolist(),
        "ability": facts.managers.ability[facts.managers.rows(books.owner[rows])],
        "clients": books.clients[rows],
        "assets": books.load[rows],
        "target": np.rint(books.filled[rows]).astype(np.int64),
        "off by": books.load[rows] - books.filled[rows],
    }
    yuan = {"assets": format_fen, "target": format_fen, "off by": "{:+.1f} fen".format}
    shown = {name: column[:SHOWN] for name, column in columns.items()}
    print(text_table(shown, formats={"ability": "{:.2f}".format, **yuan}))
    if len(rows) > SHOWN:
        print(f"... and {len(rows) - SHOWN} more books")
    assets = facts.assets(division.on)
    for pool in ("key", "dormant"):
        held = division.pool == pool
        worth = format_fen(int(assets[held].sum()))
        print(f"held out as {pool}: {held.sum():,} clients with {worth}")
    print(f"\n{division.explain(division.book(books.owner[0])[0])}\n")


def show_year(facts: cm.Facts, payrolls: list[cm.Settlement], reviews: list[cm.Reviews]) -> None:
    """Print what each manager earned in the year, and why the best paid one did."""
    managers, lines = facts.managers, payrolls[0].lines
    paid = np.zeros((len(managers), len(lines) + 1), np.int64)
    for payroll in payrolls:
        amounts = np.column_stack([payroll.amounts, payroll.total])
        np.add.at(paid, managers.rows(payroll.manager), amounts)
    order = np.argsort(-paid[:, -1], kind="stable")
    best = order[paid[order, -1] != 0][:SHOWN]
    table: dict[str, list[object]] = {"manager": managers.id[best].tolist()}
    for half in reviews:
        grade = dict(zip(half.manager, half.grade, strict=True))
        table[f"after {half.period}"] = [grade.get(name, "") for name in table["manager"]]
    for place, name in enumerate([*lines, "total"]):
        table[name] = paid[best, place].tolist()
    print("\rWhat each manager earned in the year, the best paid first:\n")
    print(text_table(table, formats=dict.fromkeys([*lines, "total"], format_fen)))
    print(f"\npaid in all: {format_fen(int(paid[:, -1].sum()))}")
    first = managers.id[best[0]]
    print(f"\nWhy {first} earned what it earned: the last review and the last pay slip\n")
    print(reviews[-1].explain(first))
    print(f"\n{payrolls[-1].explain(first)}")


def count_dormant(facts: cm.Facts) -> None:
    """Count who has not bought for six months, at two dates, each from what was known by then."""
    rule = cm.DormancyRule(months=6, max_assets=None)
    for on in ("1998-02-28", "1998-06-30"):
        asleep = cm.find_dormant(facts, rule, on=on)
        print(f"no purchase for six months on {on}: {asleep.dormant.sum():,} customers")


def divide_districts(facts: cm.Facts) -> None:
    """Divide the accounts of every district and show the districts furthest from their targets."""
    rule = cm.AllocationRule(measures=(cm.Measure("assets", negative="zero"),), equal="0.5", key=None)
    division = cm.allocate(facts, rule, on="1998-12-31")
    show_division(facts, division)


def show_progress(month: cm.Period) -> None:
    """Say on the terminal which month is being worked on."""
    if sys.stderr.isatty():
        print(f"\r{month} ...", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
