"""The lowest claimed versions are pinned to be tested."""

import pytest
from lowest import pin_lowest

PROJECT = {
    "dependencies": ["numpy>=2.0", "attrs>=24.2"],
    "optional-dependencies": {"testing": ["hypothesis>=6.120"]},
}


def test_each_lower_bound_becomes_a_pin() -> None:
    """The order is that of the project, extras last."""
    assert pin_lowest(PROJECT, []) == ["numpy==2.0", "attrs==24.2"]
    assert pin_lowest(PROJECT, ["testing"])[-1] == "hypothesis==6.120"


def test_a_dependency_without_a_lower_bound_is_refused() -> None:
    """A bound that is not stated cannot be tested."""
    with pytest.raises(ValueError, match="expected name>=version, got 'numpy'"):
        pin_lowest({"dependencies": ["numpy"]}, [])
