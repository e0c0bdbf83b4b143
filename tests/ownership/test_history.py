"""All that was ever recorded about a client."""

from clientmgr.ownership import Ledger


def test_the_history_shows_what_was_said_when(told_late: Ledger) -> None:
    """By day and batch, with what each word replaced and whether it still stands."""
    history = told_late.history("X")
    assert history.batch.tolist() == [0, 2, 1, 3, 4, 5]
    assert history.supersedes.tolist() == [-1, -1, -1, 2, 3, -1]
    assert history.stands.tolist() == [True, True, False, False, True, True]
    assert history.owners.tolist() == ["manager A", "manager C", "manager B", "", "manager D", ""]
    assert repr(history) == "History('X', 6 marks, 4 stand)"
    assert "withdrawn" in str(history)
    assert "<table>" in history._repr_html_()


def test_the_history_as_known_at_a_batch_is_shorter(told_late: Ledger) -> None:
    """Later batches are not in it."""
    history = told_late.history("X", known=1)
    assert history.owners.tolist() == ["manager A", "manager B"]
    assert history.stands.all()
    assert len(told_late.history("Y")) == 0
