"""A ledger as JSON text."""

import json

import pytest

from clientmgr.errors import DataError
from clientmgr.ownership import Ledger
from clientmgr.ownership.text import FORMAT


def test_a_ledger_comes_back_from_its_text(told_late: Ledger) -> None:
    """The same ledger gives the same text, and the text the same ledger."""
    text = told_late.dumps()
    again = Ledger.loads(text)
    assert again.dumps() == text
    assert again.log().equals(told_late.log())


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "a ledger's text is JSON"),
        ("[]", "says format"),
        (json.dumps({"format": "other", "columns": {}}), "says format"),
        (json.dumps({"format": FORMAT, "columns": {"client": "C1"}}), "columns, each a list"),
        (json.dumps({"format": FORMAT, "columns": {"client": ["C1"]}}), "needs a column 'valid'"),
        (json.dumps({"format": FORMAT, "columns": {"valid": ["31 June"]}}), "column 'valid' of a ledger's text"),
    ],
)
def test_text_that_is_no_ledger_is_refused(text: str, match: str) -> None:
    """The error says what is wrong with the text."""
    with pytest.raises(DataError, match=match):
        Ledger.loads(text)
