"""Pay plans."""

from typing import Any

import pytest

from clientmgr.errors import RuleError
from clientmgr.money import Rate
from clientmgr.pay import Payout, PayPlan
from clientmgr.scoring import at_least


def test_a_plan_names_its_lines() -> None:
    """Base salary and transition first."""
    plan = PayPlan(name="p", payouts=[Payout("payout", "net_commission", "12.5%")])
    assert plan.lines == ("base salary", "smooth transition", "payout")
    assert plan.payouts[0].rate == Rate.of("12.5%")
    assert repr(plan) == "PayPlan('p', base salary + net_commission x 12.5%)"


@pytest.mark.parametrize("rate", ["101%", "-1%"])
def test_a_rate_is_a_share(rate: str) -> None:
    """Between nothing and all."""
    with pytest.raises(RuleError, match=r"rate must be between 0 and 1, got .* @ \$.rate"):
        Payout("payout", "net_commission", rate)


def test_a_float_is_no_rate() -> None:
    """The message says what to write."""
    with pytest.raises(RuleError, match="must be exact, got the float"):
        Payout("payout", "net_commission", 0.15)  # type: ignore[arg-type]


def test_a_gated_rate_needs_a_gate() -> None:
    """Else it would never be paid."""
    with pytest.raises(RuleError, match="a gated rate needs a gate"):
        Payout("payout", "net_commission", "15%", gated_rate="5%")
    gate = at_least("coverage_existing", "80%")
    assert Payout("payout", "net_commission", "15%", gate, "5%").gated_rate == Rate.of("5%")


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"payouts": [Payout("x", "a", 0), Payout("x", "b", 0)]}, "a name of its own"),
        ({"payouts": [Payout("base salary", "a", 0)]}, "a name of its own"),
        ({"rounding": "nearest"}, "rounding is one of .*, got 'nearest'"),
    ],
    ids=["double", "base", "rounding"],
)
def test_what_cannot_be_meant_is_refused(more: dict[str, Any], fault: str) -> None:
    """Each with what is wrong."""
    with pytest.raises(RuleError, match=fault):
        PayPlan(name="p", **more)
