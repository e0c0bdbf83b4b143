"""Arrays stay read-only, wherever a value is carried."""

import copy
import pickle

import attrs
import numpy as np
import pytest

from clientmgr.tables import AnyArray, ReadOnly, freeze


@attrs.frozen(eq=False, slots=False)
class Box(ReadOnly):
    """A value with arrays at several depths."""

    flat: AnyArray
    deep: tuple[dict[str, AnyArray], list[AnyArray]]


def box() -> Box:
    """Make a box of frozen arrays."""
    one, two, three = (freeze(np.arange(3)) for _ in range(3))
    return Box(one, ({"two": two}, [three]))


def test_freezing_gives_the_same_array_back() -> None:
    """Nothing is copied."""
    array = np.arange(3)
    assert freeze(array) is array
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize("carry", [lambda b: pickle.loads(pickle.dumps(b)), copy.deepcopy, copy.copy])
def test_every_array_is_read_only_after_pickle_and_copy(carry: object) -> None:
    """Also those in the dicts, lists and tuples of a value."""
    again = carry(box())  # type: ignore[operator]
    for array in (again.flat, again.deep[0]["two"], again.deep[1][0]):
        assert array.tolist() == [0, 1, 2]
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
