"""The chance to be alive is that of the published model."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.dormancy import AliveModel, fit_alive
from clientmgr.errors import DataError, RuleError, UndecidedError

DATA = os.environ.get("CLIENTMGR_DATA")
PUBLISHED = AliveModel(r=0.525, alpha=6.183, a=0.891, b=1.614)


@pytest.mark.parametrize(
    ("history", "chance"),
    [((0, 0.0, 38.86), 0.3897350809), ((2, 30.43, 38.86), 0.7062022651), ((5, 10.0, 30.0), 0.0801013559)],
)
def test_the_closed_form_gives_the_published_chances(history: tuple[int, float, float], chance: float) -> None:
    """Ten digits, also for a client without a repeat, whom other models call alive for certain."""
    assert PUBLISHED.chance(*([value] for value in history))[0] == pytest.approx(chance, abs=5e-11)


@given(st.integers(0, 50), st.floats(0, 400), st.floats(0, 400), st.floats(0.01, 400))
def test_the_chance_falls_while_nothing_happens(repeats: int, recency: float, wait: float, more: float) -> None:
    """Monotone in the time since the last trade, and always a chance."""
    last = recency if repeats else 0.0
    one, later = PUBLISHED.chance([repeats] * 2, [last] * 2, [last + wait, last + wait + more])
    assert 0 <= later <= one <= 1


@pytest.mark.parametrize("name", ["r", "alpha", "a", "b"])
def test_parameters_are_above_zero(name: str) -> None:
    """Others are no model."""
    with pytest.raises(RuleError, match=f"{name} must be above zero, got 0"):
        AliveModel(**{"r": 1, "alpha": 1, "a": 1, "b": 1, name: 0})


@pytest.mark.parametrize(
    ("history", "match"),
    [
        (([1], [5], [3]), "row 0 is no history: 1 repeats, recency 5, age 3"),
        (([0], [2], [3]), "recency 0 without a repeat"),
        (([1, 1.5], [1, 1], [3, 3]), "row 1 is no history"),
        (([1], [np.nan], [3]), "row 0 is no history"),
        (([1], [1, 2], [3]), "columns of one length"),
    ],
)
def test_what_is_no_history_is_refused(history: tuple[list[float], ...], match: str) -> None:
    """The error names the first row."""
    with pytest.raises(DataError, match=match):
        PUBLISHED.chance(*history)
    with pytest.raises(DataError, match=match):
        fit_alive(*history)


def test_histories_that_determine_no_model_are_undecided() -> None:
    """Nobody ever came back, so nothing can be said about coming back."""
    with pytest.raises(UndecidedError, match="do not determine a model"):
        fit_alive([0] * 9, [0] * 9, np.arange(9) + 10)
    with pytest.raises(DataError, match="no histories"):
        fit_alive([], [], [])


def simulate(model: AliveModel, clients: int, age: float) -> tuple[list[int], list[float]]:
    """Let clients trade and drop out as the model says."""
    rng = np.random.default_rng(3)
    repeats, recency = [], []
    for rate, drop in zip(
        rng.gamma(model.r, 1 / model.alpha, clients), rng.beta(model.a, model.b, clients), strict=True
    ):
        count, last, now = 0, 0.0, 0.0
        while rng.random() > drop:
            now += rng.exponential(1 / rate)
            if now > age:
                break
            count, last = count + 1, now
        repeats.append(count)
        recency.append(last)
    return repeats, recency


def test_the_fit_finds_the_model_that_made_the_histories() -> None:
    """Within a few per cent, on two thousand simulated clients."""
    true = AliveModel(r=1.0, alpha=20.0, a=1.0, b=2.0)
    repeats, recency = simulate(true, 2_000, 200.0)
    found = fit_alive(repeats, recency, np.full(2_000, 200.0))
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((1.0, 20.0, 1.0, 2.0), rel=0.05)


def test_another_unit_of_time_gives_the_same_model() -> None:
    """Only alpha has a unit."""
    repeats = np.repeat([0, 1, 2, 5, 12], [8, 4, 3, 2, 1])
    recency = np.array([0] * 8 + [5, 20, 60, 150, 20, 90, 180, 60, 190, 150])
    days = fit_alive(repeats, recency, np.full(18, 200))
    weeks = fit_alive(repeats, recency / 7, np.full(18, 200) / 7)
    assert (weeks.r, weeks.alpha * 7, weeks.a, weeks.b) == pytest.approx((days.r, days.alpha, days.a, days.b), rel=1e-3)


@pytest.mark.skipif(DATA is None, reason="needs the folder of real records")
def test_the_fit_on_real_customers_is_that_of_lifetimes() -> None:
    """All 23,570 customers up to the end of September 1997, in weeks: the parameters that lifetimes 0.11.3 finds."""
    path = Path(str(DATA)) / "cdnow" / "CDNOW_master.txt"
    rows = [line.split() for line in path.read_text().splitlines()[1:]]
    client = np.array([int(row[0]) for row in rows])
    date = np.array([f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}" for row in rows], "datetime64[D]")
    end = np.datetime64("1997-09-30")
    seen = np.unique(np.stack([client, date.astype(np.int64)])[:, date <= end], axis=1)
    _, first, count = np.unique(seen[0], return_index=True, return_counts=True)
    days, last = seen[1], first + count - 1
    recency, age = (days[last] - days[first]) / 7, (end.astype(np.int64) - days[first]) / 7
    found = fit_alive(count - 1, recency, age)
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.637140, 7.310290, 0.807474, 1.228394), rel=2e-5)
