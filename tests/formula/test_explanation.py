"""The rows that say how a figure came about."""

from fractions import Fraction

from clientmgr.formula import Explanation
from clientmgr.formula.explanation import ExplainedRow
from clientmgr.formula.kinds import MONEY, RATIO

ROWS = (
    ExplainedRow(0, "payout = a < b", Fraction(7), MONEY),
    ExplainedRow(1, "rate", None, RATIO, reason=("division by zero", "$.values.rate")),
)


def test_rows_are_laid_out_as_text() -> None:
    """Indented on the left, figures on the right."""
    text = str(Explanation("M1", "2026-07", ROWS))
    assert text.splitlines() == [
        "payout = a < b  7.00",
        "  rate          undefined: division by zero @ $.values.rate",
    ]


def test_rows_are_laid_out_as_html_escaped() -> None:
    """For a notebook."""
    html = Explanation("<M1>", "2026-07", ROWS)._repr_html_()
    assert "<caption>&lt;M1&gt;, 2026-07</caption>" in html
    assert "payout = a &lt; b" in html
    assert "padding-left:2em" in html


def test_rows_are_given_as_records_with_exact_texts() -> None:
    """For JSON or a frame."""
    first, second = Explanation("M1", "2026-07", ROWS).to_records()
    assert first == {
        "depth": 0,
        "text": "payout = a < b",
        "value": "7",
        "kind": "money",
        "reason": None,
        "path": None,
    }
    assert (second["value"], second["reason"]) == (None, "division by zero")
    assert ExplainedRow(0, "x", "A", None).to_record()["value"] == "A"


def test_the_repr_says_whose_figures_they_are() -> None:
    """In one line."""
    assert repr(Explanation("M1", "2026-07", ROWS)) == "Explanation('M1' in 2026-07, 2 rows)"
