"""The records behind a measure."""

from clientmgr.measures import Items
from clientmgr.tables import Coded


def items() -> Items:
    """Three trades, one of them nobody's."""
    keys, whose = Coded.of([1, 2, 3]), Coded.of(["M1", None, "M1"])
    return Items.of("trades", keys, whose, [5, 7, -2])


def test_amounts_add_up_by_manager() -> None:
    """What is nobody's counts for nobody, who has nothing gets nothing."""
    assert items().per_manager(Coded.of(["M2", "M1"])).tolist() == [0, 3]


def test_the_items_of_one_manager_are_his_records() -> None:
    """With their ids."""
    mine = items().of_manager("M1")
    assert mine.key.tolist() == [1, 3]
    assert mine.to_columns()["amount"].tolist() == [5, -2]
    assert len(items().of_manager("M9")) == 0


def test_one_amount_stands_for_all() -> None:
    """A count is one each."""
    assert Items.of("records", Coded.of([1, 2]), Coded.of(["M1", "M1"])).amount.tolist() == [1, 1]


def test_it_is_short_to_look_at() -> None:
    """Repr and HTML."""
    assert repr(items()) == "Items(3 of trades, sum 10)"
    assert "trades" in items()._repr_html_()
