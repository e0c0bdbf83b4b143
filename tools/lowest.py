"""Print the lowest versions that pyproject.toml claims, to be installed and tested.

python tools/lowest.py testing     # the dependencies and those of the extra "testing"
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def pin_lowest(project: dict[str, Any], extras: list[str]) -> list[str]:
    """Turn each `name>=version` of a project's dependencies and extras into `name==version`.

    Raises:
        ValueError: a dependency without a lower bound.
    """
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return [_pin(requirement) for requirement in wanted]


def _pin(requirement: str) -> str:
    """Pin one requirement to its lower bound."""
    match = re.fullmatch(r"([\w.-]+)>=([\w.]+)", requirement)
    if match is None:
        raise ValueError(f"expected name>=version, got {requirement!r}")
    return f"{match[1]}=={match[2]}"


if __name__ == "__main__":
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    print(*pin_lowest(tomllib.loads(text)["project"], sys.argv[1:]))
