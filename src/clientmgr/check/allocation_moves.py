"""What methods claim beyond loads: moves and their bound, affinity and its bound, prices of an auction."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from clientmgr.check.allocation_claims import DUST, Claims, need, same
from clientmgr.check.allocation_oracle import Branch, number
from clientmgr.ownership import Ledger
from clientmgr.tables import Id

__all__ = ["check_affinity", "check_auction", "check_moves"]


def check_moves(claims: Claims, ledger: Ledger | None) -> None:
    """Count the clients who change hands, and recompute the bound on them."""
    certificate = claims.division.certificate
    if ledger is None:
        need(not certificate.moves.any(), "moves in a first division")
        need(not certificate.moves_bound.any(), "a bound on moves in a first division")
        return
    before = claims.before or []
    for place, branch, _ in claims.branches:
        had = [row for row in branch.rows if before[row] in branch.place]
        moved = sum(1 for row in had if claims.owners[row] != before[row])
        same(certificate.moves[place], moved, f"moves in branch {branch.id}")
        bound = _moves_bound(claims, branch) if branch.rows else 0
        same(certificate.moves_bound[place], bound, f"bound on moves in branch {branch.id}")


def _moves_bound(claims: Claims, branch: Branch) -> int:
    """Bound the units that must change hands, receiver by receiver."""
    within = float(number(claims.rule.moves.within))
    due, pairs, _ = claims.scaled(branch)
    now = np.array(claims.now(branch, [unit for _, unit in pairs]))
    values = np.array([value for value, _ in pairs]).T
    gives = takes = 0
    for j in range(len(branch.receivers)):
        mine = now == j
        load = values[:, mine].sum(axis=1)
        gives += _least(values[:, mine], load - (1 + within) * due[:, j], due[:, j])
        takes += _least(values[:, ~mine], (1 - within) * due[:, j] - load, due[:, j])
    return max(gives, takes - int((now < 0).sum()), 0)


def _least(values: Any, excess: Any, due: Any) -> int:
    """Count the largest units that an excess takes, for the mix of measures that needs most."""
    measures = len(excess)
    safe = np.where(due > 0, due, np.inf)
    mixes = [np.eye(measures)[k] for k in range(measures)]
    if measures > 1:
        roots = [(k + 2.25) ** 0.5 for k in range(measures)]
        mixes += [np.array([step * root % 1.0 for root in roots]) for step in range(1, 41)]
    least = 0
    for mix in mixes:
        need = float(mix @ (excess / safe))
        if need <= DUST:
            continue
        total, count = 0.0, 0
        for part in sorted((mix @ (values / safe[:, None])).tolist(), reverse=True):
            if total >= need * (1 - DUST):
                break
            total, count = total + part, count + 1
        least = max(least, count if total >= need * (1 - DUST) else count + 1)
    return least


def check_affinity(claims: Claims, fits: Mapping[Id, Any]) -> None:
    """Recompute the sum of fits, and the bound that the prices of hours or places prove."""
    certificate = claims.division.certificate
    wanted = claims.rule.method.kind == "affinity"
    for place, branch, seat in claims.branches:
        if not wanted or not branch.rows:
            nothing = np.isnan(certificate.affinity[place]) and np.isnan(certificate.affinity_bound[place])
            need(bool(nothing), f"an affinity of branch {branch.id} that nobody asked for")
            continue
        prices = certificate.room_prices[seat : seat + len(branch.receivers)].tolist()
        named = claims.named(branch)
        value = bound = 0.0
        for unit in claims.units(branch.rows):
            takes = len(unit) if claims.hours is None else sum(claims.hours[row] for row in unit)
            value += _gains(fits, unit, claims.owners[unit[0]])
            bound += max(
                _gains(fits, unit, receiver.id) - price * takes
                for receiver, price in zip(branch.receivers, prices, strict=True)
                if claims.may(receiver.id, unit, named)
            )
        most = claims.rule.limits.clients
        for receiver, price in zip(branch.receivers, prices, strict=True):
            need(price >= 0, f"the price of {receiver.id} is below zero")
            full = len(branch.rows) if most is None else most
            bound += price * (full if claims.hours is None else receiver.hours)
        same(certificate.affinity[place], value, f"affinity of branch {branch.id}")
        same(certificate.affinity_bound[place], bound, f"bound on the affinity of {branch.id}")


def _gains(fits: Mapping[Id, Any], unit: list[int], owner: Id) -> float:
    """Add up how the clients of a unit fit an owner."""
    return float(sum(fits[owner][row] for row in unit)) if owner in fits else 0.0


def check_auction(claims: Claims, fits: Mapping[Id, Any]) -> None:
    """Recompute by which part some buyer sees more value for money elsewhere."""
    certificate, division = claims.division.certificate, claims.division
    if claims.rule.method.kind != "auction":
        need(division.prices is None, "prices without an auction")
        need(bool(np.isnan(certificate.slack).all()), "slackness without an auction")
        return
    need(division.prices is not None, "an auction without prices")
    paid = dict(zip(division.problem.rows.tolist(), division.prices.tolist(), strict=True))  # type: ignore[union-attr]
    for place, branch, _ in claims.branches:
        if branch.rows:
            slack = _slack(claims, branch, fits, paid)
            same(certificate.slack[place], slack, f"slackness of branch {branch.id}")


def _slack(claims: Claims, branch: Branch, fits: Mapping[Id, Any], paid: dict[int, float]) -> float:
    """Compare, for each buyer, its clients with all that it could have paid for."""
    name = claims.rule.method.value  # type: ignore[union-attr]
    k = [measure.name for measure in claims.rule.measures].index(name)
    named = claims.named(branch)
    units = [u for u in claims.units(branch.rows) if claims.facts.clients.id[u[0]] not in named]
    price = [sum(paid[row] for row in unit) for unit in units]
    total = sum(claims.value(k, row) for row in branch.rows) or 1
    worst = 0.0
    for receiver in branch.receivers:
        worth = [
            _worth(claims, fits, unit, receiver.id, (k, total)) / p if p > 0 else 0.0
            for unit, p in zip(units, price, strict=True)
        ]
        mine = [i for i, u in enumerate(units) if claims.owners[u[0]] == receiver.id]
        left = float(receiver.share) - sum(price[i] for i in mine)
        others = sorted(set(range(len(units))) - set(mine))
        for i in mine:
            if price[i] > 0 and worth[i] > 0:
                payable = [worth[o] for o in others if price[o] <= left + price[i]]
                worst = max(worst, max(payable, default=0.0) / worth[i] - 1.0)
    return worst


def _worth(claims: Claims, fits: Mapping[Id, Any], unit: list[int], owner: Id, measure: tuple[int, Any]) -> float:
    """Say what a unit is worth to a buyer: nothing where it may not have it."""
    if not claims.may(owner, unit, {}):
        return 0.0
    if owner in fits:
        return max(0.0, float(sum(fits[owner][row] for row in unit)))
    return float(sum(claims.value(measure[0], row) for row in unit)) / float(measure[1])
