"""How the documentation is built: Sphinx with furo, MyST pages, cells executed, nothing fetched."""

import doctest
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

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
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
nitpicky = True

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
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
doctest_default_flags = doctest.ELLIPSIS

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["clientmgr.css"]
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#8c1d18",
        "color-brand-content": "#8c1d18",
        "font-stack": (
            "-apple-system, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
            "'Noto Sans CJK SC', sans-serif"
        ),
    },
    "dark_css_variables": {
        "color-brand-primary": "#f0948c",
        "color-brand-content": "#f0948c",
    },
}
copybutton_exclude = ".linenos, .gp, .go"

PYTHON = "https://docs.python.org/3/library/{page}.html#{target}"
NUMPY = "https://numpy.org/doc/stable/reference/{page}"
NUMPY_PAGES = {
    "numpy.random.Generator": "random/generator.html",
    "numpy.random.BitGenerator": "random/bit_generators/index.html",
    "numpy.random.SeedSequence": "random/bit_generators/generated/numpy.random.SeedSequence.html",
    "numpy.typing.NDArray": "typing.html",
    "numpy.typing.ArrayLike": "typing.html",
    "numpy.ndarray": "generated/numpy.ndarray.html",
}


def find_outside(target: str) -> str | None:
    """Say where a name of Python or numpy is documented, without a word over the network."""
    if target.startswith("numpy."):
        return NUMPY.format(page=NUMPY_PAGES.get(target, "arrays.scalars.html"))
    for page in ("collections.abc", "datetime", "decimal", "fractions", "typing"):
        if target.startswith(f"{page}."):
            return PYTHON.format(page=page, target=target)
    return None


def link_outside(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: Element
) -> nodes.reference | None:
    """Link a name that is documented elsewhere; any other unknown name stays an error."""
    del app, env
    uri = find_outside(node.get("reftarget", ""))
    if node.get("refdomain") != "py" or uri is None:
        return None
    return nodes.reference("", "", contnode, internal=False, refuri=uri)


def setup(app: Sphinx) -> None:
    """Register the resolver."""
    app.connect("missing-reference", link_outside)
