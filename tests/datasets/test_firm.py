"""`make_branch` and `make_firm`: what their documentation promises, over many seeds."""

from typing import Any

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.datasets import make_branch, make_firm
from clientmgr.errors import RuleError
from clientmgr.periods import add_months
from clientmgr.testing import check_table

SEEDS = range(8)


def assets_now(facts: cm.Facts) -> np.ndarray:
    """Give the assets of who is a client at the end, the largest first."""
    assert facts.as_of is not None
    return np.sort(facts.assets(facts.as_of)[facts.open_clients(facts.as_of)])[::-1]


def dormant_share(facts: cm.Facts) -> float:
    """Give the share of clients without an own trade in 18 months and with at most 10,000 yuan."""
    on = facts.as_of
    assert on is not None
    last = facts.last_trade(on)
    since = np.where(np.isnat(last), facts.clients.opened, last)
    asleep = (add_months(since, 18) <= on) & (facts.assets(on) <= 10_000_00)
    there = facts.open_clients(on)
    return float((asleep & there).sum() / there.sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_branch_is_as_its_documentation_says(seed: int) -> None:
    """The richest fifth, the dormant, the whales, the trades."""
    facts = make_branch(rng=seed)
    assets = assets_now(facts)
    assert 0.89 < assets[: len(assets) // 5].sum() / assets.sum() < 0.94
    assert 0.28 < dormant_share(facts) < 0.34
    assert 1 <= (assets > assets.sum() / 13).sum() <= 4
    trades = (facts.trades.date >= np.datetime64("2025-01-01")).sum()
    assert 6.5 < trades / 7_000 / 2 < 8.5


@pytest.mark.parametrize("seed", SEEDS)
def test_without_whales_every_client_fits_into_a_book(seed: int) -> None:
    """Nobody owns more than six tenths of a fair book at the end."""
    assets = assets_now(make_branch(rng=seed, whales=0))
    assert assets[0] < 0.6 * assets.sum() / 13


def test_the_same_seed_gives_the_same_branch_and_another_seed_another() -> None:
    """A generator goes on where it stands."""
    kwargs: dict[str, Any] = {"clients": 200, "managers": 4}
    one = make_branch(rng=7, **kwargs)
    for same in (make_branch(rng=7, **kwargs), make_branch(rng=np.random.default_rng(7), **kwargs)):
        assert all(getattr(one, name).equals(getattr(same, name)) for name in one.TABLES)
    assert not one.clients.equals(make_branch(rng=8, **kwargs).clients)
    generator = np.random.default_rng(7)
    first, second = (make_branch(rng=generator, **kwargs) for _ in range(2))
    assert first.clients.equals(one.clients)
    assert not second.clients.equals(one.clients)


def test_a_branch_has_the_people_asked_for(branch: cm.Facts) -> None:
    """Ids, heads, the day of the snapshot."""
    assert repr(branch).startswith("Facts(7,000 clients, 16 managers, 1 branches, 11")
    assert branch.clients.id[6_999] == "C007000"
    assert branch.branches.tolist() == ["B01"]
    there = branch.present_managers("2026-01-01") & ~branch.managers.head
    assert there.sum() == 13
    assert branch.managers.head.sum() == 2
    assert str(branch.as_of) == "2026-12-31"


def test_every_table_of_a_data_set_obeys_the_laws_of_tables() -> None:
    """Out and in, cut and joined, mixed and copied."""
    facts = make_branch(clients=40, managers=4, rng=7, months=6)
    for name in facts.TABLES:
        check_table(getattr(facts, name))


def test_every_day_of_the_window_can_be_asked_for(branch: cm.Facts) -> None:
    """The snapshot is later than most of them, and never needed."""
    for on in ("2024-12-31", "2025-07-31", "2026-07-01", "2027-03-01"):
        assert branch.assets(on).sum() > 0
        assert not np.isnat(branch.last_trade(on)).all()


def test_the_branches_of_a_firm_are_unequal() -> None:
    """Clients are drawn and add up; managers go with them."""
    facts = make_firm(12, clients=300, managers=10, rng=7, months=1)
    clients = np.bincount(facts.branch_of_client())
    assert clients.sum() == 3_600
    assert clients.max() > 2 * clients.min()
    there = facts.present_managers(facts.as_of) & ~facts.managers.head
    managers = np.bincount(facts.branch_of_manager()[there])
    assert (np.abs(managers - clients / 30) <= 1).all()


def test_the_numbers_of_each_branch_can_be_given() -> None:
    """A branch may be without clients."""
    facts = make_firm(3, clients=[5, 0, 20], managers=[1, 2, 3], rng=7, start="2020-03-01", months=3)
    assert np.bincount(facts.branch_of_client(), minlength=3).tolist() == [5, 0, 20]
    assert str(facts.as_of) == "2020-05-31"
    assert facts.branches.tolist() == ["B01", "B02", "B03"]


@pytest.mark.parametrize("clients", [0, 1, 2])
@pytest.mark.parametrize("months", [1, 2])
def test_the_smallest_branches_are_branches(clients: int, months: int) -> None:
    """No client, one manager, one month."""
    facts = make_branch(clients, 1, rng=7, months=months)
    assert len(facts.clients) == clients
    assert len(facts.managers) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rng": None}, "rng must be a seed or a generator, got None"),
        ({"branches": 0}, "branches must be at least 1 and whales 0, got 0 and 3"),
        ({"whales": -1}, "branches must be at least 1 and whales 0, got 2 and -1"),
        ({"clients": -1}, "clients must not be negative, got -1"),
        ({"managers": 0}, "managers must be at least 1, got 0"),
        ({"clients": [5]}, "clients must be one number for each of 2 branches"),
        ({"clients": [5, -1]}, "clients must be at least 0, got -1"),
        ({"managers": [1, 0]}, "managers must be at least 1, got 0"),
        ({"start": "2025-01-15"}, "start must be the first day of a month"),
        ({"months": 0}, "months must be at least 1"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_numbers_that_make_no_firm_are_refused(arguments: dict[str, Any], message: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(RuleError, match=message):
        make_firm(**{"branches": 2, "clients": 10, "managers": 2, "rng": 7, **arguments})
