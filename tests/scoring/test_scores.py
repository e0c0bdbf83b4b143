"""What a score shows."""

import pickle
import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import attrs
import pytest

from clientmgr.check.scoring import score_by_hand
from clientmgr.errors import DataError
from clientmgr.facts import Measures
from clientmgr.scoring import (
    Bonus,
    Criterion,
    Curve,
    Gate,
    Points,
    Scorecard,
    Scores,
    above,
    score,
)

MISSING: dict[str, Literal["floor", "neutral", "reweigh"]] = {
    "a": "floor",
    "b": "neutral",
    "c": "reweigh",
}
CARD = Scorecard(
    name="half-year",
    criteria=(
        Criterion("net_commission", "45%", 30_000_00, bonus=Bonus("0.5", 5)),
        Criterion("coverage_existing", "35%", "60%", floor="20%", curve=Curve.knots({0: 0, 1: 1})),
        Criterion("visits", "20%", 50, cap="120%", parent="net_commission", prorate=True),
    ),
    points=(Points("complaints", -2, 10),),
    gates=(Gate("care", above("complaints", 4), 40),),
)


def made() -> Scores:
    """The scores of three managers."""
    measures = Measures(
        manager=["M1", "M2", "M3"],
        period="2026H2",
        values={
            "net_commission": [31_234_56, 12_000_00, 31_234_56],
            "coverage_existing": ["45.12%", "80%", "45.12%"],
            "visits": [40, 70, 40],
            "complaints": [1, 5, 1],
            "presence": ["90%", 1, "90%"],
        },
    )
    return score(measures, CARD)


def test_equal_scores_share_a_rank_and_the_untied_rank_refines_it() -> None:
    """By printed contributions, then by id."""
    scores = made()
    assert scores.rank.tolist() == [1, 3, 1]
    assert scores.untied_rank.tolist() == [1, 3, 2]


def test_the_sheet_is_enough_to_recompute_the_score() -> None:
    """A reader of the sheet alone finds the same points, line by line, and the same score."""
    for manager in ("M1", "M2"):
        sheet = made().explain(manager)
        row = parse(sheet)
        parts = score_by_hand(row, CARD, [row])
        shown = re.search(r"  score (\S+) \(", sheet)
        assert shown is not None
        assert round(float(sum(parts.values(), Fraction(0))), 2) == float(shown[1])
        assert sum(printed(sheet), Decimal(0)) == Decimal(shown[1])


def parse(sheet: str) -> dict[str, object]:
    """Read value by measure from a printed sheet."""
    row: dict[str, object] = {"manager": "x", "period": "y"}
    for name, value in re.findall(r"^  (\w+)(?: events)? +([\d.,%]+) ", sheet, re.MULTILINE):
        plain = value.replace(",", "")
        number = Fraction(plain.rstrip("%")) / (100 if plain.endswith("%") else 1)
        row[name] = number * 100 if name == "net_commission" else number
    share = re.search(r"presence (\S+)%", sheet)
    row["presence"] = Fraction(1) if share is None else Fraction(share[1]) / 100
    return row


def printed(sheet: str) -> list[Decimal]:
    """Read the column of points."""
    table = sheet.split("points\n", 1)[1].split("\n  net_commission: ", 1)[0]
    lines = [line for line in table.splitlines() if re.match(r"  \w.* -?\d+\.\d\d$", line)]
    return [Decimal(line.split()[-1]) for line in lines if not line.startswith("  score")]


def test_the_sheet_says_what_the_points_depend_on() -> None:
    """Curves, caps, parents, proration, gates, rounding and rank."""
    sheet = made().explain("M2")
    for words in (
        "half-year: score of M2 in 2026H2",
        "net_commission: bonus of 0.5 points for each 1% beyond the target, 5 at most",
        "complaints: -2 points for each, 10 points at most",
        "coverage_existing: curve knots 0%: 0%, 100%: 100%",
        "visits: attained from 0% to 120%",
        "visits: at most what net_commission attained",
        "visits: floor and target x presence 100%",
        "gate care (complaints > 4): shut, at most 40",
        "rounded half_up), rank 3 of 3",
    ):
        assert words in sheet
    assert "gate care (complaints > 4): open" in made().explain("M1")


def test_missing_and_relative_measures_are_shown_as_such() -> None:
    """The sheet says against whom."""
    card = Scorecard(
        name="c",
        criteria=(
            Criterion("a", "50%", 1, missing="neutral"),
            Criterion("b", "50%", 1, relative="mean", peers="branch"),
        ),
        allow_relative=True,
    )
    values = {"a": [None, 1], "b": [3, 3], "branch": ["B", "B"]}
    sheet = score(Measures(manager=[1, 2], period="2026", values=values), card).explain(1)
    assert "missing" in sheet
    assert "b: seen as mean against colleagues of one branch" in sheet


def test_the_limits_of_a_card_and_what_missing_data_count_as_are_on_the_sheet() -> None:
    """So that nothing has to be known besides."""
    criteria = tuple(Criterion(n, "1/3", 10, missing=how) for n, how in MISSING.items())
    card = Scorecard(name="c", criteria=criteria, bonus_cap=3, lowest=1, highest=110)
    values = {name: [None] for name in MISSING}
    card = attrs.evolve(card, reweigh_limit=1)
    sheet = score(Measures(manager=[1], period="2026", values=values), card).explain(1)
    for words in (
        "a: missing, counts as the lowest attainment",
        "b: missing, counts as the target met",
        "c: missing, its weight goes to the others in proportion",
        "all bonuses together: 3 points at most",
        "the score is at least 1",
        "the score is at most 110",
    ):
        assert words in sheet


def test_scores_become_a_measure() -> None:
    """In the order of the measures that they join."""
    scores = made()
    other = scores.measures.take([2, 0])
    assert scores.rows_for(other).tolist() == [2, 0]
    assert scores.column().tolist() == scores.score.tolist()
    with pytest.raises(DataError, match=r"\(M9\): got 'no score'"):
        scores.rows_for(Measures(manager=["M9"], period="2026H2"))


def test_columns_show_printed_points() -> None:
    """One row a manager; points add up to the score."""
    columns = made().to_columns()
    lines = ["net_commission", "coverage_existing", "visits"]
    lines += ["net_commission bonus", "complaints events", "limits"]
    assert list(columns) == ["manager", "period", *lines, "score", "rank", "untied_rank"]
    assert sum(columns[name][1] for name in lines) == columns["score"][1]


def test_a_manager_who_was_not_scored_has_no_sheet() -> None:
    """The id is named."""
    with pytest.raises(DataError, match="'M9' has 0 rows"):
        made().explain("M9")


def test_scores_are_short_to_look_at_and_keep_their_values() -> None:
    """Repr, HTML, pickle, no truth value."""
    scores = made()
    assert repr(scores) == "Scores('half-year', 3 rows, 40.00 to 84.82)"
    assert repr(score(scores.measures.take([]), CARD)) == "Scores('half-year', nobody)"
    assert "net_commission bonus" in scores._repr_html_()
    copy = pickle.loads(pickle.dumps(scores))
    assert copy.exact("M1") == scores.exact("M1")
    with pytest.raises(ValueError, match="read-only"):
        copy.units[0] = 1
    with pytest.raises(TypeError, match="no truth value"):
        bool(scores)
