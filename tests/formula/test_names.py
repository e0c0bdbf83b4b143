"""A read-only mapping from names."""

import pickle

from clientmgr.formula import Names


def test_it_keeps_the_order_and_reads_like_a_dict() -> None:
    """Order of writing, values by name, a length, and a repr."""
    names = Names.of({"b": 1, "a": 2})
    assert list(names) == ["b", "a"]
    assert (names["a"], len(names)) == (2, 2)
    assert repr(names) == "Names({'b': 1, 'a': 2})"


def test_it_is_a_key_and_pickles() -> None:
    """Equal names are one key, also after pickle."""
    names = Names.of({"a": 1})
    assert {names: 1}[pickle.loads(pickle.dumps(names))] == 1


def test_nothing_makes_an_empty_one_and_names_pass_as_they_are() -> None:
    """None is no name at all."""
    empty: Names[int] = Names.of(None)
    assert len(empty) == 0
    assert Names.of(empty) is empty
