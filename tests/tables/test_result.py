"""Results are frozen, show themselves, and are no conditions."""

import pickle

import attrs
import numpy as np
import pytest

from clientmgr.tables import AnyArray, Result


@attrs.frozen(eq=False, repr=False, slots=False)
class Verdict(Result):
    """A result of one column."""

    numbers: AnyArray

    def __repr__(self) -> str:
        """Count the numbers."""
        return f"Verdict({len(self.numbers)} numbers)"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give the numbers."""
        return {"number": self.numbers}


def test_a_result_has_no_truth_value_and_cannot_be_unpacked() -> None:
    """`if result:` and `a, b = result` would both mean something else than they say."""
    verdict = Verdict(np.arange(2))
    with pytest.raises(TypeError, match="a Verdict has no truth value; ask one of its fields"):
        bool(verdict)
    with pytest.raises(TypeError, match=r"not iterable|cannot unpack"):
        _, _ = verdict  # type: ignore[misc]


def test_a_result_is_frozen_and_stays_so() -> None:
    """Neither its fields nor its arrays change, also after pickle."""
    again = pickle.loads(pickle.dumps(Verdict(np.arange(2))))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        again.numbers = np.zeros(1)
    with pytest.raises(ValueError, match="read-only"):
        again.numbers[0] = 5


def test_a_notebook_shows_the_first_twenty_rows_under_the_repr() -> None:
    """A long result stays a short table."""
    shown = Verdict(np.arange(50))._repr_html_()
    assert "<caption>Verdict(50 numbers)</caption>" in shown
    assert shown.count("<tr>") == 21


def test_a_result_says_itself_what_its_columns_are() -> None:
    """The base has none to show."""
    with pytest.raises(NotImplementedError):
        Result().to_columns()
