"""What a step may see beside its arguments."""

from clientmgr.formula.frame import Words


def test_words_are_numbered_in_the_order_in_which_they_turn_up() -> None:
    """And found by their number."""
    words = Words(["B", "A"])
    assert (words.code("A"), words.code("C"), words.find("Z")) == (1, 2, -1)
    assert words.listed == ["B", "A", "C"]
