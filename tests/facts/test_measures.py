"""The table of measures."""

import copy
import pickle
from decimal import Decimal

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.facts import MeasureColumn, Measures
from clientmgr.facts.measures import row_of_each
from clientmgr.tables import Coded


def july() -> Measures:
    """Two managers in July."""
    return Measures(
        manager=["M1", "M2"],
        period="2026-07",
        values={
            "net_commission": [1_200_00, 900_00],
            "visits": [12, None],
            "coverage_new": [0.5, "25%"],
            "region": ["first", "second"],
        },
    )


def test_bare_numbers_get_their_well_known_kinds() -> None:
    """Money by name, counts and labels by what they hold."""
    table = july()
    assert table["net_commission"].kind == "money"
    assert table["visits"].kind == "count"
    assert table["coverage_new"].tolist() == [Decimal("0.5000"), Decimal("0.2500")]
    assert table.label("region").tolist() == ["first", "second"]
    assert table.label("period").tolist() == ["2026-07", "2026-07"]


def test_kinds_can_be_declared() -> None:
    """A name that nobody knows is a count or a ratio unless its kind is said."""
    table = Measures(manager=[1], period="2026", values={"bonus_base": [5]}, kinds={"bonus_base": "money"})
    assert table["bonus_base"].kind == "money"
    assert Measures(manager=[1], period="2026", values={"x": [0.5]})["x"].kind == "ratio"
    assert Measures(manager=[1], period="2026", values={"x": np.array([np.nan])})["x"].missing.all()


def test_one_error_lists_all_bad_measures() -> None:
    """Every row of every column is named with its manager."""
    with pytest.raises(DataError, match="2 bad rows") as error:
        Measures(
            manager=["M1", "M2"],
            period="2026-07",
            values={"turnover": [1.5, 2], "appreciation": [0, "x"]},
        )
    assert [finding.id for finding in error.value.findings] == ["M1", "M2"]


def test_a_manager_has_one_row_a_period() -> None:
    """A second one is refused; another period is not."""
    with pytest.raises(DataError, match="one row a manager and period"):
        Measures(manager=["M1", "M1"], period="2026-07")
    assert len(Measures(manager=["M1", "M1"], period=["2026-07", "2026-08"])) == 2


def test_measures_are_as_long_as_the_table() -> None:
    """A column that is too short is refused by name."""
    with pytest.raises(DataError, match="'visits' has 1 rows, the table has 2"):
        Measures(manager=["M1", "M2"], period="2026-07", values={"visits": [1]})
    with pytest.raises(DataError, match="one column, got 2 dimensions"):
        Measures(manager=[1], period="2026", values={"turnover": np.zeros((1, 1), int)})


def test_unknown_measures_are_named_with_those_there_are() -> None:
    """The message lists what there is."""
    with pytest.raises(DataError, match="'calls' is not measured; there are net_commission"):
        july()["calls"]
    with pytest.raises(DataError, match="'region' is a label"):
        july()["region"]
    with pytest.raises(DataError, match="no label 'visits'; there are manager, period, region"):
        july().label("visits")
    with pytest.raises(DataError, match="there are no measures"):
        Measures(manager=[1], period="2026")["x"]


def test_rows_are_found_by_manager() -> None:
    """One row by id, or the rows of another column."""
    assert july().row("M2") == 1
    assert july().rows(Coded.of(["M2", "M9"])).tolist() == [1, -1]
    with pytest.raises(DataError, match="'M9' has 0 rows"):
        july().row("M9")


def test_row_of_each_leaves_missing_ids_without_a_row() -> None:
    """Missing on either side is no match."""
    refs, key = Coded.of(["A", None, "B"]), Coded.of([None, "B"])
    assert row_of_each(refs, key).tolist() == [-1, -1, 1]


def test_columns_go_out_and_come_back() -> None:
    """A round trip through columns and through records changes nothing."""
    table = july()
    assert Measures.from_columns(table.to_columns()).equals(table)
    assert Measures.from_records(table.to_records()).equals(table)
    renamed = {"who": ["M1"], "when": ["2026"], "visits": [1], "rest": [2]}
    names = {"manager": "who", "period": "when"}
    assert Measures.from_columns(renamed, names, extra=["visits"]).names == ("visits",)
    with pytest.raises(DataError, match="finds no column 'manager'"):
        Measures.from_columns({"period": ["2026"]})


def test_tables_of_the_same_measures_join() -> None:
    """Periods stand one behind the other and come apart again."""
    august = attrs_like(july(), "2026-08")
    year = Measures.concat([july(), august])
    assert len(year) == 4
    assert year.of_period("2026-08").equals(august)
    with pytest.raises(DataError, match="nothing to concatenate"):
        Measures.concat([])
    with pytest.raises(DataError, match="the measures differ"):
        Measures.concat([july(), Measures(manager=[1], period="2026")])
    one = Measures(manager=["M1"], period="2026", values={"x": [1]})
    other = Measures(manager=["M1"], period="2027", values={"x": ["a"]})
    with pytest.raises(DataError, match="a measure with a label"):
        Measures.concat([one, other])


def attrs_like(table: Measures, period: str) -> Measures:
    """Give the same measures for another period."""
    return Measures(manager=table.manager, period=period, values=dict(table.values))


def test_further_measures_can_be_added() -> None:
    """The table stays as it was; a new one has the measure."""
    more = july().with_values(score=MeasureColumn.ratio(["0.8", "0.9"]))
    assert more.names[-1] == "score"
    assert "score" not in july().names


def test_copies_are_equal_and_read_only() -> None:
    """Pickle and deepcopy keep values and protection."""
    for made in (pickle.loads(pickle.dumps(july())), copy.deepcopy(july())):
        assert made.equals(july())
        with pytest.raises(ValueError, match="read-only"):
            made["visits"].units[0] = 3
        with pytest.raises(TypeError, match="does not support item assignment"):
            made.values["visits"] = 1  # type: ignore[index]


def test_it_is_short_to_look_at_and_shows_in_a_notebook() -> None:
    """Repr and HTML."""
    assert repr(july()) == "Measures(2 rows)"
    assert "net_commission" in july()._repr_html_()
