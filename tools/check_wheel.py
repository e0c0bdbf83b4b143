"""Import everything from the installed wheel, with neither sources nor test tools at hand.

Run it by an interpreter into which only the wheel was installed, from an empty folder:

    python -W error check_wheel.py
"""

import importlib
import pkgutil
from importlib.metadata import distribution
from importlib.resources import files

import clientmgr

# The side rooms whose requirements are extras.
EXTRAS = {"clientmgr.testing": "hypothesis", "clientmgr.plot": "matplotlib"}


def main() -> None:
    """Check what the wheel holds and that all of it can be imported.

    Raises:
        AssertionError: a file is missing, or one is there that is no part of the library.
    """
    names = [str(file) for file in distribution("clientmgr").files or ()]
    expect(any(name.endswith("licenses/LICENSE") for name in names), "the licence is in the wheel")
    expect(files("clientmgr").joinpath("py.typed").is_file(), "the marker py.typed is in the wheel")
    alien = [n for n in names if not n.startswith(("clientmgr/", "clientmgr-"))]
    expect(not alien, f"nothing else is in the wheel, got {alien}")
    expect("site-packages" in str(clientmgr.__file__), "the wheel is what is imported")
    count = sum(import_module(info.name) for info in walk())
    for name in clientmgr.__all__:
        getattr(clientmgr, name)
    print(f"{count} modules and {len(clientmgr.__all__)} names imported from the wheel")


def walk() -> list[pkgutil.ModuleInfo]:
    """List all modules of the library, side rooms that need an extra left out."""
    found = pkgutil.walk_packages(clientmgr.__path__, "clientmgr.", onerror=expect_extra)
    return [info for info in found if room(info.name) not in EXTRAS]


def room(name: str) -> str:
    """Take the first two parts of a module's name."""
    return ".".join(name.split(".")[:2])


def expect_extra(name: str) -> None:
    """Let pass that a side room cannot be imported without its extra."""
    expect(room(name) in EXTRAS, f"{name} can be imported")


def import_module(name: str) -> int:
    """Import one module and count it."""
    importlib.import_module(name)
    return 1


def expect(holds: object, what: str) -> None:
    """Raise an AssertionError that says what was expected, also under -O."""
    if not holds:
        raise AssertionError(f"expected that {what}")


if __name__ == "__main__":
    main()
