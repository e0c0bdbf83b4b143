"""Running a program: what needs no state for all periods in one go, the rest period by period."""

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from clientmgr.errors import DataError, Findings, RuleError
from clientmgr.formula import nodes, rows
from clientmgr.formula.columns import Column, Marks, Reasons
from clientmgr.formula.exact import Exact
from clientmgr.formula.floats import Floats
from clientmgr.formula.frame import Frame, Step, Words
from clientmgr.formula.inputs import Inputs
from clientmgr.formula.machine import Machine, longer_run
from clientmgr.formula.memory import Memory
from clientmgr.formula.numbers import Numbers
from clientmgr.formula.order import CLOSES
from clientmgr.formula.outcome import Outcome
from clientmgr.formula.reading_columns import Told

if TYPE_CHECKING:
    from clientmgr.formula.program import Program

__all__ = ["run_program"]


def run_program(program: "Program", inputs: Inputs, memory: Memory | None, *, exact: bool, undefined: str) -> Outcome:
    """Run a program over the periods of its inputs, one after another."""
    if undefined not in ("raise", "keep"):
        raise RuleError(f"undefined must be raise or keep, got {undefined!r}")
    check_inputs(program, inputs)
    words, reasons = Words(), Reasons()
    kind: type[Numbers] = Exact if exact else Floats
    start = Memory() if memory is None else memory
    machine = start.machine(program, words, reasons, kind)
    start.check_follows(inputs.timeline)
    run = _Run(program, inputs, kind, words, reasons, machine, undefined == "raise")
    run.all_periods()
    return Outcome(
        program,
        inputs,
        run.stacked,
        run.by_period,
        tuple(reasons.listed),
        tuple(words.listed),
        Memory.of(machine, inputs.timeline, tuple(words.listed), tuple(reasons.listed)),
    )


def check_inputs(program: "Program", inputs: Inputs) -> None:
    """Refuse inputs that lack what the program reads, or that were read by other declarations."""
    kinds = program.rules.measures
    for name in program.needed:
        if name not in inputs.measures:
            raise RuleError(f"the measure {name!r} was not given", f"$.measures.{name}")
        if inputs.declared[name] != kinds[name]:
            raise RuleError(f"the measure {name!r} was read by another declaration")
    for table, fields in program.needed_items.items():
        if table not in inputs.items:
            raise RuleError(f"the item table {table!r} was not given", f"$.items.{table}")
        missing = [name for name in fields if name not in inputs.items[table].fields]
        if missing:
            raise RuleError(
                f"the item table {table!r} was given without {', '.join(missing)}",
                f"$.items.{table}.fields",
            )


@attrs.define(eq=False)
class _Run:
    """One run: the columns that are computed so far."""

    program: "Program"
    inputs: Inputs
    kind: type[Numbers]
    words: Words
    reasons: Reasons
    machine: Machine
    strict: bool
    stacked: dict[int, Column] = attrs.field(factory=dict)
    by_period: list[dict[int, Column]] = attrs.field(factory=list)

    def all_periods(self) -> None:
        """Compute all steps: first those without state, then the others in the order of time."""
        whole = self._frame(None)
        for step in self.program.steps:
            if not step.stateful:
                self.stacked[step.slot] = self._computed(step, self.stacked, whole)
        for t in range(len(self.inputs.timeline.names)):
            self._one_period(t)

    def _one_period(self, t: int) -> None:
        """Compute the steps with state of one period, and hand the state on."""
        self.machine.enter(self.inputs.managers[t], int(self.inputs.timeline.ordinal[t]))
        frame, values = self._frame(t), _Slices(self, t)
        for step in self.program.stateful_steps:
            values[step.slot] = self._computed(step, values, frame)
        self.by_period.append(dict(values))
        if self.strict:
            self._refuse_undefined(t, values)
        self._hand_on(values)

    def _computed(self, step: Step, values: dict[int, Column], frame: Frame) -> Column:
        """Compute one step; names and fields are read from the inputs."""
        function = self.program.functions[step.slot]
        if function is not None:
            return function(step, [values[slot] for slot in step.args], frame)
        if isinstance(step.node, nodes.Name):
            told = self.inputs.measures[step.node.name]
            return self._loaded(told, f"the measure {step.node.name!r} is missing", step)
        field: rows.Field = step.node  # type: ignore[assignment]
        told = self.inputs.items[str(step.grain)].fields[field.name]
        return self._loaded(told, f"the field {field.name!r} is missing", step)

    def _loaded(self, told: Told, reason: str, step: Step) -> Column:
        """Make a column of what was told; what is missing is marked."""
        data = told.floats() if self.kind is Floats else told.data
        if told.words:
            data = np.array([self.words.code(word) for word in told.words])[data]
        if told.missing is None:
            return Column(data)
        mark = self.reasons.code(reason, step.path)
        return Column(data, np.where(told.missing, mark, 0).astype(np.int32))

    def _frame(self, t: int | None) -> Frame:
        """Make the frame of one period, or of all."""
        layout = self.inputs.layouts[-1 if t is None else t]
        machine = None if t is None else self.machine
        return Frame(
            self.kind,
            layout.rows,
            layout.items,
            layout.timeline,
            layout.period_of,
            layout.starts,
            self.reasons,
            self.words,
            self.program.kinds,
            machine,
        )

    def _refuse_undefined(self, t: int, values: dict[int, Column]) -> None:
        """Refuse lines and carries that hold something undefined, all together."""
        findings = Findings()
        ids = self.inputs.managers[t]
        for name in self.program.must_be_defined:
            slot = self.program.names[name]
            if slot in self.stacked and self.stacked[slot].mark is None:
                continue
            mark = values[slot].mark
            if mark is not None and mark.any():
                findings = findings + self._findings(name, mark, ids, t)
        if findings:
            period = self.inputs.timeline.names[t]
            raise DataError.of(findings, f"lines or carries of {period} are undefined")

    def _findings(self, name: str, mark: Marks, ids: tuple[Any, ...], t: int) -> Findings:
        """List the managers for whom a name is undefined."""
        codes = np.broadcast_to(mark, (len(ids),))
        bad = np.flatnonzero(codes)
        return Findings.of(
            table=self.inputs.timeline.names[t],
            column=name.removeprefix(CLOSES),
            rows=bad,
            ids=[ids[i] for i in bad],
            values=["{} @ {}".format(*self.reasons.listed[code]) for code in codes[bad]],
            expected="a defined figure",
        )

    def _hand_on(self, values: dict[int, Column]) -> None:
        """Hand looked-back names, runs and carries to the next period."""
        program, machine = self.program, self.machine
        for name, depth in program.look_backs.items():
            machine.keep(name, values[program.names[name]], depth)
        for name in program.runs:
            flag = values[program.names[name]].full(machine.count)
            machine.keep_run(name, longer_run(machine.run(name), flag))
        for name in program.carries:
            machine.keep_carry(name, values[program.names[CLOSES + name]])


class _Slices(dict[int, Column]):
    """The columns of one period; those without state are cut out of all periods when they are asked for."""

    def __init__(self, run: _Run, t: int) -> None:
        """Remember where to cut."""
        super().__init__()
        self.run = run
        self.t = t
        self.single = len(run.inputs.timeline.names) == 1
        starts = run.inputs.starts
        self.managers = slice(int(starts[t]), int(starts[t + 1]))

    def __missing__(self, slot: int) -> Column:
        """Cut a column out."""
        column = self.run.stacked[slot]
        if not self.single:
            column = column.take(self._cut(self.run.program.steps[slot].grain))
        self[slot] = column
        return column

    def _cut(self, grain: str | None) -> slice:
        """Give the rows of the period."""
        if grain is None:
            return self.managers
        starts = self.run.inputs.item_starts[grain]
        return slice(int(starts[self.t]), int(starts[self.t + 1]))
