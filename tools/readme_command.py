"""Print a command of README.md, so that what the reader is told is what is run.

A command is the text of a code block that follows the marker `<!-- command: NAME -->`:

    python tools/readme_command.py run
"""

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def find_command(text: str, name: str) -> str:
    """Take the command called `name` out of a Markdown text.

    Raises:
        LookupError: no block, or more than one, follows a marker of that name.
    """
    pattern = rf"<!-- command: {re.escape(name)} -->\s*```sh\n(.*?)```"
    found = re.findall(pattern, text, flags=re.DOTALL)
    if len(found) != 1:
        raise LookupError(f"expected one command called {name!r}, found {len(found)}")
    return str(found[0]).strip()


if __name__ == "__main__":
    print(find_command(README.read_text(encoding="utf-8"), sys.argv[1]))
