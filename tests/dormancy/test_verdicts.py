"""The words of verdicts fit the numbers that the decision uses."""

from clientmgr.dormancy import verdicts


def test_every_number_has_its_word() -> None:
    """The coded columns spell the verdicts, reasons and states in the order of their numbers."""
    names = ("FAILED", "GONE", "LOST", "OPEN", "PENDING", "SHARED", "WON")
    assert [verdicts.VERDICTS[getattr(verdicts, name)] for name in names] == [
        "failed",
        "lapsed",
        "lost",
        "open",
        "pending",
        "shared",
        "won",
    ]
    assert verdicts.REASON_COLUMN.tolist() == list(verdicts.REASONS)
    assert verdicts.REASON_COLUMN[verdicts.REJECTED] == "the branch did not approve"
    assert verdicts.REASON_COLUMN[verdicts.HOLDING] == "the holding time is not over"
    states = [verdicts.STATES[state] for state in (verdicts.CLAIMED, verdicts.WAITING, verdicts.ALONE)]
    assert states == ["claimed", "pending", "woke by itself"]
