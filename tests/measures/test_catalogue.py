"""The catalogue of measures."""

import pytest

from clientmgr.errors import RuleError
from clientmgr.facts.measured import STANDARD_KINDS
from clientmgr.measures import CATALOGUE, find_measure


def test_kinds_agree_with_those_of_bare_numbers() -> None:
    """A column that comes without its kind is read as the catalogue means it."""
    for name, entry in CATALOGUE.items():
        if entry.kind != "count":
            assert STANDARD_KINDS[name] == entry.kind


def test_each_entry_says_what_it_means() -> None:
    """In one sentence."""
    for name, entry in CATALOGUE.items():
        assert entry.name == name
        assert entry.meaning.endswith(".")


def test_ratios_have_something_to_divide_by() -> None:
    """And sums have not."""
    assert {n for n, e in CATALOGUE.items() if e.whole is not None} == {
        n for n, e in CATALOGUE.items() if e.kind == "ratio"
    }


def test_a_measure_is_found_by_name() -> None:
    """Or refused with those there are."""
    assert find_measure("turnover").kind == "money"
    with pytest.raises(RuleError, match="no measure 'x'; there are net_commission"):
        find_measure("x")
