"""What a program computed."""

from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.formula import FormulaSet, Inputs, back, label, measure, when

RULES = FormulaSet(
    measures={"x": "money"},
    values={
        "half": measure("x") / 2,
        "big": measure("x") >= 2,
        "word": when((measure("x") >= 2, label("big")), otherwise=label("small")),
        "before": back("half", last=1, skip=1, short="zero"),
    },
)


def run(rules: FormulaSet = RULES) -> Any:
    """Run two months."""
    months = [
        Inputs.of(rules, managers=["A", "B"], measures={"x": [100 * n, 200]}, period=f"2026-0{n}") for n in (1, 2)
    ]
    return rules.compile().run(Inputs.join(months))


def test_each_row_has_its_manager_and_period() -> None:
    """Periods stand one after another, with state or without."""
    outcome = run()
    assert outcome.managers == ("A", "B", "A", "B")
    assert outcome.periods == ("2026-01", "2026-01", "2026-02", "2026-02")
    assert outcome["half"].texts() == ["0.50", "1.00", "1.00", "1.00"]
    assert outcome["before"].texts() == ["0.00", "0.00", "0.50", "1.00"]
    assert repr(outcome) == "Outcome(4 names, 4 rows)"


def test_columns_are_lines_in_fen_or_else_values() -> None:
    """Lines are what is paid."""
    columns = run().to_columns()
    assert columns["half"].tolist() == [0.5, 1, 1, 1]
    assert columns["big"].tolist() == [0, 1, 1, 1]
    assert columns["word"].tolist() == ["small", "big", "big", "big"]
    paid = run(FormulaSet(measures={"x": "money"}, lines={"l": measure("x")})).to_columns()
    assert paid["l"].dtype == np.int64
    assert list(paid) == ["manager", "period", "l"]


def test_a_notebook_shows_a_table() -> None:
    """Escaped, twenty rows at most."""
    html = run()._repr_html_()
    assert html.count("<tr>") == 5
    assert "<th>half</th>" in html


def test_unknown_names_managers_and_periods_are_refused() -> None:
    """And a truth value."""
    outcome = run()
    with pytest.raises(KeyError, match="no value or line is named 'z'; there are half"):
        outcome["z"]
    with pytest.raises(DataError, match="there is no manager 'Z' in 2026-02"):
        outcome.explain("Z")
    with pytest.raises(DataError, match="there is no period '2026-03'; there are 2026-01, 2026-02"):
        outcome.explain("A", period="2026-03")
    with pytest.raises(DataError, match="no value or line is named 'x'"):
        outcome.explain("A", names=["x"])
    with pytest.raises(TypeError, match="an Outcome has no truth value"):
        bool(outcome)
