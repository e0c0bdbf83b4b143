"""Run the Python snippets of README.md and of the pages in docs/, so that none of them is wrong.

The fenced blocks ```` ```python ```` of a page run in order in one namespace; a block written as
a session (`>>>`) is compared with its output. A page's executable cells are run by the build of the
documentation, not here. A block after the marker `<!-- not run: WHY -->` is left out.

    python -W error tools/run_snippets.py
"""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?P<skip><!-- not run: [^>]+-->\s*)?^```python\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)


def run_page(path: Path) -> int:
    """Run the snippets of one page and count them.

    Raises:
        AssertionError: a session did not print what it says. What a snippet raises passes through.
    """
    text = path.read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": path.stem}
    blocks = [block for block in BLOCK.finditer(text) if not block["skip"]]
    for block in blocks:
        line = text.count("\n", 0, block.start("code")) + 1
        _run_block(block["code"], path, line, names)
    return len(blocks)


def _run_block(code: str, path: Path, line: int, names: dict[str, object]) -> None:
    """Run one block in the names that the blocks before it left; `line` is where it stands."""
    if code.lstrip().startswith(">>>"):
        _run_session(code, path, line, names)
    else:
        # Blank lines in front keep the line numbers of the page in a traceback.
        exec(compile("\n" * (line - 1) + code, str(path), "exec"), names)


def _run_session(code: str, path: Path, line: int, names: dict[str, object]) -> None:
    """Run a session and compare what it prints."""
    test = doctest.DocTestParser().get_doctest(code, names, path.name, str(path), line - 1)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    failed, _ = runner.run(test, clear_globs=False)
    names.update(test.globs)
    if failed:
        raise AssertionError(f"{path}: {failed} examples of the session at line {line} failed")


def main() -> None:
    """Run all pages and say how many snippets each has."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        if "_build" not in page.parts and (count := run_page(page)):
            print(f"{page.relative_to(ROOT)}: {count} snippets ran")


if __name__ == "__main__":
    main()
