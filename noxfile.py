"""Short names for what a developer runs all day; the whole pipeline is `.ci/run`."""

# /// script
# dependencies = ["nox"]
# ///

import nox

nox.needs_version = ">=2025.10.14"
nox.options.default_venv_backend = "venv"
PROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, group: str) -> None:
    """Install the library, editable, with a dependency group."""
    session.install("-e", ".", *nox.project.dependency_groups(PROJECT, group))


@nox.session
def lint(session: nox.Session) -> None:
    """Look at style, floors, docstrings and the mirror."""
    install(session, "dev")
    session.run("ruff", "format", "--check")
    session.run("ruff", "check")
    session.run("lint-imports")
    session.run("interrogate", "-q", "src", "tests")
    session.run("python", "tools/check_mirror.py")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of everything, and that the public ones are complete."""
    install(session, "dev")
    session.run("mypy")
    session.run("pyright", "--verifytypes", "clientmgr", "--ignoreexternal")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, or those given after `--`."""
    install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the documentation and run what it shows."""
    install(session, "docs")
    session.run("sphinx-build", "-n", "-W", "-b", "html", "docs", "docs/_build/html")
    session.run("sphinx-build", "-n", "-W", "-b", "doctest", "docs", "docs/_build/doctest")
    session.run("python", "-W", "error", "tools/run_snippets.py")


@nox.session(default=False)
def nightly(session: nox.Session) -> None:
    """Look much harder for counterexamples."""
    install(session, "test")
    session.run("pytest", "-n", "auto", env={"HYPOTHESIS_PROFILE": "nightly"})


if __name__ == "__main__":
    nox.main()
