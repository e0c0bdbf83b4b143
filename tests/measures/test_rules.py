"""Which measures are taken."""

import pytest

from clientmgr.errors import RuleError
from clientmgr.measures import CATALOGUE, MeasureRules


def test_the_measures_taken_by_default_are_all_in_the_catalogue() -> None:
    """Nobody has to name them."""
    assert set(MeasureRules().names) <= set(CATALOGUE)


def test_one_word_is_a_list_of_one() -> None:
    """Text is not taken letter by letter."""
    assert MeasureRules(names="turnover", contact_kinds="call").contact_kinds == ("call",)


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ({"names": ("turnover", "turnover")}, "a measure stands twice"),
        ({"effective_assets": -1}, "effective_assets is not below 0"),
        ({"capital_floor": -1}, "capital_floor is not below 0"),
    ],
    ids=["twice", "assets", "capital"],
)
def test_what_cannot_be_meant_is_refused(rules: dict[str, object], fault: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match=fault):
        MeasureRules(**rules)  # type: ignore[arg-type]
