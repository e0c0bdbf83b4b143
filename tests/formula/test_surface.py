"""How formulas are written in Python."""

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import (
    age,
    all_of,
    any_of,
    at,
    back,
    band,
    calendar,
    carry,
    count,
    curve,
    date,
    field,
    first_known,
    greatest,
    label,
    least,
    literal,
    lookup,
    measure,
    money,
    none_of,
    peers,
    run,
    tiers,
    to_json,
    total,
    value,
    when,
)


def test_a_measure_and_a_value_are_the_same_node() -> None:
    """They share one namespace."""
    assert measure("net") == value("net")


def test_every_function_writes_the_tag_of_its_name() -> None:
    """The Python form and the JSON form are one vocabulary."""
    assert to_json(literal("15%")) == "15%"
    assert to_json(money("0.5")) == "0.5 CNY"
    assert to_json(money(1, "HKD")) == "1 HKD"
    assert to_json(date("2026-07-01")) == {"date": "2026-07-01"}
    assert to_json(label("agent")) == {"label": "agent"}
    assert to_json(carry("draw")) == {"carry": "draw"}
    assert to_json(calendar("month")) == {"calendar": "month"}
    assert to_json(age("joined", "days", until=date("2026-01-01"))) == {
        "age": "joined",
        "unit": "days",
        "until": {"date": "2026-01-01"},
    }
    assert to_json(least(1, measure("a"))) == {"least": ["1", "a"]}
    assert to_json(greatest(measure("x"), 0)) == {"greatest": ["x", "0"]}
    assert to_json(first_known(measure("a"), 0)) == {"first_known": ["a", "0"]}
    flag = measure("f") >= 1
    assert to_json(all_of(flag)) == {"all": [{">=": ["f", "1"]}]}
    assert to_json(any_of(flag)) == {"any": [{">=": ["f", "1"]}]}
    assert to_json(none_of(flag)) == {"not": {"any": [{">=": ["f", "1"]}]}}
    assert to_json(when(flag, 1, otherwise=0)) == to_json(when((flag, 1), otherwise=0))
    assert to_json(lookup("grade", {"A": 1})) == {"lookup": "grade", "table": {"A": "1"}}
    assert to_json(band("x", upto={1: 2}, above=3)) == {
        "band": "x",
        "rows": [{"upto": "1", "is": "2"}, {"is": "3"}],
    }
    assert to_json(tiers("x", "whole", below=[(1, "2%")], above="3%", on="y")) == {
        "tiers": "x",
        "how": "whole",
        "on": "y",
        "rows": [{"below": "1", "rate": "2%"}, {"rate": "3%"}],
    }
    assert to_json(curve("x", {0: 0, 1: 2}, outside="flat"))["outside"] == "flat"
    assert to_json(total("t", field("x"), where=field("q"))) == {
        "total": "t",
        "take": {"field": "x"},
        "where": {"field": "q"},
    }
    assert to_json(count("t")) == {"count": "t"}
    assert to_json(at("boss", measure("x"))) == {"at": "boss", "take": "x"}
    assert to_json(peers(measure("x"), "rank", within=("a", "b"), tie=measure("y"))) == {
        "peers": "x",
        "take": "rank",
        "within": ["a", "b"],
        "tie": "y",
    }
    assert to_json(back("x", last=3, take="mean")) == {"back": "x", "last": 3, "take": "mean"}
    assert to_json(run("keeps", since="since")) == {"run": "keeps", "since": "since"}


def test_money_takes_a_bare_amount() -> None:
    """A percentage is no amount."""
    with pytest.raises(RuleError, match="money takes a bare amount in major units, got '15%'"):
        money("15%")


def test_when_takes_pairs() -> None:
    """A condition without a value is refused."""
    with pytest.raises(RuleError, match=r"when takes \(condition, value\) pairs"):
        when(measure("f"), otherwise=1)
