"""The coding kernels against what sorting Python values gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientmgr.tables import AnyArray
from clientmgr.tables.coding import code_integers, code_text, pack_text

LETTERS = st.text("ab01é客\U0001f600", max_size=5)
WIDE = st.integers(-(2**63), 2**63 - 1)
INTEGERS = st.lists(st.one_of(st.integers(-50, 50), WIDE), max_size=40)


def check_coding(values: AnyArray, vocabulary: AnyArray, codes: AnyArray) -> None:
    """Hold a coding to the ascending distinct values, and to give the column back."""
    assert vocabulary.tolist() == sorted(set(values.tolist()))
    assert codes.dtype == np.int32
    assert vocabulary[codes].tolist() == values.tolist()


@given(st.lists(LETTERS, max_size=40))
def test_text_is_coded_in_the_order_of_code_points(words: list[str]) -> None:
    """The vocabulary is what `sorted` makes of the distinct words; no word is lost."""
    text = np.array(words, dtype=np.str_)
    check_coding(text, *code_text(text))


@given(INTEGERS)
def test_integers_are_coded_in_the_order_of_numbers(numbers: list[int]) -> None:
    """The same holds from end to end of 64 bits."""
    values = np.array(numbers, dtype=np.int64)
    check_coding(values, *code_integers(values))


@given(st.lists(st.text("az\U0010ffff", min_size=20, max_size=24), min_size=1, max_size=20))
def test_long_text_takes_several_words_whose_order_is_that_of_the_text(words: list[str]) -> None:
    """Keys of more than 62 bits are cut, most significant part first."""
    text = np.array(words)
    keys = list(zip(*(word.tolist() for word in pack_text(text)), strict=True))
    order = sorted(range(len(words)), key=lambda i: keys[i])
    assert [words[i] for i in order] == sorted(words)
    check_coding(text, *code_text(text))


def test_text_without_any_character_is_one_word() -> None:
    """A column of empty text, and one of no rows, are coded too."""
    check_coding(np.array(["", ""]), *code_text(np.array(["", ""])))
    check_coding(np.empty(0, "U1"), *code_text(np.empty(0, "U1")))
    nothing = np.empty(2, np.dtype("U0"))
    assert pack_text(nothing)[0].tolist() == [0, 0]


@pytest.mark.parametrize("spread", [1, 1_000_000_007])
def test_many_rows_are_coded_through_a_table_or_a_sort(spread: int) -> None:
    """A narrow and a wide span of values give the same codes; chunks do not show."""
    rng = np.random.default_rng(7)
    small = rng.integers(0, 3_000, 150_000)
    vocabulary, codes = code_integers(small * spread)
    expected, inverse = np.unique(small, return_inverse=True)
    assert (vocabulary == expected * spread).all()
    assert (codes == inverse).all()


def test_ascending_values_need_no_work() -> None:
    """Ids that come in order keep their places, beyond one chunk too."""
    text = np.char.mod("C%06d", np.arange(70_000))
    vocabulary, codes = code_text(text)
    assert (codes == np.arange(70_000)).all()
    assert (vocabulary == text).all()
    assert not np.shares_memory(vocabulary, text)


def test_what_was_brought_is_not_written_into() -> None:
    """A column can be coded twice, also from a read-only array and from other byte orders."""
    text = np.array(["b", "a", "b"])
    text.flags.writeable = False
    for column in (text, text.astype(">U3"), text[::-1], text[[0, 0, 1]]):
        check_coding(column, *code_text(column))
    assert text.tolist() == ["b", "a", "b"]


def test_text_around_the_last_character_of_a_chunk_is_compared_too() -> None:
    """A fall exactly between two chunks is not taken for an ascent."""
    values = np.arange(1 << 17)
    values[1 << 16] = 5
    check_coding(values, *code_integers(values))
