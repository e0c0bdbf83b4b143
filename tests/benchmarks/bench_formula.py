"""Formulas: a plan of thirty nodes with draw and look-back, exactly and in floats; reading and compiling rules."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    Inputs,
    any_of,
    back,
    calendar,
    carry,
    dumps_set,
    field,
    greatest,
    loads_set,
    measure,
    money,
    total,
    value,
    when,
)
from tests.benchmarks.harness import Row, alone, race

MEASURES: dict[str, Any] = {
    **dict.fromkeys(("commission", "charges", "rebate", "assets", "before", "brought"), "money"),
    **dict.fromkeys(("complaints", "accounts"), "count"),
}
FEN = Decimal("0.01")


def bench() -> Iterator[Row]:
    """Give the rows of formulas."""
    rules = plan()
    program = rules.compile()
    year = months(rules, 10_000, 12)
    yield alone(
        "settle 10,000 managers x 12 months exactly, 30 nodes, draw and look-back",
        lambda: program.run(year),
        seconds_at_most=0.5,
        note=f"{len(program.steps)} steps",
    )
    few, told = months(rules, 10_000, 1), facts(10_000, 0)
    yield race(
        "the same, one month",
        lambda: program.run(few),
        lambda: decimals(told),
        peer="its marginal tiers alone, in Decimal",
    )
    yield alone("convert 10,000 managers x 12 months", lambda: months(rules, 10_000, 12))
    two_years = months(rules, 1_000, 24)
    yield alone(
        "100 float evaluations of 1,000 managers x 24 months, each compiled anew",
        lambda: [plan(k).compile().run(two_years, exact=False) for k in range(100)],
        seconds_at_most=0.8,
    )
    yield from _reading()
    yield _items()


def _reading() -> Iterator[Row]:
    """Give the rows of reading and compiling."""
    values = {f"v{i}": greatest(measure("commission") * f"{i}%", value(f"v{i - 1}")) for i in range(1, 100)}
    rules = FormulaSet(measures=MEASURES, values={"v0": measure("commission") / 3, **values})
    text = dumps_set(rules)
    yield alone(
        "load, check and compile 100 rules from JSON",
        lambda: loads_set(text).compile(),
        seconds_at_most=0.05,
        note=f"{len(text):,} characters",
    )


def _items() -> Row:
    """Give the row of a million items through five tiers, each rounded."""
    edges = {10: "10%", 20: "15%", 40: "20%", 80: "25%"}
    per_item = field("net").tiered("marginal", below=edges, above="30%").rounded()
    rules = FormulaSet(items={"t": {"net": "money"}}, lines={"l": total("t", per_item)})
    rng = np.random.default_rng(7)
    ids = [f"M{i}" for i in range(1_000)]
    owner = np.array(ids)[rng.integers(0, 1_000, 1_000_000)]
    items = {"t": {"manager": owner, "net": rng.integers(0, 10_000, 1_000_000)}}
    inputs = Inputs.of(rules, managers=ids, items=items)
    program = rules.compile()
    return alone("1 million items through five tiers, rounded per item", lambda: program.run(inputs))


def plan(k: int = 0) -> FormulaSet:
    """Make a plan of some thirty nodes; `k` varies a rate."""
    m = measure
    values = {
        "net": m("commission") - m("charges") - m("rebate"),
        "growth": (m("assets") - m("before")) / greatest(m("before"), money(1)),
        "done": (value("net") / money(20_000)).clamped(0, "150%"),
        "grown": value("growth").clamped("-50%", "150%"),
        "clean": when((m("complaints").equals(0), "20%"), otherwise=0),
        "score": value("done") * f"{50 + k % 10}%" + value("grown") * "30%" + value("clean"),
        "coefficient": m("complaints").banded(upto={0: "100%", 1: "90%", 3: "50%"}, above="0%"),
        "rate": value("score").banded(below={"50%": "80%", "100%": "100%"}, above="110%"),
        "earned": m("net").tiered(
            "marginal",
            below={10_000: "20%", 30_000: "25%", 100_000: "30%"},
            above="35%",
            negative="zero",
        )
        * value("coefficient"),
        "adjusted": value("earned") * value("rate"),
        "base": m("assets").banded(upto={2_000_000: money(1000), 5_000_000: 1200}, above=1400),
        "keeps": any_of(m("accounts") >= 3, m("brought") >= money(300_000)),
        "recoverable": (value("adjusted") - 1000).clamped(0, carry("draw")),
        "trailing": back("net", last=3, short="partial"),
    }
    start = calendar("number") >= 4
    lines = {
        "salary": value("base"),
        "payout": value("adjusted"),
        "advance": greatest(money(1000) - value("adjusted"), 0),
        "recovered": -when((start, value("recoverable")), otherwise=money(0)),
        "bonus": when((value("trailing") >= money(60_000), value("trailing") * "1%"), otherwise=money(0)),
    }
    draw = CarryRule("money", 0, plus=("advance", "recovered"))
    return FormulaSet(measures=MEASURES, values=values, lines=lines, carries={"draw": draw})


def facts(managers: int, month: int) -> dict[str, Any]:
    """Make the measures of a month."""
    rng = np.random.default_rng(month)
    most = {"commission": 8_000_000, "charges": 800_000, "rebate": 300_000, "brought": 60_000_000}
    return {
        **{name: rng.integers(0, most.get(name, 3_000_000_000), managers) for name in MEASURES},
        "complaints": rng.poisson(0.5, managers),
        "accounts": rng.poisson(2, managers),
    }


def months(rules: FormulaSet, managers: int, count: int) -> Inputs:
    """Make the inputs of some months."""
    ids = [f"M{i:05d}" for i in range(managers)]
    return Inputs.join(
        [
            Inputs.of(
                rules,
                managers=ids,
                measures=facts(managers, n),
                period=f"{2025 + n // 12}-{n % 12 + 1:02d}",
                number=n + 1,
            )
            for n in range(count)
        ]
    )


def decimals(told: dict[str, Any]) -> list[Decimal]:
    """Compute the tiers of one month alone, manager by manager."""
    steps = [(Decimal(0), Decimal("0.20")), (Decimal(10_000), Decimal("0.05")), (Decimal(30_000), Decimal("0.05"))]
    paid = []
    for gross, fees, back_paid in zip(*(told[n].tolist() for n in ("commission", "charges", "rebate")), strict=True):
        net = Decimal(gross - fees - back_paid) / 100
        due = sum((max(net - low, Decimal(0)) * more for low, more in steps), Decimal(0))
        paid.append(due.quantize(FEN, ROUND_HALF_UP))
    return paid
