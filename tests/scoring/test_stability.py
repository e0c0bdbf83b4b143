"""What one colleague less would change."""

from hypothesis import given, settings

from clientmgr.errors import DataError
from clientmgr.facts import Measures
from clientmgr.scoring import Criterion, Scorecard, leave_one_out
from clientmgr.testing.scoring import ScoringCase, cases


def test_a_relative_card_hangs_on_colleagues() -> None:
    """Bands and order change when one is taken away, and the report says how often."""
    card = Scorecard(
        name="c",
        criteria=(
            Criterion("a", "50%", 1, relative="mean", cap=9),
            Criterion("b", "50%", 1, relative="mean", cap=9),
        ),
        allow_relative=True,
    )
    values = {"a": [10, 6, 1, 1], "b": [1, 5, 9, 12]}
    found = leave_one_out(Measures(manager=list("ABCD"), period="2026", values=values), card, [90])
    assert found.band_changes.sum() > 0
    assert found.order_changes.sum() > 0
    assert found.share > 0
    assert repr(found).startswith("Stability(4 removals, ")
    assert list(found.to_columns()) == ["removed", "band_changes", "order_changes"]


@settings(max_examples=20)
@given(cases(max_rows=4))
def test_an_absolute_card_hangs_on_nobody(case: ScoringCase) -> None:
    """No removal changes anything."""
    try:
        found = leave_one_out(case.measures, case.card, [20, 60])
    except DataError:
        return
    assert found.share == 0
