"""Columns come in from everywhere without losing gaps, zones, masks or the ends of text."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import DataError
from clientmgr.tables import AnyArray, Coded
from clientmgr.tables.reading import is_missing, read_array, read_dictionary, read_words

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")


def short(value: object) -> str:
    """Name a case after its value, in the same words in every process."""
    return " ".join(repr(value).partition(" at 0x")[0].split())[:70]


GAPS = {
    "pandas": pd.Series([5, None], dtype="Int64"),
    "polars": pl.Series([5, None]),
    "pyarrow": pa.chunked_array([[5], [None]]),
    "pyarrow array": pa.array([5, None]),
    "objects": np.array([5, None], object),
    "list": [5, None],
    "masked": np.ma.array([5, 9], mask=[False, True]),
}
TEXT = {
    "pandas": pd.Series(["a", None]),
    "pandas string": pd.Series(["a", None], dtype="string"),
    "polars": pl.Series(["a", None]),
    "pyarrow": pa.chunked_array([["a"], [None]]),
    "StringDType": np.array(["a", None], np.dtypes.StringDType(na_object=None)),
    "objects with NaN": np.array(["a", float("nan")], object),
    "objects with a NaN of numpy": np.array(["a", np.float32("nan")], object),
    "objects with NaT": np.array(["a", np.datetime64("NaT")], object),
}
CATEGORIES = {
    "pandas series": pd.Series(["b", None, "a", "b"], dtype="category"),
    "pandas categorical": pd.Categorical(["b", None, "a", "b"], categories=["z", "b", "a"]),
    "polars categorical": pl.Series(["b", None, "a", "b"], dtype=pl.Categorical),
    "polars enum": pl.Series(["b", None, "a", "b"], dtype=pl.Enum(["z", "b", "a"])),
    "pyarrow dictionary": pa.array(["b", None, "a", "b"]).dictionary_encode(),
    "pyarrow chunks": pa.chunked_array([pa.array(part).dictionary_encode() for part in (["b", None], ["a", "b"])]),
}


@pytest.mark.parametrize("name", GAPS)
def test_integers_with_gaps_stay_integers(name: str) -> None:
    """No frame turns an id into a float on its way here, as numpy would have it."""
    assert Coded.of(GAPS[name]).tolist() == [5, None]


@pytest.mark.parametrize("name", TEXT)
def test_text_with_gaps_stays_text(name: str) -> None:
    """Each library's own missing value is None here."""
    assert Coded.of(TEXT[name]).tolist() == ["a", None]


@pytest.mark.parametrize("name", CATEGORIES)
def test_categorical_columns_keep_their_values_and_gaps(name: str) -> None:
    """Whatever their codes are; words that no row uses are dropped."""
    column = Coded.of(CATEGORIES[name])
    assert column.tolist() == ["b", None, "a", "b"]
    assert column.vocabulary.tolist() == ["a", "b"]


def test_categorical_columns_bring_their_codes() -> None:
    """Pandas and pyarrow columns are not decoded first; others are no dictionaries."""
    for name in ("pandas series", "pandas categorical", "pyarrow dictionary", "pyarrow chunks"):
        assert read_dictionary(CATEGORIES[name]) is not None
    assert read_dictionary(["a"]) is None


def test_integer_categories_are_integers() -> None:
    """The kind of the words is the kind of the column."""
    assert Coded.of(pd.Series([7, 5, 7], dtype="category")).tolist() == [7, 5, 7]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array(["a", "客"], np.dtypes.StringDType()), ["a", "客"]),
        (np.array([], np.dtypes.StringDType()), []),
        (np.array([b"a", b"bc"]), ["a", "bc"]),
        (np.array(["客".encode()]), ["客"]),
        (np.array(["x", "y"], ">U3"), ["x", "y"]),
        (np.array([3, 1], np.uint64), [3, 1]),
        (np.array([], np.uint64), []),
        (np.array([3, 1], np.int8), [3, 1]),
        (np.array([np.str_("a"), "b"], object), ["a", "b"]),
        (np.array([np.int32(4), 5], object), [4, 5]),
        (np.array([np.nan, np.nan]), [None, None]),
        ((f"C{i}" for i in range(2)), ["C0", "C1"]),
        (range(2), [0, 1]),
        ("one", ["one"]),
    ],
    ids=short,
)
def test_ids_come_in_every_form(values: Any, expected: list[Any]) -> None:
    """Text of fixed and of variable width, bytes, integers of any size, objects, generators."""
    if not isinstance(values, str) or values != "one":
        assert Coded.of(values).tolist() == expected
    else:
        assert read_words(values)[0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "rows", "expected"),
    [
        (["a", 1], [1], "text, as the first value is"),
        ([1, "a", "b"], [1, 2], "an integer, as the first value is"),
        ([None, 1, 2.0], [2], "whole numbers that came as floats"),
        (np.array([1.0, np.nan]), [0], "whole numbers that came as floats"),
        ([True, "a"], [0], "text, as the first value is"),
        (np.array([True]), [0], "text or an integer"),
        (np.array(["2026-01-01"], "datetime64[D]"), [0], "text or an integer"),
        ([b"a"], [0], "text or an integer"),
        (np.array([2**63], np.uint64), [0], "an integer of 64 bits"),
        ([1, 2**70, -(2**70)], [1, 2], "an integer of 64 bits"),
        (["a", "a\0"], [1], "does not end in a NUL"),
        (np.array(["a", "a\0"], np.dtypes.StringDType()), [1], "does not end in a NUL"),
        (np.array([b"a", b"\xff"]), [1], "bytes in UTF-8"),
    ],
    ids=short,
)
def test_what_is_no_id_is_named_row_by_row(values: Any, rows: list[int], expected: str) -> None:
    """The error lists the rows that differ from the others, and no row else."""
    with pytest.raises(DataError, match=expected) as caught:
        Coded.of(values)
    assert [finding.row for finding in caught.value.findings] == rows


@pytest.mark.parametrize("values", [{"a", "b"}, frozenset({"a"}), {"a": 1}], ids=lambda values: type(values).__name__)
def test_a_column_of_no_order_is_refused(values: Any) -> None:
    """The hash seed of a run would decide which row is which."""
    with pytest.raises(DataError, match="a column has an order, got a"):
        Coded.of(values)
    assert read_array(values).ndim == 0


def test_a_column_has_one_dimension() -> None:
    """A matrix of ids is refused."""
    with pytest.raises(DataError, match="one dimension, got 2"):
        Coded.of(np.array([["a"]]))


@pytest.mark.parametrize(
    "value",
    [None, float("nan"), np.float32("nan"), np.datetime64("NaT"), pd.NA, pd.NaT],
    ids=repr,
)
def test_every_library_s_missing_value_is_known(value: object) -> None:
    """None, NaN, NaT and NA all say that there is nothing."""
    assert is_missing(value)


@pytest.mark.parametrize("value", [0, "", 0.0, False, np.datetime64("2026-01-01"), "nan"], ids=repr)
def test_an_empty_value_is_not_a_missing_one(value: object) -> None:
    """Zero, empty text and False are values."""
    assert not is_missing(value)


def test_a_zone_is_not_dropped_from_a_time() -> None:
    """A day in one zone is another day elsewhere: such a time stays what it is."""
    noon = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for values in (pd.Series([noon]), pl.Series([noon]), pa.array([noon]), [noon]):
        assert read_array(values).dtype.kind == "O"
    plain = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - a time without a zone is the case
    for values in (pd.Series([plain]), pl.Series([plain]), pa.array([plain])):
        assert read_array(values).dtype.kind == "M"


def test_numbers_do_not_become_text_nor_flags_numbers() -> None:
    """A list of several kinds keeps each value as it is."""
    assert read_array([1, "a"]).tolist() == [1, "a"]
    assert read_array([1, True]).dtype.kind == "O"
    assert read_array([1, 2.5]).dtype.kind == "f"
    assert read_array([2**70]).dtype.kind == "O"
    assert read_array(2**70).ndim == 0
    assert read_array([[1, 2], [3]]).shape == (2,)
    assert read_array(range(3)).tolist() == [0, 1, 2]


def test_a_mask_hides_only_what_it_hides() -> None:
    """A masked array without a hidden value is a plain one."""
    assert read_array(np.ma.array([1, 2], mask=[False, True])).tolist() == [1, None]
    assert read_array(np.ma.array([1, 2])).dtype == np.int64


def test_a_column_of_a_frame_unknown_here_is_gone_through() -> None:
    """Whatever has a type and an array; where the array has lost something, its own values count."""

    class Column:
        """A column of integers with gaps, as some library might have it."""

        dtype = "int64?"

        def __iter__(self) -> Iterator[int | None]:
            """Go through the values."""
            return iter([5, None])

        def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
            """Give what numpy makes of them."""
            return np.array([5.0, np.nan], dtype)

    assert read_array(Column()).tolist() == [5, None]
