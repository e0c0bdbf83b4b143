"""The verifier of divisions: it accepts what is true and refuses every single lie."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings

from clientmgr.allocation import (
    Affinity,
    AllocationRule,
    Auction,
    Draft,
    Limits,
    Measure,
    Named,
    Need,
    allocate,
)
from clientmgr.check.allocation import verify_allocation
from clientmgr.errors import CheckError
from clientmgr.facts import Clients, Facts, Managers, Memberships
from clientmgr.segments import KeyClientRule
from clientmgr.tables import Coded
from clientmgr.testing import firms
from clientmgr.testing.allocation import allocation_rules

ON = "2026-07-01"
MEASURES = ("count", Measure("assets", negative="zero"), "fees")
RULES: dict[str, dict[str, Any]] = {
    "plain": {},
    "one measure": {"measures": ("assets",)},
    "half equal": {"equal": "0.5"},
    "needs": {"needs": (Need(client="speaks", manager="speaks"),)},
    "families": {"families": True},
    "limits": {"limits": Limits(clients=14, minimum=4)},
    "hours": {"limits": Limits(hours="hours")},
    "named": {
        "named": (
            Named(client="C01", owner="M3"),
            Named(client="C02", owner="M0", never=True),
        )
    },
    "teams": {"receivers": "teams"},
    "draft": {"method": Draft()},
    "auction": {"method": Auction()},
    "affinity": {"method": Affinity(exchanges=100), "limits": Limits(clients=12)},
}


def firm(managers: Any = 8, clients: Any = 48) -> Any:
    """Make two branches with families, languages, hours and teams."""
    rng = np.random.default_rng(3)
    return Facts(
        clients=Clients(
            id=[f"C{i:02}" for i in range(clients)],
            branch=["B1" if i % 2 else "B0" for i in range(clients)],
            assets=np.exp(rng.standard_normal(clients) * 1.5 + 8).astype(int) - 500,
            family=[None if x > 8 else int(x) for x in rng.integers(0, 30, clients)],
            extra={
                "speaks": rng.choice(["", "yue", "en"], clients, p=[0.6, 0.2, 0.2]).tolist(),
                "fees": rng.random(clients),
                "hours": rng.random(clients),
            },
        ),
        managers=Managers(
            id=[f"M{i}" for i in range(managers)],
            branch=[f"B{i % 2}" for i in range(managers)],
            ability=np.round(rng.uniform(0.5, 2, managers), 2),
            hours=40,
            extra={"speaks": (["yue en", "en yue", "", "", "en", "en", "", "", "", ""])[:managers]},
        ),
        memberships=Memberships(
            team=[f"T{i // 4}{i % 2}" for i in range(managers)],
            manager=[f"M{i}" for i in range(managers)],
            since=np.datetime64("2026-01-01"),
        ),
    )


def decide(name: Any, **changes: Any) -> Any:
    """Divide the firm by one of the rules: facts, rule, division and what else was given."""
    facts = firm()
    fields: dict[str, Any] = {"measures": MEASURES, "key": KeyClientRule(top=1)}
    rule = AllocationRule(**(fields | RULES[name] | changes))
    if name == "one measure":
        rule = attrs.evolve(rule, measures=(MEASURES[1],))
    rng = np.random.default_rng(4)
    given_: dict[str, Any] = {"dormant": rng.random(48) < 0.1}
    if name in {"auction", "affinity"}:
        given_["fits"] = {f"M{i}": rng.random(48) for i in range(8)}
    return facts, rule, allocate(facts, rule, on=ON, **given_), given_


@pytest.mark.parametrize("name", RULES)
def test_a_true_division_is_accepted(name: Any) -> None:
    """Whatever the rule and method."""
    facts, rule, division, given_ = decide(name)
    verify_allocation(facts, rule, division, **given_)


@settings(max_examples=25)
@given(firms(max_clients=8), allocation_rules())
def test_divisions_of_drawn_firms_are_accepted(facts: Any, rule: Any) -> None:
    """Ties, zeros, negatives, whales, empty branches, one manager."""
    try:
        division = allocate(facts, rule, on=facts.as_of)
    except ValueError as error:
        assert "nobody to divide" in str(error)  # noqa: PT017 - some branches have nobody that day
        return
    verify_allocation(facts, rule, division)


def _changed(array: Any, i: Any) -> Any:
    """Change one entry of an array or column."""
    if isinstance(array, Coded):
        codes = array.codes.copy()
        codes[i] = (codes[i] + 1) % max(len(array.vocabulary), 2)
        words = array.vocabulary
        if len(words) == 1:
            words = np.array([words[0], "~"])
        return Coded.from_codes(words, codes)
    other = array.copy()
    if other.dtype == bool:
        other[i] = not other[i]
    elif other.dtype.kind == "f":
        other[i] = 1.0 if np.isnan(other[i]) else other[i] * 1.01 + 0.01
    else:
        other[i] += 1
    return other


def _lies(division: Any) -> Any:
    """Give divisions that differ in one number, word, verdict or owner each."""
    certificate = division.certificate
    for table in ("books", "branches"):
        rows = getattr(certificate, table)
        for field in attrs.fields(type(rows)):
            for i in (0, len(rows) - 1):
                changed = _changed(getattr(rows, field.name), i)
                lie = attrs.evolve(rows, **{field.name: changed})
                told = attrs.evolve(certificate, **{table: lie})
                yield f"{table}.{field.name}[{i}]", attrs.evolve(division, certificate=told)
    for name in ("moves", "moves_bound", "worst", "dual", "affinity", "affinity_bound", "slack"):
        changed = _changed(getattr(certificate, name), 0)
        told = attrs.evolve(certificate, **{name: changed})
        yield name, attrs.evolve(division, certificate=told)
    prices = certificate.prices.copy()
    prices[0, 0] += 0.5
    yield "prices", attrs.evolve(division, certificate=attrs.evolve(certificate, prices=prices))
    clipped = dict(certificate.clipped, assets=certificate.clipped["assets"] + 1)
    yield "clipped", attrs.evolve(division, certificate=attrs.evolve(certificate, clipped=clipped))
    told = attrs.evolve(certificate, tie_rule="by chance")
    yield "tie_rule", attrs.evolve(division, certificate=told)
    place = division.place.copy()
    branch = division.problem.branch[0]
    span = division.problem.receivers.of_branch(int(branch))
    place[0] = span.start + (place[0] - span.start + 1) % (span.stop - span.start)
    yield "owner", attrs.evolve(division, place=place)
    yield "changes", attrs.evolve(division, redone=division.changes.take(slice(1, None)))
    pool = division.problem.pool.copy()
    pool[np.flatnonzero(pool == 0)[0]] = 1
    yield "pool", attrs.evolve(division, problem=attrs.evolve(division.problem, pool=pool))
    yield "rule", attrs.evolve(division, rule=attrs.evolve(division.rule, equal="0.1"))


@pytest.mark.parametrize("name", ["plain", "named", "auction", "affinity"])
def test_every_single_lie_is_refused(name: Any) -> None:
    """One changed number, owner, verdict, bound, price or move is enough."""
    facts, rule, division, given_ = decide(name)
    accepted = []
    for what, lie in _lies(division):
        try:
            verify_allocation(facts, rule, lie, **given_)
            accepted.append(what)
        except CheckError:
            continue
    assert accepted == []


@pytest.mark.parametrize(
    ("name", "other", "message"),
    [
        ("plain", {"needs": RULES["needs"]["needs"]}, "another rule"),
        ("plain", {"limits": Limits(clients=11)}, "another rule"),
    ],
)
def test_another_rule_is_not_what_was_followed(name: Any, other: Any, message: Any) -> None:
    """The rule is part of the decision."""
    facts, rule, division, given_ = decide(name)
    with pytest.raises(CheckError, match=message):
        verify_allocation(facts, attrs.evolve(rule, **other), division, **given_)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("needs", "needs '|which .* does not have"),
        ("families", "is torn"),
        ("limits", "outside the limits"),
        ("hours", "would need"),
        ("named", "is named for another owner|must never go"),
    ],
)
def test_a_broken_rule_is_told(name: Any, message: Any) -> None:
    """A division made without the rule, passed off as one that kept it."""
    facts, rule, _, given_ = decide(name)
    plain = attrs.evolve(rule, needs=(), families=False, limits=Limits(), named=())
    if name == "hours":
        facts = attrs.evolve(
            facts,
            managers=Managers(
                **{k: v for k, v in facts.managers.to_columns().items() if k not in {"speaks", "hours"}},
                hours=[1.0] * 2 + [90.0] * 6,
                extra={"speaks": facts.managers.extra["speaks"]},
            ),
        )
    if name == "limits":
        plain = attrs.evolve(plain, named=tuple(Named(client=f"C{i:02}", owner="M0") for i in range(0, 40, 2)))
    division = attrs.evolve(allocate(facts, plain, on=ON, **given_), rule=rule)
    with pytest.raises(CheckError, match=message):
        verify_allocation(facts, rule, division, **given_)
