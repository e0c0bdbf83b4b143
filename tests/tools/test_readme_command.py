"""A command is taken out of the README as the reader sees it."""

import pytest
from readme_command import README, find_command

PAGE = "words\n\n<!-- command: run -->\n```sh\necho one && echo two\n```\n"


def test_a_command_is_the_block_after_its_marker() -> None:
    """The text comes as it is written, without the fence."""
    assert find_command(PAGE, "run") == "echo one && echo two"


@pytest.mark.parametrize(("page", "found"), [(PAGE * 2, 2), ("no command", 0)])
def test_a_command_that_is_not_there_exactly_once_is_refused(page: str, found: int) -> None:
    """What would be run must not be a guess."""
    with pytest.raises(LookupError, match=f"expected one command called 'run', found {found}"):
        find_command(page, "run")


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_readme_has_both_commands_on_its_first_screen(name: str) -> None:
    """A reader finds them without scrolling, each in one line."""
    text = README.read_text(encoding="utf-8")
    command = find_command(text, name)
    assert "\n" not in command
    assert text[: text.index(command)].count("\n") < 40
