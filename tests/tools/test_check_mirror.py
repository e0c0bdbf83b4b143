"""The check that the tests mirror the sources sees what it is for."""

from pathlib import Path

import pytest
from check_mirror import find_faults

LIBRARY = ("money.py", "_hidden.py", "room/__init__.py", "room/step.py")
TESTS = ("test_money.py", "test_hidden.py", "room/test_step.py")


@pytest.fixture
def faults_of(tmp_path: Path) -> "Faults":
    """Lay out files of tests beside a small library and look for faults."""
    return Faults(tmp_path)


class Faults:
    """Looks for faults in a small library with given tests."""

    def __init__(self, folder: Path) -> None:
        """Lay the library out in a folder."""
        self.folder = folder
        self.touch("src", *LIBRARY)

    def __call__(self, *tests: str) -> list[str]:
        """Lay the tests out and look."""
        self.touch("tests", *tests)
        return find_faults(self.folder / "src", self.folder / "tests")

    def touch(self, top: str, *names: str) -> None:
        """Make empty files."""
        for name in names:
            path = self.folder / top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


def test_tests_that_mirror_the_sources_have_no_fault(faults_of: Faults) -> None:
    """Each module has its test; the face of a package needs none."""
    assert faults_of(*TESTS) == []


def test_a_module_without_a_test_is_named(faults_of: Faults) -> None:
    """The message says where the test is expected."""
    missing = "room/step.py has no test: expected tests/room/test_step.py"
    assert faults_of("test_money.py", "test_hidden.py") == [missing]


@pytest.mark.parametrize("stray", ["test_monet.py", "room/test_money.py", "room/test_steps.py"])
def test_a_test_without_a_module_is_named(faults_of: Faults, stray: str) -> None:
    """A file of tests is called after a module, in the module's place."""
    assert faults_of(*TESTS, stray) == [f"tests/{stray} mirrors no module"]


@pytest.mark.parametrize(
    "more",
    ["test_money_ties.py", "room/test_room.py", "test_room.py", "properties/test_all.py"],
)
def test_an_aspect_a_face_and_the_whole_are_no_faults(faults_of: Faults, more: str) -> None:
    """A file may look at one aspect of a module, at a package's face, or at the whole."""
    assert faults_of(*TESTS, more) == []
