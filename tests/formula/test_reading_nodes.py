"""How each tag of JSON becomes a node."""

from typing import Any

import pytest

from clientmgr.errors import RuleError
from clientmgr.formula import from_json, to_json
from clientmgr.formula.reading_nodes import TAGS

FORMS: list[Any] = [
    {"label": "A"},
    {"date": "2026-07-01"},
    {"carry": "c"},
    {"calendar": "month"},
    {"age": "d", "unit": "periods", "until": {"date": "2026-01-01"}, "entry": "not_counted"},
    {"sum": ["a", "1"]},
    {"minus": ["a", "b", "c"]},
    {"times": ["a", "15%"]},
    {"over": ["a", "b"], "if_zero": "0"},
    {"least": ["a", "b"]},
    {"greatest": ["a", "b"]},
    {"clamp": "a", "from": "0", "to": "1"},
    {"round": "a", "to": "0.01", "mode": "floor"},
    {"<": ["a", "b"]},
    {"<=": ["a", "b"]},
    {">": ["a", "b"]},
    {">=": ["a", "b"]},
    {"=": ["a", "b"]},
    {"is": ["g", "A"]},
    {"in": ["g", ["A", "B"]]},
    {"all": ["f"]},
    {"any": ["f"]},
    {"not": "f"},
    {"when": [{"if": "f", "then": "a"}], "otherwise": "b"},
    {"lookup": "g", "table": {"A": "1"}, "otherwise": "0"},
    {"band": "a", "rows": [{"upto": "1", "is": "2"}, {"is": {"label": "B"}}]},
    {"first_known": ["a", "b"]},
    {"tiers": "a", "how": "whole", "on": "b", "negative": "zero", "rows": [{"below": "1", "rate": "2%"}]},
    {"tiers": "a", "how": "amounts", "rows": [{"below": "1", "amount": "2"}, {"rate": "0%"}]},
    {"curve": "a", "knots": [["0", "0"], ["1", "1"]], "outside": "flat"},
    {"field": "y"},
    {"total": "t", "take": {"field": "y"}, "where": {"field": "q"}, "how": "max"},
    {"count": "t", "where": {"field": "q"}},
    {"at": "boss", "take": "a"},
    {"peers": "a", "take": "rank", "within": ["g", "h"], "where": "f", "tie": "b", "order": "smallest"},
    {"peers": "a", "take": "sum", "within": "g"},
    {"back": "a", "last": 3, "skip": 1, "take": "mean", "short": "partial"},
    {"back": "a", "window": "year"},
    {"run": "f", "since": "d"},
    {"name": "first part", "of": "a"},
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_form_reads_and_writes_back_the_same(form: Any) -> None:
    """The Python form and the JSON form say the same."""
    assert to_json(from_json(form)) == form


def test_every_tag_has_a_form_and_no_option_is_a_tag() -> None:
    """So that the order of keys never matters."""
    assert {next(iter(form)) for form in FORMS} == set(TAGS)
    assert not {option for options, _ in TAGS.values() for option in options} & set(TAGS)


def test_the_order_of_keys_does_not_matter() -> None:
    """The tag may stand anywhere."""
    form = {"to": "1", "from": "0", "clamp": "a"}
    assert from_json(form) == from_json(dict(reversed(form.items())))


def test_lengths_of_look_backs_may_be_text() -> None:
    """As other numbers may."""
    assert to_json(from_json({"back": "a", "last": "3"})) == {"back": "a", "last": 3}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"sum": "a"}, r"'sum' takes a list of formulas, got 'a' @ \$\.sum"),
        ({"over": ["a"]}, "'over' takes a list of 2 formulas"),
        ({"date": "2026-02-30"}, r"a day reads like .* @ \$\.date"),
        ({"date": 3}, "'date' takes a word, got 3"),
        ({"carry": 3}, "'carry' takes a word, got 3"),
        ({"round": "a", "to": "b"}, "positive number in to, got b"),
        ({"round": "a"}, "missing key 'to'"),
        ({"is": "g"}, "'is' takes a label and its words, got 'g'"),
        ({"is": ["g", 3]}, r"'is' takes words as text, got 3 @ \$\.is\[1\]"),
        ({"in": ["g", "A"]}, "'in' takes words as text, got 'A'"),
        ({"when": {"if": "f"}, "otherwise": "a"}, "'when' takes a list of objects"),
        ({"when": [{"if": "f", "then": "a", "else": "b"}], "otherwise": "a"}, r"a row takes if, then @ \$\.when\[0\]"),
        ({"lookup": "g", "table": ["A"]}, "table is an object of names"),
        ({"band": "a", "rows": [{"upto": "1", "is": "1"}, {"below": "2", "is": "2"}]}, "all say upto"),
        ({"band": "a", "rows": [{"is": "1"}, {"upto": "2", "is": "2"}]}, r"only the last row .* @ \$\.rows\[0\]"),
        ({"band": "a", "rows": [{"upto": "1"}]}, "missing key 'is'"),
        ({"band": "a"}, "'rows' takes a list of objects, got None"),
        ({"tiers": "a", "how": "whole", "rows": [{"below": "1", "amount": "2"}]}, "this row takes 'rate'"),
        ({"tiers": "a", "how": "amounts", "rows": [{"below": "1", "rate": "2%"}]}, "this row takes 'amount'"),
        ({"tiers": "a", "rows": [{"below": "1", "rate": "2%"}]}, "how must be one of whole"),
        ({"curve": "a", "knots": [["0"]]}, r"'knots' takes a list of pairs \[x, y\]"),
        ({"curve": "a", "knots": [["0", "?"], ["1", "1"]]}, r"is not an exact number .* @ \$\.knots\[0\]\[1\]"),
        ({"total": "t", "how": "count", "take": "a"}, "write a count with the tag 'count'"),
        ({"total": "t"}, "missing key 'take'"),
        ({"back": "a", "last": "three"}, "last must be an integer from 1"),
        ({"sum": ["a" * 200 + "!"]}, "is not a name"),
    ],
    ids=[str(i) for i in range(26)],
)  # fmt: skip
def test_a_bad_form_is_refused_with_its_path(form: Any, message: str) -> None:
    """And with what the tag takes."""
    with pytest.raises(RuleError, match=message):
        from_json(form)
