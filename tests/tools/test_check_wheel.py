"""The check of the installed wheel knows a side room from the rest, and says what it missed."""

import pytest
from check_wheel import expect, expect_extra, room, walk


def test_the_room_of_a_module_is_its_first_two_parts() -> None:
    """However deep the module lies."""
    assert room("clientmgr.testing.money") == "clientmgr.testing"
    assert room("clientmgr") == "clientmgr"


def test_rooms_that_need_an_extra_are_left_out() -> None:
    """The wheel alone does not bring what they need."""
    names = {room(info.name) for info in walk()}
    assert "clientmgr.errors" in names
    assert not names & {"clientmgr.testing", "clientmgr.plot"}


def test_only_a_side_room_may_fail_to_be_imported() -> None:
    """Any other module has to come with the wheel alone."""
    expect_extra("clientmgr.plot.books")
    with pytest.raises(AssertionError, match=r"expected that clientmgr\.money can be imported"):
        expect_extra("clientmgr.money")


def test_what_does_not_hold_is_said() -> None:
    """The message repeats the expectation."""
    expect(1 + 1 == 2, "anything")
    with pytest.raises(AssertionError, match="expected that it is there"):
        expect([], "it is there")
