"""The state while periods are run one after another."""

from fractions import Fraction

import numpy as np

from clientmgr.formula.columns import Column
from clientmgr.formula.exact import Exact
from clientmgr.formula.machine import Kept, Machine, longer_run, zero_where


def money(*fen: int) -> Column:
    """Make a column."""
    return Column(Exact.of_integers(np.array(fen)))


def test_a_leaver_keeps_his_balance_and_a_joiner_has_none() -> None:
    """Whoever is absent is laid aside."""
    machine = Machine()
    machine.enter(("A", "B"), 0)
    machine.keep_carry("c", money(1, 2))
    machine.enter(("B", "C"), 1)
    kept = machine.carry("c")
    assert kept is not None
    assert kept.known is not None
    assert kept.known.tolist() == [True, False]
    machine.keep_carry("c", money(20, 30))
    machine.enter(("A", "B", "C"), 2)
    back = machine.carry("c")
    assert back is not None
    assert [back.column.numbers.value(i) for i in range(3)] == [1, 20, 30]


def test_only_the_longest_window_is_remembered() -> None:
    """Older periods are forgotten."""
    machine = Machine()
    for ordinal in range(5):
        machine.enter(("A",), ordinal)
        machine.keep("x", money(ordinal), 2)
    assert [past.ordinal for past in machine.history("x", 0, 9)] == [3, 4]


def test_a_period_left_out_breaks_the_runs_and_absence_too() -> None:
    """A run counts periods without a break."""
    machine = Machine()
    machine.enter(("A", "B"), 0)
    machine.keep_run("f", Column(np.array([3, 3])))
    machine.enter(("A",), 1)
    machine.keep_run("f", Column(np.array([4])))
    machine.enter(("A", "B"), 2)
    run = machine.run("f")
    assert run is not None
    assert run.column.codes.tolist() == [4, 0]
    machine.enter(("A", "B"), 4)
    assert machine.run("f") is None


def test_nobody_at_all_is_no_trouble() -> None:
    """A period without managers leaves balances as they are, and ends the runs."""
    machine = Machine()
    machine.enter(("A",), 0)
    machine.keep_run("f", Column(np.array([1])))
    machine.keep_carry("c", money(5))
    machine.enter((), 1)
    machine.keep("x", money(), 3)
    machine.keep_run("f", Column(np.array([], dtype=np.int64)))
    machine.keep_carry("c", money())
    machine.enter(("A",), 2)
    assert machine.run("f") is None
    kept = machine.carry("c")
    assert kept is not None
    assert kept.column.numbers.value(0) == 5


def test_an_unknown_flag_leaves_the_run_unknown_until_a_sure_no() -> None:
    """A mark of the run before goes on under a yes and ends with a no."""
    marked = np.array([5, 5], dtype=np.int32)
    before = Kept(Column(np.array([2, 2]), marked))
    after = longer_run(before, Column(np.array([True, False])))
    assert after.codes.tolist() == [3, 0]
    assert after.mark is not None
    assert after.mark.tolist() == [5, 0]


def test_what_is_not_known_is_zero_without_a_mark() -> None:
    """For sums over time."""
    marked = Column(Exact.of_integers(np.array([1, 2])), np.array([0, 9], dtype=np.int32))
    zero = Exact.constant(Fraction(0))
    replaced = zero_where(marked, np.array([True, False]), zero)
    assert replaced.numbers.value(1) == 0
    assert replaced.mark is not None
    assert replaced.mark.tolist() == [0, 0]
    assert zero_where(marked, None, zero) is marked
