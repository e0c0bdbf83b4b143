"""Hold the tests to mirror the sources, file by file.

`src/clientmgr/allocation/close.py` is tested by `tests/allocation/test_close.py`; a file of tests
may say after the module's name what it looks at (`test_close_ties.py`). A package's `__init__.py`
is its face: its test, if it has one, is called after the package (`test_allocation.py`, inside the
package's folder of tests or beside it).

    python tools/check_mirror.py
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Folders of tests that mirror no module: properties of the whole, data, and what is beside `src`.
BESIDE = {"properties", "cases", "benchmarks", "tools", "examples"}

# Tests of the project as a whole.
WHOLE = {"test_package.py", "test_docs.py"}


def find_faults(src: Path, tests: Path) -> list[str]:
    """List the modules without a test, then the tests without a module, each by path."""
    modules = {path.relative_to(src) for path in src.rglob("*.py")}
    files = {path.relative_to(tests) for path in tests.rglob("test_*.py")}
    files = {path for path in files if path.parts[0] not in BESIDE | WHOLE}
    return [*_untested(modules, files), *_homeless(modules, files)]


def _untested(modules: set[Path], files: set[Path]) -> Iterator[str]:
    """Name the modules that no file of tests is called after; a package's face needs none."""
    for module in sorted(modules):
        if module.name != "__init__.py" and not any(_mirrors(file, module) for file in files):
            yield f"{module} has no test: expected tests/{_test_path(module)}"


def _homeless(modules: set[Path], files: set[Path]) -> Iterator[str]:
    """Name the files of tests that are called after no module."""
    for file in sorted(files):
        if not any(_mirrors(file, module) for module in modules):
            yield f"tests/{file} mirrors no module"


def _test_path(module: Path) -> Path:
    """Say where the tests of a module are looked for."""
    if module.name == "__init__.py":
        return module.parent / f"test_{module.parent.name}.py"
    return module.with_name(f"test_{module.stem.lstrip('_')}.py")


def _mirrors(file: Path, module: Path) -> bool:
    """Tell whether a file of tests is called after a module, with or without an aspect."""
    expected = _test_path(module)
    if module.name == "__init__.py" and file.parent == module.parent.parent:
        expected = expected.parent.parent / expected.name  # a package may be tested from outside
    same_name = file.stem == expected.stem or file.stem.startswith(f"{expected.stem}_")
    return file.parent == expected.parent and same_name


if __name__ == "__main__":
    faults = find_faults(ROOT / "src" / "clientmgr", ROOT / "tests")
    print("\n".join(faults) or "tests mirror src")
    sys.exit(bool(faults))
