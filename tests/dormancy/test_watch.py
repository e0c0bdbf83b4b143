"""Who is about to fall asleep, and why one thinks so."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientmgr as cm
from clientmgr.dormancy import AliveModel, DormancyRule, WatchRule, fit_watch_model, house_rule, watch
from clientmgr.errors import DataError, RuleError

MODEL = AliveModel(r=0.5, alpha=30.0, a=0.9, b=1.6)
ON = np.datetime64("2026-06-30")


def facts_of(days: dict[str, list[int]], assets: dict[str, int] | None = None) -> cm.Facts:
    """Let clients trade so many days before the day."""
    rows = [(client, ago) for client, all_ in days.items() for ago in all_]
    return cm.Facts(
        clients=cm.Clients(
            id=list(days),
            branch="B1",
            opened=np.datetime64("2020-01-01"),
            assets=[(assets or {}).get(c, 0) for c in days],
        ),
        managers=cm.Managers(id=["M1"], branch="B1"),
        trades=cm.Trades(
            id=list(range(len(rows))),
            client=[client for client, _ in rows],
            date=ON - np.array([ago for _, ago in rows], np.int64),
        ),
    )


def test_the_nearest_to_sleep_come_first() -> None:
    """By due day; who is due already, or never traded for long, is not watched any more."""
    facts = facts_of({"busy": [1, 8, 15], "late": [400, 407], "asleep": [900], "never": []})
    found = watch(facts, DormancyRule(), on=ON, model=MODEL)
    assert found.client.tolist() == ["late", "busy"]
    assert found.warned.tolist() == [True, False]
    assert found.reasons.tolist() == ["due soon, longer silent than usual, hardly alive", ""]
    assert repr(found) == "Watch(1 of 2 clients warned of on 2026-06-30)"
    assert len(found.to_columns()["chance_alive"]) == len(found)


def test_assets_near_the_limit_add_to_a_reason_and_are_none_alone() -> None:
    """A small but busy client is not warned of."""
    facts = facts_of({"small": [1, 8], "large": [1, 8]}, {"small": 110, "large": 200})
    found = watch(facts, house_rule(100), on=ON)
    assert found.warned.tolist() == [False, False]
    assert dict(zip(found.client, found.reasons, strict=True)) == {"small": "assets near the limit", "large": ""}


def test_each_warning_says_why() -> None:
    """With days, the usual gap and the chance."""
    found = watch(facts_of({"late": [400, 407]}), DormancyRule(), on=ON, model=MODEL)
    assert found.explain("late") == (
        "late is due on 2026-11-26, in 149 days; silent for 400 days, 57.1 times its usual 7; alive with a chance of "
        f"{found.chance_alive[0]:.0%}: due soon, longer silent than usual, hardly alive"
    )
    with pytest.raises(DataError, match="is not watched on"):
        found.explain("nobody")
    calm = watch(facts_of({"calm": [1]}), DormancyRule(), on=ON)
    assert calm.explain("calm").endswith("silent for 1 days: no warning")


def test_an_own_gap_is_drawn_towards_that_of_all() -> None:
    """The more, the fewer gaps it has."""
    facts = facts_of({"a": [1, 11], "b": list(range(1, 302, 30)), "c": list(range(1, 302, 30)), "d": [5]})
    found = watch(facts, DormancyRule(), on=ON, warn=WatchRule(prior_gaps=1.0))
    gaps = dict(zip(found.client, found.usual_gap, strict=True))
    assert gaps["b"] == 30.0
    assert gaps["a"] == 20.0
    assert gaps["d"] == 30.0
    alone = watch(facts, DormancyRule(), on=ON, warn=WatchRule(prior_gaps=0.0))
    assert dict(zip(alone.client, alone.usual_gap, strict=True))["a"] == 10.0


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=6, unique=True),
    st.integers(0, 400),
    st.sampled_from([0, 90, 200]),
)
@settings(max_examples=60)
def test_warnings_are_monotone_in_silence(days: list[int], more: int, assets: int) -> None:
    """Of two clients with the same history the one that has been silent for longer has every reason of the other."""
    facts = facts_of(
        {"first": days, "longer": [ago + more for ago in days], "other": [1, 31, 61]},
        {"first": assets, "longer": assets},
    )
    found = watch(facts, house_rule(100), on=ON, model=MODEL)
    place = {client: row for row, client in enumerate(found.client)}
    if "longer" not in place:
        return
    one, longer = place["first"], place["longer"]
    assert (found.flags[one] <= found.flags[longer]).all()
    assert found.days_left[longer] <= found.days_left[one]
    assert found.times_usual[longer] >= found.times_usual[one]
    assert found.chance_alive[longer] <= found.chance_alive[one]


def test_a_model_is_fitted_to_who_traded() -> None:
    """In days; without trades there is none."""
    repeats = np.repeat([0, 1, 2, 5, 12], [8, 4, 3, 2, 1]).tolist()
    recency = [0] * 8 + [5, 20, 60, 150, 20, 90, 180, 60, 190, 150]
    days = {
        f"C{n}": [200 - step * silent // max(count, 1) for step in range(count + 1)]
        for n, (count, silent) in enumerate(zip(repeats, recency, strict=True))
    }
    model = fit_watch_model(facts_of(days), on=ON)
    assert (model.r, model.alpha) == pytest.approx((0.7747, 25.025), rel=1e-3)
    found = watch(facts_of(days), DormancyRule(), on=ON, model=model)
    assert ((found.chance_alive > 0) & (found.chance_alive < 1)).all()
    with pytest.raises(DataError, match="no histories"):
        fit_watch_model(facts_of({"a": []}), on=ON)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"months_ahead": -1}, "$.months_ahead"),
        ({"alive_below": 1.5}, "$.alive_below"),
        ({"near_limit": float("nan")}, "$.near_limit"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_path(change: dict[str, Any], path: str) -> None:
    """Numbers below zero, and a chance above one."""
    with pytest.raises(RuleError, match="must") as caught:
        WatchRule(**change)
    assert caught.value.path == path
    assert "months_ahead=6" in repr(WatchRule())
