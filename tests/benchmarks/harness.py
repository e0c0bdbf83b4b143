"""Timing against a peer in the same run: ratios, which a busy machine spoils less than seconds.

A file `bench_<subject>.py` has a function `bench()` that yields one `Row` per piece of work, made
by `race` (against a peer), `against_sorting` (against the yardstick) or `alone`.
"""

import gc
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import numpy as np

Work = Callable[[], object]

YARDSTICK = 10_000_000
HEAD = ("work", "s", "processor s", "against", "s", "ratio", "to reach", "reached")
INTRODUCTION = """\
# Benchmarks

Measured by hand, by `python -m tests.benchmarks`, never by a timed test. A piece of work and its
peer take turns in one process on one thread; *ratio* is the median of ours / theirs over the
rounds, *s* the best round of each. Seconds depend on the machine and on what else it does at the
time; ratios are what counts. Where seconds are to be reached, they are compared with those that the
processor spent on the work, on all threads together (*processor s*, best round), since other
programs were running. Y is `np.argsort` of ten million float64 in the same run. Work starts from
built tables, unless the row says that it builds them.
"""


@attrs.frozen(kw_only=True)
class Row:
    """What one piece of work took.

    Attributes:
        work: what was done, in words.
        seconds: the best round.
        processor_seconds: what the processor spent on it in its best round, on all threads together.
        peer: what it ran against; empty if nothing.
        peer_seconds: the peer's best round.
        ratio: median over the rounds of ours / theirs.
        at_most: the ratio to reach, if any.
        seconds_at_most: the processor's seconds to reach, if any; plain ones where the former are unknown.
        note: what else was measured (memory, deviations).
    """

    work: str
    seconds: float
    processor_seconds: float | None = None
    peer: str = ""
    peer_seconds: float | None = None
    ratio: float | None = None
    at_most: float | None = None
    seconds_at_most: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether every number to reach was reached; None if there is none."""
        spent = self.seconds if self.processor_seconds is None else self.processor_seconds
        limits = [(self.ratio, self.at_most), (spent, self.seconds_at_most)]
        asked = [(got, most) for got, most in limits if got is not None and most is not None]
        return all(got <= most for got, most in asked) if asked else None

    def cells(self) -> tuple[str, ...]:
        """Give the row as cells of the table."""
        limits = [
            f"{self.at_most:.3g}" if self.at_most is not None else "",
            f"{self.seconds_at_most:g} s" if self.seconds_at_most is not None else "",
        ]
        reached = {True: "yes", False: "**no**", None: ""}[self.reached]
        return (
            self.work + (f" ({self.note})" if self.note else ""),
            *_numbers(self.seconds, self.processor_seconds),
            self.peer,
            *_numbers(self.peer_seconds, self.ratio),
            ", ".join(filter(None, limits)),
            reached,
        )

    def __str__(self) -> str:
        """Write the row for the terminal."""
        return " | ".join(self.cells())


def race(
    work: str,
    ours: Work,
    theirs: Work,
    *,
    peer: str,
    rounds: int = 5,
    at_most: float | None = None,
    seconds_at_most: float | None = None,
    note: str = "",
) -> Row:
    """Let two callables take turns; the first round of each only warms up.

    Args:
        work: what is done, in words.
        ours: does it with this library.
        theirs: does it, or something to compare with, otherwise.
        peer: what that is, in words.
        rounds: how often.
        at_most: the ratio ours / theirs to reach.
        seconds_at_most: the processor's seconds to reach.
        note: what else is worth saying.
    """
    ours()
    theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    return Row(
        work=work,
        seconds=min(one for (one, _), _ in pairs),
        processor_seconds=min(spent for (_, spent), _ in pairs),
        peer=peer,
        peer_seconds=min(other for _, (other, _) in pairs),
        ratio=statistics.median(one / other for (one, _), (other, _) in pairs),
        at_most=at_most,
        seconds_at_most=seconds_at_most,
        note=note,
    )


def against_sorting(
    work: str,
    ours: Work,
    *,
    rounds: int = 3,
    at_most: float | None = None,
    seconds_at_most: float | None = None,
    note: str = "",
) -> Row:
    """Let a callable take turns with the yardstick Y, `np.argsort` of 10 million float64."""
    numbers = np.random.default_rng(0).random(YARDSTICK)
    return race(
        work,
        ours,
        lambda: np.argsort(numbers),
        peer="Y",
        rounds=rounds,
        at_most=at_most,
        seconds_at_most=seconds_at_most,
        note=note,
    )


def alone(
    work: str,
    ours: Work,
    *,
    rounds: int = 5,
    seconds_at_most: float | None = None,
    note: str = "",
) -> Row:
    """Time a callable for which there is no peer."""
    ours()
    times = [_seconds(ours) for _ in range(rounds)]
    return Row(
        work=work,
        seconds=min(passed for passed, _ in times),
        processor_seconds=min(spent for _, spent in times),
        seconds_at_most=seconds_at_most,
        note=note,
    )


def peak_bytes(work: Work) -> int:
    """Give the most memory that a callable holds at once beyond what there was, with its result."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak


def write(path: Path, subject: str, rows: list[Row]) -> None:
    """Put the rows of one subject into the page, and leave the other subjects as they are."""
    sections = dict(_sections(path))
    lines = [_line(HEAD), _line(("---",) * len(HEAD)), *(_line(row.cells()) for row in rows)]
    sections[subject] = "\n".join([_machine(), "", *lines, ""])
    page = [INTRODUCTION, *(f"## {name}\n\n{sections[name]}" for name in sorted(sections))]
    path.write_text("\n".join(page), encoding="utf-8")


def _seconds(work: Work) -> tuple[float, float]:
    """Time one call, without what is left of the one before: seconds that passed, and the processor's."""
    gc.collect()
    start, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - spent


def _numbers(*values: float | None) -> Iterator[str]:
    """Write numbers with three decimals, and nothing for nothing."""
    return ("" if value is None else f"{value:.3f}" for value in values)


def _sections(path: Path) -> Iterator[tuple[str, str]]:
    """Read the subjects of the page, where there is one."""
    if not path.exists():
        return
    _, *parts = path.read_text(encoding="utf-8").split("\n## ")
    for part in parts:
        name, _, text = part.partition("\n")
        yield name, text.strip("\n") + "\n"


def _machine() -> str:
    """Say what the numbers were measured on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}."


def _line(cells: tuple[str, ...]) -> str:
    """Write a row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
