"""The check before anything runs: kinds, grain, labels, names; all faults together."""

import re
from typing import Any

import pytest

from clientmgr.formula import (
    CarryRule,
    Formula,
    FormulaSet,
    RuleFaults,
    age,
    at,
    back,
    calendar,
    carry,
    count,
    date,
    field,
    label,
    measure,
    money,
    peers,
    run,
    total,
    value,
    when,
)
from clientmgr.formula.kinds import COUNT, DATE, FLAG, MONEY, RATIO, Kind, label_kind

MEASURES: dict[str, Any] = {
    "m": "money",
    "r": "ratio",
    "c": "count",
    "f": "flag",
    "d": "date",
    "g": {"label": ["A", "B"]},
    "open": "label",
    "boss": "manager",
}
ITEMS = {"t": {"x": "money", "q": "flag", "s": "label"}}
m, r, c, f, d, g, boss = (measure(name) for name in ("m", "r", "c", "f", "d", "g", "boss"))


def faults(formula: Any, **more: Any) -> list[str]:
    """List the faults of one value."""
    rules = FormulaSet(measures=MEASURES, items=ITEMS, values={"v": formula}, **more)
    with pytest.raises(RuleFaults) as error:
        rules.compile()
    return [str(fault) for fault in error.value.faults]


def kind(formula: Any) -> Kind:
    """Find the kind of one value."""
    rules = FormulaSet(measures=MEASURES, items=ITEMS, values={"v": formula})
    return rules.compile().kinds["v"]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (m * r / c, MONEY),
        (m / m, RATIO),
        (c + 1, COUNT),
        (c + r, RATIO),
        (c / 800, RATIO),
        (calendar("month"), COUNT),
        (calendar("year_end"), FLAG),
        (calendar("end"), DATE),
        (d - d, COUNT),
        (age("d"), COUNT),
        (when((f, label("A")), otherwise=g), label_kind("AB")),
        (c.banded(below={1: label("low")}, above=label("high")), label_kind(["low", "high"])),
        (total("t", field("x"), where=field("q")), MONEY),
        (total("t", field("x"), how="mean"), MONEY),
        (count("t"), COUNT),
        (at("boss", m), MONEY),
        (at("boss", g), label_kind("AB")),
        (peers(f, "sum"), COUNT),
        (peers(f, "mean"), RATIO),
        (peers(c, "mean", within="g"), RATIO),
        (peers(d, "max"), DATE),
        (peers(m, "rank"), COUNT),
        (back("c", last=3, take="mean"), RATIO),
        (back("f", last=3, take="count"), COUNT),
        (back("f", last=3, take="all"), FLAG),
        (back("g", last=1, skip=1, take="latest"), label_kind("AB")),
        (back("d", last=2, take="max"), DATE),
        (run("f"), COUNT),
        (m.tiered("amounts", below={10: "5 CNY"}), MONEY),
        (c.tiered("whole", below={5: money(20)}, above=money(50)), MONEY),
        (r.curved({0: "0 CNY", 1: "100 CNY"}), MONEY),
        (m.named("x").rounded(), MONEY),
        (value("m") * 2, MONEY),
    ],
    ids=str,
)
def test_each_node_has_its_kind(formula: Formula, expected: Kind) -> None:
    """Inferred from the kinds of its parts."""
    assert kind(formula) == expected


def test_a_plain_number_that_is_named_becomes_a_ratio_and_a_line_money() -> None:
    """An untyped literal has to be something in the end."""
    rules = FormulaSet(values={"v": 1 + measure("w"), "w": 2}, lines={"l": 3})
    kinds = rules.compile().kinds
    assert (kinds["v"], kinds["w"], kinds["l"]) == (RATIO, RATIO, MONEY)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (m + c, "cannot add count and money|cannot add money and count"),
        (m * m, "cannot multiply money and money"),
        (c / m, "cannot divide count by money"),
        (measure("x"), r"unknown name 'x' @ \$\.values\.v"),
        (carry("x"), "unknown carry 'x'"),
        (m + money(1, "USD"), r"1 USD is not in the currency CNY @ \$\.values\.v\.sum\[1\]"),
        (field("x"), "the field 'x' stands outside a total over its item table"),
        (at("boss", field("x")), "stands outside a total"),
        (total("t", at(boss, field("x"))), "stands outside a total"),
        (total("t", field("z")), "the item table 't' has no field 'z'"),
        (total("u", field("z")), "unknown item table 'u'"),
        (total("t", field("q")), r"cannot add up a flag; write when"),
        (total("t", field("q"), how="max"), "cannot take the max of a flag"),
        (total("t", field("x"), where=field("x")), r"where must be a flag, got a money @ \$\.values\.v\.where"),
        (at(m, m), r"what at points with must be a manager, got a money @ \$\.values\.v\.at"),
        (g.is_in("C"), "'C' is not one of the label's words A, B"),
        (m.is_in("C"), "only a label is one of some words, got a money"),
        (g.looked_up({"A": 1}), "lookup has no row for B and no otherwise"),
        (g.looked_up({"A": 1, "Z": 2}, otherwise=0), r"'Z' is not one of .* A, B @ \$\.values\.v\.table\.Z"),
        (measure("open").looked_up({"A": 1}), "lookup has an open list of words and no otherwise"),
        (m.looked_up({"A": 1}, otherwise=0), "lookup needs a label, got a money"),
        (g.equals(1) | f, "cannot compare label and plain number"),
        (g < label("B"), "cannot compare by < a label"),
        (g.equals(label("A")) & (label("Z").equals(g)), "can never equal"),
        (f & (m > 0) & m.over(m).banded(below={1: 1}), r"a condition must be a flag, got a plain"),
        (when((m, 1), otherwise=0), r"a condition must be a flag, got a money @ \$\.values\.v\.when\[0\]\.if"),
        (when((f, m), otherwise=c), "cannot choose between money and count"),
        (f.banded(below={1: 1}), "cannot compare flag and plain number"),
        (g.banded(below={1: 1}), "cannot compare label and plain number"),
        (d.tiered("whole", below=[(date("2026-01-01"), 1)]), "tiers are of numbers, got a date"),
        (d.curved([(date("2026-01-01"), 1), (date("2026-02-01"), 2)]), "a curve is over numbers, got a date"),
        (peers(g, "sum"), "cannot add up a label"),
        (peers(g, "rank"), "cannot rank a label"),
        (peers(g, "max"), "cannot take the max of a label"),
        (peers(m, "sum", within="m"), r"a group is a label, a manager, .* got a money @ \$\.values\.v\.within"),
        (peers(m, "sum", where=c), "where must be a flag"),
        (peers(m, "rank", tie=g), "cannot break ties by a label"),
        (back("x", last=1), "unknown name 'x'"),
        (back("g", last=1), "cannot take the sum of a label"),
        (back("g", last=1, take="latest", short="zero"), r"there is no zero of a label \(A, B\)"),
        (back("m", last=1, take="all"), "all of 'm' must be a flag, got a money"),
        (back("boss", last=1, take="latest"), "a manager is not looked back at"),
        (run("m"), "the run of 'm' must be a flag, got a money"),
        (run("f", since="m"), "since must be a date, got a money"),
        (age(m), r"age counts from what must be a date, got a money @ \$\.values\.v\.age"),
        (age(d, until=m), r"until must be a date, got a money"),
        (d + 1, "cannot add a date"),
        (d - d - d, "only be subtracted from one other date"),
        (f.clamped(0), "cannot take the limit of a flag"),
        (g.rounded(), "cannot round a label"),
    ],
    ids=str,
)  # fmt: skip
def test_a_fault_is_found_before_anything_runs(formula: Any, message: str) -> None:
    """With its message and its path."""
    found = faults(formula)

    assert any(re.search(message, fault) for fault in found), found


def test_all_faults_are_reported_together_each_once() -> None:
    """Also those of carries; what is made of a faulty name is not at fault again."""
    rules = FormulaSet(
        measures=MEASURES,
        values={"a": m + c, "b": value("a") * 2},
        lines={"l": r, "k": value("zz")},
        carries={
            "one": CarryRule("money", c, next=f),
            "two": CarryRule("manager", 0, plus=("nobody",)),
        },
    )
    with pytest.raises(RuleFaults) as error:
        rules.compile()
    assert [fault.path for fault in error.value.faults] == [
        "$.values.a",
        "$.lines.l",
        "$.lines.k",
        "$.carries.one.opens",
        "$.carries.one.next",
        "$.carries.two.kind",
        "$.carries.two",
        "$.carries.two.opens",
    ]
    assert "write its amounts as money, such as '1400 CNY'" in str(error.value)


def test_a_carry_named_like_a_name_is_pointed_out() -> None:
    """The most likely slip."""
    rules = FormulaSet(values={"v": value("draw")}, carries={"draw": CarryRule("money", 0, next=0)})
    with pytest.raises(RuleFaults, match=r"unknown name 'draw' \(it is a carry: write carry\)"):
        rules.compile()


def test_a_name_may_look_back_at_itself_and_finds_its_kind() -> None:
    """A running total is money because what is added is."""
    running = measure("m") + back("v", last=1, skip=1, short="zero")
    assert kind(running) == MONEY


def test_a_name_that_looks_back_at_itself_as_another_kind_is_refused() -> None:
    """The assumption is checked in a second pass."""
    found = faults(measure("m") / (back("v", last=1, skip=1, short="zero") + measure("c")))
    assert found


def test_a_label_carry_takes_only_its_own_words() -> None:
    """A closed list stays closed."""
    rule = CarryRule({"label": ["A", "B"]}, label("A"), next=label("C"))
    rules = FormulaSet(carries={"grade": rule})
    with pytest.raises(RuleFaults, match=r"is a label \(A, B\), this is a label \(C\)"):
        rules.compile()
