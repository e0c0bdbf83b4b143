"""What a settlement shows, and the state that it leaves."""

import json
import pickle
import re
from fractions import Fraction

import pytest

from clientmgr.errors import DataError
from clientmgr.facts import Managers, Measures, Standings
from clientmgr.pay import Grade, Ladder, Payout, PayPlan, PayState, Settlement, Transition, settle
from clientmgr.scoring import at_least

LADDER = Ladder(name="l", grades=(Grade("A", 2_000_00), Grade("B", 3_000_00)), transition=Transition(taper=4))
PLAN = PayPlan(
    name="2026",
    payouts=(
        Payout("existing", "net_commission_existing", "15%", at_least("visits", 5), "7.5%"),
        Payout("new", "net_commission_new", "25%"),
    ),
)


def made(period: str = "2026-07", state: PayState | None = None) -> Settlement:
    """The pay of two managers."""
    values = {
        "net_commission_existing": [12_345_67, 200_00],
        "net_commission_new": [-1_000_01, 0],
        "visits": [5, 4],
    }
    staff = Managers(id=["M1", "M2"], branch="B1")
    wages = {"M1": 2_500_00, "M2": 3_000_00}
    standings = Standings.from_wages(staff, LADDER, wages, on="2026-07-01")
    july = Measures(manager=["M1", "M2"], period=period, values=values)
    return settle(july, standings, PLAN, period=period, state=state)


def test_the_pay_slip_is_enough_to_recompute_the_total() -> None:
    """Each payout from amount and rate, the transition from its parts, the total from the lines."""
    for manager in ("M1", "M2"):
        slip = made().explain(manager)
        base = fen(re.search(r"grade \w: (\S+) x 1", slip))
        smooth = re.search(r"(\S+) above the base salary, gone in (\d) equal parts", slip)
        total = base
        if smooth is not None:
            total += whole(fen(smooth) * Fraction(int(smooth[2]) - 1, int(smooth[2])))
        for amount, rate in re.findall(r"net_commission\w+ (\S+) x ([\d.]+)%", slip):
            total += whole(Fraction(amount.replace(",", "")) * Fraction(rate))
        printed = re.search(r"total .* (\S+)$", slip)
        assert printed is not None
        assert total == Fraction(printed[1].replace(",", "")) * 100


def fen(found: re.Match[str] | None) -> Fraction:
    """Read an amount in yuan as fen."""
    assert found is not None
    return Fraction(found[1].replace(",", "")) * 100


def whole(number: Fraction) -> int:
    """Round half up, away from zero."""
    size = int(abs(number) + Fraction(1, 2))
    return size if number >= 0 else -size


def test_the_slip_says_where_each_line_comes_from() -> None:
    """Grade, transition, measure, rate and gate."""
    slip = made().explain("M1")
    for words in (
        "pay of M1 for 2026-07 by the plan 2026",
        "grade A: 2,000.00 x 1",
        "500.00 above the base salary, gone in 4 equal parts, from 2026-07-01",
        "net_commission_existing 12,345.67 x 15% (visits >= 5: met)",
        "net_commission_new -1,000.01 x 25%",
        "paid in 2026 so far",
    ):
        assert words in slip
    assert "x 7.5% (visits >= 5: missed)" in made().explain("M2")
    assert "nothing to smooth" in made().explain("M2")


def test_the_state_remembers_what_was_paid_in_the_year() -> None:
    """And starts again in the next one."""
    december = made("2026-12")
    assert december.state.paid_to("M1") == december.total[0]
    assert december.state.paid_to("M9") == 0
    january = made("2027-01", december.state)
    assert january.state.paid_to("M1") == january.total[0]
    july = made()
    august = made("2026-08", july.state)
    assert august.state.paid_to("M2") == july.total[1] + august.total[1]


def test_the_state_survives_json() -> None:
    """Broken off and taken up again, the next month is the same."""
    state = made().state
    text = json.dumps(state.to_dict())
    back = PayState.from_dict(json.loads(text))
    assert made("2026-08", back).state.to_dict() == made("2026-08", state).state.to_dict()
    assert repr(back) == "PayState('2026', settled to 2026-07, 2 managers)"
    assert repr(PayState.open("p")) == "PayState('p', nothing settled, 0 managers)"
    assert PayState.from_dict(PayState.open("p").to_dict()).period is None


@pytest.mark.parametrize("values", [{}, {"plan": "p", "period": None, "paid": [[1]]}])
def test_what_is_no_state_is_refused(values: dict[str, object]) -> None:
    """A state that was cut is not taken up."""
    with pytest.raises(DataError, match="this is no state of a pay plan"):
        PayState.from_dict(values)


def test_columns_show_each_line_and_the_total() -> None:
    """Amounts in fen."""
    paid = made()
    columns = paid.to_columns()
    assert list(columns) == ["manager", "period", *PLAN.lines, "total"]
    assert [sum(int(columns[n][i]) for n in PLAN.lines) for i in (0, 1)] == paid.total.tolist()
    with pytest.raises(DataError, match="no line 'bonus'; there are base salary"):
        paid.line("bonus")


def test_it_is_short_to_look_at_and_keeps_its_values() -> None:
    """Repr, HTML, pickle, no truth value."""
    paid = made()
    assert repr(paid) == "Settlement('2026', 2026-07, 2 managers, 6,991.85)"
    assert len(paid) == 2
    assert "smooth transition" in paid._repr_html_()
    copy = pickle.loads(pickle.dumps(paid))
    assert copy.total.tolist() == paid.total.tolist()
    with pytest.raises(ValueError, match="read-only"):
        copy.total[0] = 1
    with pytest.raises(TypeError, match="no truth value"):
        bool(paid)
