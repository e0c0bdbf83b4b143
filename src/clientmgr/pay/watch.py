"""The watch on standards (考核, 淘汰): stages with evidence, help first, never by rank alone."""

from collections.abc import Iterator

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.scoring import AllOf, AnyOf, Comparison, Condition, Not, Running
from clientmgr.scoring.conditions import Judge
from clientmgr.scoring.levels import as_tuple
from clientmgr.tables import AnyArray, Coded, Flags, Int64

__all__ = ["RANKS", "Watch", "Watched", "measures_of"]

RANKS = ("rank", "untied_rank", "percentile")
RUN = "missed"


@attrs.frozen
class Watch:
    """A staged watch on an absolute standard.

    Who misses the standard `running` reviews in a row moves one stage on, and again at each
    further review that misses it; who meets it leaves the watch. The stages from `helped` on
    (a reassessment, a notice) are reached only where `support` held: help comes before a second
    judgement. The last stage is advice to people, and moves no grade and no money by itself.

    Attributes:
        standard: what has to be met.
        stages: the names of the stages, first to last.
        running: reviews in a row below the standard before the first stage.
        support: what shows that help was given; needed from stage `helped` on.
        helped: the first stage that needs it.
        allow_rank: a standard on a rank flags and coaches, but no one may be let go for coming
            last; it has to be asked for here by name, and every result then says so.

    Raises:
        RuleError: a standard on a rank that was not asked for, unknown stages, no support where
            a stage needs it.

    Example:
        >>> from clientmgr.pay import Watch
        >>> from clientmgr.scoring import at_least
        >>> Watch(standard=at_least("score", 60), support=at_least("coaching", 1)).stages
        ('warned', 'coached', 'reassessed', 'notice')
    """

    standard: Condition
    support: Condition | None = None
    stages: tuple[str, ...] = attrs.field(default=("warned", "coached", "reassessed", "notice"), converter=as_tuple)
    running: int = 1
    helped: str = "reassessed"
    allow_rank: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse rank rules that were not asked for, and stages that do not fit."""
        if self.by_rank and not self.allow_rank:
            raise RuleError(
                f"coming last is not incompetence: the standard hangs on a rank ({self.standard}); "
                "if it is only to flag and coach, say allow_rank=True",
                "$.watch.standard",
            )
        if not self.stages or len(set(self.stages)) < len(self.stages) or "" in self.stages:
            raise RuleError(f"stages are different names, got {self.stages}", "$.watch.stages")
        if self.running < 1:
            raise RuleError(f"running is at least 1, got {self.running}", "$.watch.running")
        if self.helped in self.stages and self.support is None:
            raise RuleError(
                f"the stage {self.helped!r} needs help before it: say by what `support` shows it",
                "$.watch.support",
            )

    @property
    def by_rank(self) -> bool:
        """Whether the standard hangs on a rank."""
        return any(name in RANKS for name in measures_of(self.standard))

    def advance(self, judge: Judge, stage: Coded, judged: Flags) -> "Watched":
        """Move each judged manager on, or off the watch."""
        misses = judged & ~judge.decide(self.standard, judged)
        helped = np.ones(len(misses), bool)
        if self.support is not None:
            helped = judge.decide(self.support, misses)
        before = judge.counters.get(RUN, np.zeros(len(misses), np.int64))
        run = np.where(misses, before + 1, np.where(judged, 0, before))
        place = self._places(stage)
        wanted = np.minimum(place + 1, len(self.stages) - 1)
        first_helped = self.stages.index(self.helped) if self.helped in self.stages else 99
        stuck = misses & (wanted >= first_helped) & (wanted > place) & ~helped
        moved = np.where(misses & (run >= self.running) & ~stuck, wanted, place)
        moved = np.where(judged & ~misses, -1, moved)
        names = np.array([*self.stages, ""])
        return Watched(names[moved], run, stuck & (run >= self.running))

    def _places(self, stage: Coded) -> Int64:
        """Find the place of each stage, -1 for none."""
        words = [self.stages.index(word) if word in self.stages else -1 for word in stage.vocabulary.tolist()]
        return np.array([*words, -1], np.int64)[stage.codes]


@attrs.frozen(eq=False)
class Watched:
    """The stages after a review, how often in a row the standard was missed, who waits for help."""

    stage: AnyArray
    run: Int64
    waiting: Flags


def measures_of(condition: Condition) -> Iterator[str]:
    """Name the measures that a condition compares."""
    match condition:
        case Comparison():
            yield condition.measure
        case Not() | Running():
            yield from measures_of(condition.part)
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield from measures_of(part)
        case _:
            return
