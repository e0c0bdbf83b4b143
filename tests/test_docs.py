"""The documents are held to what is there: the mission table, the links, the changelog."""

import importlib
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
ROWS = {"A": 10, "B": 2, "C": 4, "D": 8, "E": 1, "F": 6, "G": 3}
STATES = {"built", "partly built", "not yet built"}


class Row(NamedTuple):
    """A row of the mission table."""

    number: str
    what: str
    code: str
    test: str
    state: str


def read_text(name: str) -> str:
    """Read a document of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def read_rows() -> list[Row]:
    """Read the rows of the mission table, in order."""
    lines = re.findall(r"^\| ([A-G]\d+) \|(.*)\|$", read_text("docs/mission.md"), re.MULTILINE)
    return [Row(number, *(cell.strip() for cell in cells.split("|"))) for number, cells in lines]


def paths_in(cell: str) -> list[str]:
    """List what a cell names as code."""
    return re.findall(r"`~?([^`]+)`", cell)


def resolve(path: str) -> object:
    """Find what a dotted path names: a module, or a name inside one, however deep.

    Raises:
        ImportError: nothing of the path can be imported.
        AttributeError: the module is there and the name is not.
    """
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise ImportError(path)


MISSION = read_rows()
BEGUN = [row for row in MISSION if row.state != "not yet built"]


def test_the_mission_table_has_every_row_once_and_in_order() -> None:
    """Nothing that the system asks for is missing from the table."""
    expected = [f"{letter}{i + 1}" for letter, count in ROWS.items() for i in range(count)]
    assert [row.number for row in MISSION] == expected


@pytest.mark.parametrize("row", MISSION, ids=lambda row: row.number)
def test_a_mission_row_says_what_it_is_and_how_far_it_is(row: Row) -> None:
    """A row that is begun names its code and its test; one that is not names neither."""
    assert row.what
    assert row.state in STATES
    begun = row.state != "not yet built"
    assert bool(paths_in(row.code)) == bool(paths_in(row.test)) == begun


@pytest.mark.parametrize("row", BEGUN, ids=lambda row: row.number)
def test_the_code_and_the_tests_that_a_mission_row_names_are_there(row: Row) -> None:
    """Every path of a row leads somewhere."""
    for path in paths_in(row.code):
        assert resolve(path) is not None
    for path in paths_in(row.test):
        assert "def test_" in read_text(f"tests/{path}")


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    """The table cannot name what is not there."""
    with pytest.raises(AttributeError, match="no_such_name"):
        resolve("clientmgr.errors.no_such_name")
    with pytest.raises(ImportError, match="no_such_package"):
        resolve("no_such_package.at_all")


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "RELEASING.md",
        "CHANGELOG.md",
        *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
    ],
)
def test_links_between_the_documents_lead_somewhere(page: str) -> None:
    """A relative link of a document names a file that is there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", read_text(page))
    missing = [t for t in targets if not (ROOT / page).parent.joinpath(t).exists()]
    assert not missing


def test_the_changelog_knows_the_version() -> None:
    """The version that pyproject.toml gives is described, or is about to be."""
    version = tomllib.loads(read_text("pyproject.toml"))["project"]["version"]
    changelog = read_text("CHANGELOG.md")
    assert f"## [{version}]" in changelog or "## [Unreleased]" in changelog


def test_the_policy_names_the_lowest_versions_that_are_claimed() -> None:
    """The page and pyproject.toml say the same."""
    claimed = tomllib.loads(read_text("pyproject.toml"))["project"]["dependencies"]
    policy = read_text("docs/policy.md")
    for requirement in claimed:
        assert requirement.replace(">=", " ") in policy
