"""The snippets of a page are really run."""

from pathlib import Path

import pytest
from run_snippets import run_page


def page(folder: Path, *blocks: str) -> Path:
    """Write a page with blocks of Python."""
    path = folder / "page.md"
    path.write_text("\n".join(f"text\n\n```python\n{block}\n```\n" for block in blocks), "utf-8")
    return path


def test_the_blocks_of_a_page_share_their_names(tmp_path: Path) -> None:
    """A page reads from top to bottom, so it runs like that."""
    assert run_page(page(tmp_path, "x = 1", "assert x == 1", ">>> x + 1\n2")) == 3


def test_a_block_that_fails_fails_with_the_line_of_the_page(tmp_path: Path) -> None:
    """The traceback leads to the page."""
    with pytest.raises(ZeroDivisionError) as caught:
        run_page(page(tmp_path, "x = 1", "x / 0"))
    assert caught.traceback[-1].lineno == 9


def test_a_session_is_compared_with_what_it_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong output is an error, and shown."""
    with pytest.raises(AssertionError, match="1 examples of the session at line 4 failed"):
        run_page(page(tmp_path, ">>> 1 + 1\n3"))
    assert "Expected:\n    3" in capsys.readouterr().out


def test_a_marked_block_is_left_out(tmp_path: Path) -> None:
    """What needs a reader's own data says why it is not run."""
    path = tmp_path / "page.md"
    path.write_text("<!-- not run: needs a database -->\n```python\n1 / 0\n```\n", "utf-8")
    assert run_page(path) == 0
