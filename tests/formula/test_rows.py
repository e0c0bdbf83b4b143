"""The nodes over item rows, peers and periods: their shape, and what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import rows
from clientmgr.formula.nodes import Name

x = Name("x")

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: rows.Field("0"), "is not a name"),
    (lambda: rows.Total("t"), "total over 't' needs take"),
    (lambda: rows.Total("t", x, None, "count"), "a count takes no formula"),
    (lambda: rows.Total("t", x, None, "median"), "how must be one of"),  # type: ignore[arg-type]
    (lambda: rows.Peers(x, "median"), "take must be one of sum"),  # type: ignore[arg-type]
    (lambda: rows.Peers(x, "rank", order="up"), "order must be one of"),  # type: ignore[arg-type]
    (lambda: rows.Peers(x, "sum", tie=x), "tie and order belong to a rank, take is sum"),
    (lambda: rows.Back("x"), "back needs either last or window"),
    (lambda: rows.Back("x", 1, "year"), "back needs either last or window"),
    (lambda: rows.Back("x", window="week"), "window must be one of"),  # type: ignore[arg-type]
    (lambda: rows.Back("x", 0), "last must be an integer from 1 to"),
    (lambda: rows.Back("x", 10**9), "last must be an integer from 1 to"),
    (lambda: rows.Back("x", last=True), "last must be an integer"),
    (lambda: rows.Back("x", 1, None, -1), "skip must be an integer from 0"),
    (lambda: rows.Back("x", 1, take="median"), "take must be one of"),  # type: ignore[arg-type]
    (lambda: rows.Back("x", 1, short="guess"), "short must be one of"),  # type: ignore[arg-type]
    (lambda: rows.Run("x", "?"), "is not a name"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_an_impossible_shape_is_refused(make: Callable[[], Any], message: str) -> None:
    """Each node checks itself when it is built."""
    with pytest.raises(RuleError, match=message):
        make()


def test_one_group_and_several_have_their_own_paths() -> None:
    """As JSON writes them."""
    assert [p for p, _ in rows.Peers(x, "sum", (x,)).parts()] == [".peers", ".within"]
    assert [p for p, _ in rows.Peers(x, "sum", (x, x)).parts()] == [
        ".peers",
        ".within[0]",
        ".within[1]",
    ]
