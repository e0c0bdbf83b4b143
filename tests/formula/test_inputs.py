"""The managers, measures and item rows of periods."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from clientmgr.errors import DataError, RuleError
from clientmgr.formula import FormulaSet, Inputs, ItemTable, field, measure, total

RULES = FormulaSet(
    measures={"x": "money"},
    items={"t": ItemTable({"y": "money"}, owner="who")},
    lines={"l": measure("x") + total("t", field("y"))},
)


def inputs(**more: Any) -> Inputs:
    """Make the inputs of January, with what differs."""
    given: dict[str, Any] = {
        "managers": ["A", "B"],
        "measures": {"x": [1, 2]},
        "items": {"t": {"who": ["B"], "y": [5]}},
        **more,
    }
    return Inputs.of(RULES, **given)


def test_frames_dicts_and_tables_do_alike() -> None:
    """Anything with columns, and anything that gives its columns."""

    class Table:
        """A table of this library gives its columns."""

        def to_columns(self) -> dict[str, Any]:
            """Give them."""
            return {"x": np.array([1, 2]), "more": np.array([0, 0])}

    frame = pd.DataFrame({"x": [1, 2]})
    for told in ({"x": [1, 2]}, frame, Table()):
        assert RULES.compile().run(inputs(measures=told))["l"].minor().tolist() == [1, 7]


def test_numpy_ids_and_integers_are_ids_as_well() -> None:
    """They come out as plain Python values."""
    assert inputs(managers=np.array(["A", "B"])).managers == (("A", "B"),)
    assert inputs(managers=np.array([1, 2]), items={}).managers == ((1, 2),)


def test_the_repr_tells_periods_and_rows() -> None:
    """One period, or from one to another."""
    assert repr(inputs()) == "Inputs(2026-01, 2 rows of managers, 1 measures)"
    two = Inputs.join([inputs(), inputs(period="2026-02")])
    assert repr(two).startswith("Inputs(2026-01 to 2026-02, 4 rows")


def test_bad_inputs_are_refused() -> None:
    """A manager twice, nobody's row, a missing owner, another length, another period."""
    with pytest.raises(DataError, match="each manager once") as error:
        inputs(managers=["A", "A"])
    assert error.value.findings[0].row == 1
    with pytest.raises(DataError, match="item rows of t belong to nobody") as error:
        inputs(items={"t": {"who": ["B", None, "Z"], "y": [1, 2, 3]}})
    assert [f.value for f in error.value.findings] == [None, "Z"]
    with pytest.raises(RuleError, match="the item table 't' has no column 'who' of managers"):
        inputs(items={"t": {"y": [1]}})
    with pytest.raises(DataError, match=r"measures\.x has 3 rows for 2 managers"):
        inputs(measures={"x": [1, 2, 3]})
    with pytest.raises(RuleError, match="the rules are by month, got the period 2026Q1"):
        inputs(period="2026Q1")


def test_joined_periods_have_the_same_columns_and_rise() -> None:
    """Else they are refused."""
    with pytest.raises(RuleError, match="2026-02 has other measures or item tables"):
        Inputs.join([inputs(), inputs(period="2026-02", items={})])
    with pytest.raises(RuleError, match="periods must rise"):
        Inputs.join([inputs(), inputs()])
