"""What both columns of numbers share."""

import numpy as np
import pytest

from clientmgr.formula.numbers import Numbers, reached


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("side", ["below", "upto"])
def test_few_edges_and_many_count_alike(count: int, side: str) -> None:
    """Comparing one by one gives what searching gives."""
    edges = np.arange(count) * 2
    values = np.arange(-1, 2 * count + 1)
    wanted = [sum(v >= e if side == "below" else v > e for e in edges) for v in values]
    assert reached(values, edges, side).tolist() == wanted
    assert reached(values.astype(object), edges, side).tolist() == wanted


def test_the_base_cannot_be_made() -> None:
    """It only says what a column can do."""
    with pytest.raises(TypeError, match="abstract"):
        Numbers()  # type: ignore[abstract]
