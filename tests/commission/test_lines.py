"""Tests of the book of lines."""

from fractions import Fraction

from clientmgr.commission.lines import LINE_KEYS, LineBook, constant, key_of_entry
from clientmgr.commission.resolve import Entry, Party


def test_lines_are_numbered_in_the_order_in_which_they_are_entered() -> None:
    """Keys entered one by one and in blocks come back as columns."""
    book = LineBook()
    entry = Entry(Party(0, "M1"), "servicer", "share", Fraction(1), team="T1")
    assert book.add_keys([key_of_entry(entry, "B1", "new", "new", "opened")]) == 0
    assert book.add_keys([]) == 1
    block = {name: constant("x", 2) for name in LINE_KEYS}
    assert book.add(block) == 1
    assert len(book) == 3
    assert book.columns()["manager"].tolist() == ["M1", "x", "x"]
    assert book.columns()["team"].tolist() == ["T1", "x", "x"]


def test_an_empty_book_has_empty_columns() -> None:
    """No lines have all keys and no rows."""
    assert {len(column) for column in LineBook().columns().values()} == {0}


def test_a_pool_and_a_team_have_their_own_columns() -> None:
    """The kind of the party decides the column."""
    pool = key_of_entry(Entry(Party(2, "key", "B1"), "", "share", Fraction(1)), "B1", "", "", "")
    team = key_of_entry(Entry(Party(1, "T1"), "", "share", Fraction(1)), "B1", "", "", "")
    assert pool[:3] == (None, None, "key")
    assert team[:3] == (None, "T1", None)
