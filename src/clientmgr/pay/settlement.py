"""`Settlement`: the lines of a period's pay, and the state that the next period starts from."""

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.facts import Measures, Standings
from clientmgr.facts.measures import row_of_each
from clientmgr.money import Rate, format_fen
from clientmgr.pay.plan import Payout, PayPlan
from clientmgr.pay.transition import tell_transition
from clientmgr.periods import Period
from clientmgr.scoring.conditions import Judge
from clientmgr.scoring.levels import show
from clientmgr.tables import AnyArray, Coded, Fen, Id, ReadOnly, Result, freeze, text_table

__all__ = ["PayState", "Settlement"]


@attrs.frozen(eq=False, repr=False, slots=False)
class PayState(ReadOnly):
    """What outlives a period: which one was settled last, and what each was paid in its year.

    Attributes:
        plan: the name of the plan.
        period: the period settled last; None before the first.
        manager: everybody who was ever paid.
        paid: paid in the calendar year of `period` so far, fen.
    """

    plan: str
    period: Period | None
    manager: Coded
    paid: Fen

    @classmethod
    def open(cls, plan: str) -> "PayState":
        """Open the books of a plan."""
        return cls(plan, None, Coded.of([]), freeze(np.zeros(0, np.int64)))

    def after(self, period: Period, manager: Coded, total: Fen) -> "PayState":
        """Give the state after a period was paid."""
        same_year = self.period is not None and self.period.year == period.year
        before = self.paid if same_year else np.zeros_like(self.paid)
        everybody = Coded.concat([self.manager, manager])
        sums = np.zeros(len(everybody.vocabulary), np.int64)
        np.add.at(sums, everybody.codes, np.concatenate([before, total]))
        codes = np.arange(len(sums), dtype=np.int32)
        return PayState(self.plan, period, Coded.from_codes(everybody.vocabulary, codes), freeze(sums))

    def paid_to(self, manager: Id) -> int:
        """Give what a manager was paid in the year so far, in fen."""
        rows = np.flatnonzero(self.manager == manager)
        return int(self.paid[rows[0]]) if len(rows) else 0

    def to_dict(self) -> dict[str, Any]:
        """Give the state as plain values, for JSON."""
        period = None if self.period is None else str(self.period)
        pairs = list(zip(self.manager.tolist(), self.paid.tolist(), strict=True))
        return {"plan": self.plan, "period": period, "paid": [list(pair) for pair in pairs]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "PayState":
        """Read the state back from plain values.

        Raises:
            DataError: a value that is not there or not as written.
        """
        try:
            period = None if values["period"] is None else Period.of(values["period"])
            who = [pair[0] for pair in values["paid"]]
            paid = np.array([pair[1] for pair in values["paid"]], np.int64)
            return cls(values["plan"], period, Coded.of(who), freeze(paid))
        except (KeyError, IndexError, TypeError, OverflowError) as error:
            raise DataError(f"this is no state of a pay plan: {error!r}") from None

    def __repr__(self) -> str:
        """Name plan and period."""
        last = "nothing settled" if self.period is None else f"settled to {self.period}"
        return f"PayState({self.plan!r}, {last}, {len(self.manager)} managers)"


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Settlement(Result):
    """The pay of a period: lines a manager, which add up to the total; amounts in fen.

    Attributes:
        plan: the plan.
        period: the period.
        measures: the measures it was paid from; one row a paid manager.
        standings: the standings in force.
        amounts: (managers, lines) int64.
        total: what each is paid.
        state: what the next period starts from.
        items: tables behind the measures, as given.

    Example:
        >>> from clientmgr.facts import Managers, Measures, Standings
        >>> from clientmgr.pay import Grade, Ladder, PayPlan, settle
        >>> ladder = Ladder(name="one", grades=(Grade("A", 2_000_00),))
        >>> standings = Standings.start(Managers(id=["M1"], branch="B1"), ladder, on="2026-07-01")
        >>> july = Measures(manager=["M1"], period="2026-07", values={})
        >>> settle(july, standings, PayPlan("2026"), period="2026-07")
        Settlement('2026', 2026-07, 1 managers, 2,000.00)
    """

    plan: PayPlan
    period: Period
    measures: Measures
    standings: Standings
    amounts: AnyArray
    total: Fen
    state: PayState
    items: Mapping[str, Any]

    @property
    def manager(self) -> Coded:
        """Who is paid."""
        return self.measures.manager

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of the lines."""
        return self.plan.lines

    def line(self, name: str) -> Fen:
        """Give one line of everybody, in fen.

        Raises:
            DataError: there is no such line.
        """
        if name not in self.lines:
            raise DataError(f"there is no line {name!r}; there are {', '.join(self.lines)}")
        found: Fen = self.amounts[:, self.lines.index(name)]
        return found

    def to_columns(self) -> dict[str, AnyArray]:
        """Give manager, period, each line and the total; amounts in fen."""
        lines = {name: self.amounts[:, k] for k, name in enumerate(self.lines)}
        period = np.full(len(self.total), str(self.period))
        return {"manager": np.asarray(self.manager), "period": period, **lines, "total": self.total}

    def __len__(self) -> int:
        """Count the paid managers."""
        return len(self.total)

    def __repr__(self) -> str:
        """Name plan, period and the sum."""
        paid = format_fen(int(self.total.sum()))
        return f"Settlement({self.plan.name!r}, {self.period}, {len(self):,} managers, {paid})"

    def explain(self, manager: Id) -> str:
        """Write the pay slip of one manager: each line, what it comes from, and the total."""
        row = self.measures.row(manager)
        sources = [self._of_base(manager), self._of_transition(manager)]
        sources += [self._of_payout(payout, row) for payout in self.plan.payouts]
        amounts = [format_fen(amount) for amount in self.amounts[row].tolist()]
        paid = format_fen(self.state.paid_to(manager))
        table = text_table(
            {
                "line": [*self.lines, "total"],
                "from": [*sources, f"paid in {self.period.year} so far: {paid}"],
                "amount": [*amounts, format_fen(int(self.total[row]))],
            },
            formats={"amount": str},
            indent=2,
        )
        return f"pay of {manager} for {self.period} by the plan {self.plan.name}\n{table}"

    def _of_base(self, manager: Id) -> str:
        """Say where the base salary comes from."""
        row = row_of_each(Coded.of([manager]), self.standings.manager)[0]
        base = format_fen(int(self.standings.base_salary[row]))
        months = len(self.period.months())
        text = f"grade {self.standings.grade[row]}: {base} x {months}"
        return f"{text} x presence {self._presence(manager)}" if self.plan.prorate else text

    def _of_transition(self, manager: Id) -> str:
        """Say where the smooth transition comes from."""
        row = row_of_each(Coded.of([manager]), self.standings.manager)[0]
        standing = self.standings
        if not standing.protected[row]:
            return "nothing to smooth"
        smooth = tell_transition(int(standing.protected[row]), int(standing.held[row]), int(standing.parts[row]))
        return f"{smooth}, from {standing.since[row]}"

    def _of_payout(self, payout: Payout, row: int) -> str:
        """Say where a payout comes from."""
        amount = show(self.measures[payout.measure][row] or 0, "money")  # type: ignore[arg-type]
        rate, gate = payout.rate, ""
        if payout.gate is not None:
            judge = Judge(self.measures.take([row]))
            holds = bool(judge.decide(payout.gate)[0])
            rate = payout.rate if holds else payout.gated_rate
            gate = f" ({payout.gate}: {'met' if holds else 'missed'})"
        return f"{payout.measure} {amount} x {Rate.of(rate)}{gate}"

    def _presence(self, manager: Id) -> str:
        """Write the share of the period at work."""
        found = self.measures["presence"][self.measures.row(manager)]
        return "missing" if found is None else show(found, "ratio")
