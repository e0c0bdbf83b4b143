"""The nodes that choose, and the slopes: their shape, and what they refuse."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import choices
from clientmgr.formula.nodes import DateLiteral, Literal, Name

x = Name("x")
zero, one, two = (Literal(Fraction(n)) for n in range(3))
july, june = (DateLiteral(np.datetime64(text)) for text in ("2026-07-01", "2026-06-01"))

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: choices.When((), x), "when needs at least one case"),
    (lambda: choices.Lookup(x, ()), "lookup needs a table of different words"),
    (lambda: choices.Lookup(x, (("A", one), ("A", two))), "different words"),
    (lambda: choices.FirstKnown(()), "first_known needs at least 1 formula"),
    (lambda: choices.Band(x, (), ()), "band needs at least one row"),
    (lambda: choices.Band(x, (one, two), (one,)), "band has 2 edges for 1 results"),
    (lambda: choices.Band(x, (two, one), (x, x)), "the edges of rows must rise, got 1 after 2"),
    (lambda: choices.Band(x, (one, one), (x, x)), "must rise, got 1 after 1"),
    (lambda: choices.Band(x, (july, june), (x, x)), "must rise, got 2026-06-01"),
    (lambda: choices.Band(x, (one,), (x,), "to"), "the word for an edge must be one of"),  # type: ignore[arg-type]
    (lambda: choices.Tiers(x, (one,), (x,), "flat"), "how must be one of whole"),  # type: ignore[arg-type]
    (lambda: choices.Tiers(x, (one,), (x,), "whole", "to"), "word for an edge"),  # type: ignore[arg-type]
    (lambda: choices.Tiers(x, (one,), (x,), "whole", negative="no"), "negative must be one of"),  # type: ignore[arg-type]
    (lambda: choices.Tiers(x, (Literal(Fraction(-1)),), (x,), "whole"), "tiers start at 0, got the edge -1"),
    (lambda: choices.Tiers(x, (one,), (x,), "marginal", on=x), "on picks a whole tier; how is marginal"),
    (lambda: choices.Tiers(x, (), (x,), "amounts"), "an open tier has no width"),
    (lambda: choices.Curve(x, ((one, one),)), "curve needs at least 2 knots, got 1"),
    (lambda: choices.Curve(x, ((two, one), (one, one))), "the edges of knots must rise"),
    (lambda: choices.Curve(x, ((one, one), (two, one)), "stop"), "outside must be one of"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_an_impossible_shape_is_refused(make: Callable[[], Any], message: str) -> None:
    """Each node checks itself when it is built."""
    with pytest.raises(RuleError, match=message):
        make()


def test_a_fault_between_edges_names_the_row() -> None:
    """The path leads to the second of them."""
    with pytest.raises(RuleError, match=r"@ \.rows\[1\]"):
        choices.Band(x, (two, one), (x, x))


def test_parts_of_tiers_of_amounts_are_called_amounts() -> None:
    """The open last one is a rate."""
    tiers = choices.Tiers(x, (one, two), (x, x, x), "amounts")
    assert [path for path, _ in tiers.parts()] == [
        ".tiers",
        ".rows[0].below",
        ".rows[0].amount",
        ".rows[1].below",
        ".rows[1].amount",
        ".rows[2].rate",
    ]
