"""The package as a whole: what importing it costs, what it shows, and that this is documented."""

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

import clientmgr

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "clientmgr"
ALLOWED = {"attr", "attrs", "cattrs", "clientmgr", "numpy", "typing_extensions", "exceptiongroup"}

# What a verifier may take from the library: values and their types, never what computes them.
SHARED_WITH_CHECK = {"clientmgr.errors", "clientmgr.tables", "clientmgr.facts", "clientmgr.periods"}

# From the files, not by importing: one module that cannot be imported is one test that fails.
MODULES = sorted(
    ".".join(file.relative_to(SRC.parent).with_suffix("").parts).removesuffix(".__init__") for file in SRC.rglob("*.py")
)


def run_python(code: str, *options: str, path: str | None = None) -> str:
    """Run code in a fresh interpreter, warnings being errors, and take what it prints."""
    command = [sys.executable, "-W", "error", *options, "-c", code]
    env = None if path is None else {"PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def public_names(module: ModuleType) -> Iterator[tuple[str, object]]:
    """List the public functions and classes of a module."""
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            yield name, value


def test_importing_it_imports_attrs_cattrs_and_numpy_and_nothing_else() -> None:
    """The cost of an import is the cost of its three dependencies."""
    code = (
        "import sys; before = set(sys.modules); import clientmgr;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = {name for name in run_python(code).split() if not name.startswith("_")}
    assert loaded - set(sys.stdlib_module_names) <= ALLOWED


def test_loading_every_subject_still_imports_nothing_else() -> None:
    """No room below the side rooms leans on anything that is not declared."""
    names = [name for name in MODULES if not {"testing", "plot"} & set(name.split("."))]
    code = (
        f"import sys, importlib; [importlib.import_module(n) for n in {names!r}];"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    heavy = {"pandas", "polars", "pyarrow", "scipy", "matplotlib", "hypothesis", "dateutil"}
    assert not heavy & set(run_python(code).split())


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_imported_alone_and_is_documented(name: str) -> None:
    """A module says what it is for."""
    assert importlib.import_module(name).__doc__


def test_every_public_name_loads_at_its_first_use() -> None:
    """The lazy face of the package resolves each name that it shows."""
    assert list(clientmgr.__all__) == sorted(set(clientmgr.__all__))
    for name in clientmgr.__all__:
        assert getattr(clientmgr, name) is not None
    assert set(clientmgr.__all__) <= set(dir(clientmgr))


def test_the_face_of_the_package_is_the_same_for_readers_and_type_checkers() -> None:
    """Each public name is imported for type checkers from the room that it is loaded from."""
    for statement in ast.walk(ast.parse((SRC / "__init__.py").read_text(encoding="utf-8"))):
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("clientmgr."):
            room = importlib.import_module(str(statement.module))
            for alias in statement.names:
                assert getattr(room, alias.name) is getattr(clientmgr, alias.asname or alias.name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy face does not make names up."""
    with pytest.raises(AttributeError, match="no_such_name"):
        clientmgr.no_such_name  # noqa: B018 - asking is the point


@pytest.mark.parametrize("name", clientmgr.__all__)
def test_every_public_name_is_seen_in_an_example(name: str) -> None:
    """A function has an example of its own; a class is built, or comes out, in some example."""
    value = getattr(clientmgr, name)
    if inspect.isfunction(value):
        assert ">>>" in (value.__doc__ or "")
    elif not (inspect.isclass(value) and issubclass(value, Exception)):
        assert re.search(rf"\b{name}\b", read_examples())


@cache
def read_examples() -> str:
    """Put all examples of the sources together, what is typed and what comes out."""
    parser = doctest.DocTestParser()
    texts = [file.read_text(encoding="utf-8") for file in SRC.rglob("*.py")]
    examples = [e for text in texts for doc in docstrings(text) for e in parser.get_examples(doc)]
    return "".join(example.source + example.want for example in examples)


def docstrings(text: str) -> Iterator[str]:
    """List the docstrings in the text of a module."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_of_a_module_is_documented(name: str) -> None:
    """Whatever a module lists in `__all__` has a docstring of its own."""
    for _, value in public_names(importlib.import_module(name)):
        assert value.__doc__


def test_it_has_a_version_and_says_that_it_is_typed() -> None:
    """The version comes from one place, and type checkers may trust the annotations."""
    assert clientmgr.__version__ == metadata.version("clientmgr")
    assert files("clientmgr").joinpath("py.typed").is_file()


def test_it_can_be_imported_from_a_zip(tmp_path: Path) -> None:
    """A cluster ships pure Python as a zip, so nothing may ask where its files are."""
    archive = tmp_path / "clientmgr.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for file in SRC.rglob("*.py"):
            target.write(file, file.relative_to(SRC.parent))
    code = (
        "import clientmgr; shown = [getattr(clientmgr, name) for name in clientmgr.__all__];"
        "print(clientmgr.errors.__file__)"
    )
    assert str(archive) in run_python(code, path=str(archive))


def test_verifiers_take_values_from_the_rooms_and_never_what_computes_them() -> None:
    """A verifier that called the engine would only agree with itself."""
    for file in sorted((SRC / "check").rglob("*.py")):
        for statement in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(statement, ast.ImportFrom):
                check_import(file.name, statement)


def check_import(file: str, statement: ast.ImportFrom) -> None:
    """Hold one import of a verifier to classes and constants, where it is from a verified room."""
    source = statement.module or ""
    if ".".join(source.split(".")[:2]) in SHARED_WITH_CHECK | {"clientmgr.check"}:
        return
    if source.split(".")[0] == "clientmgr":
        room = importlib.import_module(source)
        taken = [a.name for a in statement.names if inspect.isroutine(getattr(room, a.name))]
        assert not taken, f"{file} takes {taken} from {source}"
