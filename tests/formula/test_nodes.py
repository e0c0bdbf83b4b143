"""The nodes that compute from one row: their shape, and what they refuse."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import nodes
from clientmgr.formula.nodes import Literal, Name

x = Name("x")
one, two = Literal(Fraction(1)), Literal(Fraction(2))

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: Name("1x"), "'1x' is not a name"),
    (lambda: Name(""), "is not a name"),
    (lambda: Name("a b"), "must begin with a letter"),
    (lambda: nodes.Carry("-"), "is not a name"),
    (lambda: nodes.Calendar("day"), "calendar must be one of number"),  # type: ignore[arg-type]
    (lambda: nodes.Age(x, "weeks"), "unit must be one of months, days, periods"),  # type: ignore[arg-type]
    (lambda: nodes.Age(x, entry="no"), "entry must be one of"),  # type: ignore[arg-type]
    (lambda: nodes.Sum(()), "sum needs at least 1 formula, got 0"),
    (lambda: nodes.Minus((x,)), "minus needs at least 2 formulas, got 1"),
    (lambda: nodes.Clamp(x), "clamp needs from, to, or both"),
    (lambda: nodes.Clamp(x, two, one), "clamp has from 2 above to 1"),
    (lambda: nodes.Rounded(x, Literal(Fraction(0))), "positive number in to, got 0"),
    (lambda: nodes.Rounded(x, one, "nearest"), "mode must be one of half_up"),  # type: ignore[arg-type]
    (lambda: nodes.Compare("!=", x, x), "a comparison must be one of"),  # type: ignore[arg-type]
    (lambda: nodes.IsIn(x, ()), "in needs different words"),
    (lambda: nodes.IsIn(x, ("A", "A")), "in needs different words"),
    (lambda: nodes.Named(" ", x), "name needs a title"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_an_impossible_shape_is_refused(make: Callable[[], Any], message: str) -> None:
    """Each node checks itself when it is built."""
    with pytest.raises(RuleError, match=message):
        make()


def test_names_may_be_of_any_script() -> None:
    """Chinese names, digits, dots, dashes and underscores inside."""
    assert Name("净佣金-2026.a_b").name == "净佣金-2026.a_b"


def test_depth_and_size_count_the_tree() -> None:
    """A sum of two leaves has depth 2 and size 3."""
    tree = nodes.Sum((x, one))
    assert (tree.depth, tree.size) == (2, 3)


def test_a_date_is_kept_as_a_day() -> None:
    """Whatever unit it comes in."""
    assert nodes.DateLiteral(np.datetime64("2026-07-01T00", "h")) == nodes.DateLiteral(np.datetime64("2026-07-01"))


def test_parts_carry_their_json_paths() -> None:
    """A fault inside is located by them."""
    assert [path for path, _ in nodes.Over(x, one, two).parts()] == [".over[0]", ".over[1]", ".if_zero"]
    assert [path for path, _ in nodes.Compare("<=", x, one).parts()] == ['["<="][0]', '["<="][1]']
    assert [path for path, _ in nodes.Clamp(x, None, one).parts()] == [".clamp", ".to"]
    assert [path for path, _ in nodes.IsIn(x, ("A", "B")).parts()] == [".in[0]"]
