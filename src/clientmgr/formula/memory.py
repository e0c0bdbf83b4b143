"""`Memory`: what one period hands to the next: carries, look-backs, runs; exact, and readable as JSON."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from clientmgr.errors import RuleError
from clientmgr.formula.columns import Column, Reasons
from clientmgr.formula.exact import Exact
from clientmgr.formula.floats import Floats
from clientmgr.formula.frame import Words
from clientmgr.formula.kinds import Kind
from clientmgr.formula.literals import number_text, parse_number
from clientmgr.formula.machine import Kept, Machine, Past
from clientmgr.formula.numbers import Numbers
from clientmgr.formula.timeline import MONTHS, Timeline, ordinals
from clientmgr.periods import Period

if TYPE_CHECKING:
    from clientmgr.formula.inputs import Inputs
    from clientmgr.formula.program import Program

__all__ = ["Memory"]

State = Mapping[str, Kept]


@attrs.frozen(eq=False, repr=False)
class Memory:
    """The state after a period, for all managers ever seen.

    `Memory()` begins with nothing; `outcome.memory` is what a run hands on. A carry that is not known for a manager
    opens by its rule; a look-back that is not known makes his history short.
    """

    managers: tuple[Any, ...] = ()
    ordinal: int | None = None
    period: str = "month"
    past: Mapping[str, Sequence[Past]] = attrs.field(factory=dict)
    runs: State = attrs.field(factory=dict)
    carries: State = attrs.field(factory=dict)
    words: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = (("", ""),)

    @classmethod
    def of(
        cls,
        machine: Machine,
        timeline: Timeline,
        words: tuple[str, ...],
        reasons: tuple[tuple[str, str], ...],
    ) -> "Memory":
        """Take the state of a machine after its last period."""
        return cls(
            machine.managers,
            int(timeline.ordinal[-1]),
            timeline.kind,
            {name: tuple(pasts) for name, pasts in machine.past.items()},
            dict(machine.runs),
            dict(machine.carries),
            words,
            reasons,
        )

    def machine(self, program: "Program", words: Words, reasons: Reasons, kind: type[Numbers]) -> Machine:
        """Make the machine that goes on from here."""
        machine = Machine(self.managers)
        machine.ordinal = self.ordinal
        codes = np.array([words.code(word) for word in self.words] or [0])
        marks = np.array([0, *(reasons.code(*r) for r in self.reasons[1:])], dtype=np.int32)

        def moved(kept: Kept, what: Kind | None) -> Kept:
            """Bring a column to the numbers, words and reasons of the run."""
            data = kept.column.data
            if what is not None and what.name == "label":
                data = codes[kept.column.codes]
            elif isinstance(data, Numbers):
                data = _converted(data, kind)
            mark = kept.column.mark
            return Kept(Column(data, None if mark is None else marks[mark]), kept.known)

        kinds = program.kinds
        carried = {name: rule.kind.kind for name, rule in program.rules.carries.items()}
        self._refuse_lost(carried)
        machine.past = {
            name: [Past(p.ordinal, moved(p.kept, kinds[name])) for p in self.past[name]]
            for name in program.look_backs
            if name in self.past
        }
        machine.runs = {name: moved(self.runs[name], None) for name in program.runs if name in self.runs}
        machine.carries = {name: moved(kept, carried[name]) for name, kept in self.carries.items()}
        return machine

    def _refuse_lost(self, carried: Mapping[str, Kind]) -> None:
        """Refuse a program that has no place for a carry; what vanishes must be dropped by name."""
        lost = [name for name in self.carries if name not in carried]
        if lost:
            raise RuleError(
                f"the state holds the carries {', '.join(lost)}, which the rules do not declare; "
                "drop them by name: memory.without(carries=[...])"
            )

    def check_follows(self, timeline: Timeline) -> None:
        """Refuse periods of another length, and a period that does not come after the state's."""
        if self.ordinal is None:
            return
        if timeline.kind != self.period:
            raise RuleError(f"the state is by {self.period}, got the period {timeline.names[0]}")
        if int(timeline.ordinal[0]) <= self.ordinal:
            raise RuleError(f"the period {timeline.names[0]} is out of order: the state is after {self.last_period}")

    @property
    def last_period(self) -> str | None:
        """Name the period after which the state stands."""
        return None if self.ordinal is None else period_name(self.ordinal, self.period)

    def carry(self, name: str) -> dict[Any, Any]:
        """Give a carry's balance of each manager for whom it is known, exactly.

        Raises:
            KeyError: there is no such carry.
        """
        return {m: v for m, v in self._values(self.carries[name]).items() if v is not None}

    def without(self, *, carries: Sequence[str] = (), managers: Sequence[Any] = ()) -> "Memory":
        """Drop carries by name, or leavers whose balances are settled."""
        kept = {name: k for name, k in self.carries.items() if name not in carries}
        gone = set(managers)
        rows = np.array([i for i, m in enumerate(self.managers) if m not in gone], dtype=np.int64)
        return attrs.evolve(
            self,
            managers=tuple(self.managers[i] for i in rows),
            past={name: tuple(Past(p.ordinal, p.kept.of(rows)) for p in pasts) for name, pasts in self.past.items()},
            runs={name: k.of(rows) for name, k in self.runs.items()},
            carries={name: k.of(rows) for name, k in kept.items()},
        )

    def _values(self, kept: Kept) -> dict[Any, Any]:
        """Give a column by manager; None where it is not known."""
        count = len(self.managers)
        known = np.ones(count, dtype=np.bool_) if kept.known is None else kept.known
        column = kept.column.full(count)
        return {
            manager: python_value(column, i, self.words) if known[i] else None
            for i, manager in enumerate(self.managers)
        }

    def to_json(self) -> dict[str, Any]:
        """Write the state as plain JSON values; numbers are exact texts, null is not known.

        Example:
            >>> from clientmgr.formula import Memory
            >>> Memory().to_json()["managers"]
            []
        """
        return {
            "period": self.last_period,
            "managers": list(self.managers),
            "carries": {name: self._texts(kept) for name, kept in self.carries.items()},
            "runs": {name: self._lengths(kept) for name, kept in self.runs.items()},
            "look_backs": {
                name: {period_name(p.ordinal, self.period): self._texts(p.kept) for p in pasts}
                for name, pasts in self.past.items()
            },
        }

    def _texts(self, kept: Kept) -> list[Any]:
        """Write a column by manager: null where it is not known, the reason where it is undefined."""
        marks = self._marks(kept)
        return [
            {"undefined": list(self.reasons[marks[i]])} if marks[i] else _to_text(value)
            for i, value in enumerate(self._values(kept).values())
        ]

    def _lengths(self, kept: Kept) -> list[Any]:
        """Write the lengths of a run by manager."""
        marks, count = self._marks(kept), len(self.managers)
        lengths = np.where(True if kept.known is None else kept.known, kept.column.codes, 0)
        each = np.broadcast_to(lengths, (count,)).tolist()
        return [
            {"undefined": list(self.reasons[mark])} if mark else length
            for mark, length in zip(marks, each, strict=True)
        ]

    def _marks(self, kept: Kept) -> list[int]:
        """Give the marks by manager; 0 where nothing is known."""
        count = len(self.managers)
        mark = kept.column.mark
        if mark is None:
            return [0] * count
        known = True if kept.known is None else kept.known
        return [int(code) for code in np.where(known, np.broadcast_to(mark, (count,)), 0)]

    @classmethod
    def from_json(cls, program: "Program", value: Mapping[str, Any]) -> "Memory":
        """Read a state back that `to_json` wrote, for a program that goes on from it.

        Raises:
            RuleError: the state does not fit the program.
        """
        from clientmgr.formula.reading_memory import read_memory  # noqa: PLC0415 - it needs this module

        return read_memory(program, value)

    @classmethod
    def open(
        cls,
        program: "Program",
        *,
        history: "Inputs | None" = None,
        given: Mapping[str, Mapping[str, Mapping[Any, Any]]] | None = None,
        carries: Mapping[str, Mapping[Any, Any]] | None = None,
        period: str | None = None,
    ) -> "Memory":
        """Make the state before a scheme's first period from what is known of the time before.

        Args:
            program: goes on from the state.
            history: measures of earlier periods: looked-back names that depend on no carry are computed from them.
            given: for the other looked-back names the figures by period and manager, exact.
            carries: balances by manager, in major units.
            period: the last period before the first; needed where there is no history.

        Raises:
            RuleError: a name that is not looked back at, or one that depends on a carry and is not given.
        """
        from clientmgr.formula.reading_memory import open_memory  # noqa: PLC0415 - it needs this module

        return open_memory(program, history, given or {}, carries or {}, period)

    def __repr__(self) -> str:
        """Say after which period and for how many managers."""
        return f"Memory(after {self.last_period}, {len(self.managers)} managers)"


def _converted(data: Numbers, kind: type[Numbers]) -> Numbers:
    """Bring numbers to those of a run."""
    if isinstance(data, kind):
        return data
    if kind is Exact:
        raise RuleError("a state of floats cannot be paid from: run exactly from the beginning")
    return Floats(data.floats())


def period_name(ordinal: int, kind: Any) -> str:
    """Name a period by its number from 1970."""
    first = np.datetime64(ordinal * MONTHS[kind], "M").astype("M8[D]")
    return str(Period.of_day(first, kind))


def ordinal_of(name: str) -> int:
    """Number a period from 1970 by its name."""
    period = Period.of(name)
    start = np.array([period.start], dtype="M8[D]").astype(np.int64)
    return int(ordinals(start, period.kind)[0])


def python_value(column: Column, row: int, words: Sequence[str], kind: Kind | None = None) -> Any:
    """Give one row as a Python value: a Fraction, a bool, a word or a day."""
    if isinstance(column.data, Numbers):
        value = column.data.value(row)
        if kind is not None and kind.name == "date":
            return dt.date(1970, 1, 1) + dt.timedelta(days=int(value))
        return value
    item = column.data[row if len(column.data) > 1 else 0]
    if column.data.dtype == np.bool_:
        return bool(item)
    if kind is not None and kind.name == "manager":
        return int(item)
    return words[int(item)] if int(item) < len(words) else None


def _to_text(value: Any) -> Any:
    """Write a value as JSON: numbers as exact text, the rest as it is."""
    return number_text(value) if isinstance(value, Fraction) else value


def exact_value(value: Any) -> Fraction:
    """Read a number that is given exactly."""
    if isinstance(value, str):
        return parse_number(value)[0]
    if isinstance(value, (bool, float)) or not hasattr(value, "numerator"):
        if hasattr(value, "as_integer_ratio") and not isinstance(value, (bool, float)):
            return Fraction(*value.as_integer_ratio())
        raise RuleError(f"{value!r} is not an exact number; write it as text")
    return Fraction(value)
