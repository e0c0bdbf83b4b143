"""The face of `clientmgr.testing`: what it shows, and what it says without hypothesis."""

import subprocess
import sys

import clientmgr.testing


def test_its_names_are_there_and_sorted() -> None:
    """Whatever it lists can be used."""
    assert list(clientmgr.testing.__all__) == sorted(clientmgr.testing.__all__)
    assert all(hasattr(clientmgr.testing, name) for name in clientmgr.testing.__all__)


def test_without_hypothesis_it_says_which_extra_is_missing() -> None:
    """An import error that can be acted upon."""
    code = "import sys; sys.modules['hypothesis'] = None; import clientmgr.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "clientmgr.testing needs hypothesis: pip install 'clientmgr[testing]'" in done.stderr


def test_importing_the_library_does_not_import_hypothesis() -> None:
    """Only who asks for the strategies pays for them."""
    code = "import sys, clientmgr, clientmgr.facts; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
