"""The words for steps."""

from clientmgr.allocation.steps import STEP_WORDS, STEPS


def test_every_step_says_something_in_a_sentence() -> None:
    """Each completes 'the client goes to M1: it ...' or 'the client ...'."""
    assert tuple(STEPS) == STEP_WORDS
    assert all(text and not text.endswith(".") for text in STEPS.values())
