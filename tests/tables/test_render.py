"""Columns as text and as HTML."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from clientmgr.tables import html_table, text_table


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    """The widest of heading and cells sets the width."""
    table = text_table({"manager": ["M1", "M22"], "clients": np.array([538, 1])})
    assert table.splitlines() == ["manager  clients", "M1           538", "M22            1"]


def test_values_are_written_for_people() -> None:
    """Thousands are apart, flags are yes or nothing, missing values are nothing."""
    columns: dict[str, Any] = {
        "n": [1_234_567],
        "small": [0.123456],
        "large": [1234567.8],
        "flag": [True],
        "none": [None],
        "day": [dt.date(2026, 1, 31)],
        "off": np.array([False]),
        "gap": np.array(["NaT"], "datetime64[D]"),
    }
    cells = text_table(columns).splitlines()[1].split()
    assert cells == ["1,234,567", "0.1235", "1,234,568", "yes", "2026-01-31"]


def test_a_chinese_character_takes_two_columns_of_a_terminal() -> None:
    """Columns stay aligned under Chinese headings."""
    lines = text_table({"客户": ["C1"], "分": [5]}).splitlines()
    assert lines == ["客户  分", "C1     5"]


def test_a_column_can_have_a_form_of_its_own_and_the_table_an_indent() -> None:
    """A formatted column stands to the right."""
    table = text_table({"pay": [12345]}, formats={"pay": lambda fen: f"{fen / 100:.2f}"}, indent=2)
    assert table.splitlines() == ["     pay", "  123.45"]


def test_a_table_without_rows_is_its_headings() -> None:
    """Nothing to show is still a table."""
    assert text_table({"a": [], "b": []}) == "a  b"
    assert text_table({}) == ""


def test_columns_that_differ_in_length_are_refused() -> None:
    """No row is dropped silently."""
    with pytest.raises(ValueError, match="shorter"):
        text_table({"a": [1, 2], "b": [1]})
    with pytest.raises(ValueError, match="shorter"):
        html_table({"a": [1, 2], "b": [1]})


def test_html_is_escaped_and_aligned() -> None:
    """A client's name cannot become markup."""
    shown = html_table({"<id>": ["a&b"], "n": [1]}, caption="1 < 2")
    assert "<caption>1 &lt; 2</caption>" in shown
    assert "<th>&lt;id&gt;</th>" in shown
    assert "<td>a&amp;b</td>" in shown
    assert '<td style="text-align:right">1</td>' in shown
    assert "<caption>" not in html_table({"n": [1]})
