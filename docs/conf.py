"""How the documentation is built: Sphinx with furo, MyST pages, cells executed, nothing fetched."""

import doctest
import importlib
import re
import tomllib
from functools import cache
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType, UnionType
from typing import Union, get_origin

from docutils import nodes
from docutils.nodes import Element, TextElement
from numpy.typing import ArrayLike
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import stringify_annotation

import clientmgr

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "clientmgr"
author = PROJECT["authors"][0]["name"]
version = release = PROJECT["version"]
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's own name for it

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
nitpicky = True
default_role = "literal"  # single backticks in a docstring are code
smartquotes = False

# A cell that fails fails the build; pages are executed anew, so that none shows old numbers.
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

# The reference, from annotations and docstrings.
autosummary_generate = True
autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
napoleon_attr_annotations = False
napoleon_use_rtype = False
doctest_default_flags = doctest.ELLIPSIS

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["clientmgr.css"]
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#8c1d18",
        "color-brand-content": "#8c1d18",
    },
    "dark_css_variables": {
        "color-brand-primary": "#f0948c",
        "color-brand-content": "#f0948c",
    },
}
copybutton_exclude = ".linenos, .gp, .go"

PYTHON = "https://docs.python.org/3/library/{page}.html#{target}"
NUMPY = "https://numpy.org/doc/stable/reference/{page}"
OTHERS = {
    "cattrs": "https://catt.rs/en/stable/",
    "hypothesis": "https://hypothesis.readthedocs.io/en/latest/reference/strategies.html",
    "matplotlib": "https://matplotlib.org/stable/api/axes_api.html",
}
NUMPY_PAGES = {
    "numpy.random.Generator": "random/generator.html",
    "numpy.random.BitGenerator": "random/bit_generators/index.html",
    "numpy.random.SeedSequence": "random/bit_generators/generated/numpy.random.SeedSequence.html",
    "numpy.typing.NDArray": "typing.html",
    "numpy.typing.ArrayLike": "typing.html",
    "numpy.ndarray": "generated/numpy.ndarray.html",
}


ND_ARRAY = r"~numpy\.ndarray\[tuple\[~typing\.Any, \.\.\.\], ~numpy\.dtype\[([^\]]*)\]\]"


def find_outside(target: str) -> str | None:
    """Say where a name of another project is documented, without a word over the network."""
    for package, page in OTHERS.items():
        if target.startswith(f"{package}."):
            return page
    if target.startswith("numpy."):
        return NUMPY.format(page=NUMPY_PAGES.get(target, "arrays.scalars.html"))
    for page in ("collections.abc", "datetime", "decimal", "fractions", "typing"):
        if target.startswith(f"{page}."):
            return PYTHON.format(page=page, target=target)
    return None


def link_outside(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: TextElement) -> Element | None:
    """Link a name that is documented elsewhere; any other unknown name stays an error."""
    del app, env
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py":
        return None
    if is_internal(target):
        return contnode
    uri = find_outside(target)
    return None if uri is None else nodes.reference("", "", contnode, internal=False, refuri=uri)


def is_internal(target: str) -> bool:
    """Tell whether a name is the library's own, named in a signature and documented nowhere."""
    module, _, name = target.rpartition(".")
    return any(
        hasattr(found, name)
        for found in list_modules()
        if found.__name__ == module or not module  # a name in quotes comes without its module
    )


@cache
def list_modules() -> list[ModuleType]:
    """Import all modules of the library."""
    found = walk_packages(clientmgr.__path__, "clientmgr.")
    return [importlib.import_module(info.name) for info in found]


def shorten(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Write the types of numpy in a signature as their authors write them."""
    del app, what, name, obj, options
    return shorten_types(signature), shorten_types(returns)


def shorten_types(text: str | None) -> str | None:
    """Put the names of long types in place of what they stand for."""
    if text is None:
        return None
    for long, short in list_aliases():
        text = text.replace(long, short)
    return re.sub(ND_ARRAY, r"~numpy.typing.NDArray[\1]", text).replace(" = NOTHING", " = ...")


@cache
def list_aliases() -> list[tuple[str, str]]:
    """List what unions the library gives a name to, as Sphinx writes them out, longest first."""
    names = {"~numpy.typing.ArrayLike": ArrayLike}
    for module in list_modules():
        for name, value in vars(module).items():
            if get_origin(value) in {Union, UnionType} and not name.startswith("_"):
                names.setdefault(f"~{module.__name__}.{name}", value)
    pairs = [(stringify_annotation(value, "smart"), name) for name, value in names.items()]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair[1].count("."), pair[1]))


def keep_sentence(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Keep a colon in the first sentence of an attribute from being read as "type: description"."""
    del app, name, obj, options
    if what in {"attribute", "property", "data"}:
        lines.insert(0, "\\")  # an escaped line end, which shows nothing


def list_subjects(app: Sphinx, name: str, source: list[str]) -> None:
    """Put the pages that the index does not name itself, the subjects, into its contents."""
    if name == "index":
        named = source[0].splitlines()
        pages = sorted(path.stem for path in Path(app.srcdir).glob("*.md"))
        subjects = [page for page in pages if page not in {"index", *named}]
        source[0] = source[0].replace("(subjects)", "\n".join(subjects))


def drop_object(app: Sphinx, doctree: nodes.document) -> None:
    """Leave out that a class inherits from object."""
    del app
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if paragraph.astext() == "Bases: object":
            paragraph.parent.remove(paragraph)


def setup(app: Sphinx) -> None:
    """Register what is done while the pages are read and their names resolved."""
    app.connect("source-read", list_subjects)
    app.connect("autodoc-process-docstring", keep_sentence, priority=400)  # before napoleon
    app.connect("doctree-read", drop_object)
    app.connect("missing-reference", link_outside)
    app.connect("autodoc-process-signature", shorten)
