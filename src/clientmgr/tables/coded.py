"""`Coded`: a read-only column of ids or labels: an ordered vocabulary and one code a row."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Self, SupportsIndex, overload

import attrs
import numpy as np

from clientmgr.errors import DataError
from clientmgr.tables.coding import code_integers, code_text
from clientmgr.tables.reading import read_dictionary, read_words
from clientmgr.tables.readonly import ReadOnly, freeze
from clientmgr.tables.types import AnyArray, Codes, Flags, Values

__all__ = ["Coded", "Id"]

Id = str | int
SHOWN = 5


@attrs.frozen(eq=False, repr=False, slots=False)
class Coded(ReadOnly):
    """A read-only column of ids or labels: distinct values in ascending order, and a code a row.

    The order of the codes is the order of the values (integers numerically, text by code point), so
    it is the order in which ties are broken. A code of -1 is a missing value. Text and integers
    never mix. Where numpy wants an array it gets the values: `np.asarray(column)`.

    Attributes:
        vocabulary: the distinct values, ascending; int64 or text.
        codes: int32, the place in `vocabulary` of each row's value, -1 where it is missing.

    Example:
        >>> from clientmgr.tables import Coded
        >>> branch = Coded.of(["B2", "B1", "B2", None])
        >>> branch.vocabulary.tolist(), branch.codes.tolist()
        (['B1', 'B2'], [1, 0, 1, -1])
        >>> (branch == "B2").tolist()
        [True, False, True, False]
    """

    vocabulary: AnyArray
    codes: Codes

    @classmethod
    def of(cls, values: Values) -> Self:
        """Code a column of text or of integers; None and NaN are missing.

        Raises:
            DataError: a value is neither text nor an integer, or the two are mixed.
        """
        if isinstance(values, cls):
            return values
        parts = read_dictionary(values)
        if parts is not None:
            return cls._of_dictionary(*parts)
        plain, missing = read_words(values)
        vocabulary, codes = _code(plain)
        if missing is None:
            return cls.from_codes(vocabulary, codes)
        full = np.full(len(missing), -1, np.int32)
        full[~missing] = codes
        return cls.from_codes(vocabulary, full)

    @classmethod
    def _of_dictionary(cls, words: Any, places: AnyArray) -> Self:
        """Code a column that is already coded, over words in any order."""
        column = cls.of(words)
        codes = np.append(column.codes, np.int32(-1))[places]
        return cls.from_codes(column.vocabulary, codes).compact()

    @classmethod
    def from_codes(cls, vocabulary: AnyArray, codes: AnyArray) -> Self:
        """Take a vocabulary that ascends strictly and the codes as they are; neither is copied."""
        return cls(freeze(vocabulary), freeze(codes.astype(np.int32, copy=False)))

    @cached_property
    def has_missing(self) -> bool:
        """Whether some row has no value."""
        return bool(len(self.codes)) and int(self.codes.min()) < 0

    @property
    def is_text(self) -> bool:
        """Whether the values are text (else integers)."""
        return self.vocabulary.dtype.kind == "U"

    @property
    def missing(self) -> Flags:
        """The rows that have no value."""
        return self.codes < 0

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values as an array."""
        return np.dtype(object) if self.has_missing else self.vocabulary.dtype

    @property
    def shape(self) -> tuple[int]:
        """The shape of the values as an array."""
        return (len(self.codes),)

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.codes)

    @property
    def ndim(self) -> int:
        """The number of dimensions: one."""
        return 1

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.codes)

    def __bool__(self) -> bool:
        """Refuse to be a condition."""
        raise TypeError("a column has no truth value; ask len(column) or (column == x).any()")

    def __iter__(self) -> Iterator[Any]:
        """Go through the values as Python text or integers, None where missing."""
        return iter(self.tolist())

    def __contains__(self, value: object) -> bool:
        """Say whether some row has the value."""
        return bool((self == value).any())

    @overload
    def __getitem__(self, index: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, index: slice | AnyArray | list[Any]) -> "Coded": ...
    def __getitem__(self, index: Any) -> Any:
        """Take one value, or some rows by slice, mask or row numbers."""
        codes = self.codes[index]
        if np.ndim(codes) == 0:
            return None if codes < 0 else self.vocabulary[codes].item()
        return Coded.from_codes(self.vocabulary, codes)

    def __setitem__(self, index: object, value: object) -> None:
        """Refuse to be changed, as a read-only array does."""
        raise ValueError("assignment destination is read-only")

    def __array__(self, dtype: Any = None, copy: Any = None) -> AnyArray:
        """Give the values as an array; missing ones are None in an array of objects."""
        if copy is False:
            raise ValueError("a coded column has to be decoded: it cannot be given without a copy")
        if self.has_missing:
            words = np.append(self.vocabulary.astype(object), np.array([None]))
            values: AnyArray = words[self.codes]
        else:
            values = self.vocabulary[self.codes]
        return values if dtype is None else np.asarray(values.astype(dtype))

    def __eq__(self, other: object) -> Any:
        """Compare row by row with one value or with another column; missing equals missing."""
        if isinstance(other, Coded):
            return self.codes == other.recode(self)
        if other is None or isinstance(other, (str, int, np.integer)):
            return self.codes == self.code(other)
        return self == Coded.of(other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> Any:
        """Compare row by row, the other way round."""
        return ~(self == other)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show the first values and the size."""
        shown = ", ".join(repr(value) for value in self[:SHOWN].tolist())
        more = ", ..." if len(self) > SHOWN else ""
        return f"Coded([{shown}{more}], {len(self)} rows, {len(self.vocabulary)} distinct)"

    def tolist(self) -> list[Any]:
        """Give the values as a list of Python text or integers, None where missing."""
        words = [*self.vocabulary.tolist(), None]
        return [words[code] for code in self.codes.tolist()]

    def code(self, value: Id | np.integer[Any] | None) -> int:
        """Give the code of one value: -1 for None, -2 for a value that no row has."""
        if value is None:
            return -1
        if isinstance(value, str) != self.is_text or not len(self.vocabulary):
            return -2
        place = int(np.searchsorted(self.vocabulary, value))
        there = place < len(self.vocabulary) and self.vocabulary[place] == value
        return place if there else -2

    def match(self, other: "Coded") -> Codes:
        """Find each word of this vocabulary in another: int32 places, -1 where it is not there."""
        if self.vocabulary is other.vocabulary:
            return np.arange(len(self.vocabulary), dtype=np.int32)
        if not len(self.vocabulary) or not len(other.vocabulary) or self.is_text != other.is_text:
            return np.full(len(self.vocabulary), -1, np.int32)
        place = np.searchsorted(other.vocabulary, self.vocabulary)
        place[place == len(other.vocabulary)] = 0
        found = other.vocabulary[place] == self.vocabulary
        return np.where(found, place, -1).astype(np.int32)

    def recode(self, other: "Coded") -> Codes:
        """Give each row's code in the vocabulary of another column.

        A missing value stays -1; one that the other vocabulary lacks is -2.
        """
        place = self.match(other)
        place[place < 0] = -2
        return np.append(place, np.int32(-1))[self.codes]

    def isin(self, values: Iterable[Id]) -> Flags:
        """Say for each row whether its value is one of some values."""
        wanted = Coded.of(list(values))
        hit = np.zeros(len(self.vocabulary) + 1, bool)
        place = wanted.match(self)
        hit[place[place >= 0]] = True
        return hit[self.codes]

    def compact(self) -> Self:
        """Drop the words of the vocabulary that no row uses."""
        used = np.zeros(len(self.vocabulary) + 1, bool)
        used[self.codes] = True
        used = used[:-1]
        if used.all():
            return self
        renumber = np.append(np.cumsum(used, dtype=np.int32) - 1, np.int32(-1))
        return self.from_codes(self.vocabulary[used], renumber[self.codes])

    @staticmethod
    def concat(columns: Iterable["Coded"]) -> "Coded":
        """Put columns one behind the other over one vocabulary."""
        parts = list(columns)
        worded = [part for part in parts if len(part) and len(part.vocabulary)]
        if len({part.is_text for part in worded}) > 1:
            raise DataError("cannot put text ids and integer ids into one column")
        words = [part.vocabulary for part in worded] or [np.empty(0, "U1")]
        joint = Coded.of(np.concatenate(words))
        codes = [part.recode(joint) for part in parts]
        return Coded.from_codes(joint.vocabulary, np.concatenate([np.empty(0, np.int32), *codes]))


def _code(plain: AnyArray) -> tuple[AnyArray, Codes]:
    """Code an array of text or of integers."""
    return code_text(plain) if plain.dtype.kind == "U" else code_integers(plain)
