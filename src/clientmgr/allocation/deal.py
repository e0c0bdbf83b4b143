"""Dealing several measures at once: every branch in lock-step, the largest client first.

Each step gives the next client of every branch to the manager with the smallest growth of `sum
(load - target)^2 / target`. Long branches deal their head jointly and their tail in several hands
that start from the head's loads; counts may drift by some clients then, which `quota` mends.
float32 serves here: loads are taken anew afterwards.
"""

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["deal"]

HEAD = 8  # clients per manager that are dealt jointly
HAND = 640  # clients of a tail that one hand deals at most
BUCKETS = (8, 20, 64)  # padding costs less than steps, so few buckets of branch sizes
BLOCK = 1 << 20  # cells gathered at once

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.int32]


@attrs.frozen(eq=False)
class _Hands:
    """Sequences of clients that are dealt side by side, longest first."""

    branch: Ints
    start: Ints
    stride: Ints
    length: Ints

    def sorted(self) -> "_Hands":
        """Order by falling length, so that those still dealing are a prefix."""
        order = np.argsort(-self.length, kind="stable")
        return _Hands(*(column[order] for column in attrs.astuple(self, recurse=False)))


def deal(
    values: Floats,
    client_starts: Ints,
    manager_starts: Ints,
    shares: npt.NDArray[np.float64],
    loads: npt.NDArray[np.float64] | None = None,
) -> Rows:
    """Give every client of every branch to one manager (a number among all managers).

    Args:
        values: measures x clients, each measure scaled to 1 over its branch (times its weight);
            clients by branch, largest first.
        client_starts: border of each branch among the clients (branches + 1).
        manager_starts: border of each branch among the managers; every branch with clients has one.
        shares: what is due to each manager, 1 over its branch.
        loads: measures x managers, already there before the first client, in the unit of `values`.

    Returns:
        The manager of each client. O(n m d) time in n / branches steps; memory O(n).
    """
    owner = np.empty(values.shape[1], dtype=np.int32)
    sizes, teams = np.diff(client_starts), np.diff(manager_starts)
    for low, high in zip((0, *BUCKETS), (*BUCKETS, int(teams.max(initial=0))), strict=True):
        chosen = np.flatnonzero((teams > low) & (teams <= high) & (sizes > 0))
        if len(chosen):
            table = _Table.of(chosen, manager_starts, shares, values.shape[0], loads)
            _deal_bucket(values, client_starts, table, owner)
    return owner


@attrs.frozen(eq=False)
class _Table:
    """The managers of some branches, padded to one width: ratio load / target, and 1 / share."""

    branches: Ints
    first: Ints
    teams: Ints
    ratio: Floats
    inverse: Floats

    @classmethod
    def of(
        cls,
        branches: Ints,
        manager_starts: Ints,
        shares: npt.NDArray[np.float64],
        measures: int,
        loads: npt.NDArray[np.float64] | None,
    ) -> "_Table":
        """Lay the managers out as measures + 1 x managers x branches; the last row prices the square."""
        first = manager_starts[branches]
        teams = manager_starts[branches + 1] - first
        seat = np.arange(int(teams.max()))[:, None]
        there = seat < teams
        place = np.where(there, first + seat, 0)
        inverse = np.where(there, 1.0 / shares[place], 0.0).astype(np.float32)
        ratio = np.zeros((measures + 1, *place.shape), dtype=np.float32)
        if loads is not None:
            ratio[:-1] = np.where(there, loads[:, place] * inverse, 0.0)
        ratio[-1] = np.where(there, inverse, np.float32(1e30))
        return cls(branches, first, teams, ratio, inverse)


def _deal_bucket(values: Floats, client_starts: Ints, table: _Table, owner: Rows) -> None:
    """Deal the heads jointly, then the tails in hands that share the head's loads."""
    start = client_starts[table.branches]
    size = client_starts[table.branches + 1] - start
    head = np.where(size > HEAD * table.teams + HAND, HEAD * table.teams, size)
    seats = np.arange(len(size))
    _run(values, _Hands(seats, start, np.ones_like(start), head), table, np.ones_like(start), owner)
    tail = size - head
    hands = -(-tail // HAND)
    if hands.any():
        branch = np.repeat(seats, hands)
        nth = np.arange(len(branch)) - np.repeat(np.cumsum(hands) - hands, hands)
        length = (tail[branch] - nth + hands[branch] - 1) // hands[branch]
        tails = _Hands(branch, (start + head)[branch] + nth, hands[branch], length)
        _run(values, tails, table, hands, owner)


def _run(values: Floats, hands: _Hands, table: _Table, scale: Ints, owner: Rows) -> None:
    """Deal all hands in lock-step; `scale` hands of a branch make up its tail."""
    hands = hands.sorted()
    ratio = np.ascontiguousarray(table.ratio[:, :, hands.branch])
    gain = table.inverse[:, hands.branch] * scale[hands.branch].astype(np.float32)
    ratio[-1] *= scale[hands.branch].astype(np.float32)
    seats, first = ratio.shape[1], table.first[hands.branch]
    bits = max(seats - 1, 1).bit_length()
    cost = np.empty(ratio.shape[1:], dtype=np.float32)
    at = 0
    for width, until in _stretches(hands.length, values.shape[0]):
        step = np.arange(at, until)[:, None]
        place = hands.start[:width] + hands.stride[:width] * step
        np.minimum(place, values.shape[1] - 1, out=place)
        gathered = _with_square(values, place)
        picks = _deal_steps(gathered, hands.length[:width], at, ratio, gain, cost, bits)
        there = step < hands.length[:width]
        owner[place[there]] = (picks + first[:width])[there]
        at = until
    # The head's loads are where the tail's hands start.
    if scale.max() == 1:
        table.ratio[:, :, hands.branch] = ratio


def _stretches(lengths: Ints, measures: int) -> list[tuple[int, int]]:
    """Cut the steps into stretches of bounded size: how many hands are alive, and the step that ends it."""
    stretches = []
    at, last = 0, int(lengths[0])
    while at < last:
        width = int(np.searchsorted(-lengths, -at, side="left"))
        at = min(last, at + max(1, BLOCK // (width * (measures + 1))))
        stretches.append((width, at))
    return stretches


def _with_square(values: Floats, place: Ints) -> Floats:
    """Gather steps x (measures + half the sum of squares) x hands."""
    gathered = np.empty((place.shape[0], values.shape[0] + 1, place.shape[1]), dtype=np.float32)
    for k, row in enumerate(values):
        gathered[:, k] = row[place]
    np.einsum("tkv,tkv->tv", gathered[:, :-1], gathered[:, :-1], out=gathered[:, -1])
    gathered[:, -1] *= np.float32(0.5)
    return gathered


def _deal_steps(gathered: Floats, lengths: Ints, at: int, ratio: Floats, gain: Floats, cost: Floats, bits: int) -> Rows:
    """Deal the steps of one stretch; the manager's number in the low bits decides ties."""
    measures, seats, hands = ratio.shape
    flat, flat_gain = ratio[:-1].reshape(measures - 1, -1), gain.reshape(-1)
    seat_word = np.arange(seats, dtype=np.int32)[:, None]
    clear, low = np.int32(-1 << bits), np.int32((1 << bits) - 1)
    column = np.arange(hands)
    picks = np.zeros((len(gathered), gathered.shape[2]), dtype=np.int32)
    alive = np.searchsorted(-lengths, -np.arange(at, at + len(gathered)), side="left").tolist()
    for step, width in enumerate(alive):
        value = gathered[step, :, :width]
        view = cost[:, :width]
        np.einsum("kmv,kv->mv", ratio[:, :, :width], value, out=view)
        word = view.view(np.int32)
        word &= clear
        word |= seat_word
        pick = np.minimum.reduce(word, axis=0)
        pick &= low
        picks[step, :width] = pick
        cell = pick * hands + column[:width]
        flat[:, cell] += value[:-1] * flat_gain[cell]
    return picks
