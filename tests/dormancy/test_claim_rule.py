"""Claim rules refuse what they cannot mean."""

from typing import Any

import pytest

from clientmgr.dormancy import ClaimRule
from clientmgr.errors import RuleError


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"window_days": -1}, "$.window_days"),
        ({"idle_days": 0}, "$.idle_days"),
        ({"confirmation_days": 0}, "$.confirmation_days"),
        ({"daily_limit": 0}, "$.daily_limit"),
        ({"open_limit": True}, "$.open_limit"),
        ({"min_turnover": 1.5}, "$.min_turnover"),
        ({"min_commission": -1}, "$.min_commission"),
        ({"holding_days": "3"}, "$.holding_days"),
        ({"wins": "loudest"}, "$.wins"),
        ({"self_woken": "sold"}, "$.self_woken"),
        ({"pool": "attic"}, "$.pool"),
        ({"contact_kinds": ()}, "$.contact_kinds"),
        ({"contact_kinds": ("call",), "review_kind": "call"}, "$.contact_kinds"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_path(change: dict[str, Any], path: str) -> None:
    """The error says where the fault is, and what was got."""
    with pytest.raises(RuleError, match="must") as caught:
        ClaimRule(**change)
    assert caught.value.path == path


def test_one_kind_of_contact_may_be_given_as_a_word() -> None:
    """A single word is a list of one."""
    assert ClaimRule(contact_kinds="call").contact_kinds == ("call",)
    assert "wins='last'" in repr(ClaimRule())
