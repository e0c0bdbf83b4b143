"""The managers and heads of each branch."""

import attrs
import numpy as np

from clientmgr.datasets.names import number_ids
from clientmgr.datasets.window import Window
from clientmgr.facts import Managers
from clientmgr.tables import Coded, Days, Flags, Floats, Int64

__all__ = ["Staff", "hire_staff"]

NEVER = np.datetime64("NaT", "D")
HEADS = 2
LONGEST_HOLIDAYS = 12  # within so many days from the first of a month there is a business day


@attrs.frozen(eq=False)
class Staff:
    """Who works in each branch, branch by branch; heads stand behind all the others.

    Attributes:
        branch: the branch's number of each person.
        ability, joined, left, head: as in `Managers`.
        starts: where the managers of each branch begin, with one end behind.
    """

    branch: Int64
    ability: Floats
    joined: Days
    left: Days
    head: Flags
    starts: Int64

    def to_managers(self, branches: Coded) -> Managers:
        """Make the table: managers are M01 ..., branch managers and deputies H01 ..."""
        count = int(self.starts[-1])
        names = [
            number_ids("M", count, digits=2),
            number_ids("H", len(self.branch) - count, digits=2),
        ]
        return Managers(
            id=Coded.concat(names),
            branch=Coded.from_codes(branches.vocabulary, self.branch),
            ability=self.ability,
            joined=self.joined,
            left=self.left,
            head=self.head,
            hours=np.where(self.head, 60.0, 140.0),
        )

    def pick(self, branch: Int64, chance: Floats) -> Int64:
        """Pick one of the managers of each branch asked for, by a chance in [0, 1)."""
        size = np.diff(self.starts)[branch]
        return self.starts[branch] + np.floor(chance * size).astype(np.int64)

    def is_there(self, manager: Int64, days: Days) -> Flags:
        """Say for each manager and day whether the manager is at work."""
        return ~(self.joined[manager] > days) & ~(self.left[manager] <= days)


def hire_staff(managers: Int64, window: Window, rng: np.random.Generator) -> Staff:
    """Hire the staff of all branches.

    In the first half of the window one in six of the managers joins, and one more in ten leaves for
    good: from the middle on each branch has the managers that were asked for. Each branch has a
    branch manager and a deputy.

    Args:
        managers: how many managers each branch has from the middle of the window on.
        window: the time covered.
        rng: where the draws come from.
    """
    leavers = managers // 10
    total = managers + leavers
    branch = np.repeat(np.arange(len(managers)), total)
    starts = np.concatenate([[0], np.cumsum(total)])
    place = np.arange(len(branch)) - starts[branch]
    leaves = place >= managers[branch]
    joins = ~leaves & (place >= managers[branch] - managers[branch] // 6)
    first = np.full(len(branch), window.first)
    half = np.maximum(window.firsts[window.months // 2] - 1, first + LONGEST_HOLIDAYS)
    moved = window.pick_business(first, half, rng.random(len(branch)))
    heads = HEADS * len(managers)
    never = np.full(heads, NEVER)
    return Staff(
        branch=np.concatenate([branch, np.repeat(np.arange(len(managers)), HEADS)]),
        ability=np.concatenate([_abilities(len(branch), rng), np.ones(heads)]),
        joined=np.concatenate([np.where(joins, moved, NEVER), never]),
        left=np.concatenate([np.where(leaves, moved, NEVER), never]),
        head=np.arange(len(branch) + heads) >= len(branch),
        starts=starts,
    )


def _abilities(count: int, rng: np.random.Generator) -> Floats:
    """Draw abilities between 0.5 and 2, most of them near 1."""
    drawn = np.clip(np.exp(rng.normal(0, 0.35, count)), 0.5, 2.0)
    rounded: Floats = np.round(drawn, 2)
    return rounded
