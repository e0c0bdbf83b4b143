"""Kinds, and what arithmetic makes of them."""

from collections.abc import Callable
from typing import Any

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula.kinds import (
    COUNT,
    DATE,
    FLAG,
    MANAGER,
    MONEY,
    PLAIN,
    RATIO,
    Kind,
    difference,
    label_kind,
    product,
    quotient,
    same,
    total,
)


@pytest.mark.parametrize(
    ("kinds", "result"),
    [
        ([MONEY, RATIO], MONEY),
        ([COUNT, MONEY], MONEY),
        ([MONEY, PLAIN], MONEY),
        ([COUNT, COUNT], RATIO),
        ([RATIO, COUNT, MONEY], MONEY),
        ([PLAIN, PLAIN], PLAIN),
        ([COUNT, PLAIN], RATIO),
    ],
    ids=str,
)
def test_products_are_money_if_one_factor_is(kinds: list[Kind], result: Kind) -> None:
    """Everything else among counts and ratios is a ratio."""
    assert product(kinds) == result


@pytest.mark.parametrize(
    ("dividend", "divisor", "result"),
    [
        (MONEY, MONEY, RATIO),
        (MONEY, COUNT, MONEY),
        (MONEY, RATIO, MONEY),
        (MONEY, PLAIN, MONEY),
        (PLAIN, MONEY, RATIO),
        (COUNT, RATIO, RATIO),
        (COUNT, PLAIN, RATIO),
        (PLAIN, PLAIN, PLAIN),
    ],
    ids=str,
)
def test_quotients_follow_the_table(dividend: Kind, divisor: Kind, result: Kind) -> None:
    """Money by money is a ratio, money by a number is money."""
    assert quotient(dividend, divisor) == result


def test_side_by_side_one_kind_is_found() -> None:
    """Plain takes the other's kind, count beside ratio is ratio, labels join their lists."""
    assert same([PLAIN, MONEY], "add") == MONEY
    assert same([COUNT, RATIO, COUNT], "add") == RATIO
    assert same([label_kind("AB"), label_kind("BC")], "choose between") == label_kind("ABC")
    assert same([label_kind("A"), label_kind()], "choose between").words is None
    assert same([FLAG, FLAG], "choose between") == FLAG
    assert total([COUNT, COUNT], "add") == COUNT
    assert difference([DATE, DATE]) == COUNT


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: same([COUNT, MONEY], "add"), "cannot add count and money; multiply, or divide"),
    (lambda: same([FLAG, PLAIN], "add"), r"cannot add flag and plain number; write when\(flag"),
    (lambda: same([DATE, MANAGER], "compare"), "cannot compare date and manager"),
    (lambda: total([FLAG, FLAG], "add"), r"cannot add a flag; write when\(flag, 1, otherwise=0\)"),
    (lambda: product([MONEY, MONEY]), r"cannot multiply money and money; write a x \(b / c\)"),
    (lambda: product([DATE, PLAIN]), "cannot multiply a date"),
    (lambda: quotient(COUNT, MONEY), "cannot divide count by money"),
    (lambda: quotient(MONEY, FLAG), "cannot divide by a flag"),
    (lambda: difference([DATE, COUNT]), "only be subtracted from one other date"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_what_does_not_go_together_is_refused(make: Callable[[], Any], message: str) -> None:
    """With what may have been meant."""
    with pytest.raises(RuleError, match=message):
        make()


def test_a_long_list_of_words_is_shown_in_part() -> None:
    """The first eight of them."""
    assert str(label_kind("ABCDEFGHIJ")) == "label (A, B, C, D, E, F, G, H, ...)"
