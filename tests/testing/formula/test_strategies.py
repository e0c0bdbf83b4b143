"""Random formulas that are well-kinded."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.formula import Formula, FormulaSet
from clientmgr.testing.formula import Told, formula_sets, formulas, periods_told


@settings(max_examples=30)
@given(formula_sets())
def test_every_set_that_is_drawn_compiles(rules: FormulaSet) -> None:
    """No kind is ever wrong."""
    assert rules.compile().order


@settings(max_examples=30)
@given(st.sampled_from(["money", "ratio", "count", "flag", "date", "label"]).flatmap(formulas))
def test_every_kind_of_formula_can_be_drawn(formula: Formula) -> None:
    """Alone, without a set."""
    assert formula.depth >= 1


@settings(max_examples=20)
@given(periods_told())
def test_periods_follow_one_another(told: list[Told]) -> None:
    """Month by month, with somebody in each."""
    months = [part.first.year * 12 + part.first.month for part in told]
    assert months == list(range(months[0], months[0] + len(told)))
    assert all(part.managers for part in told)
