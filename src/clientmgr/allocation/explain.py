"""Reasons in words that a branch manager can read out."""

from typing import TYPE_CHECKING

import numpy as np

from clientmgr.allocation.problem import DIVIDED, DORMANT, KEY
from clientmgr.allocation.steps import STEP_WORDS, STEPS
from clientmgr.errors import DataError
from clientmgr.tables import AnyArray, Id

if TYPE_CHECKING:
    from clientmgr.allocation.division import Division

__all__ = ["explain_book", "explain_client", "say"]

MINOR = 100  # fen


def explain_client(division: "Division", client: Id) -> str:
    """Say where a client goes, by which step, and what the runner-up would have meant."""
    row = division.facts.clients.row(client)
    pool = int(division.problem.pool[row])
    branch = division.facts.clients.branch[row]
    if pool < DIVIDED:
        return f"{client} is no client on {division.on}."
    if pool in (KEY, DORMANT):
        word = "key" if pool == KEY else "dormant"
        return f"{client} of {branch} {STEPS[word]}."
    i = int(np.flatnonzero(division.problem.rows == row)[0])
    place = int(division.place[i])
    owner = division.problem.receivers.id[place]
    step = STEP_WORDS[division.step_code[i]]
    lines = [f"{client} of {branch} goes to {owner}: it {STEPS[step]}."]
    if division.prices is not None:
        lines.append(f"It cost {division.prices[i]:.6g} of a budget of 1.")
    lines += _runner_up(division, i, place)
    return "\n".join(lines)


def _runner_up(division: "Division", client: int, place: int) -> list[str]:
    """Say what the next best owner would have meant."""
    span = division.problem.receivers.of_branch(int(division.problem.branch[client]))
    if span.stop - span.start == 1:
        return ["Nobody else may receive clients in the branch."]
    loads, targets, value = _cells(division, span, client)
    mine = place - span.start
    off = loads - targets
    moved = off + value[:, None]
    moved[:, mine] = off[:, mine]
    safe = np.where(targets > 0, targets, 1.0)
    left = off[:, mine] - value
    cost = ((moved**2 - off**2) / safe**2).sum(axis=0)
    cost[mine] = np.inf
    other = int(np.argmin(cost))
    name = division.problem.receivers.id[span.start + other]
    mine_name = division.problem.receivers.id[place]
    lines = [f"The runner-up is {name}. With it the books would stand, against their targets:"]
    for k, measure in enumerate(division.problem.measures):
        with_it = 100 * moved[k, other] / safe[k, other]
        without = 100 * left[k] / safe[k, mine]
        now = f"{100 * off[k, mine] / safe[k, mine]:+.4f} % and {100 * off[k, other] / safe[k, other]:+.4f} %"
        lines.append(
            f"  {measure.name}: {mine_name} {without:+.4f} %, {name} {with_it:+.4f} %"
            f" (now {now}; the client is {say(division, measure.name, value[k])})"
        )
    return lines


def _cells(division: "Division", span: slice, client: int) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Give loads and targets of a branch's receivers, and the client's values, by measure."""
    books = division.certificate.books
    measures = len(division.problem.measures)
    cells = slice(span.start * measures, span.stop * measures)
    loads = books.load[cells].reshape(-1, measures).T.astype(np.float64)
    targets = books.filled[cells].reshape(-1, measures).T
    value = np.array([float(column[client]) for column in division.problem.values])
    return loads, targets, value


def explain_book(division: "Division", owner: Id) -> str:
    """Say what a book is made of, against its target and against the others."""
    receivers = division.problem.receivers
    found = np.flatnonzero(receivers.id == owner)
    if not len(found):
        raise DataError(f"{owner!r} receives no clients in this division")
    place = int(found[0])
    span = receivers.of_branch(int(receivers.branch[place]))
    mine = np.flatnonzero(division.place == place)
    by_step = np.bincount(division.step_code[mine], minlength=len(STEP_WORDS))
    how = ", ".join(f"{count:,} {word}" for word, count in zip(STEP_WORDS, by_step.tolist(), strict=True) if count)
    share = 100 * float(receivers.shares[place])
    branch = division.certificate.books.branch[place * len(division.problem.measures)]
    lines = [f"{owner} of {branch} is due {share:.2f} % and has {len(mine):,} clients ({how or 'none'})."]
    books = division.certificate.books
    for k, measure in enumerate(division.problem.measures):
        cell = place * len(division.problem.measures) + k
        rank = _rank(division, span, k, place)
        free = ", more than is due because one client cannot be split" if books.free[cell] else ""
        lines.append(
            f"  {measure.name}: {say(division, measure.name, books.load[cell])} of"
            f" {say(division, measure.name, books.filled[cell])} ({books.deviation[cell]:+.4f} %{free});"
            f" largest client {say(division, measure.name, books.largest[cell])};"
            f" {rank} of {span.stop - span.start} by what it holds per weight"
        )
    return "\n".join(lines)


def say(division: "Division", measure: str, value: float) -> str:
    """Write a value of a measure: assets in the currency's major unit, others as they are."""
    if measure == "assets":
        return f"{float(value) / MINOR:,.2f} {division.facts.currency}"
    return f"{value:,.10g}"


def _rank(division: "Division", span: slice, measure: int, place: int) -> int:
    """Rank a receiver among its branch by load per weight, 1 for the highest."""
    measures = len(division.problem.measures)
    loads = division.certificate.books.load.reshape(-1, measures)[span, measure]
    ratios = loads / division.problem.receivers.shares[span]
    return 1 + int((ratios > ratios[place - span.start]).sum())
